"""Programs as textbooks have them: formulas of ordinary code, which mean what it does."""

import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core.trees import tree_leaves
from autograd_lite.readers.formula import mathml
from autograd_lite.readers.formula.equations import equations
from autograd_lite.readers.textbook.forms import Algebra
from autograd_lite.readers.textbook.known import Prime
from autograd_lite.readers.textbook.opening import opened
from autograd_lite.readers.textbook.rewriting import textbook
from tests.support.effort import examples
from tests.support.latex_parsers import check_latex, check_whole
from tests.support.student_programs import PROGRAMS

#: How far the textbook's results may be from the program's, in units of the last place of the
#: largest number of each: sums in another order, and what cancels there and not here.
ULPS = 64


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("convention", ["column", "row"])
def test_golden(name, convention, golden, rng):
    f, args = PROGRAMS[name](rng)
    text = al.trace(f, *args).latex(convention)
    check_latex(text)
    golden(f"student_{name}_{convention}.tex", text + "\n")


def test_computes_the_same(rng):
    for name, program in PROGRAMS.items():
        f, args = program(rng)
        traced = al.trace(f, *args)
        for rows in (False, True):
            short = textbook(traced, rows)
            for mine, theirs in zip(tree_leaves(short(*args)), tree_leaves(traced(*args))):
                assert np.shape(mine) == np.shape(theirs), name
                error = np.max(np.abs(mine - theirs)) / np.max(np.abs(theirs))
                assert error <= ULPS * np.finfo(float).eps, name


# ---- any of many nets ----

SIGMOIDS = (
    lambda z: 1 / (1 + np.exp(-z)),
    lambda z: np.exp(z) / (1 + np.exp(z)),
    lambda z: 0.5 * (1 + np.tanh(z / 2)),
)
ACTIVATIONS = (
    *SIGMOIDS,
    np.tanh,
    lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    lambda z: np.maximum(0, z),
    lambda z: z * (z > 0),
    lambda z: np.where(z > 0, z, 0),
    lambda z: np.log(1 + np.exp(z)),
    lambda z: z / (1 + np.exp(-z)),
    lambda z: z,
)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def binary(z, y):
    a = SIGMOIDS[0](z)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


LOSSES = (
    lambda z, y: np.mean((z - y) ** 2),
    lambda z, y: 0.5 * np.sum((y - SIGMOIDS[0](z)) ** 2) / len(y),
    lambda z, y: np.sum(abs(y - np.tanh(z))),
    binary,
    lambda z, y: np.sum(np.logaddexp(0, -y * z)),
    lambda z, y: np.sum(np.maximum(0, 1 - y * z)),
    lambda z, y: -np.sum(y * np.log(softmax(z))) / len(y),
    lambda z, y: np.mean(np.log(np.sum(np.exp(z), axis=-1)) - np.sum(y * z, axis=-1)),
    lambda z, y: -np.mean((z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))[..., 1]),
    lambda z, y: np.sum((z / np.sqrt(np.sum(z**2, axis=-1, keepdims=True)) - y) ** 2),
)


