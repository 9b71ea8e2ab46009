"""Any function of a matrix, by divided differences: exact where eigenvalues coincide.

With A = VΛV⁻¹ the derivative in the direction E is V (f[λᵢ, λⱼ] ∘ V⁻¹EV) V⁻¹ (Daleckii and Krein
1965), and that of it the same with f[λᵢ, λₖ, λⱼ] (Higham 2008, "Functions of Matrices", chapter 3).
A divided difference of values that are close is the mean of a derivative between them, by the
quadrature of Gauss and Legendre; of others it is a quotient.  What has the smaller error is taken.
"""

from typing import Any

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import Symbol, Tracked, branch
from autograd_lite.rules.common import nonzero
from autograd_lite.rules.decompositions import independence, rounding
from autograd_lite.rules.linalg import H, T
from autograd_lite.scipy.linalg.calling import Array, Function, array, counterpart, refused
from autograd_lite.transforms.gradients import vjp

# ---- divided differences ----


def slope(f: Function) -> Function:
    """f′ of an elementwise function."""

    def derivative(x: Array) -> Array:
        y, pullback = vjp(f, x)
        return pullback(np.ones_like(y))[0]

    return derivative


def nodes(n: int) -> list[tuple[float, float]]:
    """The nodes and weights of Gauss and Legendre between 0 and 1."""
    x, w = np.polynomial.legendre.leggauss(n)
    return [*zip(((x + 1) / 2).tolist(), (w / 2).tolist(), strict=True)]


def chosen(quotient: Array, error: Array, exact: Array, coarse: Array) -> Array:
    """The mean of a derivative, unless its error is larger than rounding, and the quotient's."""
    enough = np.maximum(error, 100 * np.finfo(exact.dtype).eps * np.abs(exact))
    return np.where(np.abs(exact - coarse) <= enough, exact, quotient)


def first(f: Function, x: Array, z: Array) -> tuple[Array, Array]:
    """f[x, z], and the size of its error."""
    d, fx, fz, eps = z - x, f(x), f(z), np.finfo(x.dtype).eps
    error = 10 * eps * (np.abs(fx) + np.abs(fz)) / np.abs(np.where(d == 0, eps * eps, d))
    derivative = slope(f)
    mean = [sum(w * derivative(x + t * d) for t, w in nodes(n)) for n in (8, 4)]
    found = chosen((fz - fx) / nonzero(d), error, *mean)
    return found, np.minimum(error, 10 * eps * np.abs(found) + np.abs(mean[0] - mean[1]))


def second(f: Function, x: Array, y: Array, z: Array) -> Array:
    """f[x, y, z], by the two that are farthest apart, or the mean of f″ over a triangle."""
    zero = 0 * (x + y + z)
    x, y, z = x + zero, y + zero, z + zero
    parts = [(x, y, z), (y, z, x), (z, x, y)]  # the first and the last may be far apart
    sizes = np.stack([np.abs(p[2] - p[0]) for p in parts])
    best = np.argmax(sizes, 0)
    a, b, c = (np.where(best == 0, p, np.where(best == 1, q, r)) for p, q, r in zip(*parts))
    (ab, error), (bc, other) = first(f, a, b), first(f, b, c)
    d = c - a
    error = (error + other) / np.abs(np.where(d == 0, np.finfo(x.dtype).eps ** 2, d))
    derivative = slope(slope(f))
    mean = [
        sum(
            w * s * v * derivative(a + s * (1 - t) * (b - a) + s * t * d)
            for s, w in nodes(n)
            for t, v in nodes(n)
        )
        for n in (6, 3)
    ]
    return chosen((bc - ab) / nonzero(d), error, *mean)


# ---- functions ----


def eigen(a: Array, hermitian: bool) -> tuple[Array, Array, Array]:
    """The eigenvalues, the vectors V and V⁻¹; NaN for a matrix without a basis of vectors."""
    if hermitian:
        w, v = np.linalg.eigh(a)
        return w, v, H(v)
    w, v = np.linalg.eig(a)
    inverse = np.linalg.inv(v)
    return w, np.where(independence(v) <= rounding(v), np.nan, v), inverse


