"""Systems by SciPy whose matrix is banded, or constant along its diagonals; such matrices."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.banded import banded, hermitian_banded, toeplitz_solution
from tests.support.rows.row import BY_DIFFERENCES, FLAG, Row


def diagonals(ab, main):
    """Diagonals of which the main one is large."""
    return ab / 4 + 3.0 * (np.arange(ab.shape[0]) == main)[:, None]


def solve(l_and_u, function=linalg.solve_banded, **settings):
    m, (below, above) = sum(l_and_u) + 1, l_and_u

    def call(ab, b, **options):
        ab = diagonals(ab, above)
        if function is banded:
            return banded(ab, b, below=below, above=above, **options)
        return function(l_and_u, ab, b, **options)

    return Row(
        function, "real", "real", shapes=[((m, 4), (4,)), ((m, 4), (4, 2))], call=call, **settings
    )


def hermitian(function, **settings):
    def call(ab, b, lower, **options):
        return function(diagonals(ab, 0 if lower else 2), b, lower=lower, **options)

    shapes = [((3, 4), (4,)), ((3, 4), (4, 2))]
    settings = BY_DIFFERENCES | settings
    return Row(function, "real", "real", shapes=shapes, call=call, lower=[False, True], **settings)


def far(c):
    """The first column of a matrix with a large diagonal."""
    return c / 4 + 3.0 * (np.arange(c.shape[0]) == 0)


ROWS = [
    solve((1, 2)),
    *[solve(pair, slow=True) for pair in ((1, 1), (0, 0), (2, 0))],
    solve((1, 0), banded, check_finite=FLAG, slow=True),
    hermitian(linalg.solveh_banded),
    hermitian(hermitian_banded, check_finite=FLAG, slow=True),
    Row(
        linalg.solve_toeplitz,
        *("real", "real", "real"),
        shapes=[((3,), (3,), (3,)), ((3,), (3,), (3, 2))],
        call=lambda c, r, b: linalg.solve_toeplitz((far(c), r / 4), b),
    ),
    Row(
        linalg.solve_toeplitz,
        *("real", "real"),
        shapes=[((3,), (3,)), ((3,), (3, 2))],
        call=lambda c, b: linalg.solve_toeplitz(far(c), b),
        **BY_DIFFERENCES,
    ),
    Row(
        toeplitz_solution,
        *("real", "real", "real"),
        shapes=[((3,), (3,), (3,))],
        call=lambda c, r, b, **options: toeplitz_solution(far(c), r / 4, b, **options),
        check_finite=FLAG,
        slow=True,
    ),
    # ---- matrices in which the same numbers stand in several places ----
    Row(linalg.toeplitz, "real", "real", shapes=[((3,), (2,)), ((1,), (3,)), ((2, 3), (2, 2))]),
    Row(linalg.toeplitz, "real", shapes=[(3,), (2, 2)], **BY_DIFFERENCES),
    Row(linalg.hankel, "real", "real", shapes=[((3,), (2,)), ((1,), (3,))]),
    Row(linalg.hankel, "real", shapes=[(3,)]),
    Row(linalg.circulant, "real", shapes=[(3,), (2, 3)]),
    Row(linalg.block_diag, "real", "real", shapes=[((2, 3), (1, 2)), ((3,), ()), ((2, 2), (2, 1))]),
    Row(linalg.block_diag, "real", "real", shapes=[((2, 2, 3), (1, 2))]),
]
