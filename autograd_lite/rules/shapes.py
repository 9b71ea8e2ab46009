"""Derivatives of functions that give the same elements another shape, order or number."""

import math

import numpy as np

from autograd_lite.core.admission import chunked
from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.gathering import gathered
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import composition_of, in_memory, in_pairs
from autograd_lite.rules.indexing import length, numbered, picked_vjp

# ---- the same elements in another shape ----


def reshape_vjp(g, shape, order):
    if order in ("A", "K"):
        raise TypeError(f"order={order!r} depends on memory layout; use order='C' or 'F'")
    return np.reshape(g, shape) if order == "C" else np.reshape(g, shape, order=order)


rule(np.reshape, a=reshape_vjp)
rule(np.ravel, a=reshape_vjp)
rule(np.expand_dims, a=lambda g, shape, axis: np.reshape(g, shape))
rule(np.squeeze, a=lambda g, shape, axis: np.reshape(g, shape))
rule(np.copy, a=lambda g: g)


def at_least(n, place):
    """The composition of ``np.atleast_nd``; ``place`` gives arrays of fewer axes their shape."""

    def one(a):
        if np.ndim(a) >= n:
            return a if hasattr(a, "ndim") else np.asarray(a)
        return np.reshape(a, place(np.shape(a)))

    return lambda *arys: one(arys[0]) if len(arys) == 1 else tuple(map(one, arys))


composed(np.atleast_1d, at_least(1, lambda s: (1,)))
composed(np.atleast_2d, at_least(2, lambda s: (1, *s) if s else (1, 1)))
composed(np.atleast_3d, at_least(3, lambda s: {0: (1, 1, 1), 1: (1, *s, 1), 2: (*s, 1)}[len(s)]))

# ---- the same elements in another dtype: integers leave the tape ----


@primitive(inline=True)
def astype(x, kind, copy=True):
    return (x if hasattr(x, "astype") else np.asarray(x)).astype(kind, copy=copy)


@composition_of(np.astype)
def astype_of(x, dtype, /, *, copy=True, device=None):
    if device is not None:
        np.astype(np.empty(0), dtype, device=device)  # refuses another than the CPU
    if np.dtype(dtype).kind in "fcO":
        return astype(x, kind=dtype, copy=copy)
    return np.astype(stop_gradient(x), dtype, copy=copy)


rule(astype, x=lambda g: g)

# ---- axes in another order ----


def inverse(axes):
    return np.argsort([a % len(axes) for a in axes]).tolist()


def rollaxis_vjp(g, shape, axis, start):
    n = len(shape)
    axis, start = axis % n, start % n if start < n else n
    return np.moveaxis(g, start - (start > axis), axis)


rule(np.transpose, a=lambda g, axes: np.transpose(g, None if axes is None else inverse(axes)))
rule(np.swapaxes, a=lambda g, axis1, axis2: np.swapaxes(g, axis1, axis2))
rule(np.moveaxis, a=lambda g, source, destination: np.moveaxis(g, destination, source))
rule(np.rollaxis, a=rollaxis_vjp)
rule(np.matrix_transpose, x=lambda g: np.matrix_transpose(g))
rule(np.flip, m=lambda g, axis: np.flip(g, axis))
rule(np.fliplr, m=lambda g: np.fliplr(g))
rule(np.flipud, m=lambda g: np.flipud(g))
rule(np.rot90, m=lambda g, k, axes: np.rot90(g, -k, axes))
rule(np.roll, a=lambda g, shift, axis: np.roll(g, -np.asarray(shift), axis))

# ---- stretched: the engine sums ----

rule(np.broadcast_to, broadcasts=True, array=lambda g, shape: g)


@composition_of(np.broadcast_arrays)
def broadcast_arrays(*args, subok=False):
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@composition_of(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    n = len(xi)
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    order = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else range(n)
    grids = [np.reshape(x, [-1 if i == j else 1 for j in range(n)]) for i, x in zip(order, xi)]
    grids = grids if sparse else broadcast_arrays(*grids)
    lazy = any(chunked(x) is not None for x in xi)
    return tuple(np.copy(x, order="C") for x in grids) if copy and not lazy else tuple(grids)


def tile_vjp(g, shape, reps):
    """The first axis of each pair tells which tile, the second where in it."""
    g = in_pairs(g, reps if isinstance(reps, tuple) else tuple(np.atleast_1d(reps)), shape)
    return np.reshape(np.sum(g, axis=tuple(range(0, g.ndim, 2))), shape)


rule(np.tile, A=tile_vjp)


def repeat_vjp(g, shape, repeats, axis):
    """The same number of times each: the sum over a new axis.  Else, each gets those of its own."""
    if np.ndim(repeats):
        numbers = np.repeat(np.arange(length(shape, axis)), repeats)
        return picked_vjp(g, numbers, shape, axis)
    at = len(shape) if axis is None or not shape else axis % len(shape) + 1
    return np.sum(np.reshape(g, (*shape[:at], int(repeats), *shape[at:])), axis=at)


rule(np.repeat, a=repeat_vjp)

# ---- windows ----


def windows_vjp(g, shape, like, window_shape, axis):
    in_memory(like, "sliding_window_view", "np.stack([x[:-1], x[1:]], axis=-1) for windows of two")
    numbers = np.lib.stride_tricks.sliding_window_view(numbered(shape), window_shape, axis)
    return picked_vjp(g, numbers, shape)


rule(
    np.lib.stride_tricks.sliding_window_view,
    x=windows_vjp,
)


@composition_of(np.resize)
def resize(a, new_shape):
    new_shape = (new_shape,) if isinstance(new_shape, (int, np.integer)) else tuple(new_shape)
    if any(n < 0 for n in new_shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    a, size = np.ravel(gathered(a)), math.prod(new_shape)
    if a.size == 0:
        return np.zeros(new_shape, a.dtype)
    return np.reshape(
        np.concatenate((a,) * -(-size // a.size))[:size] if size else a[:0], new_shape
    )


@composition_of(np.apply_over_axes)
def apply_over_axes(func, a, axes):
    y = gathered(a)
    for axis in np.atleast_1d(axes):
        axis = int(axis) + (np.ndim(y) if axis < 0 else 0)
        found = func(y, axis)
        found = found if np.ndim(found) == np.ndim(y) else np.expand_dims(found, axis)
        if np.ndim(found) != np.ndim(y):
            raise ValueError("function is not returning an array of the correct shape")
        y = found
    return y
