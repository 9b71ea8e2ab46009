"""Branches in a program: one step with two bodies, of which one runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.core.tracked import Symbol, strip
from autograd_lite.loops.branches import Branch, run
from autograd_lite.programs.bodies import Bodied, of_kind, result
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.simplify import alive, simplify
from autograd_lite.programs.steps import Value, fingerprint
from autograd_lite.programs.tracer import Trace, Tracer


class Cond(Bodied):
    """The function of a step that takes one of two ways.

    Its operands are the truth that says which, then the inputs of both bodies, which are the same.
    It returns what the one body returns that runs.
    """

    __name__ = "cond"

    def __init__(self, yes: Listing, no: Listing) -> None:
        self.bodies = yes, no

    def __call__(self, flag: Any, *operands: Any) -> tuple[Any, ...]:
        flag = strip(flag)
        ways = [partial(way, body, operands) for body in self.bodies]
        if isinstance(flag, Symbol):
            return tuple(run(flag, ways))
        return tuple(ways[not flag]()[0])

    def with_bodies(self, *bodies: Listing) -> Cond:
        return Cond(*bodies)

    def fingerprint(self) -> tuple[Any, ...]:
        """What tells these branches from others."""
        return tuple([tuple(fingerprint(b.inputs, b.steps, b.outputs)) for b in self.bodies])

    def only(self, used: set[int]) -> tuple[Cond, list[int], list[int]]:
        """The branches without results that are not used; which operands and results it has."""
        kept = sorted(used)
        outputs = [[body.outputs[i] for i in kept] for body in self.bodies]
        steps = [alive(body.steps, made) for body, made in zip(self.bodies, outputs)]
        needed = {v for each in steps for step in each for v in step.operands}.union(*outputs)
        pairs = [*zip(*[body.inputs for body in self.bodies])]
        operands = [i for i, pair in enumerate(pairs) if needed.intersection(pair)]
        yes, no = [
            body_of([body.inputs[i] for i in operands], s, made)
            for body, s, made in zip(self.bodies, steps, outputs)
        ]
        return Cond(yes, no), [0, *[i + 1 for i in operands]], kept


def body_of(inputs: list[Value], steps: list[Any], outputs: list[Value]) -> Listing:
    return Listing("cond", [], (), inputs, steps, outputs, None)


def way(body: Listing, operands: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What a body returns."""
    values = body.run([*operands])
    return [values[value] for value in body.outputs], []


def written_cond(
    trace: Trace, flag: Tracer, branches: Sequence[Branch]
) -> tuple[list[Any], list[list[Any]]]:
    """Write branches down: their results, and for each what its pullbacks will read."""
    taken = bool(flag.array)
    bodies, made, kept = [], [], []  # type: list[Trace], list[list[Any]], list[list[Any]]
    for branch, answer in zip(branches, (True, False)):
        with trace.body(branch=True, aside=answer is not taken) as body:
            try:
                ys, held = branch()
            except Exception as error:
                if answer is not taken:
                    error.add_note(
                        "this is the branch of al.cond that these numbers do not take, and in a "
                        "program both are written down: trace it for numbers with which both work"
                    )
                raise
        bodies.append(body)
        made.append(ys)
        kept.append(held)
    each = [[isinstance(x, Tracer) and x.trace is b for x in held] for b, held in zip(bodies, kept)]
    own = [[x for x, e in zip(held, es) if e] for held, es in zip(kept, each)]
    n = len(made[0])
    pairs = [alike(bodies, pair) for pair in zip(*made)]
    rows = [
        [*[yes for yes, _ in pairs], *own[0], *map(zero, own[1])],
        [*[no for _, no in pairs], *map(zero, own[0]), *own[1]],
    ]
    listings, captured = [], {}  # type: list[Any], dict[Value, None]
    for body, row in zip(bodies, rows):
        outputs = [x if isinstance(x, Value) else result(body, x) for x in row]
        steps, outputs = simplify(body.steps, outputs, outputs)
        needed = {v for step in steps for v in step.operands}.union(outputs)
        captured |= {there: None for there, (here, _) in body.captured.items() if here in needed}
        listings.append((steps, outputs))
    cond = Cond(*[
        body_of([standing_in(body, there) for there in captured], *listing)
        for body, listing in zip(bodies, listings)
    ])  # fmt: skip
    examples = [x.data if isinstance(x, Value) else x for x in rows[not taken]]
    results = tuple([x.array if isinstance(x, Tracer) else x for x in examples])
    parts = iter(trace.written(cond, (flag, *captured), {}, results))
    ys = [next(parts) for _ in range(n)]
    return ys, [[next(parts) if e else x for x, e in zip(held, es)] for held, es in zip(kept, each)]


def standing_in(body: Trace, there: Value) -> Value:
    """The input of a body for a value from outside, which the other body may read alone."""
    if there in body.captured:
        return body.captured[there][0]
    return Value(there.shape, there.dtype, path=there.name or there.path or "outside")


def alike(bodies: Sequence[Trace], pair: Sequence[Any]) -> list[Any]:
    """What two branches return, as values of one kind: numbers of Python's become the other's."""
    kinds = [result(body, x) for body, x in zip(bodies, pair)]
    if len({(kind.dtype, kind.weak, kind.number) for kind in kinds}) == 1:
        return [*pair]
    strong = [kind.dtype for kind in kinds if not kind.weak] or [kind.dtype for kind in kinds]
    target = Value(kinds[0].shape, np.result_type(*strong))
    typed = [x if k.dtype == target.dtype and not k.weak else of_kind(x, target)
             for x, k in zip(pair, kinds)]  # fmt: skip
    return [x[()] if kinds[0].shape == () and hasattr(x, "shape") else x for x in typed]


def zero(x: Tracer) -> Value:
    """What the branch that is not taken returns in place of what the other keeps."""
    value = x.value
    data = np.zeros(value.shape or (), value.dtype)
    held = data[()] if value.number else data
    return Value(value.shape, value.dtype, data=held, number=value.number)
