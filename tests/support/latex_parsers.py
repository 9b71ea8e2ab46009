"""Two parsers that must accept every formula: one of TeX, and one of mathematics."""

import re

import pytest

latexwalker = pytest.importorskip("pylatexenc.latexwalker")
mathtext = pytest.importorskip("matplotlib.mathtext")

KNOWN = """
alpha beta gamma delta varepsilon zeta eta theta lambda mu sigma Sigma
partial infty sum prod circ oslash cdot times
leq geq neq vee wedge neg lfloor rfloor lceil rceil dots mathsf mathbf mathrm operatorname text frac
pi in mathbb pmatrix sqrt left right quad begin end
arccos arcsin arctan arg cos cosh det exp ln log max min sin sinh tan tanh
"""
COMMANDS = set(KNOWN.split())
CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}")
#: A turn of a loop has equations of its own, set in.
TURN = re.compile(r"&\\quad \\begin\{aligned\} | \\end\{aligned\}(?! *$)")
PARSER = mathtext.MathTextParser("path")


def check_whole(text):
    """The brackets and environments of a text are closed, and its commands have their arguments."""
    latexwalker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    assert set(re.findall(r"\\([a-zA-Z]+)", text)) <= COMMANDS, text


def check_latex(text):
    """The same, and a parser of mathematics that knows every command reads each formula."""
    check_whole(text)
    flat = CASES.sub(in_one_line, text)
    while r"\begin{cases}" in flat:
        flat = CASES.sub(in_one_line, flat)
    flat = flat.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    for line in re.split(r" \\\\\s", TURN.sub("", flat)) if flat else []:
        PARSER.parse(f"${line.replace('&', '')}$")


def in_one_line(match):
    return match[1].replace(" & ", r"\,").replace(r" \\ ", r",\,")
