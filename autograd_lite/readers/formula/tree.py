"""Formulas as data: small trees that know how strongly they bind, and put their own parentheses.

Signs are Unicode characters (``∘``, ``σ``, ``∂``); a printer spells them in its own way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction as FractionOfNumbers
from typing import Any, TypeAlias, get_args

import numpy as np

# How strongly an expression binds, from a list with commas to a single letter.
LIST, RELATION, SUM, BIG, HADAMARD, PRODUCT, SCRIPTED, ATOM = range(8)

TRANSPOSED = "ᵀ"
PRIME = "′"


@dataclass(frozen=True)
class Name:
    """A letter or a word, with what stands above and below it: z^{[3]}, t_1."""

    text: str
    upper: str = ""
    lower: str = ""

    @property
    def level(self) -> int:
        return SCRIPTED if self.upper else ATOM


@dataclass(frozen=True)
class Number:
    """A number that is not negative, as it is to be read."""

    text: str
    level: int = ATOM


@dataclass(frozen=True)
class Infix:
    """Parts with a sign between each two; the empty sign is a product."""

    parts: tuple[Expression, ...]
    signs: tuple[str, ...]
    level: int


@dataclass(frozen=True)
class Prefix:
    """A sign in front, which may have something below it: −x, ∑_i x_i."""

    sign: str
    part: Expression
    below: Expression | None = None
    level: int = SUM


@dataclass(frozen=True)
class Script:
    """Something raised or lowered behind a base: x², x_i, Wᵀ, σ′."""

    base: Expression
    upper: Expression | None = None
    lower: Expression | None = None

    @property
    def level(self) -> int:
        return SCRIPTED if self.upper else self.base.level


@dataclass(frozen=True)
class Fraction:
    """One over the other."""

    top: Expression
    bottom: Expression
    level: int = PRODUCT


@dataclass(frozen=True)
class Root:
    """The square root, or another."""

    part: Expression
    degree: str = ""
    level: int = ATOM


@dataclass(frozen=True)
class Fenced:
    """Something between brackets of any kind."""

    left: str
    part: Expression
    right: str
    level: int = ATOM


@dataclass(frozen=True)
class Call:
    """A function of arguments: σ(z)."""

    function: Expression
    arguments: tuple[Expression, ...]
    level: int = ATOM


@dataclass(frozen=True)
class Cases:
    """One expression or another: each with its condition."""

    rows: tuple[tuple[Expression, Expression], ...]
    level: int = BIG


@dataclass(frozen=True)
class Matrix:
    """Rows of numbers."""

    rows: tuple[tuple[Expression, ...], ...]
    level: int = ATOM


#: A vector or matrix of ones; in front of a condition, 1 where that holds.
ONES = Name("𝟏")

Expression: TypeAlias = (
    Name | Number | Infix | Prefix | Script | Fraction | Root | Fenced | Call | Cases | Matrix
)
KINDS = frozenset(get_args(Expression))


def everything_in(x: Expression) -> list[Expression]:
    """An expression, and all that it is made of."""
    found: list[Expression] = []
    todo: list[Any] = [x]
    while todo:
        part = todo.pop()
        if type(part) is tuple:
            todo += part
        elif type(part) in KINDS:
            found.append(part)
            todo += vars(part).values()
    return found


def size(x: Expression) -> int:
    """How many letters, numbers and signs there are to read."""
    return len(everything_in(x))


#: A number is written as a fraction if its denominator is not larger.
MOST = 1000
#: Numbers that have a name.
CONSTANTS: tuple[tuple[float, Expression], ...] = (
    (math.pi, Name("π")),
    (math.e, Name("e")),
    (math.log(2 * math.pi), Call(Name("ln"), (Infix((Number("2"), Name("π")), ("",), PRODUCT),))),
    (math.sqrt(2 * math.pi), Root(Infix((Number("2"), Name("π")), ("",), PRODUCT))),
    (math.sqrt(2), Root(Number("2"))),
    (math.log(2), Call(Name("ln"), (Number("2"),))),
)

# ---- building ----


def fence(x: Expression, level: int) -> Expression:
    """``x`` in parentheses, unless it binds at least as strongly as its surroundings."""
    return x if x.level >= level else Fenced("(", x, ")")


def listed(parts: tuple[Expression, ...]) -> Expression:
    if len(parts) == 1:
        return parts[0]
    return Infix(parts, (", ",) * (len(parts) - 1), LIST)


def opposite(x: Expression) -> Expression | None:
    """What −x is the negative of; None for an expression without a minus."""
    return x.part if isinstance(x, Prefix) and x.sign == "−" else None


def negated(x: Expression) -> Expression:
    """−x, and x where that is −x already."""
    return opposite(x) or Prefix("−", fence(x, BIG))


def joined(a: Expression, sign: str, b: Expression, level: int) -> Infix:
    """Two chains of one level as a single one."""
    chains = [(x.parts, x.signs) if isinstance(x, Infix) and x.level == level else ((x,), ())
              for x in (a, b)]  # fmt: skip
    (left, before), (right, after) = chains
    if sign == "+" and (first := opposite(right[0])):
        sign, right = "−", (first, *right[1:])  # a + (−b + c) is a − b + c
    return Infix((*left, *right), (*before, sign, *after), level)


def added(a: Expression, b: Expression) -> Expression:
    """a + b, or a − c where b is −c."""
    if c := opposite(b):
        return subtracted(a, c)
    return joined(fence(a, SUM), "+", fence(b, SUM), SUM)


def subtracted(a: Expression, b: Expression) -> Expression:
    """a − b, or a + c where b is −c."""
    if c := opposite(b):
        return added(a, c)
    return joined(fence(a, SUM), "−", fence(b, BIG), SUM)


def product(a: Expression, b: Expression, sign: str = "", level: int = PRODUCT) -> Expression:
    """a b, with a minus of either in front of all; a sum over indices may come last."""
    if c := opposite(a):
        return negated(product(c, b, sign, level))
    if c := opposite(b):
        return negated(product(a, c, sign, level))
    if not sign and isinstance(end(a, -1), Number) and isinstance(end(b, 0), Number):
        sign = "·"
    return joined(fence(a, level), sign, b if b.level == BIG else fence(b, level), level)


def hadamard(a: Expression, b: Expression) -> Expression:
    """The product of each element with its counterpart."""
    for x, y in ((a, b), (b, a)):
        if x == ONES:
            return y
        if isinstance(x, Infix) and x.signs == ("",) and x.parts[1] == ONES:
            return product(x.parts[0], y)
    return product(a, b, "∘", HADAMARD)


def end(x: Expression, i: int) -> Expression:
    """The first (0) or the last (−1) part of a chain."""
    return end(x.parts[i], i) if isinstance(x, Infix) else x


def fraction(a: Expression, b: Expression) -> Expression:
    """a over b, with a minus of a in front of all."""
    c = opposite(a)
    return negated(fraction(c, b)) if c else Fraction(a, b)


def raised(x: Expression, upper: Expression) -> Expression:
    return Script(fence(x, ATOM), upper)


def at(x: Expression, index: str) -> Expression:
    """x_i, and c_{1,i} for c_1."""
    if isinstance(x, Name) and x.lower:
        return Name(x.text, x.upper, f"{x.lower},{index}")
    return lowered(x, Name(index))


def gathered(x: Expression, column: Expression) -> Expression:
    """(x_{i, c_i})_i: of each row i the element in column c_i."""
    return Fenced("(", lowered(x, Name("i"), at(column, "i")), ")")


def one_hot(column: Expression) -> Expression:
    """(𝟏{j = c_i})_{i,j}: a matrix with a 1 in column c_i of row i."""
    inside = indicator(relation("=", Name("j"), column))
    return Script(Fenced("(", inside, ")"), None, listed((Name("i"), Name("j"))))


def lowered(x: Expression, *indices: Expression) -> Expression:
    """x with indices; those of an element of an element come in one list."""
    if indices == (Name("i"),) and isinstance(x, Fenced) and isinstance(x.part, Script):
        return x.part  # of what was gathered
    if isinstance(x, Script) and x.upper is None and x.lower is not None:
        before = x.lower.parts if isinstance(x.lower, Infix) else (x.lower,)
        return Script(x.base, None, listed((*before, *indices)))
    taken = (isinstance(x, Name) and x.lower) or isinstance(x, Script)
    base = Fenced("(", x, ")") if taken else fence(x, SCRIPTED)
    return Script(base, None, listed(indices))


def transposed(x: Expression) -> Expression:
    """xᵀ, and x where that is xᵀ already."""
    if isinstance(x, Number):
        return x
    if isinstance(x, Script) and x.upper == Name(TRANSPOSED):
        return unfenced(x.base)
    if isinstance(x, Script) and x.upper == Prefix("−", Number("1"), level=SUM):
        return Script(x.base, Prefix("−", Name(TRANSPOSED)))
    if isinstance(x, Script) and x.upper == Prefix("−", Name(TRANSPOSED)):
        return Script(x.base, negated(Number("1")))
    if isinstance(x, Infix) and x.signs == ("",) and x.level == PRODUCT:
        first, second = x.parts
        if is_plain_number(first):
            return product(first, transposed(unfenced(second)))
        if isinstance(first, Script) and TRANSPOSED in str(first.upper):
            return product(transposed(unfenced(second)), transposed(first))
    return raised(x, Name(TRANSPOSED))


def unfenced(x: Expression) -> Expression:
    return x.part if isinstance(x, Fenced) and x.left == "(" else x


def is_plain_number(x: Expression) -> bool:
    """Whether an expression is a number, or one over another."""
    return isinstance(x, Number) or (
        isinstance(x, Fraction) and isinstance(x.top, Number) and isinstance(x.bottom, Number)
    )


def applied(function: str, *arguments: Expression) -> Expression:
    return Call(Name(function), arguments)


def relation(sign: str, a: Expression, b: Expression) -> Expression:
    return joined(fence(a, SUM), sign, fence(b, SUM), RELATION)


def indicator(condition: Expression) -> Expression:
    """1 where the condition holds, else 0."""
    return Infix((ONES, Fenced("{", condition, "}")), ("",), ATOM)


def multiple(n: Any, x: Expression) -> Expression:
    """n x, and x or −x for 1 and −1."""
    return {1: x, -1: negated(x)}.get(n) or product(number(n), x)


def of_constants(x: float) -> Expression | None:
    """π, ln 2π and others, or a simple multiple, if a number is that to the bit."""
    for value, known in CONSTANTS:
        for top, bottom in ((n, m) for m in range(1, 9) for n in range(1, 33)):
            if abs(x) in (top * value / bottom, top / bottom * value, value / bottom * top):
                front = number(FractionOfNumbers(top, bottom))
                whole = known if front == Number("1") else product(front, known)
                return whole if x > 0 else negated(whole)
    return None


def number(x: object) -> Expression:
    """A number as one writes it: short decimals, else a fraction of small whole numbers."""
    if isinstance(x, (complex, np.complexfloating)):
        imaginary = multiple(x.imag, Name("i"))
        return imaginary if x.real == 0 else added(number(x.real), imaginary)
    fraction = getattr(x, "fraction", None)
    text = str(fraction if fraction and fraction.denominator <= MOST else x)
    if text == "nan":
        return Name(text)
    if isinstance(x, (float, np.floating)) and len(text) > 6 and np.isfinite(x):
        if known := of_constants(float(x)):
            return known
        simple = FractionOfNumbers(float(x)).limit_denominator(MOST)
        text = str(simple) if type(x)(float(simple)) == x else text
    if text.startswith("-"):
        return negated(number(-x))  # type: ignore[operator]
    text = text.removesuffix(".0").replace("inf", "∞")
    mantissa, _, exponent = text.partition("e")
    if exponent:
        ten = raised(Number("10"), number(int(exponent)))
        return ten if mantissa == "1" else product(Number(mantissa), ten, "·")
    top, _, bottom = text.partition("/")
    return Fraction(Number(top), Number(bottom)) if bottom else Number(text)
