"""Signatures: how a function is called, and what its rules request by name."""

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import NoneType
from typing import Any

import numpy as np

from autograd_lite.core.tape import NOTHING, Node

Function = Callable[..., Any]

#: What a rule gets by these names, whatever the arguments of its function are called.
SPECIAL = {
    "g": "the incoming gradient",
    "y": "the result",
    "reached": "which of several results the outcome depends on",
    "residuals": "what the function of that name computes",
    "shape": "the shape of the argument that it differentiates by",
    "dtype": "the dtype of the argument that it differentiates by",
    "transposed": "whether that argument is the transpose of another value",
    "like": "the argument that it differentiates by where it comes in chunks, else None",
}


#: Kinds of options that nobody can change or track.
SETTLED = frozenset({NoneType, bool, int, float, str})

#: Stands for a default that is none.
MISSING = object()


def parameters_of(function: Function) -> list[inspect.Parameter]:
    """The parameters of a function; none where it does not tell them."""
    if isinstance(function, np.ufunc):  # NumPy before 2.4 does not tell the signature of a ufunc
        names = ["x"] if function.nin == 1 else [f"x{i + 1}" for i in range(function.nin)]
        arrays = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names]
        options = ("out", "where", "casting", "order", "dtype", "subok")
        return arrays + [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in options]
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def positional_names(function: Function) -> list[str]:
    """The names of the parameters that can be given by position."""
    return [p.name for p in parameters_of(function) if p.kind <= p.POSITIONAL_OR_KEYWORD]


@lru_cache(2**10)
def takes(function: Function, name: str) -> bool:
    """Whether a function of Python takes an option, or passes it on."""
    return any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters_of(function))


def argument_names(f: Callable[..., Any], n: int) -> list[str]:
    """The names of the first ``n`` positional arguments, as in ``p``, ``x``, ``rest_0``."""
    parameters = parameters_of(f)
    names = [p.name for p in parameters if p.kind <= p.POSITIONAL_OR_KEYWORD][:n]
    rest = next((p.name for p in parameters if p.kind == p.VAR_POSITIONAL), "argument")
    while any(name.startswith(f"{rest}_") for name in names):
        rest += "_"
    return names + [f"{rest}_{i}" for i in range(n - len(names))]


def requested(rule: Function | None) -> tuple[str, ...]:
    """The names that a rule requests."""
    return () if rule is None else tuple(inspect.signature(rule).parameters)


