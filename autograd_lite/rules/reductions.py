"""Derivatives of functions that reduce axes.

``max`` and ``min`` share the gradient evenly among all elements that attain them, ``initial``
included.  The standard deviation of equal numbers has slope 0.  The functions that ignore NaN give
it gradient 0.
"""

import math
from functools import lru_cache, wraps

import numpy as np

from autograd_lite.core.admission import chunked
from autograd_lite.core.backward import widened
from autograd_lite.core.custom import primitive
from autograd_lite.core.fast import direct
from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import (
    axes_of,
    conj,
    count,
    counting,
    denominator,
    given,
    kept,
    stretched_to,
)

# ---- helpers ----

total = direct(np.sum)


def split_axes(shape, axis):
    """The axes that stay, and those that are reduced."""
    axes = sorted(axes_of(axis, len(shape)))
    return [i for i in range(len(shape)) if i not in axes], axes


def as_rows(a, axis):
    """``a`` with all axes that are reduced made into one, the last."""
    shape = np.shape(a)
    stay, reduced = split_axes(shape, axis)
    rows = [*(shape[i] for i in stay), math.prod(shape[i] for i in reduced)]
    return np.reshape(np.transpose(a, stay + reduced), rows)


def from_rows(rows, shape, axis):
    """The inverse of ``as_rows``."""
    stay, reduced = split_axes(shape, axis)
    order = stay + reduced
    return np.transpose(np.reshape(rows, [shape[i] for i in order]), np.argsort(order).tolist())


def restored(g, shape, axis, keepdims):
    """The gradient of a result with the axes that were reduced, each of length one."""
    return g if axis is None or keepdims else np.reshape(g, kept(shape, axis))


def spread(g, shape, like, axis, keepdims, where=None):
    """The VJP of a sum: every summand gets the gradient of the sum."""
    if axis is not None and not keepdims:
        g = np.reshape(g, kept(shape, axis))
    g = widened(g, shape) if like is None else stretched_to(g, shape, like)
    return g if where is None else np.where(where, g, 0)


def number(shape, axis, where=None):
    """How many elements make up a result; if ``where`` tells, an array with the axes kept."""
    if where is not None:
        return np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=True)
    return length(shape, axis)


@lru_cache(2**10)
def length(shape, axis):
    return math.prod(shape[i] for i in axes_of(axis, len(shape)))


def numbers(a, where=None):
    """Where ``a`` is not NaN."""
    return a == a if where is None else where & (a == a)


# ---- sums and means ----


def mean_vjp(g, shape, like, dtype, axis, keepdims, where):
    if where is None:
        return spread(g / count(number(shape, axis), dtype), shape, like, axis, keepdims)
    n = np.maximum(number(shape, axis, where), 1).astype(counting(dtype))
    return spread(g, shape, like, axis, keepdims, where) / n


rule(np.sum, a=spread)
rule(np.mean, a=mean_vjp)
rule(
    np.nansum,
    a=lambda g, a, shape, axis, keepdims, where: np.where(
        numbers(a, where), restored(g, shape, axis, keepdims), 0
    ),
)
rule(
    np.nanmean,
    a=lambda g, a, shape, dtype, axis, keepdims, where: mean_vjp(
        g, shape, chunked(a), dtype, axis, keepdims, numbers(a, where)
    ),
)

# ---- variance, about the mean or about what is given as the mean ----


def moment(function):
    """``function`` with the mean as an argument by which to differentiate."""

    def run(a, mean, axis=None, dtype=None, ddof=0, keepdims=False, where=None, correction=None):
        options = given(mean=mean, dtype=dtype, where=where, correction=correction)
        return function(a, axis=axis, ddof=ddof, keepdims=keepdims, **options)

    def call(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, mean=None, **options):
        return step(a, mean, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, **options)

    run.__name__ = function.__name__
    step = primitive(run, inline=True)
    composed(function, call)
    return step


def var_vjp(g, y, a, mean, axis, ddof, keepdims, where, correction):
    shape, dtype = np.shape(a), np.result_type(a)
    taken = number(shape, axis, where)
    n = taken - (ddof if correction is None else correction)
    if where is None:
        n = count(n, dtype)
    else:
        a = np.where(where, a, 0)
        n = np.maximum(n, 0).astype(counting(dtype))
    if mean is None and where is not None and chunked(a) is not None:  # Dask's mean takes all
        mean = np.sum(a, axis=axis, keepdims=True) / taken
    elif mean is None:
        mean = np.mean(a, axis=axis, keepdims=True, **given(where=where))
    g = restored(g, shape, axis, keepdims)
    return (g if where is None else np.where(where, g, 0)) * (2 * conj(a - mean) / n)


def nanvar_vjp(g, y, a, mean, axis, ddof, keepdims, where, correction):
    return var_vjp(g, y, a, mean, axis, ddof, keepdims, numbers(a, where), correction)


def root(vjp):
    """From the VJP of a variance to that of its root."""
    return wraps(vjp)(lambda g, y, *others: vjp(g / (2 * denominator(y)), y, *others))


def minus(vjp):
    """From the VJP by the elements to that by the mean; the engine sums over stretched axes."""
    return wraps(vjp)(lambda *args: -vjp(*args))


for function, vjp in (
    (np.var, var_vjp),
    (np.std, root(var_vjp)),
    (np.nanvar, nanvar_vjp),
    (np.nanstd, root(nanvar_vjp)),
):
    rule(moment(function), broadcasts=True, a=vjp, mean=minus(vjp))

# ---- products ----


def others(a, axis):
    """For every element the product of the others that it is multiplied with."""
    rows = as_rows(a, axis)
    one = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([one, rows[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, rows[..., :0:-1]], -1), -1)[..., ::-1]
    return from_rows(before * after, np.shape(a), axis)


def prod_vjp(g, y, a, shape, axis, keepdims, where, initial):
    if where is not None:
        a = np.where(where, a, 1)
    if branch(np.all(a != 0), later=False):
        return spread(g * y, shape, None, axis, keepdims, where) / a
    slope = others(a, axis) if initial is None else others(a, axis) * initial
    return spread(g, shape, None, axis, keepdims, where) * slope


rule(np.prod, a=prod_vjp)
rule(
    np.nanprod,
    a=lambda g, y, a, shape, axis, keepdims, where, initial: prod_vjp(
        g, y, a, shape, axis, keepdims, numbers(a, where), initial
    ),
)

# ---- extremes ----


def extreme_vjp(ignores_nan):
    """The VJP of a maximum or a minimum, which NaN attains unless it is ignored."""

    def vjp(g, y, a, shape, dtype, axis, keepdims, where, initial):
        best = y if axis is None else np.reshape(y, kept(shape, axis))
        hit = a == best if ignores_nan else (a == best) | (a != a)
        if where is not None:
            hit = hit & where
        n = total(hit, axis=axis, keepdims=True)
        if initial is not None:
            n = n + (best == initial)
        return restored(g, shape, axis, keepdims) * hit / np.maximum(n, 1).astype(counting(dtype))

    return vjp


rule(np.max, a=extreme_vjp(False))
rule(np.min, a=extreme_vjp(False))
rule(np.nanmax, a=extreme_vjp(True))
rule(np.nanmin, a=extreme_vjp(True))
composed(np.amax, np.max)
composed(np.amin, np.min)
composed(
    np.ptp,
    lambda a, axis=None, out=None, **options: (
        np.max(a, axis=axis, **options) - np.min(a, axis=axis, **options)
    ),
)
