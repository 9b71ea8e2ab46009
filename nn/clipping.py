"""Gradients of bounded size, and optimisers that take only such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_lite as al
from nn.hyperparameters import like
from nn.vectors import inner


def clip_by_norm(gradient: Any, limit: float) -> Any:
    """The gradient, shortened to length ``limit`` if it is longer: g · c / max(‖g‖, c).

    ‖g‖ is the norm of all arrays together, so that the direction stays.  A shorter gradient stays
    what it is, bit for bit.  (Pascanu, Mikolov & Bengio 2013, algorithm 1)

    >>> import numpy as np, nn
    >>> nn.clip_by_norm({"w": np.array([3.0, 4.0])}, 1.0)
    {'w': array([0.6, 0.8])}
    """
    scale = limit / np.maximum(np.sqrt(inner(gradient, gradient)), limit)
    return al.tree_map(lambda g: g * like(scale, g), gradient)


def clip_by_value(gradient: Any, limit: float) -> Any:
    """Every entry of the gradient brought into [−limit, limit].

    >>> import numpy as np, nn
    >>> nn.clip_by_value({"w": np.array([3.0, -0.5])}, 1.0)
    {'w': array([ 1. , -0.5])}
    """
    return al.tree_map(lambda g: np.minimum(np.maximum(g, -limit), limit), gradient)


@dataclass(frozen=True)
class Clipped:
    """An optimiser whose gradients are clipped first, by `clip_by_norm` or `clip_by_value`.

    >>> import numpy as np, nn
    >>> optimizer = nn.Clipped(nn.SGD(1.0), 0.5)
    >>> optimizer(np.array([2.0]), np.array([100.0]), optimizer.start(np.array([2.0])))
    (array([1.5]), 1)
    """

    optimizer: Any
    limit: float
    clip: Callable[[Any, float], Any] = clip_by_norm

    def __post_init__(self) -> None:
        if not self.limit > 0:
            raise ValueError(f"Clipped: limit = {self.limit}; it must be greater than 0")

    def start(self, model: Any) -> Any:
        """The state of the optimiser before the first step."""
        return self.optimizer.start(model)

    def __call__(self, model: Any, gradient: Any, state: Any) -> tuple[Any, Any]:
        model, state = self.optimizer(model, self.clip(gradient, self.limit), state)
        return model, state
