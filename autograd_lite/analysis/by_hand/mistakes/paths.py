"""Paths back that are off by a factor, forgotten, or assigned where they belong added."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.backward import Edge, Mistake, Pass, added, stretches
from autograd_lite.analysis.by_hand.mistakes.places import Family, Places, Suspect, times
from autograd_lite.programs.steps import Value

#: So many paths may be left out in pairs.
FEW = 60


def scaled(at: Places) -> Iterator[Suspect]:
    """A gradient, or one path to it, that is off by a sign, by 2, or by the number of samples."""
    several = [[e] for e in at.edges if at.terms(e.operand) > 1]
    yield from by_factor(at, [*several, *at.groups], at.factors.simple)


def constant(at: Places) -> Iterator[Suspect]:
    """The same by any other constant."""
    several = [[e] for e in at.edges if at.terms(e.operand) > 1]
    yield from by_factor(at, several, at.factors.any)


def by_factor(
    at: Places, paths: list[list[Edge]], tell: Callable[[float], str | None]
) -> Iterator[Family]:
    """A factor at each gradient, and at each path where there are several."""
    for value in at.values:
        yield Family(lambda c, v=value: of_value(v, c), told(at.of(value), tell))  # type: ignore[misc]
    for edges in paths:
        where = f"{at.of(edges[0].operand)}in what comes through {at.through(edges[0])}, "
        yield Family(lambda c, e=edges: of_edges(e, c), told(where, tell))  # type: ignore[misc]


def told(where: str, tell: Callable[[float], str | None]) -> Callable[[float], str | None]:
    return lambda c: (text := tell(c)) and where + text


def of_value(value: Value, c: float) -> Mistake:
    """The gradient of a value times a number."""
    return Mistake("", sums={value: lambda p, v, parts: times(c, added(parts, v))}, step=value.step)


def of_edges(edges: list[Edge], c: float) -> Mistake:
    """What some edges contribute, times a number."""
    scale = dict.fromkeys(edges, lambda p, e, g: times(c, p.pull(e, g)))
    return Mistake("", scale, step=edges[0].step)


def nothing(p: Pass, edge: Edge, g: Any) -> Any:
    return times(0.0, p.pull(edge, g))


def forgotten(at: Places) -> Iterator[Suspect]:
    """A path that is forgotten, or a sum of which one term alone is kept."""
    yield from overwritten(at, in_loop=True)
    for edges in at.each:
        if at.terms(edges[0].operand) > 1 or len(edges) > 1:
            text = f"the term through {at.through(edges[0])} is missing"
            yield at.change(edges, text, nothing)
    yield from (once(at, edge) for edge in at.edges if stretches(edge))


def overwritten(at: Places, in_loop: bool) -> Iterator[Mistake]:
    """One of several terms that are assigned in place of added, as in a loop."""
    for value in at.values:
        into = at.graph.into[value]
        lines = {at.says.line(e.step) for e in into}
        if len(into) > 2 and in_loop == (len(lines) < len(into)):
            text = "the terms are assigned in place of added (+=), so that one alone is left"
            for i in (-1, 0):
                how = partial(one_of, i)
                yield Mistake(at.of(value) + text, sums={value: how}, step=value.step)


def one_of(i: int, p: Pass, value: Value, parts: list[Any]) -> Any:
    return parts[i]


def once(at: Places, edge: Edge) -> Family:
    """A sum in which each element is counted once, however often it was used."""

    def make(c: float) -> Mistake:
        ones = {edge: lambda p, e, g: c * np.ones_like(p.values[e.operand])}
        return Mistake("", ones, step=edge.step)

    text = "the sum is missing: each element counts once, and not as often as it is used"
    return Family(make, lambda c: at.of(edge.operand) + text if c else None)


def pairs(at: Places) -> Iterator[Suspect]:
    """Two paths that are forgotten, as those through the statistics of a batch."""
    several = [e for e in at.edges if at.terms(e.operand) > 1][:FEW]
    for one, two in combinations(several, 2):
        through = " and ".join(dict.fromkeys((at.through(one), at.through(two))))
        text = f"the terms through {through} are missing: they depend on it, too"
        yield at.change([one, two], text, nothing)
    yield from overwritten(at, in_loop=False)
