"""`has_aux`, elementwise derivatives and Gauss-Newton products."""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite import special

X = np.array([0.3, 1.2, -0.7])


class Extra(NamedTuple):
    half: Any
    name: str


def cubes(x):
    return np.sum(x**3), {"square": x * x, "kept": [None, "text", 3], "tuple": Extra(x / 2, "a")}


def same(found, x):
    assert type(found["square"]) is np.ndarray and type(found["tuple"].half) is np.ndarray
    np.testing.assert_array_equal(found["square"], x * x)
    np.testing.assert_array_equal(found["tuple"].half, x / 2)
    assert found["kept"] == [None, "text", 3] and found["tuple"].name == "a"


# ---- has_aux ----


def test_each_transform_returns_the_other_part_last():
    gradient, aux = al.grad(cubes, has_aux=True)(X)
    np.testing.assert_allclose(gradient, 3 * X * X)
    same(aux, X)
    (value, aux), gradient = al.value_and_grad(cubes, has_aux=True)(X)
    assert value == np.sum(X**3)
    same(aux, X)
    hessian, aux = al.hessian(cubes, has_aux=True)(X)
    np.testing.assert_array_equal(hessian, np.diag(6 * X))
    same(aux, X)
    jacobian, aux = al.jacobian(lambda x: (x * x, cubes(x)[1]), has_aux=True)(X)
    np.testing.assert_array_equal(jacobian, np.diag(2 * X))
    same(aux, X)
    value, pullback, aux = al.vjp(cubes, X, has_aux=True)
    np.testing.assert_allclose(pullback(1.0)[0], 3 * X * X)
    same(aux, X)
    value, tangent, aux = al.jvp(cubes, (X,), (np.ones(3),), has_aux=True)
    np.testing.assert_allclose(tangent, np.sum(3 * X * X))
    same(aux, X)


def test_several_arguments():
    f = lambda x, y: (np.sum(x * y), x + y)
    (by_x, by_y), aux = al.grad(f, (0, 1), has_aux=True)(X, 2 * X)
    np.testing.assert_array_equal([by_x, by_y, aux], [2 * X, X, 3 * X])


def test_the_other_part_varies_at_an_outer_level():
    outer = lambda x: np.sum(al.grad(cubes, has_aux=True)(x)[1]["square"])
    np.testing.assert_array_equal(al.grad(outer)(X), 2 * X)
    inner = lambda x: al.value_and_grad(cubes, has_aux=True)(x)
    program = al.trace(lambda x: inner(x)[0][1]["square"] + inner(x)[1], X)
    np.testing.assert_array_equal(program(2 * X), 4 * X * X + 12 * X * X)


def test_exact_numbers():
    numbers = np.array([Fraction(1, 3), Fraction(2)], dtype=object)
    gradient, aux = al.grad(lambda x: (np.sum(x * x), x[0]), has_aux=True)(numbers)
    assert [*gradient] == [Fraction(2, 3), Fraction(4)] and aux == Fraction(1, 3)


@pytest.mark.parametrize("returned", [None, 3.0, "pair", (1.0,), (1.0, 2.0, 3.0), {"a": 1, "b": 2}])
def test_what_is_no_pair_is_refused(returned):
    with pytest.raises(TypeError, match=r"has_aux=True.*return result, other"):
        al.grad(lambda x: returned, has_aux=True)(X)


# ---- elementwise derivatives ----

SMOOTH = {
    "sin": (np.sin, lambda x, n: np.sin(x + n * np.pi / 2)),
    "exp": (np.exp, lambda x, n: np.exp(x)),
    "cube": (lambda x: x**3, lambda x, n: [x**3, 3 * x * x, 6 * x, 6 + 0 * x, 0 * x][n]),
}


@given(st.integers(0, 4), st.sampled_from([(), (3,), (2, 3), (0,)]), st.integers(0, 99))
def test_orders_and_shapes(order, shape, seed):
    x = np.random.default_rng(seed).normal(size=shape)
    for f, expected in SMOOTH.values():
        found = al.derivative(f, order)(x)
        assert np.shape(found) == shape
        np.testing.assert_allclose(found, expected(x, order), rtol=1e-12, atol=1e-12)


