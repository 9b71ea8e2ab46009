"""What the tests of layers share."""

import numpy as np
from hypothesis import strategies as st

import autograd_lite as al

SEEDS = st.integers(0, 2**32).map(np.random.default_rng)


def assert_close(ours, theirs, units):
    """To some units of eps times the largest number of each array."""
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        assert np.all(abs(a - b) <= units * np.finfo(a.dtype).eps * np.max(abs(b), initial=1.0))


def gradients(layer, x, delta, **options):
    """The result, and the gradients by x and by the arrays of the layer, for a cotangent."""
    y, pullback = al.vjp(lambda layer, x: layer(x, **options), layer, x)
    by_layer, by_x = pullback(delta)
    return y, by_x, *al.tree_leaves(by_layer)
