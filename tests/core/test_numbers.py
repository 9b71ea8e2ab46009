"""Numbers of every kind: complex, of any precision, Fractions and Decimals."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al

# ---- complex ----


def test_complex_convention():
    """df = Re(Σ g dz)."""
    z, c = np.array([1 + 2j, -0.5j]), np.array([2 - 1j, 3j])
    assert al.grad(lambda z: np.sum(c * z).real)(z).tolist() == c.tolist()
    square = al.grad(lambda z: np.sum(np.real(z * np.conj(z))))(z)
    np.testing.assert_allclose(square, 2 * z.conj())
    imag = al.grad(lambda z: np.sum(np.imag(z)))(z)
    np.testing.assert_allclose(imag, [-1j, -1j])
    x = np.array([1.0, 2.0])
    gradient = al.grad(lambda x: np.sum(np.real(np.exp(1j * x))))(x)
    assert gradient.dtype == float
    np.testing.assert_allclose(gradient, -np.sin(x))


def test_complex_jacobian_is_the_derivative():
    z = np.array([0.3 + 0.4j, 1 - 1j])
    np.testing.assert_allclose(al.jacobian(np.exp)(z), np.diag(np.exp(z)))
    np.testing.assert_allclose(
        al.jacobian(lambda x: np.exp(1j * x))(z.real), np.diag(1j * np.exp(1j * z.real))
    )


# ---- of any precision ----


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "F", "D", "G"])
def test_dtypes(dtype):
    x = np.array([0.5, 1.5], dtype)
    f = lambda x: np.sum(np.tanh(x * 2.0) * x + x / 3.0) + x[0]
    value, pullback = al.vjp(f, x)
    assert value.dtype == dtype
    (g,) = pullback(np.ones((), dtype))
    assert g.dtype == dtype and np.isfinite(g).all()
    assert al.jvp(f, (x,), (x,))[1].dtype == dtype
    if x.dtype.kind == "f":
        assert al.grad(f)(x).dtype == dtype
        assert al.hessian(f)(x).dtype == dtype


def test_float32_stays_float32_inside():
    """No cotangent on the way is float64."""
    seen = []

    @al.primitive
    def spy(x):
        return x.copy()

    al.rule(spy, x=lambda g: seen.append(g.dtype) or g)
    x = np.ones((3, 2), "f4")
    f = lambda x: np.mean(spy(np.std(spy(np.exp(spy(x @ x.T))), axis=0, ddof=-1)) * 2.0)
    al.grad(f)(x + np.arange(2, dtype="f4") / 4 + np.arange(3, dtype="f4")[:, None])
    assert {d.str for d in seen} == {"<f4"} and len(seen) == 3


def test_mixed_precision():
    half, double = np.ones(2, "f2"), np.full(2, 3.0)
    a, b = al.grad(lambda a, b: np.sum(a * b), (0, 1))(half, double)
    assert (a.dtype, b.dtype) == ("f2", "f8")


def test_a_number_of_pythons_can_be_cast():
    g = al.grad(lambda v: np.sum(np.astype(v, np.float32) * np.ones(3, np.float32)))(0.1)
    assert g == 3


# ---- exact ----


FRACTIONS = st.fractions(-5, 5, max_denominator=9)


@given(st.lists(FRACTIONS, min_size=1, max_size=4))
def test_fractions_are_exact(values):
    x = np.array(values, object)
    gradient = al.grad(lambda x: np.sum(x * x * x) + x[0] / 3 - 2 * np.sum(x))(x)
    expected = 3 * x * x - 2
    expected[0] += Fraction(1, 3)
    assert gradient.dtype == object
    assert all(type(g) is Fraction for g in gradient)
    assert gradient.tolist() == expected.tolist()
    H = al.hessian(lambda x: np.sum(x * x * x))(x)
    assert H.tolist() == np.diag(6 * x).tolist()


def test_bare_fractions():
    third = Fraction(1, 3)
    assert al.grad(lambda x: x * x)(third) == Fraction(2, 3)
    assert al.grad(al.grad(lambda x: x**3))(third) == 2
    assert al.grad(lambda x: (x + 1) / (x - 1))(third) == Fraction(-9, 2)
    assert al.grad(lambda x, y: x @ y)(np.array([third, 2]), np.array([3, third])).tolist() == [
        3,
        third,
    ]


def test_values_and_gradients_by_bare_fractions_are_fractions():
    third, ones = Fraction(1, 3), np.array([Fraction(1)] * 3, dtype=object)
    for f in (
        lambda x: x * x,
        lambda x: np.sum(ones * x),  # which is summed over where x was stretched
        lambda x: np.mean(np.stack([x, x]) * ones[:2]),
        lambda x: np.sum(ones),
    ):
        value, gradient = al.value_and_grad(f)(third)
        assert type(value) is type(gradient) is Fraction and value == f(third)
        program = al.compile(al.value_and_grad(f))
        assert program(third) == program(third) == (value, gradient)


def test_second_derivatives_of_a_single_fraction():
    f = al.grad(al.grad(lambda x: np.stack([x, x])[0] * x))
    assert f(np.array(Fraction(1))) == 2


def test_what_a_choice_leaves_out_is_zero_among_fractions():
    """An integer zero would become a float at the next division."""
    x, y = (np.array(Fraction(n), dtype=object) for n in (0, 1))

    def f(x, y):
        larger = np.maximum(x, y)
        return np.where(larger < 0, larger, x)

    gx, gy = al.grad(f, (0, 1))(x, y)
    assert type(np.asarray(gx).item()) is type(np.asarray(gy).item()) is Fraction
    assert (gx, gy) == (1, 0)


def test_what_indexing_leaves_out_is_zero_among_fractions():
    def f(x):
        return np.mean(np.stack([x, x]), axis=())[0]

    assert type(np.asarray(al.grad(f)(np.array(Fraction(1, 3), dtype=object))).item()) is Fraction


def test_decimals():
    x = np.array([Decimal("0.1"), Decimal("0.3")])
    gradient = al.grad(lambda x: np.sum(x * x))(x)
    assert gradient.tolist() == [Decimal("0.2"), Decimal("0.6")]
