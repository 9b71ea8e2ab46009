"""grad, value_and_grad and vjp: by which arguments, of which results, and what is refused."""

import numpy as np
import pytest

import autograd_lite as al
from tests.support.errors import raises


@pytest.fixture
def t():
    return al.Tensor([1.0, 2.0, 3.0])


# ---- arguments and results ----


def test_unused_arguments_have_zero_gradients():
    x, y = np.ones(2, "f4"), {"a": np.ones((2, 1)), "b": 3.0}
    gx, gy = al.grad(lambda x, y: np.sum(x), (0, 1))(x, y)
    assert gx.dtype == "f4" and gx.tolist() == [1, 1]
    assert gy["a"].tolist() == [[0], [0]] and gy["b"] == 0
    assert al.grad(lambda x: 5.0)(x).tolist() == [0, 0]
    assert al.value_and_grad(lambda x: 5.0)(2.0) == (5, 0)


def test_argnums():
    f = lambda a, b, c: a * b * b * c * c * c
    args = 2.0, 3.0, 5.0
    slopes = (9 * 125.0, 2 * 2 * 3 * 125.0, 2 * 9 * 3 * 25.0)
    assert al.grad(f)(*args) == slopes[0]
    assert al.grad(f, 1)(*args) == slopes[1]
    assert al.grad(f, -1)(*args) == slopes[2]
    assert al.grad(f, (0, 2))(*args) == (slopes[0], slopes[2])
    assert al.grad(f, [2, 0])(*args) == (slopes[2], slopes[0])
    assert al.grad(f, (-1, -3))(*args) == (slopes[2], slopes[0])
    assert al.grad(f, ())(*args) == ()
    assert al.grad(f, (1,))(*args) == (slopes[1],)
    assert al.value_and_grad(f, 1)(*args) == (f(*args), slopes[1])
    for wrong in (3, -4, (0, 3)):
        with pytest.raises(TypeError, match="argnums"):
            al.grad(f, wrong)(*args)


def test_the_same_argument_twice():
    with pytest.raises(TypeError, match="names an argument twice"):
        al.grad(lambda a, b: a * a + b, (0, 0))(3.0, 1.0)


def test_one_array_as_two_arguments():
    x = np.ones(2)
    assert [g.tolist() for g in al.grad(lambda a, b: np.sum(2 * a + 3 * b), (0, 1))(x, x)] == [
        [2, 2],
        [3, 3],
    ]


def test_keywords_are_passed_on():
    f = lambda x, *, scale=1.0, **options: x * scale * options.get("more", 1.0)
    assert al.grad(f)(2.0, scale=3.0, more=5.0) == 15
    assert al.value_and_grad(f)(2.0, scale=3.0) == (6, 3)
    assert al.jacobian(f)(2.0, scale=3.0) == 3
    assert al.hessian(lambda x, *, n: n * x * x)(2.0, n=4.0) == 8


def test_names_are_kept():
    def loss(x):
        """The loss."""

    for derivative in (al.grad, al.value_and_grad, al.jacobian, al.hessian):
        assert derivative(loss).__name__ == "loss"
        assert derivative(loss).__doc__ == "The loss."


def test_plain_inputs_and_outputs():
    """Numbers, lists inside, scalars and arrays are taken; arrays or NumPy scalars come back."""
    assert al.grad(lambda x: x * x)(3.0) == 6
    assert al.grad(lambda x: x * x)(np.float32(3)).dtype == np.float32
    value, gradient = al.value_and_grad(lambda x: np.sum(x * x))(np.ones(2))
    assert not isinstance(value, al.Tensor) and type(gradient) is np.ndarray
    assert al.grad(lambda xs: xs[0] * xs[1])([2.0, 3.0]) == [3, 2]
    assert type(al.vjp(np.sin, np.ones(2))[0]) is np.ndarray


def test_scalar_results_of_any_kind():
    for f in (np.sum, lambda x: np.reshape(np.sum(x), ()), lambda x: x[0] + x[1]):
        assert al.grad(f)(np.ones(2)).tolist() == [1, 1]


def test_vjp_of_several_results():
    value, pullback = al.vjp(lambda x: (x * 2.0, [x * x, x], 5.0), np.array([1.0, 2.0]))
    assert value[2] == 5
    u = np.array([1.0, 10.0])
    assert pullback((u, [u, u], 0.0))[0].tolist() == [2 + 2 + 1, 20 + 40 + 10]


