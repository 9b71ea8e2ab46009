"""jvp, vjp, jacobian, hessian and hvp agree, for arguments and results of any structure."""

from dataclasses import dataclass, field
from functools import wraps

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.derivatives import smooth
from tests.support.drawn import VECTORS
from tests.support.errors import raises


@given(VECTORS, st.integers(0, 100))
def test_derivatives_agree(x, seed):
    rng = np.random.default_rng(seed)
    f = lambda x: np.exp(x) * np.sum(np.sin(x)) + x[0]
    v, u = rng.normal(size=x.shape), rng.normal(size=x.shape)
    J = al.jacobian(f)(x)
    value, tangent = al.jvp(f, (x,), (v,))
    close = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    assert np.array_equal(value, f(x))
    close(tangent, J @ v)
    close(al.vjp(f, x)[1](u)[0], u @ J)
    H = al.hessian(smooth)(x)
    close(H, H.T)
    close(al.hvp(smooth, x, v), H @ v)
    close(al.hvp(smooth, (x,), (v,))[0], H @ v)
    close(al.jacobian(al.grad(smooth))(x), H)
    close(al.jvp(al.grad(smooth), (x,), (v,))[1], H @ v)


def test_derivatives_by_two_arguments():
    f = lambda x, y: np.outer(x, y * y)
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])
    Jx, Jy = al.jacobian(f, (0, 1))(x, y)
    assert Jx.shape == (2, 3, 2) and Jy.shape == (2, 3, 3)
    assert Jx[1].tolist() == [[0, 9], [0, 16], [0, 25]]
    assert Jy[1].tolist() == np.diag(2 * 2 * y).tolist()
    _, tangent = al.jvp(f, (x, y), (np.ones(2), np.ones(3)))
    np.testing.assert_allclose(tangent, Jx.sum(-1) + Jy.sum(-1))
    a, b = al.hvp(lambda x, y: np.sum(f(x, y)), (x, y), (np.ones(2), np.zeros(3)))
    assert a.tolist() == [0, 0] and b.tolist() == (4 * y).tolist()


def test_hessian_by_two_arguments():
    (xx, xy), (yx, yy) = al.hessian(lambda x, y: x * x * y, (0, 1))(2.0, 3.0)
    assert (xx, xy, yx, yy) == (6, 4, 4, 0)


def test_jvp_of_trees():
    f = lambda p: {"out": p["a"] * p["b"], "sum": p["a"] + p["b"]}
    value, tangent = al.jvp(f, ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": 10.0},))
    assert value == {"out": 6, "sum": 5}
    assert tangent == {"out": 23, "sum": 11}


def test_jvp_of_a_constant_is_zero():
    assert al.jvp(lambda x: 5.0, (1.0,), (1.0,)) == (5, 0)
    _, tangent = al.jvp(lambda x: (x, np.ones(2)), (1.0,), (3.0,))
    assert tangent[0] == 3 and tangent[1].tolist() == [0, 0]


def test_jacobian_of_trees():
    J = al.jacobian(lambda p: {"y": p["a"] * p["b"]})({"a": np.array([2.0, 3.0]), "b": 5.0})
    assert J["y"]["a"].tolist() == [[5, 0], [0, 5]]
    assert J["y"]["b"].tolist() == [2, 3]


def test_jacobian_of_nothing():
    assert al.jacobian(lambda x: x * x)(np.zeros(0)).shape == (0, 0)
    assert al.jacobian(lambda x: x[:0])(np.ones(3)).shape == (0, 3)
    assert al.jacobian(np.sum)(np.zeros(0)).shape == (0,)
    assert al.jacobian(lambda x: x[:0])(np.ones(3, "f4")).dtype == "f4"


def test_jacobian_of_a_constant():
    assert al.jacobian(lambda x: np.ones(2))(np.ones(3)).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_jacobian_of_a_function_that_is_not_holomorphic():
    z = np.array([1 + 1j])
    assert np.allclose(al.jacobian(lambda z: z * z)(z), [[2 + 2j]])
    with pytest.raises(TypeError, match="not holomorphic"):
        al.jacobian(np.conj)(z)


# ---- what is no float: each transform names the argument, and what keeps it out works ----


def model(x, a, n):
    return a * x**n


TRANSFORMS = {
    "grad": lambda f, i: al.grad(lambda *args: np.sum(f(*args)), i),
    "value_and_grad": lambda f, i: al.value_and_grad(lambda *args: np.sum(f(*args)), i),
    "jacobian": al.jacobian,
    "hessian": lambda f, i: al.hessian(wraps(f)(lambda *args: np.sum(f(*args))), i),
}


@pytest.mark.parametrize("argnums", [2, -1, (0, 2), (2, 1)])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_argument_that_is_a_count_is_named(name, argnums):
    X = np.array([1.0, 2.0])
    with raises(TypeError, "argument 2", "int64", "x.astype(float)", "argnums", "closure"):
        TRANSFORMS[name](model, argnums)(X, 0.5, 3)
    if name in ("jacobian", "hessian"):
        with raises(TypeError, "argument 2 (n) of dtype int64"):
            TRANSFORMS[name](model, argnums)(X, 0.5, 3)
    kept = TRANSFORMS[name](lambda x, a: model(x, a, 3), (0, 1))(X, 0.5)  # a closure
    left = TRANSFORMS[name](model, (0, 1))(X, 0.5, 3)  # out of argnums
    np.testing.assert_equal(kept, left)


def test_a_disagreement_of_shapes_names_the_argument_by_whatever_transform():
    for argnums in (0, 1, (0, 1)):
        with raises(ValueError, "W (2, 3)" if argnums != 1 else "(2, 3)", "4"):
            al.jacobian(lambda W, x: W @ x, argnums)(np.ones((2, 3)), np.ones(4))


@dataclass
class Settings:
    w: np.ndarray
    n: int = field(default=2, metadata={"static": True})


def test_a_count_among_parameters_is_kept_out_by_a_closure_or_a_static_field():
    f = lambda p: np.sum(p["w"] ** p["n"])
    W = np.array([1.0, 2.0])
    for n in (3, True):
        with raises(
            TypeError, "argument 0 (p['n'])", "closure", "f({**p, 'n': n})", "{'static': True}"
        ):
            al.grad(f)({"w": W, "n": n})
        gradient = al.grad(lambda p, n=n: f({**p, "n": n}))({"w": W})["w"]
        np.testing.assert_array_equal(gradient, n * W ** (n - 1))
    gradient = al.grad(lambda p: np.sum(p.w**p.n))(Settings(W))
    np.testing.assert_array_equal(gradient.w, 2 * W)
    with raises(TypeError, "argument 0 (p[1])", "closure", "f(p, n)"):
        al.grad(lambda p: np.sum(p[0] ** p[1]))([W, 3])
