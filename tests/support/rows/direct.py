"""Solutions of sparse systems by factors."""

import numpy as np
import scipy.sparse

from autograd_lite.scipy.sparse import csr_array, linalg
from autograd_lite.scipy.sparse.direct import factor_solve, stored_solve
from tests.support.rows.row import FLAG, Row

INDICES, INDPTR = np.array([0, 1, 0, 1, 2]), np.array([0, 2, 4, 5])
BASE = np.array([4.0, 0.0, 0.0, 5.0, 6.0])  # of a matrix of shape (3, 3), on its diagonal
PLAIN = scipy.sparse.csc_array((BASE + np.arange(5.0), INDICES, INDPTR))
INCOMPLETE = linalg.spilu(PLAIN)
FACTORS = linalg.splu(PLAIN)
RIGHT = [(3,), (3, 2)]
BOTH = [((5,), shape) for shape in RIGHT]


def matrix(t):
    return csr_array((BASE + t, INDICES, INDPTR))


ROWS = [
    Row(
        stored_solve,
        *("real", "real"),
        shapes=BOTH,
        call=lambda t, b, **options: stored_solve(BASE + t, b, INDICES, INDPTR, **options),
        flipped=FLAG,
        permc_spec=[None, "NATURAL"],
    ),
    Row(
        linalg.spsolve,
        *("real", "real"),
        shapes=BOTH,
        call=lambda t, b: linalg.spsolve(matrix(t), b),
    ),
    Row(
        factor_solve,
        "real",
        shapes=RIGHT,
        call=lambda b, **options: factor_solve(b, FACTORS, **options),
        trans=["N", "T"],
        step=False,
    ),
    Row(
        linalg.splu,
        *("real", "real"),
        shapes=BOTH,
        call=lambda t, b, trans: linalg.splu(matrix(t).T).solve(b, trans),
        trans=["N", "T", "H"],
        step=False,
        bits=False,
        slow=True,
    ),
    Row(
        linalg.spilu,
        "real",
        shapes=RIGHT,
        call=lambda b: INCOMPLETE.solve(b),
        step=False,
        slow=True,
    ),
    Row(
        linalg.factorized,
        *("real", "real"),
        shapes=BOTH,
        call=lambda t, b: linalg.factorized(matrix(t).T)(b),
        step=False,
        bits=False,
        slow=True,
    ),
]
