"""How training tells its progress."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import perf_counter
from typing import Any

LINES = 20  # about so many where there is no terminal, however many the reports


class Progress:
    """A tqdm bar in a terminal, where tqdm is installed; lines elsewhere.

    >>> with Progress(10) as progress:
    ...     progress.bar is None  # for this is no terminal
    True
    """

    def __init__(self, steps: int, done: int = 0, wanted: bool = True) -> None:
        self.steps, self.done, self.wanted = steps, done, wanted
        self.bar: Any = None
        self.next_line = 0
        self.start = perf_counter()

    def __enter__(self) -> Progress:
        if self.wanted and sys.stderr.isatty():
            try:
                from tqdm import tqdm
            except ModuleNotFoundError:
                pass
            else:
                self.bar = tqdm(total=self.steps, initial=self.done, unit="step", unit_scale=True)
        return self

    def show(self, step: int, values: Mapping[str, float]) -> None:
        """What was measured at this step, by name."""
        if not self.wanted:
            return
        told = "   ".join(f"{name} {value:.3e}" for name, value in values.items())
        if self.bar is not None:
            self.bar.set_postfix_str(told, refresh=False)
            self.bar.update(step - self.bar.n)
        elif step >= self.next_line:
            seconds = perf_counter() - self.start
            print(f"step {step:>9,}   {told}   {seconds:7.1f} s", flush=True)
            self.next_line = step + self.steps // LINES

    def say(self, text: str) -> None:
        """A sentence of its own."""
        if self.bar is not None:
            self.bar.write(text)
        elif self.wanted:
            print(text, flush=True)

    def __exit__(self, *failure: Any) -> None:
        if self.bar is not None:
            self.bar.close()
