"""The measurements of a training or a search, and where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd_lite.calls import checked


@checked()
@dataclass
class History:
    """The measurements of a training: plain floats, one entry per report.

    ``losses`` are those of the last batch, or what ``measure`` returned.  ``validation`` has what
    ``validate`` returned, by name.  ``stopped`` says why training ended early, if it did.  ``best``
    is the step of the best report, if `early_stopping` was to restore its model.
    """

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    validation: dict[str, list[float]] = field(default_factory=dict)
    stopped: str = ""
    best: int | None = None

    def series(self, name: str) -> list[float]:
        """The measurements of this name: ``"loss"``, or a name that ``validate`` gave.

        Raises KeyError for another name.

        >>> import nn
        >>> nn.History(steps=[1, 2], losses=[0.5, 0.25]).series("loss")
        [0.5, 0.25]
        """
        if name == "loss":
            return self.losses
        if name not in self.validation:
            known = ", ".join(["loss", *self.validation])
            raise KeyError(f"nothing called {name!r} was measured; there is {known}")
        return self.validation[name]

    def add(self, step: int, values: Mapping[str, float], seconds: float) -> None:
        """Append one report: ``values["loss"]``, and the others by name.

        Raises ValueError if the names are not those of the reports before.
        """
        if self.steps and values.keys() != {"loss", *self.validation}:
            before, now = ", ".join(["loss", *self.validation]), ", ".join(values)
            raise ValueError(
                f"step {step:,} reports {now}, and the steps before {before}: the series would no "
                f"longer belong together; give each report the same names (NaN where there is none)"
            )
        self.steps.append(step)
        self.seconds.append(seconds)
        for name, value in values.items():
            series = self.losses if name == "loss" else self.validation.setdefault(name, [])
            series.append(value)

    def until(self, step: int) -> History:
        """The history up to a step, as a copy."""
        n = bisect_right(self.steps, step)
        validation = {name: series[:n] for name, series in self.validation.items()}
        return History(self.steps[:n], self.losses[:n], self.seconds[:n], validation)


@checked()
@dataclass(frozen=True)
class Training:
    """Where a training stands: all that its next step depends on, except for the batches.

    ``optimizer`` is the name of the optimiser to which ``state`` belongs.  ``best`` is the best
    model so far, where one is kept.  ``per_epoch`` counts the steps of an epoch, where batches have
    a length.  ``trainable`` has the paths of what is trained, where that is not the model as it is.
    """

    step: int
    model: Any
    state: Any
    history: History
    optimizer: str = ""
    best: Any = None
    per_epoch: int | None = None
    trainable: tuple[str, ...] | None = None


Callback = Callable[[Training], Any]
