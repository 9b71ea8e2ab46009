"""Normalisation: numbers shifted and scaled to mean 0 and variance 1, then by what is learnt."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_lite as al
from nn.parameters.hyperparameters import number

Array = Any
Axes = tuple[int, ...]


def _deviation(x: Array, axes: Axes, epsilon: float) -> Array:
    return np.sqrt(np.var(x, axis=axes, keepdims=True) + epsilon)


@al.primitive
def standardized(x: Array, *, axes: Axes, epsilon: float) -> Array:
    """(x − μ) / √(v + ε): see `standardize`."""
    return (x - np.mean(x, axis=axes, keepdims=True)) / _deviation(x, axes, epsilon)


def _standardized_back(g: Array, y: Array, x: Array, axes: Axes, epsilon: float) -> Array:
    along = np.mean(g * y, axis=axes, keepdims=True)
    return (g - np.mean(g, axis=axes, keepdims=True) - y * along) / _deviation(x, axes, epsilon)


al.rule(standardized, x=_standardized_back)


def standardize(x: Array, axis: int | Axes = -1, *, epsilon: float = 1e-5) -> Array:
    """(x − μ) / √(v + ε) with mean μ and variance v along ``axis``.  (Ioffe & Szegedy 2015, alg. 1)

    Shape and dtype of ``x``; v divides by the number of elements.  With y the result, the
    derivative is (g − mean g − y · mean(g y)) / √(v + ε).

    >>> import numpy as np, nn
    >>> nn.standardize(np.array([1.0, 3.0]), epsilon=0.0)
    array([-1.,  1.])
    """
    return standardized(x, axes=(axis,) if isinstance(axis, int) else axis, epsilon=number(epsilon))


@dataclass(init=False)
class LayerNorm:
    """`standardize` along the last axis, then ``weight`` · y + ``bias``.  (Ba et al. 2016)

    ``weight`` and ``bias`` have shape (size,), ``x`` (…, size).  Samples do not meet, so training
    and evaluation are the same.

    >>> import numpy as np, nn
    >>> nn.LayerNorm(2, epsilon=0.0)(np.array([[1.0, 3.0]]))
    array([[-1.,  1.]])
    """

    weight: Array
    bias: Array
    epsilon: float = field(metadata={"static": True})

    def __init__(self, size: int, *, epsilon: float = 1e-5, dtype: Any = float) -> None:
        self.weight, self.bias = np.ones(size, dtype), np.zeros(size, dtype)
        self.epsilon = number(epsilon)

    def __call__(self, x: Array) -> Array:
        if x.shape[-1:] != self.weight.shape:
            raise _mismatch("LayerNorm", x, -1, self.weight)
        return self.weight * standardize(x, epsilon=self.epsilon) + self.bias


def _mismatch(name: str, x: Array, axis: int, weight: Array) -> ValueError:
    return ValueError(
        f"{name}: x has shape {x.shape}, and this layer is for {weight.shape[0]} numbers along "
        f"axis {axis}; make it {name}(n) for n of them"
    )


# ---- batch normalisation ----


@al.primitive
def frozen(statistic: Array) -> Array:
    """The statistic itself, with gradient 0: it is measured, not trained."""
    return statistic


al.rule(frozen, statistic=lambda g: np.zeros_like(g))


@dataclass(init=False)
class BatchNorm:
    """`standardize` each channel over the batch, then ``weight`` · y + ``bias``.  (Ioffe & Szegedy)

    ``x`` has shape (samples, channels) or (samples, channels, *space).  In training, mean and
    variance are those of the batch; in evaluation they are the layer's own, ``mean`` and
    ``variance``, which `update_statistics` measures.  A forward pass never changes them, since
    models are pure.  They are leaves of the model, so that they are saved with it and `nn.ravel`
    counts them; but their gradient is 0 in either mode, and no optimiser of `nn`, no weight decay
    and no penalty moves them.

    >>> import numpy as np, nn
    >>> layer, x = nn.BatchNorm(1, epsilon=0.0), np.array([[1.0], [3.0]])
    >>> layer(x, training=True).tolist()
    [[-1.0], [1.0]]
    >>> layer(x).tolist()
    [[1.0], [3.0]]
    """

    weight: Array
    bias: Array
    mean: Array = field(metadata={"measured": True})
    variance: Array = field(metadata={"measured": True})
    epsilon: float = field(metadata={"static": True})

    def __init__(self, channels: int, *, epsilon: float = 1e-5, dtype: Any = float) -> None:
        self.weight, self.bias = np.ones(channels, dtype), np.zeros(channels, dtype)
        self.mean, self.variance = np.zeros(channels, dtype), np.ones(channels, dtype)
        self.epsilon = number(epsilon)

    def __call__(self, x: Array, *, training: bool = False) -> Array:
        axes = self._axes(x)
        shape = (-1, *(1,) * (len(axes) - 1))  # beside the channels, which are axis 1
        if training:
            y = standardize(x, axes, epsilon=self.epsilon)
        else:
            mean, variance = frozen(self.mean), frozen(self.variance)
            deviation = np.sqrt(variance + self.epsilon)
            y = (x - np.reshape(mean, shape)) / np.reshape(deviation, shape)
        return np.reshape(self.weight, shape) * y + np.reshape(self.bias, shape)

    def updated(self, x: Array, momentum: float) -> BatchNorm:
        """The layer with (1 − m) · statistics + m · those of the batch, m the momentum.

        The variance divides by n − 1.  (Ioffe & Szegedy 2015, alg. 2, line 10)

        >>> import numpy as np, nn
        >>> layer = nn.BatchNorm(1).updated(np.array([[1.0], [3.0]]), momentum=1.0)
        >>> layer.mean.tolist(), layer.variance.tolist()
        ([2.0], [2.0])
        """
        axes, m = self._axes(x), number(momentum)
        if x.size <= x.shape[1]:
            raise ValueError(f"BatchNorm: one number per channel has no variance: x is {x.shape}")
        mean, variance = np.mean(x, axis=axes), np.var(x, axis=axes, ddof=1)
        new, dtype = copy(self), self.mean.dtype
        new.mean = ((1 - m) * self.mean + m * mean).astype(dtype)
        new.variance = ((1 - m) * self.variance + m * variance).astype(dtype)
        return new

    def _axes(self, x: Array) -> Axes:
        if len(x.shape) < 2 or x.shape[1:2] != self.weight.shape:
            raise _mismatch("BatchNorm", x, 1, self.weight)
        return (0, *range(2, len(x.shape)))
