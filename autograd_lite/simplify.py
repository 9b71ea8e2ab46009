"""Making a program shorter without changing a bit: no copies, no ``x * 1``, no dead steps."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.steps import Step, Value, guard, replace_values

PRODUCTS = (operator.mul, np.multiply)
QUOTIENTS = (operator.truediv, np.divide)
#: Functions that return what they are given if its shape and dtype are so already; a number is
#: no array yet.
SAME_ALREADY = (np.reshape, np.broadcast_to, np.astype, np.copy, np.positive, operator.pos)


def simplify(steps: Sequence[Step], outputs: Sequence[Value]) -> tuple[list[Step], list[Value]]:
    """The steps that the outputs need, and the outputs, without what only passes a value on."""
    instead: dict[Value, Value] = {}

    def resolved(value: Value) -> Value:
        return instead.get(value, value)

    same_constants(steps, instead)
    kept = []
    for step in steps:
        step.args = replace_values(step.args, resolved)
        step.options = replace_values(step.options, resolved)
        same = unchanged(step)
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


def unchanged(step: Step) -> Value | None:
    """The operand that a step returns as it is, to the bit, if it does."""
    result, f = step.result, step.function
    if f in PRODUCTS and len(step.args) == 2 and not step.options:
        for x, other in (step.args, step.args[::-1]):
            if is_one(other) and alike(x, result):
                return x  # type: ignore[no-any-return]
    if f in QUOTIENTS and not step.options and is_one(step.args[1]) and alike(step.args[0], result):
        return step.args[0]  # type: ignore[no-any-return]
    harmless = f is not np.copy or (not step.options and len(step.args) == 1)
    if f in SAME_ALREADY and harmless and result.shape and alike(step.args[0], result):
        return step.args[0]  # type: ignore[no-any-return]
    return None


def is_one(x: Any) -> bool:
    if isinstance(x, Value) and x.is_constant:
        return x.dtype.kind == "f" and bool(np.all(x.data == 1))
    return isinstance(x, (int, float, np.floating)) and not isinstance(x, bool) and x == 1


def alike(x: Any, result: Value) -> bool:
    """Whether ``x`` is a value of floats with the shape and dtype of the result."""
    same = isinstance(x, Value) and (x.shape, x.dtype) == (result.shape, result.dtype)
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
