"""Derivatives of norms, and of the condition number.

Norms have slope 0 at 0, and so have singular values.  Where several elements attain a maximum or a
minimum, they share the gradient evenly.
"""

import math

import numpy as np

from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import axes_of, composition_of, conj, kept, nonzero
from autograd_lite.rules.linalg import T, inverse, largest, singular_values_vjp

# ---- helpers ----


def ratio(x, y):
    """x / y, and 0 where y is 0."""
    zero = y == 0
    return np.where(zero, 0, x) / (y + zero)


def slope_of_size(x):
    """The derivative of |x|, and 0 where x is 0."""
    return ratio(conj(x), np.abs(x)) if np.iscomplexobj(x) else np.sign(x)


def slope_of_extreme(x, y, axis):
    """The derivative of ``y``, the maximum or the minimum of ``x`` along ``axis``."""
    hit = (x == y) | (x != x)
    return hit / np.sum(hit, axis=axis, keepdims=True, dtype=x.dtype)


def norm_vjp(g, y, x, shape, ord, axis, keepdims):
    axes, shape = [*axes_of(axis, len(shape))], kept(shape, axis)
    g, y = g.reshape(shape), y.reshape(shape)
    if ord in (None, "fro", "f") or (ord == 2 and len(axes) == 1):
        return g * ratio(conj(x), y)
    return (vector_norm_vjp if len(axes) == 1 else matrix_norm_vjp)(g, y, x, ord, axes)


def vector_norm_vjp(g, y, x, ord, axes):
    size = np.abs(x)
    if abs(ord) == np.inf:
        return g * slope_of_extreme(size, y, axes[0]) * slope_of_size(x)
    slope = (nonzero(size) / nonzero(y)) ** (ord - 1)
    return g * np.where(y == 0, 0, slope) * slope_of_size(x) * (ord != 0)


def matrix_norm_vjp(g, y, x, ord, axes):
    if ord in (1, -1, np.inf, -np.inf):
        row, column = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.abs(x), axis=row, keepdims=True)
        return g * slope_of_extreme(sums, y, column) * slope_of_size(x)
    u, s, vh = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False)
    g = np.moveaxis(g, axes, (-2, -1))[..., 0]
    if ord != "nuc":
        g = g * slope_of_extreme(s, s[..., :1] if ord == 2 else s[..., -1:], -1)
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
    g_x = norm_vjp(g * b, a, x, x.shape, p, (-2, -1), False)
    g_z = norm_vjp(g * a, b, z, z.shape, p, (-2, -1), False)
    return g_x - T(z) @ g_z @ T(z)


rule(np.linalg.norm, x=norm_vjp)
rule(np.linalg.cond, x=cond_vjp)
composed(
    np.linalg.matrix_norm,
    lambda x, /, *, keepdims=False, ord="fro": np.linalg.norm(x, ord, (-2, -1), keepdims),
)
