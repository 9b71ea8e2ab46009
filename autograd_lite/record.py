"""How a step is recorded: run a primitive on plain values, and link a node to its operands."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd_lite import errors
from autograd_lite.gaps import read_late
from autograd_lite.registry import COMPOSED, CONSTANT, PRIMITIVES, missing
from autograd_lite.row import Primitive
from autograd_lite.tape import Node, SeveralResults

NOTHING: dict[str, Any] = {}
#: Constants that are taken as they are; at everything else `apply` looks twice.
PLAIN = frozenset({np.ndarray, np.float64, np.float32, float, int})
T = TypeVar("T", bound="Tracked")
_new = object.__new__


PART = Primitive(operator.itemgetter, name="part")
PART.part = PART.unusual = True


class Tracked:
    """A value, the node that made it, and the level of differentiation that it belongs to."""

    __slots__ = ("data", "level", "node")

    data: Any
    node: Node
    level: int


class Symbol:
    """What stands for an array while a program is traced: everything applied to it is written down.

    It lies below all levels, like an array, so that derivatives are written down as well.
    """

    __slots__ = ()

    array: Any

    def record(
        self, function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        raise NotImplementedError


def tracked(kind: type[T], data: Any, node: Node, level: int) -> T:
    t = _new(kind)
    t.data = data
    t.level = level
    t.node = node
    return t


def leaf(kind: type[T], data: Any, level: int) -> T:
    """A value by which we differentiate at ``level``."""
    t = _new(kind)
    t.data = data
    t.level = level
    t.node = Node(None, None, None, (), NOTHING, data)
    return t


def strip(x: Any) -> Any:
    """The plain value under a tracked one of whatever level, also in lists, tuples and dicts."""
    while isinstance(x, Tracked):
        x = x.data
    if type(x) in (list, tuple):
        return type(x)(map(strip, x))
    return {k: strip(v) for k, v in x.items()} if type(x) is dict else x


def example(x: Any) -> Any:
    """The plain value under a tracked one, and be it one that is traced."""
    x = strip(x)
    return x.array if isinstance(x, Symbol) else x


def call(function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Run a function that NumPy handed to us: this is where the tables are read."""
    if options.get("out") is not None:
        raise errors.out_given(function.__name__)
    row = PRIMITIVES.get(function)
    if row is not None:
        return apply(row, *row.bind(args, options))
    if function in COMPOSED:
        return COMPOSED[function](*args, **options)
    if function in CONSTANT:
        return function(*strip(args), **strip(options))
    read_late(function)
    if function in PRIMITIVES or function in COMPOSED or function in CONSTANT:
        return call(function, args, options)
    raise missing(function)


def apply(row: Primitive, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Run a primitive on the values of the highest level among ``args``, and record the step.

    The values may be tracked at a lower level: then NumPy dispatches again, down to plain arrays.
    """
    if not row.rules:
        raise missing(row.function)
    top = None
    level = -1
    for a in args:
        if isinstance(a, Tracked) and a.level > level:
            top = a
            level = a.level
    if options:
        _check(row, options)
    mask = tuple([isinstance(a, Tracked) and a.level == level for a in args])
    values = [a.data if here else a for a, here in zip(args, mask)]
    for value in values:
        if type(value) not in PLAIN:
            errors.refuse_matrix(value)
    try:
        y = row.function(*values, **options)
    except ValueError as error:
        raise errors.explained(row.name, args, error) from error
    plan = row.plan(mask)
    if top is None or not any(plan.tracked):
        return y
    operands: list[Any] = []
    for a, value, here, wanted in zip(args, values, plan.tracked, plan.wanted):
        if here:
            operands.append(a.node)
            if wanted:
                a.node.value = value
        elif not wanted:  # a stand-in where the rule may ask for shapes
            operands.append(np.broadcast_to(0, np.shape(value)) if row.variadic else None)
        elif type(value) in (list, tuple) and (
            row.variadic or row.pulls[len(operands)] is not None
        ):
            operands.append(np.asarray(value))  # rules take it for an array; a key stays
        else:
            operands.append(value)
    if row.variadic:
        links = (None, None, tuple(operands))
    else:
        links = (operands[0], operands[1] if len(operands) > 1 else None, tuple(operands[2:]))
    several = isinstance(y, (tuple, list))
    node = Node(row, *links, options, None if several else y)
    if not several and node.dtype.kind not in errors.DIFFERENTIABLE:
        return y  # rounded to whole numbers, as by dtype=int
    if plan.result_wanted:
        node.value = y
    if not several:
        return tracked(type(top), y, node, level)
    node.describe_several(y)
    row.unusual, row.quick = True, 0
    parts = [_part(type(top), r, i, node, level) for i, r in enumerate(y)]
    return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)


def _part(kind: type[T], result: Any, i: int, node: Node, level: int) -> Any:
    """One of several results; an integer, such as a rank, leaves the tape."""
    if np.result_type(result).kind not in errors.DIFFERENTIABLE:
        return result
    return tracked(kind, result, Node(PART, node, None, (), {"part": i}, result), level)


def _check(row: Primitive, options: dict[str, Any]) -> None:
    for name, value in options.items():
        if isinstance(value, Tracked):
            raise errors.option_tracked(row.name, name)
        if name not in row.understands:
            raise errors.option_refused(row.name, name)


# ---- the short way: one or two operands, tracked at the same level or plain, no options ----
#
# This is where eager speed is won: everything is written out, and a step makes two objects.


def unary(row: Primitive, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``function`` of one tracked value, recorded as ``row``."""

    def run(t: Any) -> Any:
        if row.quick != 1:
            return apply(row, (t,), NOTHING)
        x = t.data
        y = function(x)
        a = t.node
        try:
            node = Node(row, a, None, (), NOTHING, y)
        except SeveralResults:
            return apply(row, (t,), NOTHING)
        keep, keep_result = row.keeps[0]
        if keep:
            a.value = x
        if keep_result:
            node.value = y
        result = _new(type(t))
        result.data = y
        result.level = t.level
        result.node = node
        return result

    return run


def binary(row: Primitive, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``function`` of two values, one of them tracked at least, recorded as ``row``."""

    def run(t: Any, u: Any) -> Any:
        kind = type(t)
        other = type(u)
        a = b = None
        x1 = t
        x2 = u
        if row.quick != 2:
            return apply(row, (t, u), NOTHING)
        if kind is other:
            level = t.level
            if u.level != level:
                return apply(row, (t, u), NOTHING)
            x1 = t.data
            x2 = u.data
            a = t.node
            b = u.node
            keep1, keep2, keep_result = row.keeps[2]
        elif other in PLAIN:
            level = t.level
            x1 = t.data
            a = t.node
            keep1, keep2, keep_result = row.keeps[0]
        elif kind in PLAIN:
            kind = other
            level = u.level
            x2 = u.data
            b = u.node
            keep1, keep2, keep_result = row.keeps[1]
        else:
            return apply(row, (t, u), NOTHING)
        try:
            y = function(x1, x2)
        except ValueError as error:
            raise errors.explained(row.name, (t, u), error) from error
        if keep1:
            if a is None:
                a = x1
            else:
                a.value = x1
        if keep2:
            if b is None:
                b = x2
            else:
                b.value = x2
        try:
            node = Node(row, a, b, (), NOTHING, y)
        except SeveralResults:
            return apply(row, (t, u), NOTHING)
        if keep_result:
            node.value = y
        result = _new(kind)
        result.data = y
        result.level = level
        result.node = node
        return result

    return run
