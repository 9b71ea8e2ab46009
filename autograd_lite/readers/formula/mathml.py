"""Formulas as MathML Core, which browsers typeset."""

import re
from collections.abc import Sequence
from html import escape

from autograd_lite.readers.formula.numbering import Equation, ForTurns
from autograd_lite.readers.formula.tree import (
    PRIME,
    TRANSPOSED,
    Call,
    Cases,
    Expression,
    Fenced,
    Fraction,
    Infix,
    Matrix,
    Name,
    Number,
    Prefix,
    Root,
    Script,
)  # fmt: skip

#: Signs and words that are not set in italics.
UPRIGHT = {
    TRANSPOSED: '<mi mathvariant="normal">T</mi>',
    PRIME: f"<mo>{PRIME}</mo>",
    "∗": "<mo>∗</mo>",
    "otherwise": "<mtext>otherwise</mtext>",
}


def formula(equation: Equation) -> str:
    """One equation, as a ``<math>`` element."""
    sides = row(printed(equation.left), f"<mo>{equation.sign}</mo>", printed(equation.right))
    return f'<math display="block">{sides}</math>'


def aligned(equations: Sequence[Equation | ForTurns]) -> str:
    """Equations one below the other, aligned at their signs; the turn of a loop is set in."""
    lines = "".join(line for x in equations for line in lines_of(x, ""))
    return f'<math display="block"><mtable>{lines}</mtable></math>'


def lines_of(x: Equation | ForTurns, indent: str) -> list[str]:
    if isinstance(x, Equation):
        right = row(f"<mo>{escape(x.sign)}</mo>", indent, printed(x.right))
        return [
            f'<mtr><mtd style="text-align: right">{printed(x.left)}</mtd>'
            f'<mtd style="text-align: left">{right}</mtd></mtr>'
        ]
    span = f"{x.first}" if x.first == x.last else f"{x.first}, …, {x.last}"
    while_ = row("<mtext>&#xa0;while&#xa0;</mtext>", printed(x.condition)) if x.condition else ""
    head = row(f"<mtext>{indent and '…'}for&#xa0;{escape(f'{x.index} = {span}')}</mtext>", while_)
    deeper = f'{indent}<mspace width="1.5em"></mspace>'
    inner = [line for part in x.equations for line in lines_of(part, deeper)]
    return [f'<mtr><mtd></mtd><mtd style="text-align: left">{head}</mtd></mtr>', *inner]


def printed(x: Expression | None) -> str:
    """An expression as an element; nothing for None."""
    match x:
        case Name(text, upper, lower):
            return scripted(letters(text), digits(upper), indices(lower))
        case Number(text):
            return digits(text)
        case Infix(parts, signs):
            marks = ["", *map(mark, signs)]
            return row(*(sign + printed(part) for sign, part in zip(marks, parts)))
        case Prefix(sign, part, below):
            name = letters(sign) if sign.isalpha() else f"<mo>{sign}</mo>"
            if below is not None:
                name = f"<munder>{name}{printed(below)}</munder>"
            return row(name, printed(part))
        case Script(base, upper, lower):
            return scripted(printed(base), printed(upper), printed(lower))
        case Fraction(top, bottom):
            return f"<mfrac>{printed(top)}{printed(bottom)}</mfrac>"
        case Root(part, degree):
            if degree:
                return f"<mroot>{printed(part)}{digits(degree)}</mroot>"
            return f"<msqrt>{printed(part)}</msqrt>"
        case Fenced(left, part, right):
            return row(bracket(left), printed(part), bracket(right))
        case Call(function, arguments):
            listed = mark(", ").join(map(printed, arguments))
            applied = "<mo>&#x2061;</mo>"  # function application: no space, and read aloud as "of"
            return row(printed(function), applied, bracket("("), listed, bracket(")"))
        case Cases(rows):
            return row(bracket("{"), f"<mtable>{''.join(map(table_row, rows))}</mtable>")
        case Matrix(rows):
            lines = ["".join(f"<mtd>{printed(x)}</mtd>" for x in line) for line in rows]
            table = "".join(f"<mtr>{line}</mtr>" for line in lines)
            return row(bracket("("), f"<mtable>{table}</mtable>", bracket(")"))
    return ""


def row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def bracket(sign: str) -> str:
    return f'<mo stretchy="true">{escape(sign)}</mo>'


def mark(sign: str) -> str:
    """A sign between two parts; that of a product is not seen."""
    return f"<mo>{escape(sign.strip()) or '&#x2062;'}</mo>"


def scripted(base: str, upper: str, lower: str) -> str:
    if upper and lower:
        return f"<msubsup>{base}{lower}{upper}</msubsup>"
    if upper:
        return f"<msup>{base}{upper}</msup>"
    return f"<msub>{base}{lower}</msub>" if lower else base


def letters(text: str) -> str:
    """A letter is set in italics, a word upright; signs in the way of signs."""
    return UPRIGHT.get(text) or f"<mi>{escape(text)}</mi>"


def digits(text: str) -> str:
    """A number, or what stands above or below a letter, such as [2], if anything does."""
    return f"<mn>{escape(text)}</mn>" if text else ""


def indices(text: str) -> str:
    """What stands below a letter: numbers, and the indices of turns, such as t−1."""
    if not re.search(r"[^\W\d]", text):
        return digits(text)
    return row(*map(index_mark, re.findall(r"[^\W\d]\w*|\d+|.", text.replace("-", "−"))))


def index_mark(text: str) -> str:
    kind = "mn" if text.isdigit() else "mi" if text.isalpha() else "mo"
    return f"<{kind}>{escape(text)}</{kind}>"


def table_row(case: tuple[Expression, Expression]) -> str:
    """A value and the condition for it."""
    value, condition = case
    when = printed(condition)
    if condition != Name("otherwise"):
        when = row("<mtext>if&#xa0;</mtext>", when)
    return f"<mtr><mtd>{printed(value)}</mtd><mtd>{when}</mtd></mtr>"
