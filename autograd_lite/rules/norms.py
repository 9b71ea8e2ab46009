"""Derivatives of norms, and of the condition number.

Kinks: norms have slope 0 at 0, and so have singular values; where several elements attain a maximum
or a minimum, they share the gradient evenly.
"""

import math

import numpy as np

from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.linalg import T, conj, inverse, largest, values_back

# ---- helpers ----


def ratio(x, y):
    """x / y, and 0 where y is 0."""
    zero = y == 0
    return np.where(zero, 0, x) / (y + zero)


def phase(x):
    return ratio(conj(x), np.abs(x)) if np.iscomplexobj(x) else np.sign(x)


def share(x, y, axis):
    """What each element gets where ``y`` is the maximum or the minimum along ``axis``."""
    hit = (x == y) | (x != x)
    return hit / np.sum(hit, axis=axis, keepdims=True, dtype=x.dtype)


def norm_back(g, y, x, shape, ord, axis, keepdims):
    axis = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [i % len(shape) for i in axis]
    kept = tuple([1 if i in axes else n for i, n in enumerate(shape)])
    g, y = g.reshape(kept), y.reshape(kept)
    if ord in (None, "fro", "f") or (ord == 2 and len(axes) == 1):
        return g * ratio(conj(x), y)
    return (vector_norm_back if len(axes) == 1 else matrix_norm_back)(g, y, x, ord, axes)


def vector_norm_back(g, y, x, ord, axes):
    size = np.abs(x)
    if abs(ord) == np.inf:
        return g * share(size, y, axes[0]) * phase(x)
    slope = ((size + (size == 0)) / (y + (y == 0))) ** (ord - 1)
    return g * np.where(y == 0, 0, slope) * phase(x) * (ord != 0)


def matrix_norm_back(g, y, x, ord, axes):
    if ord in (1, -1, np.inf, -np.inf):
        row, column = axes if abs(ord) == 1 else axes[::-1]
        return g * share(np.sum(np.abs(x), axis=row, keepdims=True), y, column) * phase(x)
    u, s, vh = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False)
    g = np.moveaxis(g, axes, (-2, -1))[..., 0]
    if ord != "nuc":
        g = g * share(s, s[..., :1] if ord == 2 else s[..., -1:], -1)
    return np.moveaxis(values_back(g, u, s, vh), (-2, -1), axes)


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    axes = tuple(range(np.ndim(x))) if axis is None else axis
    if isinstance(axes, tuple):
        front = np.moveaxis(x, axes, range(len(axes)))
        n = math.prod(front.shape[: len(axes)])
        x, axis = front.reshape(n, *front.shape[len(axes) :]), 0
    y = np.linalg.norm(x, ord, axis)
    return np.expand_dims(y, axes) if keepdims else y


def cond_back(g, y, x, p):
    if p in (None, 2, -2):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        k = np.arange(s.shape[-1])
        ends = np.subtract(k == 0, k == k[-1], dtype="i1") * (-1 if p == -2 else 1)
        return values_back((g * y)[..., None] * (ends * inverse(s, largest(s))), u, s, vh)
    z, g = np.linalg.inv(x), np.real(g)  # which is complex before NumPy 2.2
    a, b = np.linalg.norm(x, p, (-2, -1)), np.linalg.norm(z, p, (-2, -1))
    g_x = norm_back(g * b, a, x, x.shape, p, (-2, -1), False)
    g_z = norm_back(g * a, b, z, z.shape, p, (-2, -1), False)
    return g_x - T(z) @ g_z @ T(z)


rule(np.linalg.norm, x=norm_back)
rule(np.linalg.cond, x=cond_back)
composed(np.linalg.vector_norm, vector_norm)
composed(
    np.linalg.matrix_norm,
    lambda x, /, *, keepdims=False, ord="fro": np.linalg.norm(x, ord, (-2, -1), keepdims),
)
