"""Products whose sums are of zeros have the signs that NumPy's have."""

from itertools import product

import numpy as np
import pytest

import autograd_lite as al
from tests.support.equality import same

SIZES = [(3, 4, 4), (4, 4, 2), (3, 4, 2), (2, 1, 3), (1, 2, 1), (2, 3, 2)]


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("sizes", SIZES)
def test_products_of_zeros(sizes, zero):
    n, k, p = sizes
    x = np.random.default_rng(0).normal(size=(20, k, n))
    g = np.random.default_rng(1).normal(size=(20, k, p))
    g[:, :, 0] = zero
    by_rows, by_columns = (lambda x, g: x.T @ g), (lambda x, g: g.T @ x)
    for f, (a, b) in product((by_rows, by_columns), [(x, g), (abs(x), g), (-abs(x), g)]):
        mapped, single = al.compile(lambda a, b, f=f: al.map(f, a, b)), al.compile(f)
        expected = np.stack([f(u, v) for u, v in zip(a, b)])
        for _ in range(2):
            assert same(mapped(a, b), expected)
            assert same(single(a[0], b[0]), f(a[0], b[0]))
