"""Loops on the page: what every value of a body is, turn by turn."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.formula.turns import Turns

#: At most so many turns of a loop are on a page, and of a loop in each turn of another one.
TURNS, WITHIN = 12, 4

#: For each value of a body the loop that it is in, and what it is in some turns of that.
Seen = dict[Value, tuple[Turns, list[Any]]]


def turn_values(
    listing: Listing, arrays: Mapping[Value, Any], loops: Mapping[Value, Turns]
) -> tuple[Seen, dict[Value, list[str]]]:
    """What the values in all bodies are in some turns; and which turns, by the loops' results."""
    seen: Seen = {}
    labels: dict[Value, list[str]] = {value: [] for value in loops}
    look_into(listing.steps, arrays, loops, "", seen, labels)
    return seen, labels


def look_into(
    steps: Sequence[Step],
    arrays: Mapping[Value, Any],
    loops: Mapping[Value, Turns],
    around: str,
    seen: Seen,
    labels: dict[Value, list[str]],
) -> None:
    """Run the loops among the steps again, and note the values of their bodies."""
    for step in steps:
        if not isinstance(step.function, Scan):
            continue
        scan, loop = step.function, loops[step.result]
        given = [arrays[x] if isinstance(x, Value) else x for x in step.args]
        carry = given[scan.outside : scan.outside + scan.carried]
        order = scan.turns(given)
        wanted = sampled(len(order), WITHIN if around else TURNS)
        for t in order:
            parts = [x[t] for x in given[scan.outside + scan.carried :]]
            values = scan.body.run([*given[: scan.outside], *carry, *parts])
            carry = [values[value] for value in scan.body.outputs[: scan.carried]]
            if t not in wanted:
                continue
            label = f"{around}{loop.letter} = {t + 1}"
            labels[step.result].append(label)
            for value in (*scan.body.inputs[scan.outside :], *(s.result for s in scan.body.steps)):
                seen.setdefault(value, (loop, []))[1].append(values[value])
            look_into(scan.body.steps, values, loops, f"{label}, ", seen, labels)


def sampled(n: int, most: int) -> set[int]:
    """All of ``n`` turns, or ``most`` of them from the first to the last.

    >>> sorted(sampled(3, 4)), sorted(sampled(100, 4))
    ([0, 1, 2], [0, 33, 66, 99])
    """
    return {int(i) for i in np.linspace(0, n - 1, min(n, most)).round()}
