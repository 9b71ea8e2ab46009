"""Any function of a matrix, also where eigenvalues coincide."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.divided import applied, direction
from tests.support.rows.matrices import APART, SYMMETRIC, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, Row

ALL_EQUAL = 2 * np.eye(3)
TWO_EQUAL = np.diag([2.0, 2.0, 3.0])


def curved(x):
    return np.exp(x / 3) * np.sin(x)


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


def functions(**settings):
    return {"func": [curved], "bits": False} | BY_DIFFERENCES | settings


ROWS = [
    Row(
        linalg.funm,
        "real",
        shapes=[(3, 3)],
        call=lambda x, func: linalg.funm(APART + x / 20, func),
        **functions(),
    ),
    *[
        near(m, linalg.funmh, linalg.funmh, lower=FLAG, **functions())
        for m in (SYMMETRIC, ALL_EQUAL, TWO_EQUAL)
    ],
    near(
        SYMMETRIC,
        applied,
        lambda x, **options: applied(symmetric(x), **options),
        hermitian=[True],
        **functions(complex=False, slow=True),
    ),
    Row(
        direction,
        *("real", "real"),
        shapes=[((3, 3), (3, 3))],
        call=lambda x, e, **options: direction(symmetric(SYMMETRIC + x / 20), e, **options),
        hermitian=[True, False],
        **functions(complex=False, slow=True),
    ),
    Row(
        direction,
        *("real", "real"),
        shapes=[((3, 3), (3, 3))],
        call=lambda x, e, **options: direction(APART + x / 20, e, **options),
        hermitian=[False],
        **functions(complex=False, slow=True),
    ),
]
