"""Loops in a program that run until a condition fails: one step with two bodies."""

from __future__ import annotations

import operator
from typing import Any

from autograd_lite.core.tracked import Tracked, example
from autograd_lite.loops.branches import single
from autograd_lite.loops.repeating import Repeat, repeat
from autograd_lite.programs.bodies import Bodied, body_of, is_same, of_kind, result, standing
from autograd_lite.programs.branches import standing_in
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import Value, fingerprint
from autograd_lite.programs.tracer import Trace


class While(Bodied):
    """The function of a step that is a loop for as long as a condition holds: see `Repeat`.

    Its operands are ``outside`` values, the same in each turn, then the state.  It returns the last
    state.  Its two bodies have the same inputs.  The one makes the condition, the other the next
    state.
    """

    __name__ = "while_loop"

    def __init__(self, test: Listing, body: Listing, outside: int, loop: Repeat) -> None:
        self.bodies = test, body
        self.outside, self.loop = outside, loop

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        test, body = self.bodies
        outside, state = operands[: self.outside], [*operands[self.outside :]]
        loop = self.loop._replace(
            cond=lambda state: made_by(test, [*outside, *state])[0],
            step=lambda state: made_by(body, [*outside, *state]),
            state=state,
        )
        if loop.otherwise is not None and any(isinstance(x, Tracked) for x in operands):
            return tuple(loop.otherwise(loop))
        return tuple(repeat(loop))

    def with_bodies(self, *bodies: Listing) -> While:
        test, body = bodies
        return While(test, body, self.outside, self.loop)

    def fingerprint(self) -> tuple[Any, ...]:
        """What tells this loop from others."""
        texts = [tuple(fingerprint(b.inputs, b.steps, b.outputs)) for b in self.bodies]
        return (self.outside, self.loop.limit, self.loop.said, *texts)


def made_by(body: Listing, leaves: list[Any]) -> list[Any]:
    """What a body returns."""
    values = body.run(leaves)
    return [values[value] for value in body.outputs]


def written_while(trace: Trace, loop: Repeat) -> list[Any]:
    """Write a loop down: its last state."""
    state = list(loop.state)
    while True:
        with trace.body() as body:
            inputs = [standing(body, *pair) for pair in zip(state, loop.names)]
            after = loop.step([*inputs])
        made = [result(body, x) for x in after]
        became = [x if is_same(a, b) else of_kind(x, b) for x, a, b in zip(state, inputs, made)]
        if all(map(operator.is_, became, state)):
            break
        state = became
    with trace.body() as test:
        asked = [standing(test, *pair) for pair in zip(state, loop.names)]
        flag = single(loop.cond([*asked]), "cond of a while_loop")
    values = [tracer.value for tracer in inputs]
    both = [simplify(test.steps, [result(test, flag)]), simplify(body.steps, made, made)]
    captured: dict[Value, Any] = {}
    for there_is, (steps, outputs) in zip((test, body), both):
        needed = {v for step in steps for v in step.operands}.union(outputs)
        captured |= {there: x for there, (v, x) in there_is.captured.items() if v in needed}
    outer, inner = [[standing_in(t, there) for there in captured] for t in (test, body)]
    (asks, answer), (steps, outputs) = both
    step = While(
        Listing("cond", [], (), [*outer, *[t.value for t in asked]], asks, answer, None),
        body_of([*inner, *values], steps, outputs, values),
        len(captured),
        loop._replace(state=[]),
    )
    if trace.assumes.real:
        results = step(*captured.values(), *map(example, state))
    else:
        trace.assumes.made = True
        results = tuple(map(example, after))
    return list(trace.written(step, (*captured, *state), {}, results))
