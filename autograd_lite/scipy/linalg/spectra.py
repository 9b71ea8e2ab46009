"""Eigenvalues, singular values and their vectors, generalised ones too.

Sources and conventions are those of `autograd_lite.rules.decompositions`: vectors are unique up to
a factor of modulus 1, which is taken as constant.  Where values coincide, all is as there.

For A V = B V W with VᴴBV = I, let P = VᴴdA V and Q = VᴴdB V.  Then dw = diag(P − Q W) and dV = V X
with X_ij = (P − Q (w_i + w_j) / 2)_ij / (w_j − w_i) − Q_ij / 2, of which the first term is 0 for
i = j: the second one keeps VᴴBV = I, and the first one turns the vectors.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import conj, denominator, given
from autograd_lite.rules.decompositions import (
    diag,
    eigvals_vjp,
    gaps,
    general_svd_vjp,
    independence,
    rounding,
    size_of,
    used_pairs,
)
from autograd_lite.rules.linalg import H, T, singular_values_vjp, tied, triangle
from autograd_lite.scipy.linalg.calling import Array, array, counterpart, refused
from autograd_lite.scipy.linalg.factors import cholesky_factor
from autograd_lite.scipy.linalg.systems import triangular

# ---- Hermitian matrices ----


@primitive
def hermitian(
    a: Array,
    b: Array = None,
    *,
    lower: bool = True,
    driver: str | None = None,
    check_finite: bool = True,
) -> tuple[Array, Array]:
    """``scipy.linalg.eigh``: values and vectors."""
    found = theirs.eigh(a, b, lower=lower, driver=driver, check_finite=check_finite)
    return found[0], found[1]


def turned(g: Any, y: Any, reached: Any) -> tuple[Array, Array]:
    """The cotangent of P, and m = VᵀḠ of the vectors."""
    (gw, gv), (w, v) = g, y
    m = T(v) @ gv
    used = used_pairs(gw, m) if reached[0] else None
    return diag(gw) + (gaps(w, m - H(m), size_of(gv), used) * m if reached[1] else 0), m


def hermitian_a(g: Any, y: Any, lower: bool, reached: Any) -> Array:
    v = y[1]
    return triangle(conj(v) @ turned(g, y, reached)[0] @ T(v), "L" if lower else "U")


def hermitian_b(g: Any, y: Any, lower: bool, reached: Any) -> Array:
    (w, v), (k, m) = y, turned(g, y, reached)
    k = k * ((w[..., None, :] + w[..., None]) / 2) + m / 2
    return -triangle(conj(v) @ k @ T(v), "L" if lower else "U")


rule(hermitian, a=hermitian_a, b=hermitian_b)


@primitive
def hermitian_values(
    a: Array,
    b: Array = None,
    *,
    lower: bool = True,
    driver: str | None = None,
    check_finite: bool = True,
) -> Array:
    """``scipy.linalg.eigvalsh``."""
    options = {"driver": driver, "check_finite": check_finite}
    return theirs.eigvalsh(a, b, lower=lower, **options)


def values_a(g: Array, a: Array, b: Array, lower: bool, scaled: bool = False) -> Array:
    w, v = hermitian(a, b, lower=lower, check_finite=False)
    g = tied(g, w) * (-w if scaled else 1)
    return triangle(conj(v) * g[..., None, :] @ T(v), "L" if lower else "U")


rule(
    hermitian_values,
    a=lambda g, a, b, lower: values_a(g, a, b, lower),
    b=lambda g, a, b, lower: values_a(g, a, b, lower, scaled=True),
)


def between(w: Array, by_index: Any, by_value: Any) -> slice:
    """Which of the values are asked for."""
    if by_index is not None:
        return slice(int(by_index[0]), int(by_index[1]) + 1)
    if by_value is None:
        return slice(None)
    if w.ndim > 1:
        raise refused("eigh", "subset_by_value for several matrices", "call it for each of them")
    low, high = (sum(branch(w[i] <= bound) for i in range(w.shape[0])) for bound in by_value)
    return slice(low, high)


def reduced(a: Array, b: Array, lower: bool, type: int) -> tuple[Array, Array]:
    """The matrix LᴴAL, which has the values of AB and BA, and the factor L of B."""
    half = np.tril(a, -1) if lower else np.triu(a, 1)
    a = half + H(half) + np.real(a * np.eye(a.shape[-1]))
    factor = cholesky_factor(b, lower=lower)
    factor = factor if lower else H(factor)
    return H(factor) @ a @ factor, factor


@counterpart
def eigh(
    a: Array,
    b: Array = None,
    *,
    lower: bool = True,
    eigvals_only: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    type: int = 1,
    check_finite: bool = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: str | None = None,
) -> Any:
    """Values (n,) and vectors (n, n) of a Hermitian matrix; with ``b``, of A v = w B v.

    Of AB v = w v and of BA v = w v for ``type`` 2 and 3.

    One triangle of each matrix is read, and its gradient stands in it.  Where values coincide, the
    derivative is that of a loss that does not depend on the choice of vectors, else NaN.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> a, b = np.array([[2.0, 9.0], [1.0, 3.0]]), np.diag([1.0, 4.0])
    >>> np.tril(al.grad(lambda b: np.sum(linalg.eigh(a, b)[0]))(b))
    array([[-2.    ,  0.    ],
           [-0.5   , -0.1875]])
    """
    a, b = array(a), None if b is None else array(b)
    pair: tuple[Array, ...] = (a,) if b is None else (a, b)
    options: dict[str, Any] = {"lower": lower, "check_finite": check_finite}
    factor = None
    if b is not None and type != 1:
        (c, factor), options = reduced(a, b, lower, type), {"check_finite": check_finite}
        pair = (c,)
    options |= given(driver=None if subset_by_index or subset_by_value else driver)
    if eigvals_only:
        w = hermitian_values(*pair, **options)
        return w[..., between(w, subset_by_index, subset_by_value)]
    w, v = hermitian(*pair, **options)
    if factor is not None:
        v = triangular(factor, v, trans="C", lower=True) if type == 2 else factor @ v
    some = between(w, subset_by_index, subset_by_value)
    return (w, v) if some == slice(None) else (w[..., some], v[..., some])


@counterpart
def eigvalsh(
    a: Array,
    b: Array = None,
    *,
    lower: bool = True,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    type: int = 1,
    check_finite: bool = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: str | None = None,
) -> Array:
    """The values of `eigh`; sums of a function of them are right where some coincide.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.sum(linalg.eigvalsh(a) ** 2))(np.array([[2.0, 9.0], [1.0, 2.0]]))
    array([[4., 0.],
           [4., 4.]])
    """
    return eigh(
        *(a, b),
        lower=lower,
        eigvals_only=True,
        type=type,
        check_finite=check_finite,
        subset_by_index=subset_by_index,
        subset_by_value=subset_by_value,
        driver=driver,
    )


# ---- other square matrices ----


@primitive
def spectrum(a: Array, b: Array = None, *, check_finite: bool = True) -> tuple[Array, Array]:
    """``scipy.linalg.eig``: values, and right vectors of length 1."""
    w, v = theirs.eig(a, b, check_finite=check_finite)
    return w, v


def spectrum_vjp(g: Any, y: Any, b: Array, reached: Any) -> tuple[Array, Array]:
    """(BV)⁻ᵀ, and the cotangent of (BV)⁻¹ (dA V − dB V W)."""
    (gw, gv), (w, v) = g, y
    gv = gv - conj(v) * np.sum(gv * v, axis=-2, keepdims=True)  # vᴴ dv = 0: the norm stays 1
    m, free = T(v) @ gv, independence(v)
    k = gaps(w, m, size_of(gv), reached[0] or None, free) * m if reached[1] else 0
    basis = np.where(free <= rounding(v), np.nan, v)
    return T(basis if b is None else b @ basis), diag(gw) + k


def spectrum_a(g: Any, y: Any, b: Array, reached: Any) -> Array:
    basis, k = spectrum_vjp(g, y, b, reached)
    return np.linalg.solve(basis, k @ T(y[1]))


def spectrum_b(g: Any, y: Any, b: Array, reached: Any) -> Array:
    basis, k = spectrum_vjp(g, y, b, reached)
    return -np.linalg.solve(basis, k * y[0][..., None, :] @ T(y[1]))


rule(spectrum, a=spectrum_a, b=spectrum_b)


@primitive
def eigenvalues(a: Array, *, check_finite: bool = True) -> Array:
    """``scipy.linalg.eigvals``."""
    return theirs.eigvals(a, check_finite=check_finite)


rule(eigenvalues, a=lambda g, y, a: eigvals_vjp(g, y, a))


@primitive
def left_vectors(a: Array, b: Array = None) -> Array:
    """The left vectors of SciPy's, of which only the factors of modulus 1 are taken."""
    return theirs.eig(a, b, left=True, right=False)[1]


