"""How an array is written that is part of another, or has the same elements in another shape."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from autograd_lite.readers.formula.terms import Term
from autograd_lite.readers.formula.tree import (
    LIST,
    ONES,
    Call,
    Expression,
    Infix,
    Name,
    Number,
    Script,
    call,
    lowered,
    number,
    product,
    transposed,
)  # fmt: skip

Shape = tuple[int, ...]


def stretched(a: Term, shape: Shape) -> Expression:
    """An array repeated along new axes: a matrix of equal rows is 𝟏 xᵀ."""
    if a.shape == shape:
        return a.x
    if not a.ndim:
        return ONES if a.x == Number("1") else product(a.number, ONES)
    if len(shape) == 2 and a.shape == (shape[0], 1):
        return product(a.number, ONES if a.rows else transposed(ONES))
    if len(shape) == 2 and a.shape in (shape[1:], (1, shape[1])):
        return product(transposed(ONES) if a.rows else ONES, a.row)
    return a.x


def reshaped(a: Term, shape: Shape, order: str = "C") -> Expression | None:
    """The same elements in another shape: a column, a row, or what reshape makes, row by row.

    By columns, in order "F", a matrix becomes a vector as vec has it; other orders are not known.
    """
    old = a.shape or ()
    if old == shape or not old:
        return a.number
    if len(old) == 1 and len(shape) == 2 and 1 in shape:
        return a.column if shape[1] == 1 else a.row
    if len(old) == 2 and 1 in old and len(shape) == 1:
        return a.number if (old[1] == 1) is not a.rows else transposed(a.number)
    if [n for n in old if n != 1] == [n for n in shape if n != 1]:
        return a.number
    if order != "C":
        return call("vec", a.number) if order == "F" and len(shape) == 1 else None
    sizes = Infix(tuple(number(n) for n in shape), ("×",) * (len(shape) - 1), LIST)
    return Call(Script(Name("reshape"), None, sizes), (a.number,))


def element(
    a: Term, key: Any, shape: Shape | None, write: Callable[[Any], Expression]
) -> Expression:
    """x_i, X_{i,:}, x_{2:5}; only another shape where a key selects everything."""
    keys = key if isinstance(key, tuple) else (key,)
    if a.shape is not None and shape is not None and keeps_all(a.shape, keys, shape):
        return reshaped(a, shape) or a.number
    return lowered(a.number, *(write(k) for k in keys if k is not None))


def keeps_all(old: Shape, keys: tuple[Any, ...], new: Shape) -> bool:
    harmless = all(
        k is None or k is Ellipsis or k == slice(None) or (type(k) is int and k in (0, -1))
        for k in keys
        if not hasattr(k, "shape")
    )
    return harmless and not any(hasattr(k, "shape") for k in keys) and prod(old) == prod(new)
