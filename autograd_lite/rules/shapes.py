"""Derivatives of functions that move elements about."""

import numpy as np

from autograd_lite.primitive import primitive
from autograd_lite.registry import composed, rule

# ---- the same elements in another shape ----


def reshape_back(g, shape, order):
    if order in ("A", "K"):
        raise TypeError(f"order={order!r} depends on memory layout; use order='C' or 'F'")
    return np.reshape(g, shape, order=order)


rule(np.reshape, a=reshape_back)
rule(np.ravel, a=reshape_back)
rule(np.expand_dims, a=lambda g, shape, axis: g.reshape(shape))
rule(np.squeeze, a=lambda g, shape, axis: g.reshape(shape))
rule(np.copy, a=lambda g: g)
rule(np.astype, x=lambda g: g)

# ---- axes in another order ----

rule(np.transpose, a=lambda g, axes: np.transpose(g, None if axes is None else inverse(axes)))
rule(np.swapaxes, a=lambda g, axis1, axis2: np.swapaxes(g, axis1, axis2))
rule(np.moveaxis, a=lambda g, source, destination: np.moveaxis(g, destination, source))
rule(np.flip, m=lambda g, axis: np.flip(g, axis))


def inverse(axes):
    return np.argsort([a % len(axes) for a in axes])


# ---- stretched: the engine sums ----

rule(np.broadcast_to, broadcasts=True, array=lambda g, shape: g)

# ---- joined and cut ----


@primitive
def concatenate(*arrays, axis=0, dtype=None, casting="same_kind"):
    return np.concatenate(arrays, axis=axis, dtype=dtype, casting=casting)


@primitive
def stack(*arrays, axis=0, dtype=None, casting="same_kind"):
    return np.stack(arrays, axis=axis, dtype=dtype, casting=casting)


def concatenate_back(g, shapes, axis):
    if axis is None:
        start = 0
        for shape in shapes:
            stop = start + int(np.prod(shape, dtype=int))
            yield g[start:stop].reshape(shape)
            start = stop
        return
    before = (slice(None),) * (axis % len(shapes[0]))
    start = 0
    for shape in shapes:
        stop = start + shape[axis]
        yield g[(*before, slice(start, stop))]
        start = stop


rule(concatenate, arrays=concatenate_back)
rule(stack, arrays=lambda g, axis: list(np.moveaxis(g, axis, 0)))
composed(
    np.concatenate, lambda arrays, axis=0, **options: concatenate(*arrays, axis=axis, **options)
)
composed(np.stack, lambda arrays, axis=0, **options: stack(*arrays, axis=axis, **options))


def split(ary, indices_or_sections, axis=0):
    before = (slice(None),) * (axis % np.ndim(ary))
    pieces = np.split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    starts = [int(p[0]) if len(p) else 0 for p in pieces]
    return [ary[(*before, slice(s, s + len(p)))] for s, p in zip(starts, pieces)]


composed(np.split, split)
