"""Hyperparameters: their dtype, and rates that change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from nn.display import Shown

Schedule = Callable[[Any], Any]
Rate = float | Schedule


class Hyperparameters(Shown):
    """A dataclass of hyperparameters, whose rate may change."""

    def next_rate(self, state: Any) -> Any:
        """The rate of the step after ``state`` if a schedule gives it, else None."""
        rate = getattr(self, "rate", None)
        return rate(getattr(state, "steps", state)) if callable(rate) else None

    def next_rates(self, state: Any, n: int) -> list[Any] | None:
        """The rates of the ``n`` steps after ``state`` if a schedule gives them, else None."""
        rate, t = getattr(self, "rate", None), getattr(state, "steps", state)
        return [rate(t + i) for i in range(n)] if callable(rate) else None

    def with_rate(self, rate: Any) -> Any:
        """The same with this number for its rate; with None, itself."""
        return self if rate is None else replace(self, rate=rate)  # type: ignore[type-var]


def rate_at(rate: Rate, t: Any) -> Any:
    """The rate after ``t`` steps, be it a number or a function of the step."""
    return rate(t) if callable(rate) else rate


def cast(value: Any, p: Any) -> Any:
    """A hyperparameter in the dtype of ``p``: a NumPy float64 would turn float32 into float64."""
    if type(value) is float:  # nearly always
        return value
    if not (hasattr(value, "dtype") and hasattr(p, "dtype")):
        return value
    return np.positive(value, dtype=p.dtype)  # has a rule for numbers too, unlike astype


def as_number(value: Any) -> Any:
    """A hyperparameter of a function as a Python number, for the same reason.

    >>> import numpy as np
    >>> as_number(np.float64(0.5)), as_number(0.5)
    (0.5, 0.5)
    """
    return value.item() if isinstance(value, (np.generic, np.ndarray)) and not value.ndim else value
