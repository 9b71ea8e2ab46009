"""Systems of linear equations and inverses, with any structure that SciPy can assume.

Where a structure is assumed, a part of the matrix is not read, and its gradient is 0 there.  Of a
symmetric or Hermitian matrix one triangle is read, and the gradient by an element of it is that by
both places where it stands.

With x = A⁻¹b and h = A⁻ᵀg: dx = A⁻¹(db − dA x), so the gradients are h by b and −hxᵀ by A.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import conj, given
from autograd_lite.rules.linalg import T, half_lower, triangle
from autograd_lite.scipy.linalg.calling import Array, array, counterpart

# ---- what is read of a matrix ----

SYMMETRIC = ("sym", "symmetric")
HERMITIAN = ("her", "hermitian", "pos", "positive definite")
#: What a structure is of the transpose.
TURNED = {"upper triangular": "lower triangular", "lower triangular": "upper triangular"}


def band(x: Array, width: int) -> Array:
    """``x`` with 0 farther from the diagonal than ``width``."""
    return np.triu(np.tril(x, width), -width)


def by_what_is_read(g: Array, structure: str | None, lower: bool) -> Array:
    """The gradient by what is read of a matrix, from that by all of it."""
    if structure in HERMITIAN:
        return triangle(g, "L" if lower else "U")
    if structure in SYMMETRIC:
        s = g + T(g)
        return half_lower(s) if lower else T(half_lower(s))
    if structure in TURNED:
        return np.tril(g) if structure == "lower triangular" else np.triu(g)
    if structure in ("diagonal", "tridiagonal"):
        return band(g, int(structure == "tridiagonal"))
    return g


def outer(h: Array, x: Array, vector: bool) -> Array:
    """h xᵀ of vectors, or of matrices whose columns are the vectors."""
    return h[..., None] * x[..., None, :] if vector else h @ T(x)


# ---- systems of any structure ----


@primitive
def solution(
    a: Array,
    b: Array,
    *,
    lower: bool = False,
    check_finite: bool = True,
    assume_a: str | None = None,
    turned: bool = False,
) -> Array:
    """``scipy.linalg.solve``."""
    options = given(assume_a=assume_a, check_finite=check_finite)
    return theirs.solve(a, b, lower, transposed=turned, **options)


def turned_back(g: Array, a: Array, lower: bool, assume_a: str | None, turned: bool) -> Array:
    """h: the solution of the transposed system, whose structure is that of the transpose."""
    if not turned:
        a, lower, assume_a = T(a), not lower, TURNED.get(assume_a or "", assume_a)
    options: dict[str, Any] = {"lower": lower, "check_finite": False, "assume_a": assume_a}
    if g.ndim < a.ndim:  # a vector for each of several matrices is a column
        return solution(a, g[..., None], **options)[..., 0]
    return solution(a, g, **options)


def solution_a(
    g: Array, y: Array, a: Array, lower: bool, assume_a: str | None, turned: bool
) -> Array:
    h, vector = turned_back(g, a, lower, assume_a, turned), y.ndim < a.ndim
    by_all = outer(y, h, vector) if turned else outer(h, y, vector)
    return by_what_is_read(-by_all, assume_a, lower)


rule(solution, broadcasts=True, a=solution_a, b=turned_back)


@counterpart
def solve(
    a: Array,
    b: Array,
    lower: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    assume_a: str | None = None,
    transposed: bool = False,
) -> Array:
    """x with a x = b, for matrices (…, n, n) and right sides (n,) or (…, n, m).

    The gradient is 0 where ``assume_a`` says that ``a`` is not read.  Errors and warnings are
    SciPy's: LinAlgError for a singular matrix.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> a, b = np.array([[2.0, 1.0], [9.0, 4.0]]), np.array([3.0, 4.0])
    >>> al.grad(lambda a: np.sum(linalg.solve(a, b, assume_a="upper triangular")))(a)
    array([[-0.5  , -0.5  ],
           [ 0.   , -0.125]])
    """
    a, b = array(a), array(b)
    if np.size(a) == 1 and np.ndim(b) > 0 and np.shape(b)[max(-2, -np.ndim(b))] != 1:
        return b / np.reshape(a, ())  # as SciPy has it
    options: dict[str, Any] = given(assume_a=assume_a)
    return solution(a, b, lower=lower, check_finite=check_finite, turned=transposed, **options)


# ---- triangular systems ----


@primitive
def triangular(
    a: Array,
    b: Array,
    *,
    trans: int | str = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    check_finite: bool = True,
) -> Array:
    """``scipy.linalg.solve_triangular``."""
    return theirs.solve_triangular(*(a, b, trans, lower, unit_diagonal), check_finite=check_finite)


def triangular_b(g: Array, a: Array, trans: int | str, lower: bool, unit_diagonal: bool) -> Array:
    """h, of which the transposed system is triangular as well."""
    a, turn = (conj(a), 0) if trans in (2, "C") else (a, int(trans in (0, "N")))
    options: dict[str, Any] = {"trans": turn, "lower": lower, "unit_diagonal": unit_diagonal}
    if g.ndim < a.ndim:
        return triangular(a, g[..., None], check_finite=False, **options)[..., 0]
    return triangular(a, g, check_finite=False, **options)


def triangular_a(
    g: Array, y: Array, a: Array, trans: int | str, lower: bool, unit_diagonal: bool
) -> Array:
    h, vector = triangular_b(g, a, trans, lower, unit_diagonal), y.ndim < a.ndim
    by_all = outer(h, y, vector) if trans in (0, "N") else outer(y, h, vector)
    by_all = -conj(by_all) if trans in (2, "C") else -by_all
    k = int(unit_diagonal)
    return np.tril(by_all, -k) if lower else np.triu(by_all, k)


rule(triangular, broadcasts=True, a=triangular_a, b=triangular_b)


@counterpart
def solve_triangular(
    a: Array,
    b: Array,
    trans: int | str = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:
    """x with a x = b, aᵀ x = b or aᴴ x = b, for a triangular matrix (n, n).

    The gradient by ``a`` is triangular as well, and 0 on the diagonal if ``unit_diagonal`` says
    that it is not read.  Errors are SciPy's: LinAlgError for a singular matrix.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> a, b = np.array([[2.0, 9.0], [1.0, 4.0]]), np.array([3.0, 4.0])
    >>> al.grad(lambda a: linalg.solve_triangular(a, b, lower=True)[1])(a)
    array([[ 0.1875 ,  0.     ],
           [-0.375  , -0.15625]])
    """
    return triangular(
        array(a),
        array(b),
        trans=trans,
        lower=lower,
        unit_diagonal=unit_diagonal,
        check_finite=check_finite,
    )


# ---- inverses ----


@primitive
def inverted(
    a: Array, *, check_finite: bool = True, assume_a: str | None = None, lower: bool = False
) -> Array:
    """``scipy.linalg.inv``."""
    options = given(assume_a=assume_a, lower=lower or None)
    return theirs.inv(a, check_finite=check_finite, **options)


rule(
    inverted,
    a=lambda g, y, assume_a, lower: by_what_is_read(-T(y) @ g @ T(y), assume_a, lower),
)


@counterpart
def inv(
    a: Array,
    overwrite_a: bool = False,
    check_finite: bool = True,
    *,
    assume_a: str | None = None,
    lower: bool = False,
) -> Array:
    """A⁻¹ of matrices (…, n, n); with Y = A⁻¹, the gradient is −Yᵀ g Yᵀ where ``a`` is read.

    Errors are SciPy's: LinAlgError for a singular matrix.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.sum(linalg.inv(a)))(np.array([[2.0, 0.0], [1.0, 4.0]]))
    array([[-0.1875  , -0.046875],
           [-0.125   , -0.03125 ]])
    """
    options: dict[str, Any] = given(assume_a=assume_a, lower=lower or None)
    return inverted(array(a), check_finite=check_finite, **options)
