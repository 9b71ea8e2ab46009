"""Arrays that are not NumPy's: rules and engine never ask whether something is an ndarray.

Dask arrays stand for all that implement NumPy's protocols (CuPy among them): they are computed
later, so anything that looked at their numbers, or turned them into an ndarray, would be seen.
"""

import ast
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.rows.row import numpy_is

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")


@pytest.fixture
def never():
    """While building, nothing may be computed."""

    def scheduler(*_, **__):
        raise AssertionError("computed too early")

    return lambda: dask.config.set(scheduler=scheduler)


def loss(p, x, y):
    hidden = np.tanh(x @ p["W1"].T + p["b1"])
    return np.mean((hidden @ p["W2"].T + p["b2"] - y) ** 2)


@pytest.fixture
def case(rng):
    p = {
        "W1": rng.standard_normal((7, 5)),
        "b1": rng.standard_normal(7),
        "W2": rng.standard_normal((2, 7)),
        "b2": rng.standard_normal(2),
    }
    return p, rng.standard_normal((40, 5)), rng.standard_normal((40, 2))


def test_gradient_of_a_loss_over_a_chunked_array(case, never):
    p, x, y = case
    chunked = da.from_array(x, chunks=(8, 5)), da.from_array(y, chunks=(8, 2))
    expected_value, expected = al.value_and_grad(loss)(p, x, y)
    with never():
        value, gradient = al.value_and_grad(loss)(p, *chunked)
    assert isinstance(value, da.Array)
    assert all(isinstance(g, da.Array) for g in gradient.values())
    value, gradient = dask.compute(value, gradient)
    assert np.isclose(value, expected_value, rtol=1e-13)
    for name, g in gradient.items():
        assert g.shape == p[name].shape
        np.testing.assert_allclose(g, expected[name], rtol=1e-12, atol=1e-14)


def test_gradient_by_a_chunked_array(case, never):
    p, x, y = case
    with never():
        g = al.grad(lambda x: loss(p, x, y))(da.from_array(x, chunks=(8, 5)))
    assert isinstance(g, da.Array)
    np.testing.assert_allclose(g.compute(), al.grad(lambda x: loss(p, x, y))(x), rtol=1e-12)


def test_second_derivatives(case, never):
    _, x, _ = case
    lazy = da.from_array(x, chunks=(8, 5))
    v = np.ones_like(x)

    def f(x):
        return np.sum(np.sin(x) * np.exp(x))

    with never():
        product = al.hvp(f, lazy, da.from_array(v, chunks=(8, 5)))
    np.testing.assert_allclose(product.compute(), al.hvp(f, x, v), rtol=1e-12)


def test_functions_one_by_one(rng, never):
    """A sample of every kind of rule."""
    x = rng.uniform(0.5, 1.5, (6, 4))
    lazy = da.from_array(x, chunks=(3, 2))
    functions = [
        lambda x: np.sum(np.log(x) / np.sqrt(x)),
        lambda x: np.sum(np.maximum(x, 1.0)),
        lambda x: np.sum(np.where(x > 1, x * x, x)),
        lambda x: np.sum(np.clip(x, 0.7, 1.2) * x),
        lambda x: np.var(x) + np.sum(np.mean(x, axis=0) ** 2),
        lambda x: np.sum(np.max(x, axis=1)),
        lambda x: np.sum(x.T @ x),
        # before NumPy 2.1, it and Dask have two names for the shape
        *[lambda x: np.sum(np.reshape(x, (2, 3, 4)) ** 3)] * numpy_is("2.1"),
        lambda x: np.sum(np.concatenate([x, x * x]) ** 2),
        lambda x: np.sum(np.stack([x, x * x], axis=1) ** 2),
        lambda x: np.sum(np.transpose(x)[1:] ** 2),
        lambda x: np.sum(np.tensordot(x, x, axes=((0,), (0,)))),
        lambda x: np.sum(nn.sigmoid(x)) + np.sum(nn.relu(x - 1)),
        lambda x: np.sum(np.abs(x - 1) ** x),
        lambda x: np.sum(np.cumsum(x, axis=0) ** 2),
    ]
    for number, f in enumerate(functions):
        with never():
            g = al.grad(f)(lazy)
        assert isinstance(g, da.Array), number
        np.testing.assert_allclose(g.compute(), al.grad(f)(x), rtol=1e-11, err_msg=str(number))


def test_no_rule_asks_whether_something_is_an_ndarray():
    """np.ndarray stands in no test of a rule; the one use tells lists of conditions apart."""
    folder = Path(al.__file__).parent / "rules"
    uses = [
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "ndarray"
    ]
    assert len(uses) <= 1, uses
