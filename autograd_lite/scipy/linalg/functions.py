"""Functions of a matrix: exponential, logarithm, square root, and those made of them.

Their derivative L(A, E) in the direction E is Fréchet's, and the gradient is L(Aᵀ, g).  For exp
and log it stands in the corner of the function of a block matrix, (A E; 0 A), and so does the
derivative of the derivative (Mathias 1996, "A chain rule for matrix functions").  A square root Y
has Y dY + dY Y = dA.  None of this asks for eigenvectors: where eigenvalues coincide, also all of
them, the derivatives of all orders are right.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import conj, nonzero
from autograd_lite.rules.decompositions import rounding
from autograd_lite.rules.linalg import H, T
from autograd_lite.scipy.linalg.calling import Array, array, counterpart, refused
from autograd_lite.scipy.linalg.matrix_equations import symmetric_sylvester
from autograd_lite.scipy.linalg.systems import solve

# ---- directions ----


def block(a: Array, e: Array) -> Array:
    """(A E; 0 A)."""
    upper = np.concatenate([a, e], -1)
    return np.concatenate([upper, np.concatenate([np.zeros_like(a), a], -1)], -2)


def corner(e: Array) -> Array:
    """(0 E; 0 0)."""
    return block(np.zeros_like(e), e)


def size_beside(e: Array, a: Array) -> Array:
    """By which E is as large as A: L(A, E) is linear in E, and exact if both are of one size."""
    e, a = (np.max(np.abs(stop_gradient(x)), axis=(-2, -1), keepdims=True) for x in (e, a))
    return nonzero(e) / nonzero(a)


def of_each(function: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """``function`` of matrices for each of several, NaN where a number is not finite."""

    def one(a: Array, e: Array) -> Array:
        if np.isfinite(a).all() and np.isfinite(e).all():
            return function(a, e)
        return np.full(a.shape, np.nan, np.result_type(a, e))

    each = np.vectorize(one, signature="(n,n),(n,n)->(n,n)")
    return lambda a, e: one(a, e) if a.ndim == e.ndim == 2 else each(a, e)


def logarithm_in_direction(a: Array, e: Array) -> Array:
    """SciPy's logm estimates norms by random draws: here the same ones, which leave no trace."""
    size, n, state = size_beside(e, a), a.shape[-1], np.random.get_state()  # noqa: NPY002
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of rounding in the corner
        try:
            np.random.seed(0)  # noqa: NPY002
            return theirs.logm(block(a, e / size))[:n, n:] * size
        finally:
            np.random.set_state(state)  # noqa: NPY002


@primitive
def exponential_direction(a: Array, e: Array) -> Array:
    """L(A, E) of the exponential."""
    method = lambda a, e: theirs.expm_frechet(a, e, compute_expm=False, check_finite=False)
    return of_each(method)(a, e)


@primitive
def logarithm_direction(a: Array, e: Array) -> Array:
    """L(A, E) of the logarithm."""
    return of_each(logarithm_in_direction)(a, e)


def by_matrix(direction: Any, g: Array, a: Array, e: Array) -> Array:
    """The gradient of L(A, E) by A, which stands in the block matrix twice."""
    size, n = size_beside(e, a), a.shape[-1]
    r = direction(T(block(a, e / size)), corner(g))
    return (r[..., :n, :n] + r[..., n:, n:]) * size


rule(
    exponential_direction,
    a=lambda g, a, e: by_matrix(exponential_direction, g, a, e),
    e=lambda g, a: exponential_direction(T(a), g),
)
rule(
    logarithm_direction,
    a=lambda g, a, e: by_matrix(logarithm_direction, g, a, e),
    e=lambda g, a: logarithm_direction(T(a), g),
)

# ---- exponential, logarithm, square root ----


@primitive
def expm(A: Array) -> Array:
    """e^A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.trace(linalg.expm(a)))(np.zeros((2, 2)))
    array([[1., 0.],
           [0., 1.]])
    """
    return theirs.expm(A)


@counterpart
def expm_frechet(
    A: Array,
    E: Array,
    method: str | None = None,
    compute_expm: bool = True,
    check_finite: bool = True,
) -> Any:
    """e^A of a matrix (n, n), and its derivative L(A, E) in a direction; or this alone.

    On Tensors ``method`` is SciPy's default.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> f = lambda e: np.sum(linalg.expm_frechet(np.zeros((2, 2)), e, compute_expm=False))
    >>> al.grad(f)(np.eye(2))
    array([[1., 1.],
           [1., 1.]])
    """
    found = exponential_direction(array(A), array(E))
    return (expm(array(A)), found) if compute_expm else found


@primitive
def logarithm(a: Array) -> Array:
    """``scipy.linalg.logm``."""
    return theirs.logm(a)


@primitive
def root(a: Array) -> Array:
    """``scipy.linalg.sqrtm``."""
    return theirs.sqrtm(a)


