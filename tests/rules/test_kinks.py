"""What the slope is where there is none, or where formulas divide by zero."""

import numpy as np

import autograd_lite as al


def test_kinks():
    assert al.grad(abs)(0.0) == 0
    assert al.grad(np.maximum, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    assert al.grad(np.minimum, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    assert al.grad(lambda x: np.maximum(x, 0.0))(0.0) == 0.5
    assert al.grad(np.max)(np.array([1.0, 3.0, 3.0])).tolist() == [0, 0.5, 0.5]
    assert al.grad(np.min)(np.array([1.0, 1.0, 3.0])).tolist() == [0.5, 0.5, 0]
    assert [al.grad(lambda x: np.clip(x, 0.0, 1.0))(x) for x in (-0.5, 0.0, 0.5, 1.0, 1.5)] == [
        *(0, 1, 1, 1, 0)
    ]


def test_powers_at_zero():
    assert al.grad(lambda x: x**2)(0.0) == 0
    assert al.grad(lambda x: x**2.0)(0.0) == 0
    assert al.grad(lambda x: x**1)(0.0) == 1
    assert al.grad(lambda x: x**0)(0.0) == 0
    assert al.grad(lambda y: 0.0**y)(2.0) == 0
    assert al.grad(al.grad(lambda x: x**2.0))(0.0) == 2
    assert al.grad(al.grad(lambda x: x**1.0))(0.0) == 0


def test_mixed_derivatives_of_a_power_at_exponent_zero():
    by_both = al.grad(lambda y: al.grad(lambda x: x**y)(0.5))
    assert by_both(0.0) == 2.0  # d/dy (y x^(y−1)) = 1/x at y = 0
    assert al.grad(lambda x: x**0.0)(0.0) == 0.0


def test_products_with_zeros():
    assert al.grad(np.prod)(np.array([2.0, 0.0, 3.0])).tolist() == [0, 6, 0]
    assert al.grad(np.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [0, 0, 0]
    assert al.hessian(np.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [
        [0, 3, 0],
        [3, 0, 0],
        [0, 0, 0],
    ]


def test_means_of_no_rows():
    """There are three numbers in each, and none of them."""
    for mean in (np.mean, np.var, np.std):
        _, pullback = al.vjp(lambda x, mean=mean: mean(x, axis=1), np.zeros((0, 3)))
        assert pullback(np.zeros(0))[0].shape == (0, 3)
