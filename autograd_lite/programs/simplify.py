"""Making a program shorter without changing a bit: no copies, no ``x * 1``, no dead steps."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.programs.apart import copies_to_keep
from autograd_lite.programs.filled import has_no_order, with_numbers
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import Step, Value, guard, replace_values

#: Functions that return another view of what they are given, and those that return a copy.
VIEWS = (np.reshape, np.broadcast_to)
COPIES = of_kind("positive") | {np.copy}


def simplify(
    steps: Sequence[Step], outputs: Sequence[Value], seen: Sequence[Value] = ()
) -> tuple[list[Step], list[Value]]:
    """The steps that the outputs need, and the outputs, without what only passes a value on.

    Of the values that are ``seen`` elsewhere, the order in memory is kept.
    """
    narrow(steps, outputs)
    instead = repeated_constants(steps)

    def resolved(value: Value) -> Value:
        return instead.get(value, value)

    ordered = seen_in_order(alive(steps, outputs), seen)
    apart = copies_to_keep(steps, lambda step: bool(passed_on(step)))
    kept = []
    for step in steps:
        step.args, step.options = replace_values((step.args, step.options), resolved)
        step.args = with_numbers(step, ordered)
        same = unchanged(step, ordered)
        if same is None or (step.result in apart and step.function not in VIEWS):
            kept.append(step)
        else:
            instead[step.result] = same
            same.name = same.name or step.result.name
            same.gradient_of += [v for v in step.result.gradient_of if v not in same.gradient_of]
    for step in kept:
        step.through = step.through and resolved(step.through)
        step.incoming = step.incoming and resolved(step.incoming)
        step.result.gradient_of = [*dict.fromkeys(map(resolved, step.result.gradient_of))]
    outputs = [resolved(value) for value in outputs]
    kept = alive(kept, outputs)
    living = {value for step in kept for value in (step.result, *step.operands)}
    dead = {step.result for step in steps}.difference(living)
    for value in living.union(outputs):
        value.gradient_of = [v for v in value.gradient_of if v not in dead]
    attribute(kept)
    return kept, outputs


def repeated_constants(steps: Sequence[Step]) -> dict[Value, Value]:
    """For constants with the same bits in the same order in memory, the first of them."""
    known: dict[Any, Value] = {}
    firsts = {}
    for value in dict.fromkeys(v for step in steps for v in step.operands if v.is_constant):
        x = value.data
        if isinstance(x, np.ndarray) and not x.dtype.hasobject:
            bits = x.shape, x.strides, x.dtype, x.tobytes()
            firsts[value] = known.setdefault(bits, value)
    return firsts


def seen_in_order(steps: Sequence[Step], seen: Sequence[Value]) -> set[Value]:
    """The values whose order in memory some step may see, such as a sum, which rounds accordingly.

    What goes element by element sees none.  It hands that of its operands on to its result, if that
    has several axes: a row of numbers has one order only.
    """
    ordered = set(seen)
    for step in reversed(steps):
        hands_on = step.result in ordered and len(step.result.shape or ()) > 1
        if hands_on or not is_elementwise(step.function):
            ordered.update(step.operands)
    return ordered


def unchanged(step: Step, ordered: set[Value]) -> Value | None:
    """The operand that a step returns as it is, to the bit, if it does.

    A copy may lie otherwise in memory, and then sums and products of matrices may round otherwise.
    So it stays unless nobody sees that, or the operand is a fresh array and lies as the copy does.
    """
    same = next((x for x in passed_on(step) if is_like(x, step.result)), None)
    if same is None or step.function in VIEWS or step.result not in ordered:
        return same
    leads = all(value is same or has_no_order(value) for value in step.operands)
    return same if leads and same.step and is_elementwise(same.step.function) else None


def passed_on(step: Step) -> Sequence[Any]:
    """The operands whose numbers are those of the result."""
    f, args, bare = step.function, step.args, not step.options
    if f in of_kind("product") and len(args) == 2 and bare:
        return [x for x, other in (args, args[::-1]) if is_one(other)]
    if f in of_kind("quotient") and bare:
        return args[:1] if is_one(args[1]) else ()
    copied = f in VIEWS or f is np.astype or (f in COPIES and len(args) == 1 and bare)
    return args[:1] if copied and step.result.shape else ()


def is_one(x: Any) -> bool:
    if isinstance(x, Value) and x.is_constant:
        return x.dtype.kind == "f" and bool(np.all(x.data == 1))
    return isinstance(x, (int, float, np.floating)) and not isinstance(x, bool) and x == 1


def is_like(x: Any, result: Value) -> bool:
    """Whether ``x`` is a value of floats with the kind, shape and dtype of the result.

    ``1 * x`` is a number where ``x`` is an array without axes.
    """
    return (
        isinstance(x, Value)
        and not (result.sized or result.typed)
        and (x.shape, x.dtype, x.weak) == (result.shape, result.dtype, result.weak)
        and x.number is result.number
        and getattr(x.dtype, "kind", "") == "f"
    )


def alive(steps: Sequence[Step], outputs: Sequence[Value]) -> list[Step]:
    """The steps on which the outputs depend, and the guards."""
    needed = set(outputs)
    kept = []
    for step in reversed(steps):
        if step.result in needed or step.function is guard:
            needed.update(step.operands)
            kept.append(step)
    return kept[::-1]


def narrow(steps: Sequence[Step], outputs: Sequence[Value]) -> None:
    """Take from each loop the results that nobody needs, and the operands that only they need."""
    needed = set(outputs)
    parts: dict[Value, list[Step]] = {}
    for step in reversed(steps):
        if step.result not in needed and step.function is not guard:
            continue
        only = getattr(step.function, "only", None)
        if only is not None:
            used = {part.args[1] for part in parts.get(step.result, ())}
            step.function, operands, results = only(used)
            step.args = tuple([step.args[i] for i in operands])
            for part in parts[step.result]:
                part.args = (part.args[0], results.index(part.args[1]))
        if step.function is operator.getitem and step.args[0].shape is None:
            parts.setdefault(step.args[0], []).append(step)
        needed.update(step.operands)


def attribute(steps: Sequence[Step]) -> None:
    """Say of each step of a backward pass which value's gradient it helps to compute."""
    consumer: dict[Value, Step] = {}
    for step in reversed(steps):
        if step.result.gradient_of:
            step.of = step.result.gradient_of[0]
        elif step.through is not None and step.result in consumer:
            later = consumer[step.result]
            step.of = later.of if later.through is step.through else None
        for value in step.operands:
            consumer[value] = step
