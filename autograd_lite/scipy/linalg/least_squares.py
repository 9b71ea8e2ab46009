"""Least squares and pseudoinverses, at constant rank.

Sources and conventions are those of `autograd_lite.rules.linalg`.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import given
from autograd_lite.rules.linalg import T, column, lstsq_a, pinv_vjp, squares_b, triangle
from autograd_lite.scipy.linalg.calling import Array, array, counterpart

# ---- pseudoinverses ----


@primitive
def pseudoinverse(
    a: Array, *, atol: Any = None, rtol: Any = None, check_finite: bool = True
) -> tuple[Array, int]:
    """``scipy.linalg.pinv``, and the rank."""
    options = {"atol": atol, "rtol": rtol, "check_finite": check_finite}
    inverse, rank = theirs.pinv(a, return_rank=True, **options)
    return inverse, rank


def pseudoinverse_vjp(g: Any, y: Any, a: Array, atol: Any, rtol: Any) -> Array:
    return pinv_vjp(g[0], y[0], a, atol, False, rtol)


rule(pseudoinverse, a=pseudoinverse_vjp)


@counterpart
def pinv(
    a: Array,
    *,
    atol: Any = None,
    rtol: Any = None,
    return_rank: bool = False,
    check_finite: bool = True,
) -> Any:
    """The pseudoinverse (n, m) of a matrix (m, n), and its rank if asked for.

    The rank is taken as constant.  TypeError where ``atol`` or ``rtol`` drops singular values that
    are not zero.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.pinv(a)[0, 0])(np.array([[2.0], [0.0]]))
    array([[-0.25],
           [ 0.  ]])
    """
    found = pseudoinverse(array(a), atol=atol, rtol=rtol, check_finite=check_finite)
    return tuple(found) if return_rank else found[0]


@primitive
def pseudoinverse_of_hermitian(
    a: Array,
    *,
    atol: Any = None,
    rtol: Any = None,
    lower: bool = True,
    check_finite: bool = True,
) -> tuple[Array, int]:
    """``scipy.linalg.pinvh``, and the rank."""
    options = {"atol": atol, "rtol": rtol, "lower": lower, "check_finite": check_finite}
    inverse, rank = theirs.pinvh(a, return_rank=True, **options)
    return inverse, rank


def pseudoinverse_of_hermitian_vjp(
    g: Any, y: Any, a: Array, atol: Any, rtol: Any, lower: bool
) -> Array:
    half = np.tril(a, -1) if lower else np.triu(a, 1)
    whole = half + np.conj(T(half)) + np.real(a * np.eye(a.shape[-1]))
    g = pinv_vjp(g[0], y[0], whole, atol, False, rtol)
    return triangle(g, "L" if lower else "U")


rule(pseudoinverse_of_hermitian, a=pseudoinverse_of_hermitian_vjp)


@counterpart
def pinvh(
    a: Array,
    atol: Any = None,
    rtol: Any = None,
    lower: bool = True,
    return_rank: bool = False,
    check_finite: bool = True,
) -> Any:
    """The pseudoinverse of a Hermitian matrix (n, n), of which one triangle is read; see `pinv`.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.pinvh(a)[1, 0])(np.array([[2.0, 9.0], [0.0, 4.0]]))[1, 0]
    np.float64(-0.125)
    """
    options = {"atol": atol, "rtol": rtol, "lower": lower, "check_finite": check_finite}
    found = pseudoinverse_of_hermitian(array(a), **options)
    return tuple(found) if return_rank else found[0]


# ---- least squares ----


@primitive
def fitted(
    a: Array,
    b: Array,
    *,
    cond: Any = None,
    check_finite: bool = True,
    lapack_driver: str | None = None,
) -> tuple[Array, ...]:
    """``scipy.linalg.lstsq``, without the singular values where its driver finds none."""
    options = {"check_finite": check_finite, "lapack_driver": lapack_driver}
    found = theirs.lstsq(a, b, cond, **options)
    return tuple(x for x in found if x is not None)


def fitted_a(g: Any, y: Any, a: Array, b: Array) -> Array:
    if len(g) < 4:
        s = np.zeros(min(a.shape[-2:]), a.dtype)
        g, y = (*g, s), (*y, s)
    return lstsq_a(g, y, a, b)


def fitted_b(
    g: Any, y: Any, a: Array, b: Array, shape: Any, cond: Any, lapack_driver: str | None
) -> Array:
    """The solution is X b with X that for the identity, where cond drops the same values."""
    options: dict[str, Any] = {"cond": cond, "lapack_driver": lapack_driver}
    x = fitted(a, np.eye(a.shape[0], dtype=a.dtype), check_finite=False, **options)[0]
    return (T(x) @ column(g[0]) + squares_b(g, y, a, b)).reshape(shape)


rule(fitted, a=fitted_a, b=fitted_b)


@counterpart
def lstsq(
    a: Array,
    b: Array,
    cond: Any = None,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    lapack_driver: str | None = None,
) -> tuple[Any, ...]:
    """The least solution of a x ≈ b, its squared residuals, the rank and the singular values.

    For a matrix (m, n) and (m,) or (m, k).  TypeError by ``a`` where its rank is not full.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> a = np.array([[1.0], [1.0]])
    >>> al.grad(lambda b: linalg.lstsq(a, b)[0][0])(np.array([1.0, 5.0]))
    array([0.5, 0.5])
    """
    options: dict[str, Any] = {"check_finite": check_finite, "lapack_driver": lapack_driver}
    found = fitted(array(a), array(b), **given(cond=cond), **options)
    return (*found, None) if len(found) < 4 else tuple(found)
