"""Solvers in a program: one step, whose bodies are the functions that the solver calls."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd_lite.core.tracked import example
from autograd_lite.loops.solvers import Solve
from autograd_lite.programs.bodies import Bodied, result, standing
from autograd_lite.programs.branches import body_of, standing_in
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import Value, fingerprint
from autograd_lite.programs.tracer import Trace


class Solver(Bodied):
    """The function of a step that calls a solver: see `Solve`.

    Its operands are ``outside`` values, which the bodies read, then those of the call.  It returns
    ``count`` arrays.
    """

    def __init__(
        self, call: Solve, bodies: tuple[Listing, ...], outside: int, count: int = 0
    ) -> None:
        self.__name__ = call.name
        self.call, self.bodies = call, bodies
        self.outside, self.count = outside, count

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        return tuple(self.found(operands))

    def found(self, operands: tuple[Any, ...]) -> Any:
        """What the solver returns, as it is."""
        outside, call = operands[: self.outside], self.call
        functions = {
            name: partial(returned_by, body, outside)
            for name, body in zip(call.functions, self.bodies)
        }
        given = dict(zip(call.operands, operands[self.outside :]))
        return call.function(**functions, **given, **call.options)

    def with_bodies(self, *bodies: Listing) -> Solver:
        return Solver(self.call, bodies, self.outside, self.count)

    def fingerprint(self) -> tuple[Any, ...]:
        """What tells this solver from others."""
        texts = [tuple(fingerprint(b.inputs, b.steps, b.outputs)) for b in self.bodies]
        call = self.call
        name = getattr(call.function, "__qualname__", call.name)
        called = call.name, name, described(call.options), [*call.operands]
        return (*called, self.outside, *texts)


def described(x: Any) -> Any:
    """An option as what tells it from others, in another trace too."""
    if isinstance(x, dict):
        return [(name, described(part)) for name, part in x.items()]
    if isinstance(x, (list, tuple)):
        return [*map(described, x)]
    if isinstance(x, np.ndarray) and not x.dtype.hasobject:
        return x.shape, x.dtype, x.tobytes()
    return getattr(x, "__qualname__", repr(x))


def returned_by(body: Listing, outside: tuple[Any, ...], *leaves: Any) -> Any:
    """What a body returns: one array, or a tuple."""
    values = body.run([*outside, *leaves])
    made = tuple([values[value] for value in body.outputs])
    return made[0] if len(made) == 1 else made


def written_solver(trace: Trace, call: Solve) -> tuple[list[Any], Any]:
    """Write a solver down: what it returns, and what it returned for these numbers."""
    trace.assumes.nothing()
    bodies, listed = [], []
    for f, examples in call.functions.values():
        with trace.body() as body:
            names = examples() if callable(examples) else examples
            inputs = [standing(body, x, name) for name, x in names.items()]
            ys = f(*inputs)
            outputs = [result(body, y) for y in (ys if type(ys) is tuple else (ys,))]
        steps, outputs = simplify(body.steps, outputs, outputs)
        bodies.append(body)
        listed.append(([x.value for x in inputs], steps, outputs))
    captured: dict[Value, Any] = {}
    for body, (_, steps, outputs) in zip(bodies, listed):
        needed = {v for step in steps for v in step.operands}.union(outputs)
        captured |= {there: x for there, (v, x) in body.captured.items() if v in needed}
    if not captured and call.direct is not None:
        made = [*call.direct()]
        return made, [*map(example, made)]
    listings = [
        body_of([*[standing_in(body, there) for there in captured], *inputs], steps, outputs)
        for body, (inputs, steps, outputs) in zip(bodies, listed)
    ]
    step = Solver(call, tuple(listings), len(captured))
    results = step.found((*captured.values(), *map(example, call.operands.values())))
    step.count = len(results)
    kept = dict.fromkeys(call.functions, (None, None))
    step.call = call._replace(
        functions=kept,
        operands=dict.fromkeys(call.operands),
        options={**call.options, **getattr(results, "options", {})},
        direct=None,
    )
    args = (*captured, *call.operands.values())
    return list(trace.written(step, args, {}, tuple(results))), results
