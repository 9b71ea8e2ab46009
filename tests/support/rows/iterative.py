"""Solutions of large systems by iteration."""

import numpy as np

from autograd_lite.scipy.sparse import csr_array, linalg
from autograd_lite.scipy.sparse.iterative import iterated, stored_iterated
from tests.support.rows.row import FLAG, Row

INDICES, INDPTR = np.array([0, 1, 0, 1, 2]), np.array([0, 2, 4, 5])
BASE = np.array([4.0, 0.0, 0.0, 5.0, 6.0])  # of a matrix of shape (3, 3), on its diagonal
MATRIX = np.diag([4.0, 5.0, 6.0]) + 0.5 * np.eye(3, k=1)
EXACT = {"rtol": 1e-14}


def stored(t, b, **options):
    return stored_iterated(BASE + t, b, INDICES, INDPTR, "gmres", EXACT, **options)[0]


def symmetric(t):
    A = csr_array((BASE + t, INDICES, INDPTR))
    return 0.5 * (A + A.T)


def of(name, **settings):
    """A row for a method by its name, of a symmetric matrix."""
    method = getattr(linalg, name)
    return Row(
        method,
        *("real", "real"),
        shapes=[((5,), (3,))],
        call=lambda t, b: method(symmetric(t), b, **EXACT)[0],
        step=False,
        slow=True,
        **settings,
    )


ROWS = [
    Row(
        iterated,
        "real",
        shapes=[(3,)],
        call=lambda b, **options: iterated(b, MATRIX, "bicgstab", EXACT, **options)[0],
        flipped=FLAG,
        step=False,
    ),
    Row(
        stored_iterated,
        *("real", "real"),
        shapes=[((5,), (3,))],
        call=stored,
        flipped=FLAG,
        step=False,
    ),
    of("bicg"),
    of("bicgstab"),
    of("cg"),
    of("cgs"),
    of("gcrotmk"),
    of("gmres"),
    of("lgmres"),
    of("minres"),
    of("qmr"),
    of("tfqmr"),
]
