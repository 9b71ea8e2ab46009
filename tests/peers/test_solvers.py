"""Implicit functions against JAX's, which has `jax.lax.custom_root`: gradients and Hessians."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.effort import examples

jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")
pytest.importorskip("scipy")

from autograd_lite.scipy import optimize  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def doubles():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def residual(xp):
    return lambda x, A, b: A @ x + 0.3 * xp.tanh(x * b) - b


def by_jax(A, b):
    def solve(f, x):
        for _ in range(7):
            x = x - jnp.linalg.solve(jax.jacobian(f)(x), f(x))
        return x

    def tangent(g, y):
        return jnp.linalg.solve(jax.jacobian(g)(y), y)

    f = lambda x: residual(jnp)(x, A, b)
    return jax.lax.custom_root(f, jnp.zeros(3), solve, tangent)


def by_root(A, b):
    return optimize.root(residual(np), np.zeros(3), args=(A, b), tol=1e-13).x


@al.implicit(residual(np))
def by_steps(A, b):
    x = np.zeros(3)
    for _ in range(60):
        x = np.linalg.solve(A, b - 0.3 * np.tanh(x * b))
    return x


def loss(solve, xp):
    return lambda A, b: xp.sum(xp.sin(solve(A, b)) ** 2)


@pytest.mark.parametrize("solve", [by_root, by_steps])
@settings(max_examples=examples(0.2))
@given(seed=st.integers(0, 10**6))
def test_both_orders(solve, seed):
    rng = np.random.default_rng(seed)
    A, b = rng.uniform(-0.4, 0.4, (3, 3)) + 2 * np.eye(3), rng.uniform(-2, 2, 3)
    ours, theirs = loss(solve, np), loss(by_jax, jnp)
    for k in (0, 1):
        for of, by in ((al.grad, jax.grad), (al.hessian, jax.hessian)):
            np.testing.assert_allclose(of(ours, k)(A, b), by(theirs, k)(A, b), rtol=1e-8, atol=1e-9)
