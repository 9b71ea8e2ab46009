"""Optimisers: pure functions ``(model, gradient, state) -> (model, state)``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import autograd_lite as al


@dataclass(frozen=True)
class SGD:
    """The stochastic gradient method: p ← p − η ∇C(p), for every array of the model.  (BU, OV)

    >>> import nn
    >>> optimizer = nn.SGD(0.5)
    >>> model, state = optimizer({"w": 3.0}, {"w": 2.0}, optimizer.start({"w": 3.0}))
    >>> model
    {'w': 2.0}
    """

    rate: float

    def start(self, model: Any) -> None:
        """The state before the first step: there is none."""

    def __call__(self, model: Any, gradient: Any, state: None = None) -> tuple[Any, None]:
        rate = float(self.rate)  # a NumPy scalar would turn float32 into float64
        return al.tree_map(lambda p, g: p - rate * g, model, gradient), None
