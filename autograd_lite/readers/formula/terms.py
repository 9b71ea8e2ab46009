"""Terms: expressions with the shape of what they stand for, and how they take another shape."""

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.readers.formula.tree import (
    LIST,
    ONES,
    Call,
    Expression,
    Infix,
    Name,
    Number,
    Script,
    applied,
    gathered,
    indicator,
    lowered,
    number,
    product,
    transposed,
)  # fmt: skip

Shape = tuple[int, ...]


class Term(NamedTuple):
    """An expression with the shape of what it stands for, and the kind of its dtype, as NumPy's.

    A vector, with a shape of one axis, is written as a column; as a row if ``rows`` is true.
    """

    x: Expression
    shape: Shape | None = ()
    kind: str = ""
    rows: bool = False

    @property
    def ndim(self) -> int:
        return len(self.shape or ())

    @property
    def number(self) -> Expression:
        """The expression where a number is wanted: 1 or 0 for a truth value."""
        return indicator(self.x) if self.kind == "b" and not isinstance(self.x, Name) else self.x

    @property
    def row(self) -> Expression:
        return self.number if self.rows or self.ndim != 1 else transposed(self.number)

    @property
    def column(self) -> Expression:
        return self.number if not self.rows or self.ndim != 1 else transposed(self.number)


def aligned(a: Term, b: Term) -> tuple[Expression, Expression]:
    """Both, as NumPy lays one over the other: a vector is then a row of the matrix."""
    if {a.ndim, b.ndim} == {1, 2}:
        return a.row, b.row
    return a.number, b.number


def stretched(a: Term, shape: Shape) -> Expression:
    """An array repeated along new axes: a matrix of equal rows is 𝟏 xᵀ."""
    if a.shape == shape:
        return a.x
    if not a.ndim and len(shape) == 2:
        ones = transposed(ONES) if a.rows else ONES
        square = product(ones, transposed(ones))
        return square if a.x == Number("1") else product(a.number, square)
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
        return applied("vec", a.number) if order == "F" and len(shape) == 1 else None
    sizes = Infix(tuple(number(n) for n in shape), ("×",) * (len(shape) - 1), LIST)
    return Call(Script(Name("reshape"), None, sizes), (a.number,))


def element(
    a: Term, key: Any, shape: Shape | None, write: Callable[[Any], Expression]
) -> Expression:
    """x_i, X_{i,:}, x_{2:5}; only another shape where a key selects everything."""
    keys = key if isinstance(key, tuple) else (key,)
    if a.shape is not None and (column := column_of_rows(keys, a.shape)) is not None:
        return gathered(a.number, write(column))
    if a.shape is not None and shape is not None and keeps_all(a.shape, keys, shape):
        return reshaped(a, shape) or a.number
    return lowered(a.number, *(write(k) for k in keys if k is not None))


def column_of_rows(keys: tuple[Any, ...], shape: Shape) -> Any:
    """What an index says that takes one element of each row: its column; else None."""
    if len(keys) != 2 or len(shape) != 2 or any(not hasattr(k, "shape") for k in keys):
        return None
    first, second = keys
    rows = getattr(first, "data", None) if first.is_constant else None
    same = first.shape == second.shape == shape[:1] and rows is not None
    return second if same and np.array_equal(np.asarray(rows), np.arange(shape[0])) else None


def keeps_all(old: Shape, keys: tuple[Any, ...], new: Shape) -> bool:
    """Whether an index only adds or drops axes of length one."""
    if any(hasattr(k, "shape") for k in keys) or prod(old) != prod(new):
        return False
    whole = (None, Ellipsis, slice(None), 0, -1)
    return all(k in whole and type(k) is not bool for k in keys)
