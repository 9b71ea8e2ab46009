"""A program as the NumPy function that one would have written by hand."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.listing import Listing
from autograd_lite.naming import valid
from autograd_lite.rules.indexing import scatter
from autograd_lite.spelling import INFIX, CannotSpell, Written, call, importable, inside
from autograd_lite.spelling import written as literal
from autograd_lite.steps import Step, Value, guard, replace_values
from autograd_lite.trees import children, is_leaf, leaves_beside, structure

#: Functions that are written as something else.
OTHERWISE = {operator.getitem, scatter, guard}
WIDTH = 68  # of an expression; a longer one is broken up
LARGE = 64  # elements of a constant that is no longer written out
LIKE = '''def like(tree, *leaves):
    """The leaves in the structure of a tree."""
    left = iter(leaves)
    return al.tree_map(lambda _: next(left), tree)'''


def source(listing: Listing) -> str:
    """The text of a Python module with a function that does what the listing does, to the bit.

    What cannot be written down, such as a large constant, becomes a keyword argument of it.
    """
    return Writer(listing).module()


def function(listing: Listing) -> Callable[..., Any]:
    """The function in `source`, ready to be called."""
    writer = Writer(listing)
    scope: dict[str, Any] = {}
    exec(compile(writer.module(), f"<source of {listing.name}>", "exec"), scope)
    run: Callable[..., Any] = scope[listing.name]
    return partial(run, **writer.given) if writer.given else run


def expressions(listing: Listing) -> dict[Value, str]:
    """For every value what `source` writes for it: its name, or how it is computed."""
    writer = Writer(listing)
    writer.module()
    return {value: written.text for value, written in writer.text.items()}


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
        self.names = {value: listing.names[value] for value in known}
        results = [v for v in listing.outputs if v not in self.names]
        if len(results) == 1:
            self.names[results[0]] = "value"
        self.taken = {*self.names.values(), *listing.parameters, listing.name}
        self.text: dict[Value, Written] = {}
        self.inlined: set[Value] = set()
        self.imports: set[tuple[str, str]] = set()
        self.given: dict[str, Any] = {}
        self.hoisted: list[str] = []
        self.lines: list[str] = []
        self.backward = self.uses_like = False

    # ---- names ----

    def primals(self, value: Value) -> list[str]:
        """The names of what a value is the gradient of."""
        known = [p for p in value.gradient_of if p.step is None or p.name]
        return [self.listing.names[p] for p in known if p in self.listing.names]

    def name(self, value: Value) -> str:
        """What a value is called; one without a name is the next of t1, t2, …"""
        if value not in self.names:
            k = 1
            while f"t{k}" in self.taken:
                k += 1
            self.names[value] = f"t{k}"
            self.taken.add(f"t{k}")
        return self.names[value]

    def give(self, name: str, x: Any) -> str:
        """The name of a keyword argument for something that has no text."""
        for known, other in self.given.items():
            if other is x:
                return known
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        self.given[name] = x
        return name

    def function(self, function: Callable[..., Any]) -> str:
        """What a function is called, after it is imported or given."""
        if function in OTHERWISE or getattr(function, "__module__", "") == "_operator":
            return ""
        try:
            module, name = importable(function)
        except CannotSpell:
            return self.give(valid(getattr(function, "__name__", "function")), function)
        if module:
            self.imports.add((module, name))
        return name

    def literal(self, x: Any, name: str) -> str:
        """A constant as text; one that is large or has none is given by name."""
        if getattr(x, "size", 0) <= LARGE:
            try:
                return literal(x)
            except CannotSpell:
                pass
        return self.give(name, x)

    # ---- steps ----

    def expression(self, step: Step) -> Written:
        """A step with what its operands are called, or how they are computed if that is short."""
        name = self.function(step.function)
        step_args = plain_numbers(step) if step.function in INFIX else step.args
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
            text = (
                inside(self.text[condition], 5)
                if answer
                else f"not {inside(self.text[condition], 5)}"
            )
            self.lines.append(f"assert {text}  # else trace again")
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

    # ---- the whole ----

    def module(self) -> str:
        """The text of the whole module."""
        listing = self.listing
        for value in listing.inputs:
            self.text[value] = Written(self.names[value])
            if self.uses[value] and self.names[value] != value.path:
                self.lines.append(f"{self.names[value]} = {quoted(value.path or '')}")
        self.lines += [""] if self.lines else []
        for value in listing.constants:
            self.taken.discard(self.names[value])
            text = self.literal(value.data, self.names[value])
            if value.shape and text not in self.given:
                self.hoisted.append(f"{self.names[value]} = {text}")
                text = self.names[value]
            self.text[value] = Written(text)
        for step in listing.steps:
            self.write(step)
        texts = iter([self.text[value].text for value in listing.outputs])
        several = type(listing.result) is tuple and len(listing.result) > 1
        results = listing.result if several else [listing.result]
        self.lines += ["", *returned([self.tree(part, texts) for part in results])]
        keywords = f"*, {', '.join(self.given)}" if self.given else ""
        parameters = ", ".join([*listing.parameters, *([keywords] if keywords else [])])
        lines = [f"    {line}" if line else "" for line in self.lines]
        text = "\n".join([f"def {listing.name}({parameters}):", *lines])
        parts = [text]
        if self.uses_like:
            parts.insert(0, LIKE)
        if self.hoisted:
            parts.insert(0, "\n".join(self.hoisted))
        return "\n\n\n".join(["\n".join(self.import_lines("\n".join(parts))), *parts]) + "\n"

    def import_lines(self, text: str) -> Iterator[str]:
        yield "import numpy as np"
        if re.search(r"\bal\.", text):
            yield "import autograd_lite as al"
        if "Fraction(" in text:
            yield "from fractions import Fraction"
        for module in sorted({module for module, _ in self.imports}):
            names = sorted(name for other, name in self.imports if other == module)
            yield f"from {module} import {', '.join(names)}"

    def tree(self, tree: Any, texts: Iterator[str]) -> str:
        """The text of a nested container with these texts as its leaves."""
        if is_leaf(tree):
            return next(texts)
        kind: Any = type(tree)
        how = structure(kind)
        if how == "static":
            return self.literal(tree, "given")
        if type(tree) is dict:
            parts = [f"{quoted(repr(k))}: {self.tree(part, texts)}" for k, part in tree.items()]
            return "{" + ", ".join(parts) + "}"
        if type(tree) in (list, tuple):
            inner = ", ".join(self.tree(part, texts) for part in tree)
            if type(tree) is tuple:
                return f"({inner},)" if len(tree) == 1 else f"({inner})"
            return f"[{inner}]"
        leaves = ", ".join(text for part in children(tree) for text in self.flat(part[1], texts))
        self.uses_like = True
        return f"like({self.template(tree)}, {leaves})"

    def flat(self, tree: Any, texts: Iterator[str]) -> Iterator[str]:
        if is_leaf(tree):
            yield next(texts)
        for _, part in children(tree):
            yield from self.flat(part, texts)

    def template(self, tree: Any) -> str:
        """A parameter of the same structure, or the structure itself as a keyword argument."""
        for parameter, arg in zip(self.listing.parameters, self.listing.args):
            try:
                leaves_beside(arg, tree)
            except ValueError:
                continue
            return parameter
        return self.give("structure", tree)


def plain_numbers(step: Step) -> tuple[Any, ...]:
    """The arguments, with 0.5 for np.float64(0.5) where it meets float64 and is the same."""
    doubles = any(value.dtype == float for value in step.operands)
    return tuple([float(a) if doubles and type(a) is np.float64 else a for a in step.args])


def read(step: Step) -> list[Value]:
    """The operands of a step, as often as its text has them."""
    return step.operands * 2 if step.function is scatter else step.operands


def quoted(text: str) -> str:
    """A path or a key with double quotes where that is as good."""
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def returned(parts: list[str]) -> list[str]:
    """The return statement, on several lines if it is long."""
    line = f"return {', '.join(parts)}"
    if len(line) <= WIDTH + 20 or len(parts) == 1:
        return [line]
    return ["return (", *(f"    {part}," for part in parts), ")"]


def replaced(tree: Any, what: Any, by: Any) -> Any:
    if tree is what:
        return by
    if type(tree) in (list, tuple):
        return type(tree)([replaced(part, what, by) for part in tree])
    if type(tree) is dict:
        return {k: replaced(part, what, by) for k, part in tree.items()}
    return tree
