"""Triangular factors: cholesky, lu, qr, and what solves systems by them.

Sources: those of `autograd_lite.rules.decompositions`; for lu, de Hoog, Anderssen and Lukas 2011,
"Differentiation of matrix functionals using triangular factorization".  cholesky reads one
triangle, in which its gradient stands.  The permutation of rows or columns is constant.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.decompositions import cholesky_vjp, qr_vjp, refuse_extra
from autograd_lite.rules.linalg import T
from autograd_lite.scipy.linalg.calling import Array, array, counterpart, refused
from autograd_lite.scipy.linalg.systems import triangular

# ---- cholesky ----


@primitive
def cholesky_factor(a: Array, *, lower: bool = False, check_finite: bool = True) -> Array:
    """``scipy.linalg.cholesky``."""
    return theirs.cholesky(a, lower, check_finite=check_finite)


rule(cholesky_factor, a=lambda g, y, lower: cholesky_vjp(g, y, not lower))


@counterpart
def cholesky(
    a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Array:
    """R with A = RᴴR, or L with A = LLᴴ if ``lower``, of a positive definite matrix (n, n).

    One triangle of ``a`` is read, and the gradient stands in it.  Errors are SciPy's: LinAlgError
    for a matrix that is not positive definite.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> a = np.array([[4.0, 0.0], [2.0, 2.0]])
    >>> al.grad(lambda a: linalg.cholesky(a, lower=True)[1, 1])(a)[1]
    array([-0.5,  0.5])
    """
    return cholesky_factor(array(a), lower=lower, check_finite=check_finite)


@counterpart
def cho_factor(
    a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Array, bool]:
    """The factor of `cholesky`, and ``lower``, as `cho_solve` wants them.

    On Tensors the triangle beside the factor holds zeros; on plain arrays whatever SciPy leaves.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> def f(a):
    ...     return linalg.cho_solve(linalg.cho_factor(a), np.array([2.0, 0.0]))[0]
    >>> al.grad(f)(np.array([[2.0, 0.0], [0.0, 1.0]]))
    array([[-0.5,  0. ],
           [ 0. ,  0. ]])
    """
    return cholesky(a, lower, overwrite_a, check_finite), lower


@counterpart
def cho_solve(
    c_and_lower: Any, b: Array, overwrite_b: bool = False, check_finite: bool = True
) -> Array:
    """x with A x = b, by a Cholesky factor of A: two triangular systems.

    The gradient by the factor is triangular as well.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> factor = np.array([[2.0, 0.0], [0.0, 1.0]])
    >>> al.grad(lambda b: linalg.cho_solve((factor, True), b)[0])(np.array([2.0, 0.0]))
    array([0.25, 0.  ])
    """
    c, lower = c_and_lower
    c, b, vector = array(c), array(b), np.ndim(b) == 1
    first, second = (0, 2) if lower else (2, 0)
    x = b[:, None] if vector else b
    x = triangular(c, x, trans=first, lower=lower, check_finite=check_finite)
    x = triangular(c, x, trans=second, lower=lower, check_finite=False)
    return x[..., 0] if vector else x


# ---- lu ----


def order(piv: Array, n: int) -> Array:
    """The order of ``n`` rows after those exchanges, one after another."""
    piv = np.asarray(piv)
    p = np.broadcast_to(np.arange(n), (*piv.shape[:-1], n)).copy()
    for i in range(piv.shape[-1]):
        j = piv[..., i : i + 1].astype(p.dtype)
        last = np.take_along_axis(p, j, -1)
        np.put_along_axis(p, j, p[..., i : i + 1].copy(), -1)
        p[..., i : i + 1] = last
    return p


@primitive
def packed(a: Array, *, check_finite: bool = True) -> tuple[Array, Array, Array]:
    """L and U in one matrix, the exchanges of rows, and the order that they lead to."""
    both, piv = theirs.lu_factor(a, check_finite=check_finite)
    return both, piv, order(piv, a.shape[-2])


@primitive
def exchanged(piv: Array, *, n: int) -> Array:
    """The order that exchanges of rows lead to."""
    return order(piv, n)


rule(exchanged, piv=None)


def parts(both: Array) -> tuple[Array, Array]:
    """L and U of a matrix that holds both: (…, m, k) and (…, k, n)."""
    m, n = both.shape[-2:]
    k = min(m, n)
    return np.tril(both[..., :k], -1) + np.eye(m, k, dtype=both.dtype), np.triu(both[..., :k, :])


def grown(x: Array, size: int) -> Array:
    """``x`` with so many rows and columns of zeros more that it is square."""
    m, n = x.shape[-2:]
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, size - m), (0, size - n)])


def packed_vjp(g: Array, y: Any) -> Array:
    """A matrix that is not square is a part of one that is, with the identity in what is new."""
    both, _, p = y
    m, n = both.shape[-2:]
    k, size = min(m, n), max(m, n)
    new = np.diag(np.arange(size) >= k).astype(both.dtype)
    l, u = (grown(x, size) + new for x in parts(both))
    g_l, g_u = grown(np.tril(g[0], -1)[..., :k], size), grown(np.triu(g[0])[..., :k, :], size)
    inner = np.tril(T(l) @ g_l, -1) + np.triu(g_u @ T(u))
    x = triangular(l, inner, trans=1, lower=True, unit_diagonal=True, check_finite=False)
    x = T(triangular(u, T(x), check_finite=False))[..., :m, :n]
    return np.take_along_axis(x, np.argsort(p, -1)[..., None], -2)


rule(packed, a=packed_vjp)


@counterpart
def lu_factor(
    a: Array, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Array, Array]:
    """L and U in one matrix (m, n), and the exchanges of rows, as `lu_solve` wants them.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.lu_factor(a)[0][1, 1])(np.array([[4.0, 2.0], [1.0, 2.0]]))
    array([[ 0.125, -0.25 ],
           [-0.5  ,  1.   ]])
    """
    both, piv, _ = packed(array(a), check_finite=check_finite)
    return both, piv


@counterpart
def lu_solve(
    lu_and_piv: Any,
    b: Array,
    trans: int = 0,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:
    """x with A x = b, Aᵀ x = b or Aᴴ x = b (``trans``), by the factors of `lu_factor`.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> factors = linalg.lu_factor(np.array([[0.0, 2.0], [4.0, 0.0]]))
    >>> al.grad(lambda b: linalg.lu_solve(factors, b)[0])(np.ones(2))
    array([0.  , 0.25])
    """
    both, piv, b = *map(array, lu_and_piv), array(b)
    n, vector = both.shape[-1], np.ndim(b) == 1
    x = b[:, None] if vector else b
    exchange = (exchanged(piv, n=n)[..., None] == np.arange(n)).astype(both.dtype)
    lower: dict[str, Any] = {"lower": True, "unit_diagonal": True, "check_finite": check_finite}
    if trans == 0:
        x = triangular(both, triangular(both, exchange @ x, **lower), check_finite=False)
    else:
        x = triangular(both, x, trans=trans, check_finite=check_finite)
        x = T(exchange) @ triangular(both, x, trans=trans, **lower)
    return x[..., 0] if vector else x


@counterpart
def lu(
    a: Array,
    permute_l: bool = False,
    overwrite_a: bool = False,
    check_finite: bool = True,
    p_indices: bool = False,
) -> tuple[Array, ...]:
    """P, L and U with A = PLU, of matrices (…, m, n); or PL and U; or P as indices.

    P is constant.  The gradient by ``a`` is that of L and U, which are unique where no pivot is 0.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.lu(a)[2][1, 1])(np.array([[1.0, 2.0], [4.0, 2.0]]))
    array([[-0.5  ,  1.   ],
           [ 0.125, -0.25 ]])
    """
    both, _, p = packed(array(a), check_finite=check_finite)
    l, u = parts(both)
    place = np.argsort(p, -1)
    if permute_l:
        return np.take_along_axis(l, place[..., None], -2), u
    if p_indices:
        return place, l, u
    return (place[..., None] == np.arange(both.shape[-2])).astype(np.abs(both).dtype), l, u


# ---- qr ----


@primitive
def orthogonal(
    a: Array, *, mode: str = "full", pivoting: bool = False, check_finite: bool = True
) -> tuple[Array, ...]:
    """``scipy.linalg.qr`` with Q, R, and the order of the columns if it is ``pivoting``."""
    found: tuple[Array, ...] = theirs.qr(a, mode=mode, pivoting=pivoting, check_finite=check_finite)
    return found


def orthogonal_vjp(g: Any, y: Any, a: Array, pivoting: bool) -> Array:
    refuse_extra("qr", g[0], min(a.shape[-2:]), "mode='economic'")
    by_a = qr_vjp(g[:2], y[:2], a, "complete")
    return np.take_along_axis(by_a, np.argsort(y[2])[..., None, :], -1) if pivoting else by_a


rule(orthogonal, a=orthogonal_vjp)


@counterpart
def qr(
    a: Array,
    overwrite_a: bool = False,
    lwork: int | None = None,
    mode: str = "full",
    pivoting: bool = False,
    check_finite: bool = True,
) -> Any:
    """Q and R with A = QR of a matrix (m, n), or A[:, P] = QR if it is ``pivoting``.

    The columns of Q that complete a basis have no derivative: TypeError where a loss depends on
    them, or for ``mode="raw"``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.qr(a, mode="r")[0][0, 0])(np.array([[3.0, 1.0], [4.0, 1.0]]))[:, 0]
    array([-0.6, -0.8])
    """
    if mode not in ("full", "r", "economic"):
        raise refused("qr", f"mode={mode!r}", "use mode='economic'")
    found = orthogonal(
        array(a),
        mode="full" if mode == "r" else mode,
        pivoting=pivoting,
        check_finite=check_finite,
    )
    if mode == "r" and not pivoting and np.ndim(a) > 2:
        return found[1]  # SciPy's has no tuple of one for several matrices
    return tuple(found[1:]) if mode == "r" else tuple(found)
