"""What parameters without a word of their own are called: W1, b1, … by what they do in a net."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value

PRODUCTS = of_kind("matrix product") | {np.dot}
TRANSPOSES = {np.transpose, np.matrix_transpose, np.swapaxes}
#: params[0], and params[2][1]: places alone.
PLACE = re.compile(r"(\w+)((?:\[\d+\])+)")


def roles(inputs: Sequence[Value], steps: Iterable[Step]) -> dict[Value, str]:
    """Names for the inputs at places such as params[0][1]: W for a factor, b for what is added.

    They are numbered by layers.  A list of which one entry is neither keeps all its places.
    """
    places = {v: m for v in inputs if not v.name and (m := PLACE.fullmatch(v.path or ""))}
    groups: dict[str, list[Value]] = {}
    for value, place in places.items():
        groups.setdefault(place[1], []).append(value)
    layer: dict[Value, int] = {}  # of products with weights
    found: dict[Value, tuple[str, int]] = {}
    for step in steps if places else ():
        if step.through is not None or step.incoming is not None:
            continue
        if step.function in PRODUCTS:
            for value in map(origin, step.operands):
                if value in places and len(value.shape or ()) == 2:
                    number = 1 + sum(kind == "W" for kind, _ in found.values())
                    _, layer[step.result] = found.setdefault(value, ("W", number))
        elif step.function in of_kind("sum"):
            numbers = [layer[v] for v in step.operands if v in layer]
            for value in map(origin, step.operands):
                if value in places and value not in found and len(numbers) == 1:
                    found[value] = "b", numbers[0]
    kept = [v for group in groups.values() if all(v in found for v in group) for v in group]
    single = sum(found[v][0] == "W" for v in kept) == 1
    names = {v: found[v][0] + ("" if single else str(found[v][1])) for v in kept}
    taken = {word for v in inputs if v not in places for word in re.findall(r"\w+", v.path or "")}
    return names if len({*names.values()} - taken) == len(names) else {}


def origin(value: Value) -> Value:
    """What was only transposed, or given more axes."""
    while value.step is not None and value.step.function in TRANSPOSES:
        value = value.step.args[0]
    return value
