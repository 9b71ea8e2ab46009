"""Making a program shorter without changing a bit: no copies, no ``x * 1``, no dead steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.programs.operators import ARITHMETIC, of_kind
from autograd_lite.programs.steps import Step, Value, guard, replace_values

#: Functions that return another view of what they are given, and those that return a copy.
VIEWS = (np.reshape, np.broadcast_to)
COPIES = of_kind("positive") | {np.astype, np.copy}


def simplify(steps: Sequence[Step], outputs: Sequence[Value]) -> tuple[list[Step], list[Value]]:
    """The steps that the outputs need, and the outputs, without what only passes a value on."""
    instead: dict[Value, Value] = {}

    def resolved(value: Value) -> Value:
        return instead.get(value, value)

    same_constants(steps, instead)
    users: dict[Value, list[Step]] = {}
    for step in steps:
        for value in step.operands:
            users.setdefault(value, []).append(step)
    kept = []
    for step in steps:
        step.args = replace_values(step.args, resolved)
        step.options = replace_values(step.options, resolved)
        same = unchanged(step, users)
        if same is None:
            kept.append(step)
        else:
            instead[step.result] = same
            same.name = same.name or step.result.name
            same.gradient_of += [v for v in step.result.gradient_of if v not in same.gradient_of]
    for step in kept:
        step.through = step.through and resolved(step.through)
        step.incoming = step.incoming and resolved(step.incoming)
        step.result.gradient_of = unique(map(resolved, step.result.gradient_of))
    outputs = [resolved(value) for value in outputs]
    kept = alive(kept, outputs)
    living = {value for step in kept for value in (step.result, *step.operands)}
    for value in living.union(outputs):
        value.gradient_of = [v for v in value.gradient_of if v in living or v.path is not None]
    attribute(kept)
    return kept, outputs


def same_constants(steps: Sequence[Step], instead: dict[Value, Value]) -> None:
    """One constant for all that have the same bits, in the same order in memory."""
    known: dict[Any, Value] = {}
    for value in unique(v for step in steps for v in step.operands if v.is_constant):
        x = value.data
        if isinstance(x, np.ndarray) and not x.dtype.hasobject:
            first = known.setdefault((x.shape, x.strides, x.dtype, x.tobytes()), value)
            if first is not value:
                instead[value] = first


def unchanged(step: Step, users: dict[Value, list[Step]]) -> Value | None:
    """The operand that a step returns as it is, to the bit, if it does.

    A copy may lie otherwise in memory, and then sums and products of matrices may round otherwise:
    it stays unless the operand is a fresh array, or all that use the copy go element by element.
    """
    result, f = step.result, step.function
    if f in VIEWS and result.shape and alike(step.args[0], result):
        return step.args[0]  # type: ignore[no-any-return]
    same = None
    if f in of_kind("product") and len(step.args) == 2 and not step.options:
        pairs = (step.args, step.args[::-1])
        same = next((x for x, other in pairs if is_one(other) and alike(x, result)), None)
    elif f in of_kind("quotient") and not step.options and is_one(step.args[1]):
        same = step.args[0] if alike(step.args[0], result) else None
    elif f in COPIES and result.shape and alike(step.args[0], result):
        plain = f is np.astype or (len(step.args) == 1 and not step.options)
        same = step.args[0] if plain else None
    if same is None or by_elements(same.step):
        return same
    return same if all(map(by_elements, users.get(result, ()))) else None


def by_elements(step: Step | None) -> bool:
    """Whether a step goes element by element, so that its result is a fresh, dense array."""
    if step is None:
        return False
    f = step.function
    return f in ARITHMETIC or (isinstance(f, np.ufunc) and f.signature is None)


def is_one(x: Any) -> bool:
    if isinstance(x, Value) and x.is_constant:
        return x.dtype.kind == "f" and bool(np.all(x.data == 1))
    return isinstance(x, (int, float, np.floating)) and not isinstance(x, bool) and x == 1


def alike(x: Any, result: Value) -> bool:
    """Whether ``x`` is a value of floats with the shape and dtype of the result."""
    same = isinstance(x, Value) and (x.shape, x.dtype) == (result.shape, result.dtype)
    same = same and x.weak == result.weak
    return same and result.dtype is not None and result.dtype.kind == "f"


def unique(values: Any) -> list[Value]:
    return list(dict.fromkeys(values))


def alive(steps: Sequence[Step], outputs: Sequence[Value]) -> list[Step]:
    """The steps on which the outputs depend, and the guards."""
    needed = set(outputs)
    kept = []
    for step in reversed(steps):
        if step.result in needed or step.function is guard:
            needed.update(step.operands)
            kept.append(step)
    return kept[::-1]


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
