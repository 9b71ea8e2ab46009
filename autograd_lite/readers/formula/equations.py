"""A program as a list of equations, in the notation of the notes."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value, guard
from autograd_lite.readers.formula.functions import multiply
from autograd_lite.readers.formula.numbering import Equation, ForTurns, numbered
from autograd_lite.readers.formula.symbols import Symbols, is_pre_activation
from autograd_lite.readers.formula.terms import Term
from autograd_lite.readers.formula.tree import (
    BIG,
    TRANSPOSED,
    Expression,
    Fenced,
    Infix,
    Name,
    Number,
    Prefix,
    Script,
    fence,
    is_plain_number,
    relation,
    size,
)
from autograd_lite.readers.formula.turns import Turns, everywhere, is_nothing, loops_in, part_of
from autograd_lite.readers.formula.writing import Lookup, primed, term, write
from autograd_lite.readers.textbook.opening import Until, opened
from autograd_lite.readers.textbook.rewriting import textbook
from autograd_lite.readers.textbook.slopes import Slope, slopes

CONVENTIONS = ("column", "row")
#: Formulas that grow longer than this many letters, numbers and signs are cut in two.
LONG = 60
#: Sums and products of so few letters stand where they are used, however often.
SHORT = 3
#: A condition of not more letters, numbers and signs does so too.
CONDITION = 20
#: What may stand above letters there.
MARKS = (Name(TRANSPOSED), Prefix("−", Name(TRANSPOSED)), Prefix("−", Number("1")))
#: Functions that only turn, reshape or repeat an array.
LIGHT = frozenset(
    {operator.getitem, np.transpose, np.swapaxes, np.matrix_transpose, np.broadcast_to}
    | {np.reshape, np.ravel, np.expand_dims, np.squeeze, np.astype}
    | {np.lib.stride_tricks.sliding_window_view}
)


def is_by_rows(convention: str) -> bool:
    if convention not in CONVENTIONS:
        raise ValueError(
            f"convention = {convention!r}, which says what a vector is; give 'column' or 'row'"
        )
    return convention == "row"


def equations(
    listing: Listing, convention: str = "column", expand: bool = False
) -> list[Equation | ForTurns]:
    """The equations of a program: one for each named value, output, and value used twice.

    What is used once stands where it is used.  ``convention`` says whether vectors are columns or
    rows; another one raises ValueError.  ``expand`` writes σ′(z) as its rule computes it.
    """
    rows = is_by_rows(convention)
    plain = opened(listing)
    plain = plain if expand else textbook(plain, rows)
    steps = [step for body in everywhere(plain) for step in body.steps]
    return as_it_stands(plain, rows, {} if expand else slopes(steps))


def as_it_stands(
    listing: Listing, rows: bool = False, slopes: Mapping[Value, Slope] = MappingProxyType({})
) -> list[Equation | ForTurns]:
    """The equations of a program whose steps stay what they are."""
    writing = Writing(listing, rows, slopes)
    return numbered(writing.equations(), writing.symbols.automatic)


def step_equations(listing: Listing, convention: str = "column") -> list[Equation]:
    """Each step of a program by itself, with a symbol for each of its operands."""
    found = every_equation(listing, convention)
    return [found[step.result] for step in listing.steps if step.result in found]


def every_equation(listing: Listing, convention: str = "column") -> dict[Value, Equation]:
    """The same, also for the steps in loops, and for what their turns begin with and go over."""
    rows = is_by_rows(convention)
    loops = loops_in(listing)
    steps = [step for body in everywhere(listing) for step in body.steps]
    symbols = Symbols(listing, {step.result for step in steps}, rows, loops.values())
    outside = {here: there for loop in loops.values() for there, here in loop.outside}

    def lookup(value: Value) -> Expression:
        while value in outside:
            value = outside[value]
        return symbols[value]

    found = {}
    for step in steps:
        value, (loop, place) = step.result, part_of(step.result, loops)
        if value in loops:
            continue
        left, right = symbols[value], None
        if step.function is guard:
            left, right = assumption(step, lookup)
        elif loop and place < loop.scan.carried:
            before = loop.carried[place][1]
            right = loop.turned(symbols.going.get(before) or symbols[before], loop.order[1])
        elif loop:
            right = loop.all(lookup(loop.scan.body.outputs[place]))
        found[value] = Equation(value, left, right or write(step, lookup, rows), (step,))
    for loop in loops.values():
        for first, before, _ in loop.carried:
            left = loop.turned(symbols[before], loop.order[0])
            found[before] = Equation(before, left, term(first, lookup, rows).x, ())
        for operand, value in loop.over:
            left = loop.all(symbols[value])
            found[value] = Equation(value, left, term(operand, lookup, rows).x, ())
    return found


def assumption(step: Step, lookup: Lookup) -> tuple[Expression, Expression]:
    """A guard computes nothing: it says that a condition is true, or false."""
    condition, answer = step.args
    x = lookup(condition)
    if condition.dtype.kind != "b":
        x = relation("≠", x, Number("0"))
    return x, Name("true" if answer else "false")


def is_short(x: Expression) -> bool:
    """Whether an expression is read faster than its name is looked up: a − y, X w − y, A⁻¹."""
    if isinstance(x, Infix) and x.signs == ("",) and not is_plain_number(x.parts[0]):
        return False
    letters, todo = 0, [x]
    while todo and letters <= SHORT:
        match todo.pop():
            case Name() | Number():
                letters += 1
            case Infix(parts, signs) if {*signs} <= {"", "+", "−"}:
                todo += parts
            case Prefix(part=part, below=None) | Fenced(left="(", part=part):
                todo.append(part)
            case Script(base=base, upper=upper, lower=None) if upper in MARKS:
                todo.append(base)
            case _:
                return False
    return letters <= SHORT


class Writing:
    """A program while its equations are written.

    ``uses`` counts how often a value is needed, ``shown`` are the values that have an equation, and
    ``inlined`` has the right sides that stand where their values are used.
    """

    def __init__(self, listing: Listing, rows: bool, slopes: Mapping[Value, Slope]) -> None:
        self.listing, self.rows, self.slopes = listing, rows, slopes
        self.loops = loops_in(listing)
        self.uses: Counter[Value] = Counter(self.listing.outputs)
        self.sums = {x.carried[k][2]: v for x in self.loops.values() for k, v in x.sums.items()}
        self.carried = {after for x in self.loops.values() for _, _, after in x.carried}
        self.alive: set[Value] = set()  # the loops that other loops need
        self.count(listing)
        self.shown = {
            value for value in self.uses if isinstance(value, Value) and self.stands_alone(value)
        }
        self.symbols = Symbols(listing, self.shown, rows, self.loops.values())
        self.inlined: dict[Value, tuple[Expression, tuple[Step, ...]]] = {}

    def count(self, listing: Listing) -> None:
        """How often each value is needed; a step that only turns an array passes its uses on."""
        uses = self.uses
        for step in reversed(listing.steps):
            if step.result.name:
                uses[step.result] += 1
            if not uses[step.result] and step.result not in self.alive:
                continue
            if step.result in self.loops:
                self.count_in(self.loops[step.result])
                continue
            if part := self.part(step):
                uses[self.sums.get(part, part)] += uses[step.result]
            n = uses[step.result] if self.is_light(step) else 1
            for value in self.slopes.get(step.result, step).operands:
                uses[value] += n

    def count_in(self, loop: Turns) -> None:
        """The same for a loop: what its turns need, and what it goes over."""
        for k, (first, _, after) in enumerate(loop.carried):
            if k not in loop.sums:  # its summand is used where the sum is
                self.uses[after] += 1
                self.uses[first] += 1
        self.count(loop.scan.body)
        if isinstance(loop.scan, Until):
            self.uses[loop.scan.test.outputs[0]] += 1
            self.count(loop.scan.test)
        for operand, value in (*loop.over, *loop.outside):
            self.uses[loop.same.get(value, operand)] += self.uses[value]
            if self.uses[value]:
                self.alive |= loop.reads.get(value, set())

    def part(self, step: Step) -> Value | None:
        """What a turn makes, for a step that takes one of the results of a loop; else None."""
        loop, place = part_of(step.result, self.loops)
        return loop.scan.body.outputs[place] if loop else None

    def is_light(self, step: Step) -> bool:
        named = step.result.name or step.result in self.listing.outputs
        return not named and step.function in LIGHT

    def stands_alone(self, value: Value) -> bool:
        """Whether a value has an equation, if it is worth one: several results always have."""
        if value.step is None:
            return False
        often = self.uses[value] > 1 and not self.is_light(value.step)
        return often or value.shape is None or self.is_wanted(value)

    def is_wanted(self, value: Value) -> bool:
        """Whether somebody wants to see it: it is named, or returned, or a δ."""
        delta = any(map(is_pre_activation, value.gradient_of))
        given = bool(value.name) or value in self.listing.outputs
        return given or delta or value in self.carried

    def equations(self) -> list[Equation | ForTurns]:
        return self.written(self.listing)

    def written(self, listing: Listing) -> list[Equation | ForTurns]:
        """The equations of a program, or of a body."""
        result: list[Equation | ForTurns] = []
        for step in listing.steps:
            value = step.result
            if value in self.sums or not (self.uses[value] or value in self.alive):
                continue
            if value in self.loops:
                result += self.loop(self.loops[value])
                continue
            used: list[Step] = []
            right = self.right(step, used)
            slope = self.slopes.get(value)
            steps = (*used, *(slope.steps if slope else [step]))
            condition = value.shape == () and getattr(value.dtype, "kind", "") == "b"
            short = size(right) == 1 or (is_short(right) and listing is self.listing)
            short = short or (condition and size(right) <= CONDITION)
            short = short and not self.is_wanted(value)
            if short or (value not in self.shown and size(right) <= LONG):
                self.inlined[value] = right, steps
                continue
            result.append(Equation(value, self.symbols[value], right, steps))
            result += self.aliases(value)
        return result

    def loop(self, loop: Turns) -> list[Equation | ForTurns]:
        """What a loop begins with, what it goes over, and the equations of each turn."""
        result: list[Equation | ForTurns] = []
        for operand, value in loop.outside:
            self.inlined[value] = self.looked_up(operand)
        for k, (first, before, _) in enumerate(loop.carried):
            if k not in loop.sums:
                left = loop.turned(self.symbols[before], loop.order[0])
                right = (Number("0"), ()) if is_nothing(first) else self.looked_up(first)
                result.append(Equation(before, left, *right))
        for operand, value in loop.over:
            if value in loop.same:
                self.inlined[value] = self.looked_up(loop.same[value])
            elif self.uses[value]:
                left = loop.all(self.symbols[value])
                result.append(Equation(value, left, *self.looked_up(operand)))
        inner = self.written(loop.scan.body)
        condition = None
        if isinstance(loop.scan, Until):
            inner = self.written(loop.scan.test) + inner
            condition = self.looked_up(loop.scan.test.outputs[0])[0]
        for k, (_, before, after) in enumerate(loop.carried):
            right = self.looked_up(after)
            if k not in loop.sums and self.symbols.going[before] != right[0]:
                inner.append(Equation(after, self.symbols.going[before], *right))
        if inner:
            result.append(ForTurns(loop.letter, *loop.order, tuple(inner), condition))
        return result

    def looked_up(self, x: Any) -> tuple[Expression, tuple[Step, ...]]:
        """What stands for an operand, and the steps that this has in it."""
        used: list[Step] = []
        return term(x, lambda value: self.lookup(value, used), self.rows).x, tuple(used)

    def lookup(self, value: Value, used: list[Step]) -> Expression:
        """What stands for a value; the steps whose results are written in it join ``used``."""
        if value not in self.inlined:
            return self.symbols[value]
        expression, steps = self.inlined[value]
        used.extend(s for s in steps if s not in used)
        return expression

    def result_of(self, step: Step, used: list[Step]) -> Expression:
        """A result of a loop: h_n, (y_1, …, y_n), or a sum over t."""
        loop, place = self.loops[step.args[0]], step.args[1]
        if place >= loop.scan.carried:
            return loop.all(self.looked_up(self.part(step))[0])
        if place in loop.sums:
            summand, steps = self.looked_up(loop.sums[place])
            used.extend(steps)
            return Prefix("∑", fence(summand, BIG), Name(loop.letter), BIG)
        return loop.turned(self.symbols.going[loop.carried[place][1]], loop.order[1])

    def right(self, step: Step, used: list[Step]) -> Expression:
        """The right side for a step; those whose results are written in it join ``used``."""
        if self.part(step):
            return self.result_of(step, used)

        def lookup(value: Value) -> Expression:
            return self.lookup(value, used)

        slope = self.slopes.get(step.result)
        if slope is None:
            return write(step, lookup, self.rows)
        z, *incoming = slope.operands
        prime = Term(primed(slope.function, lookup(z)), z.shape)
        if not incoming:
            return prime.x
        g = term(incoming[0], lookup, self.rows)
        return multiply(g, prime) if self.rows else multiply(prime, g)

    def aliases(self, value: Value) -> list[Equation]:
        """∂C/∂b = δ: the other inputs of which a result is the gradient."""
        if value not in self.listing.outputs:
            return []
        left = self.symbols[value]
        inputs = [p for p in value.gradient_of if p.path is not None]
        names = [self.symbols.of_gradient(value, p) for p in inputs]
        return [Equation(value, name, left, ()) for name in names if name != left]
