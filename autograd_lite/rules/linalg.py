"""Derivatives of ``numpy.linalg``: products, inverses, solutions, determinants, norms.

Sources: Giles 2008, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation"; Golub and Pereyra 1973, "The differentiation of pseudo-inverses".  They are in
terms of df = Re(tr(Ḡᴴ dA)); here df = Re(Σ g dA), so that g = conj(Ḡ).

The rank of what pinv inverts is taken as constant.  Norms and singular values have slope 0 at 0.
Where several elements attain a maximum or a minimum, they share the gradient evenly.
"""

import math
import operator
from typing import Any

import numpy as np

from autograd_lite.core.admission import chunked
from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import composed, constant, rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import axes_of, composition_of, conj, counting, denominator, kept

# ---- helpers ----


def T(x):
    return np.swapaxes(x, -1, -2)


def H(x):
    return conj(T(x))


def eye(x):
    """The identity matrix that goes with ``x``."""
    return np.eye(x.shape[-1], dtype=x.dtype)


def imaginary(z):
    """i Im z."""
    return (z - conj(z)) / 2


def half_lower(x):
    """The lower triangle, with half the diagonal: Φ(X)."""
    return x * (np.tri(x.shape[-1], dtype=x.dtype) - eye(x) / 2)


def triangle(s, uplo):
    """From the gradient by a Hermitian matrix to that by the triangle of it which NumPy reads."""
    s = s + H(s)
    return half_lower(s) if uplo in "Ll" else T(half_lower(T(s)))


def largest(x):
    least: Any = {} if chunked(x) is not None else {"initial": 0}  # of nothing; Dask has none
    return np.max(np.abs(x), axis=-1, keepdims=True, **least)


def inverse(x, size):
    """1 / x, and 0 where x is 0 up to the rounding of numbers as large as ``size``."""
    tiny = np.abs(x) <= x.shape[-1] * np.finfo(x.dtype).eps * size
    return ~tiny / (x + tiny)


def tied(g, w):
    """``g``, the cotangent of values that were computed without vectors, tied to those with them.

    A second derivative then sees that ``g`` may vary with the values ``w``: its outcome depends on
    both values and vectors.
    """
    return g if stop_gradient(w) is w else g + 0 * w


def singular_values_vjp(g, u, s, vh):
    """From the gradient by singular values to that by their matrix."""
    return conj(u * (g * (inverse(s, largest(s)) != 0))[..., None, :] @ vh)


# ---- products, and functions of NumPy under another name ----


@composition_of(np.linalg.cross)
def cross(x1, x2, /, *, axis=-1):
    if axis is None:  # which NumPy 2.5 takes for the last one, and others do not
        raise TypeError("np.linalg.cross: axis is None; give the number of one, as in axis=-1")
    return np.cross(x1, x2, axis, axis, axis)


composed(np.linalg.matmul, lambda x1, x2, /: np.matmul(x1, x2))
composed(np.linalg.vecdot, lambda x1, x2, /, **options: np.vecdot(x1, x2, **options))
composed(np.linalg.tensordot, lambda x1, x2, /, *, axes=2: np.tensordot(x1, x2, axes))
composed(np.linalg.matrix_transpose, lambda x, /: T(x))
composed(np.linalg.diagonal, lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1))
composed(np.linalg.trace, lambda x, /, *, offset=0, **dtype: np.trace(x, offset, -2, -1, **dtype))
rule(np.linalg.outer, x1=lambda g, x2: g @ x2, x2=lambda g, x1: x1 @ g)


@primitive(inline=True)
def multi_dot(*arrays):
    return np.linalg.multi_dot(arrays)


def multi_dot_vjp(g, arrays, shapes, tracked):
    first, *middle, last = arrays
    row, column = first.reshape(-1, shapes[0][-1]), last.reshape(shapes[-1][0], -1)
    g = g.reshape(row.shape[0], column.shape[1])
    turned = [T(a) for a in (row, *middle, column)]
    for i, shape in enumerate(shapes):
        chain = [*turned[:i][::-1], g, *turned[i + 1 :][::-1]]
        yield np.linalg.multi_dot(chain).reshape(shape) if tracked[i] else None


@composition_of(np.linalg.matrix_power)
def matrix_power(a, n):
    n = operator.index(n)
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(f"matrix_power of shape {a.shape}: the matrix must be square")
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.zeros_like(a) + eye(a)
    if n == 3:  # not a @ (a @ a), which is rounded differently
        return a @ a @ a
    result, square = None, a
    while True:
        if n % 2:
            result = square if result is None else result @ square
        n //= 2
        if n == 0:
            return result
        square = square @ square


