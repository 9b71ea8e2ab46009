"""Programs as textbooks have them: formulas of ordinary code, which mean what it does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core.trees import tree_leaves
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
    """A loss of weights, biases and data, and its arguments: samples in rows, in columns, or one."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    activations = [draw(st.sampled_from(ACTIVATIONS)) for _ in sizes[2:]]
    loss = draw(st.sampled_from(LOSSES))
    decay = draw(st.sampled_from([0, 0.1]))
    layout = draw(st.sampled_from(["rows", "columns", "one"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))

    def f(params, x, y):
        a = x
        for (W, b), activation in zip(params, [*activations, lambda z: z]):
            if layout == "columns":
                a = activation(W.T @ a + b[:, None])
            else:
                a = activation(a @ W + b)
        z = a.T if layout == "columns" else a
        return loss(z, y) + decay * sum(np.sum(W**2) for W, _ in params)

    params = [(rng.normal(size=s) / 2, rng.normal(size=s[1]) / 2) for s in zip(sizes, sizes[1:])]
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
            bound = 2**10 * np.finfo(float).eps * max(1, np.max(np.abs(theirs)))
            assert np.max(np.abs(mine - theirs)) <= bound


@settings(max_examples=examples(1))
@given(nets())
def test_any_net_computes_the_same(net):
    check_same(*net)
