"""Reports of a training or a search: what is measured, kept, shown and called back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, SupportsFloat

from nn.calls import as_array
from nn.training.checks import measurements
from nn.training.history import Callback, History, Training
from nn.training.progress import Progress
from nn.training.ranks import Alone

Validate = Callable[[Any], Mapping[str, SupportsFloat]]


def validation(loss: Callable[..., Any], data: Sequence[Any]) -> Validate:
    """The loss of a model for data that it is not trained with."""
    arrays = [as_array(part) for part in data]
    return lambda model: {"validation loss": loss(model, *arrays)}


@dataclass
class Reports:
    """The reports of one run; ``best`` is the best model so far, where a callback restores it."""

    who: str
    history: History
    validate: Validate | None
    callbacks: Sequence[Callback]
    shown: Progress
    judge: Any = None
    best: Any = None
    ranks: Alone = field(default_factory=Alone)

    def __post_init__(self) -> None:
        before = self.history.seconds[-1] if self.history.seconds else 0.0
        self.start = perf_counter() - before

    def made(self, step: int, loss: float, model: Any, **stand: Any) -> str:
        """Make a report of a model, and say which callback ends the run; "" if none does.

        ``stand`` is what the `Training` has beside it.
        """
        values = {"loss": loss}
        if self.validate:
            values |= measurements(self.who, self.validate(model))
        values = self.ranks.said(values)
        self.history.add(step, values, perf_counter() - self.start)
        if self.judge and self.judge.best_report(self.history) == len(self.history.steps) - 1:
            self.best, self.history.best = model, step
        self.shown.show(step, values)
        training = Training(step, model, history=self.history, best=self.best, **stand)
        called = self.callbacks if self.ranks.first else ()
        stops = [_spoken(callback) for callback in called if callback(training)]
        return str(self.ranks.said(" and ".join(stops)))


def _spoken(callback: Callback) -> str:
    return str(getattr(callback, "spoken", "a callback"))
