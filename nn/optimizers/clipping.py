"""Clipping: gradients of bounded size, and optimisers that clip theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import FUNCTION, checked
from nn.calls import OPTIMIZER, POSITIVE, TREE
from nn.display import Shown
from nn.parameters.hyperparameters import cast
from nn.parameters.vectors import inner

Model = TypeVar("Model")


@checked(gradient=TREE, limit=POSITIVE)
def clip_by_norm(gradient: Model, limit: float) -> Model:
    """The gradient, shortened to length ``limit`` if it is longer: g · c / max(‖g‖, c).

    ‖g‖ is the norm of all arrays together, so that the direction stays.  A shorter gradient stays
    the same, bit for bit, and no square overflows.  Raises ValueError unless the limit is greater
    than 0.  (Pascanu, Mikolov & Bengio 2013, algorithm 1)

    >>> import numpy as np, nn
    >>> nn.clip_by_norm({"w": np.array([3.0, 4.0])}, 1.0)
    {'w': array([0.6, 0.8])}
    """
    # Lengths in units of a power of two near the largest entry: that rounds nothing.
    peaks = [np.max(np.abs(g)) for g in al.tree_leaves(gradient) if np.size(g)]
    unit = np.exp2(np.floor(np.log2(reduce(np.maximum, peaks, limit))))
    scaled = al.tree_map(lambda g: g / cast(unit, g), gradient)
    norm, bound = np.sqrt(inner(scaled, scaled)), limit / unit
    scale = bound / np.maximum(norm, bound)
    return al.tree_map(lambda g: g * cast(scale, g), gradient)


@checked(gradient=TREE, limit=POSITIVE)
def clip_by_value(gradient: Model, limit: float) -> Model:
    """The gradient with every entry brought into [−limit, limit].

    Raises ValueError unless the limit is greater than 0.

    >>> import numpy as np, nn
    >>> nn.clip_by_value({"w": np.array([3.0, -0.5])}, 1.0)
    {'w': array([ 1. , -0.5])}
    """

    def clipped(g: Any) -> Any:
        c = cast(limit, g)
        return np.minimum(np.maximum(g, -c), c)

    return al.tree_map(clipped, gradient)


@checked(optimizer=OPTIMIZER, limit=POSITIVE, clip=FUNCTION)
@dataclass(frozen=True)
class Clipped(Shown):
    """An optimiser whose gradients are clipped first, by `clip_by_norm` or `clip_by_value`.

    >>> import numpy as np, nn
    >>> optimizer = nn.Clipped(nn.SGD(1.0), 0.5)
    >>> optimizer(np.array([2.0]), np.array([100.0]), optimizer.start(np.array([2.0])))
    (array([1.5]), 1)
    """

    optimizer: Any
    limit: float
    clip: Callable[[Any, float], Any] = clip_by_norm

    def start(self, model: Any) -> Any:
        """The state of the optimiser before the first step."""
        return self.optimizer.start(model)

    def __call__(self, model: Model, gradient: Any, state: Any) -> tuple[Model, Any]:
        model, state = self.optimizer(model, self.clip(gradient, self.limit), state)
        return model, state

    def next_rate(self, state: Any) -> Any:
        """The rate of the step after ``state`` if a schedule gives it, else None."""
        inner = self.optimizer
        return inner.next_rate(state) if hasattr(inner, "next_rate") else None

    def next_rates(self, state: Any, n: int) -> Any:
        """The rates of the ``n`` steps after ``state`` if a schedule gives them, else None."""
        inner = self.optimizer
        return inner.next_rates(state, n) if hasattr(inner, "next_rates") else None

    def with_rate(self, rate: Any) -> Any:
        """The same with this number for the rate of its optimiser; with None, itself."""
        return self if rate is None else replace(self, optimizer=self.optimizer.with_rate(rate))
