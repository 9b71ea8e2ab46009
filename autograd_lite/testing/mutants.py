"""Negative controls: gradients made wrong on purpose, which a test of gradients must find.

A test that has never failed proves little.  `mutants` plants mistakes in the rules of a function,
`mutants_of` in a pullback of your own, and `kill_table` tries every mutant of every rule that some
calls use, and tells which of them a checker lets live.
"""

from __future__ import annotations

import copy
import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

import numpy as np

from autograd_lite.functional import vjp
from autograd_lite.gaps import no_derivative, read_late
from autograd_lite.record import strip
from autograd_lite.registry import COMPOSED, PRIMITIVES, missing
from autograd_lite.row import Function, Primitive
from autograd_lite.tape import Node, tape, unbroadcast
from autograd_lite.tensor import Tensor
from autograd_lite.testing.check import check_grads
from autograd_lite.testing.mistakes import MISTAKES, Change, changes
from autograd_lite.trees import rebuild, tree_leaves

IN_PLACE = Change("adds twice in place", lambda right, given: right(given))


class Mutant:
    """One rule made wrong in one way, for as long as it is ``installed``.

    ``differed`` tells whether it has made a difference yet: whether it returned another gradient
    than the right rule, or changed what it was given.

    >>> import numpy as np, autograd_lite as al
    >>> sign, *others = mutants(np.sin)
    >>> with sign.installed():
    ...     float(al.grad(np.sin)(0.0))
    -1.0
    >>> sign, sign.differed
    (<mutant of sin by x: sign>, True)
    """

    def __init__(self, primitive: Primitive, argument: str, change: Change) -> None:
        self.primitive = primitive
        self.argument = argument
        self.mutation = change.name
        self.change = change
        self.differed = False

    def __repr__(self) -> str:
        return f"<mutant of {self.primitive.name} by {self.argument}: {self.mutation}>"

    @contextmanager
    def installed(self) -> Iterator[Mutant]:
        """Have the wrong rule in the table."""
        row = self.primitive
        saved = {slot: getattr(row, slot) for slot in Primitive.__slots__}
        try:
            if self.change is IN_PLACE:
                row.into = self._twice(saved["into"])
            else:
                row.into = None  # which would go past the rule
                row.define(row.rules | {self.argument: self._rule()})
                i = row.arrays.index(self.argument)
                row.pulls[i] = self._watched(i, saved["pulls"][i], row.pulls[i])
            yield self
        finally:
            for slot, value in saved.items():
                setattr(row, slot, value)

    def _rule(self) -> Function:
        """The wrong rule, with the signature that the table reads."""
        rule = self.primitive.rules[self.argument]
        assert rule is not None
        wanted = list(inspect.signature(rule).parameters)
        asked = list(dict.fromkeys([*wanted, *self.change.asked]))

        def right(given: dict[str, Any]) -> Any:
            c = rule(*[given[name] for name in wanted])
            return c if self.primitive.variadic or hasattr(c, "dtype") else np.asarray(c)

        def wrong(*values: Any) -> Any:
            return self.change.wrong(right, dict(zip(asked, values)))

        parameter = inspect.Parameter
        wrong.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameter(name, parameter.POSITIONAL_OR_KEYWORD) for name in asked]
        )
        return wrong

    def _watched(self, i: int, right: Any, wrong: Any) -> Function:
        """The pull of the wrong rule, which notes whether it makes a difference."""

        def pull(node: Node, g: Any) -> Any:
            variadic = self.primitive.variadic
            operands = node.rest if variadic else node.operands[i : i + 1]
            before = copy.deepcopy(contents(node, g))
            c = right(node, g)
            expected = [*map(fit, c if variadic else [c], operands)]
            try:
                got = wrong(node, g)
                got = [*got] if variadic else got
                alike = same([*map(fit, got if variadic else [got], operands)], expected)
            except Exception:
                self.differed = True
                raise
            self.differed |= not (alike and same(contents(node, g), before))
            return got

        return pull

    def _twice(self, right: Any) -> Function:
        def into(total: Any, node: Node, g: Any) -> None:
            self.differed = True
            right(total, node, g)
            right(total, node, g)

        return into


def contents(node: Node, g: Any) -> list[Any]:
    """The values that a pull may read."""
    kept = [getattr(a, "value", None) if type(a) is Node else a for a in node.operands]
    values: list[Any] = strip([g, getattr(node, "value", None), *kept])
    return values


def fit(c: Any, operand: Any) -> Any:
    """A gradient as the engine will take it: summed over stretched axes, in the operand's dtype."""
    if type(operand) is not Node:
        return None
    c = np.asarray(strip(c))
    c = unbroadcast(c, operand.shape) if c.shape != operand.shape else c
    return np.array(c if operand.dtype.kind == "c" else c.real, operand.dtype)


def same(a: Any, b: Any) -> bool:
    """Whether values are equal; NaN is equal to NaN, and what is no number to anything."""
    if isinstance(a, (list, tuple, dict)):
        parts = zip(a.values(), b.values()) if isinstance(a, dict) else zip(a, b)
        return len(a) == len(b) and all(same(x, y) for x, y in parts)
    if not hasattr(a, "dtype"):
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.shape(a) == np.shape(b) and bool(np.all((a == b) | ((a != a) & (b != b))))


