"""The kill table: which mutants of which rules a checker finds, and which it lets live."""

from __future__ import annotations

import copy
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np

from autograd_lite.core.primitive import Primitive
from autograd_lite.core.signatures import Function
from autograd_lite.core.tape import tape
from autograd_lite.core.tensor import Tensor
from autograd_lite.core.trees import rebuild, tree_leaves
from autograd_lite.display import folded, heading, notebook, plain, table
from autograd_lite.testing.checking.check import check_grads
from autograd_lite.testing.checking.vectors import random_like
from autograd_lite.testing.mutation.mutants import Mutant, mutants
from autograd_lite.transforms.gradients import vjp

Case = Callable[[], tuple[Function, Sequence[Any]]]
Check = Callable[[Function, Sequence[Any]], Any]

# ---- the table ----

#: What is shown of several mutants in one cell: the first of these verdicts that one of them has.
MARKS = {"survived": "SURVIVED", "equivalent": "=", "killed": "x", "idle": "-"}
#: Mutations that are shown in one column, by how their names begin or end.
GROUPS = {"for ": "value", "+ 1": "axis", "ignored": "option", "writes into": "writes"}


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: killed, survived, equivalent (by a listed reason), or idle.

    An idle one made no difference in any call: so does a transpose where there are no matrices.
    """

    primitive: str
    argument: str
    mutation: str
    verdict: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.primitive} by {self.argument}: {self.mutation}"

    @property
    def column(self) -> str:
        found = (column for part, column in GROUPS.items() if part in self.mutation)
        return next(found, self.mutation)


@dataclass
class KillTable:
    """The fates of all mutants; printed, a line for each rule and a column for each mutation."""

    fates: list[Fate] = field(default_factory=list)

    def of(self, verdict: str) -> list[Fate]:
        return [fate for fate in self.fates if fate.verdict == verdict]

    @property
    def totals(self) -> dict[str, int]:
        """How many mutants have each verdict."""
        return dict(Counter(fate.verdict for fate in self.fates))

    def __str__(self) -> str:
        columns = list(dict.fromkeys(fate.column for fate in self.fates))
        rules = list(dict.fromkeys(f"{fate.primitive}, {fate.argument}" for fate in self.fates))
        cells: dict[tuple[str, str], list[str]] = {}
        for fate in self.fates:
            place = f"{fate.primitive}, {fate.argument}", fate.column
            cells.setdefault(place, []).append(fate.verdict)
        first = max(map(len, rules), default=0)
        lines = [" " * first + "  " + "  ".join(columns)]
        for rule in rules:
            marks = (_mark(cells.get((rule, c), [])).center(len(c)) for c in columns)
            lines.append(f"{rule:{first}}  " + "  ".join(marks).rstrip())
        for verdict in ("survived", "equivalent"):
            if found := self.of(verdict):
                lines += ["", f"{verdict}:"]
                lines += [f"  {f}" + (f"  ({f.reason})" if f.reason else "") for f in found]
        totals = ", ".join(f"{self.totals.get(verdict, 0)} {verdict}" for verdict in MARKS)
        return "\n".join(
            [*lines, "", f"{len(self.fates)} mutants of {len(rules)} gradients: {totals}"]
        )

    @notebook
    def _repr_html_(self) -> str:
        *_, total = str(self).splitlines()
        shown = [f for f in self.fates if f.verdict in ("survived", "equivalent")]
        lines = [(f.primitive, f.argument, f.mutation, f.verdict, f.reason) for f in shown]
        wrong = [i for i, fate in enumerate(shown) if fate.verdict == "survived"]
        head = ("primitive", "argument", "mutation", "verdict", "reason")
        found = table(head, lines, range(len(head)), wrong=wrong) if lines else ""
        return heading("Kill table", total) + found + folded("all", plain(str(self)))


def _mark(verdicts: list[str]) -> str:
    return next((mark for verdict, mark in MARKS.items() if verdict in verdicts), "")


# ---- how it is made ----


def first_order(f: Function, args: Sequence[Any]) -> None:
    """`check_grads` of the first derivative: all that is needed to find a wrong rule."""
    check_grads(f, tuple(args), order=1)


def kill_table(
    cases: Iterable[Case],
    check: Check = first_order,
    *,
    equivalent: Mapping[str, str] | None = None,
    order: int = 1,
    tries: int = 4,
    without: Collection[str] = (),
) -> KillTable:
    """Try ``check`` on every mutant of every rule that some calls use.

    A case returns a function and its arguments; ``check(f, args)`` raises where the first
    derivative is wrong.  A mutant survives if it makes a difference in ``tries`` of the cases that
    use its primitive and ``check`` passes them all.  ``equivalent`` gives the reasons why some are
    no mistakes, or none that shows, by patterns such as ``"sum by a: keepdims*"``.  ``order=2``
    includes the rules that only the second derivative uses.  ``without`` names mutations that are
    left out.  A ValueError if ``check`` fails without any mutant.

    >>> import numpy as np
    >>> print(kill_table([lambda: (np.sin, (np.array([0.5, 2.0]),))]))
            sign  twice  half  zero  one element  transposed  conjugated  float32  value  writes
    sin, x   x      x     x     x         x           -           -          x       x      x
    <BLANKLINE>
    11 mutants of 1 gradients: 0 survived, 0 equivalent, 9 killed, 2 idle
    """
    table = KillTable()
    sound = cache(partial(passes, check))
    for primitive, problems in problems_by_primitive(cases, order).items():
        for mutant in (m for m in mutants(primitive) if m.mutation not in without):
            verdict = "idle"
            for problem in islice(filter(partial(is_felt, mutant), problems), tries):
                if not sound(problem):
                    raise ValueError(
                        f"the check fails without any mutant: {problem.f} at {problem.args}"
                    )
                with mutant.installed():
                    verdict = "survived" if passes(check, problem) else "killed"
                if verdict == "killed":
                    break
            fate = Fate(primitive.name, mutant.argument, mutant.mutation, verdict)
            reasons = (equivalent or {}).items()
            reason = next((why for p, why in reasons if fnmatchcase(str(fate), p)), "")
            excused = "equivalent" if reason and verdict != "killed" else verdict
            table.fates.append(replace(fate, verdict=excused, reason=reason))
    return table


@dataclass(frozen=True, eq=False)
class Problem:
    """A function and arguments; ``rank`` orders those that use the same primitive."""

    f: Function
    args: Sequence[Any]
    rank: tuple[int, int, int]


def passes(check: Check, problem: Problem) -> bool:
    """Whether a check finds nothing; a rule that breaks down is found as well."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            check(problem.f, problem.args)
        except Exception:
            return False
    return True