def test_a_string_has_no_gradient():
    assert al.grad(lambda p: p["x"])({"x": 1.0, "name": "a"}) == {"x": 1, "name": "a"}


# ---- what cannot be differentiated by ----


@pytest.mark.parametrize(
    "x",
    [3, np.int32(3), np.arange(3), np.array([True]), True, np.array(["a"]), [1, 2], {"a": 2}],
    ids=repr,
)
def test_integers_are_refused(x):
    with raises(TypeError, "dtype", "float"):
        al.grad(lambda x: 1.0)(x)


def test_the_integer_is_named():
    with raises(TypeError, "['b'][1]", "int", "2.0 or x.astype(float)"):
        al.grad(lambda p: p["a"])({"a": 1.0, "b": [1.0, 2]})
    for derivative in (al.jacobian, al.hessian, al.value_and_grad):
        with raises(TypeError, "int64", "float"):
            derivative(np.sum)(np.arange(3))
    with raises(TypeError, "int", "float"):
        al.vjp(np.sin, 1)


@pytest.mark.parametrize("argument", [None, "a"])
def test_arguments_without_numbers_are_refused(argument):
    with pytest.raises(TypeError, match="no number in it"):
        al.grad(lambda p: 1.0)(argument)


def test_an_argument_that_grows_while_it_is_differentiated_by():
    p = [np.array(1.0)]

    def loss(_):
        p.append(np.array(2.0))
        return p[0] * 1.0

    with pytest.raises(RuntimeError, match=r"argument 0 .* grew"):
        al.grad(loss)(p)


# ---- results that are no number ----


def test_not_scalar(t):
    for derivative in (al.grad, al.value_and_grad, al.hessian):
        with raises(TypeError, "shape (3,)", "al.jacobian", "al.vjp"):
            derivative(np.sin)(np.ones(3))
    with raises(TypeError, "shape (1, 1)"):
        al.grad(lambda x: np.reshape(x, (1, 1)))(1.0)
    with raises(TypeError, "shape (2,)"):
        al.grad(lambda x: np.ones(2))(1.0)
    with raises(TypeError, "(3,)"):
        (t * 2.0).backward()


def test_not_a_number():
    with raises(TypeError, "tuple", "al.vjp"):
        al.grad(lambda x: (x, x))(1.0)
    with raises(TypeError, "NoneType"):
        al.grad(lambda x: None)(1.0)
    with raises(TypeError, "dict"):
        al.value_and_grad(lambda x: {"loss": x})(1.0)


def test_complex_result():
    with raises(TypeError, "complex", "real part"):
        al.grad(np.sin)(1j)
    with raises(TypeError, "complex"):
        al.grad(lambda x: x * 1j)(1.0)
    with raises(TypeError, "complex"):
        al.Tensor(1j).backward()


# ---- cotangents ----


def test_cotangents_of_the_wrong_shape(t):
    _, pullback = al.vjp(np.sin, np.ones(3))
    with raises(ValueError, "cotangent", "(2,)", "(3,)"):
        pullback(np.ones(2))
    with raises(ValueError, "cotangent", "()", "(3,)"):
        pullback(1.0)
    with raises(ValueError, "backward", "(2,)", "(3,)"):
        (t * 2.0).backward(np.ones(2))
    _, pullback = al.vjp(lambda x: (x, x), 1.0)
    with raises(ValueError, "structure", "2 and 1 parts"):
        pullback((1.0,))
    with raises(ValueError, "tangent"):
        al.jvp(np.sin, (np.ones(3),), (np.ones(2),))
    with pytest.raises((TypeError, ValueError)):
        al.jvp(np.sin, (1.0,), (1.0, 2.0))


def test_cotangents_of_another_kind(t):
    """A complex cotangent of a real result would lose its imaginary part."""
    _, pullback = al.vjp(np.sin, np.ones(3))
    with pytest.raises((TypeError, np.exceptions.ComplexWarning)):
        pullback(np.ones(3) * 1j)
    with pytest.raises((TypeError, np.exceptions.ComplexWarning)):
        (t * 1.0).backward(np.ones(3) * 1j)
