"""Formulas as LaTeX, which TeX and notebooks typeset."""

from __future__ import annotations

import re

from autograd_lite.programs.listing import Listing
from autograd_lite.readers.formula import Equation, equations
from autograd_lite.readers.formula.tree import (
    PRIME,
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
    children,
)  # fmt: skip

COMMANDS_FOR_GREEK = r"""
\alpha \beta \gamma \delta \varepsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi
\rho \sigma \tau \upsilon \varphi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma
\Upsilon \Phi \Psi \Omega
"""
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", COMMANDS_FOR_GREEK.split()))
COMMANDS_FOR_SIGNS = r"""
\partial \infty \sum \prod \circ \oslash \cdot \times \le \ge \ne \wedge \vee \neg \| \lfloor
\rfloor \lceil \rceil \dots * - \mathsf{T} \mathbf{1} \{ \} \prime
"""
SIGNS = dict(zip("∂∞∑∏∘⊘·×≤≥≠∧∨¬‖⌊⌋⌈⌉…∗−ᵀ𝟏{}′", COMMANDS_FOR_SIGNS.split()))
ESCAPED = {c: rf"\{c}" for c in "_&%$#{}"} | {
    "\\": r"\backslash ", "~": r"\sim ", "^": r"\wedge ", "₁₀": "_{10}", "₂": "_{2}",
}  # fmt: skip
#: Functions that TeX has a command for.
KNOWN = "arccos arcsin arctan arg cos cosh det exp ln log max min sin sinh tan tanh"
COMMANDS = frozenset(KNOWN.split())


def latex(listing: Listing, convention: str = "column", expand: bool = False) -> str:
    """All equations of a program, one below the other, aligned at their equals signs."""
    lines = [
        f"{printed(equation.left)} &= {printed(equation.right)}"
        for equation in equations(listing, convention, expand)
    ]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(lines), r"\end{aligned}"])


def formula(equation: Equation) -> str:
    """One equation."""
    return f"{printed(equation.left)} = {printed(equation.right)}"


def printed(x: Expression) -> str:
    match x:
        case Name(text, upper, lower):
            above = f"^{{{upper}}}" if upper else ""
            below = f"_{{{lower}}}" if lower else ""
            return letters(text) + above + below
        case Number(text):
            return text.replace("∞", r"\infty")
        case Infix(parts, signs):
            return chain([printed(part) for part in parts], signs)
        case Prefix(sign, part, below):
            under = "" if below is None else f"_{{{printed(below)}}}"
            return spaced(operator_name(sign) + under, printed(part))
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
    raise TypeError(f"{x!r} is no expression")


def condition(x: Expression) -> str:
    if x == Name("otherwise"):
        return r"\text{otherwise}"
    return rf"\text{{if }} {printed(x)}"


def chain(parts: list[str], signs: tuple[str, ...]) -> str:
    text = parts[0]
    for sign, part in zip(signs, parts[1:]):
        if not sign:
            text = spaced(text, part)
        else:
            mark = SIGNS.get(sign, sign.strip())
            text += f", {part}" if sign == ", " else f" {mark} {part}"
    return text


def spaced(left: str, right: str) -> str:
    """Two factors; TeX sets them side by side, and needs a space behind a command."""
    return f"{left} {right}"


def scripts(upper: Expression | None, lower: Expression | None) -> str:
    below = "" if lower is None else f"_{{{printed(lower)}}}"
    if upper == Name(PRIME):
        return f"'{below}"
    return below + ("" if upper is None else f"^{{{printed(upper)}}}")


def letters(text: str) -> str:
    """One letter in italics, a word upright."""
    if text in GREEK or text in SIGNS:
        return GREEK.get(text) or SIGNS[text]
    if len(text) == 1 and (text.isalpha() or text == ":"):
        return text
    if not re.search(r"[^\W\d_]", text):
        return "".join(SIGNS.get(c, ESCAPED.get(c, c)) for c in text)
    return rf"\mathrm{{{escaped(text)}}}"


def function_name(x: Expression) -> str:
    match x:
        case Name(text, "", "") if len(text) > 1:
            return operator_name(text)
        case Script(base, upper, lower):
            return function_name(base) + scripts(upper, lower)
    return printed(x)


def operator_name(text: str) -> str:
    if text in SIGNS or text in GREEK:
        return SIGNS.get(text) or GREEK[text]
    if text in COMMANDS:
        return rf"\{text}"
    for digits in ("₁₀", "₂"):
        if text == f"log{digits}":
            return r"\log" + ESCAPED[digits]
    return rf"\operatorname{{{escaped(text)}}}"


def escaped(text: str) -> str:
    return "".join(ESCAPED.get(c, c) for c in text).replace(" ", r"\,")


def fenced(left: str, part: Expression, right: str) -> str:
    a, b = (SIGNS.get(bracket, bracket) for bracket in (left, right))
    if is_tall(part):
        return rf"\left{a} {printed(part)} \right{b}"
    gap = " " if a.startswith("\\") and a[-1].isalpha() else ""
    return f"{a}{gap}{printed(part)}{' ' if b[-1].isalpha() else ''}{b}"


def is_tall(x: Expression) -> bool:
    """Whether brackets around it must grow."""
    if isinstance(x, (Fraction, Cases, Root)) or (isinstance(x, Prefix) and x.below):
        return True
    return any(map(is_tall, children(x)))
