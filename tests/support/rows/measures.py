"""Determinants and norms by SciPy."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.measures import determinant, length
from tests.support.rows.matrices import TALL, WIDE, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

ORDERS = [None, "fro", np.inf, -np.inf, 1, -1, 2, -2]


def norm(matrix, function=linalg.norm, **options):
    return near(matrix, function, function, **BY_DIFFERENCES, **options)


ROWS = [
    Row(linalg.det, "invertible", shapes="...(n,n)"),
    Row(linalg.det, "some zeros", shapes=[(2, 2), (3, 3), (2, 2, 2)], **BY_DIFFERENCES),
    Row(determinant, "invertible", shapes=[(2, 2)], check_finite=FLAG, slow=True),
    norm(TALL),
    norm(WIDE, ord=ORDERS, axis=[(-2, -1)], keepdims=FLAG),
    norm(TALL, ord=[OMITTED, 0, *ORDERS[2:]], axis=[-1], keepdims=FLAG),
    Row(linalg.norm, "nonzero", shapes=[(3,), (2, 3)], ord=[3, 0.5], axis=[-1], **BY_DIFFERENCES),
    norm(TALL, length, axis=[-1], keepdims=FLAG, ord=[1], check_finite=FLAG, slow=True),
]
