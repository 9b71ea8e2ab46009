"""al.fixed_point: the derivative is that of the solution, as the unrolled repetition has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.programs.repeated import While
from tests.support.equality import same_trees

rng = np.random.default_rng(3)
W = rng.normal(size=(3, 3)) * 0.25
B = rng.normal(size=3)


def by_arguments(W, b):
    return np.sum(al.fixed_point(lambda x, W, b: np.tanh(W @ x + b), np.zeros(3), W, b) ** 2)


def by_closure(W, b):
    U = W * 0.9
    return np.sum(al.fixed_point(lambda x: np.tanh(U @ x + b), np.zeros(3)) * b)


def of_a_tree(W, b):
    def f(s):
        return {"x": np.sin(W @ s["y"]) + b, "y": 0.3 * np.cos(s["x"]) * b}

    s = al.fixed_point(f, {"x": np.zeros(3), "y": np.zeros(3)})
    return np.sum(s["x"] * s["y"])


def in_a_scan(W, b):
    def step(c, x):
        c = al.fixed_point(lambda y: np.tanh(W @ y + c * x), c)
        return c, np.sum(c)

    return np.sum(al.scan(step, b, b)[1])


def nested(W, b):
    def f(x):
        inner = al.fixed_point(lambda y: 0.4 * np.sin(y) + 0.2 * x, np.zeros(3))
        return np.tanh(W @ inner + b)

    return np.sum(al.fixed_point(f, np.zeros(3)) ** 3)


def with_a_scan_inside(W, b):
    def f(x):
        return al.scan(lambda c, a: (np.tanh(W @ c) * 0.8 + a, None), x, np.stack([b, b]))[0]

    return np.sum(np.exp(al.fixed_point(f, np.zeros(3))))


FUNCTIONS = [by_arguments, by_closure, of_a_tree, in_a_scan, nested, with_a_scan_inside]


def unrolled(f, monkeypatch):
    """The same with a repetition that ordinary rules differentiate."""

    def repeated(g, x, *params):
        for _ in range(120):
            x = g(x, *params)
        return x

    def run(*args):
        with monkeypatch.context() as patch:
            patch.setattr(al, "fixed_point", repeated)
            return f(*args)

    return run


def second(f):
    return al.grad(lambda W, b: sum(np.sum(np.sin(g)) for g in al.grad(f, (0, 1))(W, b)), (0, 1))


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_derivatives_are_those_of_the_unrolled_repetition(f, order, monkeypatch):
    if order == 2 and f is nested:
        return  # 14,400 unrolled calls of each order
    made = [f, al.grad(f, (0, 1)), second(f)][order](W, B)
    by_hand = unrolled(f, monkeypatch)
    expected = [by_hand, al.grad(by_hand, (0, 1)), second(by_hand)][order](W, B)
    for x, y in zip(al.tree_leaves(made), al.tree_leaves(expected), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_programs_are_eager_to_the_bit(f, order):
    if order == 2 and f is nested:
        return
    g = [f, al.grad(f, (0, 1)), second(f)][order]
    program, fast = al.trace(g, W, B), al.compile(g)
    direct = program.compile()
    for k in (1.0, 0.5):
        for run in (program, direct, fast):
            assert same_trees(run(k * W, B), g(k * W, B))
    assert len(fast.programs) == 1


def test_a_program_is_differentiated_by_the_rule_too():
    program = al.trace(by_arguments, W, B)
    assert sum(isinstance(step.function, While) for step in program.steps) == 1
    assert same_trees(al.grad(program)(W, B), al.grad(by_arguments)(W, B))
    assert same_trees(al.hessian(program, 1)(W, B), al.hessian(by_arguments, 1)(W, B))
    again = al.trace(al.grad(program), W, B)
    assert same_trees(again(0.5 * W, B), al.grad(by_arguments)(0.5 * W, B))


@given(st.floats(0.1, 50), st.floats(0.1, 5))
def test_square_roots(a, begin):
    """By Newton's method, whose derivative by x is 0 at the solution."""
    root = lambda a: al.fixed_point(lambda x: (x + a / x) / 2, begin)
    assert root(a) == pytest.approx(np.sqrt(a), rel=1e-10)
    assert al.grad(root)(a) == pytest.approx(0.5 / np.sqrt(a), rel=1e-9)
    assert al.grad(al.grad(root))(a) == pytest.approx(-0.25 * a**-1.5, rel=1e-8)