def test_dtypes_and_other_arguments():
    assert al.derivative(np.sin)(np.float32(0.5)).dtype == np.float32
    power = lambda x, n, scale=1.0: scale * x**n
    np.testing.assert_allclose(al.derivative(power, 2)(X, 3, scale=2.0), 12 * X)
    np.testing.assert_allclose(al.derivative(lambda z: z**3)(X + 1j), 3 * (X + 1j) ** 2)
    np.testing.assert_allclose(al.derivative(lambda x: np.exp(1j * x))(X), 1j * np.exp(1j * X))


def test_derivatives_of_derivatives():
    loss = lambda a: np.sum(al.derivative(lambda x: np.sin(a * x))(X))
    expected = np.sum(np.cos(2 * X) - 2 * X * np.sin(2 * X))
    np.testing.assert_allclose(al.grad(loss)(2.0), expected)
    program = al.trace(al.derivative(np.sin, 2), X)
    np.testing.assert_allclose(program(X + 1), -np.sin(X + 1))


@pytest.mark.parametrize(
    "f", [np.cumsum, lambda x: x[::-1], lambda x: x / np.sum(x), lambda x: np.tanh(x) + x[0]]
)
def test_what_is_not_elementwise_is_refused(f):
    """And the remedy works."""
    with pytest.raises(ValueError, match=r"not elementwise; use al\.jacobian"):
        al.derivative(f)(X)
    assert al.jacobian(f)(X).shape == (3, 3)


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(3,\) and the result \(\).*al\.jacobian"):
        al.derivative(np.sum)(X)


def test_a_number_that_is_not_finite_is_no_mistake():
    with np.errstate(divide="ignore"):
        assert al.derivative(np.sqrt)(np.array([0.0, 1.0])).tolist() == [np.inf, 0.5]


# ---- Gauss-Newton products ----


@given(st.integers(0, 99))
def test_the_gauss_newton_matrix(seed):
    rng = np.random.default_rng(seed)
    A, x, v = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=3)
    f = lambda x: np.tanh(A @ x)
    J = al.jacobian(f)(x)
    for loss in (
        lambda y: np.sum(y * y) / 2,
        lambda y: special.logsumexp(y) - y[0],
        lambda y: np.prod(y),
    ):
        expected = J.T @ al.hessian(loss)(f(x)) @ J @ v
        np.testing.assert_allclose(al.gnvp(f, loss, x, v), expected, atol=1e-12)
        np.testing.assert_allclose(al.gnvp(f, loss, (x,), (v,))[0], expected, atol=1e-12)


def test_of_what_is_linear_it_is_the_hessian():
    A = np.arange(6.0).reshape(2, 3)
    loss = lambda y: np.sum(y**4)
    np.testing.assert_allclose(
        al.gnvp(lambda x: A @ x, loss, X, np.ones(3)),
        al.hvp(lambda x: loss(A @ x), X, np.ones(3)),
    )


def test_trees_several_arguments_and_programs():
    f = lambda p, s: {"a": p["w"] * s, "b": (p["w"][0],)}
    loss = lambda y: np.sum(y["a"] ** 2) + y["b"][0] ** 2
    args, v = ({"w": X}, 2.0), ({"w": np.ones(3)}, 0.5)
    by_w, by_s = al.gnvp(f, loss, args, v)
    tangent = 2.0 + 0.5 * X
    np.testing.assert_allclose(by_w["w"], 4 * tangent + [2, 0, 0])
    np.testing.assert_allclose(by_s, 2 * np.sum(X * tangent))
    program = al.trace(lambda x, v: al.gnvp(np.sin, lambda y: np.sum(y**3), x, v), X, X)
    expected = 6 * np.sin(1 + X) * np.cos(1 + X) ** 2 * X
    np.testing.assert_allclose(program(1 + X, X), expected)
