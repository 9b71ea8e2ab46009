"""Formulas mean what the program computes: read back as LaTeX, they give the same numbers."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.readers.formula import latex, mathml
from autograd_lite.readers.formula.equations import as_it_stands, equations, step_equations
from autograd_lite.readers.formula.symbols import Symbols
from autograd_lite.readers.textbook.rewriting import textbook
from tests.support.effort import examples
from tests.support.latex_reader import evaluate, number_if_single
from tests.support.notes import cost, network

CONVENTIONS = st.sampled_from(["column", "row"])


def matrix(x, convention):
    """A vector as the convention has it; everything else as it is."""
    x = np.asarray(x)
    if x.ndim == 1:
        x = x[:, None] if convention == "column" else x[None, :]
    return number_if_single(x) if x.ndim else x[()]


def read_back(program, convention, number, **options):
    """Of every equation of a program, the value it says and the value the program has.

    Without ``expand`` the program is that of the textbook, which has the same results.
    """
    by_rows = convention == "row"
    listing = program if options.get("expand") else textbook(program, by_rows)
    values = listing.values()
    names = {r"\mathbf{1}": matrix([number(1)] * 3, convention)}
    pairs = []
    symbols = latex_of_inputs(listing, convention)
    for value, symbol in symbols.items():
        names[symbol] = matrix(values[value], convention)
    for equation in as_it_stands(listing, by_rows):
        if equation.value.is_constant:
            names[latex.printed(equation.left)] = matrix(values[equation.value], convention)
            continue
        left, right = latex.formula(equation).split(" = ", 1)
        expected = matrix(values[equation.value], convention)
        pairs.append((latex.formula(equation), evaluate(right, names, number), expected))
        names[left] = expected
    return pairs


def latex_of_inputs(program, convention):
    symbols = Symbols(program, set(), convention == "row")
    return {v: latex.printed(symbols[v]) for v in (*program.inputs, *program.constants)}


# ---- expressions of matrices, vectors and numbers, among fractions: equal, not nearly equal ----

SHAPES = {"A": (3, 3), "B": (3, 3), "u": (3,), "v": (3,), "r": (), "s": ()}


@st.composite
def expressions(draw, depth=4):
    """Python text of an expression, and its number of axes."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from([*SHAPES, "Fraction(2)", "Fraction(5, 3)"]))
        return name, len(SHAPES.get(name, ()))
    a, m = draw(expressions(depth=depth - 1))
    kind = draw(st.sampled_from(["-", "T", "+", "-", "*", "/", "@", "**", "1*"]))
    if kind == "T":
        return f"np.transpose({a})", m
    if kind == "**":
        return f"({a}) ** 2", m
    b, n = draw(expressions(depth=depth - 1))
    if kind == "1*":
        return f"-({a})", m
    if kind == "@" and m and n:
        return f"({a}) @ ({b})", {(2, 2): 2, (1, 1): 0}.get((m, n), 1)
    if kind == "@":
        kind = "*"
    if kind == "/":
        return f"({a}) / (7 + ({b}) ** 2)", max(m, n)
    return f"({a}) {kind} ({b})", max(m, n)


def fractions(rng, shape):
    numbers = [Fraction(int(n), 3) for n in rng.integers(-3, 4, int(np.prod(shape, dtype=int)))]
    return np.array(numbers, object).reshape(shape) if shape else numbers[0]


@settings(max_examples=examples(15))
@given(expression=expressions(), convention=CONVENTIONS, seed=st.integers(0, 9))
@example(expression=("(A) @ (2 - (A - A))", 2), convention="column", seed=0)
@example(expression=("(2 - (A - A)) @ (A)", 2), convention="row", seed=0)
def test_what_is_written_is_what_is_computed(expression, convention, seed):
    rng = np.random.default_rng(seed)
    args = [fractions(rng, shape) for shape in SHAPES.values()]
    f = eval(f"lambda {', '.join(SHAPES)}: {expression[0]}", {"np": np, "Fraction": Fraction})
    program = al.trace(f, *args)
    for text, got, expected in read_back(program, convention, Fraction):
        assert np.shape(got) == np.shape(expected), text
        assert np.all(got == expected), text


# ---- networks: the same numbers but for the order of factors ----


@given(L=st.integers(2, 5), convention=CONVENTIONS, expand=st.booleans(), seed=st.integers(0, 99))
def test_networks(L, convention, expand, seed):
    program = al.trace(al.value_and_grad(cost), *network(L, np.random.default_rng(seed)))
    for text, got, expected in read_back(program, convention, float, expand=expand):
        assert np.shape(got) == np.shape(expected), text
        # factors commute, and σ′ is computed anew: a few roundings of at most 6 factors
        np.testing.assert_allclose(got, expected, rtol=16 * np.finfo(float).eps, atol=1e-15)


