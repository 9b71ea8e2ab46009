"""al.cond: Python's `if` on numbers, one step in a program, with derivatives of every order."""

from dataclasses import dataclass

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.programs.branches import Cond
from autograd_lite.programs.tracer import Tracer

X = np.array([0.3, -0.4, 0.7])
W = np.array([1.5, 2.0, -0.5])


def same(a, b):
    """Whether two results are the same to the bit."""
    for x, y in zip(al.tree_leaves(a), al.tree_leaves(b), strict=True):
        x, y = np.asarray(x), np.asarray(y)
        assert x.dtype == y.dtype and x.shape == y.shape
        assert x.tobytes() == y.tobytes()
    return True


def by_operands(x, w):
    return al.cond(
        np.sum(x) > 0,
        lambda x, w: np.sum(np.sin(x) * w),
        lambda x, w: np.sum(np.exp(x) / (1 + w * w)),
        x,
        w,
    )


def by_closure(x, w):
    u = w * w
    return al.cond(
        np.sum(x) > 0, lambda: np.sum(np.sin(x) * w), lambda: np.sum(np.exp(x) / (1 + u))
    )


def several(x, w):
    def yes(p):
        return {"a": p["x"] * p["w"], "b": (np.sum(p["x"]), 2.0)}

    def no(p):
        return {"a": p["x"] / 3, "b": (np.prod(p["w"]), np.max(p["x"]))}

    made = al.cond(x[0] > 0, yes, no, {"x": x, "w": w})
    return np.sum(made["a"] ** 2) * made["b"][0] + made["b"][1] * x[1]


def nested(x, w):
    def yes():
        return al.cond(x[1] > 0, lambda: np.sum(x * w), lambda: np.sum(x**3 * w))

    return al.cond(x[0] > 0, yes, lambda: np.sum(np.tanh(x + w)))


def in_a_scan(x, w):
    def step(c, a):
        c = al.cond(a * c > 0, lambda c: np.sin(c * w[0]) * a, lambda c: np.cos(c) * w[1], c)
        return c, c * a

    return np.sum(al.scan(step, 0.4, x)[1])


def scan_inside(x, w):
    def yes(c):
        return al.scan(lambda c, a: (np.sin(c * a) + w[0], None), c, x)[0]

    return al.cond(x[0] > 0, yes, lambda c: c * w[1], w[2])


def mixed_with_stopped(x, w):
    stopped = al.stop_gradient(x)
    return al.cond(x[0] > 0, lambda: np.sum(x * stopped * w), lambda: np.sum(stopped + x * w))


FUNCTIONS = [
    by_operands, by_closure, several, nested, in_a_scan, scan_inside, mixed_with_stopped,
]  # fmt: skip


def second(f):
    return lambda x, w: al.grad(
        lambda x, w: sum(np.sum(np.sin(g)) for g in al.grad(f, (0, 1))(x, w)), (0, 1)
    )(x, w)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_programs_of_every_order_are_eager_to_the_bit_both_ways(f, order):
    g = [f, al.grad(f, (0, 1)), second(f)][order]
    program, fast = al.trace(g, X, W), al.compile(g)
    direct = program.compile()
    for x in (X, -X, X[::-1].copy()):
        assert same(program(x, W), g(x, W))
        assert same(direct(x, W), g(x, W))
        assert same(fast(x, W), g(x, W))
    assert len(fast.programs) == 1


@pytest.mark.parametrize("f", FUNCTIONS)
def test_gradients_are_those_of_the_branch_that_is_taken(f):
    """The reference is Python's own `if`, and differences of its values."""
    for x in (X, -X):
        gradients = al.grad(f, (0, 1))(x, W)
        if f is mixed_with_stopped:
            continue
        for i, g in enumerate(gradients):
            for k in range(3):
                h = np.zeros(3)
                h[k] = 1e-6
                up, down = [[x, W], [x, W]]
                up[i], down[i] = up[i] + h, down[i] - h
                assert g[k] == pytest.approx((f(*up) - f(*down)) / 2e-6, abs=1e-7)


def test_a_program_has_one_step_of_which_one_body_runs():
    ran = []

    @al.primitive
    def noted(x):
        if not isinstance(x, np.ndarray):
            return x
        ran.append("yes")
        return x * 2.0

    al.rule(noted, x=lambda g: g * 2)
    program = al.trace(
        lambda x: al.cond(np.sum(x) > 0, lambda: noted(x), lambda: np.sqrt(-x)), np.ones(2)
    )
    assert sum(isinstance(step.function, Cond) for step in program.steps) == 1
    ran.clear()
    with np.errstate(all="raise"):
        program(-np.ones(2))
        assert not ran
        program(np.ones(2))
    assert ran == ["yes"]


def test_the_branch_not_taken_is_traced_without_warnings():
    with np.errstate(all="raise"):
        program = al.trace(lambda x: al.cond(x > 0, np.sqrt, np.negative, x), -4.0)
        assert program(-4.0) == 4 and program(4.0) == 2


def test_source_prints_if_and_else():
    text = al.trace(by_operands, X, W).source()
    assert "\n    if t1:\n" in text and "\n    else:\n" in text
    assert text.index("np.sin") > text.index("if ") and text.index("np.exp") > text.index("else:")


