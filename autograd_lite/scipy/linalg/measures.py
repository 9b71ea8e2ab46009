"""Numbers that a matrix has: its determinant, and its norms.

Sources and conventions are those of `autograd_lite.rules.linalg`: the determinant has a derivative
at a singular matrix too, norms have slope 0 at 0, and ties are shared evenly.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.linalg import cofactors, norm_vjp
from autograd_lite.scipy.linalg.calling import Array, array, counterpart


@primitive
def determinant(a: Array, *, check_finite: bool = True) -> Array:
    """``scipy.linalg.det``."""
    return theirs.det(a, check_finite=check_finite)


rule(determinant, a=lambda g, y, a: g[..., None, None] * cofactors(a, y))


@counterpart
def det(a: Array, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The determinant of matrices (…, n, n), whose derivative is the matrix of cofactors.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]]))
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    return determinant(array(a), check_finite=check_finite)


@primitive
def length(
    a: Array,
    *,
    ord: Any = None,
    axis: Any = None,
    keepdims: bool = False,
    check_finite: bool = True,
) -> Array:
    """``scipy.linalg.norm``."""
    found = theirs.norm(a, ord, axis, keepdims, check_finite)
    return np.asarray(found)[()]  # SciPy's may be a number of Python's


rule(
    length,
    a=lambda g, y, a, shape, ord, axis: norm_vjp(g, y, a, shape, ord, axis),
)


@counterpart
def norm(
    a: Array,
    ord: Any = None,
    axis: Any = None,
    keepdims: bool = False,
    check_finite: bool = True,
) -> Array:
    """The norm of a vector or a matrix, of any order that SciPy has.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(linalg.norm)(np.array([3.0, 4.0])), al.grad(linalg.norm)(np.zeros(2))
    (array([0.6, 0.8]), array([0., 0.]))
    """
    return length(array(a), ord=ord, axis=axis, keepdims=keepdims, check_finite=check_finite)
