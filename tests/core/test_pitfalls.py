"""What would silently be wrong elsewhere is right here, or refused by name."""

from collections import OrderedDict, defaultdict
from fractions import Fraction

import numpy as np
import pytest

import autograd_lite as al
import nn


def test_kinds_of_dict():
    for kind in (OrderedDict, lambda **p: defaultdict(float, p)):
        p = kind(w=np.array([1.0, 2.0]))
        g = al.grad(lambda p: np.sum(p["w"] ** 2))(p)
        assert type(g) is type(p) and g["w"].tolist() == [2.0, 4.0]


class Plain:
    def __init__(self):
        self.w = 2.0


@pytest.mark.parametrize("argument", [Plain(), [1.0, Plain()], {1.0, 2.0}])
def test_unknown_containers_are_refused(argument):
    with pytest.raises(TypeError, match=r"no container .*dataclass"):
        al.grad(lambda p: 1.0)(argument)


@pytest.mark.parametrize("argument", [None, "a"])
def test_arguments_without_numbers_are_refused(argument):
    with pytest.raises(TypeError, match="no number in it"):
        al.grad(lambda p: 1.0)(argument)


def test_a_tensor_that_escapes_from_an_inner_derivative():
    def f(w):
        seen = {}

        def loss(v):
            seen["r"] = v * w
            return np.sum((v * w - 1) ** 2)

        al.grad(loss)(2.0)
        return np.sum(seen["r"])

    for derivative in (al.grad, al.hessian, al.jacobian):
        with pytest.raises(TypeError, match="inner derivative that is finished"):
            derivative(f)(3.0)


# ---- primitives ----


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


def test_an_argument_that_grows_while_it_is_differentiated_by():
    p = [np.array(1.0)]

    def loss(_):
        p.append(np.array(2.0))
        return p[0] * 1.0

    with pytest.raises(RuntimeError, match="argument 0 grew"):
        al.grad(loss)(p)


def test_tensors_in_a_list():
    with pytest.raises(TypeError, match="one by one"):
        al.grad(lambda x: straight_through([x, x]))(1.5)


def test_a_rule_for_a_plain_function():
    with pytest.raises(TypeError, match=r"@al\.primitive first"):
        al.rule(lambda x: x, x=lambda g: g)


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


# ---- arrays with operators of their own ----


def test_matrices_and_masked_arrays_are_refused():
    matrix = np.ones((2, 2)).view(np.matrix)
    with pytest.raises(TypeError, match=r"np\.asarray"):
        al.grad(lambda x: np.sum(x * x))(matrix)
    with pytest.raises(TypeError, match="operators of its own"):
        al.grad(lambda x: np.sum(matrix * x))(np.ones((2, 1)))
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="filled"):
        al.grad(lambda x: np.sum(x * masked))(np.ones(2))


# ---- the rest ----


def test_a_list_of_indices_that_changes():
    index = [0]

    def f(x):
        total = 0.0
        for i in range(3):
            index[0] = i
            total = total + (i + 1) * np.sum(x[index])
        return total

    assert al.grad(f)(np.ones(3)).tolist() == [1.0, 2.0, 3.0]


def test_jacobian_of_a_function_that_is_not_holomorphic():
    z = np.array([1 + 1j])
    assert np.allclose(al.jacobian(lambda z: z * z)(z), [[2 + 2j]])
    with pytest.raises(TypeError, match="not holomorphic"):
        al.jacobian(np.conj)(z)


def test_negative_labels_are_refused():
    with pytest.raises(ValueError, match="label -1"):
        nn.cross_entropy(np.zeros((1, 3)), np.array([-1]))


def test_debug_with_several_results_and_masks():
    with al.debug():
        g = al.grad(lambda x: np.linalg.slogdet(x)[1])(np.eye(2))
        mask = np.array([0.0, -np.inf])
        h = al.grad(lambda x: np.sum(np.exp(x + mask)))(np.zeros(2))
    assert np.array_equal(g, np.eye(2))
    assert h.tolist() == [1.0, 0.0]


def test_checkpoint_of_results_of_any_structure():
    f = al.checkpoint(lambda x: {"a": x * x, "b": [x, (x**3,)]})
    assert al.grad(lambda x: f(x)["a"] + f(x)["b"][1][0])(2.0) == 4.0 + 12.0
    state = al.checkpoint(np.linalg.slogdet)
    assert np.array_equal(al.grad(lambda x: state(x).logabsdet)(np.eye(2)), np.eye(2))


def test_what_a_choice_leaves_out_is_zero_among_fractions():
    """An integer zero would become a float at the next division."""
    x, y = (np.array(Fraction(n), dtype=object) for n in (0, 1))

    def f(x, y):
        larger = np.maximum(x, y)
        return np.where(larger < 0, larger, x)

    gx, gy = al.grad(f, (0, 1))(x, y)
    assert type(np.asarray(gx).item()) is type(np.asarray(gy).item()) is Fraction
    assert (gx, gy) == (1, 0)


def test_a_number_of_pythons_can_be_cast():
    g = al.grad(lambda v: np.sum(np.astype(v, np.float32) * np.ones(3, np.float32)))(0.1)
    assert g == 3


def test_what_indexing_leaves_out_is_zero_among_fractions():
    def f(x):
        return np.mean(np.stack([x, x]), axis=())[0]

    assert type(np.asarray(al.grad(f)(np.array(Fraction(1, 3), dtype=object))).item()) is Fraction