rule(multi_dot, arrays=multi_dot_vjp)
composed(np.linalg.multi_dot, lambda arrays: (multi_dot if len(arrays) > 2 else np.dot)(*arrays))

# ---- inverses and solutions of linear equations ----


def solve_b(g, a, shape):
    vector = len(shape) == 1
    x = np.linalg.solve(T(a), g[..., None] if vector else g)
    return x[..., 0] if vector else x


def solve_a(g, y, a, b):
    g = solve_b(g, a, b.shape)
    return -g[..., None] * y[..., None, :] if b.ndim == 1 else -g @ T(y)


@composition_of(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    if axes is not None:
        a = np.moveaxis(a, axes, range(-len(axes), 0))
    matrix = np.reshape(a, (np.size(b), np.size(b)))
    return np.linalg.solve(matrix, np.ravel(b)).reshape(np.shape(a)[np.ndim(b) :])


@composition_of(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    rows, columns = a.shape[:ind], a.shape[ind:]
    return np.linalg.inv(a.reshape(int(np.prod(columns)), -1)).reshape(columns + rows)


rule(np.linalg.inv, a=lambda g, y: -T(y) @ g @ T(y))
rule(np.linalg.solve, broadcasts=True, a=solve_a, b=solve_b)

# ---- least squares ----


def pseudoinverse_vjp(g, y, a):
    g = T(g)
    over, under = g - a @ (y @ g), g - (g @ y) @ a  # both are 0 if a is regular
    return conj(over @ y @ H(y) + H(y) @ (y @ under) - H(y @ g @ y))


def pinv_vjp(g, y, a, rcond, hermitian, rtol):
    if rcond is not None or rtol is not None:
        constant_rank(y, a)
    g = pseudoinverse_vjp(g, y, a)
    return triangle(g, "L") if hermitian else g


def constant_rank(y, a):
    size = np.max(np.abs(a), axis=(-2, -1), keepdims=True, initial=0)
    if branch(np.any(np.abs(a @ y @ a - a) > np.sqrt(np.finfo(a.dtype).eps) * size)):
        raise TypeError(
            "pinv is differentiated at constant rank, and here rcond or rtol drops singular values "
            "that are not zero; leave it out, or build the inverse from np.linalg.svd"
        )


def column(b):
    return b[:, None] if b.ndim == 1 else b


def squares_b(g, y, a, b):
    """The VJP of the residuals y[1]: they are sums of squares, and there may be none."""
    b = column(b)
    return 2 * conj(b - a @ column(y[0])) * g[1] if y[1].size else np.zeros_like(b)


def lstsq_a(g, y, a, b):
    if branch(y[2] < min(a.shape)):
        raise TypeError(
            f"lstsq is differentiated for matrices of full rank, and this one of shape {a.shape} "
            f"has rank {y[2]}; np.linalg.pinv(a) @ b is differentiated at constant rank"
        )
    solution = pseudoinverse_vjp(column(g[0]) @ T(column(b)), np.linalg.pinv(a), a)
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    values = singular_values_vjp(tied(g[3], s), u, s, vh)
    return solution + values - squares_b(g, y, a, b) @ T(column(y[0]))


def lstsq_b(g, y, a, b, shape, rcond):
    """The solution is X b with X that for the identity, where rcond drops the same values."""
    x = np.linalg.lstsq(a, np.eye(a.shape[0], dtype=a.dtype), rcond)[0]
    return (T(x) @ column(g[0]) + squares_b(g, y, a, b)).reshape(shape)


rule(np.linalg.pinv, a=pinv_vjp)
rule(np.linalg.lstsq, a=lstsq_a, b=lstsq_b)

# ---- determinants ----


def cofactors(a, y):
    """The derivative of the determinant ``y``; also of a singular matrix, unless it is large."""
    n = a.shape[-1]
    if 0 < n <= 20 and branch(np.any(np.linalg.matrix_rank(a) < n)):
        return T(adjugate(a))
    return y[..., None, None] * T(np.linalg.inv(a))


def adjugate(a):
    """By the recursion of Faddeev and LeVerrier: a polynomial, but inexact for large matrices."""
    n, I = a.shape[-1], eye(a)
    m = np.zeros_like(a) + I
    for k in range(1, n):
        m = a @ m
        m = np.sum(m * I, axis=(-2, -1))[..., None, None] / k * I - m
    return m


rule(np.linalg.det, a=lambda g, y, a: g[..., None, None] * cofactors(a, y))
rule(
    np.linalg.slogdet,
    a=lambda g, y, a: (
        (g[1] + imaginary(g[0] * y[0]))[..., None, None]  # the sign varies if it is complex
        * T(np.linalg.inv(a))
    ),
)
constant(np.linalg.matrix_rank)

# ---- norms, and the condition number ----


def slope_of_size(x):
    """The derivative of |x|, and 0 where x is 0."""
    return conj(x) / denominator(np.abs(x)) if np.iscomplexobj(x) else np.sign(x)


def slope_of_extreme(x, y, axis):
    """The derivative of ``y``, the maximum or the minimum of ``x`` along ``axis``."""
    hit = (x == y) | (x != x)
    return hit / np.sum(hit, axis=axis, keepdims=True, dtype=counting(x.dtype))


def norm_vjp(g, y, x, shape, ord, axis, keepdims=False):
    axes, shape = [*axes_of(axis, len(shape))], kept(shape, axis)
    g, y = g.reshape(shape), y.reshape(shape)
    if ord in (None, "fro", "f") or (ord == 2 and len(axes) == 1):
        return g * (conj(x) / denominator(y))
    return (vector_norm_vjp if len(axes) == 1 else matrix_norm_vjp)(g, y, x, ord, axes)


def vector_norm_vjp(g, y, x, ord, axes):
    size = np.abs(x)
    if abs(ord) == np.inf:
        return g * slope_of_extreme(size, y, axes[0]) * slope_of_size(x)
    if ord == 0:
        return np.zeros_like(x)
    if ord == 1:
        return g * slope_of_size(x)
    slope = ((size if ord > 1 else denominator(size)) / denominator(y)) ** (ord - 1)
    return g * np.where(y == 0, 0, slope) * slope_of_size(x)


def matrix_norm_vjp(g, y, x, ord, axes):
    if ord in (1, -1, np.inf, -np.inf):
        row, column = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.abs(x), axis=row, keepdims=True)
        return g * slope_of_extreme(sums, y, column) * slope_of_size(x)
    u, s, vh = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False)
    g = np.moveaxis(g, axes, (-2, -1))[..., 0]
    whole = s * (inverse(s, largest(s)) != 0)  # what is rounding bends without end, as 0 does
    if ord != "nuc":
        i = slice(1) if ord == 2 else slice(-1, None)
        g = g * (whole[..., i] / denominator(whole[..., i])) * slope_of_extreme(s, s[..., i], -1)
    elif branch(np.any(whole == 0)):
        g = g * (whole / denominator(whole))
    return np.moveaxis(singular_values_vjp(g, u, s, vh), (-2, -1), axes)


