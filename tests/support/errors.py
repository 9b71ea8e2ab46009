"""Errors that say the operation, what is wrong with it, and the remedy."""

import re

import pytest


def raises(kind, *words):
    """Expect an error whose message has all the words, in this order."""
    return pytest.raises(kind, match="(?s)" + ".*".join(map(re.escape, words)))
