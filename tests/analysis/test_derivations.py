"""al.compare on derivations like those of students: wrong is wrong and named, right is right."""

import re
import warnings

import numpy as np
import pytest

import autograd_lite as al
from tests.support.derivations import CASES, arguments


def report(name, good, args):
    loss, back = CASES[name][:2]
    return al.compare(lambda *a: back(good, *a), loss, *args)


@pytest.mark.parametrize("name", CASES)
def test_right_is_right(name, rng):
    """For arguments as they are, large, small, and in float32."""
    args = arguments(name, rng)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert report(name, True, args)
        for scale in (8.0, 1e-3):
            scaled = [x * scale if x.dtype.kind == "f" and np.any(x != np.round(x)) else x
                      for x in map(np.asarray, args)]  # fmt: skip
            assert report(name, True, scaled)
        single = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in map(np.asarray, args)]
        assert report(name, True, single)


@pytest.mark.parametrize("name", CASES)
def test_wrong_is_wrong_and_named(name, rng):
    said = report(name, False, arguments(name, rng))
    assert not said
    firsts = [v.text for v in said.verdicts if not v.right and not v.follows]
    assert any(re.search(CASES[name][2], text) for text in firsts), said
    assert not re.search(r"\bt\d+\b", str(said)), said
