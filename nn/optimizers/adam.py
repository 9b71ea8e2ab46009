"""Adam and its relatives, with a rate for every parameter: RMSprop, Adam, AdamW."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import checked
from nn.calls import BELOW_ONE, NOT_NEGATIVE, RATE, stepping
from nn.parameters.buffers import map_trained
from nn.parameters.hyperparameters import Hyperparameters, Rate, cast, rate_at
from nn.parameters.trainable import refuse_shared
from nn.parameters.vectors import zeros_like

Model = TypeVar("Model")


class Square(NamedTuple):
    """The number of steps taken, and the decaying mean of the squared gradient."""

    steps: int
    square: Any


class Moments(NamedTuple):
    """The number of steps taken, and decaying means of the gradient and of its square."""

    steps: int
    mean: Any
    square: Any


def _decay(beta: float, mean: Any, values: Any) -> Any:
    """β m + (1 − β) g"""
    return al.tree_map(lambda m, g: cast(beta, g) * m + cast(1 - beta, g) * g, mean, values)


def _squared(gradient: Any) -> Any:
    return al.tree_map(lambda g: g * g, gradient)


ADAM = {
    "rate": RATE,
    "mean_decay": BELOW_ONE,
    "square_decay": BELOW_ONE,
    "epsilon": NOT_NEGATIVE,
}


@checked(rate=RATE, square_decay=BELOW_ONE, epsilon=NOT_NEGATIVE)
@dataclass(frozen=True)
class RMSprop(Hyperparameters):
    """p ← p − α g / (√v + ε), where v ← β v + (1 − β) g².  (Tieleman & Hinton 2012)

    >>> import nn
    >>> optimizer = nn.RMSprop(0.5, square_decay=0.75, epsilon=0.0)
    >>> float(optimizer(3.0, 2.0, optimizer.start(3.0))[0])
    2.0
    """

    rate: Rate = 0.001
    square_decay: float = 0.9
    epsilon: float = 1e-8

    def start(self, model: Any) -> Square:
        """The state before the first step."""
        refuse_shared(type(self).__name__, model)
        return Square(0, zeros_like(model))

    @stepping
    def __call__(self, model: Model, gradient: Any, state: Square) -> tuple[Model, Square]:
        rate = rate_at(self.rate, state.steps)
        square = _decay(self.square_decay, state.square, _squared(gradient))

        def step(p: Any, g: Any, v: Any) -> Any:
            return p - cast(rate, p) * g / (np.sqrt(v) + cast(self.epsilon, p))

        new = al.tree_map(step, model, gradient, square)
        return new, Square(state.steps + 1, square)


@checked(**ADAM)
@dataclass(frozen=True)
class Adam(Hyperparameters):
    """θ_t = θ_{t−1} − α m̂_t / (√v̂_t + ε).  (BU, Adam; Kingma & Ba 2015, algorithm 1)

    Here m_t = β₁ m_{t−1} + (1 − β₁) g_t, m̂_t = m_t / (1 − β₁ᵗ), and β₁ is ``mean_decay``.  Likewise
    v_t = β₂ v_{t−1} + (1 − β₂) g_t², v̂_t = v_t / (1 − β₂ᵗ), and β₂ is ``square_decay``.

    >>> import nn
    >>> optimizer = nn.Adam(0.5, epsilon=0.0)
    >>> round(float(optimizer(3.0, 2.0, optimizer.start(3.0))[0]), 12)
    2.5
    """

    rate: Rate = 0.001
    mean_decay: float = 0.9
    square_decay: float = 0.999
    epsilon: float = 1e-8

    def start(self, model: Any) -> Moments:
        """The state before the first step."""
        refuse_shared(type(self).__name__, model)
        return Moments(0, zeros_like(model), zeros_like(model))

    @stepping
    def __call__(self, model: Model, gradient: Any, state: Moments) -> tuple[Model, Moments]:
        rate, moments, (first, second) = self._moments(gradient, state)

        def step(p: Any, m: Any, v: Any) -> Any:
            m, v = m / cast(first, p), v / cast(second, p)
            return p - cast(rate, p) * m / (np.sqrt(v) + cast(self.epsilon, p))

        return al.tree_map(step, model, moments.mean, moments.square), moments

    def _moments(self, gradient: Any, state: Moments) -> tuple[Any, Moments, tuple[Any, Any]]:
        """The rate, the new moments, and their divisors, since they began with zeros."""
        t = state.steps + 1
        mean = _decay(self.mean_decay, state.mean, gradient)
        square = _decay(self.square_decay, state.square, _squared(gradient))
        bias = 1 - self.mean_decay**t, 1 - self.square_decay**t
        return rate_at(self.rate, state.steps), Moments(t, mean, square), bias


@checked(**ADAM, weight_decay=NOT_NEGATIVE)
@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: θ ← θ − α (m̂ / (√v̂ + ε) + λ θ).

    λ is ``weight_decay``.  Buffers, such as the statistics of `BatchNorm`, do not decay.
    (Loshchilov & Hutter 2019, algorithm 2, where α λ is called λ)

    >>> import nn
    >>> optimizer = nn.AdamW(0.5, epsilon=0.0, weight_decay=0.1)
    >>> round(float(optimizer(3.0, 2.0, optimizer.start(3.0))[0]), 12)
    2.35
    """

    weight_decay: float = 0.01

    @stepping
    def __call__(self, model: Model, gradient: Any, state: Moments) -> tuple[Model, Moments]:
        rate, moments, (first, second) = self._moments(gradient, state)

        def step(p: Any, m: Any, v: Any) -> Any:
            m, v = m / cast(first, p), v / cast(second, p)
            direction = m / (np.sqrt(v) + cast(self.epsilon, p)) + cast(self.weight_decay, p) * p
            return p - cast(rate, p) * direction

        return map_trained(step, model, moments.mean, moments.square), moments
