"""The methods of ufuncs: reductions, running results and tables of all pairs."""

from functools import partial

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd_lite.core.custom import primitive
from autograd_lite.core.errors import option_refused
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import given, kept, ordered_as
from autograd_lite.rules.elementwise import finite
from autograd_lite.rules.reductions import restored

# ---- reduce and accumulate: along the first axis, if none is given ----


def reduction(function):
    return lambda array, /, axis=0, dtype=None, out=None, keepdims=False, **options: function(
        array, axis=axis, keepdims=keepdims, **given(dtype=dtype), **options
    )


def extreme(function):
    def reduce(array, /, axis=0, dtype=None, out=None, keepdims=False, **options):
        if dtype is not None:
            raise option_refused(f"{function.__name__}imum.reduce", "dtype")
        return function(array, axis=axis, keepdims=keepdims, **options)

    return reduce


def the_axis(array, axis):
    """The axis to accumulate along: NumPy takes one, also as all there are or as a tuple."""
    n = np.ndim(array)
    if n == 0:
        raise TypeError("cannot accumulate on a scalar")
    axes = normalize_axis_tuple(range(n) if axis is None else axis, n)
    if len(axes) != 1:
        raise ValueError("accumulate does not allow multiple axes")
    return axes[0]


def running(function):
    return lambda array, /, axis=0, dtype=None, out=None: function(
        array, axis=the_axis(array, axis), **given(dtype=dtype)
    )


def one_by_one(ufunc):
    def accumulate(array, /, axis=0, dtype=None, out=None):
        axis = the_axis(array, axis)
        if dtype is not None:
            ufunc.accumulate(np.ones(1, np.result_type(array)), dtype=dtype)  # refuses some
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
    g = restored(g, np.shape(array), axis, keepdims)
    return (g if where is None else np.where(where, g, 0)) * np.exp(array - total)


rule(logsumexp, array=logsumexp_vjp)
for f, reduce, accumulate in (
    (np.add, reduction(np.sum), running(np.cumsum)),
    (np.multiply, reduction(np.prod), running(np.cumprod)),
    (np.maximum, extreme(np.max), one_by_one(np.maximum)),
    (np.minimum, extreme(np.min), one_by_one(np.minimum)),
    (np.logaddexp, reduction(logsumexp), one_by_one(np.logaddexp)),
):
    composed(f.reduce, reduce)
    composed(f.accumulate, accumulate)

# ---- reduceat: sums of segments, each from its index to the next, or of one element ----


@primitive
def segment_sums(array, indices, axis=0, dtype=None):
    return np.add.reduceat(array, indices, axis, **given(dtype=dtype))


def segment_vjp(g, shape, indices, axis):
    n = shape[axis]
    starts = np.asarray(indices)
    ends = np.append(starts[1:], n)
    places = np.arange(n)[:, None]
    member = (places >= starts) & (places < np.maximum(ends, starts + 1))
    return np.moveaxis(np.tensordot(g, np.astype(member, g.dtype), (axis, 1)), -1, axis)


rule(segment_sums, array=segment_vjp)


def reduceat(array, places, /, axis=0, dtype=None, out=None, indices=None):
    """NumPy hands on ``indices`` twice if they are given by name."""
    return segment_sums(array, indices=places, axis=axis, **given(dtype=dtype))


composed(np.add.reduceat, reduceat)

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
