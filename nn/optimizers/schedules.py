"""Schedules: learning rates as functions of the number of steps taken so far, 0 at the first.

Every optimiser takes one in place of a number.  They are plain NumPy without branches on the
step, and can be pickled.
"""

from __future__ import annotations

from functools import partial
from inspect import signature
from typing import Any

import numpy as np

from autograd_lite.calls import checked
from nn.calls import NOT_NEGATIVE, POSITIVE, RATE, SIZE
from nn.parameters.hyperparameters import Rate, Schedule, rate_at


class Decay(partial[Any]):
    """A schedule that is shown as it was made.

    >>> import nn
    >>> nn.warmup(nn.cosine_decay(0.1, steps=500), 20)
    warmup(schedule=cosine_decay(rate=0.1, steps=500, last=0.0), steps=20)
    """

    def __repr__(self) -> str:
        told = ", ".join(
            f"{name}={x!r}" for name, x in zip(signature(self.func).parameters, self.args)
        )
        return f"{self.func.__name__.removeprefix('_')}({told})"


@checked(rate=POSITIVE, half_life=POSITIVE)
def inverse_decay(rate: float, half_life: float) -> Schedule:
    """rate / (1 + t / half_life), whose sum diverges while the sum of its squares does not.

    Under these conditions the stochastic gradient method converges.  (Robbins & Monro 1951)

    >>> import nn
    >>> float(nn.inverse_decay(0.5, half_life=100)(100))
    0.25
    """
    return Decay(_inverse_decay, rate, half_life)


@checked(rate=POSITIVE, factor=POSITIVE, every=SIZE)
def exponential_decay(rate: float, factor: float, every: int = 1) -> Schedule:
    """rate · factor^⌊t / every⌋, multiplied by ``factor`` once in ``every`` steps.

    >>> import nn
    >>> schedule = nn.exponential_decay(1.0, 0.5, every=10)
    >>> [float(schedule(t)) for t in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    return Decay(_exponential_decay, rate, factor, every)


@checked(rate=POSITIVE, steps=SIZE, last=NOT_NEGATIVE)
def cosine_decay(rate: float, steps: int, last: float = 0.0) -> Schedule:
    """From ``rate`` to ``last`` along half a cosine: last + ½ (rate − last)(1 + cos(π t / steps)).

    After ``steps`` steps it stays at ``last``.  (Loshchilov & Hutter 2017, equation 5)

    >>> import nn
    >>> schedule = nn.cosine_decay(1.0, steps=100)
    >>> [round(float(schedule(t)), 3) for t in (0, 50, 100, 200)]
    [1.0, 0.5, 0.0, 0.0]
    """
    return Decay(_cosine_decay, rate, steps, last)


@checked(schedule=RATE, steps=SIZE)
def warmup(schedule: Rate, steps: int) -> Schedule:
    """schedule(t) · min(1, (t + 1) / steps): the first ``steps`` steps grow linearly.

    >>> import nn
    >>> schedule = nn.warmup(0.5, steps=5)
    >>> [float(schedule(t)) for t in (0, 1, 4, 9)]
    [0.1, 0.2, 0.5, 0.5]
    """
    return Decay(_warmup, schedule, steps)


# ---- the same as functions of all their numbers ----


def _inverse_decay(rate: float, half_life: float, t: Any) -> Any:
    return rate / (1 + t / half_life)


def _exponential_decay(rate: float, factor: float, every: int, t: Any) -> Any:
    return rate * factor ** (t // every)


def _cosine_decay(rate: float, steps: int, last: float, t: Any) -> Any:
    return last + (rate - last) * (1 + np.cos(np.pi * np.minimum(t / steps, 1))) / 2


def _warmup(schedule: Rate, steps: int, t: Any) -> Any:
    return rate_at(schedule, t) * np.minimum((t + 1) / steps, 1)
