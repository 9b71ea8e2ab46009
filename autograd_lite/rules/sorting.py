"""Derivatives of functions that sort: each is differentiated as the permutation that it is.

Equal elements count as sorted in their order.
"""

from fractions import Fraction

import numpy as np

from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.gathering import gathered
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import composition_of, in_memory
from autograd_lite.rules.reductions import as_rows, from_rows

# ---- sorted, wholly or in part ----


def ranks(a, axis=-1):
    """The place of every element among the sorted ones."""
    return np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis)


def permuted_vjp(g, y, a, shape, axis):
    """The VJP of a permutation: elements of ``a`` and of ``y`` are the same if their ranks are."""
    if axis is None:
        a, axis = np.ravel(a), 0
    by_rank = np.take_along_axis(g, np.argsort(y, axis=axis, kind="stable"), axis)
    return np.reshape(np.take_along_axis(by_rank, ranks(a, axis), axis), shape)


rule(
    np.sort,
    a=lambda g, y, a, shape, axis, kind, stable: permuted_vjp(g, y, a, shape, axis),
)
rule(
    np.partition,
    a=lambda g, y, a, shape, axis, kind, kth: permuted_vjp(g, y, a, shape, axis),
)

# ---- quantiles: a weighted sum of the sorted elements ----


def weights(places, n, kind):
    """The matrix of how much each sorted element counts at each place, from 0 to n - 1."""
    places = np.ravel(places)
    low, high = (np.asarray(f(places), int) for f in (np.floor, np.ceil))
    matrix = np.zeros((places.size, n), kind)
    matrix[range(places.size), high] = places - low
    matrix[range(places.size), low] += 1 - (places - low)
    return matrix


def quantile_vjp(g, a, shape, dtype, axis, quantile):
    """Of the numbers 0, …, n - 1, ``quantile`` gives the place among n sorted elements."""
    in_memory(a, "a quantile", "np.asarray(x) for x where that fits in memory")
    rows = as_rows(a, axis)
    n = rows.shape[-1]
    numbers = [Fraction(i) for i in range(n)] if dtype.kind == "O" else range(n)
    matrix = weights(quantile(np.array(numbers, np.result_type(dtype, float))), n, dtype)
    by_rank = np.tensordot(np.reshape(g, (len(matrix), *rows.shape[:-1])), matrix, (0, 0))
    return from_rows(np.take_along_axis(by_rank, ranks(rows), -1), shape, axis)


def weighted_vjp(g, y, a, shape, dtype, axis):
    """Of a weighted quantile, which is one of the elements: the first that is equal to it."""
    rows = as_rows(a, axis)
    places = np.reshape(y, (-1, *rows.shape[:-1]))[..., None]
    chosen = np.arange(rows.shape[-1]) == np.argmax(rows == places, axis=-1)[..., None]
    by_place = np.reshape(g, np.shape(places)) * np.astype(chosen, dtype)
    return from_rows(np.sum(by_place, axis=0), shape, axis)


def quantile_by(function):
    def vjp(g, a, shape, dtype, q, axis, method, keepdims, weights):
        if weights is not None:
            y = function(stop_gradient(a), q, axis, method=method, weights=weights)
            return weighted_vjp(g, y, a, shape, dtype, axis)
        return quantile_vjp(
            g, a, shape, dtype, axis, lambda numbers: function(numbers, q, method=method)
        )

    return vjp


def nan_quantile_vjp(g, a, shape, dtype, axis, quantile):
    """Likewise among the numbers of each slice: of their ranks, ``quantile`` gives the place.

    The elements on either side of a place have a share of it; NaN has none.
    """
    in_memory(a, "a quantile", "np.asarray(x) for x where that fits in memory")
    rows = as_rows(a, axis)
    numbered = np.where(np.isnan(rows), np.nan, ranks(rows))
    places = np.reshape(quantile(numbered), (-1, *rows.shape[:-1], 1))
    share = np.maximum(1 - abs(numbered - places), 0)
    share = np.astype(np.where(np.isnan(share), 0, share), dtype)
    return from_rows(np.sum(np.reshape(g, np.shape(places)) * share, axis=0), shape, axis)


def nan_quantile_by(function):
    return lambda g, a, shape, dtype, q, axis, method, keepdims: nan_quantile_vjp(
        g, a, shape, dtype, axis, lambda numbers: function(numbers, q, -1, method=method)
    )


rule(np.quantile, a=quantile_by(np.quantile))
rule(np.percentile, a=quantile_by(np.percentile))
rule(
    np.median,
    a=lambda g, a, shape, dtype, axis, keepdims: quantile_vjp(g, a, shape, dtype, axis, np.median),
)
rule(np.nanquantile, a=nan_quantile_by(np.nanquantile))
rule(np.nanpercentile, a=nan_quantile_by(np.nanpercentile))
rule(
    np.nanmedian,
    a=lambda g, a, shape, dtype, axis, keepdims: nan_quantile_vjp(
        g, a, shape, dtype, axis, lambda numbers: np.nanmedian(numbers, axis=-1)
    ),
)


@composition_of(np.sort_complex)
def sort_complex(a):
    ordered = np.sort(gathered(a))
    return ordered if np.iscomplexobj(ordered) else np.astype(ordered, complex)
