"""Derivatives of ``np.pad``, which extends one axis after the other."""

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import along, composition_of, in_memory, ordered_as
from autograd_lite.rules.indexing import numbered

STATISTICS = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}


def pairs(x, n):
    """A pair for each of n axes, as ``np.pad`` reads widths, lengths and values."""
    if isinstance(x, dict):
        given = {axis % n: pair for axis, pair in x.items()}
        x = [np.broadcast_to(given.get(axis, 0), 2).tolist() for axis in range(n)]
    return np.broadcast_to(x, (n, 2)).tolist()


@primitive(inline=True)
def framed(array, widths, mode="constant", constant_values=0):
    options = {"constant_values": constant_values} if mode == "constant" else {}
    return np.pad(array, widths, mode, **options)


rule(
    framed,
    array=lambda g, shape, widths: g[
        tuple([slice(before, before + n) for n, (before, _) in zip(shape, widths)])
    ],
)


@composition_of(np.pad)
def pad(array, pad_width, mode="constant", **options):
    n = np.ndim(array)
    widths = pairs(pad_width, n)
    if callable(mode):
        raise TypeError("pad cannot be differentiated with a function as its mode")
    if options.get("reflect_type") == "odd":
        raise TypeError("pad cannot be differentiated with reflect_type='odd'")
    if mode in ("constant", "empty"):
        return framed(array, widths=widths, mode=mode, **options)
    if mode in STATISTICS or mode == "linear_ramp":
        np.pad(np.ones((1,) * n), 0, mode, **options)  # refuses unknown options
        for axis, width in enumerate(widths):
            array = ordered_as(extended(array, axis, width, mode, options), array)
        return array
    in_memory(array, f"np.pad(x, …, {mode!r})", "np.concatenate([x[:1], x, x[-1:]]) for one edge")
    taken = np.take(array, np.pad(numbered(np.shape(array)), widths, mode, **options))
    return ordered_as(taken, array)


def extended(array, axis, width, mode, options):
    """Ramps or statistics on both sides of one axis."""
    if mode == "linear_ramp":
        left, right = ramps(array, axis, width, options.get("end_values", 0))
    else:
        lengths = pairs(options.get("stat_length"), array.ndim)[axis]
        left, right = statistics(array, axis, width, lengths, STATISTICS[mode])
    return np.concatenate((left, array, right), axis)


def ramps(array, axis, width, end_values):
    ends = np.broadcast_to(end_values, (array.ndim, 2))[axis]  # NumPy's numbers, not Python's
    edges = np.take(array, 0, axis), np.take(array, -1, axis)
    left, right = (
        np.linspace(end, edge, num, endpoint=False, dtype=array.dtype, axis=axis)
        for end, edge, num in zip(ends, edges, width)
    )
    return left, np.flip(right, axis)


def statistics(array, axis, width, lengths, function):
    n = array.shape[axis]
    lengths = [n if k is None else min(k, n) for k in lengths]
    parts = slice(lengths[0]), slice(n - lengths[1], n)
    for part, num in zip(parts, width):
        yield np.repeat(function(array[along(axis, part)], axis=axis, keepdims=True), num, axis)
