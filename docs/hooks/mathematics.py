"""Formulas as MathML, which browsers set by themselves: no script and no font is loaded."""

import re
from html import unescape
from typing import Any

from latex2mathml.converter import convert

FORMULA = re.compile(r'<(span|div) class="arithmatex">\s*\\[(\[](.*?)\\[)\]]\s*</\1>', re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    return FORMULA.sub(lambda m: mathml(unescape(m[2]), block=m[1] == "div"), html)


def mathml(latex: str, block: bool) -> str:
    formula = convert(latex.strip(), display="block" if block else "inline")
    return f'<div class="formula">{formula}</div>' if block else formula
