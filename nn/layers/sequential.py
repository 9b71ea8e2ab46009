"""Networks of layers one after the other, and how a layer learns that it is being trained."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from inspect import signature
from itertools import pairwise
from types import FunctionType, MethodType
from typing import Any, overload

import numpy as np

import autograd_lite as al
from autograd_lite.calls import FUNCTION, checked, maybe
from autograd_lite.display import folded, notebook
from nn.activations import relu
from nn.calls import LAYER, SIZES, WEIGHTS, as_array, need_array
from nn.display import Shown, fields_table
from nn.layers.initializers import Initializer, he, zeros
from nn.layers.linear import Linear
from nn.parameters.paths import named_leaves
from nn.parameters.summary import summary

Array = Any
#: Up to so many arrays are shown with what their numbers lie between.
IN_SIGHT = 8


@checked()
@dataclass(frozen=True)
class Flatten(Shown):
    """All axes after the first as one: (samples, …) becomes (samples, numbers).

    >>> import numpy as np, nn
    >>> nn.Flatten()(np.ones((10, 16, 4, 4))).shape
    (10, 256)
    """

    def __call__(self, x: Array) -> np.ndarray:
        need_array("Flatten", x)
        return np.reshape(x, (x.shape[0], math.prod(x.shape[1:])))


def call_in_training(layer: Any, x: Array, rng: np.random.Generator | None) -> Array:
    """``layer(x)`` with ``training=True`` and ``rng``, as far as the layer takes them."""
    given = {"training": True, "rng": rng}
    return layer(x, **{name: given[name] for name in _taken(layer)})


def _taken(layer: Any) -> tuple[str, ...]:
    """Which of the two a layer takes; a partial function keeps those it has fixed."""
    if isinstance(layer, partial):
        return tuple(name for name in _taken(layer.func) if name not in layer.keywords)
    if isinstance(layer, MethodType):
        return _taken_by(layer.__func__)
    return _taken_by(layer if isinstance(layer, FunctionType) else type(layer).__call__)


@lru_cache(1024)  # bounded, since functions may be made anew for each call
def _taken_by(function: Any) -> tuple[str, ...]:
    parameters = signature(function).parameters
    return tuple(name for name in ("training", "rng") if name in parameters)


@dataclass(init=False)
class Sequential:
    """Layers and activation functions, one after the other: ``Sequential(a, b)``, or a list.

    ``model(x)`` evaluates.  ``model(x, training=True, rng=rng)`` hands both on to the layers that
    take them, such as `nn.Dropout` and `nn.BatchNorm`.  The others do the same as in evaluation.
    ``model[i]`` is a layer, and a slice is a model; ``print(model)`` shows a table: see `summary`.
    In programs and graphs the result of layer l is called z_l, and after an activation a_l.

    >>> import numpy as np, nn
    >>> layer = nn.Linear.of(np.array([[1.0, -1.0]]), np.array([0.5]))
    >>> nn.Sequential(layer, nn.relu)(np.array([2.0, 1.0]))
    array([1.5])
    """

    layers: list[Any]

    @checked()
    def __init__(self, layers: Any, *more: Any) -> None:
        several = isinstance(layers, (list, tuple)) and not more
        self.layers = [*layers] if several else [layers, *more]
        for i, layer in enumerate(self.layers):
            LAYER.check("Sequential", f"layers[{i}]", layer)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    @overload
    def __getitem__(self, index: int) -> Any: ...

    def __getitem__(self, index: Any) -> Any:
        return Sequential(self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __str__(self) -> str:
        return str(summary(self))

    @notebook
    def _repr_html_(self) -> str:
        """The layers, and of a small model or its gradient the numbers, too."""
        told = summary(self)._html("Sequential")
        numbers = named_leaves(self)
        if 0 < len(numbers) <= IN_SIGHT:
            told += folded("numbers", fields_table(numbers), is_open=True)
        return told

    def __call__(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> np.ndarray:
        number = 0
        if type(x) is not np.ndarray and hasattr(x, "shape"):  # such as a table
            x = as_array(x)
        for layer in self.layers:
            x = call_in_training(layer, x, rng) if training else layer(x)
            if type(layer) is FunctionType:
                al.named(f"a{number}", x)
            elif hasattr(layer, "weight"):
                number += 1
                al.named(f"z{number}", x)
                if isinstance(layer, Linear):
                    al.named(f"W{number}", layer.weight)
                    if layer.bias is not None:
                        al.named(f"b{number}", layer.bias)
        return x


@checked(sizes=SIZES, activation=FUNCTION, output=maybe(FUNCTION), **WEIGHTS)
def MLP(
    sizes: Sequence[int],
    activation: Callable[[Array], Array] = relu,
    output: Callable[[Array], Array] | None = None,
    *,
    rng: np.random.Generator,
    weight: Initializer = he,
    bias: Initializer | None = zeros,
    dtype: Any = float,
) -> Sequential:
    """A fully connected network with layers of these sizes, the input first.  (LI 6.11)

    ``activation`` follows every layer but the last; that one is followed by ``output``, if given.
    Classifiers end in logits, which their losses take.  Less than two sizes raise a ValueError.

    >>> import numpy as np, nn
    >>> net = nn.MLP([784, 200, 10], rng=np.random.default_rng(0))
    >>> sum(w.size for w in al.tree_leaves(net))
    159010
    """
    if len(sizes) < 2:
        raise ValueError(
            f"MLP: sizes {list(sizes)} are no layer; give the inputs and the outputs at least, as "
            f"in MLP([784, 10])"
        )
    layers: list[Any] = []
    for inputs, outputs in pairwise(sizes):
        layers.append(Linear(inputs, outputs, rng=rng, weight=weight, bias=bias, dtype=dtype))
        layers.append(activation)
    layers.pop()
    return Sequential([*layers, output] if output is not None else layers)
