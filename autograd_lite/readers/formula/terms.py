"""What functions are written from: terms; and the tables of how each function is written."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple, TypeVar

from autograd_lite.readers.formula.tree import Expression, Name, indicator, transposed


class Term(NamedTuple):
    """An expression with the shape of what it stands for, and the kind of its dtype, as NumPy's.

    A vector, with a shape of one axis, is written as a column; as a row if ``rows`` is true.
    """

    x: Expression
    shape: tuple[int, ...] | None = ()
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


#: A writer takes the options that it has a notation for, by NumPy's names, and no others.  It
#: returns None where its notation does not say what is computed: then the call is written out.
Writer = Callable[..., Expression | None]
W = TypeVar("W", bound=Writer)
#: Writers of functions whose arguments are all arrays, and get a term for each.
WRITERS: dict[Any, Writer] = {}
#: Writers of functions of one array, which get a term for that and the rest as it is.
WRITERS_OF_ONE: dict[Any, Writer] = {}


def writes(*functions: Any) -> Callable[[W], W]:
    def enter(writer: W) -> W:
        WRITERS.update(dict.fromkeys(functions, writer))
        return writer

    return enter


def writes_one(*functions: Any) -> Callable[[W], W]:
    def enter(writer: W) -> W:
        WRITERS_OF_ONE.update(dict.fromkeys(functions, writer))
        return writer

    return enter


def understood(writer: Writer, *args: Any, **options: Any) -> Expression | None:
    """What a writer makes of a call; None if it does not know every argument and option."""
    try:
        signature(writer).bind(*args, **options)
    except TypeError:
        return None
    return writer(*args, **options)


def aligned(a: Term, b: Term) -> tuple[Expression, Expression]:
    """Both, as NumPy lays one over the other: a vector is then a row of the matrix."""
    if {a.ndim, b.ndim} == {1, 2}:
        return a.row, b.row
    return a.number, b.number
