"""Gradient descent, with momentum, and with a rate from the curvature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import checked
from nn.calls import BELOW_ONE, NOT_NEGATIVE, RATE, stepping
from nn.parameters.buffers import map_trained, trained_leaves
from nn.parameters.hyperparameters import Hyperparameters, Rate, cast, rate_at
from nn.parameters.trainable import refuse_shared
from nn.parameters.vectors import inner, zeros_like

Model = TypeVar("Model")

LARGE = 2**17  # bytes from which an array costs more to get from the system than to fill


def minus(p: Any, step: Any) -> Any:
    """p − step, written into ``step`` if that is large: nobody else may hold it."""
    if type(step) is np.ndarray is type(p) and step.nbytes > LARGE and step.dtype == p.dtype:
        return np.subtract(p, step, out=step)
    return p - step


# ---- gradient descent and momentum ----


@checked(rate=RATE)
@dataclass(frozen=True)
class SGD(Hyperparameters):
    """The stochastic gradient method: p ← p − η ∇C(p), for every array of the model.  (BU, OV)

    The state is the number of steps taken.

    >>> import nn
    >>> optimizer = nn.SGD(0.5)
    >>> model, state = optimizer({"w": 3.0}, {"w": 2.0}, optimizer.start({"w": 3.0}))
    >>> model
    {'w': 2.0}
    """

    rate: Rate

    def start(self, model: Any) -> int:
        """The state before the first step."""
        refuse_shared(type(self).__name__, model)
        return 0

    @stepping
    def __call__(self, model: Model, gradient: Any, state: int) -> tuple[Model, int]:
        rate = rate_at(self.rate, state)
        return al.tree_map(lambda p, g: minus(p, cast(rate, p) * g), model, gradient), state + 1


class Previous(NamedTuple):
    """The number of steps taken, and a model of the step before."""

    steps: int
    before: Any


@checked(rate=RATE, momentum=BELOW_ONE)
@dataclass(frozen=True)
class _Momentum(Hyperparameters):
    rate: Rate
    momentum: float = 0.9

    def start(self, model: Any) -> Previous:
        """The state before the first step."""
        refuse_shared(type(self).__name__, model)
        return Previous(0, model)


class HeavyBall(_Momentum):
    """Momentum descent: W⁺ = W − α ∂L/∂W + β (W − W⁻), from W⁻ = W.  (CA, momentum descent)

    >>> import nn
    >>> optimizer = nn.HeavyBall(0.5, momentum=0.5)
    >>> model, state = optimizer(3.0, 2.0, optimizer.start(3.0))
    >>> optimizer(model, 2.0, state)[0]
    0.5
    """

    @stepping
    def __call__(self, model: Model, gradient: Any, state: Previous) -> tuple[Model, Previous]:
        rate, beta = rate_at(self.rate, state.steps), self.momentum

        def step(p: Any, g: Any, before: Any) -> Any:
            return p - cast(rate, p) * g + cast(beta, p) * (p - before)

        new = map_trained(step, model, gradient, state.before)
        return new, Previous(state.steps + 1, model)


class Nesterov(_Momentum):
    """Nesterov's method: x⁺ = y − α ∇C(y), y⁺ = x⁺ + β (x⁺ − x).  (Nesterov 1983)

    The model is y, where gradients are taken.  The state keeps x.

    >>> import nn
    >>> optimizer = nn.Nesterov(0.5, momentum=0.5)
    >>> optimizer(3.0, 2.0, optimizer.start(3.0))[0]
    1.5
    """

    @stepping
    def __call__(self, model: Model, gradient: Any, state: Previous) -> tuple[Model, Previous]:
        rate, beta = rate_at(self.rate, state.steps), self.momentum
        x = al.tree_map(lambda y, g: y - cast(rate, y) * g, model, gradient)
        y = map_trained(lambda x, before: x + cast(beta, x) * (x - before), x, state.before)
        return y, Previous(state.steps + 1, x)


# ---- a rate from the curvature ----


class Secant(NamedTuple):
    """The model and the gradient of the step before, for a secant."""

    before: Any
    gradient: Any


@checked(rate=NOT_NEGATIVE, largest=NOT_NEGATIVE)
@dataclass(frozen=True)
class BarzilaiBorwein(Hyperparameters):
    """p ← p − (⟨s, s⟩ / ⟨s, y⟩) g, where s = p − p⁻ and y = g − g⁻.  (Barzilai & Borwein 1988)

    There is one rate for all arrays: the inverse curvature along the last step.  Where that is not
    positive, as at the first step, the rate is ``rate``.  No rate is above ``largest``, which only
    costs that are not convex need.  The gradients must be whole: noise would spoil y.

    >>> import nn
    >>> optimizer, model = nn.BarzilaiBorwein(0.125), 3.0
    >>> state = optimizer.start(model)
    >>> for _ in range(2):  # C(p) = p²
    ...     model, state = optimizer(model, 2 * model, state)
    >>> float(model)
    0.0
    """

    rate: float
    largest: float = np.inf

    def start(self, model: Any) -> Secant:
        """The state before the first step."""
        refuse_shared(type(self).__name__, model)
        return Secant(model, zeros_like(model))

    @stepping
    def __call__(self, model: Model, gradient: Any, state: Secant) -> tuple[Model, Secant]:
        moved = al.tree_map(np.subtract, model, state.before)
        turned = al.tree_map(lambda _, g, before: g - before, model, gradient, state.gradient)
        s, y = trained_leaves(moved), trained_leaves(turned)
        curvature = inner(s, y)
        up = curvature > 0  # the first step needs no case of its own: s = 0
        rate = np.where(up, inner(s, s) / np.where(up, curvature, 1), self.rate)
        rate = np.minimum(rate, self.largest)
        new = al.tree_map(lambda p, g: p - cast(rate, p) * g, model, gradient)
        return new, Secant(model, gradient)
