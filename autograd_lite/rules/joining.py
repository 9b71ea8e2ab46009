"""Derivatives of functions that join arrays, cut them, put parts in or leave parts out."""

import math

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.gathering import gathered, holds
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import along, composition_of, in_memory
from autograd_lite.rules.indexing import length, numbered, picked_vjp

# ---- joined ----


@primitive(inline=True)
def concatenate(*arrays, axis=0, **options):
    return np.concatenate(arrays, axis=axis, **options)


@primitive(inline=True)
def stack(*arrays, axis=0, **options):
    return np.stack(arrays, axis=axis, **options)


def pieces(x, sizes, axis=0):
    """``x`` cut into pieces of these sizes."""
    start = 0
    for size in sizes:
        yield x[along(axis, slice(start, start + size))]
        start += size


def concatenate_vjp(g, shapes, axis):
    if axis is None:
        cut = pieces(g, map(math.prod, shapes))
        return [np.reshape(piece, shape) for piece, shape in zip(cut, shapes)]
    axis %= len(shapes[0])
    return pieces(g, [shape[axis] for shape in shapes], axis)


rule(concatenate, arrays=concatenate_vjp)
rule(stack, arrays=lambda g, axis: list(g if axis == 0 else np.moveaxis(g, axis, 0)))
composed(
    np.concatenate, lambda arrays, /, axis=0, **options: concatenate(*arrays, axis=axis, **options)
)
composed(np.stack, lambda arrays, axis=0, **options: stack(*arrays, axis=axis, **options))


def each(function, arrays):
    """``function`` of each array, as a list even of a single one."""
    return [function(a) for a in arrays]


@composition_of(np.hstack)
def hstack(tup, **options):
    arrays = each(np.atleast_1d, tup)
    return np.concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1, **options)


composed(np.vstack, lambda tup, **options: np.concatenate(each(np.atleast_2d, tup), 0, **options))
composed(np.dstack, lambda tup, **options: np.concatenate(each(np.atleast_3d, tup), 2, **options))
composed(
    np.column_stack,
    lambda tup: np.concatenate(
        each(lambda a: np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a, tup), 1
    ),
)
composed(
    np.append,
    lambda arr, values, axis=None: np.concatenate(
        (arr, values) if axis is not None else (np.ravel(arr), np.ravel(values)),
        0 if axis is None else axis,
    ),
)

# ---- blocks ----


@primitive(inline=True)
def block(*parts, nested):
    return np.block(nest(nested, parts))


def nest(nested, parts):
    return [nest(n, parts) for n in nested] if isinstance(nested, list) else parts[nested]


def depth(nested):
    return 1 + max(map(depth, nested)) if isinstance(nested, list) else 0


def block_vjp(g, shapes, nested):
    """Each part is a piece of a piece of g, cut along one axis after the other."""
    n, found = np.ndim(g), {}

    def size(part, axis):
        while isinstance(part, list) and depth(part) != n - axis:
            part = part[0]
        if isinstance(part, list):
            return sum(size(p, axis) for p in part)
        return ((1,) * n + tuple(shapes[part]))[len(shapes[part]) + axis]

    def cut(part, g):
        if not isinstance(part, list):
            found[part] = np.reshape(g, shapes[part])
            return
        axis = n - depth(part)
        for p, piece in zip(part, pieces(g, [size(p, axis) for p in part], axis)):
            cut(p, piece)

    cut(nested, g)
    return [found[i] for i in range(len(shapes))]


@composition_of(np.block)
def block_of(arrays):
    parts = []

    def place(a):
        if isinstance(a, list):
            return [place(b) for b in a]
        parts.append(a)
        return len(parts) - 1

    nested = place(arrays)
    return block(*parts, nested=nested)


rule(block, parts=block_vjp)

# ---- arrays of lists: NumPy hands these calls to us if it is told so by like=t ----


def array(object, dtype=None, *, ndmin=0, order="K", **options):
    if not holds([object]):
        return np.array(object, dtype, ndmin=ndmin, order=order, **options)
    whole = gathered(object)
    whole = whole if dtype is None else np.astype(whole, dtype)
    whole = whole if order in ("K", None) else np.copy(whole, order=order)
    return np.reshape(whole, (1,) * (ndmin - np.ndim(whole)) + np.shape(whole))


def converted(ndmin, order="K"):
    def convert(a, dtype=None, order=order, **options):
        return array(a, dtype, ndmin=ndmin, order=order)

    return convert


composed(np.array, array)
composed(np.asarray, converted(0))
composed(np.asanyarray, converted(0))
composed(np.ascontiguousarray, converted(1, "C"))
composed(np.asfortranarray, converted(1, "F"))

# ---- cut ----


@composition_of(np.array_split)
def array_split(ary, indices_or_sections, axis=0, function=np.array_split):
    cut = function(np.arange(np.shape(ary)[axis]), indices_or_sections)
    starts = [int(p[0]) if len(p) else 0 for p in cut]
    axis %= np.ndim(ary)
    return [ary[along(axis, slice(s, s + len(p)))] for s, p in zip(starts, cut)]


def split_along(axis, function):
    def run(ary, indices_or_sections):
        function(np.empty((1,) * np.ndim(ary)), 1)  # refuses too few dimensions
        return np.split(ary, indices_or_sections, min(axis, np.ndim(ary) - 1))

    return run


def unstack(x, /, *, axis=0):
    if np.ndim(x) == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(np.moveaxis(x, axis, 0))


composed(
    np.split,
    lambda ary, indices_or_sections, axis=0: array_split(ary, indices_or_sections, axis, np.split),
)
for axis, function in enumerate((np.vsplit, np.hsplit, np.dsplit)):
    composed(function, split_along(axis, function))
if hasattr(np, "unstack"):
    composed(np.unstack, unstack)

# ---- left out and put in ----


def insert_vjp(g, arr, obj, values, axis, shape):
    """The VJP by the argument given as the numbers of its elements; the other is given as -1."""
    numbers = np.insert(arr, obj, values, axis)
    return picked_vjp(g[numbers >= 0], numbers[numbers >= 0], shape)


def insert_by_arr(g, arr, obj, values, axis):
    in_memory(arr, "np.insert", "np.concatenate([x[:i], values, x[i:]])")
    others = np.full(np.shape(values), -1)
    return insert_vjp(g, numbered(np.shape(arr)), obj, others, axis, np.shape(arr))


def insert_by_values(g, arr, obj, values, axis):
    in_memory(arr, "np.insert", "np.concatenate([x[:i], values, x[i:]])")
    others = np.full(np.shape(arr), -1)
    return insert_vjp(g, others, obj, numbered(np.shape(values)), axis, np.shape(values))


def delete_vjp(g, shape, like, obj, axis):
    in_memory(like, "np.delete", "np.concatenate([x[:i], x[i + 1 :]])")
    return picked_vjp(g, np.delete(np.arange(length(shape, axis)), obj), shape, axis)


rule(np.delete, arr=delete_vjp)
rule(np.insert, arr=insert_by_arr, obj=None, values=insert_by_values)

# ---- a function on every row ----


@composition_of(np.apply_along_axis)
def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    n = np.ndim(arr)
    rows = np.moveaxis(arr, axis, -1)
    places = list(np.ndindex(rows.shape[:-1]))
    if not places:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = np.stack([func1d(rows[i], *args, **kwargs) for i in places])
    inner = results.ndim - 1
    results = np.reshape(results, rows.shape[:-1] + results.shape[1:])
    axes = range(n - 1, n - 1 + inner)
    return np.moveaxis(results, tuple(axes), tuple(a - n + 1 + axis % n for a in axes))