rule(expm, A=lambda g, A: exponential_direction(T(A), g))
rule(logarithm, a=lambda g, a: logarithm_direction(T(a), g))
rule(root, a=lambda g, y: symmetric_sylvester(T(y), g))


def refuse_estimate(name: str, disp: Any) -> None:
    if not disp:
        raise refused(name, "disp=False", "leave it out")


@counterpart
def logm(A: Array, disp: Any = True) -> Array:
    """The principal logarithm of a matrix (n, n), which may be complex.

    TypeError for ``disp=False``, which asks for an estimate of the error.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.trace(linalg.logm(a)))(2 * np.eye(2)).round(9)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    refuse_estimate("logm", disp)
    return logarithm(array(A))


@counterpart
def sqrtm(A: Array, disp: Any = True, blocksize: Any = None) -> Array:
    """The principal square root of matrices (…, n, n), which may be complex.

    NaN where the square root has no derivative, as for a singular matrix.  TypeError for
    ``disp=False``, which asks for an estimate of the error.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: np.trace(linalg.sqrtm(a)))(4 * np.eye(2))
    array([[0.25, 0.  ],
           [0.  , 0.25]])
    """
    refuse_estimate("sqrtm", disp)
    return root(array(A))


# ---- circular and hyperbolic functions, as SciPy computes them ----


@counterpart
def cosm(A: Array) -> Array:
    """cos A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> round(al.grad(lambda a: linalg.cosm(a)[0, 0])(np.eye(1)).item(), 4)
    -0.8415
    """
    A = array(A)
    y = expm(1j * A)
    return (y + expm(-1j * A)) * 0.5 if np.iscomplexobj(A) else np.real(y)


@counterpart
def sinm(A: Array) -> Array:
    """sin A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> round(al.grad(lambda a: linalg.sinm(a)[0, 0])(np.eye(1)).item(), 4)
    0.5403
    """
    A = array(A)
    y = expm(1j * A)
    return (y - expm(-1j * A)) * -0.5j if np.iscomplexobj(A) else np.imag(y)


@counterpart
def tanm(A: Array) -> Array:
    """tan A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.tanm(a)[0, 0])(np.zeros((1, 1))).item()
    1.0
    """
    A = array(A)
    return solve(cosm(A), sinm(A))


@counterpart
def coshm(A: Array) -> Array:
    """cosh A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> round(al.grad(lambda a: linalg.coshm(a)[0, 0])(np.eye(1)).item(), 4)
    1.1752
    """
    A = array(A)
    return (expm(A) + expm(-A)) * 0.5


@counterpart
def sinhm(A: Array) -> Array:
    """sinh A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> round(al.grad(lambda a: linalg.sinhm(a)[0, 0])(np.eye(1)).item(), 4)
    1.5431
    """
    A = array(A)
    return (expm(A) - expm(-A)) * 0.5


@counterpart
def tanhm(A: Array) -> Array:
    """tanh A of matrices (…, n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.tanhm(a)[0, 0])(np.zeros((1, 1))).item()
    1.0
    """
    A = array(A)
    return solve(coshm(A), sinhm(A))


# ---- the polar decomposition ----


@primitive
def tall_polar(a: Array) -> tuple[Array, Array]:
    """U and P with A = UP, of a matrix that has no more columns than rows."""
    u, p = theirs.polar(a)
    return u, p


def tall_polar_vjp(g: Any, y: Any) -> Array:
    """With Ω = UᴴdU: ΩP + PΩ = UᴴdA − dAᴴU, and dP = UᴴdA − ΩP.

    NaN where the rank is not full, and U not unique.
    """
    (u, p), (gu, gp) = y, map(conj, g)
    s = np.linalg.svd(stop_gradient(p), compute_uv=False)
    full = (s[..., -1] > rounding(p) * s[..., 0])[..., None, None]
    turning = H(u) @ gu - gp @ p
    k = symmetric_sylvester(p, turning - H(turning))
    by_a = u @ (k + gp)
    if u.shape[-2] > u.shape[-1]:
        by_a = by_a + T(np.linalg.solve(T(p), T(gu - u @ (H(u) @ gu))))
    return conj(np.where(full, by_a, np.nan))


rule(tall_polar, a=tall_polar_vjp)


@counterpart
def polar(a: Array, side: str = "right") -> tuple[Array, Array]:
    """U and P with A = UP, or A = PU for ``side="left"``, of a matrix (m, n) of full rank.

    Right where singular values coincide, at order 2 too; NaN where the rank is not full.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.polar(a)[0][0, 1])(np.eye(2))
    array([[ 0. ,  0.5],
           [-0.5,  0. ]])
    """
    if side not in ("left", "right"):
        raise ValueError(f"polar(side={side!r}): side is 'left' or 'right'")
    a = array(a)
    wide = a.shape[-2] < a.shape[-1]
    u, p = tall_polar(H(a) if wide else a)
    u = H(u) if wide else u
    if wide == (side == "left"):
        return u, p
    return (u, H(u) @ p @ u) if wide else (u, u @ p @ H(u))