@composition_of(np.linalg.vector_norm)
def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    axes = tuple(range(np.ndim(x))) if axis is None else axis
    if isinstance(axes, tuple):
        front = np.moveaxis(x, axes, range(len(axes)))
        n = math.prod(front.shape[: len(axes)])
        x, axis = front.reshape(n, *front.shape[len(axes) :]), 0
    y = np.linalg.norm(x, ord, axis)
    return np.expand_dims(y, axes) if keepdims else y


def cond_vjp(g, y, x, p):
    if p in (None, 2, -2):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        k = np.arange(s.shape[-1])
        ends = np.subtract(k == 0, k == k[-1], dtype="i1") * (-1 if p == -2 else 1)
        return singular_values_vjp((g * y)[..., None] * (ends * inverse(s, largest(s))), u, s, vh)
    z, g = np.linalg.inv(x), np.real(g)  # which is complex before NumPy 2.2
    a, b = np.linalg.norm(x, p, (-2, -1)), np.linalg.norm(z, p, (-2, -1))
    g_x = norm_vjp(g * b, a, x, x.shape, p, (-2, -1))
    g_z = norm_vjp(g * a, b, z, z.shape, p, (-2, -1))
    return g_x - T(z) @ g_z @ T(z)


rule(np.linalg.norm, x=norm_vjp)
rule(np.linalg.cond, x=cond_vjp)
composed(
    np.linalg.matrix_norm,
    lambda x, /, *, keepdims=False, ord="fro": np.linalg.norm(x, ord, (-2, -1), keepdims),
)
