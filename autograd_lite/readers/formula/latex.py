"""Formulas as LaTeX, which TeX and notebooks typeset."""

import re
from typing import Any

from autograd_lite.programs.listing import Listing
from autograd_lite.readers.formula.equations import equations
from autograd_lite.readers.formula.numbering import Equation, ForTurns
from autograd_lite.readers.formula.symbols import GREEK
from autograd_lite.readers.formula.tree import (
    PRIME,
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
    everything_in,
)  # fmt: skip

MACROS = r"""
\partial \infty \sum \prod \circ \oslash \cdot \times \leq \geq \neq \wedge \vee \neg \| \lfloor
\rfloor \lceil \rceil \dots * - \mathsf{T} \mathbf{1} \{ \} \prime \varepsilon \varphi
\in \mathbb{R}
"""
SIGNS = {letter: rf"\{name}" for name, letter in GREEK.items()}
SIGNS |= zip("∂∞∑∏∘⊘·×≤≥≠∧∨¬‖⌊⌋⌈⌉…∗−ᵀ𝟏{}′εφ∈ℝ", MACROS.split())
ESCAPED = {c: rf"\{c}" for c in "_&%$#{}"}
ESCAPED |= {"\\": r"\backslash ", "~": r"\sim ", "^": r"\wedge ", "₂": "_{2}"}
#: Functions that TeX has a command for.
KNOWN = "arccos arcsin arctan arg cos cosh det exp ln log max min sin sinh tan tanh"
COMMANDS = {name: rf"\{name}" for name in KNOWN.split()}
COMMANDS |= {"log₁₀": r"\log_{10}", "log₂": r"\log_{2}"}


def latex(listing: Listing, convention: str = "column", expand: bool = False) -> str:
    """All equations of a program, one below the other, aligned at their equals signs."""
    lines = [line for x in equations(listing, convention, expand) for line in aligned(x)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(lines), r"\end{aligned}"])


def aligned(x: Equation | ForTurns) -> list[str]:
    """The lines of an equation, or of a loop, whose turn is set in from the signs of others."""
    if isinstance(x, Equation):
        return [f"{printed(x.left)} &{SIGNS.get(x.sign, x.sign)} {printed(x.right)}"]
    inner = r" \\ ".join(line for part in x.equations for line in aligned(part))
    turn = rf"&\quad \begin{{aligned}} {inner} \end{{aligned}}"
    while_ = rf" \text{{ while }} {printed(x.condition)}" if x.condition else ""
    return [rf"&\text{{for }} {x.index} = {range_of(x.first, x.last)}{while_}\text{{:}}", turn]


def range_of(first: Any, last: Any) -> str:
    """1, …, n; where there are no others, all of them."""
    beside = isinstance(last, int) and abs(first - last) == 1
    parts = [first, last] if beside else [first, r"\dots", last]
    return ", ".join(map(str, parts if first != last else [first]))


def formula(equation: Equation) -> str:
    """One equation."""
    sign = SIGNS.get(equation.sign, equation.sign)
    return f"{printed(equation.left)} {sign} {printed(equation.right)}"


def printed(x: Expression | None) -> str:
    """An expression as LaTeX; nothing for None."""
    match x:
        case Name(text, upper, lower):
            return letters(text) + script("^", upper) + script("_", words(lower))
        case Number(text):
            return text.replace("∞", r"\infty")
        case Infix(parts, signs):
            return chain([printed(part) for part in parts], signs)
        case Prefix(sign, part, below):
            return f"{operator_name(sign)}{script('_', printed(below))} {printed(part)}"
        case Script(base, upper, lower):
            return printed(base) + scripts(upper, lower)
        case Fraction(top, bottom):
            return rf"\frac{{{printed(top)}}}{{{printed(bottom)}}}"
        case Root(part, degree):
            index = f"[{degree}]" if degree else ""
            return rf"\sqrt{index}{{{printed(part)}}}"
        case Fenced(left, part, right):
            return fenced(left, part, right)
        case Call(function, arguments):
            inside = Infix(arguments, (", ",) * (len(arguments) - 1), 0)
            return function_name(function) + fenced("(", inside, ")")
        case Cases(rows):
            lines = [rf"{printed(value)} & {condition(when)}" for value, when in rows]
            return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"
        case Matrix(rows):
            lines = [" & ".join(map(printed, row)) for row in rows]
            return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"
    return ""


def condition(x: Expression) -> str:
    return r"\text{otherwise}" if x == Name("otherwise") else rf"\text{{if }} {printed(x)}"


def chain(parts: list[str], signs: tuple[str, ...]) -> str:
    """Parts with their signs; TeX sets factors side by side, and needs a space behind a command."""
    text = parts[0]
    for sign, part in zip(signs, parts[1:]):
        text += {"": " ", ", ": ", "}.get(sign, f" {SIGNS.get(sign, sign)} ") + part
    return text


def words(text: str) -> str:
    """Indices, of which words stand upright."""
    return re.sub(r"[^\W\d]\w+", lambda m: rf"\mathrm{{{verbatim(m[0])}}}", text)


def script(sign: str, text: str) -> str:
    """``^{…}`` or ``_{…}``, or nothing."""
    return f"{sign}{{{text}}}" if text else ""


def scripts(upper: Expression | None, lower: Expression | None) -> str:
    below = script("_", printed(lower))
    return f"'{below}" if upper == Name(PRIME) else below + script("^", printed(upper))


def letters(text: str) -> str:
    """One letter in italics, a word upright."""
    if text in SIGNS:
        return SIGNS[text]
    if len(text) == 1 and (text.isalpha() or text == ":"):
        return text
    if not re.search(r"[^\W\d_]", text):
        return "".join(SIGNS.get(c, ESCAPED.get(c, c)) for c in text)
    return rf"\mathrm{{{verbatim(text)}}}"


def function_name(x: Expression) -> str:
    match x:
        case Name(text, "", "") if len(text) > 1:
            return operator_name(text)
        case Script(base, upper, lower):
            return function_name(base) + scripts(upper, lower)
    return printed(x)


def operator_name(text: str) -> str:
    return SIGNS.get(text) or COMMANDS.get(text) or rf"\operatorname{{{verbatim(text)}}}"


def verbatim(text: str) -> str:
    return "".join(ESCAPED.get(c, c) for c in text).replace(" ", r"\,")


def fenced(left: str, part: Expression, right: str) -> str:
    """A part in brackets, which grow around what is tall."""
    a, b = (SIGNS.get(bracket, bracket) for bracket in (left, right))
    if any(map(is_tall, everything_in(part))):
        return rf"\left{a} {printed(part)} \right{b}"
    gap = " " if a.startswith("\\") and a[-1].isalpha() else ""
    return f"{a}{gap}{printed(part)}{' ' if b[-1].isalpha() else ''}{b}"


def is_tall(x: Expression) -> bool:
    return isinstance(x, (Fraction, Cases, Root, Matrix)) or (
        isinstance(x, Prefix) and bool(x.below)
    )
