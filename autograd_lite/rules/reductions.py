"""Derivatives of functions that reduce axes, or accumulate along one.

Kinks: ``max`` and ``min`` share the gradient evenly among all elements that attain them.
"""

import numpy as np

from autograd_lite.registry import rule


def kept(shape, axis):
    """The shape that ``keepdims=True`` gives."""
    if axis is None:
        return (1,) * len(shape)
    axes = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def spread(g, shape, axis, keepdims):
    """The way back of a sum: every summand gets the gradient of the sum."""
    if axis is not None and not keepdims:
        g = g.reshape(kept(shape, axis))
    return np.broadcast_to(g, shape)


def number(shape, axis):
    """How many elements each result is made of."""
    n = 1
    for size, left in zip(shape, kept(shape, axis)):
        n *= size // left
    return n


# ---- sums ----

rule(np.sum, a=spread)
rule(
    np.mean,
    a=lambda g, shape, axis, keepdims: spread(g / number(shape, axis), shape, axis, keepdims),
)


def deviation(a, axis):
    return a - np.mean(a, axis=axis, keepdims=True)


def var_back(g, a, shape, axis, ddof, keepdims, correction):
    n = number(shape, axis) - (ddof if correction is None else correction)
    return spread(g, shape, axis, keepdims) * (2 * np.conj(deviation(a, axis)) / n)


def std_back(g, y, a, shape, axis, ddof, keepdims, correction):
    return var_back(g / (2 * y), a, shape, axis, ddof, keepdims, correction)


rule(np.var, a=var_back)
rule(np.std, a=std_back)

# ---- products ----


def prod_back(g, y, a, shape, axis, keepdims):
    if np.all(a != 0):
        return spread(g * y, shape, axis, keepdims) / a
    axes = [i for i, (n, k) in enumerate(zip(shape, kept(shape, axis))) if n != k]
    order = [i for i in range(len(shape)) if i not in axes] + axes
    n = number(shape, axis)
    rows = np.transpose(a, order).reshape(-1, 1, n)
    others = np.prod(np.where(np.eye(n, dtype=bool), 1, rows), axis=-1)  # all but the i-th
    others = others.reshape([shape[i] for i in order])
    return spread(g, shape, axis, keepdims) * np.transpose(others, np.argsort(order))


rule(np.prod, a=prod_back)

# ---- extremes ----


def attained(g, y, a, shape, dtype, axis, keepdims):
    hit = (a == spread(y, shape, axis, keepdims)) | (a != a)
    count = np.sum(hit, axis=axis, keepdims=True).astype(dtype)
    return spread(g, shape, axis, keepdims) * hit / count


rule(np.max, a=attained)
rule(np.min, a=attained)

# ---- running sums ----


def cumsum_back(g, shape, axis):
    along = 0 if axis is None else axis
    return np.flip(np.cumsum(np.flip(g, along), along), along).reshape(shape)


rule(np.cumsum, a=cumsum_back)
