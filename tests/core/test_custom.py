"""A user's own functions and rules: how they are called, and what is said of wrong ones."""

import numpy as np
import pytest

import autograd_lite as al
from tests.support.errors import raises

# ---- functions and rules ----


def test_custom_function():
    @al.primitive
    def scale(x, factor=2.0, *, power=1):
        return x * factor**power

    al.rule(scale, x=lambda g, factor, power: g * factor**power)
    x = np.ones(3)
    assert scale(x).tolist() == [2, 2, 2]
    assert al.grad(lambda x: np.sum(scale(x)))(x).tolist() == [2, 2, 2]
    assert al.grad(lambda x: np.sum(scale(x, 3.0)))(x).tolist() == [3, 3, 3]
    assert al.grad(lambda x: np.sum(scale(x, factor=3.0, power=2)))(x).tolist() == [9, 9, 9]
    assert al.grad(lambda x: np.sum(scale(x=x)))(x).tolist() == [2, 2, 2]


def test_custom_function_of_two_results():
    @al.primitive
    def parts(x):
        return x * 2.0, x * x

    al.rule(parts, x=lambda g, x: 2 * g[0] + 2 * x * g[1])
    f = lambda x: np.sum(parts(x)[0] * 3.0 + parts(x)[1])
    assert al.grad(f)(np.array([1.0, 2.0])).tolist() == [8, 10]
    assert al.grad(lambda x: np.sum(parts(x)[1]))(np.array([1.0, 2.0])).tolist() == [2, 4]
    assert al.hvp(f, np.array([1.0, 2.0]), np.ones(2)).tolist() == [2, 2]


def test_a_rule_is_told_which_results_are_reached():
    told = []

    @al.primitive
    def both(x):
        return np.sin(x), np.cos(x)

    def rule(g, x, reached):
        told.append(reached)
        return g[0] * np.cos(x) - g[1] * np.sin(x)

    al.rule(both, x=rule)
    for f in (lambda x: both(x)[0], lambda x: both(x)[1], lambda x: both(x)[0] * both(x)[1]):
        al.grad(f)(1.0)
    al.grad(lambda x: np.multiply(*both(x)))(1.0)
    _, pullback = al.vjp(both, 1.0)
    pullback((0.0, 1.0))  # a cotangent of 0 is one
    one, other = (True, False), (False, True)
    assert told == [one, other, other, one, (True, True), (True, True)]
    with al.debug():
        al.grad(lambda x: both(x)[1])(1.0)
    assert told[-1] == other


def test_a_rule_for_a_function_of_numpy(monkeypatch):
    from autograd_lite.core.registry import PRIMITIVES

    monkeypatch.delitem(PRIMITIVES, np.spacing, raising=False)
    al.rule(np.spacing, x=lambda g: 0 * g)
    assert al.grad(np.spacing)(1.0) == 0
    monkeypatch.delitem(PRIMITIVES, np.spacing, raising=False)


def test_the_latest_rule_counts():
    @al.primitive
    def f(x):
        return x * 1.0

    al.rule(f, x=lambda g: g)
    assert al.grad(f)(1.0) == 1
    al.rule(f, x=lambda g, y: g * 5 * y)
    assert al.grad(f)(1.0) == 5


def test_constants_in_any_place():
    @al.primitive
    def madd(a, b, c):
        return a * b + c

    al.rule(
        madd,
        broadcasts=True,
        a=lambda g, b: g * b,
        b=lambda g, a: g * a,
        c=lambda g: g,
    )
    x = np.array([2.0, 3.0])
    assert al.grad(lambda b: np.sum(madd(x, b, 1.0)))(x).tolist() == [2, 3]
    assert al.grad(lambda c: np.sum(madd(x, x, c)))(1.0) == 2
    assert al.grad(lambda a: np.sum(madd(a, a, a)))(x).tolist() == [5, 7]
    assert [np.sum(g) for g in al.grad(lambda *t: np.sum(madd(*t)), (0, 1, 2))(1.0, x, x)] == [
        *(5, 2, 2)
    ]


# ---- arguments by place, by name and by default ----


@al.primitive
def straight_through(x):
    return np.floor(x)


al.rule(straight_through, x=lambda g: g)


@al.primitive
def scaled(x, w=3.0):
    return x * w


al.rule(scaled, x=lambda g, w: g * w, w=lambda g, x: g * x)


def test_arguments_by_keyword():
    assert al.grad(straight_through)(1.5) == 1.0
    assert al.grad(lambda x: straight_through(x=x))(1.5) == 1.0


def test_default_of_an_array_argument():
    assert al.grad(scaled)(2.0) == 3.0
    assert al.grad(lambda w: scaled(2.0, w=w))(5.0) == 2.0


