"""Derivatives of functions that reduce axes.

``max`` and ``min`` share the gradient evenly among all elements that attain them (``initial``
included); the standard deviation of equal numbers has slope 0; the functions that ignore NaN give
it gradient 0.
"""

import math
from functools import wraps

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import branch


def kept(shape, axis):
    """The shape that ``keepdims=True`` gives."""
    if axis is None:
        return (1,) * len(shape)
    axes = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def last(shape, axis):
    """The axes that stay, and those that are reduced."""
    axes = range(len(shape)) if axis is None else [a % len(shape) for a in np.atleast_1d(axis)]
    return [i for i in range(len(shape)) if i not in axes], sorted(axes)


def as_rows(a, axis):
    """``a`` with all axes that are reduced made into one, the last."""
    shape = np.shape(a)
    stay, reduced = last(shape, axis)
    rows = [*(shape[i] for i in stay), math.prod(shape[i] for i in reduced)]
    return np.reshape(np.transpose(a, stay + reduced), rows)


def from_rows(rows, shape, axis):
    """The inverse of ``as_rows``."""
    stay, reduced = last(shape, axis)
    order = stay + reduced
    return np.transpose(np.reshape(rows, [shape[i] for i in order]), np.argsort(order).tolist())


def spread(g, shape, axis, keepdims, where=None):
    """The way back of a sum: every summand gets the gradient of the sum."""
    if axis is not None and not keepdims:
        g = np.reshape(g, kept(shape, axis))
    g = np.broadcast_to(g, shape)
    return g if where is None else np.where(where, g, 0)


def number(shape, axis, where=None):
    """How many elements each result is made of, with its axes kept if ``where`` says."""
    if where is not None:
        return np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=True)
    n = 1
    for size, left in zip(shape, kept(shape, axis)):
        n *= size // left
    return n


def numbers(a, where=None):
    """Where ``a`` is not NaN."""
    return a == a if where is None else where & (a == a)


# ---- sums and means ----


def mean_back(g, shape, dtype, axis, keepdims, where):
    if where is None:
        return spread(g / number(shape, axis), shape, axis, keepdims)
    n = np.maximum(number(shape, axis, where), 1).astype(dtype)
    return spread(g, shape, axis, keepdims, where) / n


rule(np.sum, a=spread)
rule(np.mean, a=mean_back)
rule(
    np.nansum,
    a=lambda g, a, shape, axis, keepdims, where: spread(
        g, shape, axis, keepdims, numbers(a, where)
    ),
)
rule(
    np.nanmean,
    a=lambda g, a, shape, dtype, axis, keepdims, where: mean_back(
        g, shape, dtype, axis, keepdims, numbers(a, where)
    ),
)

# ---- variance, about the mean or about what is given as the mean ----


def moment(function):
    """``function`` with the mean as an argument by which to differentiate."""

    def run(a, mean, axis=None, dtype=None, ddof=0, keepdims=False, where=None, correction=None):
        optional = {"mean": mean, "dtype": dtype, "where": where, "correction": correction}
        given = {name: value for name, value in optional.items() if value is not None}
        return function(a, axis=axis, ddof=ddof, keepdims=keepdims, **given)

    def call(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, mean=None, **options):
        return step(a, mean, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, **options)

    run.__name__ = function.__name__
    step = primitive(run, inline=True)
    composed(function, call)
    return step


def var_back(g, y, a, mean, axis, ddof, keepdims, where, correction):
    shape = np.shape(a)
    n = number(shape, axis, where) - (ddof if correction is None else correction)
    if where is not None:
        a = np.where(where, a, 0)
        n = np.maximum(n, 0).astype(np.result_type(a))
    if mean is None:
        mean = np.mean(a, axis=axis, keepdims=True, **({} if where is None else {"where": where}))
    d = a - mean
    slope = 2 * (np.conj(d) if np.iscomplexobj(d) else d)
    return spread(g, shape, axis, keepdims, where) * (slope / n)


def nanvar_back(g, y, a, mean, axis, ddof, keepdims, where, correction):
    return var_back(g, y, a, mean, axis, ddof, keepdims, numbers(a, where), correction)


def root(back):
    """From the rule of a variance to that of its root."""
    return wraps(back)(lambda g, y, *others: back(g / (2 * (y + (y == 0))), y, *others))


def minus(back):
    """The mean is subtracted from every element; the engine sums over the axes it lacks."""
    return wraps(back)(lambda *args: -back(*args))


for function, back in (
    (np.var, var_back),
    (np.std, root(var_back)),
    (np.nanvar, nanvar_back),
    (np.nanstd, root(nanvar_back)),
):
    rule(moment(function), broadcasts=True, a=back, mean=minus(back))

# ---- products ----


def others(a, axis):
    """For every element, the product of all others that it is multiplied with."""
    rows = as_rows(a, axis)
    one = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([one, rows[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, rows[..., :0:-1]], -1), -1)[..., ::-1]
    return from_rows(before * after, np.shape(a), axis)


def prod_back(g, y, a, shape, axis, keepdims, where, initial):
    if where is not None:
        a = np.where(where, a, 1)
    if branch(np.all(a != 0)):
        return spread(g * y, shape, axis, keepdims, where) / a
    slope = others(a, axis) if initial is None else others(a, axis) * initial
    return spread(g, shape, axis, keepdims, where) * slope


def nanprod_back(g, y, a, shape, axis, keepdims, where, initial):
    return prod_back(g, y, a, shape, axis, keepdims, numbers(a, where), initial)


rule(np.prod, a=prod_back)
rule(np.nanprod, a=nanprod_back)

# ---- extremes ----


def attained(g, y, a, shape, dtype, axis, keepdims, where, initial):
    best = np.reshape(y, kept(shape, axis))
    return shared(g, best, (a == best) | (a != a), shape, dtype, axis, keepdims, where, initial)


def nanattained(g, y, a, shape, dtype, axis, keepdims, where, initial):
    best = np.reshape(y, kept(shape, axis))
    return shared(g, best, a == best, shape, dtype, axis, keepdims, where, initial)


def shared(g, best, hit, shape, dtype, axis, keepdims, where, initial):
    if where is not None:
        hit = hit & where
    n = np.sum(hit, axis=axis, keepdims=True)
    if initial is not None:
        n = n + (best == initial)
    n = np.maximum(n, 1).astype(dtype)
    return spread(g, shape, axis, keepdims) * hit / n


rule(np.max, a=attained)
rule(np.min, a=attained)
rule(np.nanmax, a=nanattained)
rule(np.nanmin, a=nanattained)
composed(np.amax, np.max)
composed(np.amin, np.min)
composed(np.ptp, lambda a, axis=None, out=None, **options: extent(a, axis=axis, **options))


def extent(a, **options):
    return np.max(a, **options) - np.min(a, **options)
