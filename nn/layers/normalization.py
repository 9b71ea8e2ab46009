"""Normalisation: numbers scaled to mean 0 and variance 1, then by learnt weights and biases."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import ARRAY, AXIS, checked, maybe
from nn.calls import DTYPE, GENERATOR, NOT_NEGATIVE, SHARE, SIZE, need_array
from nn.display import Shown
from nn.layers.sequential import call_in_training
from nn.parameters.counts import narrowed, widened
from nn.parameters.hyperparameters import as_number
from nn.parameters.paths import parts, rebuilt

Array = Any
Axes = tuple[int, ...]
Model = TypeVar("Model")


def _deviation(x: Array, axes: Axes, epsilon: float) -> Array:
    return narrowed(np.sqrt(np.var(widened(x), axis=axes, keepdims=True) + epsilon), x)


@al.primitive
def standardized(x: Array, *, axes: Axes, epsilon: float) -> Array:
    """(x − μ) / √(v + ε): see `standardize`."""
    return (x - np.mean(x, axis=axes, keepdims=True)) / _deviation(x, axes, epsilon)


def _standardized_vjp(g: Array, y: Array, x: Array, axes: Axes, epsilon: float) -> Array:
    along = np.mean(g * y, axis=axes, keepdims=True)
    return (g - np.mean(g, axis=axes, keepdims=True) - y * along) / _deviation(x, axes, epsilon)


al.rule(standardized, x=_standardized_vjp)


@checked(x=ARRAY, axis=AXIS, epsilon=NOT_NEGATIVE)
def standardize(x: Array, axis: int | Axes = -1, *, epsilon: float = 1e-5) -> np.ndarray:
    """(x − μ) / √(v + ε) with mean μ and variance v along ``axis``.  (Ioffe & Szegedy 2015, alg. 1)

    Shape and dtype of ``x``; v divides by the number of elements.  With y for the result and g for
    its cotangent, the pullback is (g − mean g − y · mean(g y)) / √(v + ε).

    >>> import numpy as np, nn
    >>> nn.standardize(np.array([1.0, 3.0]), epsilon=0.0)
    array([-1.,  1.])
    """
    axes = (axis,) if isinstance(axis, int) else axis
    return standardized(x, axes=axes, epsilon=as_number(epsilon))


@dataclass(init=False)
class LayerNorm(Shown):
    """`standardize` along the last axis, then ``weight`` · y + ``bias``.  (Ba et al. 2016)

    ``weight`` and ``bias`` have shape (size,), ``x`` (…, size).  Samples do not mix, so training
    and evaluation are the same.

    >>> import numpy as np, nn
    >>> nn.LayerNorm(2, epsilon=0.0)(np.array([[1.0, 3.0]]))
    array([[-1.,  1.]])
    """

    weight: np.ndarray
    bias: np.ndarray
    epsilon: float = field(metadata={"static": True})

    @checked(size=SIZE, epsilon=NOT_NEGATIVE, dtype=DTYPE)
    def __init__(self, size: int, *, epsilon: float = 1e-5, dtype: Any = float) -> None:
        self.weight, self.bias = np.ones(size, dtype), np.zeros(size, dtype)
        self.epsilon = as_number(epsilon)

    def __call__(self, x: Array) -> np.ndarray:
        need_array("LayerNorm", x)
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
class BatchNorm(Shown):
    """`standardize` each channel over the batch, then ``weight`` · y + ``bias``.  (Ioffe & Szegedy)

    ``x`` has shape (samples, channels) or (samples, channels, *space).  In training, mean and
    variance are those of the batch.  In evaluation they are the layer's own ``mean`` and
    ``variance``.  `nn.fit` measures them in every step, as running means with ``momentum``, and
    `update_statistics` all at once.  A forward pass never changes them, since models are pure.

    These two are leaves of the model, and are saved with it.  Their gradient is 0 in either mode,
    and no optimiser, weight decay or penalty of `nn` moves them.

    >>> import numpy as np, nn
    >>> layer, x = nn.BatchNorm(1, epsilon=0.0), np.array([[1.0], [3.0]])
    >>> layer(x, training=True).tolist()
    [[-1.0], [1.0]]
    >>> layer(x).tolist()
    [[1.0], [3.0]]
    """

    weight: np.ndarray
    bias: np.ndarray
    mean: np.ndarray = field(metadata={"measured": True})
    variance: np.ndarray = field(metadata={"measured": True})
    epsilon: float = field(metadata={"static": True})
    momentum: float = field(metadata={"static": True})

    @checked(channels=SIZE, epsilon=NOT_NEGATIVE, momentum=SHARE, dtype=DTYPE)
    def __init__(
        self,
        channels: int,
        *,
        epsilon: float = 1e-5,
        momentum: float = 0.1,
        dtype: Any = float,
    ) -> None:
        self.weight, self.bias = np.ones(channels, dtype), np.zeros(channels, dtype)
        self.mean, self.variance = np.zeros(channels, dtype), np.ones(channels, dtype)
        self.epsilon, self.momentum = as_number(epsilon), as_number(momentum)

    def __call__(self, x: Array, *, training: bool = False) -> np.ndarray:
        axes = self._axes(x)
        shape = (-1, *(1,) * (len(axes) - 1))  # the channels are axis 1
        if training:
            y = standardize(x, axes, epsilon=self.epsilon)
        else:
            mean, variance = frozen(self.mean), frozen(self.variance)
            deviation = np.sqrt(variance + self.epsilon)
            y = (x - np.reshape(mean, shape)) / np.reshape(deviation, shape)
        return np.reshape(self.weight, shape) * y + np.reshape(self.bias, shape)

    def updated(self, x: Array, momentum: float) -> BatchNorm:
        """The layer with (1 − m) · statistics + m · those of the batch, where m is the momentum.

        The variance divides by n − 1.  A batch of one number per channel raises a ValueError.
        (Ioffe & Szegedy 2015, alg. 2, line 10)

        >>> import numpy as np, nn
        >>> layer = nn.BatchNorm(1).updated(np.array([[1.0], [3.0]]), momentum=1.0)
        >>> layer.mean.tolist(), layer.variance.tolist()
        ([2.0], [2.0])
        """
        axes, m = self._axes(x), as_number(momentum)
        if x.size <= x.shape[1]:
            raise ValueError(
                f"BatchNorm: one number per channel has no variance: x is {x.shape}; give more "
                f"samples"
            )
        mean, variance = np.mean(x, axis=axes), np.var(widened(x), axis=axes, ddof=1)
        new, dtype = copy(self), self.mean.dtype
        new.mean = ((1 - m) * self.mean + m * mean).astype(dtype)
        new.variance = ((1 - m) * self.variance + m * variance).astype(dtype)
        return new

    def watched(self, note: Callable[[Array], Any]) -> BatchNorm:
        """The layer that calls ``note(x)`` with what it normalises in training.

        >>> import numpy as np, nn
        >>> layer = nn.BatchNorm(1).watched(print)
        >>> _ = layer(np.array([[1.0], [3.0]]), training=True)
        [[1.]
         [3.]]
        """
        return _Watched(self, note)

    def still(self) -> BatchNorm:
        """The layer that computes in training as in evaluation, by the statistics that it has.

        >>> import numpy as np, nn
        >>> nn.BatchNorm(1, epsilon=0.0).still()(np.array([[1.0], [3.0]]), training=True).tolist()
        [[1.0], [3.0]]
        """
        return _Still(self)

    def _axes(self, x: Array) -> Axes:
        need_array("BatchNorm", x)
        if len(x.shape) < 2 or x.shape[1:2] != self.weight.shape:
            raise _mismatch("BatchNorm", x, 1, self.weight)
        return (0, *range(2, len(x.shape)))


# ---- the statistics, measured in a pass of their own ----


class _Watched(BatchNorm):
    """See `BatchNorm.watched`."""

    def __init__(self, layer: BatchNorm, note: Callable[[Array], Any]) -> None:
        vars(self).update(vars(layer), note=note)

    def __call__(self, x: Array, *, training: bool = False) -> np.ndarray:
        if training:
            vars(self)["note"](x)
        return super().__call__(x, training=training)


class _Still(BatchNorm):
    """See `BatchNorm.still`."""

    def __init__(self, layer: BatchNorm) -> None:
        vars(self).update(vars(layer))

    def __call__(self, x: Array, *, training: bool = False) -> np.ndarray:
        return super().__call__(x)


class _Measured(_Watched):
    """A layer that trains, whether it is told so or not."""

    def __call__(self, x: Array, *, training: bool = True) -> np.ndarray:
        return super().__call__(x, training=True)


def _replaced(tree: Any, change: Callable[[BatchNorm, str], Any], path: str = "model") -> Any:
    """The tree with ``change(layer, path)`` for each `BatchNorm`; parts without one stay."""
    if isinstance(tree, BatchNorm):
        return change(tree, path)
    old = parts(tree, statics=True) or {}
    new = {step: _replaced(part, change, path + _written(tree, step)) for step, part in old.items()}
    return tree if all(new[step] is old[step] for step in old) else rebuilt(tree, new)


def _written(tree: Any, step: Any) -> str:
    """The step as Python code: an item, or a field."""
    return f".{step}" if isinstance(step, str) and not isinstance(tree, dict) else f"[{step!r}]"


@checked(x=ARRAY, momentum=SHARE, rng=maybe(GENERATOR))
def update_statistics(
    model: Model,
    x: Array,
    *,
    momentum: float = 1.0,
    rng: np.random.Generator | None = None,
) -> Model:
    """The model with the statistics of its `BatchNorm` layers measured on ``x``.

    ``model(x)`` is called in training mode, and every `BatchNorm` in the model, wherever it is,
    measures what reaches it.  One that is called several times is updated as often.  Called once
    after training, on as many samples as fit into memory, this gives the statistics of the final
    weights.  Called after each step, with a small ``momentum``, it gives the usual running means.

    It is a function of its own so that calling a model and training it stay pure.  ``rng`` is for
    `Dropout`.  A model that cannot be called raises a TypeError.  A layer that nothing reaches
    raises a ValueError that names it.

    >>> import numpy as np, nn
    >>> net = nn.Sequential([nn.BatchNorm(1), nn.tanh])
    >>> nn.update_statistics(net, np.array([[1.0], [3.0]])).layers[0].mean
    array([2.])
    """
    if not callable(model):
        raise TypeError(
            f"update_statistics: calls model(x) to measure, and a {type(model).__name__} cannot be "
            f"called; make the model an nn.Sequential, or a dataclass with a method __call__"
        )
    seen: dict[str, list[Array]] = {}

    def watch(layer: BatchNorm, path: str) -> BatchNorm:
        return _Measured(layer, seen.setdefault(path, []).append)

    call_in_training(_replaced(model, watch), x, rng)

    def updated(layer: BatchNorm, path: str) -> BatchNorm:
        batches = seen[path]
        if not batches:
            raise ValueError(
                f"update_statistics: nothing reached {path} while model(x) was called; measure the "
                f"part of the model that uses it"
            )
        for batch in batches:
            layer = layer.updated(batch, momentum)
        return layer

    return _replaced(model, updated)
