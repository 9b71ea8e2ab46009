"""What the slope is where there is none, or where formulas divide by zero."""

import numpy as np
import pytest

import autograd_lite as al
import nn


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


# ---- second derivatives where a root is zero: right, or not finite ----


def plane(x):
    return x[0] + 1j * x[1]


def norm(ord, **options):
    return lambda x: np.sum(np.linalg.norm(x, ord, **options))


def matrix(ord):
    return lambda x: np.linalg.norm(np.stack([x, 2 * x]), ord)


def turned(ord):
    return lambda x: np.linalg.norm(x * (1 + 1j), ord)


#: Lengths and angles in the plane, all of which bend at 0 without end.
ROUND = {
    **{f"norm {p}": norm(p) for p in (None, 2, 2.0, 0.5, 1.5, 2.5, 3)},
    **{f"norm {p} of rows": lambda x, p=p: norm(p, axis=-1)(x[None]) for p in (None, 1.5, 3)},
    **{f"matrix norm {p}": matrix(p) for p in ("fro", "nuc", 2, -2)},
    **{f"norm {p} of complex": turned(p) for p in (None, 0.5, 1, 1.5, 3, np.inf)},
    "vector_norm": np.linalg.vector_norm,
    "matrix_norm": lambda x: np.linalg.matrix_norm(x[None]),
    "hypot": lambda x: np.hypot(x[0], x[1]),
    "hypot with a constant": lambda x: np.hypot(x[0], 0.0) + np.hypot(0.0, x[1]),
    "std": np.std,
    "std of some": lambda x: np.std(x, where=np.array([True, True])),
    "std about a mean": lambda x: np.std(x, mean=x[:1]),
    "nanstd": np.nanstd,
    "abs of complex": lambda x: np.abs(plane(x)),
    "arctan2": lambda x: np.arctan2(x[0], x[1]),
    "angle": lambda x: np.angle(plane(x)),
    "angle in degrees": lambda x: np.angle(plane(x), deg=True),
    "sqrt of a sum": lambda x: np.sqrt(np.sum(x * x)),
    "power of a sum": lambda x: np.vecdot(x, x) ** 0.5,
    "sqrt of a variance": lambda x: np.sqrt(np.var(x)),
    "sqrt of a product": lambda x: np.sqrt(np.real(plane(x) * np.conj(plane(x)))),
}

#: Functions that are linear in pieces: to all that follows their slope is constant.
STRAIGHT = {
    **{f"norm {p}": norm(p) for p in (0, 1, np.inf, -np.inf)},
    **{f"matrix norm {p}": matrix(p) for p in (1, -1, np.inf, -np.inf)},
    "abs": lambda x: np.sum(np.abs(x)),
    "relu": lambda x: np.sum(nn.relu(x)),
    "max": np.max,
    "sort": lambda x: np.sort(x) @ np.arange(2.0),
    "clip": lambda x: np.sum(np.clip(x, 0.0, 1.0)),
}

#: Something of such a function that follows.
FOLLOWED = {"": lambda y: y, "squared": np.square, "times itself": lambda y: y * y}


def of_the_program(f, x):
    """The Hessian by a program of the gradient, written down at another point."""
    return al.jacobian(al.trace(al.grad(f), np.array([1.0, 3.0])))(x)


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("then", FOLLOWED)
@pytest.mark.parametrize("name", ROUND)
def test_what_bends_without_end_is_not_finite(name, then):
    def f(x):
        return FOLLOWED[then](ROUND[name](x))

    assert not np.isfinite(al.hessian(f)(np.zeros(2))).any()
    assert not np.isfinite(of_the_program(f, np.zeros(2))).any()


@pytest.mark.parametrize("name", STRAIGHT)
def test_what_is_straight_has_no_second_derivative(name):
    assert not al.hessian(STRAIGHT[name])(np.zeros(2)).any()


@pytest.mark.parametrize("name", [n for n in ROUND if not n.startswith(("sqrt", "power"))])
def test_first_derivatives_there(name):
    """They are 0 all the same, and nothing warns."""
    assert not np.any(al.grad(ROUND[name])(np.zeros(2)))


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize(("ord", "truth"), [(1.5, None), (2, 1.0), (2.5, 0.0), (3, 0.0)])
def test_one_of_several_is_zero(ord, truth):
    h = al.hessian(norm(ord))(np.array([0.0, 1.0]))
    assert not np.isfinite(h[0, 0]) if truth is None else h[0, 0] == truth


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_the_direction_of_zero():
    assert not np.isfinite(al.grad(lambda x: np.real(np.sign(plane(x))))(np.zeros(2))).any()


def test_a_root_that_forgets_how_it_bends_is_found(monkeypatch):
    def forgetful(y):
        return y + (y == 0)

    for module in ("elementwise", "linalg", "reductions"):
        monkeypatch.setattr(f"autograd_lite.rules.{module}.denominator", forgetful)
    for name in ("norm None", "hypot", "std", "arctan2", "angle", "norm 1 of complex"):
        with pytest.raises(AssertionError):
            test_what_bends_without_end_is_not_finite(name, "squared")