def test_an_array_argument_that_is_left_out_before_another():
    """What comes after it stays in its place."""

    @al.primitive
    def affine(x, b=None, c=None):
        return np.sum(x + (0 if b is None else b) - (0 if c is None else c))

    one = np.ones_like
    al.rule(
        affine, x=lambda g, x: g * one(x), b=lambda g, x: g * one(x), c=lambda g, x: -g * one(x)
    )
    x, c = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    value, gradient = al.value_and_grad(lambda c: affine(x, c=c))(c)
    assert value == affine(x, c=c) == -27 and gradient.tolist() == [-1, -1]
    assert al.grad(lambda b: affine(x, b))(c).tolist() == [1, 1]


def test_arguments_with_a_rule_come_first():
    @al.primitive
    def scaled(k, x):
        return k * x

    with pytest.raises(TypeError, match="'k' has none; put it behind them, or say k=None"):
        al.rule(scaled, x=lambda g, k: g * k)
    al.rule(scaled, k=None, x=lambda g, k: g * k)
    assert al.grad(lambda x: scaled(3.0, x))(1.0) == 3


def test_tensors_in_a_list_are_read_as_stacked():
    assert al.grad(lambda x: np.sum(straight_through([x, x])))(1.5) == 2


# ---- rules that are not there ----


def test_custom_function_without_rule():
    @al.primitive
    def mystery(x):
        return x

    with raises(TypeError, "no derivative rule for mystery"):
        al.grad(mystery)(1.0)


def test_no_rule_for_this_argument():
    @al.primitive
    def f(a, b):
        return a * b

    al.rule(f, a=lambda g, b: g * b)
    assert al.grad(f)(2.0, 3.0) == 3
    with raises(TypeError, "f"):
        al.grad(f, 1)(2.0, 3.0)


def test_a_rule_for_a_plain_function():
    with pytest.raises(TypeError, match=r"@al\.primitive first"):
        al.rule(lambda x: x, x=lambda g: g)


# ---- rules that cannot be ----


def test_rules_that_cannot_be():
    @al.primitive
    def f(x, scale=1.0):
        return x * scale

    with raises(TypeError, "f", "no argument 'z'", "x, scale"):
        al.rule(f, z=lambda g: g)
    with raises(TypeError, "f", "asks for 'q'", "x, scale"):
        al.rule(f, x=lambda g, q: g)

    @al.primitive
    def h(x, g):
        return x * g

    with raises(TypeError, "h", "'g'", "incoming gradient", "rename"):
        al.rule(h, x=lambda g: g)

    @al.primitive
    def k(x, shape):
        return np.broadcast_to(x, shape)

    with raises(TypeError, "k", "'shape'", "rename"):
        al.rule(k, x=lambda g, shape: g)


def test_a_refused_rule_leaves_no_trace():
    """After a mistake, the rule before it still holds."""

    @al.primitive
    def f(x):
        return x * 3.0

    al.rule(f, x=lambda g: g * 3.0)
    with pytest.raises(TypeError):
        al.rule(f, x=lambda g, nonsense: g)
    assert al.grad(f)(1.0) == 3


# ---- rules that return something wrong ----


def test_rules_of_the_wrong_shape():
    @al.primitive
    def widen(x):
        return np.stack([x, x])

    al.rule(widen, x=lambda g: g)
    with raises(ValueError, "widen", "(2, 3)", "(3,)"):
        al.grad(lambda x: np.sum(widen(x)))(np.ones(3))

    @al.primitive
    def narrow(x):
        return x * 1.0

    al.rule(narrow, x=lambda g: np.sum(g))
    with raises(ValueError, "narrow", "()", "(3,)"):
        al.grad(lambda x: np.sum(narrow(x)))(np.ones(3))


def test_rules_of_the_wrong_shape_that_broadcast():
    """Un-broadcasting sums what was stretched; anything else is a mistake of the rule."""

    @al.primitive
    def plus(x, y):
        return x + y

    al.rule(plus, broadcasts=True, x=lambda g: g[..., :2], y=lambda g: g)
    with raises(ValueError, "plus", "(2,)", "(3,)"):
        al.grad(lambda x: np.sum(plus(x, 1.0)))(np.ones(3))
    al.rule(plus, broadcasts=True, x=lambda g: np.sum(g), y=lambda g: g)
    with raises(ValueError, "plus", "()", "(3,)"):
        al.grad(lambda x: np.sum(plus(x, 1.0)))(np.ones(3))


def test_rules_that_return_nothing():
    @al.primitive
    def f(x):
        return x * 1.0

    al.rule(f, x=lambda g: None)
    with raises((TypeError, ValueError), "f"):
        al.grad(lambda x: np.sum(f(x)))(np.ones(3))


def test_a_rule_that_returns_nothing():
    @al.primitive
    def f(x):
        return x * 1

    al.rule(f, x=lambda g: None)
    with pytest.raises(ValueError, match="rule of f returned None"):
        al.grad(f)(2.0)


def test_a_rule_that_returns_too_few():
    @al.primitive
    def add(*xs):
        return sum(xs)

    al.rule(add, xs=lambda g: [g, g])
    with pytest.raises(ValueError, match="returned 2 gradients for 3 arguments"):
        al.grad(add, (0, 1, 2))(1.0, 2.0, 3.0)