@st.composite
def nets(draw):
    """A loss of weights, biases and data: samples in rows, in columns, or one; its arguments."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    activations = [draw(st.sampled_from(ACTIVATIONS)) for _ in sizes[2:]]
    loss = draw(st.sampled_from(LOSSES))
    decay = draw(st.sampled_from([0, 0.1]))
    layout = draw(st.sampled_from(["rows", "columns", "one"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))

    def f(params, x, y):
        a = x
        for (W, b), activation in zip(params, [*activations, lambda z: z]):
            z = W.T @ a + b[:, None] if layout == "columns" else a @ W + b
            a = activation(z)
        z = a.T if layout == "columns" else a
        return loss(z, y) + decay * sum(np.sum(W**2) for W, _ in params)

    params = [(rng.normal(size=s) / 2, rng.normal(size=s[1]) / 2) for s in pairwise(sizes)]
    n = {"rows": (5, sizes[0]), "columns": (sizes[0], 5), "one": (sizes[0],)}[layout]
    labels = rng.uniform(0.2, 0.8, size=(sizes[-1],) if layout == "one" else (5, sizes[-1]))
    return f, [params, rng.normal(size=n), labels]


def check_same(f, args):
    """Formulas that parse, and the same numbers as the program, also for others than traced."""
    program = al.trace(al.value_and_grad(f), *args)
    check_whole(program.latex())
    listing = textbook(program)
    others = al.tree_map(lambda x: 0.9 * x + 0.05, args)
    for here in (args, others):
        for mine, theirs in zip(tree_leaves(listing(*here)), tree_leaves(program(*here))):
            assert np.shape(mine) == np.shape(theirs)
            bound = 2**20 * np.finfo(float).eps * max(1, np.max(np.abs(theirs)))
            assert np.max(np.abs(mine - theirs)) <= bound


@settings(max_examples=examples(1))
@given(nets())
def test_any_net_computes_the_same(net):
    check_same(*net)


@settings(max_examples=examples(1))
@given(nets(), st.booleans())
def test_branches_compute_the_same(net, swapped):
    """A loss behind a branch, of which both ways are written down; and the branch with its ways."""
    f, (params, x, y) = net

    def branched(params, x, y):
        ways = lambda p: f(p, x, y), lambda p: np.sum(p[0][0] ** 2)
        return al.cond(np.sum(x) > 0.1, *(ways[::-1] if swapped else ways), params)

    program = al.trace(al.value_and_grad(branched), params, x, y)
    check_whole(program.latex())
    listing = textbook(opened(program))
    for here in ((params, x, y), (params, -x, y)):
        for mine, theirs in zip(tree_leaves(listing(*here)), tree_leaves(program(*here))):
            bound = 2**20 * np.finfo(float).eps * max(1, np.max(np.abs(theirs)))
            assert np.shape(mine) == np.shape(theirs)
            assert np.max(np.abs(mine - theirs)) <= bound


def derivatives(f, W, v):
    """What has other steps than a gradient: of a gradient, forward, of one argument alone."""
    return {
        "hessian": (al.hessian(f), W),
        "gradient of a gradient": (al.grad(lambda W: np.sum(al.grad(f)(W) * v)), W),
        "jvp": (lambda W: al.jvp(f, (W,), (v,)), W),
        "gradient alone": (al.grad(f), W),
        "value alone": (f, W),
    }


@settings(max_examples=examples(0.6))
@given(st.sampled_from(ACTIVATIONS), st.sampled_from(LOSSES), st.integers(0, 99))
def test_every_derivative_computes_the_same(activation, loss, seed):
    rng = np.random.default_rng(seed)
    W, V, X = (rng.normal(size=s) for s in ((3, 2), (2, 2), (4, 3)))
    y = rng.uniform(0.2, 0.8, size=(4, 2))
    f = lambda W: loss(activation(X @ W / 2) @ V / 2 + 0.1, y)
    for name, (g, at) in derivatives(f, W, rng.normal(size=(3, 2))).items():
        program = al.trace(g, at)
        check_whole(program.latex())
        for mine, theirs in zip(tree_leaves(textbook(program)(at)), tree_leaves(program(at))):
            scale = max(1, np.max(np.abs(theirs)))
            assert np.shape(mine) == np.shape(theirs), name
            assert np.max(np.abs(mine - theirs)) <= 2**20 * np.finfo(float).eps * scale, name


# ---- among fractions: equal, not nearly equal ----

TERMS = (
    lambda x, y, r: (x - y) ** 2 / (1 + x * x),
    lambda x, y, r: np.maximum(x, 0) * y - r * x,
    lambda x, y, r: (1 - y) / (2 + x * x) - (1 - y) * x / (2 + x * x) + r / 3,
    lambda x, y, r: np.where(x > 0, x * y, r),
    lambda x, y, r: x * (y - np.sum(x * y)) + np.mean(x) * y,
    lambda x, y, r: (x + x - 2 * y) * (1 + (x - y) ** 2) ** -1,
    lambda x, y, r: x[:, None] * y + r,
)


def exact(rng, *shape):
    numbers = [Fraction(int(n), 7) for n in rng.permutation(np.arange(1, 40))]
    return np.resize(np.array(numbers, object), shape) if shape else numbers[0]


@settings(max_examples=examples(3))
@given(st.lists(st.sampled_from(TERMS), min_size=1, max_size=3), st.integers(0, 99))
def test_what_is_shortened_is_equal(terms, seed):
    def f(x, y, r):
        return sum(np.sum(term(x, y, r) * (k + 1)) for k, term in enumerate(terms))

    rng = np.random.default_rng(seed)
    args = exact(rng, 3) - 2, exact(rng, 3), exact(rng)
    program = al.trace(al.value_and_grad(f, (0, 1, 2)), *args)
    for mine, theirs in zip(tree_leaves(textbook(program)(*args)), tree_leaves(program(*args))):
        assert np.shape(mine) == np.shape(theirs)
        assert np.all(mine == theirs)


#: Mistakes in the algebra: each must be seen by the tests above.
MISTAKES = {
    "like terms counted once": lambda old: lambda self, *forms: old(self, *dict.fromkeys(forms)),
    "a sign": lambda old: lambda self, *forms: old(self, forms[0], *map(self.negated, forms[1:])),
    "only the first": lambda old: lambda self, *forms: old(self, forms[0]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_seen(mistake, monkeypatch):
    args = exact(np.random.default_rng(0), 3), exact(np.random.default_rng(1), 3)
    program = al.trace(al.grad(lambda x, y: np.sum(x * x)), *args)
    assert np.all(textbook(program)(*args) == program(*args))
    monkeypatch.setattr(Algebra, "add", MISTAKES[mistake](Algebra.add))
    assert not np.all(textbook(program)(*args) == program(*args))


def test_a_slope_of_another_value_is_seen(monkeypatch, rng):
    f, args = PROGRAMS["plain_mlp"](rng)
    monkeypatch.setattr(Prime, "__call__", lambda self, z: np.ones_like(z))
    program = al.trace(f, *args)
    (_, (mine, *_)), (_, (theirs, *_)) = textbook(program)(*args), program(*args)
    assert not np.allclose(mine, theirs)


# ---- what constants are ----


def test_constants_are_said(rng):
    small, large = np.array([1.5, -2.0]), rng.normal(size=(50, 2))
    text = al.trace(lambda x: np.sum(large * np.sin(x * small)), np.ones(2)).latex()
    assert r"c_{1} &= (1.5, - 2)" in text or r"c_{2} &= (1.5, - 2)" in text
    assert r"\in \mathbb{R}^{50 \times 2}" in text


def test_labels_are_said_once():
    labels = np.array([1, 0, 1])
    f = lambda Z: -np.mean((Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True)))[range(3), labels])
    program = al.value_and_grad(lambda W, X: f(X @ W))
    text = al.trace(program, np.ones((2, 2)), np.eye(3, 2)).latex()
    assert r"c_{1} &= (1, 0, 1)" in text
    assert r"c_{2} &= (\mathbf{1} \{j = c_{1,i}\})_{i, j}" in text
    assert r"\delta &= \frac{1}{3} (\operatorname{softmax}(z) - c_{2})" in text


def test_matrices_in_mathml():
    program = al.trace(lambda x: x @ np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones(2))
    (definition, _) = equations(program)
    root = ET.fromstring(mathml.formula(definition))
    assert [cell.text for cell in root.iter("mn")] == ["1", *"1234"]
    assert len([*root.iter("mtr")]) == 2


# ---- names ----


def of_layers(layers, X):
    a = X
    for W, b in layers:
        a = np.tanh(a @ W + b)
    return np.sum(a**2)


W, V, B, C = np.eye(3, 2), np.eye(2), np.zeros(2), np.ones(2)
#: Parameters in structures: what they are called in source and graphs, and in LaTeX.
STRUCTURES = {
    "list": (
        [W, B, V, C], lambda p: [p[:2], p[2:]],
        "W1 b1 W2 b2", "W^{[1]} b^{[1]} W^{[2]} b^{[2]}"),
    "pairs": ([(W, B), (V, C)], lambda p: p, "W1 b1 W2 b2", "W^{[1]} b^{[1]} W^{[2]} b^{[2]}"),
    "one layer": ([W, B], lambda p: [p], "W b", "W b"),
    "list of dicts": (
        [{"W": W, "b": B}, {"W": V, "b": C}], lambda p: [x.values() for x in p],
        "W0 b0 W1 b1", "W^{[0]} b^{[0]} W^{[1]} b^{[1]}"),
    "dict of dicts": (
        {"enc": {"W": W, "b": B}, "dec": {"W": V, "b": C}},
        lambda p: [p["enc"].values(), p["dec"].values()], "enc_W enc_b dec_W dec_b",
        r"W_{\mathrm{enc}} b_{\mathrm{enc}} W_{\mathrm{dec}} b_{\mathrm{dec}}"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRUCTURES)
def test_parameters_have_one_name_everywhere(name):
    params, layers, python, symbols = STRUCTURES[name]
    program = al.trace(
        al.grad(lambda params, X: of_layers(layers(params), X)), params, np.eye(4, 3)
    )
    assert [program.names[v] for v in program.inputs][:-1] == python.split()
    for word, symbol in zip(python.split(), symbols.split()):
        assert rf"\frac{{\partial C}}{{\partial {symbol}}}" in program.latex()
        assert f"{word} = params" in program.source()
        assert f'label="{word}\\n' in program.graph().source


def test_places_that_are_no_layers_keep_their_places():
    program = al.trace(lambda params: np.sum(np.exp(params[0]) * params[1]), [B, C])
    assert [program.names[v] for v in program.inputs] == ["params_0", "params_1"]
