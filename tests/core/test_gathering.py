"""Lists and object arrays of Tensors are read as np.stack reads them, and never for constants."""

import numpy as np
import pytest

import autograd_lite as al
import nn

X = np.array([0.5, 2.0])


def by_hand(x):
    """An object array that is filled by hand, as many do."""
    filled = np.empty(2, object)
    filled[0], filled[1] = x[0] * x[1], np.sin(x[0])
    return filled


def listed(x):
    return [x[0] * x[1], np.sin(x[0])]


def stacked(x):
    return np.stack([x[0] * x[1], np.sin(x[0])])


def matrix(x):
    """Nested, with a plain number among the Tensors."""
    return [[x[0], 2.0], [x[1] * x[0], x[1]]]


def stacked_matrix(x):
    return np.stack([np.stack([x[0], 2.0 * x[0] ** 0]), np.stack([x[1] * x[0], x[1]])])


OPERATIONS = {
    "times": lambda x, a: np.sum(x * a),
    "reflected": lambda x, a: np.sum(a * x),
    "minus": lambda x, a: np.sum(x - a) * x[0],
    "power": lambda x, a: np.sum(x**a),
    "matmul": lambda x, a: x @ a,
    "add": lambda x, a: np.sum(np.add(x, a) ** 2),
    "add, plain first": lambda x, a: np.sum(np.add(a, x) ** 2),
    "maximum": lambda x, a: np.sum(np.maximum(x, a)),
    "dot": lambda x, a: np.dot(x, a),
    "einsum": lambda x, a: np.einsum("i,i", x, a),
    "stack": lambda x, a: np.sum(np.stack([x, a]) ** 2),
    "concatenate": lambda x, a: np.sum(np.concatenate([x, a]) ** 2),
    "where": lambda x, a: np.sum(np.where([True, False], x, a)),
    "at_add": lambda x, a: np.sum(al.at_add(x, slice(None), a) ** 2),
    "softmax": lambda x, a: nn.softmax(a)[0] * x[1] if type(a) is not np.ndarray else x[1],
    "nn loss": lambda x, a: nn.half_squared_error(x, a),
}


@pytest.mark.parametrize("fill", [by_hand, listed, lambda x: tuple(listed(x))])
@pytest.mark.parametrize("name", OPERATIONS)
def test_beside_a_tensor(name, fill):
    f = OPERATIONS[name]
    if name == "reflected" and fill is not by_hand:
        pytest.skip("a list times a Tensor repeats nothing: Python asks us, see below")
    expected = al.value_and_grad(lambda x: f(x, stacked(x)))(X)
    if name == "softmax" and fill is by_hand:
        return
    value, gradient = al.value_and_grad(lambda x: f(x, fill(x)))(X)
    assert value == expected[0]
    np.testing.assert_array_equal(gradient, expected[1])


@pytest.mark.parametrize("name", OPERATIONS)
def test_beside_a_traced_value(name):
    """In a program of the function itself, and of its gradient."""
    f = OPERATIONS[name]
    if name != "softmax":
        program = al.trace(lambda x: f(x, by_hand(x)), X)
        assert program(X) == f(X, stacked(X))
        gradient = al.grad(lambda x: f(x, by_hand(x)))
        np.testing.assert_array_equal(al.trace(gradient, X)(X), gradient(X))


def test_tensors_over_traced_values_in_an_array_of_objects():
    """A traced constant meets them: the step is of the level of the Tensors."""

    def f(x):
        return al.grad(lambda y: np.sum(x * by_hand(y)))(x)

    np.testing.assert_array_equal(al.trace(f, X)(X), f(X))


def test_a_list_before_a_tensor():
    expected = al.grad(lambda x: np.sum(stacked(x) * x))(X)
    np.testing.assert_array_equal(al.grad(lambda x: np.sum(listed(x) * x))(X), expected)


def test_nested_lists():
    def f(x, m):
        return np.sum(np.add(x, m) * np.array([[1.0, 2.0], [3.0, 4.0]]))

    np.testing.assert_allclose(
        al.grad(lambda x: f(x, matrix(x)))(X), al.grad(lambda x: f(x, stacked_matrix(x)))(X)
    )


def test_an_array_of_objects_among_plain_numbers_computes_as_python_does():
    np.testing.assert_array_equal(
        al.grad(lambda x: np.sum(by_hand(x)))(X), al.grad(lambda x: np.sum(stacked(x)))(X)
    )


@pytest.mark.parametrize("shape", [(2,), (2, 1), (1, 2)])
def test_results(shape):
    def f(x):
        return by_hand(x).reshape(shape)

    def expected(x):
        return np.reshape(stacked(x), shape)

    np.testing.assert_array_equal(al.jacobian(f)(X), al.jacobian(expected)(X))
    value, pullback = al.vjp(f, X)
    assert value.dtype == float and value.shape == shape
    np.testing.assert_array_equal(
        pullback(np.ones(shape))[0], al.vjp(expected, X)[1](np.ones(shape))[0]
    )
    program = al.trace(f, X)
    np.testing.assert_array_equal(program(2 * X), expected(2 * X))


def test_second_order():
    expected = al.hessian(lambda x: np.sum(x * stacked(x)))(X)
    np.testing.assert_array_equal(al.hessian(lambda x: np.sum(x * by_hand(x)))(X), expected)


def test_shapes_that_differ_are_an_error_of_stack():
    with pytest.raises(ValueError, match="shape"):
        al.grad(lambda x: np.sum(np.add(x, [x, x[0]])))(X)


def test_arrays_of_fractions_are_still_constants():
    from fractions import Fraction

    thirds = np.array([Fraction(1, 3), Fraction(2, 3)])
    assert al.grad(lambda x: np.sum(x * thirds))(thirds).tolist() == thirds.tolist()


# ---- results that are constants ----


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.allclose(x, x),
        lambda x: (x > 0).all(),
        lambda x: np.sum(x > 0),
        lambda x: np.argmax(x),
        lambda x: 3,
        lambda x: True,
    ],
)
def test_counts_and_truth_values_have_no_gradient(f):
    with pytest.raises(TypeError, match="count or a truth value"):
        al.grad(f)(X)


def test_a_float_is_a_constant():
    assert al.grad(lambda x: 3.0)(X).tolist() == [0, 0]
    value, gradient = al.value_and_grad(lambda x: np.float32(2))(X)
    assert value == 2 and gradient.tolist() == [0, 0]


@pytest.mark.parametrize(
    "left",
    [
        lambda x: x[0].item() ** 2,
        lambda x: x.tolist()[0] * 2,
        lambda x: float(f"{np.sum(x):.3f}"),
        lambda x: float(str(np.sum(x).item())),
        lambda x: float(repr(np.sum(x))[7:].partition(",")[0]),
        lambda x: al.grad(lambda y: y * y)(x[0].item()),
    ],
)
def test_a_value_that_left_the_tape_is_no_constant(left):
    for derivative in (al.grad, al.jacobian):
        with pytest.raises(TypeError, match=r"test_gathering\.py:\d+ the value of a Tensor was"):
            derivative(left)(X)


def test_a_value_may_be_looked_at():
    def f(x):
        assert x[0].item() == 0.5 and "Tensor" in f"{x}"
        return np.sum(x)

    assert al.grad(f)(X).tolist() == [1, 1]
    assert al.grad(lambda x: 1.0)(X).tolist() == [0, 0]