rule(left_vectors, a=None, b=None)


def left_of(a: Array, b: Array, v: Array) -> Array:
    """The left vectors, which are the rows of (BV)⁻¹, of length 1."""
    u = H(np.linalg.inv(v if b is None else b @ v))
    u = u / np.sqrt(np.sum(np.real(u * conj(u)), axis=-2, keepdims=True))
    factor = np.sum(
        conj(u) * left_vectors(*(x for x in (a, b) if x is not None)), -2, keepdims=True
    )
    return u * stop_gradient(factor / denominator(np.abs(factor)))


@counterpart
def eig(
    a: Array,
    b: Array = None,
    left: bool = False,
    right: bool = True,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    homogeneous_eigvals: bool = False,
) -> Any:
    """Values (n,) and vectors (n, n) of A v = w v or A v = w B v, which are complex numbers.

    The vectors have length 1.  NaN where values coincide that are told apart, and for a matrix
    without a basis of vectors.  TypeError for ``homogeneous_eigvals``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> f = lambda a: np.real(np.sum(linalg.eig(a)[0] ** 2))
    >>> al.grad(f)(np.array([[0.0, 1.0], [-1.0, 0.0]])).round(9)
    array([[ 0., -2.],
           [ 2.,  0.]])
    """
    if homogeneous_eigvals:
        raise refused("eig", "homogeneous_eigvals", "leave it out")
    pair = [array(x) for x in (a, b) if x is not None]
    w, v = spectrum(*pair, check_finite=check_finite)
    vectors = [left_of(pair[0], None if b is None else pair[1], v)] if left else []
    vectors += [v] if right else []
    return (w, *vectors) if vectors else w


