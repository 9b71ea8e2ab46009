"""What functions are written from: terms; and the tables of how each function is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from autograd_lite.formula.tree import Expression, Name, indicator, transposed


class Term(NamedTuple):
    """An expression with the shape of what it stands for, and whether that is a truth value.

    A vector, with a shape of one axis, is written as a column; as a row if ``rows`` is true.
    """

    x: Expression
    shape: tuple[int, ...] | None = ()
    is_truth: bool = False
    rows: bool = False

    @property
    def ndim(self) -> int:
        return len(self.shape or ())

    @property
    def number(self) -> Expression:
        """The expression where a number is wanted: 1 or 0 for a truth value."""
        return indicator(self.x) if self.is_truth and not isinstance(self.x, Name) else self.x

    @property
    def row(self) -> Expression:
        return self.number if self.rows or self.ndim != 1 else transposed(self.number)

    @property
    def column(self) -> Expression:
        return self.number if not self.rows or self.ndim != 1 else transposed(self.number)


Writer = Callable[..., Expression]
#: Writers of functions whose arguments are all arrays, and get a term for each.
WRITERS: dict[Any, Writer] = {}
#: Writers of functions of one array, which get a term for that and the rest as it is.
WRITERS_OF_ONE: dict[Any, Writer] = {}


def writes(*functions: Any) -> Callable[[Writer], Writer]:
    def enter(writer: Writer) -> Writer:
        WRITERS.update(dict.fromkeys(functions, writer))
        return writer

    return enter


def writes_one(*functions: Any) -> Callable[[Writer], Writer]:
    def enter(writer: Writer) -> Writer:
        WRITERS_OF_ONE.update(dict.fromkeys(functions, writer))
        return writer

    return enter


def aligned(a: Term, b: Term) -> tuple[Expression, Expression]:
    """Both, as NumPy lays one over the other: a vector is then a row of the matrix."""
    if {a.ndim, b.ndim} == {1, 2}:
        return a.row, b.row
    return a.number, b.number
