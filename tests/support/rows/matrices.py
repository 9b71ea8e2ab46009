"""Rows for functions of matrices.

Where a derivative needs values that are apart from each other, the argument is a small change of a
fixed matrix.
"""

import numpy as np

from tests.support.rows.row import Row

TALL = np.array([[3.0, 0.2], [-0.4, 1.0], [0.7, -0.3]])
WIDE = np.array([[2.0, -0.3, 1.1], [0.4, 1.0, -0.2]])
APART = np.array([[1.0, 0.2, 0.0], [0.4, 3.0, -0.3], [0.1, 0.2, 6.0]])
TURNING = np.array([[1.0, 2.0, 0.1], [-2.0, 1.0, 0.3], [0.2, 0.1, 4.0]])
SYMMETRIC = np.array([[1.0, 0.4, 0.2], [0.4, -3.0, 0.3], [0.2, 0.3, 6.0]])


def near(matrix, function, call, **settings):
    """A row for ``call(matrix + x / 20, **options)``."""

    def nearby(x, **options):
        return call(matrix + x / 20, **options)

    stacked = (2, *matrix.shape)
    return Row(function, "real", shapes=[matrix.shape, stacked], call=nearby, **settings)


def hermitian(x):
    """The matrix of which ``x`` has the lower triangle."""
    lower = x * np.tri(x.shape[-1], k=-1, dtype=x.dtype)
    return lower + mirrored(lower) + np.real(x * np.eye(x.shape[-1], dtype=x.dtype))


def mirrored(x):
    return np.conj(np.swapaxes(x, -1, -2))
