"""Sliding windows: the arithmetic of a kernel in space, for convolution and pooling.

Images come as (samples, channels, *space).  Inside they are turned to (channels, *space, samples).
The numbers under one element of the kernel are then a slice with long runs in memory.  Each step of
the arithmetic is one whole-array operation per element of the kernel.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.calls import need_array

Array = Any
Sizes = tuple[int, ...]
Index = tuple[slice, ...]


def per_axis(value: int | Sizes, axes: int, what: str, least: int = 1) -> Sizes:
    """One number for each axis of space; a single one stands for all of them."""
    try:
        sizes = tuple(operator.index(n) for n in (value if np.iterable(value) else (value,) * axes))
    except TypeError:  # no integers
        sizes = ()
    if len(sizes) != axes or min(sizes) < least:
        raise ValueError(
            f"{what}={value!r}: give an integer of at least {least}, or one for each of the "
            f"{axes} axes of space"
        )
    return sizes


def space_of(x: Array, name: str, axes: int | None = None) -> Sizes:
    """The axes of space of ``x``."""
    need_array(name, x)
    shape: Sizes = tuple(x.shape)
    if len(shape) < 3 or (axes is not None and len(shape) != axes + 2):
        wanted = "*space" if axes is None else ", ".join(f"n{i + 1}" for i in range(axes))
        raise ValueError(
            f"{name}: x has shape {shape}, and needs (samples, channels, {wanted}); give a single "
            f"sample as x[None], a single channel as x[:, None]"
        )
    return shape[2:]


def positions(
    space: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, name: str
) -> Sizes:
    """The number of places of the kernel along each axis: ⌊(n + 2p − d (k − 1) − 1) / s⌋ + 1."""
    counts = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(space, kernel, stride, padding, dilation, strict=True)
    )
    if min(counts) < 1:
        raise ValueError(
            f"{name}: a kernel of {kernel} with dilation {dilation} does not fit into space "
            f"{space} with padding {padding}; pad more or use a smaller kernel"
        )
    return counts


def taps(kernel: Sizes, stride: Sizes, dilation: Sizes, counts: Sizes) -> Iterator[Index]:
    """For each element of the kernel, the part of the padded image under it."""
    for offset in np.ndindex(kernel):
        starts = [i * d for i, d in zip(offset, dilation)]
        yield (
            slice(None),
            *(slice(a, a + s * (n - 1) + 1, s) for a, s, n in zip(starts, stride, counts)),
        )


def samples_last(x: Array) -> Array:
    return np.moveaxis(x, 0, -1)


def samples_first(x: Array) -> Array:
    return np.moveaxis(x, -1, 0)


def padded(x: Array, padding: Sizes, value: float = 0) -> Array:
    """(channels, *space, samples) with ``value`` around it."""
    if not any(padding):
        return x
    widths = [(0, 0), *((p, p) for p in padding), (0, 0)]
    return np.pad(x, widths, constant_values=value)


def summed_up(
    parts: Iterator[Array], at: Iterator[Index], like: Array, space: Sizes, padding: Sizes
) -> Array:
    """An image of ``space``: each part is added at its tap, and the padding is cut off.

    This is the transpose of taking the taps of a padded image.
    """
    around = tuple(n + 2 * p for n, p in zip(space, padding))
    total = np.zeros_like(like, shape=(like.shape[0], *around, like.shape[-1]))
    for index, part in zip(at, parts, strict=True):
        total[index] += part
    return total[(slice(None), *(slice(p, p + n) for n, p in zip(space, padding)))]
