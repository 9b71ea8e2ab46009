"""Progress of a training: a bar in a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import perf_counter
from typing import Any

#: About as many where there is no terminal, whatever the number of reports; without a number of
#: steps that is known they become rarer.
LINES = 20


class Progress:
    """A tqdm bar in a terminal where tqdm is installed, lines elsewhere.

    >>> with Progress(10) as progress:
    ...     progress.bar is None  # since this is no terminal
    True
    """

    def __init__(
        self,
        steps: int | None,
        done: int = 0,
        shown: bool = True,
        per_epoch: int | None = None,
    ) -> None:
        self.steps, self.done, self.shown, self.per_epoch = steps, done, shown, per_epoch
        self.bar: Any = None
        self.next_line = 0
        self.start = perf_counter()

    def __enter__(self) -> Progress:
        if self.shown and sys.stderr.isatty():
            try:
                from tqdm import tqdm
            except ModuleNotFoundError:
                pass
            else:
                self.bar = tqdm(total=self.steps, initial=self.done, unit="step", unit_scale=True)
        return self

    def show(self, step: int, values: Mapping[str, float]) -> None:
        """Show the measurements of this step, by name."""
        if not self.shown:
            return
        text = "   ".join(f"{name} {value:<9.4g}" for name, value in values.items())
        if self.bar is not None:
            self.bar.set_description_str(self.epoch(step), refresh=False)
            self.bar.set_postfix_str(text, refresh=False)
            self.bar.update(step - self.bar.n)
        elif step >= self.next_line:
            seconds = perf_counter() - self.start
            epoch = self.epoch(step)
            said = f"{epoch}   {text}" if epoch else text
            print(f"step {step:>9,}   {said}   {seconds:7.1f} s", flush=True)
            self.next_line = step + (step // 4 if self.steps is None else self.steps // LINES)

    def epoch(self, step: int) -> str:
        """The epoch of this step among all, where they have a length.

        >>> Progress(30, per_epoch=10).epoch(11)
        'epoch 2/3'
        """
        if self.per_epoch is None or self.steps is None:
            return ""
        last = -(-self.steps // self.per_epoch)
        return f"epoch {-(-step // self.per_epoch):>{len(str(last))}}/{last}"

    def say(self, text: str) -> None:
        """Show a sentence."""
        if self.bar is not None:
            self.bar.write(text)
        elif self.shown:
            print(text, flush=True)

    def __exit__(self, *failure: Any) -> None:
        if self.bar is not None:
            self.bar.close()
