"""Sparse matrices of stored values that vary: products, and how such matrices are made."""

import numpy as np

from autograd_lite.scipy import sparse
from autograd_lite.scipy.sparse.by_places import at_places, stored_product
from tests.support.rows.row import FLAG, Row

INDICES, INDPTR = np.array([0, 2, 1]), np.array([0, 2, 3])  # of a matrix with 2 rows
COORDS = np.array([1, 0, 0]), np.array([1, 2, 0])


def product(data, x, flipped=False):
    matrix = (INDICES, INDPTR, (2, 4))  # nothing is stored in the last column
    return stored_product(data, x if flipped else np.concatenate([x, -x]), *matrix, flipped)


def of(kind, *places, **settings):
    """A row for the products of a kind of matrix with vectors, from both sides."""

    def call(data, x):
        A = getattr(sparse, kind)((data, *places), shape=(2, 3))
        return A @ (x @ A)

    return Row(getattr(sparse, kind), "real", "real", shapes=[((3,), (2,))], call=call, **settings)


ROWS = [
    Row(
        stored_product,
        *("real", "real"),
        shapes=[((3,), (2,)), ((3,), (2, 2))],
        call=product,
        flipped=FLAG,
    ),
    Row(
        at_places,
        *("real", "real"),
        shapes=[((2,), (3,)), ((2, 2), (3, 2))],
        call=lambda left, right: at_places(left, right, INDICES, INDPTR),
    ),
    of("csr_array", INDICES, INDPTR),
    of("csc_array", np.array([0, 1, 0]), np.array([0, 1, 2, 3]), slow=True),
    of("coo_array", COORDS, slow=True),
    Row(
        sparse.diags_array,
        *("real", "real"),
        shapes=[((2,), (1,))],
        call=lambda a, b: sparse.diags_array([a, b], offsets=[0, 1]) @ np.array([1.0, 2.0]),
        slow=True,
    ),
]
