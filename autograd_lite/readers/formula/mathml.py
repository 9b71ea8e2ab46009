"""Formulas as MathML Core, which browsers typeset."""

from __future__ import annotations

from html import escape

from autograd_lite.readers.formula import Equation
from autograd_lite.readers.formula.tree import (
    PRIME,
    TRANSPOSED,
    Call,
    Cases,
    Expression,
    Fenced,
    Fraction,
    Infix,
    Name,
    Number,
    Prefix,
    Root,
    Script,
)  # fmt: skip


def formula(equation: Equation) -> str:
    """One equation, as a ``<math>`` element."""
    sides = row(printed(equation.left), "<mo>=</mo>", printed(equation.right))
    return f'<math display="block">{sides}</math>'


def printed(x: Expression) -> str:
    match x:
        case Name(text, upper, lower):
            return scripted(letters(text), upper and words(upper), lower and words(lower))
        case Number(text):
            return f"<mn>{escape(text)}</mn>"
        case Infix(parts, signs):
            pieces = [printed(parts[0])]
            for sign, part in zip(signs, parts[1:]):
                pieces += [mark(sign), printed(part)]
            return row(*pieces)
        case Prefix(sign, part, below):
            name = letters(sign) if sign.isalpha() else f"<mo>{sign}</mo>"
            if below is not None:
                name = f"<munder>{name}{printed(below)}</munder>"
            return row(name, printed(part))
        case Script(base, upper, lower):
            return scripted(printed(base), maybe(upper), maybe(lower))
        case Fraction(top, bottom):
            return f"<mfrac>{printed(top)}{printed(bottom)}</mfrac>"
        case Root(part, ""):
            return f"<msqrt>{printed(part)}</msqrt>"
        case Root(part, degree):
            return f"<mroot>{printed(part)}<mn>{degree}</mn></mroot>"
        case Fenced(left, part, right):
            return row(fence(left), printed(part), fence(right))
        case Call(function, arguments):
            listed = mark(", ").join(map(printed, arguments))
            applied = "<mo>&#x2061;</mo>"  # function application: no space, and read aloud as "of"
            return row(printed(function), applied, fence("("), listed, fence(")"))
        case Cases(rows):
            return row(fence("{"), table(rows))
    raise TypeError(f"{x!r} is no expression")


def maybe(x: Expression | None) -> str | None:
    return None if x is None else printed(x)


def row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def fence(bracket: str) -> str:
    return f'<mo stretchy="true">{escape(bracket)}</mo>'


def mark(sign: str) -> str:
    """A sign between two parts; that of a product is not seen."""
    return f"<mo>{escape(sign.strip()) or '&#x2062;'}</mo>"


def scripted(base: str, upper: str | None, lower: str | None) -> str:
    if upper and lower:
        return f"<msubsup>{base}{lower}{upper}</msubsup>"
    if upper:
        return f"<msup>{base}{upper}</msup>"
    return f"<msub>{base}{lower}</msub>" if lower else base


def letters(text: str) -> str:
    """A letter is set in italics, a word upright; signs in the way of signs."""
    if text == TRANSPOSED:
        return '<mi mathvariant="normal">T</mi>'
    if text in (PRIME, "∗"):
        return f"<mo>{text}</mo>"
    if text == "otherwise":
        return "<mtext>otherwise</mtext>"
    return f"<mi>{escape(text)}</mi>"


def words(text: str) -> str:
    """What stands above or below a letter, such as [2]."""
    return f"<mn>{escape(text)}</mn>"


def table(rows: tuple[tuple[Expression, Expression], ...]) -> str:
    lines = []
    for value, condition in rows:
        when = printed(condition)
        if condition != Name("otherwise"):
            when = row("<mtext>if&#xa0;</mtext>", when)
        lines.append(f"<mtr><mtd>{printed(value)}</mtd><mtd>{when}</mtd></mtr>")
    return f"<mtable>{''.join(lines)}</mtable>"
