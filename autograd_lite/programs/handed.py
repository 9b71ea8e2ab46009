"""A solver in a program: one step, with a body for each function that it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.core.tracked import example
from autograd_lite.loops.handing import Handover
from autograd_lite.programs.bodies import Bodied, result, standing
from autograd_lite.programs.branches import body_of, standing_in
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import Value, fingerprint
from autograd_lite.programs.tracer import Trace


class Handed(Bodied):
    """The function of a step that hands functions over to another: see `Handover`.

    Its operands are ``outside`` values, which each body has as its first inputs, then those of the
    call, of which the names are kept.  It returns ``count`` arrays.
    """

    def __init__(
        self, call: Handover, bodies: Sequence[Listing], outside: int, count: int = 0
    ) -> None:
        self.__name__, self.sizes = call.name, call.sized
        self.call, self.bodies = call, tuple(bodies)
        self.outside, self.count = outside, count

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        return tuple(self.found(*operands))

    def found(self, *operands: Any) -> Any:
        """What the solver returns, as it is."""
        outside, call = operands[: self.outside], self.call
        functions = {
            name: partial(returned_by, body, outside) for name, body in zip(call.given, self.bodies)
        }
        operands = operands[self.outside :]
        return call.function(**functions, **dict(zip(call.operands, operands)), **call.options)

    def with_bodies(self, *bodies: Listing) -> Handed:
        return Handed(self.call, bodies, self.outside, self.count)

    def fingerprint(self) -> tuple[Any, ...]:
        """What tells this step from others."""
        texts = [tuple(fingerprint(b.inputs, b.steps, b.outputs)) for b in self.bodies]
        call = self.call
        name = getattr(call.function, "__qualname__", call.name)
        called = call.name, name, described(call.options), [*call.given], [*call.operands]
        return (*called, self.outside, *texts)


def described(x: Any) -> Any:
    """An option as what tells it from others, in another trace too."""
    if isinstance(x, Mapping):
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


def nothing(*_: Any) -> None:
    """What a step has in place of functions that are written down."""


def written_handover(trace: Trace, call: Handover) -> tuple[list[Any], Any]:
    """Write a call down: what stands for its results, and what they were for these numbers.

    Results with ``options`` have more of these for the runs to come.
    """
    trace.assumes.nothing()
    bodies, listed = [], []
    for f, examples in call.given.values():
        with trace.body() as body:
            inputs = [standing(body, x, name) for name, x in examples.items()]
            made = f(*inputs)
            outputs = [result(body, y) for y in (made if type(made) is tuple else (made,))]
        bodies.append(body)
        listed.append(([x.value for x in inputs], *simplify(body.steps, outputs, outputs)))
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
    step = Handed(call, listings, len(captured))
    results = step.found(*captured.values(), *map(example, call.operands.values()))
    step.count = len(results)
    step.call = call._replace(
        given={name: (nothing, {}) for name in call.given},
        operands=dict.fromkeys(call.operands),
        options={**call.options, **getattr(results, "options", {})},
        direct=None,
    )
    args = (*captured, *call.operands.values())
    return [*trace.written(step, args, {}, tuple(results))], results