@counterpart
def eigvals(
    a: Array,
    b: Array = None,
    overwrite_a: bool = False,
    check_finite: bool = True,
    homogeneous_eigvals: bool = False,
) -> Array:
    """The values of `eig`; sums of a function of them are right where some coincide.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.imag(linalg.eigvals(a)[0]))(np.array([[0.0, 1.0], [-1.0, 0.0]]))[0]
    array([0. , 0.5])
    """
    if b is not None or homogeneous_eigvals:
        w = eig(
            a, b, right=False, check_finite=check_finite, homogeneous_eigvals=homogeneous_eigvals
        )
        return w
    return eigenvalues(array(a), check_finite=check_finite)


# ---- singular values and vectors ----


@primitive
def singular(
    a: Array,
    *,
    full_matrices: bool = True,
    check_finite: bool = True,
    lapack_driver: str = "gesdd",
) -> tuple[Array, Array, Array]:
    """``scipy.linalg.svd``."""
    options = {"check_finite": check_finite, "lapack_driver": lapack_driver}
    u, s, vh = theirs.svd(a, full_matrices, **options)
    return u, s, vh


@primitive
def singular_values(a: Array, *, check_finite: bool = True, lapack_driver: str = "gesdd") -> Array:
    """The values alone: ``scipy.linalg.svd(…, compute_uv=False)``."""
    options = {"check_finite": check_finite, "lapack_driver": lapack_driver}
    return theirs.svd(a, compute_uv=False, **options)


def singular_values_a(g: Array, a: Array) -> Array:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return singular_values_vjp(tied(g, s), u, s, vh)


rule(singular, a=lambda g, y, reached: general_svd_vjp(g, y, reached))
rule(singular_values, a=singular_values_a)


@counterpart
def svd(
    a: Array,
    full_matrices: bool = True,
    compute_uv: bool = True,
    overwrite_a: bool = False,
    check_finite: bool = True,
    lapack_driver: str = "gesdd",
) -> Any:
    """U, s and Vᴴ with A = U diag(s) Vᴴ, of a matrix (m, n); or s alone.

    The columns that complete a basis have no derivative: TypeError where a loss depends on them.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.svd(a)[1][0])(np.array([[3.0, 0.0], [0.0, 2.0]]))
    array([[1., 0.],
           [0., 0.]])
    """
    options: dict[str, Any] = {"check_finite": check_finite, "lapack_driver": lapack_driver}
    if not compute_uv:
        return singular_values(array(a), **options)
    return singular(array(a), full_matrices=full_matrices, **options)


@counterpart
def svdvals(a: Array, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The singular values of a matrix (m, n), the largest first.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.sum(linalg.svdvals(a)))(np.array([[3.0, 0.0], [0.0, -2.0]]))
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    return singular_values(array(a), check_finite=check_finite)
