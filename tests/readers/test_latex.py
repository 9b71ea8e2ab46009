"""LaTeX: the recursions of the notes, golden files, and two parsers that accept all of it."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.readers.formula.equations import step_equations
from autograd_lite.readers.formula.latex import formula
from tests.support.effort import examples
from tests.support.latex_parsers import check_latex, check_whole
from tests.support.latex_reader import evaluate
from tests.support.notes import cost, network
from tests.support.rows import EACH
from tests.support.rows.row import cases


@pytest.mark.parametrize(
    "text",
    [r"\frac{a}{b", r"\begin{aligned}" + "\na &= b\n" + r"\end{cases}", "a^b^c", r"\left( x",
     r"\unknown{x}", "t_{1}_{2}"],
)  # fmt: skip
def test_the_parsers_refuse_what_is_wrong(text):
    with pytest.raises(Exception):  # noqa: B017  (each has errors of its own)
        check_latex(text)


# ---- the notes ----


def notes(L):
    """BU's lemma, for layers 2 … L."""
    T = r"^{\mathsf{T}}"
    lines = []
    for l in range(2, L + 1):
        a = f"a^{{[{l - 1}]}}" if l > 2 else "x"
        lines += [f"z^{{[{l}]}} &= W^{{[{l}]}} {a} + b^{{[{l}]}}"]
        lines += [rf"a^{{[{l}]}} &= \sigma(z^{{[{l}]}})"]
    lines += [rf"C &= \frac{{\|y - a^{{[{L}]}}\|^{{2}}}}{{2}}"]
    for l in range(L, 1, -1):
        a = f"(a^{{[{l - 1}]}})" if l > 2 else "x"
        back = f"(W^{{[{l + 1}]}}){T} \\delta^{{[{l + 1}]}}" if l < L else f"(a^{{[{L}]}} - y)"
        lines += [rf"\delta^{{[{l}]}} &= \sigma'(z^{{[{l}]}}) \circ {back}"]
        lines += [rf"\frac{{\partial C}}{{\partial b^{{[{l}]}}}} &= \delta^{{[{l}]}}"]
        lines += [rf"\frac{{\partial C}}{{\partial W^{{[{l}]}}}} &= \delta^{{[{l}]}} {a}{T}"]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


@given(L=st.integers(2, 9), seed=st.integers(0, 99))
def test_any_number_of_layers_gives_the_recursion_of_the_notes(L, seed):
    program = al.trace(al.value_and_grad(cost), *network(L, np.random.default_rng(seed)))
    assert program.latex() == notes(L)


# ---- golden files ----


def mlp(rng):
    labels = np.array([0, 1, 1, 0])
    model, X = nn.MLP([3, 5, 2], rng=rng), rng.normal(size=(4, 3))
    return al.trace(al.value_and_grad(lambda m, X: nn.cross_entropy(m(X), labels)), model, X)


def softmax_regression(rng):
    def loss(W, b, X, y):
        return nn.cross_entropy(al.named("Z", X @ W.T + b), y)

    args = rng.normal(size=(3, 2)), np.zeros(3), rng.normal(size=(4, 2)), np.eye(3)[[0, 1, 2, 0]]
    return al.trace(al.value_and_grad(loss, argnums=(0, 1)), *args)


def recurrent(rng):
    def loss(U, W, b, h, x, y):
        for t in (1, 2):
            h = al.named(f"h_{t}", np.tanh(al.named(f"z_{t}", U @ x[t - 1] + W @ h + b)))
        return nn.squared_error(h, y)

    shapes = (3, 2), (3, 3), (3,), (3,), (2, 2), (3,)
    return al.trace(al.value_and_grad(loss, (0, 1, 2)), *(rng.normal(size=s) for s in shapes))


def second(rng):
    return al.trace(al.hessian(lambda x: np.sum(np.sin(x) * x)), rng.normal(size=2))


def scanned(rng):
    def loss(W, U, x, y):
        def step(h, x):
            h = np.tanh(al.named("z", W @ h + U @ x))
            return h, h

        return np.sum((al.scan(step, np.zeros(3), x)[1] - y) ** 2)

    shapes = (3, 3), (3, 2), (5, 2), (5, 3)
    return al.trace(al.value_and_grad(loss, (0, 1)), *(rng.normal(size=s) for s in shapes))


def nested_loops(rng):
    def loss(W, X):
        def outer(total, x):
            c, _ = al.scan(lambda c, _: (np.tanh(W @ c + x), None), x, length=4)
            return total + np.sum(c * x), None

        return al.scan(outer, 0.0, X, reverse=True)[0]

    return al.trace(al.value_and_grad(loss), rng.normal(size=(2, 2)), rng.normal(size=(3, 2)))


