"""Convolution and pooling, one number at a time, on whatever arithmetic the arrays hold.

Dumoulin & Visin 2016 for the positions of the kernel; the gradients read off the sums.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.support.reference.activations import Array, _full

Sizes = tuple[int, ...]


def counts(space: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """floor((n + 2p - d (k - 1) - 1) / s) + 1 along each axis."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(space, kernel, stride, padding, dilation, strict=True)
    )


def places(
    space: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Iterator[tuple[Sizes, Sizes, Sizes]]:
    """(p, k, i): at position p, element k of the kernel meets element i = s p + d k - padding.

    What lies outside of the image is left out.
    """
    for p in np.ndindex(counts(space, kernel, stride, padding, dilation)):
        for k in np.ndindex(kernel):
            i = tuple(
                s * a + d * b - around
                for a, b, s, d, around in zip(p, k, stride, dilation, padding, strict=True)
            )
            if all(0 <= j < n for j, n in zip(i, space, strict=True)):
                yield p, k, i


def _channels(x: Array, w: Array, groups: int) -> Iterator[tuple[int, int, int]]:
    """(o, c, c'): output o sees channel c, by its weights for the channel c' of its group."""
    outputs, inputs = len(w) // groups, w.shape[1]
    for o in range(len(w)):
        for c in range(inputs):
            yield o, o // outputs * inputs + c, c


def convolution(
    x: Array, w: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """y[n, o, p] = sum w[o, c', k] x[n, c, i]."""
    size = counts(x.shape[2:], w.shape[2:], stride, padding, dilation)
    y = _full(np.empty((len(x), len(w), *size), x.dtype), 0)
    for p, k, i in places(x.shape[2:], w.shape[2:], stride, padding, dilation):
        for o, c, inner in _channels(x, w, groups):
            y[(slice(None), o, *p)] += w[(o, inner, *k)] * x[(slice(None), c, *i)]
    return y


def convolution_gradient(
    x: Array,
    w: Array,
    delta: Array,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> tuple[Array, Array]:
    """dx[n, c, i] = sum delta[n, o, p] w[o, c', k],

    dw[o, c', k] = sum delta[n, o, p] x[n, c, i].
    """
    dx, dw = _full(x, 0), _full(w, 0)
    for p, k, i in places(x.shape[2:], w.shape[2:], stride, padding, dilation):
        for o, c, inner in _channels(x, w, groups):
            d = delta[(slice(None), o, *p)]
            dx[(slice(None), c, *i)] += d * w[(o, inner, *k)]
            dw[(o, inner, *k)] += np.sum(d * x[(slice(None), c, *i)])
    return dx, dw


def _windows(x: Array, kernel: Sizes, stride: Sizes, padding: Sizes) -> dict[Any, list[Any]]:
    """For each element of the result, the elements of x that its window holds."""
    windows: dict[Any, list[Any]] = {}
    for p, _, i in places(x.shape[2:], kernel, stride, padding, (1,) * len(kernel)):
        for n, c in np.ndindex(x.shape[:2]):
            windows.setdefault((n, c, *p), []).append((n, c, *i))
    return windows


def max_pool(
    x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, delta: Array
) -> tuple[Array, Array]:
    """The largest of each window; its delta goes in equal shares to where it is attained."""
    y, dx = delta.copy(), _full(x, 0)
    for at, window in _windows(x, kernel, stride, padding).items():
        y[at] = max(x[i] for i in window)
        winners = [i for i in window if x[i] == y[at]]
        for i in winners:
            dx[i] += delta[at] / len(winners)
    return y, dx


def average_pool(
    x: Array, kernel: Sizes, stride: Sizes, padding: Sizes, delta: Array
) -> tuple[Array, Array]:
    """The mean of each window, where the padding counts as zeros."""
    size = int(np.prod(kernel))
    y, dx = delta.copy(), _full(x, 0)
    for at, window in _windows(x, kernel, stride, padding).items():
        y[at] = sum(x[i] for i in window) / size
        for i in window:
            dx[i] += delta[at] / size
    return y, dx