class Signature:
    """How a function is called: which of its arguments are arrays, and which are options.

    ``arrays`` are the arguments that have a rule, ``options`` the others, ``defaults`` the default
    of each.  ``leading`` is the number of arrays if they come before all options, else 0.
    ``required`` are the arguments for which a None that is given says something, ``needed`` those
    that have no default at all.  ``simple`` are the options that a rule requests; ``calls`` are the
    ways in which they were given so far.
    """

    __slots__ = (
        *("arrays", "defaults", "leading", "name", "needed", "options", "required", "variadic"),
        *("calls", "simple"),
    )

    name: str

    def read_signature(self, function: Function, ruled: Mapping[str, Any]) -> None:
        """Read the signature of ``function``, whose arrays are those that ``ruled`` names."""
        parameters = [p for p in parameters_of(function) if p.kind is not p.VAR_KEYWORD]
        unset = (inspect.Parameter.empty, np._NoValue)
        self.required = {p.name for p in parameters if p.default in unset}
        self.needed = {p.name for p in parameters if p.default is inspect.Parameter.empty}
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.defaults = {p.name: None if p.default in unset else p.default for p in parameters}
        if not parameters:  # some functions of NumPy tell no signature before version 2.4
            self.defaults = dict.fromkeys(ruled)
        self.arrays = tuple(name for name in self.defaults if name in ruled)
        n = len(self.arrays)
        self.leading = n if self.arrays == tuple(self.defaults)[:n] else 0
        self.options = tuple(self.defaults)[n:]
        read = {name for rule in ruled.values() for name in requested(rule)}
        self.simple = read.intersection(self.options) - {"dtype"}  # by which some leave the tape
        self.calls: dict[tuple[Any, ...], tuple[tuple[str, Any], ...]] = {}

    def bind(
        self, args: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Sort a call into arrays and options."""
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
        names = [
            name
            for i, name in enumerate(self.arrays)
            if i <= last or self.defaults[name] is not None
        ]
        if names and (absent := (self.needed - {*bound}).intersection(self.arrays)):
            first = next(name for name in self.arrays if name in absent)
            if self.arrays.index(first) < self.arrays.index(names[-1]):  # others would move up
                raise TypeError(f"{self.name}() missing a required argument: {first!r}")
        arrays = [bound.pop(name, self.defaults[name]) for name in names]
        return tuple(arrays), self.given(bound)

    def settled(self, args: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any] | None:
        """The options of a call that has one array, which is first; None if that is not simple.

        It is where each is requested by a rule, and of a kind that nobody can change or track.
        """
        if not options and len(args) == 1:
            return NOTHING
        key = (len(args), *options)
        names = self.calls.get(key)
        if names is None:
            names = self.calls[key] = self._stated(len(args), *options)
        found = {}
        for (name, default), value in zip(names, (*args[1:], *options.values())):
            if type(value) not in SETTLED and not _is_settled(value):
                return None
            if value is not default:
                found[name] = value
        return found if names else None

    def _stated(self, n: int, *options: str) -> tuple[tuple[str, Any], ...]:
        """For each option of a call its name and the value that says nothing; none of some."""
        names = (*self.options[: n - 1], *options)
        simple = n <= len(self.defaults) and len({*names}) == len(names)
        if not simple or not self.simple.issuperset(names):
            return ()
        return tuple(
            (name, MISSING if name in self.required else self.defaults[name]) for name in names
        )

    def given(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options that say something which their defaults do not."""
        return {
            name: value
            for name, value in options.items()
            if name in self.required or value is not self.defaults.get(name, options)
        }


def _is_settled(value: Any) -> bool:
    return type(value) is tuple and SETTLED.issuperset(map(type, value))


def check(primitive: Any) -> None:
    """Raise TypeError if the rules of a primitive cannot be rules of its function."""
    name, known, rules = primitive.name, primitive.defaults, primitive.rules
    arguments = ", ".join(known)
    for argument, rule in rules.items():
        if argument not in known:
            raise TypeError(
                f"rule({name}, {argument}=…): {name} has no argument {argument!r}; "
                f"its arguments are {arguments}"
            )
        for special in SPECIAL if primitive.custom else ("g",):
            if special in known and special in requested(rule):
                raise TypeError(
                    f"rule({name}, {argument}=…) asks for {special!r}, which in a rule means "
                    f"{SPECIAL[special]}; rename the argument {special!r} of {name}"
                )
    if primitive.custom and not all(argument in rules for argument in [*known][: len(rules)]):
        first = next(argument for argument in known if argument not in rules)
        raise TypeError(
            f"rule({name}, …): the arguments that have a rule come first, and {first!r} has "
            f"none; put it behind them, or say {first}=None if the result does not vary with it"
        )
    for argument in requested(primitive.residuals):
        if argument not in known and argument != "y":
            raise TypeError(
                f"rule({name}, residuals=…): it asks for {argument!r}, and is computed from y and "
                f"the arguments of {name} alone, which are {arguments}"
            )
    asked = any("residuals" in requested(rule) for rule in rules.values())
    if primitive.residuals and not asked:
        raise TypeError(f"rule({name}, residuals=…): no rule asks for 'residuals', so leave it out")
    if primitive.forward and not primitive.residuals:
        raise TypeError(
            f"rule({name}, forward=…) needs residuals=… too: what the forward function returns "
            f"beside the result, computed from the arguments alone"
        )


def vjp(primitive: Any, i: int, rule: Function | None) -> Function | None:
    """The rule for argument ``i`` as ``lambda node, g: …``, which finds on the node what it needs.

    It is written out, so that nothing is looked up when it is called.  Of several results,
    ``reached`` says which have a cotangent; ``g`` is zero for the others.
    """
    if rule is None:
        return None
    arguments = ", ".join(_source(primitive, i, name) for name in requested(rule))
    scope = {"rule": rule, "residuals": primitive.residuals, "defaults": primitive.defaults}
    found: Function = eval(
        f"lambda node, g, reached=(): rule({arguments})",
        scope | {"Node": Node, "NOTHING": NOTHING, "shape_of": _shape},
    )
    return found


def _shape(a: Any) -> Any:
    return a.shape if hasattr(a, "shape") else np.shape(a)


def _source(primitive: Any, i: int, name: str) -> str:
    """Where the VJP of argument ``i`` finds what its rule calls ``name``."""
    if name in ("g", "reached"):
        return name
    if name == "y":
        return "node.value"
    if name == "residuals" and primitive.residuals is not None:
        names = requested(primitive.residuals)
        computed = f"residuals({', '.join(_source(primitive, i, name) for name in names)})"
        return f"(node.residuals if hasattr(node, 'residuals') else {computed})"
    if primitive.variadic and name in ("shapes", "tracked", *primitive.arrays):
        value = "a.value if type(a) is Node else a"
        each = {"shapes": "shape_of(a)", "tracked": "type(a) is Node"}.get(name, value)
        return f"[{each} for a in node.rest]"
    if name in ("shape", "dtype"):
        return f"{_slot(i)}.{name}"
    if name == "like":
        more = f"{_slot(i)}.more"
        return f"(None if {more} is NOTHING else {more}.get('like'))"
    if name == "transposed":
        return f"getattr({_slot(i)}.primitive, 'name', None) == 'transpose'"
    if name in primitive.arrays:
        operand = _slot(primitive.arrays.index(name))
        return f"({operand}.value if type({operand}) is Node else {operand})"
    if name in primitive.defaults:
        return f"node.more.get('options', NOTHING).get({name!r}, defaults[{name!r}])"
    raise TypeError(
        f"the rule of {primitive.name} asks for {name!r}; it can ask for g, y, reached, shape, "
        f"dtype, like, residuals (if residuals=… is stated) and the arguments "
        f"{', '.join(primitive.defaults)}"
    )


def _slot(i: int) -> str:
    return ("node.first", "node.second")[i] if i < 2 else f"node.rest[{i - 2}]"
