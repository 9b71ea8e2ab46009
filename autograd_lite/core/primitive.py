"""A row of the rule table: a function with the derivatives of its result by its arguments.

The names that a rule asks for are read once, here.  They decide which values a node keeps for the
way back, and each rule is compiled into a *pull*, which finds them on the node.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.gaps import no_derivative, refused
from autograd_lite.core.signatures import check, wanted
from autograd_lite.core.tape import Node

Function = Callable[..., Any]

#: Options that change how NumPy computes, not what: no rule needs to know them.
HARMLESS = frozenset(
    {"dtype", "casting", "order", "subok", "copy", "initial", "optimize", "newshape"}
)

#: Stands for the result among the positions of the values that a rule reads.
RESULT = -1


class Plan(NamedTuple):
    """What to keep of a step in which a certain set of arguments is tracked.

    ``kept`` are the positions of the tracked arguments whose values some rule will read;
    ``constants`` those of the others, each with whether it is read itself.  ``aside`` says whether
    some rule will read what a fused function computes aside.
    """

    varies: bool
    kept: tuple[int, ...]
    constants: tuple[tuple[int, bool], ...]
    result_wanted: bool
    aside: bool


class Primitive:
    """A function together with the derivatives of its result by its arguments.

    ``arrays`` names the arguments that are arrays, ``defaults`` the options and their defaults.
    ``pulls[i](node, g)`` is the gradient of argument ``i``, or None where the function is locally
    constant in it.
    ``quick`` is the number of arguments if that is at most two, each of them has a rule and nothing
    is fused, else 0: then a step may be recorded the short way, which finds in ``keeps[i]`` whether
    the values of the arguments and the result are to be kept if argument ``i`` alone is tracked, in
    ``keeps[-1]`` if all are.
    ``leading`` is the number of arrays if they come before all options, else 0.
    ``understands`` are the options that a caller may give: those that the rules ask for, so that
    none is ignored silently; all of them for a user's own function.
    A variadic primitive has one pull, which returns the gradients of all its operands.
    ``into(total, node, g)`` adds the gradient of the first argument to an array in place.
    ``aside`` computes what rules ask for by that name, and ``fused`` the result and that at once.
    ``unusual`` marks what the backward loop leaves to a second, slower one, and ``part`` the
    primitive that takes one of several results; ``see_through`` one that a trace looks into.
    """

    __slots__ = (
        "arrays",
        "aside",
        "broadcasts",
        "defaults",
        "function",
        "fused",
        "into",
        "keeps",
        "leading",
        "name",
        "options",
        "own",
        "part",
        "plans",
        "pulls",
        "quick",
        "required",
        "rules",
        "see_through",
        "understands",
        "unusual",
        "variadic",
    )

    def __init__(self, function: Function, name: str | None = None) -> None:
        self.function = function
        self.name = name or str(getattr(function, "__name__", function))
        parameters = [p for p in parameters_of(function) if p.kind is not p.VAR_KEYWORD]
        self.defaults = {p.name: _default(p) for p in parameters}
        # where None is not the default, a None that is given says something
        self.required = {p.name for p in parameters if p.default in (p.empty, np._NoValue)}
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.own = False
        self.broadcasts = isinstance(function, np.ufunc)
        self.arrays: tuple[str, ...] = ()
        self.understands: frozenset[str] = HARMLESS
        self.rules: dict[str, Function | None] = {}
        self.pulls: list[Function | None] = []
        self.keeps: list[tuple[bool, ...]] = []
        self.plans: dict[tuple[int, int, bool], Plan] = {}
        self.quick = 0
        self.leading = 0
        self.options: tuple[str, ...] = ()
        self.into: Function | None = None
        self.aside: Function | None = None
        self.fused: Function | None = None
        self.unusual = False
        self.part = False
        self.see_through = False

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def define(self, rules: dict[str, Function | None]) -> None:
        """Read the names that the rules ask for, and compile each rule into a pull."""
        if not self.defaults:  # some functions of NumPy tell no signature before version 2.4
            self.defaults = dict.fromkeys(rules)
        check(self, rules)
        self.rules = rules
        self.arrays = tuple(name for name in self.defaults if name in rules)
        asked = [wanted(rules[name]) for name in self.arrays]
        told = self.defaults if self.own else wanted(self.aside)
        self.understands = HARMLESS.union(*asked, told)
        n = len(self.arrays)
        self.leading = n if self.arrays == tuple(self.defaults)[:n] else 0
        self.options = tuple(self.defaults)[n:]
        self.unusual = self.variadic or self.into is not None
        self.plans = {}
        smooth = not {None, no_derivative} & {*rules.values()} and not self.variadic
        self.quick = len(rules) if smooth and len(rules) <= 2 and not self.fused else 0
        positions = (*range(self.quick), RESULT)
        reads = [self._reads(names, fused=False) for names in asked]
        union = frozenset[int]().union(*reads)
        self.keeps = [tuple(i in read for i in positions) for read in (*reads, union)]
        self.pulls = [self._pull(i, rules[name]) for i, name in enumerate(self.arrays)]

    def _reads(self, names: tuple[str, ...], *, fused: bool) -> frozenset[int]:
        """The positions of the values that are to be kept for a rule that asks for these names."""
        if "aside" in names and not fused:
            names += wanted(self.aside)
        positions = [i for i, name in enumerate(self.arrays) if name in names]
        return frozenset([*positions, RESULT] if "y" in names else positions)

    def _pull(self, i: int, rule: Function | None) -> Function | None:
        """The rule as ``lambda node, g: …``, written out so that nothing is looked up later."""
        if rule is None:
            return None
        asked = ", ".join(self._source(i, name) for name in wanted(rule))
        scope = {"rule": rule, "Node": Node, "defaults": self.defaults, "shape_of": np.shape}
        scope["aside"] = self.aside
        pull: Function = eval(f"lambda node, g: rule({asked})", scope)
        return pull

    def _source(self, i: int, name: str) -> str:
        """Where a pull finds what its rule calls ``name``."""
        if name == "g":
            return "g"
        if name == "y":
            return "node.value"
        if name == "aside" and self.aside is not None:
            asked = ", ".join(self._source(i, asked) for asked in wanted(self.aside))
            return f"(node.aside if hasattr(node, 'aside') else aside({asked}))"
        if self.variadic and name in ("shapes", "tracked", *self.arrays):
            value = "a.value if type(a) is Node else a"
            each = {"shapes": "shape_of(a)", "tracked": "type(a) is Node"}.get(name, value)
            return f"[{each} for a in node.rest]"
        if name in ("shape", "dtype"):
            return f"{_slot(i)}.{name}"
        if name == "transposed":
            return f"getattr({_slot(i)}.primitive, 'name', None) == 'transpose'"
        if name in self.arrays:
            operand = _slot(self.arrays.index(name))
            return f"({operand}.value if type({operand}) is Node else {operand})"
        if name in self.defaults:
            return f"node.options.get({name!r}, defaults[{name!r}])"
        raise TypeError(
            f"the rule of {self.name} asks for {name!r}; it can ask for g, y, shape, dtype, aside "
            f"(if aside=… is stated) and the arguments {', '.join(self.defaults)}"
        )

    def plan(self, mask: int, n: int, *, fused: bool) -> Plan:
        """What to keep of ``n`` arguments of which those are tracked whose bits ``mask`` has."""
        plan = self.plans.get((mask, n, fused))
        if plan is None:
            plan = self.plans[mask, n, fused] = self._plan([mask >> i & 1 for i in range(n)], fused)
        return plan

    def _plan(self, tracked: list[int], fused: bool) -> Plan:
        rows = [0 if self.variadic else i for i in range(len(tracked))]
        for i, here in zip(rows, tracked):
            if here and (i >= len(self.pulls) or self.rules[self.arrays[i]] is no_derivative):
                raise refused(self.name, [*self.defaults][i])
        linked = [i for i, here in enumerate(tracked) if here and self.pulls[rows[i]] is not None]
        rules = {rows[i]: self.rules[self.arrays[rows[i]]] for i in linked}
        each = [self._reads(wanted(rule), fused=fused) for rule in rules.values()]
        reads = frozenset[int]().union(*each)
        return Plan(
            varies=bool(linked),
            kept=tuple(i for i in linked if rows[i] in reads),
            constants=tuple((i, row in reads) for i, row in enumerate(rows) if i not in linked),
            result_wanted=RESULT in reads,
            aside=fused and any("aside" in wanted(rule) for rule in rules.values()),
        )

    def bind(
        self, args: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Sort a call into arrays and options, as its signature says."""
        n = self.leading
        if (not options and len(args) == n) or self.variadic:
            return args, options
        if 0 < n == len(args):
            return args, self.given(options)
        if len(args) > len(self.defaults):
            raise TypeError(
                f"{self.name} takes at most {len(self.defaults)} arguments, got {len(args)}"
            )
        if 0 < n <= len(args):
            return args[:n], self.given(dict(zip(self.options, args[n:])) | options)
        bound = dict(zip(self.defaults, args)) | options
        last = max((i for i, name in enumerate(self.arrays) if name in bound), default=-1)
        arrays = [
            bound.pop(name, self.defaults[name])
            for i, name in enumerate(self.arrays)
            if i <= last or self.defaults[name] is not None
        ]
        return tuple(arrays), self.given(bound)

    def given(self, options: dict[str, Any]) -> dict[str, Any]:
        """Those of the options that say something which their defaults do not."""
        return {
            name: value
            for name, value in options.items()
            if name in self.required or value is not self.defaults.get(name, options)
        }


def parameters_of(function: Function) -> list[inspect.Parameter]:
    if isinstance(function, np.ufunc):  # NumPy before 2.4 does not tell the signature of a ufunc
        names = ["x"] if function.nin == 1 else [f"x{i + 1}" for i in range(function.nin)]
        arrays = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names]
        options = ("out", "where", "casting", "order", "dtype", "subok")
        return arrays + [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in options]
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        return []


def _default(parameter: inspect.Parameter) -> Any:
    unset = parameter.default in (parameter.empty, np._NoValue)
    return None if unset else parameter.default


def _slot(i: int) -> str:
    return ("node.first", "node.second")[i] if i < 2 else f"node.rest[{i - 2}]"