def mapped(rng):
    f = al.grad(lambda W, x: np.sum(np.tanh(W @ x)))
    program = lambda W, X: al.map(lambda x: f(W, x), X)
    return al.trace(program, rng.normal(size=(2, 2)), rng.normal(size=(3, 2)))


PROGRAMS = {
    "hh19": lambda rng: al.trace(al.value_and_grad(cost), *network(4, rng)),
    "mlp": mlp,
    "softmax_regression": softmax_regression,
    "recurrent": recurrent,
    "hessian": second,
    "scan": scanned,
    "nested_scans": nested_loops,
    "map": mapped,
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("convention", ["column", "row"])
def test_golden(name, convention, golden, rng):
    text = PROGRAMS[name](rng).latex(convention)
    check_latex(text)
    golden(f"{name}_{convention}.tex", text + "\n")


def test_expanded(golden, rng):
    golden("hh19_expanded.tex", PROGRAMS["hh19"](rng).latex(expand=True) + "\n")


# ---- what the formulas of loops mean ----


def interpreted(text, names):
    """All symbols after the formulas of a loop are computed as they stand, turn by turn."""
    at = lambda side, t: re.sub(r"t([+-]1)?(?=\})", lambda m: str(t + int(m[1] or 0)), side)
    lines = text.splitlines()[1:-1]
    turns, names = [0], dict(names)
    for line in lines:
        line = line.removesuffix(r" \\")
        if found := re.match(r"&\\text\{for \} t = (\d+).*?(\d+)\\text", line):
            first, last = map(int, found.groups())
            turns = range(first, last + 1) if first < last else range(first, last - 1, -1)
        elif line.startswith(r"&\quad"):
            inner = line.removeprefix(r"&\quad \begin{aligned} ").removesuffix(r" \end{aligned}")
            for t in turns:
                for left, right in (part.split(" &= ") for part in inner.split(r" \\ ")):
                    names[at(left, t)] = evaluate(at(right, t), names, float)
        elif line.startswith("("):  # the elements of what the loop goes over
            name, whole = re.search(r"\((\w+)_.*&= (.*)", line).groups()
            names |= {f"{name}_{{{t}}}": x for t, x in enumerate(names[whole], 1)}
        elif r"\sum_{t}" in line:
            left, right = line.split(r" &= \sum_{t} ")
            names[left] = sum(evaluate(at(right, t), names, float) for t in turns)
        else:
            left, right = line.split(" &= ")
            names[left] = evaluate(right, names, float)
    return names


@pytest.mark.parametrize("reverse", [False, True])
@given(n=st.integers(2, 6), seed=st.integers(0, 99))
def test_the_formulas_of_a_loop_compute_its_gradient(n, seed, reverse):
    def loss(W, U, x, h, y):
        def step(h, x):
            return np.tanh(al.named("z", W @ h + U @ x)), None

        return np.sum((al.scan(step, h, x, reverse=reverse)[0] - y) ** 2)

    rng = np.random.default_rng(seed)
    args = [rng.normal(size=s) for s in ((3, 3), (3, 2), (n, 2), 3, 3)]
    gradient = al.value_and_grad(loss, (0, 1))
    W, U, x, h, y = args
    given = {"W": W, "U": U, "x": x[..., None], "h": h[:, None], "y": y[:, None]}
    names = interpreted(al.trace(gradient, *args).latex(), given)
    value, (dW, dU) = gradient(*args)
    assert np.allclose(names["C"], value)
    assert np.allclose(names[r"\frac{\partial C}{\partial W}"], dW)
    assert np.allclose(names[r"\frac{\partial C}{\partial U}"], dU)


# ---- everything ----


@pytest.mark.slow
@EACH
@settings(max_examples=examples(0.1))
@given(data=st.data())
def test_every_row_can_be_written(row, data):
    """Every function with a rule, and its rule, as formulas that parse."""
    f, args = data.draw(cases(row)).split()

    def both(*args):
        value, pullback = al.vjp(f, *args)
        return value, pullback(value)

    program = al.trace(both, *args)
    check_whole(program.latex("row"))
    for equation in step_equations(program):
        check_whole(formula(equation))


@pytest.mark.parametrize("name", ["learning_rate", "W_12", "theta", "a_b_c", "x", "_", "é", "z_1"])
def test_any_name_can_be_written(name):
    check_latex(al.trace(lambda x: al.named(name, np.exp(x))[0], np.ones(2)).latex())


def test_notebooks(rng):
    program = al.trace(np.sin, 1.0)
    assert program._repr_latex_() == f"$$\n{program.latex()}\n$$"
