"""When results are the same: to the bit, or to some units in the last place."""

import numpy as np

import autograd_lite as al


def same(a, b):
    """Whether two results are the same to the bit, dtype and shape included.

    Objects, such as Fractions, are to be equal and of the same types.
    """
    a, b = np.asarray(a), np.asarray(b)
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        return False
    if a.dtype == object:
        return all(x == y and type(x) is type(y) for x, y in zip(a.flat, b.flat))
    if a.dtype.char in "gG":  # whose padding is arbitrary
        return np.array_equal(a, b, equal_nan=True)
    return a.tobytes() == b.tobytes()


def same_trees(a, b):
    """Whether all leaves are the same to the bit, their types included."""
    pairs = []
    al.tree_map(lambda *pair: pairs.append(pair), a, b)
    return all(type(x) is type(y) and same(x, y) for x, y in pairs)


def assert_close(ours, theirs, units):
    """Arrays agree to some units of eps times the largest number of each, or times one."""
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        assert np.all(abs(a - b) <= units * np.finfo(a.dtype).eps * np.max(abs(b), initial=1.0))
