"""Branches and open ends: both ways of a branch as cases, and a while loop as turns 1, …, n."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd_lite.programs.bodies import Bodied, Scan
from autograd_lite.programs.branches import Cond
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.repeated import While
from autograd_lite.programs.steps import Step, Value, replace_values


class Until(Scan):
    """A loop of n turns, and nobody knows n: as many as there are while ``test`` holds."""

    __name__ = "while_loop"

    def __init__(self, loop: While) -> None:
        test, body = loop.bodies
        super().__init__(body, loop.outside, len(body.outputs), None, False)
        inputs = dict(zip(test.inputs, body.inputs))
        self.test = Opening(inputs).whole(test, body.inputs)
        self.bodies = body, self.test
        self.loop = loop

    def count(self, args: Any) -> Any:
        return "n"

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        return self.loop(*operands)

    def with_bodies(self, *bodies: Listing) -> Until:
        body, test = bodies
        return Until(self.loop.with_bodies(test, body))


def is_open(listing: Listing) -> bool:
    """Whether there is something to open in a listing, or in a body."""
    functions: list[Any] = [step.function for step in listing.steps]
    return any(
        isinstance(f, (Cond, While))
        or is_check(f)
        or (isinstance(f, Bodied) and any(map(is_open, f.bodies)))
        for f in functions
    )


def is_check(function: Any) -> bool:
    """Whether a function returns its first argument, after it has looked at the numbers."""
    return getattr(function, "checks", False)


def opened(listing: Listing) -> Listing:
    """A listing with the steps of both ways in place of each branch, and `np.where` for its result.

    It computes the same wherever both ways can be computed.  A while loop is a `Scan` in it, and
    checks of numbers are left out.
    """
    return Opening().whole(listing) if is_open(listing) else listing


class Opening:
    """A listing while its branches are opened: ``of`` has what stands for each of its values."""

    def __init__(self, of: Mapping[Value, Value] = MappingProxyType({})) -> None:
        self.of = dict(of)
        self.steps: list[Step] = []
        self.ways: dict[Value, tuple[Value, list[list[Value]]]] = {}  # flag, and what both return

    def whole(self, listing: Listing, inputs: list[Value] | None = None) -> Listing:
        for step in listing.steps:
            self.add(step)
        for step in self.steps:
            step.through, step.incoming, step.of = map(
                self.drawn, (step.through, step.incoming, step.of)
            )
            step.result.gradient_of = [*map(self.drawn, step.result.gradient_of)]
        outputs = [*map(self.drawn, listing.outputs)]
        called = {self.drawn(step.result): listing.names[step.result] for step in listing.steps}
        return Listing(
            listing.name, listing.parameters, listing.args, inputs or listing.inputs, self.steps,
            outputs, listing.result, {v: n for v, n in called.items() if not is_numbered(n)},
        )  # fmt: skip

    def drawn(self, x: Any) -> Any:
        return self.of.get(x, x) if isinstance(x, Value) else x

    def add(self, step: Step) -> None:
        function = step.function
        args, options = replace_values((step.args, step.options), self.drawn)
        if isinstance(function, Cond):
            self.open(step, function, args)
        elif is_check(function):
            self.of[step.result] = args[0]
        elif function is operator.getitem and args[0] in self.ways:
            flag, results = self.ways[args[0]]
            yes, no = (way[args[1]] for way in results)
            for value in (yes, no) if step.result.gradient_of else ():
                if value.step is not None:
                    value.gradient_of = []  # it is a part of the gradient, which is this
            if yes is no:
                self.of[step.result] = yes
            else:
                self.put(step, np.where, (flag, yes, no), {})
        else:
            if isinstance(function, While):
                function = Until(function.with_bodies(*map(opened, function.bodies)))
            elif isinstance(function, Bodied):
                function = function.with_bodies(*map(opened, function.bodies))
            self.put(step, function, args, options)

    def put(self, step: Step, function: Any, args: Any, options: dict[str, Any]) -> None:
        value = replace(step.result, gradient_of=[*step.result.gradient_of])
        value.step = replace(step, function=function, args=args, options=options, result=value)
        self.of[step.result] = value
        self.steps.append(value.step)

    def open(self, step: Step, cond: Cond, args: tuple[Any, ...]) -> None:
        """Add the steps of both ways; of an earlier branch, a way gets what that way made."""
        flag, *operands = args
        results = []
        for answer, body in zip((True, False), cond.bodies):
            for value, x in zip(body.inputs, operands):
                self.of[value] = this_way(x, flag, answer)
            for inner in body.steps:
                self.add(replace(inner, through=inner.through or step.through))
            results.append([*map(self.drawn, body.outputs)])
        self.of[step.result] = step.result
        self.ways[step.result] = flag, results


def this_way(x: Any, flag: Any, answer: bool) -> Any:
    """What a value is where one knows which way it came."""
    made = x.step if isinstance(x, Value) else None
    if made is None or made.function is not np.where or made.args[0] is not flag:
        return x
    return made.args[1 if answer else 2]


def is_numbered(name: str) -> bool:
    return re.fullmatch(r"t\d+(_\d+)*", name) is not None
