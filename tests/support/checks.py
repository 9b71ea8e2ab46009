"""The checker of derivatives with the settings that the table of rules needs."""

import numpy as np

from autograd_lite.core.trees import rebuild
from autograd_lite.testing import check_grads
from autograd_lite.testing.checking.vectors import random_like as direction

__all__ = ["check_derivatives", "direction", "unflat"]


def check_derivatives(f, args, *, order=2, step=True, rng=None):
    """Raise AssertionError unless the derivatives of ``f`` at ``args`` are right, up to ``order``.

    ``step`` says that a complex step through ``f`` is valid.
    """
    args = tuple(map(np.asarray, args))
    if args:
        oracle = "complex step" if step else "differences"
        check_grads(f, args, order=order, rng=rng, oracle=oracle)


def unflat(value, leaves):
    """``leaves`` in the structure of ``value``."""
    left = iter(leaves)
    return rebuild(value, lambda _: next(left))
