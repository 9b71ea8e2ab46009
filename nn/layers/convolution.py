"""Convolution, and the layers made of it.

⟨δ, x ∗ w⟩ = Σ δ[n, o, p] · w[o, c, k] · x[n, c, s p + d k − padding] is linear in each of three
arrays.  Its gradients by δ, x and w are the three functions below.  So each is a derivative of the
others, and derivatives of every order stay among them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import ARRAY, checked, explained
from nn.calls import SIZE, WEIGHTS
from nn.display import Shown
from nn.layers.initializers import Initializer, he, zeros
from nn.layers.windows import (
    Array,
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

Geometry = tuple[Sizes, Sizes, Sizes, int]  # stride, padding, dilation, groups


def _counts(space: Sizes, kernel: Sizes, geometry: Geometry) -> Sizes:
    stride, padding, dilation, _ = geometry
    return positions(space, kernel, stride, padding, dilation, "convolution")


def _columns(x: Array, kernel: Sizes, geometry: Geometry) -> Array:
    """(groups, channels · kernel, positions): the numbers under the kernel at each position."""
    stride, padding, dilation, groups = geometry
    counts = _counts(x.shape[2:], kernel, geometry)
    image = padded(np.ascontiguousarray(samples_last(x)), padding)
    seen = np.stack([image[at] for at in taps(kernel, stride, dilation, counts)], axis=1)
    return np.reshape(seen, (groups, x.shape[1] // groups * math.prod(kernel), -1))


def _filters(weight: Array, groups: int) -> Array:
    """(groups, outputs, channels · kernel)"""
    return np.reshape(weight, (groups, weight.shape[0] // groups, -1))


def _deltas(delta: Array, groups: int) -> Array:
    """(groups, outputs, positions)"""
    return np.reshape(samples_last(delta), (groups, delta.shape[1] // groups, -1))


@al.primitive
def convolve(x: Array, weight: Array, *, geometry: Geometry) -> Array:
    """y[n, o, p] by one matrix product for each group: see `convolution`."""
    kernel, groups = weight.shape[2:], geometry[3]
    counts = _counts(x.shape[2:], kernel, geometry)
    rows = _filters(weight, groups) @ _columns(x, kernel, geometry)
    return samples_first(np.reshape(rows, (weight.shape[0], *counts, x.shape[0])))


@al.primitive
def convolve_to_input(delta: Array, weight: Array, *, space: Sizes, geometry: Geometry) -> Array:
    """The transposed convolution: each number of δ goes back to where it came from."""
    stride, padding, dilation, groups = geometry
    kernel, counts = weight.shape[2:], delta.shape[2:]
    seen = np.swapaxes(_filters(weight, groups), 1, 2) @ _deltas(delta, groups)
    parts = np.reshape(
        seen, (groups * weight.shape[1], math.prod(kernel), *counts, delta.shape[0])
    ).swapaxes(0, 1)
    at = taps(kernel, stride, dilation, counts)
    return samples_first(summed_up(iter(parts), at, parts[0], space, padding))


@al.primitive
def convolve_to_weight(x: Array, delta: Array, *, kernel: Sizes, geometry: Geometry) -> Array:
    """For each weight the sum of all δ that it led to, times the numbers that it met."""
    groups = geometry[3]
    products = _deltas(delta, groups) @ np.swapaxes(_columns(x, kernel, geometry), 1, 2)
    return np.reshape(products, (delta.shape[1], x.shape[1] // groups, *kernel))


al.rule(
    convolve,
    x=lambda g, weight, shape, geometry: convolve_to_input(
        g, weight, space=shape[2:], geometry=geometry
    ),
    weight=lambda g, x, shape, geometry: convolve_to_weight(
        x, g, kernel=shape[2:], geometry=geometry
    ),
)
al.rule(
    convolve_to_input,
    delta=lambda g, weight, geometry: convolve(g, weight, geometry=geometry),
    weight=lambda g, delta, shape, geometry: convolve_to_weight(
        g, delta, kernel=shape[2:], geometry=geometry
    ),
)
al.rule(
    convolve_to_weight,
    x=lambda g, delta, shape, geometry: convolve_to_input(
        delta, g, space=shape[2:], geometry=geometry
    ),
    delta=lambda g, x, geometry: convolve(x, g, geometry=geometry),
)


@explained(x=ARRAY, weight=ARRAY)
def convolution(
    x: Array,
    weight: Array,
    *,
    stride: int | Sizes = 1,
    padding: int | Sizes = 0,
    dilation: int | Sizes = 1,
    groups: int = 1,
) -> np.ndarray:
    """y[n, o, p] = Σ w[o, c, k] · x[n, c, s p + d k − padding] over channels c and the kernel k.

    ``x`` has shape (samples, channels, *space), with any number of axes of space, and ``weight``
    (outputs, channels / groups, *kernel).  The result y has shape (samples, outputs, *positions).
    Along an axis of length n there are ⌊(n + 2 padding − d (k − 1) − 1) / s⌋ + 1 positions.

    Zeros surround the image.  The outputs of a group see the channels of that group alone.
    ``stride`` s, ``padding`` and ``dilation`` d are integers, or one for each axis.  As everywhere
    in this field, the kernel is not turned round.  dtype of the arguments, exact on Fractions.
    Shapes that do not match raise a ValueError.  (LeCun et al. 1998; Dumoulin & Visin 2016)

    >>> import numpy as np, nn
    >>> nn.convolution(np.array([[[1.0, 2.0, 4.0, 8.0]]]), np.array([[[-1.0, 1.0]]]))
    array([[[1., 2., 4.]]])
    """
    space = space_of(x, "convolution", len(weight.shape) - 2)
    axes, channels, outputs = len(space), x.shape[1], weight.shape[0]
    if groups < 1 or outputs % groups or weight.shape[1] * groups != channels:
        raise ValueError(
            f"convolution: x of shape {x.shape} has {channels} channels, and weight of shape "
            f"{weight.shape} in {groups} groups takes {weight.shape[1] * max(groups, 1)}; weight "
            f"has shape (outputs, channels / groups, *kernel), with outputs divisible by groups"
        )
    geometry = (
        per_axis(stride, axes, "convolution: stride"),
        per_axis(padding, axes, "convolution: padding", least=0),
        per_axis(dilation, axes, "convolution: dilation"),
        groups,
    )
    return convolve(x, weight, geometry=geometry)


@dataclass(init=False)
class _Convolution(Shown):
    """A convolution along ``axes`` axes, the number of which a subclass states."""

    axes: ClassVar[int]

    weight: np.ndarray
    bias: np.ndarray | None
    stride: int | Sizes = field(metadata={"static": True})
    padding: int | Sizes = field(metadata={"static": True})
    dilation: int | Sizes = field(metadata={"static": True})
    groups: int = field(metadata={"static": True})

    @checked(inputs=SIZE, outputs=SIZE, groups=SIZE, **WEIGHTS)
    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | Sizes,
        *,
        rng: np.random.Generator,
        stride: int | Sizes = 1,
        padding: int | Sizes = 0,
        dilation: int | Sizes = 1,
        groups: int = 1,
        weight: Initializer = he,
        bias: Initializer | None = zeros,
        dtype: Any = float,
    ) -> None:
        if groups < 1 or inputs % groups or outputs % groups:
            raise ValueError(
                f"{type(self).__name__}: {groups} groups must divide both {inputs} inputs and "
                f"{outputs} outputs; use groups=1, or one that does"
            )
        shape = (
            outputs,
            inputs // groups,
            *per_axis(kernel, self.axes, f"{type(self).__name__}: kernel"),
        )
        for name, sizes, least in (
            ("stride", stride, 1),
            ("padding", padding, 0),
            ("dilation", dilation, 1),
        ):
            per_axis(sizes, self.axes, f"{type(self).__name__}: {name}", least)
        self.weight = weight(rng, shape, dtype)
        self.bias = None if bias is None else bias(rng, (outputs,), dtype)
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.groups = groups

    def __call__(self, x: Array) -> np.ndarray:
        y = convolution(
            x,
            self.weight,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )
        return y if self.bias is None else y + np.reshape(self.bias, (-1, *(1,) * self.axes))


class Conv1d(_Convolution):
    """Convolution along one axis, such as time: see `convolution`.

    ``x`` has shape (samples, inputs, length), the result (samples, outputs, positions).

    >>> import numpy as np, nn
    >>> layer = nn.Conv1d(2, 3, kernel=5, padding=2, rng=np.random.default_rng(0))
    >>> layer(np.ones((1, 2, 10))).shape
    (1, 3, 10)
    """

    axes = 1


class Conv2d(_Convolution):
    """Convolution of images: see `convolution`.

    ``x`` has shape (samples, inputs, height, width), the result (samples, outputs, *positions).
    ``weight`` has shape (outputs, inputs / groups, *kernel).  With ``bias=None`` there is no bias.

    >>> import numpy as np, nn
    >>> layer = nn.Conv2d(1, 8, kernel=5, stride=2, rng=np.random.default_rng(0))
    >>> layer(np.ones((10, 1, 28, 28))).shape
    (10, 8, 12, 12)
    """

    axes = 2
