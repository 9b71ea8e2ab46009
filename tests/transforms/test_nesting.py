"""Derivatives inside derivatives: every level for itself, and no state between calls."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.transforms.levels import Level
from tests.support.derivatives import smooth
from tests.support.drawn import NUMBERS, VECTORS

# ---- levels ----


def test_levels_rise():
    outer, inner = Level((1.0,), (0,), np.sum), Level((1.0,), (0,), np.sum)
    assert inner.number > outer.number > 0


def test_perturbation_confusion():
    grad = al.grad
    assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(1.0) == 1
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6
    assert grad(lambda x: grad(lambda y: y * y * x)(x))(3.0) == 12
    assert grad(lambda x: grad(lambda x: x * x)(x) * x)(3.0) == 12
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z * z)(y))(x))(2.0) == 16
    assert grad(lambda x: x * grad(lambda y: y * grad(lambda z: x + y + z)(x))(x))(2.0) == 1


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_three_levels(abc):
    a, b, c = abc
    grad = al.grad

    def f(x):
        inner = lambda y: grad(lambda z: np.sin(x * y) * z * z * y + x * z)(y) * x
        return grad(inner)(c * x) + b * x

    # z ↦ sin(xy) z² y + x z has slope 2 z y sin(xy) + x; at z = y: 2 y² sin(xy) + x
    # times x, by y: 4 x y sin(xy) + 2 x² y² cos(xy); at y = c x, by x:
    s, k = np.sin(c * a * a), np.cos(c * a * a)
    slope = 8 * c * a * s + 4 * c * a * a * k * 2 * c * a
    slope += 8 * c * c * a**3 * k - 2 * c * c * a**4 * s * 2 * c * a
    np.testing.assert_allclose(grad(f)(a), slope + b, rtol=1e-10, atol=1e-10)


@given(VECTORS)
def test_orders(x):
    n = len(x)
    f = lambda x: np.sum(x**5) + np.prod(x)
    d = al.grad(lambda x: np.sum(al.grad(lambda x: np.sum(al.grad(lambda x: np.sum(x**5))(x)))(x)))
    np.testing.assert_allclose(d(x), 60 * x**2)
    assert al.hessian(f)(x).shape == (n, n)


def test_stop_gradient_at_every_level():
    assert al.grad(lambda x: x * al.stop_gradient(x))(3.0) == 3
    assert al.grad(al.grad(lambda x: x * x * al.stop_gradient(x)))(3.0) == 6
    inside = al.stop_gradient({"a": [al.Tensor(1.0)]})
    assert inside == {"a": [1.0]} and type(inside["a"][0]) is not al.Tensor


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


# ---- Tensors that were there before ----


def test_closures_over_tensors():
    outer = al.Tensor(3.0)
    y = al.grad(lambda x: x * x * outer)(2.0)
    assert isinstance(y, al.Tensor)
    y.backward()
    assert outer.grad == 4
    value, gradient = al.value_and_grad(lambda x: x * outer)(2.0)
    (value * gradient).backward()
    assert outer.grad == 2 * 2 * 3


def test_gradient_at_a_tensor():
    t = al.Tensor([1.0, 2.0])
    np.sum(al.grad(lambda x: np.sum(x * x * x))(t)).backward()
    assert t.grad.tolist() == [6, 12]


def test_a_new_tensor_inside():
    def f(x):
        inner = al.Tensor(2.0)
        (inner * inner).backward()
        return x * inner.grad

    assert al.grad(f)(3.0) == 4


# ---- no state ----


def test_has_no_state():
    """A Tensor of one call has no meaning in another, and no effect on it."""
    leaked = []
    al.grad(lambda x: leaked.append(x) or x * x)(3.0)
    (old,) = leaked
    assert al.grad(lambda x: x * al.stop_gradient(old))(2.0) == 3


def test_threads():
    x = np.linspace(-1, 1, 50)

    def work(seed):
        t = al.Tensor(x)
        smooth(t).backward()
        return al.grad(smooth)(x), al.hvp(smooth, x, x), t.grad

    expected = work(0)
    with ThreadPoolExecutor(8) as pool:
        for results in pool.map(work, range(80)):
            for a, b in zip(results, expected):
                assert a.tobytes() == b.tobytes()
