"""A program as a list of equations, in the notation of the notes."""

import operator
from collections import Counter
from dataclasses import dataclass

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value, guard
from autograd_lite.readers.formula.functions import multiply
from autograd_lite.readers.formula.slopes import Slope, slopes
from autograd_lite.readers.formula.symbols import Symbols, is_pre_activation
from autograd_lite.readers.formula.terms import Term
from autograd_lite.readers.formula.tree import Expression, Name, Number, relation, size
from autograd_lite.readers.formula.writing import primed, term, write

CONVENTIONS = ("column", "row")
#: Formulas that grow longer than this many letters, numbers and signs are cut in two.
LONG = 60
#: Functions that only turn, reshape or repeat an array.
LIGHT = frozenset(
    {operator.getitem, np.transpose, np.swapaxes, np.matrix_transpose, np.broadcast_to}
    | {np.reshape, np.ravel, np.expand_dims, np.squeeze, np.astype}
)


@dataclass(frozen=True, eq=False)
class Equation:
    """``left = right``: ``steps`` are those that compute the right side, ``value`` their result."""

    value: Value
    left: Expression
    right: Expression
    steps: tuple[Step, ...]


def is_by_rows(convention: str) -> bool:
    if convention not in CONVENTIONS:
        raise ValueError(f'convention is "column" or "row", for vectors; got {convention!r}')
    return convention == "row"


def equations(listing: Listing, convention: str = "column", expand: bool = False) -> list[Equation]:
    """The equations of a program: one for each named value, output, and value used twice.

    What is used once stands where it is used.  ``convention`` says whether vectors are columns or
    rows; another one raises ValueError.  ``expand`` writes σ′(z) as its rule computes it.
    """
    rows = is_by_rows(convention)
    return Writing(listing, rows, {} if expand else slopes(listing.steps)).equations()


def step_equations(listing: Listing, convention: str = "column") -> list[Equation]:
    """Each step of a program by itself, with a symbol for each of its operands."""
    rows = is_by_rows(convention)
    symbols = Symbols(listing, {step.result for step in listing.steps}, rows)
    return [
        Equation(s.result, *assumption(s, symbols), (s,))
        if s.function is guard
        else Equation(s.result, symbols[s.result], write(s, symbols.__getitem__, rows), (s,))
        for s in listing.steps
    ]


def assumption(step: Step, symbols: Symbols) -> tuple[Expression, Expression]:
    """A guard computes nothing: it says that a condition is true, or false."""
    condition, answer = step.args
    x = symbols[condition]
    if condition.dtype.kind != "b":
        x = relation("≠", x, Number("0"))
    return x, Name("true" if answer else "false")


class Writing:
    """A program while its equations are written.

    ``uses`` counts how often a value is needed, ``shown`` are the values that have an equation, and
    ``inlined`` has the right sides that stand where their values are used.
    """

    def __init__(self, listing: Listing, rows: bool, slopes: dict[Value, Slope]) -> None:
        self.listing, self.rows, self.slopes = listing, rows, slopes
        self.uses = self.count()
        self.shown = {value for value in self.uses if self.stands_alone(value)}
        self.symbols = Symbols(listing, self.shown, rows)
        self.inlined: dict[Value, tuple[Expression, tuple[Step, ...]]] = {}

    def count(self) -> Counter[Value]:
        """How often each value is needed; a step that only turns an array passes its uses on."""
        uses: Counter[Value] = Counter(self.listing.outputs)
        for step in reversed(self.listing.steps):
            if step.result.name:
                uses[step.result] += 1
            if not uses[step.result]:
                continue
            n = uses[step.result] if self.is_light(step) else 1
            for value in self.slopes.get(step.result, step).operands:
                uses[value] += n
        return uses

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
        return bool(value.name) or value in self.listing.outputs or delta

    def equations(self) -> list[Equation]:
        result = []
        for step in self.listing.steps:
            value = step.result
            if not self.uses[value]:
                continue
            used: list[Step] = []
            right = self.right(step, used)
            slope = self.slopes.get(value)
            steps = (*used, *(slope.steps if slope else [step]))
            short = size(right) == 1 and not self.is_wanted(value)
            if short or (value not in self.shown and size(right) <= LONG):
                self.inlined[value] = right, steps
                continue
            result.append(Equation(value, self.symbols[value], right, steps))
            result += self.aliases(value)
        return result

    def right(self, step: Step, used: list[Step]) -> Expression:
        """The right side for a step; those whose results are written in it join ``used``."""

        def lookup(value: Value) -> Expression:
            if value not in self.inlined:
                return self.symbols[value]
            expression, steps = self.inlined[value]
            used.extend(s for s in steps if s not in used)
            return expression

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
