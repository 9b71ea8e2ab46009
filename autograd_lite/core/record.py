"""The general path: run a primitive on plain values, and link a node to its operands.

It takes any number of operands at any levels, lists and options.
"""

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autograd_lite.core import errors
from autograd_lite.core.admission import admitted, admitted_all, lay
from autograd_lite.core.gathering import gathered, is_sequence
from autograd_lite.core.ownership import kept
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES, read_late
from autograd_lite.core.signatures import SETTLED, takes
from autograd_lite.core.tape import Node, dtype_of, is_nested
from autograd_lite.core.tracked import PLAIN, T, Tracked, is_plain, strip, tracked
from autograd_lite.core.writing import reads, refuse_writing

PART = Primitive(operator.itemgetter, name="part")
PART.part = True


class Nested(Exception):
    """Raised with the result of a custom function that is a container: its caller packs it."""


def call(function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Run a function that NumPy handed to us: this is where the tables are read."""
    if options or (len(args) > 1 and len(args) > reads(function)):
        refuse_writing(function, args, options)
        if "out" in options:  # it is None
            options = {name: value for name, value in options.items() if name != "out"}
    primitive = PRIMITIVES.get(function)
    if primitive is not None:
        return apply(primitive, *primitive.bind(args, options))
    args = tuple(map(admitted, args))
    if options:
        options = {name: admitted(value) for name, value in options.items()}
    if function in COMPOSED:
        composition = COMPOSED[function]
        for option in options:
            if not takes(composition, option):
                raise errors.option_refused(function.__name__, option)
        return composition(*args, **options)
    if function in CONSTANT:
        return function(*strip(args), **strip(options))
    if read_late(function):
        return call(function, args, options)
    raise missing(function)


def missing(function: Callable[..., Any]) -> errors.NoRule:
    """The error for a function that stands in none of the tables."""
    from autograd_lite.core.advice.missing import no_rule  # needed on the way to an error only

    return no_rule(function, (*PRIMITIVES, *COMPOSED))


def apply(primitive: Primitive, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Run a primitive on the values of the highest level among ``args``, and record the step.

    The values may be tracked at a lower level: then NumPy dispatches again, down to plain arrays.
    """
    if not primitive.rules:
        raise missing(primitive.function)
    if any(map(is_sequence, args)):
        args = tuple([gathered(a) if primitive.varies_with(i) else a for i, a in enumerate(args)])
    others = [(i, a) for i, a in enumerate(args) if type(a) not in PLAIN]
    top = None
    level = -1
    for _, a in others:
        if isinstance(a, Tracked) and a.level > level:
            top = a
            level = a.level
    if options:
        _check(primitive, options)
    values = [*args]
    operands = [*args]
    here = []  # the positions of those that are tracked at this level
    for i, a in others:
        if isinstance(a, Tracked) and a.level == level:
            values[i] = a.raw
            operands[i] = a.node
            here.append(i)
        elif not primitive.custom or primitive.varies_with(i):
            values[i] = operands[i] = admitted(a)
    fuses = primitive.forward is not None and top is not None and top.fuses
    plan = primitive.plan(
        tuple(here), len(args), forward=fuses and not options and is_plain(values)
    )
    if plan.residuals and primitive.forward:
        function = primitive.forward
    else:
        function = primitive.function
        if primitive.inline and is_plain(values):
            function = function.__wrapped__  # type: ignore[attr-defined]  # with nobody to ask
    try:
        y = function(*values, **options)
    except ValueError as error:
        errors.explain(primitive, args, error)
        raise
    if plan.residuals:
        y, residuals = _pair(primitive, y)
    if type(y) not in PLAIN:
        if primitive.custom and top is not None and (is_nested(y) or hasattr(y, "_fields")):
            primitive.fast_arity = 0  # so that it runs once, from the next call on
            raise Nested(y)
        y = admitted_all(y) if isinstance(y, (list, tuple)) else admitted(y)
    if top is None or not plan.varies:
        return y
    for i in plan.kept:
        operands[i].value = values[i]
    for i in plan.laid:
        lay(operands[i], values[i])
    for i, is_read in plan.constants:
        operands[i] = _constant(primitive, i, values[i], is_read)
    if options and not SETTLED.issuperset(map(type, options.values())):
        options = {name: kept(value) for name, value in options.items()}
    if primitive.variadic:
        node = Node(primitive, None, None, tuple(operands), options, y)
    elif len(operands) > 1:
        node = Node(primitive, operands[0], operands[1], tuple(operands[2:]), options, y)
    else:
        node = Node(primitive, operands[0], None, (), options, y)
    if plan.residuals:
        node.residuals = residuals
    if node.dtype is None:
        return _parts(type(top), y, node, level, plan.result)
    if node.dtype.kind not in errors.DIFFERENTIABLE:
        return y  # rounded to whole numbers, as by dtype=int
    if plan.result:
        node.value = y
    return tracked(type(top), y, node, level)


def _constant(primitive: Primitive, i: int, value: Any, is_read: bool) -> Any:
    """What a node keeps of its argument ``i`` where that is constant."""
    if not is_read:  # a stand-in where the rule may request shapes
        if not primitive.variadic:
            return None
        if type(value) is np.ndarray:
            return stand_in(value.shape)
        return stand_in(() if type(value) in PLAIN else np.shape(value))
    if type(value) in (list, tuple) and (primitive.variadic or primitive.vjps[i] is not None):
        return np.asarray(value)  # rules take it for an array; a key stays
    return kept(value)


@lru_cache(2**10)
def stand_in(shape: tuple[int, ...]) -> Any:
    """An array of a shape, whose numbers nobody reads."""
    return np.ndarray(shape, np.int8, b"0", 0, (0,) * len(shape))


def _parts(kind: type[T], results: Any, node: Node, level: int, is_read: bool) -> Any:
    """Several results, each with a node of its own; an integer, such as a rank, has none."""
    if is_read:
        node.value = results
    node.primitive.slow, node.primitive.fast_arity = True, 0
    parts = []
    for i, y in enumerate(results):
        if dtype_of(y).kind in errors.DIFFERENTIABLE:
            y = tracked(kind, y, Node(PART, node, None, (), {"part": i}, y), level)
        parts.append(y)
    return type(results)(*parts) if hasattr(results, "_fields") else type(results)(parts)


def _pair(primitive: Primitive, returned: Any) -> tuple[Any, Any]:
    """The result of a forward function, and its residuals."""
    if type(returned) is not tuple or len(returned) != 2:
        raise TypeError(
            f"the forward function of {primitive.name} returned {type(returned).__name__}; it "
            f"returns a tuple of two, the result and what residuals=… computes"
        )
    return returned


def _check(primitive: Primitive, options: dict[str, Any]) -> None:
    for name, value in options.items():
        settled = type(value) in SETTLED
        if not settled and isinstance(value, Tracked):
            raise errors.option_tracked(primitive.name, name)
        if name not in primitive.accepted:
            raise errors.option_refused(primitive.name, name)
        if not settled and not primitive.custom:
            admitted(value)