def is_felt(mutant: Mutant, problem: Problem) -> bool:
    """Whether the mutant makes a difference in a problem; this costs less than a check."""

    def run(f: Function, args: Sequence[Any]) -> None:
        value, pullback = vjp(f, *copy.deepcopy(list(args)))
        pullback(random_like(value, np.random.default_rng(0)))

    mutant.differed = False
    with mutant.installed():
        passes(run, problem)
    return mutant.differed


def problems_by_primitive(cases: Iterable[Case], order: int) -> dict[Primitive, list[Problem]]:
    """Where each primitive is used: in the forward pass of some case, else in a backward pass."""
    forward: dict[Primitive, list[Problem]] = {}
    backward: dict[Primitive, list[Problem]] = {}
    for f, args in (case() for case in cases):
        passes = [(forward, f, args)]
        if order > 1:
            u = random_like(f(*args), np.random.default_rng(0))
            passes.append((backward, gradients_of(f, len(args)), [*args, *tree_leaves(u)]))
        for found, g, given in passes:
            for primitive, problem in uses(g, given):
                found.setdefault(primitive, []).append(problem)
    every = backward | forward
    return {primitive: sorted(found, key=lambda p: p.rank) for primitive, found in every.items()}


def uses(f: Function, args: Sequence[Any]) -> Iterator[tuple[Primitive, Problem]]:
    """The primitives that ``f(*args)`` uses."""
    try:
        results = tree_leaves(f(*map(Tensor, args)))
    except TypeError:  # not every function can be differentiated twice
        return
    nodes = tape([r.node for r in results if isinstance(r, Tensor)])
    used = Counter(node.primitive for node in nodes)
    size = sum(np.size(x) for x in args)
    for primitive, times in used.items():
        if primitive.rules:  # one step of the kind is best, as two signs cancel; then few, small
            yield primitive, Problem(f, args, (times, used.total(), abs(size - 6)))


def gradients_of(f: Function, n: int) -> Function:
    """The map from ``n`` arguments and the cotangents of the results to the gradients: Jᵀu."""

    def gradients(*args: Any) -> Any:
        value, pullback = vjp(f, *args[:n])
        left = iter(args[n:])
        return pullback(rebuild(value, lambda _: next(left)))

    return gradients
