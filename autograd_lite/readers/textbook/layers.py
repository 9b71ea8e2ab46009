"""The layers of a network: z before an activation and a after it, by the numbers of the weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_lite import special
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.textbook.known import BEFORE, Known

PRODUCTS = of_kind("matrix product") | {np.dot, np.einsum}
#: What may lie between a product with weights and what is z: a bias, a sign, a transpose.
BETWEEN = of_kind("sum", "difference", "negative", "product", "quotient") | {
    np.transpose, np.matrix_transpose, np.swapaxes,
}  # fmt: skip


def layers(listing: Listing, known: Mapping[Value, Known]) -> dict[Value, str]:
    """Names for the values before and after the activations: z1, a1, z2, …

    A last layer without an activation has a z as well.  Who has given names keeps them.
    """
    forward = [s for s in listing.steps if s.through is None and not s.incoming]
    after: dict[Value, Value | None] = {}
    for y, k in known.items():
        if k.function in BEFORE and k.z.step is not None:
            after[k.z] = after.get(k.z) or (None if k.function is special.log_softmax else y)
    after |= dict.fromkeys(last_layers(forward, set(after.values()), known))
    pairs = [*after.items()]
    numbers = [number_of(z) for z, _ in pairs]
    if not in_sequence(numbers):
        numbers = [*map(str, range(1, len(pairs) + 1))] if len(pairs) > 1 else [""]
    taken = {re.sub(r"_?\d*$", "", name) for v, name in listing.names.items() if v.name or v.path}
    called = {}
    for (z, a), number in zip(pairs, numbers):
        for letter, value in (("z", z), ("a", a)):
            if value is not None and letter not in taken and not value.name:
                called[value] = f"{letter}{number}"
    return called


def in_sequence(numbers: list[str | None]) -> bool:
    """Whether all layers have numbers, one after the other."""
    found = [int(n) for n in numbers if n is not None]
    return (
        len(found) == len(numbers) and found == [*range(found[0], found[0] + len(found))]
        if found
        else False
    )


def last_layers(
    forward: list[Step], activations: set[Value | None], known: Mapping[Value, Known]
) -> list[Value]:
    """What products of activations with weights end in where no activation follows."""
    users: dict[Value, list[Step]] = {}
    for step in forward:
        for value in step.operands:
            users.setdefault(value, []).append(step)
    befores = {k.z for k in known.values()}
    inside = {s.result for k in known.values() for s in k.region}
    found = []
    for step in forward:
        value = step.result
        if step.function not in PRODUCTS or not activations.intersection(step.operands):
            continue
        while len(after := users.get(value, [])) == 1 and adds_a_bias(after[0]):
            value = after[0].result
        if value not in befores and value not in inside and has_weights(step) and value.shape:
            found.append(value)
    return found


def adds_a_bias(step: Step) -> bool:
    others = [v for v in step.operands if v.step is None and not v.is_constant]
    return step.function in of_kind("sum") and len(others) == 1 and is_parameter(others[0])


def has_weights(step: Step) -> bool:
    return any(is_parameter(origin(v)) for v in step.operands)


def is_parameter(value: Value) -> bool:
    """Whether a value comes from outside and is a part of something larger, or has a number."""
    path = value.path or ""
    return bool(path) and (not path.isidentifier() or bool(re.search(r"\d$", path)))


def origin(value: Value) -> Value:
    """What was only transposed."""
    while value.step and value.step.function in (np.transpose, np.matrix_transpose, np.swapaxes):
        value = value.step.args[0]
    return value


def number_of(z: Value) -> str | None:
    """The number of the weights that a layer has: 2 for W2 and for layers[2].weight."""
    todo: list[Any] = [z]
    while todo:
        step = todo.pop(0).step
        if step is None or step.function not in PRODUCTS | BETWEEN:
            continue
        if step.function in PRODUCTS:
            for value in map(origin, step.operands):
                if is_parameter(value) and (found := re.findall(r"\d+", value.path or "")):
                    return str(found[-1])
        else:
            todo += step.operands
    return None
