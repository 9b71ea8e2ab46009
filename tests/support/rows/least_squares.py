"""Least squares and pseudoinverses by SciPy."""

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.least_squares import (
    fitted,
    pseudoinverse,
    pseudoinverse_of_hermitian,
)
from tests.support.rows.matrices import APART, SYMMETRIC, TALL, WIDE, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row


def lstsq(matrix, function=linalg.lstsq, shapes=None, **settings):
    """A row for the solution and, of one that is not regular, the squares."""
    m = matrix.shape[0]

    def nearby(x, b, **options):
        found = function(matrix + x / 20, b, **options)
        return found[:2] if found[1].size else found[:1]

    shapes = [(matrix.shape, (m,)), (matrix.shape, (m, 2))]
    settings = BY_DIFFERENCES | settings
    return Row(function, "real", "real", shapes=shapes, call=nearby, **settings)


def first(function):
    return lambda x, **options: function(x, **options)[0]


ROWS = [
    *[near(m, linalg.pinv, linalg.pinv, **BY_DIFFERENCES) for m in (TALL, WIDE, APART)],
    near(TALL, linalg.pinv, linalg.pinv, atol=[1e-9], rtol=[OMITTED, 1e-9], **BY_DIFFERENCES),
    near(TALL, linalg.pinv, first(linalg.pinv), return_rank=[True], **BY_DIFFERENCES),
    near(
        WIDE,
        pseudoinverse,
        first(pseudoinverse),
        atol=[OMITTED, 1e-9],
        rtol=[1e-9],
        check_finite=FLAG,
        slow=True,
        **BY_DIFFERENCES,
    ),
    near(SYMMETRIC, linalg.pinvh, linalg.pinvh, lower=FLAG, **BY_DIFFERENCES),
    near(SYMMETRIC, linalg.pinvh, first(linalg.pinvh), return_rank=[True], **BY_DIFFERENCES),
    near(
        SYMMETRIC,
        pseudoinverse_of_hermitian,
        first(pseudoinverse_of_hermitian),
        atol=[OMITTED, 1e-9],
        rtol=[OMITTED, 1e-9],
        lower=FLAG,
        check_finite=FLAG,
        slow=True,
        **BY_DIFFERENCES,
    ),
    *[lstsq(m, cond=[OMITTED, 1e-9]) for m in (TALL, WIDE, APART)],
    lstsq(TALL, lapack_driver=["gelsy", "gelss"]),
    lstsq(TALL, fitted, cond=[1e-9], lapack_driver=["gelsy"], check_finite=FLAG, slow=True),
    Row(
        fitted,
        "real",
        shapes=[(3,), (3, 2)],
        call=lambda b, **options: fitted(TALL, b, **options)[0],
        cond=[0.5],  # which drops a singular value
        lapack_driver=["gelsd", "gelsy", "gelss"],
        slow=True,
        **BY_DIFFERENCES,
    ),
    Row(
        linalg.lstsq,
        "real",
        shapes=[(3, 2)],
        call=lambda x: linalg.lstsq(TALL + x / 20, [1.0, 2.0, 3.0])[3],
        **BY_DIFFERENCES,
    ),
]
