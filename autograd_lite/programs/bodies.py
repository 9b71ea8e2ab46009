"""Loops in a program: one step, with a body that runs once for each turn."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.core.tape import dtype_of
from autograd_lite.core.tracked import Symbol, Tracked, example
from autograd_lite.loops.sections import Sections, run
from autograd_lite.loops.turns import Held, Kept, Loop, Made
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import gradient_name, word
from autograd_lite.programs.operators import of_kind as functions_of
from autograd_lite.programs.simplify import alive, simplify
from autograd_lite.programs.steps import Value, fingerprint
from autograd_lite.programs.tracer import Trace, Tracer

SUMS = functions_of("sum")


class Bodied:
    """The function of a step that runs listings: a loop, or branches."""

    bodies: tuple[Listing, ...]

    def with_bodies(self, *bodies: Listing) -> Bodied:
        """The same with bodies that do the same."""
        raise NotImplementedError


class Scan(Bodied):
    """The function of a step that is a loop.

    Its operands are ``outside`` values, the same in each turn, then those that are ``carried``,
    then what it loops over.  It returns the carried values after the last turn, and its results,
    stacked.  ``body`` has the same inputs and outputs for one turn.  ``length`` is that of a loop
    over nothing, else None.
    """

    __name__ = "scan"

    def __init__(
        self, body: Listing, outside: int, carried: int, length: int | None, reverse: bool
    ) -> None:
        self.body, self.outside, self.carried = body, outside, carried
        self.bodies = (body,)
        self.length, self.reverse = length, reverse

    def turns(self, operands: Sequence[Any]) -> Sequence[int]:
        """The turns in their order."""
        over = operands[self.outside + self.carried :]
        n = len(over[0]) if self.length is None else self.length
        return range(n)[::-1] if self.reverse else range(n)

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        outside, rest = operands[: self.outside], operands[self.outside :]
        carry, xs = list(rest[: self.carried]), rest[self.carried :]
        if any(isinstance(x, (Tracked, Symbol)) for x in operands):
            return self.recorded(outside, carry, list(xs), len(self.turns(operands)))
        rows = []
        for t in self.turns(operands):
            values = self.body.run([*outside, *carry, *[x[t] for x in xs]])
            made = [values[value] for value in self.body.outputs]
            carry = made[: self.carried]
            rows.append(made[self.carried :])
        if self.reverse:
            rows.reverse()
        return (*carry, *[np.stack(column) for column in zip(*rows)])

    def with_bodies(self, *bodies: Listing) -> Scan:
        (body,) = bodies
        return Scan(body, self.outside, self.carried, self.length, self.reverse)

    def recorded(
        self, outside: Sequence[Any], carry: list[Any], xs: list[Any], n: int
    ) -> tuple[Any, ...]:
        """The same loop as one step of a tape, or of another program."""

        def turn(t: int, carry: list[Any], parts: list[Any]) -> Made:
            values = self.body.run([*outside, *carry, *parts])
            made = [values[value] for value in self.body.outputs]
            return made[: self.carried], made[self.carried :], []

        names = [self.body.names[value] for value in self.body.inputs[self.outside :]]
        called = names[: self.carried], names[self.carried :]
        last, ys = run(Loop(turn, carry, xs, n, self.reverse, called))
        return (*last, *ys)

    def count(self, args: Sequence[Any]) -> int:
        """How many turns there are, from the values that go in."""
        return (
            int(args[self.outside + self.carried].shape[0]) if self.length is None else self.length
        )

    def fingerprint(self) -> tuple[Any, ...]:
        """What tells this loop from others."""
        body = self.body
        texts = fingerprint(body.inputs, body.steps, body.outputs)
        return (self.outside, self.carried, self.length, self.reverse, *texts)

    def only(self, used: set[int]) -> tuple[Scan, list[int], list[int]]:
        """A loop without results that are not used; which operands and results of this it has.

        What is carried stays where a turn needs it.
        """
        body, n = self.body, self.carried
        while True:
            outputs = [v for i, v in enumerate(body.outputs) if i in used]
            needed = {v for step in alive(body.steps, outputs) for v in step.operands}.union(
                outputs
            )
            operands = [i for i, v in enumerate(body.inputs) if v in needed]
            more = {i - self.outside for i in operands if 0 <= i - self.outside < n} - used
            if not more:
                break
            used |= more
        carried = {self.outside + i for i in used if i < n}
        operands = [i for i, v in enumerate(body.inputs) if v in needed or i in carried]
        if self.length is None and not any(i >= self.outside + n for i in operands):
            operands.append(self.outside + n)  # which says how many turns there are
        inputs = [body.inputs[i] for i in operands]
        steps = alive(body.steps, outputs)
        outside = sum(i < self.outside for i in operands)
        smaller = body_of(inputs, steps, outputs, inputs[outside : outside + len(carried)])
        return (
            Scan(smaller, outside, len(carried), self.length, self.reverse),
            operands,
            sorted(used),
        )


def written_loop(
    trace: Trace, loop: Loop, sections: list[Sections]
) -> tuple[list[Any], list[Any], Kept]:
    """Write a loop down: its results, and what its one turn that was written down kept."""
    carry, n, t = list(loop.carry), len(loop.carry), loop.order[0]
    rows = [same_row(x) for x in loop.xs]
    over = [x for *x, row in zip(loop.xs, loop.names[1], rows) if row is None]
    xs = [x for x, _ in over]
    for here in sections:
        here.begin()
    while True:
        with trace.body() as body:
            inputs = [standing(body, *pair) for pair in zip(carry, loop.names[0])]
            inputs += [standing(body, example(x)[t], name) for x, name in over]
            following = iter(inputs[n:])
            parts = [next(following) if row is None else row for row in rows]
            after, ys, held = loop.turn(t, inputs[:n], parts)
        unsettled = [here for here in sections if not here.settled()]
        made = [result(body, x) for x in (*after, *ys)]
        became = [x if is_same(a, b) else of_kind(x, b) for x, a, b in zip(carry, inputs, made)]
        if not unsettled and all(map(operator.is_, became, carry)):
            break
        carry = became
    each = [varies or (isinstance(x, Tracer) and x.trace is body) for x, varies in held]
    made += [result(body, x) for (x, _), e in zip(held, each) if e]
    steps, outputs = simplify(body.steps, made, made)
    needed = {v for step in steps for v in step.operands}.union(outputs)
    captured = [(there, here, x) for there, (here, x) in body.captured.items() if here in needed]
    values = [tracer.value for tracer in inputs]
    called = [*map(gradient_called, outputs[:n]), *map(kept_called, xs)]
    for value, name in zip(values, called):
        value.path = name or value.path
    listing = body_of([*[h for _, h, _ in captured], *values], steps, outputs, values[:n])
    scan = Scan(listing, len(captured), n, None if xs else loop.length, loop.reverse)
    arrays = [x for _, _, x in captured] + [*map(example, (*carry, *xs))]
    if trace.assumes.real:
        results = scan(*arrays)
    else:
        trace.assumes.made = True
        firsts = [*map(example, (*after, *ys)), *[example(x) for (x, _), e in zip(held, each) if e]]
        stacks = [np.broadcast_to(x, (loop.length, *np.shape(x))) for x in firsts[n:]]
        results = (*firsts[:n], *stacks)
    args = (*[there for there, _, _ in captured], *carry, *xs)
    parts = trace.written(scan, args, {}, results)
    stacks = iter(parts[n + len(ys) :])
    kept = [Held(next(stacks), True) if e else h for h, e in zip(held, each)]
    return parts[:n], parts[n : n + len(ys)], Kept([kept], True)


def bodies_in(listing: Listing) -> list[Listing]:
    """The bodies of all loops and branches in a program, those within others too."""
    functions: list[Any] = [step.function for step in listing.steps]
    bodies = [body for f in functions if isinstance(f, Bodied) for body in f.bodies]
    return bodies + [inner for body in bodies for inner in bodies_in(body)]


def body_of(
    inputs: list[Value], steps: list[Any], outputs: list[Value], carried: list[Value]
) -> Listing:
    """The body of a loop; what it carries on, unless it has a name, is a new one of its kind."""
    new = {
        after: f"new_{word(before)}"
        for before, after in zip(carried, outputs)
        if after.step is not None
    }
    return Listing("scan", [], (), inputs, steps, outputs, None, new)


def gradient_called(made: Value) -> str:
    """What is carried is called after what it becomes: a gradient, or a sum of gradients."""
    step = made.step
    summands = step.operands if step is not None and step.function in SUMS else []
    primals = [word(primal) for x in (made, *summands) for primal in x.gradient_of]
    return next((gradient_name(name) for name in primals if name), "")


def kept_called(x: Any) -> str:
    """What another loop has kept is called as in there."""
    step = x.value.step if isinstance(x, Tracer) else None
    if step is None or step.function is not operator.getitem:
        return ""
    loop = step.args[0].step and step.args[0].step.function
    return loop.body.names.get(loop.body.outputs[step.args[1]], "") if type(loop) is Scan else ""


def standing(body: Trace, x: Any, name: str) -> Tracer:
    """What stands for ``x`` in a body, of which it becomes an input."""
    x = example(x)
    value = Value(np.shape(x), dtype_of(x), path=name)
    body.inputs.append(value)
    return Tracer(x, value, body)


def same_row(x: Any) -> Any:
    """What all rows of an array are, if it is one number everywhere; else None."""
    if isinstance(x, np.ndarray):
        return x[0] if not any(x.strides) or not x.tobytes().strip(b"\0") else None
    step = x.value.step
    if step is None or step.function is not np.broadcast_to or not isinstance(step.args[0], Value):
        return None
    number = step.args[0]
    if number.shape != () or number.weak:
        return None
    return np.broadcast_to(Tracer(x.array[(0,) * x.array.ndim], number, x.trace), x.shape[1:])


def result(body: Trace, x: Any) -> Value:
    """The value that a turn returns; what is none of the body's own is an input or a constant."""
    if isinstance(x, (Tracer, np.ndarray)):
        return body.value(x)
    return Value(np.shape(x), dtype_of(x), data=x, number=True, weak=not hasattr(x, "dtype"))


def is_same(x: Tracer, made: Value) -> bool:
    """Whether a turn made a value of the kind that it got."""
    return (x.value.shape, x.value.dtype, x.value.weak) == (made.shape, made.dtype, made.weak)


def of_kind(x: Any, value: Value) -> Any:
    """A number of Python's as one of the kind that a turn makes of it."""
    if isinstance(x, Tracer):
        return np.positive(x, dtype=value.dtype, casting="unsafe")
    return value.dtype.type(x)
