"""The methods of ufuncs: reductions, running results and tables of all pairs."""

from functools import partial

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.elementwise import finite
from autograd_lite.rules.reductions import kept, spread

# ---- reduce: along the first axis, if none is given ----


def reduction(function):
    return lambda array, /, axis=0, dtype=None, out=None, keepdims=False, **options: function(
        array, axis=axis, keepdims=keepdims, **given(dtype=dtype), **options
    )


def given(**options):
    return {name: value for name, value in options.items() if value is not None}


@primitive(inline=True)
def logsumexp(array, axis=0, dtype=None, keepdims=False, initial=None, where=None):
    optional = given(dtype=dtype, initial=initial, where=where)
    return np.logaddexp.reduce(array, axis=axis, keepdims=keepdims, **optional)


def logsumexp_back(g, y, array, axis, keepdims, where):
    total = np.reshape(finite(y), kept(np.shape(array), axis))
    return spread(g, np.shape(array), axis, keepdims, where) * np.exp(array - total)


rule(logsumexp, array=logsumexp_back)
composed(np.add.reduce, reduction(np.sum))
composed(np.multiply.reduce, reduction(np.prod))
composed(np.maximum.reduce, reduction(np.max))
composed(np.minimum.reduce, reduction(np.min))
composed(np.logaddexp.reduce, reduction(logsumexp))

# ---- accumulate ----


def one_by_one(ufunc):
    def accumulate(array, /, axis=0, dtype=None, out=None):
        rows = np.moveaxis(array if dtype is None else np.astype(array, dtype), axis, 0)
        results = list(rows[:1])
        for row in rows[1:]:
            results.append(ufunc(results[-1], row))
        return np.moveaxis(np.stack(results), 0, axis) if results else np.copy(array)

    return accumulate


def running(function):
    return lambda array, /, axis=0, dtype=None, out=None: function(
        array, axis=axis, **given(dtype=dtype)
    )


composed(np.add.accumulate, running(np.cumsum))
composed(np.multiply.accumulate, running(np.cumprod))
composed(np.maximum.accumulate, one_by_one(np.maximum))
composed(np.minimum.accumulate, one_by_one(np.minimum))
composed(np.logaddexp.accumulate, one_by_one(np.logaddexp))

# ---- outer: every element of one with every element of the other ----


def all_pairs(ufunc, a, b, /, **options):
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b, **options)


for ufunc in (
    *(np.add, np.subtract, np.multiply, np.divide, np.remainder, np.power, np.float_power),
    *(np.maximum, np.minimum, np.fmax, np.fmin, np.hypot, np.arctan2, np.logaddexp, np.logaddexp2),
):
    composed(ufunc.outer, partial(all_pairs, ufunc))
