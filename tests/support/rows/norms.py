"""Norms and condition numbers."""

import numpy as np
from numpy import linalg

from tests.support.rows.matrices import APART, TALL, WIDE, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

VECTORS = [(3,), (2, 3), (2, 1, 2)]
ORDERS = ["fro", "nuc", np.inf, -np.inf, 1, -1, 2, -2]
VECTOR_ORDERS = [None, np.inf, -np.inf, 0, 1, -1, 2, 3, 0.5, 2.5]


def norm(matrix, **options):
    return near(matrix, linalg.norm, linalg.norm, **BY_DIFFERENCES, **options)


ROWS = [
    *[norm(m, ord=[OMITTED, *ORDERS], keepdims=FLAG, axis=[(-2, -1)]) for m in (TALL, WIDE)],
    norm(WIDE, ord=[1, np.inf, "fro", 2], axis=[(-1, -2)]),
    norm(TALL, keepdims=FLAG),
    norm(TALL, ord=VECTOR_ORDERS[:-3], axis=[-1, -2], keepdims=FLAG),
    Row(linalg.norm, "nonzero", shapes=VECTORS, ord=[3, 0.5, 2.5], axis=[-1], **BY_DIFFERENCES),
    Row(linalg.norm, "nonzero", shapes=[(), (3,), (2, 1, 2)], **BY_DIFFERENCES),
    near(TALL, linalg.matrix_norm, linalg.matrix_norm, ord=[OMITTED, *ORDERS], **BY_DIFFERENCES),
    near(TALL, linalg.matrix_norm, linalg.matrix_norm, keepdims=FLAG, **BY_DIFFERENCES),
    Row(
        linalg.vector_norm,
        "nonzero",
        shapes=VECTORS,
        ord=[OMITTED, 1, 2, 3, 0.5],
        keepdims=FLAG,
        axis=[OMITTED, None, 0, -1, (0,), (-1,), (0, 1), (-1, 0)],
        **BY_DIFFERENCES,
    ),
    near(APART, linalg.cond, linalg.cond, p=[OMITTED, None, *ORDERS], **BY_DIFFERENCES),
    near(TALL, linalg.cond, linalg.cond, p=[OMITTED, 2, -2], **BY_DIFFERENCES),
]
