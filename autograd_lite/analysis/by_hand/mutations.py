"""A student's error is a mutation of the program: find one that gives the student's numbers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.verdicts import WORDS, agree
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.simplify import alive
from autograd_lite.programs.steps import GUARDING, Step, Value
from autograd_lite.readers.source.module import expressions
from autograd_lite.testing.checking.patterns import factors, worded

#: What takes two operands, and what is missing where one of them was forgotten.
FORGETTABLE = dict.fromkeys(of_kind("sum", "difference"), "term")
FORGETTABLE |= dict.fromkeys(of_kind("product", "quotient"), "factor")
#: So many elements may be computed in search of an error.
EFFORT = 3e8

Values = dict[Value, Any]
#: A name, the value that is meant, and what the hand version has for it.
Item = tuple[str, Value, Any]
#: What a step returns instead, from the values so far.
Change = Callable[[Values], Any]


@dataclass
class Mutation:
    """A change at one step, and what it means as a mistake."""

    step: Step
    change: Change
    text: str


class Laboratory:
    """The program of the gradients and its values, in which mutations are tried."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.healthy = listing.values()
        self.text = expressions(listing)
        self.steps = [step for step in listing.steps if step.function not in GUARDING]
        self.place = {step: i for i, step in enumerate(self.steps)}
        self.operands = [step.operands for step in self.steps]
        self.forward = [
            v for v in self.healthy if v.shape is not None and not (v.step and v.step.through)
        ]
        self.batches = sorted({v.shape[0] for v in listing.inputs if v.shape and v.shape[0] > 1})
        arrays = [x for x in self.healthy.values() if not isinstance(x, (tuple, list))]
        self.left = EFFORT / max(sum(map(np.size, arrays)), 1)

    def run(self, mutations: Sequence[Mutation]) -> Values:
        """What all values would be with these changes."""
        changes = {m.step: m.change for m in mutations}
        values: Values = dict(self.healthy)
        touched: set[Value] = set()
        first = min((self.place[step] for step in changes), default=len(self.place))
        for step, operands in zip(self.steps[first:], self.operands[first:]):
            if step in changes or not touched.isdisjoint(operands):
                values[step.result] = changes.get(step, step.run)(values)
                touched.add(step.result)
        return values

    def search(self, done: list[Mutation], i: int, items: Sequence[Item]) -> Mutation | None:
        """The mutation that explains an item, and as many of all items as can be."""
        _, value, x = items[i]
        best, most = None, self.explained(self.run(done), items)
        for mutation in self.suspects(value):
            if self.left <= 0:
                break
            self.left -= 1
            try:
                values = self.run([*done, mutation])
            except (ValueError, TypeError, IndexError):  # shapes that do not fit
                continue
            if agree(x, values[value]):
                matched = self.explained(values, items)
                if matched > most:
                    best, most = mutation, matched
        return best

    def explained(self, values: Values, items: Sequence[Item]) -> int:
        """How many items are right if these were the true values."""
        return sum(agree(x, values[value]) for _, value, x in items)

    # ---- what may have gone wrong ----

    def suspects(self, value: Value) -> Iterator[Mutation]:
        """Mutations of the steps that lead to a value: the simplest first, then the nearest."""
        leading = [s for s in alive(self.steps, [value])[::-1] if s.result.shape is not None]
        for kind in (self.scaled, self.left_out, self.elsewhere, self.exchanged):
            for step in leading:
                for change, text in kind(step):
                    yield Mutation(step, change, self.where(step) + text)

    def where(self, step: Step) -> str:
        """The place of a step, to begin a sentence with."""
        if step.of is None:
            return "" if step.through else "in the forward pass, "
        return f"in the gradient of {self.text[step.of]}, "

    def scaled(self, step: Step) -> Iterator[tuple[Change, str]]:
        """A gradient that is off by a factor."""
        if step.result.gradient_of:
            for p in factors(self.batches):
                yield lambda v, k=p.factor: k * step.run(v), worded(p, WORDS)  # type: ignore[misc]

    def left_out(self, step: Step) -> Iterator[tuple[Change, str]]:
        """A factor, a summand, a transposition or an activation that is forgotten."""
        shape, operands = step.result.shape, step.operands
        if step.function is np.transpose:
            yield lambda v: v[operands[0]], f"{self.text[operands[0]]} is not transposed"
        elif (what := FORGETTABLE.get(step.function)) and len(operands) == 2:
            for kept, lost in (operands, operands[::-1]):
                if kept.shape == shape:
                    text = f"the {what} {self.text[lost]} is missing"
                    yield lambda v, kept=kept: v[kept], text  # type: ignore[misc]
        elif len(operands) == 1 and operands[0].shape == shape and step.through is None:
            yield lambda v: v[operands[0]], f"{step.name} is missing"

    def elsewhere(self, step: Step) -> Iterator[tuple[Change, str]]:
        """The slope of an activation, taken at its result in place of its argument."""
        activation = step.through.step if step.through and step.result.gradient_of else None
        if not activation or [v.shape for v in activation.operands] != [activation.result.shape]:
            return
        (z,), a = activation.operands, activation.result

        def moved(values: Values) -> Values:
            return {**values, z: values[a], a: activation.run({**values, z: values[a]})}

        there = f"at {self.text[a]} in place of {self.text[z]}"
        yield (
            self.with_others(self.rule(step), moved),
            f"the slope of {activation.name} is taken {there}",
        )

    def exchanged(self, step: Step) -> Iterator[tuple[Change, str]]:
        """Another value of the same shape in a rule: a stale activation."""
        if not step.result.gradient_of:
            return
        rule = self.rule(step)
        made = {s.result for s in rule}
        used = dict.fromkeys(v for s in rule for v in s.operands if v not in made)
        for old in used:
            for new in self.forward:
                if new is not old and (new.shape, new.dtype) == (old.shape, old.dtype):
                    yield (
                        self.with_others(rule, lambda v, old=old, new=new: {**v, old: v[new]}),  # type: ignore[misc]
                        f"stale activation: {self.text[new]} in place of {self.text[old]}",
                    )

    def rule(self, step: Step) -> list[Step]:
        """The steps of the rule that leads to a gradient, in their order."""
        leading = alive(self.steps, [step.result])
        return [s for s in leading if s.through is step.through and s.of is step.of]

    def with_others(self, rule: list[Step], altered: Callable[[Values], Values]) -> Change:
        """The result of a rule that sees other values."""

        def change(values: Values) -> Any:
            values = altered(values)
            for s in rule:
                values[s.result] = s.run(values)
            return values[rule[-1].result]

        return change
