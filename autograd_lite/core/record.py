"""How a step is recorded: run a primitive on plain values, and link a node to its operands."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.core import errors
from autograd_lite.core.gaps import read_late
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES, missing
from autograd_lite.core.tape import NOTHING, Node, next_number
from autograd_lite.core.tracked import PLAIN, T, Tracked, is_plain, strip, tracked

_new = object.__new__

PART = Primitive(operator.itemgetter, name="part")
PART.part = PART.unusual = True


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
        if type(a) not in PLAIN and isinstance(a, Tracked) and a.level > level:
            top = a
            level = a.level
    if options:
        _check(row, options)
    values = []
    operands = []
    mask = 0  # the bits of those that are tracked at this level
    for i, a in enumerate(args):
        if type(a) in PLAIN:
            values.append(a)
            operands.append(a)
        elif isinstance(a, Tracked) and a.level == level:
            values.append(a.data)
            operands.append(a.node)
            mask |= 1 << i
        else:
            errors.refuse_matrix(a)
            values.append(a)
            operands.append(a)
    fuses = row.fused is not None and top is not None and top.fuses
    plan = row.plan(mask, len(args), fused=fuses and not options and is_plain(values))
    function = row.fused if plan.aside and row.fused else row.function
    try:
        y = function(*values, **options)
    except ValueError as error:
        raise errors.explained(row, args, error) from error
    if plan.aside:
        y, aside = _pair(row, y)
    if top is None or not plan.varies:
        return y
    for i in plan.kept:
        operands[i].value = values[i]
    for i, wanted in plan.constants:
        operands[i] = _constant(row, i, values[i], wanted)
    if row.variadic:
        node = Node(row, None, None, tuple(operands), options, y)
    elif len(operands) > 1:
        node = Node(row, operands[0], operands[1], tuple(operands[2:]), options, y)
    else:
        node = Node(row, operands[0], None, (), options, y)
    if plan.aside:
        node.aside = aside
    if node.dtype is None:
        return _parts(type(top), y, node, level, plan.result_wanted)
    if node.dtype.kind not in errors.DIFFERENTIABLE:
        return y  # rounded to whole numbers, as by dtype=int
    if plan.result_wanted:
        node.value = y
    return tracked(type(top), y, node, level)


def _constant(row: Primitive, i: int, value: Any, wanted: bool) -> Any:
    """What a node keeps of its argument ``i`` where that is constant."""
    if not wanted:  # a stand-in where the rule may ask for shapes
        return np.broadcast_to(0, np.shape(value)) if row.variadic else None
    if type(value) in PLAIN:
        return value
    if type(value) in (list, tuple) and (row.variadic or row.pulls[i] is not None):
        return np.asarray(value)  # rules take it for an array; a key stays
    return value


def _parts(kind: type[T], results: Any, node: Node, level: int, wanted: bool) -> Any:
    """Several results, each with a node of its own; an integer, such as a rank, has none."""
    if wanted:
        node.value = results
    node.primitive.unusual, node.primitive.quick = True, 0
    parts = []
    for i, y in enumerate(results):
        if np.result_type(y).kind in errors.DIFFERENTIABLE:
            y = tracked(kind, y, Node(PART, node, None, (), {"part": i}, y), level)
        parts.append(y)
    return type(results)(*parts) if hasattr(results, "_fields") else type(results)(parts)


def _pair(row: Primitive, returned: Any) -> tuple[Any, Any]:
    """The result of a fused function, and what it computed aside."""
    if type(returned) is not tuple or len(returned) != 2:
        raise TypeError(
            f"the fused function of {row.name} returned {type(returned).__name__}; it returns a "
            f"tuple of two, the result and what aside=… computes"
        )
    return returned


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
        node = _new(Node)
        node.primitive = row
        a = t.node
        try:
            shape = y.shape
            node.shape = a.shape if a.shape == shape else shape  # one tuple for all
            node.dtype = y.dtype
        except AttributeError:
            node.describe(y)
            if node.dtype is None:
                return apply(row, (t,), NOTHING)
        node.first = a
        node.second = None
        node.more = NOTHING
        node.number = next_number()
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
            x2 = u
            a = t.node
            b = None
            keep1, keep2, keep_result = row.keeps[0]
        elif kind in PLAIN:
            kind = other
            level = u.level
            x1 = t
            x2 = u.data
            a = None
            b = u.node
            keep1, keep2, keep_result = row.keeps[1]
        else:
            return apply(row, (t, u), NOTHING)
        try:
            y = function(x1, x2)
        except ValueError as error:
            raise errors.explained(row, (t, u), error) from error
        node = _new(Node)
        node.primitive = row
        try:
            shape = y.shape
            node.shape = a.shape if a is not None and a.shape == shape else shape
            node.dtype = y.dtype
        except AttributeError:
            node.describe(y)
            if node.dtype is None:
                return apply(row, (t, u), NOTHING)
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
        node.first = a
        node.second = b
        node.more = NOTHING
        node.number = next_number()
        if keep_result:
            node.value = y
        result = _new(kind)
        result.data = y
        result.level = level
        result.node = node
        return result

    return run
