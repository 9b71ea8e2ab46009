"""Writing one step as an expression, from the expressions of its operands."""

import operator
from collections.abc import Callable, Sequence
from inspect import signature
from numbers import Number as AnyNumber
from typing import Any

import numpy as np

from autograd_lite.core.trees import tree_leaves
from autograd_lite.programs.notation import BODIES, symbol
from autograd_lite.programs.steps import Step, Value, replace_values
from autograd_lite.programs.tracing import write_down
from autograd_lite.readers.formula.functions import NAMES, OF_ONE_TERM, OF_TERMS, Writer
from autograd_lite.readers.formula.terms import Term, column_of_rows, element, reshaped, stretched
from autograd_lite.readers.formula.tree import (
    BIG,
    ONES,
    Call,
    Expression,
    Fenced,
    Name,
    Number,
    Prefix,
    Script,
    added,
    at,
    fence,
    listed,
    lowered,
    number,
    one_hot,
    product,
    relation,
)  # fmt: skip
from autograd_lite.readers.textbook.known import Prime
from autograd_lite.rules.indexing import scatter

#: Options that change how NumPy computes, not what.
HARMLESS = frozenset({"dtype", "casting", "subok", "copy", "keepdims", "optimize"})
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
    if isinstance(f, Prime):
        return primed(f.of, a.x)
    if f in BODIES:
        return body(step, lookup, rows)
    if f in OF_TERMS:
        return understood(OF_TERMS[f], *(term(x, lookup, rows) for x in args), **options)
    if f in OF_ONE_TERM:
        return understood(OF_ONE_TERM[f], a, *args[1:], **options)
    if f is operator.getitem:
        return element(a, args[1], step.result.shape, lambda x: term(x, lookup, rows).x)
    if f is scatter:
        shape = args[2] if len(args) > 2 else options["shape"]
        return scattered(a, args[1], shape, lambda x: term(x, lookup, rows).x)
    if f is np.einsum and isinstance(args[0], str):
        return summed(args[0], [term(x, lookup, rows) for x in args[1:]])
    if f in RESHAPES:
        order = [*args[RESHAPES[f] :], options.get("order", "C")][0]
        return reshaped(a, step.result.shape or (), order)
    if f is np.broadcast_to:
        return stretched(a, step.result.shape or ())
    return None


def scattered(a: Term, key: Any, shape: Any, write: Lookup) -> Expression | None:
    """An array that is 0 but for some elements: x e_k, and 𝟏{j = c_i} for a 1 in each row."""
    keys = key if isinstance(key, tuple) else (key,)
    if len(shape) == 2 and a.x in (ONES, Number("1")):
        column = column_of_rows(keys, shape)
        return None if column is None else one_hot(at(write(column), "i"))
    if len(keys) == 1 and isinstance(keys[0], (int, np.integer)) and len(shape) == a.ndim + 1 <= 2:
        unit = Name("e", "", str(keys[0]))
        if not a.ndim:
            first, second = (unit, a.x) if a.x.level == BIG else (a.number, unit)
            return unit if a.x == Number("1") else product(first, second)
        return product(unit, a.row)
    return None


def summed(subscripts: str, terms: Sequence[Term]) -> Expression | None:
    """∑_k a_{i,k} b_{k,j}, with an index for each axis that is left."""
    before, arrow, after = subscripts.replace(" ", "").partition("->")
    inputs = before.split(",")
    if not arrow or "." in subscripts or len(inputs) != len(terms):
        return None
    parts = [indexed(t.number, i) for t, i in zip(terms, inputs) if i]
    parts = [t.number for t, i in zip(terms, inputs) if not i] + parts
    whole = parts[0]
    for part in parts[1:]:
        whole = product(whole, part)
    over = [*dict.fromkeys(c for i in inputs for c in i if c not in after)]
    if over:
        whole = Prefix("∑", fence(whole, BIG), listed(tuple(map(Name, over))), BIG)
    return Script(fenced(whole), None, listed(tuple(map(Name, after)))) if after else whole


def indexed(x: Expression, letters: str) -> Expression:
    """x_{i,j}; of windows x_{i+k,j+l}."""
    match x:
        case Call(Name(text="sliding_window_view"), (whole, *_)) if len(letters) % 2 == 0:
            pairs = zip(letters[: len(letters) // 2], letters[len(letters) // 2 :])
            return lowered(whole, *(added(Name(i), Name(k)) for i, k in pairs))
    return lowered(x, *map(Name, letters))


def fenced(x: Expression) -> Expression:
    return Fenced("(", x, ")")


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
    if isinstance(x, (AnyNumber, np.number)) and not isinstance(x, bool):
        return Term(number(x))
    return Term(Name("…" if x is Ellipsis else str(getattr(x, "__name__", x))))


def known_number(x: Value) -> Expression | None:
    """𝟏 for ones, 0 for zeros, and the number for a constant without axes."""
    if not x.is_constant or x.name or x.shape is None or getattr(x.dtype, "kind", "b") == "b":
        return None
    if x.shape and np.all(x.data == 1):
        return ONES
    if x.shape and np.size(x.data) and not np.any(x.data):
        return Number("0")
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
