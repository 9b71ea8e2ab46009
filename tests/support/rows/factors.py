"""Triangular factors by SciPy, and solutions by them."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.factors import cholesky_factor, orthogonal, packed
from tests.support.rows.matrices import APART, TALL, WIDE, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

SQUARE = "...(n,n)"
PAIRS = [((2, 2), (2,)), ((3, 3), (3, 2)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 2))]
EXCHANGED = APART[[1, 2, 0]]


def by_cholesky(a, b, **options):
    return linalg.cho_solve(linalg.cho_factor(a, **options), b)


def by_lu(a, b, **options):
    return linalg.lu_solve(linalg.lu_factor(a), b, **options)


def lu(x, **options):
    """What varies of the parts."""
    found = linalg.lu(x, **options)
    return tuple(found) if options.get("permute_l") else tuple(found[1:])


def only_r(x, **options):
    """R, which of several matrices SciPy returns by itself."""
    found = linalg.qr(x, **options)
    return found[0] if isinstance(found, (tuple, list)) else found


def qr(x, **options):
    """Q without what completes the basis, and R."""
    q, r = linalg.qr(x, **options)[:2]
    return q[..., : min(x.shape[-2:])], r


ROWS = [
    # ---- cholesky ----
    Row(linalg.cholesky, "definite", shapes=SQUARE, lower=FLAG, **BY_DIFFERENCES),
    Row(
        cholesky_factor,
        "definite",
        shapes=[(3, 3)],
        lower=FLAG,
        check_finite=FLAG,
        slow=True,
        **BY_DIFFERENCES,
    ),
    Row(
        linalg.cho_factor,
        "definite",
        shapes=[(2, 2), (2, 3, 3)],
        call=lambda a, **options: np.triu(linalg.cho_factor(a, **options)[0]),
        **BY_DIFFERENCES,
    ),
    Row(
        linalg.cho_solve,
        *("definite", "real"),
        shapes=PAIRS,
        call=by_cholesky,
        lower=FLAG,
        **BY_DIFFERENCES,
        bits=False,
    ),
    # ---- lu ----
    *[near(m, linalg.lu_factor, lambda x: linalg.lu_factor(x)[0]) for m in (EXCHANGED, TALL, WIDE)],
    near(
        EXCHANGED,
        packed,
        lambda x, **options: packed(x, **options)[0],
        check_finite=FLAG,
        slow=True,
    ),
    Row(
        linalg.lu_solve,
        *("invertible", "real"),
        shapes=PAIRS,
        call=by_lu,
        trans=[OMITTED, 0, 1],
        bits=False,
    ),
    Row(
        linalg.lu_solve,
        *("invertible", "real"),
        shapes=PAIRS,
        call=lambda a, b, **options: by_lu(np.roll(a, 1, -2), b, **options),
        trans=[0, 1, 2],
        bits=False,
        **BY_DIFFERENCES,
    ),
    *[near(m, linalg.lu, lu, permute_l=FLAG, p_indices=FLAG) for m in (EXCHANGED, TALL, WIDE)],
    # ---- qr ----
    *[
        near(m, linalg.qr, qr, mode=[OMITTED, "full", "economic"], **BY_DIFFERENCES)
        for m in (TALL, WIDE, APART)
    ],
    *[
        near(m, linalg.qr, only_r, mode=["r"], pivoting=FLAG, **BY_DIFFERENCES)
        for m in (TALL, WIDE)
    ],
    *[near(m, linalg.qr, qr, pivoting=[True], **BY_DIFFERENCES) for m in (TALL, EXCHANGED)],
    Row(
        orthogonal,
        "invertible",
        shapes=[(3, 3)],
        call=lambda x: orthogonal(x)[:2],
        slow=True,
        **BY_DIFFERENCES,
    ),
    near(
        APART,
        orthogonal,
        lambda x, **options: orthogonal(x, **options)[:2],
        mode=[OMITTED, "full"],
        pivoting=FLAG,
        check_finite=FLAG,
        slow=True,
        **BY_DIFFERENCES,
    ),
]
