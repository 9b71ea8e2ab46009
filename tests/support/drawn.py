"""Numbers at random: generators with a seed of their own, arrays of floats and of Fractions."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

NUMBERS = st.floats(-2, 2, allow_subnormal=False)
VECTORS = arrays(float, st.integers(1, 4), elements=NUMBERS)
SEEDS = st.integers(0, 2**32).map(np.random.default_rng)


def numbers(kind, rng, *shape):
    if kind != "fraction":
        return (0.6 * rng.standard_normal(shape)).astype(kind)  # no exp of the notes overflows
    tops, bottoms = rng.integers(-6, 7, shape), rng.integers(1, 5, shape)
    values = [Fraction(int(t), int(b)) for t, b in zip(tops.flat, bottoms.flat)]
    return np.array(values, dtype=object).reshape(shape)
