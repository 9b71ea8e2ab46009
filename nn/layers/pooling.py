"""Pooling: one number for each window of an image.

Both kinds come as a pair of linear functions that are each other's transpose, and so each other's
derivative.  Those of the maximum depend on where it is attained, which is locally constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.calls import ARRAY, checked, explained
from nn.display import Shown
from nn.layers.windows import (
    Array,
    Index,
    Sizes,
    padded,
    per_axis,
    positions,
    samples_first,
    samples_last,
    space_of,
    summed_up,
    taps,
)
from nn.parameters.counts import counting, narrowed, widened

Geometry = tuple[Sizes, Sizes, Sizes]  # kernel, stride, padding


def _geometry(
    name: str, x: Array, kernel: int | Sizes, stride: int | Sizes | None, padding: int | Sizes
) -> Geometry:
    axes = len(space_of(x, name))
    widths = per_axis(kernel, axes, f"{name}: kernel")
    around = per_axis(padding, axes, f"{name}: padding", least=0)
    if any(2 * p > k for p, k in zip(around, widths)):
        raise ValueError(
            f"{name}: padding {around} is more than half of the kernel {widths}, so some windows "
            f"would hold nothing but padding"
        )
    return widths, widths if stride is None else per_axis(stride, axes, f"{name}: stride"), around


def _taps(space: Sizes, geometry: Geometry) -> Iterator[Index]:
    kernel, stride, padding = geometry
    near = (1,) * len(kernel)
    counts = positions(space, kernel, stride, padding, near, "pooling")
    return taps(kernel, stride, near, counts)


# ---- the largest ----


def _outside(dtype: Any) -> Any:
    """The least number of a dtype, which never wins."""
    if dtype.kind in "ui":
        return np.iinfo(dtype).min
    return False if dtype.kind == "b" else -np.inf


def _windows(x: Array, geometry: Geometry, outside: float) -> list[Array]:
    """For each element of the kernel, the numbers under it at all positions."""
    image = padded(samples_last(x), geometry[2], outside)
    return [image[at] for at in _taps(x.shape[2:], geometry)]


@al.primitive
def largest(x: Array, *, geometry: Geometry) -> Array:
    """The largest number of each window."""
    return samples_first(reduce(np.maximum, _windows(x, geometry, _outside(x.dtype))))


def _attained(x: Array, top: Array, geometry: Geometry) -> tuple[list[Array], Array]:
    """Where the windows attain their maximum, and how often, as numbers like those of ``x``."""
    top = samples_last(top)
    hits = [part == top for part in _windows(x, geometry, _outside(x.dtype))]
    return hits, np.maximum(sum(hits[1:], hits[0].astype(int)), 1).astype(counting(x))


@al.primitive
def mean_where_attained(values: Array, x: Array, top: Array, *, geometry: Geometry) -> Array:
    """For each window of ``x``, the mean of ``values`` where its maximum ``top`` is attained."""
    hits, times = _attained(x, top, geometry)
    seen = _windows(values, geometry, 0)
    return narrowed(samples_first(sum(v * hit for v, hit in zip(seen, hits)) / times), values)


@al.primitive
def shared_where_attained(delta: Array, x: Array, top: Array, *, geometry: Geometry) -> Array:
    """δ of each window of ``x``, in equal shares to where its maximum ``top`` is attained."""
    hits, times = _attained(x, top, geometry)
    share = samples_last(delta) / times
    parts = (share * hit for hit in hits)
    space = x.shape[2:]
    y = samples_first(summed_up(parts, _taps(space, geometry), share, space, geometry[2]))
    return narrowed(y, delta)


al.rule(
    largest,
    x=lambda g, x, y, geometry: shared_where_attained(g, x, y, geometry=geometry),
)
al.rule(
    shared_where_attained,
    delta=lambda g, x, top, geometry: mean_where_attained(g, x, top, geometry=geometry),
    x=None,
    top=None,
)
al.rule(
    mean_where_attained,
    values=lambda g, x, top, geometry: shared_where_attained(g, x, top, geometry=geometry),
    x=None,
    top=None,
)


@explained(x=ARRAY)
def max_pool(
    x: Array, kernel: int | Sizes, *, stride: int | Sizes | None = None, padding: int | Sizes = 0
) -> np.ndarray:
    """The largest number in each window of an image.

    ``x`` has shape (samples, channels, *space), with any number of axes of space.  The result has
    shape (samples, channels, *positions), as in `convolution`; dtype of ``x``, exact on Fractions.
    Without ``stride`` it is the kernel: windows do not overlap, and a rest at the end is not seen.

    Padding never wins.  The gradient goes to the largest number, in equal shares where several are
    equal.  A window that does not fit raises a ValueError.

    >>> import numpy as np, nn
    >>> nn.max_pool(np.array([[[1.0, 2.0, 4.0, 3.0]]]), 2)
    array([[[2., 4.]]])
    """
    return largest(x, geometry=_geometry("max_pool", x, kernel, stride, padding))


# ---- the mean ----


@al.primitive
def average(x: Array, *, geometry: Geometry) -> Array:
    """The mean of each window."""
    total = reduce(np.add, _windows(widened(x), geometry, 0))
    return narrowed(samples_first(total / math.prod(geometry[0])), x)


@al.primitive
def spread(delta: Array, *, space: Sizes, geometry: Geometry) -> Array:
    """δ of each window, in equal shares to all its numbers."""
    share = samples_last(widened(delta)) / math.prod(geometry[0])
    parts = (share for _ in range(math.prod(geometry[0])))
    y = samples_first(summed_up(parts, _taps(space, geometry), share, space, geometry[2]))
    return narrowed(y, delta)


al.rule(
    average,
    x=lambda g, shape, geometry: spread(g, space=shape[2:], geometry=geometry),
)
al.rule(spread, delta=lambda g, geometry: average(g, geometry=geometry))


@explained(x=ARRAY)
def average_pool(
    x: Array, kernel: int | Sizes, *, stride: int | Sizes | None = None, padding: int | Sizes = 0
) -> np.ndarray:
    """The mean of each window of an image, in which zeros of the padding count.

    Shapes, dtype, ``stride`` and errors are those of `max_pool`.  Integers and booleans give
    float64, as in `np.mean`.

    >>> import numpy as np, nn
    >>> nn.average_pool(np.array([[[1.0, 2.0, 4.0, 3.0]]]), 2)
    array([[[1.5, 3.5]]])
    """
    geometry = _geometry("average_pool", x, kernel, stride, padding)
    return average(x.astype(float) if x.dtype.kind in "bui" else x, geometry=geometry)


# ---- layers ----


@checked()
@dataclass(frozen=True)
class _Pool(Shown):
    kernel: int | Sizes = field(metadata={"static": True})
    stride: int | Sizes | None = field(default=None, metadata={"static": True})
    padding: int | Sizes = field(default=0, metadata={"static": True})

    def __post_init__(self) -> None:
        stride = 1 if self.stride is None else self.stride
        for name, sizes, least in (
            ("kernel", self.kernel, 1),
            ("stride", stride, 1),
            ("padding", self.padding, 0),
        ):
            axes = 3 if np.size(sizes) > 3 else np.size(sizes)
            per_axis(sizes, axes, f"{type(self).__name__}: {name}", least)


class MaxPool(_Pool):
    """A layer of `max_pool`, for any number of axes of space.

    >>> import numpy as np, nn
    >>> nn.MaxPool(2)(np.ones((10, 8, 24, 24))).shape
    (10, 8, 12, 12)
    """

    def __call__(self, x: Array) -> np.ndarray:
        return max_pool(x, self.kernel, stride=self.stride, padding=self.padding)


class AveragePool(_Pool):
    """A layer of `average_pool`, for any number of axes of space.

    >>> import numpy as np, nn
    >>> nn.AveragePool(2)(np.ones((10, 8, 24, 24))).shape
    (10, 8, 12, 12)
    """

    def __call__(self, x: Array) -> np.ndarray:
        return average_pool(x, self.kernel, stride=self.stride, padding=self.padding)
