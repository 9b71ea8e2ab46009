"""Products with sparse matrices by their stored values, and the places where these stand.

A matrix is given as SciPy gives it by rows: ``data``, with the column of each in ``indices``, and
``indptr``, which says where each row begins.  For y = A x, where A has the values dataₖ at places
(i, j), the slope by dataₖ is Σ gᵢ xⱼ, and that by x is Aᵀ g.  The first is `at_places`, whose own
slopes are products once more.
"""

from typing import Any

import numpy as np
import scipy.sparse as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule

Array = Any


@primitive
def stored_product(
    data: Array, x: Array, indices: Array, indptr: Array, size: Any, flipped: bool = False
) -> Array:
    """``A @ x``, with the transpose of A if it is ``flipped``; A has ``size`` rows and columns."""
    matrix = theirs.csr_array((np.asarray(data), indices, indptr), shape=size)
    return (matrix.T if flipped else matrix) @ np.asarray(x)


@primitive
def at_places(left: Array, right: Array, indices: Array, indptr: Array) -> Array:
    """The products ``left @ right.T`` at the places of a matrix alone."""
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    products = np.take(left, rows, axis=0) * np.take(right, indices, axis=0)
    return np.sum(products, axis=1) if np.ndim(products) > 1 else products


def product_by_data(g: Array, x: Array, indices: Array, indptr: Array, flipped: bool) -> Array:
    return at_places(*((x, g) if flipped else (g, x)), indices, indptr)


def product_by_x(
    g: Array, data: Array, indices: Array, indptr: Array, size: Any, flipped: bool
) -> Array:
    return stored_product(data, g, indices, indptr, size, flipped=not flipped)


rule(stored_product, data=product_by_data, x=product_by_x, indices=None, indptr=None)


def by_left(g: Array, right: Array, indices: Array, indptr: Array, shape: Any) -> Array:
    return stored_product(g, right, indices, indptr, (shape[0], np.shape(right)[0]))


def by_right(g: Array, left: Array, indices: Array, indptr: Array, shape: Any) -> Array:
    return stored_product(g, left, indices, indptr, (np.shape(left)[0], shape[0]), flipped=True)


rule(at_places, left=by_left, right=by_right, indices=None, indptr=None)