def mutants(function: Function | Primitive) -> Iterator[Mutant]:
    """Every mutant of the rules of ``function``, which must have a row in the rule table.

    >>> import numpy as np
    >>> [m.mutation for m in mutants(np.subtract) if m.argument == "x2"][:3]
    ['sign', 'twice', 'half']
    """
    if isinstance(function, Primitive):
        row = function
    else:
        read_late(function)
        if function in COMPOSED:
            raise TypeError(
                f"{function.__name__} has no rule of its own: it is made of other functions"
            )
        if function not in PRIMITIVES:
            raise missing(function)
        row = PRIMITIVES[function]
    for argument, rule in row.rules.items():
        if rule is not None and rule is not no_derivative:
            yield from (Mutant(row, argument, change) for change in changes(row, argument))
    if row.into is not None:
        yield Mutant(row, row.arrays[0], IN_PLACE)


# ---- the kill table ----

Case = Callable[[], tuple[Function, Sequence[Any]]]
Check = Callable[[Function, Sequence[Any]], Any]


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: killed, survived, equivalent (by a listed reason), or idle.

    An idle mutant made no difference in any of the calls: ``axis + 1`` is the same axis where there
    is only one.
    """

    primitive: str
    argument: str
    mutation: str
    verdict: str
    reason: str = ""


@dataclass
class KillTable:
    """The fates of all mutants; printed, a line for each rule and a column for each mutation."""

    fates: list[Fate] = field(default_factory=list)

    def of(self, verdict: str) -> list[Fate]:
        return [fate for fate in self.fates if fate.verdict == verdict]

    @property
    def totals(self) -> dict[str, int]:
        return dict(Counter(fate.verdict for fate in self.fates))


def first_order(f: Function, args: Sequence[Any]) -> None:
    check_grads(f, tuple(args), order=1)


def kill_table(
    cases: Iterable[Case],
    check: Check = first_order,
    *,
    equivalent: Mapping[str, str] | None = None,
    tries: int = 2,
) -> KillTable:
    """Try ``check`` on every mutant of every rule that ``cases`` use.

    A case returns a function and its arguments; ``check(f, args)`` raises where the first
    derivative is wrong.  A mutant lives if it makes a difference in ``tries`` of the cases that
    use its primitive and ``check`` passes them all.
    """
    table = KillTable()
    for row, problems in problems_by_primitive(cases).items():
        for mutant in mutants(row):
            place = (row.name, mutant.argument, mutant.mutation)
            reason = _reason(equivalent or {}, "{} by {}: {}".format(*place))
            felt = islice((p for p in problems if is_felt(mutant, *p)), tries)
            verdict = "idle"
            for problem in felt:
                verdict = "killed" if fails(check, mutant, *problem) else "survived"
                if verdict == "killed":
                    break
            if reason and verdict != "killed":
                verdict = "equivalent"
            table.fates.append(Fate(*place, verdict, reason))
    return table


def _reason(reasons: Mapping[str, str], name: str) -> str:
    return next((text for pattern, text in reasons.items() if fnmatchcase(name, pattern)), "")


def is_felt(mutant: Mutant, f: Function, args: Sequence[Any]) -> bool:
    """Whether the mutant makes a difference in a problem; this costs less than a check."""
    mutant.differed = False
    kept = copy.deepcopy(list(args))
    with suppress(Exception):
        fails(lambda f, args: pulled(f, len(args))(*args, *seeds(f(*args))), mutant, f, kept)
    return mutant.differed


def fails(check: Check, mutant: Mutant, f: Function, args: Sequence[Any]) -> bool:
    with mutant.installed(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            check(f, args)
        except Exception:  # a rule that breaks down is found as well
            return True
    return False


Rank = tuple[int, int, int]
Problem = tuple[Function, Sequence[Any]]


def problems_by_primitive(cases: Iterable[Case]) -> dict[Primitive, list[Problem]]:
    """Where each primitive is used: forward if it is in some case, else in the way back."""
    forward: dict[Primitive, list[tuple[Rank, Problem]]] = {}
    back: dict[Primitive, list[tuple[Rank, Problem]]] = {}
    for case in cases:
        f, args = case()
        with suppress(Exception):
            u = collect(forward, f, args)
            collect(back, pulled(f, len(args)), [*args, *u])
    found = back | forward
    return {
        row: [problem for _, problem in sorted(uses, key=lambda use: use[0])]
        for row, uses in found.items()
    }


def collect(
    found: dict[Primitive, list[tuple[Rank, Problem]]], f: Function, args: Sequence[Any]
) -> list[Any]:
    """Note which primitives ``f(*args)`` uses, and return random cotangents of its results."""
    results = tree_leaves(f(*map(Tensor, args)))
    tracked = [r.node for r in results if isinstance(r, Tensor)]
    used = Counter(node.primitive for node in tape(tracked) if node.primitive)
    size = sum(np.size(x) for x in args)
    for row, times in used.items():
        if row.rules:  # best are few steps on much, and one of this kind: two signs cancel
            rank = (times, used.total(), abs(size - 6))
            found.setdefault(row, []).append((rank, (f, args)))
    return seeds([strip(r) for r in results])


def seeds(results: Any) -> list[Any]:
    """Cotangents of some results."""
    rng = np.random.default_rng(0)

    def seed(r: Any) -> Any:
        u = rng.uniform(0.5, 1.5, (2, *np.shape(r)))
        return u[0] + 1j * u[1] if np.iscomplexobj(r) else u[0]

    return [*map(seed, tree_leaves(results))]


def pulled(f: Function, n: int) -> Function:
    """The map from ``n`` arguments and the cotangents of the results to the gradients: Jᵀu."""

    def back(*args: Any) -> Any:
        value, pullback = vjp(f, *args[:n])
        left = iter(args[n:])
        return pullback(rebuild(value, lambda _: next(left)))

    return back
