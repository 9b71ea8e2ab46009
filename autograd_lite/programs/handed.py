"""A solver in a program: one step, with a body for each function that it gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite.core.tracked import Tracked, example, strip
from autograd_lite.loops.handing import Given, Handover, hand
from autograd_lite.programs.bodies import Bodied, body_of, result, standing
from autograd_lite.programs.branches import standing_in
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import Value, fingerprint
from autograd_lite.programs.tracer import Trace


class Handed(Bodied):
    """The function of a step that hands functions over to another: see `Handover`.

    Its operands are ``outside`` values, which each body has as its first inputs, then those of the
    function itself.
    """

    sizes = True  # how many results a solver has depends on numbers

    def __init__(self, bodies: Sequence[Listing], outside: int, call: Handover) -> None:
        self.bodies = tuple(bodies)
        self.outside, self.call = outside, call
        self.__name__ = getattr(call.function, "__name__", "solver")

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        outside, given = operands[: self.outside], operands[self.outside :]
        if any(isinstance(x, Tracked) for x in operands):
            if self.call.otherwise is not None:
                functions = [self.function(body, outside) for body in self.bodies]
                return tuple(self.call.otherwise(*functions, *given, **self.call.options))
            outside, given = strip(outside), strip(given)
        bodies = [
            Given(self.function(body, outside), each.examples, each.names)
            for body, each in zip(self.bodies, self.call.given)
        ]
        return hand(self.call._replace(given=bodies, operands=given))

    def function(self, body: Listing, outside: Sequence[Any]) -> Callable[..., Any]:
        """A body as the function that it was."""
        (output,) = body.outputs
        return lambda *args: body.run([*outside, *args])[output]

    def with_bodies(self, *bodies: Listing) -> Handed:
        return Handed(bodies, self.outside, self.call)

    def fingerprint(self) -> tuple[Any, ...]:
        """What tells this step from others."""
        texts = [tuple(fingerprint(b.inputs, b.steps, b.outputs)) for b in self.bodies]
        return (self.__name__, self.outside, repr(self.call.options), *texts)


def written_handover(trace: Trace, call: Handover) -> list[Any]:
    """Write a call down: what stands for its results."""
    made = []
    for each in call.given:
        with trace.body() as body:
            inputs = [standing(body, *pair) for pair in zip(each.examples, each.names)]
            output = result(body, each.function(*inputs))
        made.append((body, inputs, simplify(body.steps, [output], [output])))
    captured: dict[Value, Any] = {}
    for body, _, (steps, outputs) in made:
        needed = {v for step in steps for v in step.operands}.union(outputs)
        captured |= {there: x for there, (v, x) in body.captured.items() if v in needed}
    listings = [
        body_of(
            [*[standing_in(body, there) for there in captured], *[t.value for t in inputs]],
            *(steps, outputs, []),
        )
        for body, inputs, (steps, outputs) in made
    ]
    step = Handed(listings, len(captured), call._replace(operands=()))
    args = *captured.values(), *map(example, call.operands)
    results = trace.assumes.run(step, args, {})
    return list(trace.written(step, (*captured, *call.operands), {}, results))
