"""Repeated blocks: runs of steps that differ only in the values they work on."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.source.spelling import expression

#: The longest block that is looked for, and what is worth folding: blocks, and steps in all.
LONGEST, BLOCKS, STEPS = 64, 3, 6
NUMBER = re.compile(r"\d+")


class Repeats:
    """Which steps stand for others.

    ``like[step]`` is the step of the first block that stands for ``step``, ``count[step]`` how many
    it stands for, ``block[step]`` the steps of the first block.  ``stands[value]`` is the input or
    constant that stands for ``value``, and ``alike[value]`` are those that it stands for.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self.like: dict[Step, Step] = {}
        self.count: dict[Step, int] = {}
        self.stands: dict[Value, Value] = {}
        self.alike: dict[Value, set[Value]] = {}
        self.block: dict[Step, Sequence[Step]] = {}
        self.steps = steps
        self.place = {step: i for i, step in enumerate(steps)}
        for start, period, count in self.runs():
            count = self.isomorphic(start, period, count)
            if worthwhile(period, count):
                self.fold(start, period, count)

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Where the same kinds of steps come again and again: (start, period, count)."""
        numbers: dict[Any, int] = {}
        kinds = np.array([numbers.setdefault(likeness(s), len(numbers)) for s in self.steps], int)
        for period in range(1, min(LONGEST, len(kinds) // BLOCKS) + 1):
            same = np.concatenate([[False], kinds[period:] == kinds[:-period], [False]])
            borders = np.flatnonzero(same[1:] != same[:-1])
            for first, end in zip(borders[::2].tolist(), borders[1::2].tolist()):
                count, rest = divmod(end - first + period, period)
                if worthwhile(period, count):
                    yield first + self.best_shift(first, rest), period, count

    def best_shift(self, start: int, most: int) -> int:
        """By how much to shift a run, so that its blocks begin where a module or a rule does."""

        def begins(shift: int) -> tuple[bool, bool, int]:
            a, b = self.steps[start + shift - 1 : start + shift + 1] or (None, None)
            if a is None or b is None:
                return True, True, shift
            return a.scope != b.scope, (a.through, a.of) != (b.through, b.of), shift

        return max(range(most + 1), key=begins)

    def isomorphic(self, start: int, period: int, count: int) -> int:
        """How many of the blocks are wired like the first two, beginning with ``start``."""
        if any(step in self.like for step in self.steps[start : start + period * count]):
            return 0
        first, *others = [self.wiring(start, period, start + k * period) for k in range(count)]
        if within_block(first) != within_block(others[0]):
            return 0
        return 1 + next((k for k, w in enumerate(others) if w != others[0]), len(others))

    def wiring(self, start: int, period: int, begin: int) -> list[list[int | None]]:
        """Where the steps of the block at ``begin`` have their operands from.

        From this block (0, 1, …), from the block before (−period, …), or from elsewhere (None).
        """
        wires = []
        for step in self.steps[begin : begin + period]:
            places = [self.place.get(v.step, -1) if v.step else -1 for v in step.operands]
            nearest = max(start, begin - period)
            wires.append([at - begin if at >= nearest else None for at in places])
        return wires

    def fold(self, start: int, period: int, count: int) -> None:
        for i in range(period):
            first = self.steps[start + i]
            self.count[first] = count
            self.block[first] = self.steps[start : start + period]
            for step in self.steps[start + i : start + period * count : period]:
                self.like[step] = first
                for mine, other in zip(first.operands, step.operands):
                    if mine.step is None and other.step is None:
                        known = self.stands.setdefault(other, mine)
                        self.alike.setdefault(known, set()).add(other)


def within_block(wires: list[list[int | None]]) -> list[list[int | None]]:
    """The wiring within a block alone."""
    return [[at if at is not None and at >= 0 else None for at in row] for row in wires]


def worthwhile(period: int, count: int) -> bool:
    return count >= BLOCKS and count * period >= STEPS


def likeness(step: Step) -> Any:
    """What isomorphic steps have in common, the name included up to its number: z1 is like z2."""
    shapes = tuple((value.shape, value.dtype) for value in step.operands)
    written = expression(step, dict.fromkeys(step.operands, "·"))
    name = NUMBER.sub("", step.result.name or "")
    return written, shapes, step.result.shape, step.through is not None, name