def test_the_beginning_has_no_gradient():
    f = lambda x0, a: al.fixed_point(lambda x: np.cos(a * x), x0)
    assert al.grad(f)(0.5, 0.7) == 0
    assert al.grad(f, 1)(0.5, 0.7) == pytest.approx(al.grad(f, 1)(0.2, 0.7), rel=1e-9)


def test_the_tape_keeps_one_call_of_f():
    """As few nodes however many turns it took."""

    def kept(tol):
        x = al.Tensor(0.7)
        y = al.fixed_point(lambda y: np.cos(x * y), 0.1, tol=tol)
        return len(al.draw(y).source.splitlines()), len(
            y.node.first.options["sections"].section.walk()[0]
        )

    assert kept(1e-2) == kept(1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, complex])
def test_dtypes_stay(dtype):
    b = B.astype(dtype)
    f = lambda b: np.sum(np.abs(al.fixed_point(lambda x: 0.3 * np.sin(x) + b, np.zeros_like(b))))
    g = al.grad(f)
    assert g(b).dtype == b.dtype
    assert same_trees(al.compile(g)(b), g(b))


def test_debugging_and_drawing():
    with al.debug():
        assert same_trees(al.grad(by_closure)(W, B), al.grad(by_closure)(W, B))
    t = al.Tensor(W)
    assert "fixed_point" in al.draw(by_closure(t, B)).source
    assert "while_loop" in str(al.explain(by_closure, W, B))


# ---- where there is no solution ----


def slow(a, s=1.0):
    return al.fixed_point(lambda x: x + s * (a - 2 * x), 0.0)


def test_what_does_not_converge_says_so_and_the_remedy_works():
    for run in (slow, al.trace(slow, 3.0), al.trace(slow, 3.0).compile(), al.compile(slow)):
        with pytest.raises(RuntimeError, match=r"after 1000 turns .* small s, begin nearer"):
            run(3.0)
    assert slow(3.0, 0.3) == pytest.approx(1.5)
    assert al.grad(slow)(3.0, 0.3) == pytest.approx(0.5)
    with pytest.raises(RuntimeError, match="changes by nan"):
        al.fixed_point(lambda x: x * np.nan, 1.0)
    with pytest.raises(RuntimeError, match="after 3 turns"):
        al.fixed_point(np.cos, 1.0, limit=3)


def test_a_derivative_that_does_not_converge_says_so():
    """f stays where it is at x = a, and leads away from it near by."""
    away = lambda a: al.fixed_point(lambda x: a + 2 * (x - a), 3.0)
    assert away(3.0) == 3
    for run in (al.grad(away), al.compile(al.grad(away))):
        with pytest.raises(RuntimeError, match=r"derivative of fixed_point .* does not contract"):
            run(3.0)


def test_bad_calls():
    with pytest.raises(TypeError, match="step got x of shape"):
        al.fixed_point(lambda x: np.ones(2), 1.0)
    with pytest.raises(ValueError, match="tol=-1"):
        al.fixed_point(np.cos, 1.0, tol=-1)
    with pytest.raises(ValueError, match="limit=-1"):
        al.fixed_point(np.cos, 1.0, limit=-1)
    from fractions import Fraction

    with pytest.raises(TypeError, match="say tol="):
        al.fixed_point(lambda x: x / 2, Fraction(1))
    assert al.fixed_point(lambda x: x / 2, Fraction(1), tol=Fraction(1, 8)) == Fraction(1, 8)
