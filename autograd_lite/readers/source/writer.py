"""Writing the steps of a program, one line after the other, with names that clash with nothing."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import valid
from autograd_lite.programs.operators import OPERATORS
from autograd_lite.programs.steps import Step, Value, guard, replace_values
from autograd_lite.readers.source.spelling import (
    SIGNS,
    CannotSpell,
    Written,
    call,
    importable,
    inside,
)
from autograd_lite.readers.source.spelling import written as literal
from autograd_lite.rules.indexing import scatter

#: Names that the text needs for what they usually mean.
RESERVED = {"np", "al", "like", "iter", "next", "Fraction", "ValueError", "scatter"}
RESERVED |= {"abs", "divmod", "bool", "int", "float", "complex", "object", "slice", "range"}
#: Functions that are written as something else.
OTHERWISE = {o.function for o in OPERATORS} | {operator.getitem, scatter, guard}
WIDTH = 68  # of an expression; a longer one is broken up
LARGE = 64  # elements of a constant that is no longer written out


class Writer:
    """Writes a listing line by line; what is used once and has no name is written in its place.

    ``given`` collects what has no text, such as a large constant: it becomes a keyword argument.
    """

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.uses = Counter(v for step in listing.steps for v in read(step))
        self.uses.update(listing.outputs)
        self.outputs = set(listing.outputs)
        known = [*listing.inputs, *listing.constants]
        known += [s.result for s in listing.steps if s.result.name or self.primals(s.result)]
        self.imports: set[tuple[str, str]] = set()
        self.given: dict[str, Any] = {}
        self.taken = set(RESERVED)
        self.functions = {
            f: self.called(f) for f in dict.fromkeys(s.function for s in listing.steps)
        }
        self.definition = self.free(listing.name)
        self.parameters = {name: self.free(name) for name in listing.parameters}
        self.names: dict[Value, str] = {}
        results = set(listing.outputs).difference(known)
        if len(results) == 1:
            self.names[results.pop()] = "value"
            self.taken.add("value")
        for value in known:
            parameter = self.parameters.get(value.path or "")
            self.names[value] = parameter or self.free(listing.names[value])
        self.text: dict[Value, Written] = {}
        self.inlined: set[Value] = set()
        self.lines: list[str] = []
        self.temporaries = (f"t{k}" for k in count(1))
        self.backward = False

    # ---- names ----

    def primals(self, value: Value) -> list[str]:
        """The names of what a value is the gradient of."""
        known = [p for p in value.gradient_of if p.step is None or p.name]
        return [self.listing.names[p] for p in known if p in self.listing.names]

    def free(self, name: str) -> str:
        """``name``, or one like it that means nothing else."""
        name = valid(name)
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def name(self, value: Value) -> str:
        """What a value is called; one without a name is the next of t1, t2, …"""
        if value not in self.names:
            self.names[value] = next(t for t in self.temporaries if t not in self.taken)
            self.taken.add(self.names[value])
        return self.names[value]

    def give(self, name: str, x: Any) -> str:
        """The name of a keyword argument for something that has no text."""
        for known, other in self.given.items():
            if other is x:
                return known
        name = self.free(name)
        self.given[name] = x
        return name

    def called(self, function: Callable[..., Any]) -> str:
        """What a function is called, after it is imported or given."""
        if function in OTHERWISE:
            return ""
        try:
            module, name = importable(function)
        except CannotSpell:
            return self.give(valid(getattr(function, "__name__", "function")), function)
        if not module:
            return name
        mine = self.free(name)
        self.imports.add((module, name if mine == name else f"{name} as {mine}"))
        return mine

    def literal(self, x: Any, name: str) -> str:
        """A constant as text; one that is large or has none is given by name."""
        if not isinstance(x, np.ndarray) or x.size <= LARGE:
            try:
                return literal(x)
            except CannotSpell:
                pass
        return self.give(name, x)

    # ---- steps ----

    def expression(self, step: Step) -> Written:
        """A step with what its operands are called, or how they are computed if that is short."""
        name = self.functions[step.function]
        if step.function is scatter and step.result.dtype == object:
            name = "scatter"
            self.imports.add((scatter.__module__, name))
        step_args = plain_numbers(step) if step.function in SIGNS else step.args
        args, options = replace_values((step_args, step.options), self.text.__getitem__)
        while True:
            try:
                text, strength = call(step.function, args, options, name)
            except CannotSpell as unknown:
                what = unknown.args[0]
                by = Written(self.literal(what, "given"))
                args, options = replaced((args, options), what, by)
            else:
                return Written(text, strength)

    def write(self, step: Step) -> None:
        value = step.result
        if step.function is guard:
            condition, answer = step.args
            bare = inside(self.text[condition], 5)
            self.lines.append(f"if {f'not {bare}' if answer else bare}:")
            self.lines.append('    raise ValueError("trace again: a rule takes another way here")')
            return
        expression = self.expression(step)
        waiting = [v for v in step.operands if v in self.inlined]
        waiting.sort(key=lambda v: len(self.text[v].text))
        while len(expression.text) > WIDTH and waiting:
            longest = waiting.pop()
            if longest in self.inlined:
                self.assign(longest)
                expression = self.expression(step)
        self.text[value] = expression
        self.inlined.add(value)
        if value.name or self.uses[value] > 1 or value in self.outputs:
            self.assign(value)

    def assign(self, value: Value) -> None:
        """Give a value a line of its own."""
        self.inlined.remove(value)
        backward = value.step is not None and value.step.through is not None
        if backward != self.backward and self.lines and self.lines[-1]:
            self.lines.append("")
        self.backward = backward
        primals = self.primals(value)
        comment = f"  # gradient of {' and '.join(primals)}" if primals else ""
        self.lines.append(f"{self.name(value)} = {self.text[value].text}{comment}")
        self.text[value] = Written(self.name(value))


def plain_numbers(step: Step) -> tuple[Any, ...]:
    """The arguments, with 0.5 for np.float64(0.5) where it meets float64 and is the same."""
    doubles = any(value.dtype == float and not value.weak for value in step.operands)
    return tuple([float(a) if doubles and type(a) is np.float64 else a for a in step.args])


def read(step: Step) -> list[Value]:
    """The operands of a step, as often as its text has them."""
    return step.operands * 2 if step.function is scatter else step.operands


def replaced(tree: Any, what: Any, by: Any) -> Any:
    if tree is what:
        return by
    if type(tree) in (list, tuple):
        return type(tree)([replaced(part, what, by) for part in tree])
    if type(tree) is dict:
        return {k: replaced(part, what, by) for k, part in tree.items()}
    return tree
