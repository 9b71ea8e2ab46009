"""Equations in their order: what is unnamed is numbered without gaps, and constants are said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from numbers import Number as AnyNumber
from typing import Any

import numpy as np

from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.formula.tree import (
    KINDS,
    LIST,
    Expression,
    Fenced,
    Infix,
    Matrix,
    Name,
    Number,
    Script,
    at,
    everything_in,
    listed,
    number,
    one_hot,
)  # fmt: skip

#: An array of more numbers is not written out.
MOST = 36


@dataclass(frozen=True, eq=False)
class Equation:
    """``left = right``: ``steps`` are those that compute the right side, ``value`` their result."""

    value: Value
    left: Expression
    right: Expression
    steps: tuple[Step, ...]
    sign: str = "="


@dataclass(frozen=True, eq=False)
class ForTurns:
    """What holds for each turn of a loop, from the one it begins with to its last.

    There are as many as there are while the ``condition`` holds, if one is given.
    """

    index: str
    first: Any
    last: Any
    equations: tuple[Equation | ForTurns, ...]
    condition: Expression | None = None


def numbered(
    found: Sequence[Equation | ForTurns], automatic: Mapping[Name, Value]
) -> list[Equation | ForTurns]:
    """The same equations, with t_1, t_2, … and c_1, c_2, … in their order, and what the c are.

    ``automatic`` are the names that nobody gave, each with its value.
    """
    lefts = [e.left for e in flat(found) if isinstance(e.left, Name) and e.left in automatic]
    rights = {
        part if "," not in part.lower else Name(part.text, "", part.lower.partition(",")[0])
        for right in (*(e.right for e in flat(found)), *conditions(found))
        for part in everything_in(right) if isinstance(part, Name)
    }  # fmt: skip
    constants = [name for name, value in automatic.items() if value.is_constant and name in rights]
    given = {
        name for e in flat(found) for side in (e.left, e.right) for name in everything_in(side)
    }
    new: dict[Name, Name] = {}
    taken = given - automatic.keys()
    numbers = {letter: count(1) for letter in "tc"}
    for old in dict.fromkeys([*constants, *lefts]):
        names = (Name(old.text, "", str(k)) for k in numbers.setdefault(old.text, count(1)))
        new[old] = next(name for name in names if name not in taken)
    whats = [definition(automatic[c], c, [(d, automatic[d]) for d in constants]) for c in constants]
    return [with_names(x, new) for x in (*whats, *found)]


def definition(value: Value, symbol: Name, others: Sequence[tuple[Name, Value]]) -> Equation:
    """What a constant is: its numbers, or how many there are."""
    x = np.asarray(value.data)
    for name, other in others:
        if is_one_hot(x, other.data):
            return Equation(value, symbol, one_hot(at(name, "i")), ())
    if 0 < x.size <= MOST and x.ndim < 3 and x.dtype.kind in "biufcO":
        rows = [tuple(map(entry, row)) for row in np.atleast_2d(x).tolist()]
        whole: Expression = Matrix(tuple(rows))
        if x.ndim == 1:
            whole = Fenced("(", listed(rows[0]), ")")
        elif not x.ndim:
            whole = entry(x.item())
        return Equation(value, symbol, whole, ())
    return Equation(
        value,
        symbol,
        Script(Name("ℝ"), by([Number(str(n)) for n in x.shape] or [Number("1")])),
        (),
        "∈",
    )


def entry(x: Any) -> Expression:
    return (
        number(x) if isinstance(x, AnyNumber) and not isinstance(x, bool) else Name(str(x).lower())
    )


def is_one_hot(x: Any, labels: Any) -> bool:
    """Whether row i of a matrix is 1 at column ``labels[i]``, and else 0."""
    labels = np.asarray(labels)
    if x.ndim != 2 or labels.dtype.kind not in "iu" or labels.shape != x.shape[:1]:
        return False
    return bool(np.array_equal(x, np.arange(x.shape[1]) == labels[:, None]))


def by(parts: Sequence[Expression]) -> Expression:
    """3 × 2."""
    return parts[0] if len(parts) == 1 else Infix(tuple(parts), ("×",) * (len(parts) - 1), LIST)


def flat(found: Sequence[Equation | ForTurns]) -> Iterator[Equation]:
    for x in found:
        if isinstance(x, Equation):
            yield x
        else:
            yield from flat(x.equations)


def conditions(found: Sequence[Equation | ForTurns]) -> Iterator[Expression]:
    for x in found:
        if isinstance(x, ForTurns):
            yield from [x.condition] if x.condition else []
            yield from conditions(x.equations)


def with_names(x: Any, new: Mapping[Name, Name]) -> Any:
    """Equations, or an expression, with other names."""
    if type(x) is tuple:
        return tuple([with_names(part, new) for part in x])
    if type(x) is Name:
        first, comma, rest = x.lower.partition(",")
        found = new.get(Name(x.text, x.upper, first)) if comma else new.get(x)
        return x if found is None else Name(found.text, found.upper, found.lower + comma + rest)
    if type(x) is Equation:
        return replace(x, left=with_names(x.left, new), right=with_names(x.right, new))
    if type(x) is ForTurns:
        condition = with_names(x.condition, new)
        return replace(x, equations=with_names(x.equations, new), condition=condition)
    if type(x) in KINDS:
        return type(x)(**{name: with_names(part, new) for name, part in vars(x).items()})
    return x
