"""Writing one step as an expression, from the expressions of its operands."""

import operator
from collections.abc import Callable
from inspect import signature
from numbers import Number
from typing import Any

import numpy as np

from autograd_lite.core.trees import tree_leaves
from autograd_lite.programs.notation import BODIES, symbol
from autograd_lite.programs.steps import Step, Value, replace_values
from autograd_lite.programs.tracing import write_down
from autograd_lite.readers.formula.functions import NAMES, OF_ONE_TERM, OF_TERMS, Writer
from autograd_lite.readers.formula.terms import Term, element, reshaped, stretched
from autograd_lite.readers.formula.tree import (
    ONES,
    Call,
    Expression,
    Fenced,
    Name,
    Script,
    listed,
    number,
    relation,
)  # fmt: skip

#: Options that change how NumPy computes, not what.
HARMLESS = frozenset({"dtype", "casting", "subok", "copy", "keepdims"})
#: Functions that only reshape, with the place of the order among their arguments.
RESHAPES = {np.reshape: 2, np.ravel: 1, np.expand_dims: 2, np.squeeze: 2}

Lookup = Callable[[Value], Expression]


def write(step: Step, lookup: Lookup, rows: bool) -> Expression:
    """The right side of the equation of a step."""
    options = {k: v for k, v in step.options.items() if k not in HARMLESS and v is not None}
    special = notation_of(step, options, lookup, rows)
    return written_out(step, options, lookup, rows) if special is None else special


def notation_of(
    step: Step, options: dict[str, Any], lookup: Lookup, rows: bool
) -> Expression | None:
    """What mathematics writes for a call; None where it has no notation for all that is given."""
    f, args = step.function, step.args
    a = term(args[0], lookup, rows) if args else Term(Name(""), ())
    if f in BODIES:
        return body(step, lookup, rows)
    if f in OF_TERMS:
        return understood(OF_TERMS[f], *(term(x, lookup, rows) for x in args), **options)
    if f in OF_ONE_TERM:
        return understood(OF_ONE_TERM[f], a, *args[1:], **options)
    if f is operator.getitem:
        return element(a, args[1], step.result.shape, lambda x: term(x, lookup, rows).x)
    if f in RESHAPES:
        order = [*args[RESHAPES[f] :], options.get("order", "C")][0]
        return reshaped(a, step.result.shape or (), order)
    if f is np.broadcast_to:
        return stretched(a, step.result.shape or ())
    return None


def understood(writer: Writer, *args: Any, **options: Any) -> Expression | None:
    """What a writer makes of a call; None if it does not know every argument and option."""
    try:
        signature(writer).bind(*args, **options)
    except TypeError:
        return None
    return writer(*args, **options)


def written_out(step: Step, options: dict[str, Any], lookup: Lookup, rows: bool) -> Expression:
    """The name of the function, its arguments, and the options that were given."""
    f, args = step.function, step.args
    if len(args) == 1 and isinstance(args[0], (list, tuple)):
        args = tuple(args[0])  # stack(a, b) is as clear as stack((a, b))
    arguments = [term(x, lookup, rows).number for x in args]
    given = [relation("=", Name(k), term(v, lookup, rows).x) for k, v in options.items()]
    return Call(Name(NAMES.get(f) or symbol(f)), (*arguments, *given))


def term(x: Any, lookup: Lookup, rows: bool) -> Term:
    """An argument of a step as a term: a value, a number, or a list of them."""
    if isinstance(x, Value):
        kind = getattr(x.dtype, "kind", "")
        expression = known_number(x) or lookup(x)
        return Term(expression, x.shape, kind, rows)
    if isinstance(x, (list, tuple)):
        parts = tuple(term(part, lookup, rows).x for part in x)
        return Term(Fenced("(", listed(parts), ")") if parts else Name("()"), None)
    if isinstance(x, slice):
        ends = ("" if end is None else str(end) for end in (x.start, x.stop))
        return Term(Name(":".join(ends) + (f":{x.step}" if x.step is not None else "")))
    x = x[()] if isinstance(x, np.ndarray) and not x.ndim else x
    if isinstance(x, (Number, np.number)) and not isinstance(x, bool):
        return Term(number(x))
    return Term(Name("…" if x is Ellipsis else str(getattr(x, "__name__", x))))


def known_number(x: Value) -> Expression | None:
    """𝟏 for ones, and the number for a constant without axes."""
    if not x.is_constant or x.name or x.shape is None or getattr(x.dtype, "kind", "b") == "b":
        return None
    if x.shape and np.all(x.data == 1):
        return ONES
    return None if x.shape else number(x.data)


def body(step: Step, lookup: Lookup, rows: bool) -> Expression:
    """The formula that `notation` gave for a function, with this step's arguments."""
    outer = step.operands

    def formula(*arrays: Any) -> Any:
        given = dict(zip(outer, arrays))
        args, options = replace_values((step.args, step.options), given.__getitem__)
        return BODIES[step.function](*args, **options)

    ones = tuple(np.ones(v.shape or (), v.dtype) for v in outer)
    with np.errstate(all="ignore"):
        trace, result = write_down(formula, ones)
    (result,) = tree_leaves(result)
    inside = {value: term(v, lookup, rows).x for value, v in zip(trace.inputs, outer)}
    for inner in trace.steps:
        inside[inner.result] = write(inner, inside.__getitem__, rows)
    return inside[result.value]


def primed(function: Any, z: Expression) -> Expression:
    """σ′(z)."""
    name = NAMES.get(function) or symbol(function)
    return Call(Script(Name(name), Name("′")), (z,))
