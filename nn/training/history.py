"""The measurements of a training or a search, and where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd_lite.calls import checked
from autograd_lite.display import heading, notebook, notes, table
from nn.display import Shown, as_text

LINES = 20  # of a table, of however many reports


@checked()
@dataclass
class History:
    """The measurements of a training: plain floats, one entry per report.

    ``losses`` are those of the last batch, or what ``measure`` returned.  ``validation`` has what
    ``validate`` returned, by name.  ``stopped`` says why training ended early, if it did.  ``best``
    is the step of the best report, if `early_stopping` was to restore its model.

    ``print(history)`` and notebooks show a table, of a long one some reports.  ``history.columns``
    has all series by name, as a data frame takes them; `plots.history` draws them.

    >>> import nn
    >>> print(nn.History([1, 2], [0.5, 0.25], [0.1, 0.2], {"error": [0.2, 0.1]}))
    step  loss  error  seconds
       1   0.5    0.2      0.1
       2  0.25    0.1      0.2
    """

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    validation: dict[str, list[float]] = field(default_factory=dict)
    stopped: str = ""
    best: int | None = None

    @property
    def columns(self) -> dict[str, list[Any]]:
        """All series by name, beside the steps and the seconds.

        >>> import nn
        >>> [*nn.History(validation={"error": []}).columns]
        ['step', 'loss', 'error', 'seconds']
        """
        return {
            "step": self.steps,
            "loss": self.losses,
            **self.validation,
            "seconds": self.seconds,
        }

    def _lines(self) -> list[tuple[str, ...]]:
        """The head, and as many reports as can be looked at, the best and the last among them."""
        n = len(self.steps)
        shown = {*range(n)} if n <= LINES else {i * (n - 1) // (LINES - 1) for i in range(LINES)}
        if self.best in self.steps:
            shown.add(self.steps.index(self.best))
        steps, *rest = [series for series in self.columns.values() if len(series) == n]
        names = [name for name, series in self.columns.items() if len(series) == n]
        lines = [(f"{steps[i]:,}", *(f"{series[i]:.4g}" for series in rest)) for i in sorted(shown)]
        return [tuple(names), *lines]

    @property
    def _ended(self) -> str:
        best = f"the best report is that of step {self.best:,}" if self.best is not None else ""
        stopped = f"stopped: {self.stopped}" if self.stopped else ""
        return "; ".join(filter(None, (best, stopped)))

    @property
    def _in_brief(self) -> str:
        return f"{len(self.steps):,} report{'s' * (len(self.steps) != 1)}"

    def __str__(self) -> str:
        lines, n = self._lines(), len(self.steps)
        left_out = f"{len(lines) - 1} of {n:,} reports shown" if len(lines) <= n else ""
        return as_text(lines, foot="; ".join(filter(None, (left_out, self._ended))))

    @notebook
    def _repr_html_(self) -> str:
        head, *lines = self._lines()
        shown = "" if len(lines) == len(self.steps) else f"{len(lines)} of them shown"
        facts = heading(type(self).__name__, self._in_brief, shown)
        return facts + table(head, lines) + notes([self._ended])

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
            raise KeyError(
                f"nothing called {name!r} was measured; there is {known}; for more give "
                f"validate=lambda model: {{{name!r}: ...}}"
            )
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
class Training(Shown):
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
