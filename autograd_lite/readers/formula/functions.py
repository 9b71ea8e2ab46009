"""How NumPy's functions of elements, vectors and matrices are written, one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite import special
from autograd_lite.programs.operators import OPERATORS, of_kind
from autograd_lite.readers.formula.terms import Term, Writer, aligned, writes, writes_one
from autograd_lite.readers.formula.tree import (
    HADAMARD,
    PRODUCT,
    RELATION,
    SUM,
    Cases,
    Expression,
    Fenced,
    Name,
    Number,
    Prefix,
    Root,
    Script,
    added,
    call,
    fence,
    fraction,
    hadamard,
    joined,
    negated,
    number,
    product,
    raised,
    relation,
    subtracted,
    transposed,
)

# ---- arithmetic ----


@writes(*of_kind("sum"))
def add(a: Term, b: Term) -> Expression:
    return added(*aligned(a, b))


@writes(*of_kind("difference"))
def subtract(a: Term, b: Term) -> Expression:
    return subtracted(*aligned(a, b))


@writes(*of_kind("product"))
def multiply(a: Term, b: Term) -> Expression:
    if is_column(a) and is_row(b):
        return product(a.column, b.row)
    if is_row(a) and is_column(b):
        return product(b.column, a.row)
    x, y = aligned(a, b)
    if a.ndim and b.ndim:
        return hadamard(x, y)
    if b.ndim == 0 and (isinstance(y, Number) or a.ndim):
        x, y = y, x
    return y if x == Number("1") else product(x, y)


def is_column(a: Term) -> bool:
    return a.ndim == 2 and a.shape is not None and a.shape[1] == 1


def is_row(a: Term) -> bool:
    return a.ndim == 1 or (a.ndim == 2 and a.shape is not None and a.shape[0] == 1)


@writes(*of_kind("quotient"))
def divide(a: Term, b: Term) -> Expression:
    x, y = aligned(a, b)
    return (
        joined(fence(x, HADAMARD), "⊘", fence(y, PRODUCT), HADAMARD) if b.ndim else fraction(x, y)
    )


@writes(*of_kind("negative"))
def negative(a: Term) -> Expression:
    return negated(a.number)


@writes_one(*of_kind("positive"), np.copy, np.asarray, np.ascontiguousarray)
def same(a: Term, *_: Any, order: Any = None) -> Expression:
    return a.x


@writes_one(np.astype)
def astype(a: Term, dtype: Any) -> Expression | None:
    """The same numbers, unless they lose their signs, fractions or imaginary parts."""
    kind = np.dtype(dtype).kind
    if a.kind not in KINDS or kind not in KINDS or KINDS.index(kind) < KINDS.index(a.kind):
        return None
    return a.x if kind == "b" else a.number


@writes(*of_kind("power"), np.float_power)
def power(a: Term, b: Term) -> Expression:
    if b.x == Number("0.5") and not a.ndim:
        return Root(a.number)
    return raised(a.number, Prefix("∘", fence(b.number, PRODUCT)) if a.ndim else b.number)


@writes(np.square)
def square(a: Term) -> Expression:
    return power(a, Term(Number("2")))


@writes(np.reciprocal)
def reciprocal(a: Term) -> Expression:
    return divide(Term(Number("1")), a)


#: Kinds of numbers, each of which holds those before it.
KINDS = "buifcO"

# ---- products of vectors and matrices: a vector is a column, or a row if the convention says ----


@writes(*of_kind("matrix product"), np.dot)
def matmul(a: Term, b: Term) -> Expression | None:
    if not (a.ndim and b.ndim):
        return multiply(a, b)
    if max(a.ndim, b.ndim) > 2:
        return None
    if b.ndim == 1 and b.rows and a.ndim == 2:
        return product(b.x, transposed(a.number))
    if a.ndim == 1 and not a.rows and b.ndim == 2:
        return product(transposed(b.number), a.x)
    return product(a.row, b.column) if 2 in (a.ndim, b.ndim) else inner(a, b)


@writes(np.inner)
def inner(a: Term, b: Term) -> Expression | None:
    """uᵀ v, which is a number, and keeps its parentheses among matrices."""
    if not a.ndim == b.ndim == 1:
        return None
    return joined(fence(a.row, PRODUCT), "", fence(b.column, PRODUCT), HADAMARD)


@writes(np.vecdot, np.vdot)
def conjugate_inner(a: Term, b: Term) -> Expression | None:
    return inner(a._replace(x=conjugate(a)) if a.kind == "c" else a, b)


@writes(np.outer)
def outer(a: Term, b: Term) -> Expression | None:
    return product(a.column, b.row) if max(a.ndim, b.ndim) < 2 else None


@writes_one(np.transpose)
def transpose(a: Term, axes: Any = None) -> Expression | None:
    if a.ndim > 2:
        return None
    stays = a.ndim < 2 or (axes is not None and axes[0] % 2 == 0)
    return a.number if stays else transposed(a.number)


@writes_one(np.swapaxes)
def swapaxes(a: Term, axis1: int, axis2: int) -> Expression | None:
    return transpose(a, None if (axis1 - axis2) % 2 else (0, 1))


@writes_one(np.matrix_transpose)
def matrix_transpose(a: Term) -> Expression | None:
    return transpose(a)


@writes(np.linalg.inv)
def inverse(a: Term) -> Expression | None:
    return raised(a.x, negated(Number("1"))) if a.ndim == 2 else None


@writes(np.linalg.solve)
def solve(a: Term, b: Term) -> Expression | None:
    inverted = inverse(a)
    return None if inverted is None else matmul(a._replace(x=inverted), b)


#: What stands below the bars for an order that is no number.
ORDERS = {"fro": Name("F"), "nuc": Name("∗")}


@writes_one(np.linalg.norm)
def norm(a: Term, ord: Any = None) -> Expression:
    bars = Fenced("‖", a.x, "‖")
    return bars if ord is None else Script(bars, None, ORDERS.get(ord) or number(ord))


# ---- elements ----


@writes(np.exp)
def exp(a: Term) -> Expression:
    return call("exp", a.number) if a.ndim else raised(Name("e"), a.number)


@writes(np.sqrt)
def sqrt(a: Term) -> Expression:
    return call("sqrt", a.number) if a.ndim else Root(a.number)


@writes(np.cbrt)
def cbrt(a: Term) -> Expression:
    return call("cbrt", a.number) if a.ndim else Root(a.number, "3")


@writes(*of_kind("absolute"), np.fabs)
def absolute(a: Term) -> Expression:
    return Fenced("|", a.number, "|")


@writes(np.floor)
def floor(a: Term) -> Expression:
    return Fenced("⌊", a.number, "⌋")


@writes(np.ceil)
def ceil(a: Term) -> Expression:
    return Fenced("⌈", a.number, "⌉")


@writes(np.where)
def where(condition: Term, a: Term, b: Term) -> Expression:
    return Cases(((a.number, condition.x), (b.number, Name("otherwise"))))


@writes(np.conj)
def conjugate(a: Term) -> Expression:
    return raised(a.number, Name("∗"))


def _relation(sign: str) -> Writer:
    return lambda a, b: relation(sign, *aligned(a, b))


_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
for _o in OPERATORS:
    if _o.kind in ("order", "equality"):
        writes(_o.function, _o.ufunc)(_relation(_SIGNS.get(_o.sign, _o.sign)))


def _junction(sign: str) -> Writer:
    return lambda a, b: joined(fence(a.x, SUM), sign, fence(b.x, SUM), RELATION)


writes(*of_kind("and"), np.logical_and)(_junction("∧"))
writes(*of_kind("or"), np.logical_or)(_junction("∨"))


@writes(*of_kind("complement"), np.logical_not)
def logical_not(a: Term) -> Expression:
    return Prefix("¬", fence(a.x, HADAMARD))


# ---- the names that mathematics has for NumPy's ----

NAMES = {
    np.log: "ln", np.log10: "log₁₀", np.log2: "log₂", np.arcsin: "arcsin", np.arccos: "arccos",
    np.arctan: "arctan", np.sign: "sgn", np.maximum: "max", np.minimum: "min",
    np.linalg.det: "det", np.trace: "tr", np.diag: "diag", np.real: "Re", np.imag: "Im",
    special.log_of_sum: "logsumexp",
}  # fmt: skip