def batch_cost(W, b, X, Y):
    return nn.half_squared_error(nn.sigmoid(X @ W.T + b), Y)


@pytest.mark.parametrize("convention", ["column", "row"])
def test_batches(convention, rng):
    args = rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=(4, 3)), np.ones((4, 2))
    program = al.trace(al.grad(batch_cost), *args)
    texts = [latex.formula(equation) for equation in equations(program, convention)]
    b = r"b^{\mathsf{T}}" if convention == "column" else "b"
    assert texts[0] == rf"z = X W^{{\mathsf{{T}}}} + {b}"
    pairs = read_back(program, convention, float)
    for text, got, expected in pairs:
        np.testing.assert_allclose(got, expected, rtol=1e-14, atol=1e-16, err_msg=text)


# ---- what gets an equation ----


def lefts(f, *args, **options):
    return [latex.printed(e.left) for e in equations(al.trace(f, *args), **options)]


def test_a_value_used_once_stands_where_it_is_used():
    assert lefts(lambda x: np.sin(np.exp(x)), 1.0) == ["t_{1}"]
    assert lefts(lambda x: np.sin(al.named("u", np.exp(x))), 1.0) == ["u", "t_{1}"]


def test_a_value_used_twice_has_an_equation():
    assert lefts(lambda x: (lambda u: u * (1 + u))(np.exp(x)), 1.0) == ["t_{1}", "t_{2}"]


def test_a_long_formula_is_cut():
    def f(x):
        for _ in range(300):
            x = np.sin(x) + 1
        return x

    found = equations(al.trace(f, 1.0))
    assert 5 < len(found) < 50
    assert sum(len(e.steps) for e in found) == 600


def test_every_step_stands_in_one_equation(rng):
    program = al.trace(al.value_and_grad(cost), *network(4, rng))
    steps = [step for e in equations(program, expand=True) for step in e.steps]
    assert sorted(map(id, steps)) == sorted(map(id, program.steps))


def test_a_constant_seed_that_is_not_one_is_not_left_out():
    f = lambda z: al.vjp(nn.sigmoid, z)[1](np.array([1.0, 2.0]))
    text = al.trace(f, np.zeros(2)).latex()
    assert "c_{1} &= (1, 2)" in text
    (_, right) = text.rsplit("&= ", 1)
    assert right.startswith(r"\sigma'(z) \circ c_{1}")


def test_a_slope_that_is_no_slope_is_expanded():
    """A rule that mixes elements has no f′."""

    @al.primitive
    def mixed(z):
        return np.cumsum(z)

    al.rule(mixed, z=lambda g: np.flip(np.cumsum(np.flip(g))))
    text = al.trace(al.grad(lambda z, u: np.sum(mixed(z) * u)), np.ones(2), np.ones(2)).latex()
    assert "'" not in text and "flip" in text


def test_two_results_never_share_a_symbol():
    program = al.trace(lambda x: (al.named("z1", 2 * x), al.named("z1", 3 * x)), 1.0)
    assert len({e.left for e in equations(program)}) == 2


def test_convention_is_checked():
    with pytest.raises(ValueError, match="give 'column' or 'row'"):
        equations(al.trace(np.sin, 1.0), "diagonal")


def test_notation_is_checked():
    with pytest.raises(TypeError, match="symbol such as"):
        al.notation(np.sin, 3)


# ---- MathML ----


def test_mathml_is_core(rng):
    program = al.trace(al.value_and_grad(cost), *network(3, rng))
    core = "math mrow mi mn mo mtext mfrac msqrt mroot msub msup msubsup munder mtable mtr mtd"
    found = [*equations(program), *step_equations(program)]
    for equation in found:
        root = ET.fromstring(mathml.formula(equation))
        assert {element.tag for element in root.iter()} <= set(core.split())
        for element in root.iter():
            children = {"msub": 2, "msup": 2, "msubsup": 3, "mfrac": 2, "munder": 2}
            assert len(element) == children.get(element.tag, len(element))


def test_mathml_shows_the_delta_recursion(rng):
    program = al.trace(al.value_and_grad(cost), *network(3, rng))
    texts = [re.sub(r"<[^>]*>|&#x206.;", "", mathml.formula(e)) for e in equations(program)]
    assert "δ[2]=σ′(z[2])∘(W[3])Tδ[3]" in texts


def test_a_sum_over_no_axis_is_the_array():
    program = al.trace(lambda x: np.sum(x, axis=()) * np.mean(x), np.ones(3))
    assert r"\sum_{i} x_{i}" in program.latex()
