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

SIDES = ("right", "left")
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
    return f'<math display="block">{lines(equations)}</math>'


def lines(equations: Sequence[Equation | ForTurns]) -> str:
    return f"<mtable>{''.join(line for x in equations for line in lines_of(x))}</mtable>"


def lines_of(x: Equation | ForTurns) -> list[str]:
    if isinstance(x, Equation):
        return [line(printed(x.left), f"<mo>{escape(x.sign)}</mo>", printed(x.right))]
    span = f"{x.first}" if x.first == x.last else f"{x.first}, …, {x.last}"
    head = f"<mtext>for&#xa0;{escape(f'{x.index} = {span}')}</mtext>"
    if x.condition:
        head += row("<mtext>&#xa0;while&#xa0;</mtext>", printed(x.condition))
    return [line("", head), line("", '<mspace width="1.5em"></mspace>', lines(x.equations))]


def line(left: str, *right: str) -> str:
    """A line of two cells, the left one to the right, as browsers spell that in formulas."""
    to_right, to_left = (f"text-align: {side}; text-align: -webkit-{side}" for side in SIDES)
    ends = f'<mtd style="{to_right}">{left}</mtd><mtd style="{to_left}">{row(*right)}</mtd>'
    return f"<mtr>{ends}</mtr>"


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