@primitive(inline=True)  # so that no program has the user's function
def applied(a: Array, *, func: Function, hermitian: bool) -> Array:
    """f(A) = V f(Λ) V⁻¹, of real numbers where SciPy's is."""
    w, v, inverse = eigen(a, hermitian)
    y = v * func(w)[..., None, :] @ inverse
    if hermitian or np.iscomplexobj(a) or not np.iscomplexobj(y):
        return y
    return np.real(y) if branch(np.all(np.abs(np.imag(y)) < 1e-9)) else y


@primitive(inline=True)
def direction(a: Array, e: Array, *, func: Function, hermitian: bool) -> Array:
    """L(A, E), the derivative of f(A) in this direction."""
    w, v, inverse = eigen(a, hermitian)
    inner, _ = first(func, w[..., None], w[..., None, :])
    return v @ (inner * (inverse @ e @ v)) @ inverse


def curvature(a: Array, e: Array, h: Array, func: Function, hermitian: bool) -> Array:
    """The derivative of L(A, E) in the direction H."""
    w, v, inverse = eigen(a, hermitian)
    e, h = inverse @ e @ v, inverse @ h @ v
    f = second(func, w[..., None, None], w[..., None, :, None], w[..., None, None, :])
    pairs = e[..., None] * h[..., None, :, :] + h[..., None] * e[..., None, :, :]
    return v @ np.sum(f * pairs, axis=-2) @ inverse


def direction_a(g: Array, a: Array, e: Array, func: Function, hermitian: bool) -> Array:
    return curvature(T(a), T(e), g, func, hermitian)


def adjoint(g: Array, a: Array, func: Function, hermitian: bool) -> Array:
    """L(Aᵀ, g), the gradient of what is linear in a direction."""
    return direction(T(a), g, func=func, hermitian=hermitian)


rule(applied, a=adjoint)
rule(direction, a=direction_a, e=adjoint)


def refuse_captured(name: str, func: Function) -> None:
    """Raise TypeError for a function that reads a Tensor from outside."""
    with np.errstate(all="ignore"):
        if isinstance(func(np.ones(1)), (Tracked, Symbol)):
            raise refused(
                name,
                "a function that reads Tensors from outside",
                "write w, V = np.linalg.eigh(A) and (V * func(w)) @ V.T",
            )


@counterpart
def funm(A: Array, func: Function, disp: Any = True) -> Array:
    """f(A) of a matrix (n, n), for an elementwise ``func`` made of NumPy's functions.

    On Tensors the value is V f(Λ) V⁻¹, and nearly SciPy's.  Right where eigenvalues coincide, NaN
    for a matrix without a basis of eigenvectors.  For a Hermitian matrix there is `funmh`.
    TypeError for ``disp=False``, and for a function that reads Tensors from outside.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.funm(a, np.exp)[0, 1])(np.zeros((2, 2))).round(9)
    array([[0., 1.],
           [0., 0.]])
    """
    if not disp:
        raise refused("funm", "disp=False", "leave it out")
    refuse_captured("funm", func)
    return applied(array(A), func=func, hermitian=False)


def funmh(A: Array, func: Function, lower: bool = True) -> Array:
    """f(A) of symmetric or Hermitian matrices (…, n, n): V f(Λ) Vᴴ, which SciPy has no name for.

    ``func`` is elementwise, and made of NumPy's functions.  One triangle is read, and the gradient
    stands in it.  Derivatives of the orders 1 and 2 are right where eigenvalues coincide, for which
    no composition with eigh has any.  TypeError for a function that reads Tensors from outside.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.funmh(a, np.log)[1, 0])(2 * np.eye(2)).round(9)
    array([[0. , 0. ],
           [0.5, 0. ]])
    """
    refuse_captured("funmh", func)
    a = array(A)
    half = np.tril(a, -1) if lower else np.triu(a, 1)
    whole = half + H(half) + np.real(a * np.eye(a.shape[-1], dtype=a.dtype))
    return applied(whole, func=func, hermitian=True)
