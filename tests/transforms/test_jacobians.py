"""jvp, vjp, jacobian, hessian and hvp agree, for arguments and results of any structure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.derivatives import smooth
from tests.support.drawn import VECTORS


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
