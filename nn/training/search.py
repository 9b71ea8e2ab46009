"""A search by one of SciPy's methods: its function of a vector, its record, and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.calls import checked
from nn.parameters.paths import named_leaves
from nn.parameters.trainable import refuse_shared
from nn.parameters.vectors import ravel, unravel
from nn.training.checks import check_callbacks, judge_of, warn
from nn.training.history import Callback, History
from nn.training.progress import Progress
from nn.training.reports import Reports, Validate

Array = Any
Function = Callable[[Any], Any]


@checked()
@dataclass
class Solution(History):
    """The history of a search, and how it ended.

    ``steps`` counts evaluations of the loss, and ``losses`` has the lowest value until then.
    """

    converged: bool = False
    message: str = ""

    @property
    def _ended(self) -> str:
        how = "converged" if self.converged else "not converged"
        return "; ".join(filter(None, (super()._ended, f"{how}: {self.message}")))


class Stopped(Exception):
    """A callback ends a search, which SciPy does not know how to end."""


class Search:
    """A function of a model as a function of a vector, and the record of a search."""

    def __init__(
        self,
        who: str,
        function: Function,
        model: Any,
        every: int,
        validate: Validate | None,
        callbacks: Sequence[Callback],
        progress: bool,
    ) -> None:
        for part, leaf in named_leaves(model).items():
            dtype = np.result_type(leaf)
            if dtype.kind in "biu":  # every step would be rounded away
                raise TypeError(
                    f"{who}: {part or 'the model'} has dtype {dtype}, and a search needs numbers "
                    f"that vary continuously; use floats, as in 2.0 or x.astype(float)"
                )
        refuse_shared(who, model)
        check_callbacks(who, callbacks)
        self.model, self.every = model, every
        self.function: Function = lambda p: function(unravel(p, model))
        self.start = np.asarray(ravel(model), dtype=float)
        self.best = (np.inf, self.start)
        self.evaluations = 0
        self.solution, self.shown = Solution(), Progress(None, shown=progress)
        judge = judge_of(who, callbacks)
        self.reports = Reports(who, self.solution, validate, callbacks, self.shown, judge)

    def run(self, method: Callable[[], Any]) -> Any:
        """What a method finds, or None where a callback or Ctrl-C ends it."""
        with self.shown:
            try:
                return method()
            except Stopped as ended:
                self.solution.stopped = f"by {ended} after {self.evaluations:,} evaluations"
            except KeyboardInterrupt:
                self.solution.stopped = f"interrupted after {self.evaluations:,} evaluations"
            self.shown.say(f"stopped: {self.solution.stopped}")
            return None

    def record(self, p: Array, value: float) -> None:
        """Keep an evaluation, and make a report where one is due."""
        if value < self.best[0]:
            self.best = (value, p.copy())
        self.evaluations += 1
        if self.evaluations % self.every == 0:
            model = unravel(self.best[1], self.model)
            if ended := self.reports.made(self.evaluations, self.best[0], model, state=None):
                raise Stopped(ended)

    def finish(self, search: str, found: Any) -> tuple[Any, Solution]:
        """The model and how the search ended; warns where it did not converge."""
        if found is None:
            self.solution.message = f"stopped {self.solution.stopped}"
        else:
            self.solution.converged = bool(found.success)
            self.solution.message = str(found.message)
        if found is not None and not found.success:
            warn(
                f"{search} did not converge: {found.message} Best value {self.best[0]:.3e} "
                f"after {self.evaluations} evaluations; more steps, another start or a larger "
                f"tolerance may help",
                RuntimeWarning,
            )
        best = self.reports.best
        return unravel(self.best[1], self.model) if best is None else best, self.solution
