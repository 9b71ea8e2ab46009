"""The training loop, and how it tells its progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import Any

import autograd_lite as al


@dataclass
class History:
    """What was measured while training: plain floats, one entry per report."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def fit(
    model: Any,
    loss: Callable[..., Any],
    batches: Iterable[tuple[Any, ...]],
    optimizer: Any,
    *,
    steps: int,
    every: int | None = None,
    measure: Callable[[Any], float] | None = None,
    progress: bool = True,
) -> tuple[Any, History]:
    """Train: for each batch, the gradient of ``loss(model, *batch)`` and a step of the optimiser.

    Every ``every`` steps (a hundredth of all by default) the history gets ``measure(model)``, by
    default the loss of the last batch, and progress is shown: as a bar in a terminal, where tqdm is
    installed, as lines elsewhere.  Returns the trained model and the history.

    >>> import numpy as np, nn
    >>> def loss(w, x, y):
    ...     return nn.squared_error(w * x, y)
    >>> data = nn.samples(np.ones((1, 1)), np.full((1, 1), 3.0), np.random.default_rng(0))
    >>> w, history = nn.fit(np.zeros(1), loss, data, nn.SGD(0.25), steps=50, progress=False)
    >>> bool(abs(w[0] - 3) < 1e-9)
    True
    """
    gradient_of = al.value_and_grad(loss)
    state = optimizer.start(model)
    every = every or max(1, steps // 100)
    history = History()
    start = perf_counter()
    with _Progress(steps, progress) as show:
        for step, batch in enumerate(islice(batches, steps), 1):
            value, gradient = gradient_of(model, *batch)
            model, state = optimizer(model, gradient, state)
            if step % every == 0 or step == steps:
                history.steps.append(step)
                history.losses.append(float(measure(model) if measure else value))
                history.seconds.append(perf_counter() - start)
                show(step, history.losses[-1])
    return model, history


class _Progress:
    """A tqdm bar in a terminal, lines elsewhere: about twenty of them, however many the reports."""

    def __init__(self, steps: int, wanted: bool) -> None:
        self.steps, self.wanted = steps, wanted
        self.bar: Any = None
        self.next_line = 0
        self.start = perf_counter()

    def __enter__(self) -> Callable[[int, float], None]:
        if self.wanted and sys.stderr.isatty():
            try:
                from tqdm import tqdm
            except ModuleNotFoundError:
                pass
            else:
                self.bar = tqdm(total=self.steps, unit="step", unit_scale=True)
        return self.show

    def show(self, step: int, loss: float) -> None:
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {loss:.3e}", refresh=False)
            self.bar.update(step - self.bar.n)
        elif self.wanted and step >= self.next_line:
            seconds = perf_counter() - self.start
            print(f"step {step:>9,}   loss {loss:.3e}   {seconds:7.1f} s", flush=True)
            self.next_line = step + self.steps // 20

    def __exit__(self, *failure: Any) -> None:
        if self.bar is not None:
            self.bar.close()
