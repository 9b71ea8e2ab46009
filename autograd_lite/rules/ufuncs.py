"""The methods of ufuncs: reductions, running results and tables of all pairs."""

from functools import partial

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import given, kept, ordered_as
from autograd_lite.rules.elementwise import finite
from autograd_lite.rules.reductions import spread

# ---- reduce and accumulate: along the first axis, if none is given ----


def reduction(function):
    return lambda array, /, axis=0, dtype=None, out=None, keepdims=False, **options: function(
        array, axis=axis, keepdims=keepdims, **given(dtype=dtype), **options
    )


def running(function):
    return lambda array, /, axis=0, dtype=None, out=None: function(
        array, axis=axis, **given(dtype=dtype)
    )


def one_by_one(ufunc):
    def accumulate(array, /, axis=0, dtype=None, out=None):
        rows = np.moveaxis(array if dtype is None else np.astype(array, dtype), axis, 0)
        results = list(rows[:1])
        for row in rows[1:]:
            results.append(ufunc(results[-1], row))
        made = np.moveaxis(np.stack(results), 0, axis) if results else np.copy(array)
        return ordered_as(made, array)

    return accumulate


@primitive(inline=True)
def logsumexp(array, axis=0, dtype=None, keepdims=False, initial=None, where=None):
    options = given(dtype=dtype, initial=initial, where=where)
    return np.logaddexp.reduce(array, axis=axis, keepdims=keepdims, **options)


def logsumexp_vjp(g, y, array, axis, keepdims, where):
    total = np.reshape(finite(y), kept(np.shape(array), axis))
    return spread(g, np.shape(array), axis, keepdims, where) * np.exp(array - total)


rule(logsumexp, array=logsumexp_vjp)
for f, reduce, accumulate in (
    (np.add, np.sum, running(np.cumsum)),
    (np.multiply, np.prod, running(np.cumprod)),
    (np.maximum, np.max, one_by_one(np.maximum)),
    (np.minimum, np.min, one_by_one(np.minimum)),
    (np.logaddexp, logsumexp, one_by_one(np.logaddexp)),
):
    composed(f.reduce, reduction(reduce))
    composed(f.accumulate, accumulate)

# ---- outer: every element of one with every element of the other ----


def all_pairs(ufunc, a, b, /, **options):
    """NumPy makes an array of a number of Python's here, which then decides on the dtype, too."""
    a = np.reshape(a, np.shape(a) + (1,) * np.ndim(b))
    return ufunc(a, np.reshape(b, np.shape(b)), **options)


for ufunc in (
    *(np.add, np.subtract, np.multiply, np.divide, np.remainder, np.power, np.float_power),
    *(np.maximum, np.minimum, np.fmax, np.fmin, np.hypot, np.arctan2, np.logaddexp, np.logaddexp2),
):
    composed(ufunc.outer, partial(all_pairs, ufunc))