def test_other_readers_show_both_ways():
    for f in (by_operands, al.grad(by_closure), al.grad(in_a_scan)):
        program = al.trace(f, X, W)
        mode = "forward" if f is by_operands else "both"
        graph = program.graph(mode).source
        assert all(f'label="{word}"' in graph for word in ("if true", "if false"))
        closed = program.graph(mode, depth=0).source
        assert "= cond" in closed or f is not by_operands
        assert "if true" not in closed
        assert r"\begin{cases}" in program.latex() and "cond" not in program.latex()
        assert program.explorer()
    al.explain(by_operands, X, W)
    al.explain(in_a_scan, X, W)


def test_unused_results_and_operands_are_left_out():
    def f(x, w):
        return al.cond(x[0] > 0, lambda: (x * 2, np.exp(w)), lambda: (x * 3, np.log(w)))[0]

    (step,) = [s for s in al.trace(f, X, W).steps if isinstance(s.function, Cond)]
    assert len(step.function.bodies[0].outputs) == 1
    assert not any("exp" in inner.name for inner in step.function.bodies[0].steps)


def test_branches_are_told_apart_by_what_is_in_them():
    def text(yes):
        program = al.trace(lambda x: al.cond(x > 0, yes, np.negative, x), 1.0)
        return [s.function.fingerprint() for s in program.steps if isinstance(s.function, Cond)]

    assert text(np.sin) == text(np.sin) != text(np.cos)


def test_a_program_with_branches_is_differentiated_and_traced():
    program = al.trace(by_operands, X, W)
    for x in (X, -X):
        assert same(al.grad(program, (0, 1))(x, W), al.grad(by_operands, (0, 1))(x, W))
    again = al.trace(al.grad(program), X, W)
    assert same(again(-X, W), al.grad(by_operands)(-X, W))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, complex])
def test_dtypes_stay(dtype):
    x = np.array([1.0, 2.0], dtype)
    f = lambda x: np.sum(np.abs(al.cond(np.real(x[0]) > 0, lambda: x * x, lambda: x / 3)) ** 2)
    program = al.trace(al.grad(f), x)
    for sign in (1, -1):
        assert same(program(sign * x), al.grad(f)(sign * x))


def test_numbers_of_pythons_become_what_the_other_branch_returns():
    f = lambda x: al.cond(x > 0, lambda: 0.0, lambda: x * 2)
    program = al.trace(f, np.float32(-1))
    assert program(np.float32(-1)) == -2 and program(np.float32(-1)).dtype == np.float32
    assert program(np.float32(1)) == 0


def test_eager_it_is_pythons_if():
    assert al.cond(True, lambda: "a", lambda: 1 / 0) == "a"
    assert al.cond(np.array(0), lambda x: 1 / 0, lambda x: x, 3) == 3
    assert al.cond(al.Tensor(2.0), lambda x: x, lambda x: 1 / 0, 3) == 3


def refused(f, *args):
    with pytest.raises(TypeError) as caught:
        al.trace(f, *args)
    return str(caught.value)


def test_errors_name_path_and_both_and_a_remedy():
    shapes = lambda x: al.cond(x[0] > 0, lambda: {"a": x}, lambda: {"a": x[0]})
    said = refused(shapes, X)
    assert "result['a']" in said and "(3,)" in said and "()" in said and "np.broadcast_to" in said
    al.trace(
        lambda x: al.cond(
            x[0] > 0, lambda: {"a": x}, lambda: {"a": np.broadcast_to(x[0], x.shape)}
        ),
        X,
    )
    said = refused(lambda x: al.cond(x[0] > 0, lambda: x, lambda: np.float32(1) * x.astype("f")), X)
    assert "float64" in said and "float32" in said and ".astype('float64') in no" in said
    al.trace(lambda x: al.cond(x[0] > 0, lambda: x, lambda: x.astype("f").astype("float64")), X)
    said = refused(lambda x: al.cond(x[0] > 0, lambda: (x, x), lambda: [x, x]), X)
    assert "tuple" in said and "list" in said
    said = refused(lambda x: al.cond(x[0] > 0, lambda: (x, "a"), lambda: (x, "b")), X)
    assert "texts" in said
    with pytest.raises(TypeError, match=r"np\.any"):
        al.cond(X > 0, np.sin, np.cos, X)
    assert "np.any" in refused(lambda x: al.cond(x > 0, np.sin, np.cos, x), X)
    al.trace(lambda x: al.cond(np.any(x > 0), np.sin, np.cos, x), X)


def test_an_error_in_the_branch_not_taken_says_so():
    f = lambda a: al.cond(a[0, 0] > 0, np.linalg.inv, np.transpose, a)
    with pytest.raises(np.linalg.LinAlgError) as caught:
        al.trace(f, np.zeros((2, 2)))
    assert "do not take" in caught.value.__notes__[0]
    program = al.trace(f, np.eye(2))
    assert same(program(np.zeros((2, 2))), np.zeros((2, 2)))


def test_trees_that_are_dataclasses():
    @dataclass
    class Pair:
        a: object
        b: object

    f = lambda x: al.cond(x > 0, lambda: Pair(x, x * 2), lambda: Pair(x * 3, x))
    made = al.trace(f, 1.0)(-1.0)
    assert (made.a, made.b) == (-3, -1)


def test_a_planted_bug_is_caught(monkeypatch):
    """The branch that the traced numbers take would be the program's for all numbers."""

    def frozen(self, ways):
        ys, kept = ways[not self.array]()
        return ys, [kept]

    monkeypatch.setattr(Tracer, "fork", frozen)
    for f in (by_operands, al.grad(by_closure)):
        program = al.trace(f, X, W)
        with pytest.raises(AssertionError):
            assert same(program(-X, W), f(-X, W))
