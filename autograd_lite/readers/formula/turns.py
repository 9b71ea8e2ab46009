"""Loops in formulas: h_t = tanh(W h_{t−1} + x_t) for t = 1, …, n."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_lite.programs.bodies import SUMS, Scan
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.formula.tree import KINDS, Expression, Fenced, Name, listed

#: What turns are counted by, that of inner loops later; a letter that is a name is left out.
LETTERS = "tskrijl"
#: What values without a name are called in loops, one letter for each loop.
UNNAMED = "vuwqpabfgmno"


@dataclass(frozen=True, eq=False)
class Turns:
    """A step that is a loop of ``n`` turns, counted by ``letter``, in the loops ``around`` it.

    ``sums`` are what turns only add up, by their place among what is carried.  ``moves`` says for
    each of the others at which turn, from this one, it comes in and goes out: (−1, 0) where the
    loop goes forward.  ``same`` are the elements that are what turns of other loops made, and
    ``reads`` the results of these loops.  ``unnamed`` is a letter for what has no name.
    """

    step: Step
    scan: Scan
    n: Any
    letter: str
    around: tuple[str, ...]
    unnamed: str
    sums: dict[int, Value] = field(default_factory=dict)
    moves: list[tuple[int, int]] = field(default_factory=list)
    same: dict[Value, Value] = field(default_factory=dict)
    reads: dict[Value, set[Value]] = field(default_factory=dict)

    @property
    def order(self) -> tuple[Any, Any]:
        """The first turn and the last, which is n where nobody knows how many there are."""
        return (self.n, 1) if self.scan.reverse else (1, self.n)

    @property
    def carried(self) -> Sequence[tuple[Any, Value, Value]]:
        """For each value that is carried: what it is first, when it comes in, when it goes out."""
        start, n = self.scan.outside, self.scan.carried
        inputs = self.scan.body.inputs[start : start + n]
        return [*zip(self.step.args[start : start + n], inputs, self.scan.body.outputs)]

    @property
    def over(self) -> Sequence[tuple[Any, Value]]:
        """What the loop goes over, and what stands for its element."""
        start = self.scan.outside + self.scan.carried
        return [*zip(self.step.args[start:], self.scan.body.inputs[start:])]

    @property
    def outside(self) -> Sequence[tuple[Any, Value]]:
        """What all turns read, and what stands for it."""
        return [*zip(self.step.args[: self.scan.outside], self.scan.body.inputs)]

    def at(self, move: int) -> str:
        """The index of the turn so far from this one."""
        return ",".join([*self.around, f"{self.letter}{move:+}" if move else self.letter])

    def all(self, x: Expression) -> Expression:
        """(x_1, …, x_n)."""
        turns = range(1, self.n + 1)
        parts = [self.turned(x, t) for t in ((*turns[:1], *turns[-1:]) if self.n > 1 else turns)]
        if self.n > 2:
            parts.insert(1, Name("…"))
        return Fenced("(", listed(tuple(parts)), ")")

    def turned(self, x: Expression, t: Any) -> Expression:
        """An expression for turn ``t``."""
        result: Expression = turned(x, self.letter, t)
        return result


def turned(x: Any, letter: str, t: Any) -> Any:
    """An expression with a number in place of an index."""
    if type(x) is tuple:
        return tuple([turned(part, letter, t) for part in x])
    if type(x) is Name and x.lower:
        indices = [
            moved_turn(t, i[1:]) if i[0] == letter and (i[1:2] in "+-") else i
            for i in x.lower.split(",")
        ]
        return Name(x.text, x.upper, ",".join(indices))
    if type(x) in KINDS and type(x) is not Name:
        return type(x)(**{name: turned(part, letter, t) for name, part in vars(x).items()})
    return x


def moved_turn(t: Any, move: str) -> str:
    return str(t + int(move or 0)) if isinstance(t, int) else f"{t}{move}"


def indexed(x: Name, index: str) -> Name:
    """x_t, and x_{1,t} for x_1."""
    return Name(x.text, x.upper, f"{x.lower},{index}" if x.lower else index)


def loops_in(listing: Listing) -> dict[Value, Turns]:
    """The loops of a program, and those in them, by the results of their steps."""
    words = {name for body in everywhere(listing) for name in body.names.values()}
    free = [c for c in UNNAMED if c not in words] or [*UNNAMED]
    letters = [c for c in LETTERS if c not in words] or [*LETTERS]
    found: dict[Value, Turns] = {}
    incoming: dict[Value, tuple[Turns, int]] = {}
    origin: dict[Any, Any] = {}  # of what comes from outside, or from another loop
    reads: dict[Any, set[Value]] = {}  # the loops that it comes from
    for step, around in nested(listing, letters, ()):
        scan: Any = step.function
        letter = letters[min(len(around), len(letters) - 1)]
        made = Turns(
            step, scan, scan.count(step.args), letter, around, free[len(found) % len(free)]
        )
        found[step.result] = made
        for there, here in made.outside:
            origin[here] = origin.get(there, there)
            reads[here] = reads.get(there, set())
        for there, here in made.over:
            stack = origin.get(there, there)
            theirs, place = part_of(stack, found)
            if theirs and place >= theirs.scan.carried and theirs.letter == made.letter:
                turns = theirs.scan.body.outputs[place]
                origin[here] = made.same[here] = origin.get(turns, turns)
                reads[here] = {theirs.step.result, *reads.get(there, ()), *reads.get(turns, ())}
                made.reads[here] = reads[here]
        for k, (first, before, after) in enumerate(made.carried):
            summand = summed(scan.body, origin.get(first, first), before, after)
            if summand and isinstance(made.n, int):
                made.sums[k] = summand
            come, go = (1, 0) if scan.reverse else (-1, 0)
            for primal in after.gradient_of:
                if primal in incoming:
                    theirs, place = incoming[primal]
                    go, come = theirs.moves[place]
            made.moves.append((come, go))
            incoming[before] = made, k
    return found


def part_of(x: Any, loops: Mapping[Value, Turns]) -> tuple[Turns | None, int]:
    """The loop that a value is a result of, and which."""
    step = x.step if isinstance(x, Value) else None
    if step is None or step.function is not operator.getitem or step.args[0] not in loops:
        return None, 0
    return loops[step.args[0]], step.args[1]


def nested(
    listing: Listing, letters: Sequence[str], around: tuple[str, ...]
) -> Iterator[tuple[Step, tuple[str, ...]]]:
    """The steps that are loops, with the letters of the loops around them."""
    for step in listing.steps:
        if isinstance(step.function, Scan):
            yield step, around
            letter = letters[min(len(around), len(letters) - 1)]
            yield from nested(step.function.body, letters, (*around, letter))


def everywhere(listing: Listing) -> Iterator[Listing]:
    """A listing, and all bodies in it."""
    yield listing
    for step in listing.steps:
        for body in step.function.bodies if isinstance(step.function, Scan) else ():
            yield from everywhere(body)


def is_nothing(x: Any) -> bool:
    """Whether a loop begins with zeros."""
    return isinstance(x, Value) and x.is_constant and not np.any(x.data)


def summed(body: Listing, first: Any, before: Value, after: Value) -> Value | None:
    """What a turn adds to a value that is carried, if nothing else happens to that."""
    step = after.step
    uses = [v for s in body.steps for v in s.operands] + body.outputs
    if not is_nothing(first) or step is None or step.function not in SUMS or len(step.args) != 2:
        return None
    if step.args[0] is not before or uses.count(before) > 1 or uses.count(after) > 1:
        return None
    other = step.args[1]
    return other if isinstance(other, Value) and other.shape == after.shape else None
