"""What a rule may ask for by name, and what is said of one that asks for something else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

Function = Callable[..., Any]

#: What a rule gets by these names, whatever the arguments of its function are called.
SPECIAL = {
    "g": "the incoming gradient",
    "y": "the result",
    "aside": "what the function of that name computes",
    "shape": "the shape of the argument that it differentiates by",
    "dtype": "the dtype of the argument that it differentiates by",
    "transposed": "whether that argument is the transpose of another value",
}


def wanted(rule: Function | None) -> tuple[str, ...]:
    """The names that a rule asks for."""
    return () if rule is None else tuple(inspect.signature(rule).parameters)


def check(row: Any, rules: Mapping[str, Function | None]) -> None:
    """Raise TypeError if these cannot be the rules of the function that ``row`` is of."""
    arguments = ", ".join(row.defaults)
    for name, rule in rules.items():
        if name not in row.defaults:
            raise TypeError(
                f"rule({row.name}, {name}=…): {row.name} has no argument {name!r}; "
                f"its arguments are {arguments}"
            )
        for special in SPECIAL if row.own else ("g",):
            if special in row.defaults and special in wanted(rule):
                raise TypeError(
                    f"rule({row.name}, {name}=…) asks for {special!r}, which in a rule means "
                    f"{SPECIAL[special]}; rename the argument {special!r} of {row.name}"
                )
    if row.own and not all(name in rules for name in [*row.defaults][: len(rules)]):
        first = next(name for name in row.defaults if name not in rules)
        raise TypeError(
            f"rule({row.name}, …): the arguments that have a rule come first, and {first!r} has "
            f"none; put it behind them, or say {first}=None if the result does not vary with it"
        )
    for name in wanted(row.aside):
        if name not in row.defaults:
            raise TypeError(
                f"rule({row.name}, aside=…): it asks for {name!r}, and is computed from the "
                f"arguments of {row.name} alone, which are {arguments}"
            )
    if row.aside and not any("aside" in wanted(rule) for rule in rules.values()):
        raise TypeError(f"rule({row.name}, aside=…): no rule asks for 'aside', so leave it out")
    if row.fused and not row.aside:
        raise TypeError(
            f"rule({row.name}, fused=…) needs aside=… too: what the fused function returns beside "
            f"the result, computed from the arguments alone"
        )
