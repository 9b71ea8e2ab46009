"""How NumPy's functions are written: a table, and the notations that need more than a line."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd_lite import special
from autograd_lite.programs.operators import OPERATORS, of_kind
from autograd_lite.readers.formula.terms import Term, aligned, stretched
from autograd_lite.readers.formula.tree import (
    BIG,
    HADAMARD,
    ONES,
    PRODUCT,
    RELATION,
    SUM,
    TRANSPOSED,
    Cases,
    Expression,
    Fenced,
    Infix,
    Name,
    Number,
    Prefix,
    Root,
    Script,
    added,
    applied,
    fence,
    fraction,
    hadamard,
    joined,
    listed,
    lowered,
    negated,
    number,
    product,
    raised,
    relation,
    subtracted,
    transposed,
)
from autograd_lite.readers.textbook import known

#: A writer takes the options that it has a notation for, by NumPy's names, and no others.  It
#: returns None where its notation does not say what is computed: then the call is written out.
Writer = Callable[..., Expression | None]

#: Kinds of numbers, each of which holds those before it.
KINDS = "buifcO"
#: What stands below the bars for an order of a norm that is no number.
ORDERS = {"fro": Name("F"), "nuc": Name("∗")}
#: What is written for relations, by Python's signs.
RELATIONS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
COMPARISONS = ("order", "equality")
ONE, TWO = Term(Number("1")), Term(Number("2"))

# ---- arithmetic ----


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
    if x == ONE.x:
        return y
    if x.level == BIG and isinstance(y, Name):
        return product(y, x)
    if not a.ndim and isinstance(y, Infix) and y.level == HADAMARD and "" not in y.signs:
        return Infix((product(x, y.parts[0]), *y.parts[1:]), y.signs, HADAMARD)
    return product(x, y)


def is_column(a: Term) -> bool:
    return a.ndim == 2 and a.shape is not None and a.shape[1] == 1


def is_row(a: Term) -> bool:
    return a.ndim == 1 or (a.ndim == 2 and a.shape is not None and a.shape[0] == 1)


def divide(a: Term, b: Term) -> Expression:
    x, y = aligned(a, b)
    if b.ndim:
        return joined(fence(x, HADAMARD), "⊘", fence(y, PRODUCT), HADAMARD)
    return fraction(x, y)


def power(a: Term, b: Term) -> Expression:
    if b.x == Number("0.5") and not a.ndim:
        return Root(a.number)
    return raised(a.number, Prefix("∘", fence(b.number, PRODUCT)) if a.ndim else b.number)


def as_it_is(a: Term, *_: Any, order: Any = None) -> Expression:
    return a.x


def astype(a: Term, dtype: Any) -> Expression | None:
    """The same numbers, unless they lose their signs, fractions or imaginary parts."""
    kind = np.dtype(dtype).kind
    if a.kind not in KINDS or kind not in KINDS or KINDS.index(kind) < KINDS.index(a.kind):
        return None
    return a.x if kind == "b" else a.number


# ---- products of vectors and matrices: a vector is a column, or a row if the convention says ----


def matmul(a: Term, b: Term) -> Expression | None:
    if not (a.ndim and b.ndim):
        return multiply(a, b)
    if max(a.ndim, b.ndim) > 2:
        return None
    a, b = filled(a), filled(b)
    if b.ndim == 1 and b.rows and a.ndim == 2:
        return product(b.x, transposed(a.number))
    if a.ndim == 1 and not a.rows and b.ndim == 2:
        return product(transposed(b.number), a.x)
    return product(a.row, b.column) if 2 in (a.ndim, b.ndim) else inner(a, b)


def filled(a: Term) -> Term:
    """A matrix of equal numbers as c 𝟏 𝟏ᵀ, since in a product 𝟏 alone is a vector."""
    if a.ndim != 2 or a.shape is None:
        return a
    if a.x == ONES:
        return a._replace(x=stretched(Term(Number("1"), (), a.kind, a.rows), a.shape))
    if isinstance(a.x, Infix) and a.x.signs == ("",) and a.x.parts[1] == ONES:
        return a._replace(x=stretched(Term(a.x.parts[0], (), a.kind, a.rows), a.shape))
    return a


def inner(a: Term, b: Term) -> Expression | None:
    """uᵀ v, which is a number, and keeps its parentheses among matrices."""
    if not a.ndim == b.ndim == 1:
        return None
    return joined(fence(a.row, PRODUCT), "", fence(b.column, PRODUCT), HADAMARD)


def conjugate_inner(a: Term, b: Term) -> Expression | None:
    return inner(a._replace(x=conjugate(a)) if a.kind == "c" else a, b)


def conjugate(a: Term) -> Expression:
    return raised(a.number, Name("∗"))


def transpose(a: Term, axes: Any = None) -> Expression | None:
    if a.ndim > 2:
        return None
    stays = a.ndim < 2 or (axes is not None and axes[0] % 2 == 0)
    return a.number if stays else transposed(a.number)


def swapaxes(a: Term, axis1: int, axis2: int) -> Expression | None:
    return transpose(a, None if (axis1 - axis2) % 2 else (0, 1))


def inverse(a: Term) -> Expression | None:
    if a.ndim != 2:
        return None
    turned = isinstance(a.x, Script) and a.x.upper == Name(TRANSPOSED)
    return (
        transposed(raised(transposed(a.x), negated(ONE.x)))
        if turned
        else raised(a.x, negated(ONE.x))
    )


def solve(a: Term, b: Term) -> Expression | None:
    inverted = inverse(a)
    return None if inverted is None else matmul(a._replace(x=inverted), b)


def norm(a: Term, ord: Any = None) -> Expression:
    bars = Fenced("‖", a.x, "‖")
    return bars if ord is None else Script(bars, None, ORDERS.get(ord) or number(ord))


# ---- along axes: i, j, k, … number them ----


def over(sign: str, a: Term, axis: Any = None) -> Expression:
    """∑_i x_i, and ∑_i X_{i,:} where another axis stays; no notation for `initial`, `where`."""
    axes = axes_of(a, axis)
    if not axes:
        return a.x
    letters = [Name("ijklmnpq"[k % 8]) if k in axes else Name(":") for k in range(a.ndim)]
    below = listed(tuple(letters[k] for k in axes))
    return Prefix(sign, fence(lowered(a.number, *letters), BIG), below, BIG)


def axes_of(a: Term, axis: Any) -> list[int]:
    axes = range(a.ndim) if axis is None else np.atleast_1d(axis)
    return [int(k) % a.ndim for k in axes] if a.ndim else []


def total(a: Term, axis: Any = None) -> Expression:
    """∑, or ‖x‖² for the sum of all squares, of real numbers."""
    square_of: Expression | None = None
    match a.x:
        case Script(base=x, upper=Prefix(sign="∘", part=Number(text="2"))):
            square_of = x.part if isinstance(x, Fenced) else x
        case Infix(parts=(x, y), signs=("∘",)) if x == y:
            square_of = x
    if square_of is not None and axis is None and a.kind not in "bc":
        return raised(Fenced("‖", square_of, "‖"), TWO.x)
    return over("∑", a, axis)


def mean(a: Term, axis: Any = None) -> Expression:
    n = np.prod([(a.shape or ())[k] for k in axes_of(a, axis)], dtype=int)
    return product(fraction(ONE.x, Number(str(n))), total(a, axis))


def last_axis(name: str, a: Term, axis: Any) -> Expression | None:
    """A function along the last axis, as losses use it."""
    return applied(name, a.number) if a.ndim < 2 or axis in (-1, a.ndim - 1) else None


def log_softmax(a: Term, axis: Any = -1) -> Expression | None:
    inside = last_axis("softmax", a, axis)
    return inside and logarithm(inside)


# ---- the tables ----


def compared(sign: str) -> Writer:
    return lambda a, b: relation(RELATIONS.get(sign, sign), *aligned(a, b))


def connected(sign: str) -> Writer:
    return lambda a, b: joined(fence(a.x, SUM), sign, fence(b.x, SUM), RELATION)


def element_wise(name: str, scalar: Callable[[Expression], Expression]) -> Writer:
    """A function of each element, with another notation for a single number."""
    return lambda a: applied(name, a.number) if a.ndim else scalar(a.number)


def exponential(a: Term) -> Expression:
    """e^x, and exp(X) for the elements of an array; of zero it is 1."""
    if a.x == Number("0"):
        return ONE.x
    return applied("exp", a.number) if a.ndim else raised(Name("e"), a.number)


def logarithm(x: Expression) -> Expression:
    return applied("ln", x)


def table(*rows: tuple[Iterable[Any], Writer]) -> dict[Any, Writer]:
    return {function: writer for functions, writer in rows for function in functions}


#: Functions whose arguments are all arrays, with their writers, which get a term for each.
OF_TERMS = table(
    (of_kind("sum"), lambda a, b: added(*aligned(a, b))),
    (of_kind("difference"), lambda a, b: subtracted(*aligned(a, b))),
    (of_kind("product"), multiply),
    (of_kind("quotient"), divide),
    (of_kind("power") | {np.float_power}, power),
    (of_kind("negative"), lambda a: negated(a.number)),
    ([np.square], lambda a: power(a, TWO)),
    ([np.reciprocal], lambda a: divide(ONE, a)),
    (of_kind("matrix product") | {np.dot}, matmul),
    ([np.inner], inner),
    ([np.vecdot, np.vdot], conjugate_inner),
    ([np.outer], lambda a, b: product(a.column, b.row) if max(a.ndim, b.ndim) < 2 else None),
    ([np.linalg.inv], inverse),
    ([np.linalg.solve], solve),
    ([np.exp], exponential),
    ([np.sqrt], lambda a: Root(a.number) if a.ndim < 2 else applied("sqrt", a.number)),
    ([np.cbrt], element_wise("cbrt", lambda x: Root(x, "3"))),
    ([known.softplus], lambda a: logarithm(added(ONE.x, exponential(a)))),
    ([np.logaddexp], lambda a, b: logarithm(added(*map(exponential, (a, b))))),
    ([np.conj], conjugate),
    (of_kind("absolute") | {np.fabs}, lambda a: Fenced("|", a.number, "|")),
    ([np.floor], lambda a: Fenced("⌊", a.number, "⌋")),
    ([np.ceil], lambda a: Fenced("⌈", a.number, "⌉")),
    ([np.where], lambda when, a, b: Cases(((a.number, when.x), (b.number, Name("otherwise"))))),
    (of_kind("and") | {np.logical_and}, connected("∧")),
    (of_kind("or") | {np.logical_or}, connected("∨")),
    (of_kind("complement") | {np.logical_not}, lambda a: Prefix("¬", fence(a.x, HADAMARD))),
    *(([o.function, o.ufunc], compared(o.sign)) for o in OPERATORS if o.kind in COMPARISONS),
)

#: Functions of one array, with their writers, which get a term for that and the rest as it is.
OF_ONE_TERM = table(
    (of_kind("positive") | {np.copy, np.asarray, np.ascontiguousarray}, as_it_is),
    ([np.astype], astype),
    ([np.transpose], transpose),
    ([np.swapaxes], swapaxes),
    ([np.matrix_transpose], lambda a: transpose(a)),
    ([np.linalg.norm], norm),
    ([np.sum], total),
    ([np.mean], mean),
    ([np.var], lambda a, axis=None, ddof=0: None if ddof else over("var", a, axis)),
    ([np.std], lambda a, axis=None, ddof=0: None if ddof else over("std", a, axis)),
    ([known.log_abs_det], lambda a: logarithm(Fenced("|", applied("det", a.number), "|"))),
    ([np.prod], lambda a, axis=None: over("∏", a, axis)),
    ([np.max], lambda a, axis=None: over("max", a, axis)),
    ([np.min], lambda a, axis=None: over("min", a, axis)),
    ([special.softmax], lambda a, axis=-1: last_axis("softmax", a, axis)),
    ([special.log_softmax], log_softmax),
    ([special.logsumexp, special.log_of_sum], lambda a, axis=-1: last_axis("logsumexp", a, axis)),
)

#: The names that mathematics has for NumPy's functions.
NAMES = {
    np.log: "ln", np.log10: "log₁₀", np.log2: "log₂", np.arcsin: "arcsin", np.arccos: "arccos",
    np.arctan: "arctan", np.sign: "sgn", np.maximum: "max", np.minimum: "min",
    np.linalg.det: "det", np.trace: "tr", np.diag: "diag", np.real: "Re", np.imag: "Im",
    special.log_of_sum: "logsumexp",
    known.sigmoid: "σ", known.relu: "ReLU", known.silu: "SiLU",
}  # fmt: skip
