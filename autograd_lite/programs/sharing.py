"""Steps that compute the same from the same: one of them is enough."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from autograd_lite.core.frames import is_engines
from autograd_lite.programs.apart import brought_together
from autograd_lite.programs.steps import GUARDING, Step, Value, replace_values


def share(steps: Sequence[Step], outputs: Sequence[Value]) -> tuple[list[Step], list[Value]]:
    """The steps without those that repeat another, and the outputs."""
    apart: set[Value] = set()
    while True:
        kept, found = shared(steps, outputs, apart)
        met = brought_together((steps, outputs), (kept, found))
        if met <= apart:
            return kept, found
        apart |= met


def shared(
    steps: Sequence[Step], outputs: Sequence[Value], apart: set[Value]
) -> tuple[list[Step], list[Value]]:
    """The same, with each value that is to stay ``apart`` computed on its own."""
    instead: dict[Value, Value] = {}
    known: dict[str, Value] = {}
    numbers: dict[Value, int] = {}
    kept = []

    def resolved(value: Value) -> Value:
        return instead.get(value, value)

    def named(value: Value) -> Any:
        return f"<{numbers.setdefault(value, len(numbers))}>"

    for step in steps:
        args, options = replace_values((step.args, step.options), resolved)
        step = replace(step, args=args, options=options)
        own = step.function in GUARDING or not is_engines(step.function)
        if own or step.result in apart:
            kept.append(step)
            continue
        call = repr((id(step.function), *replace_values((step.args, step.options), named)))
        first = known.setdefault(call, step.result)
        if first is step.result:
            kept.append(step)
        else:
            instead[step.result] = first
    return kept, [resolved(value) for value in outputs]
