"""``autograd_lite.scipy.linalg`` against JAX's functions of the same names, at orders 1 and 2."""

import numpy as np
import pytest

import autograd_lite as al

pytest.importorskip("scipy")
jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402  (it may be absent)
import jax.scipy.linalg as theirs  # noqa: E402

from autograd_lite.scipy import linalg  # noqa: E402

B = np.array([1.0, 2.0, -1.0])
C = np.array([[1.0, 0.5, -0.3], [0.2, -1.0, 0.7], [0.4, 0.6, 2.0]])
DEFINITE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])

#: Functions of a namespace and a matrix.
GENERAL = {
    "solve": lambda m, a: m.solve(a, B),
    "solve_triangular": lambda m, a: m.solve_triangular(a, B, lower=True, trans=1),
    "unit diagonal": lambda m, a: m.solve_triangular(a, B, unit_diagonal=True),
    "lu": lambda m, a: m.lu(a)[1] + 2 * m.lu(a)[2],
    "lu_solve": lambda m, a: m.lu_solve(m.lu_factor(a), B, trans=1),
    "inv": lambda m, a: m.inv(a),
    "det": lambda m, a: m.det(a),
    "qr": lambda m, a: m.qr(a)[0],
    "svd": lambda m, a: m.svd(a)[1],
    "expm": lambda m, a: m.expm(a),
    "expm_frechet": lambda m, a: m.expm_frechet(a, C, compute_expm=False),
    "toeplitz": lambda m, a: m.toeplitz(a[0], a[1]),
    "block_diag": lambda m, a: m.block_diag(a, C)[:3, :3],
}
SYMMETRIC = {
    "solve": lambda m, a: m.solve(a, B, assume_a="pos"),
    "cholesky": lambda m, a: m.cholesky(a),
    "cho_solve": lambda m, a: m.cho_solve(m.cho_factor(a), B),
    "eigh": lambda m, a: m.eigh(a)[0],
}


def both(f, x, change):
    jax.config.update("jax_enable_x64", True)
    ours, other = (
        lambda a, np=np, m=m: np.sum(np.sin(f(m, change(a))))
        for np, m in ((np, linalg), (jnp, theirs))
    )
    orders = [(al.grad(ours)(x), jax.grad(other)(x))]
    one = lambda a: np.sum(C * al.grad(ours)(a))
    two = lambda a: jnp.sum(C * jax.grad(other)(a))
    return [*orders, (al.grad(one)(x), jax.grad(two)(x))]


@pytest.mark.parametrize("name", GENERAL)
def test_general_matrices(name):
    for ours, other in both(GENERAL[name], DEFINITE + C, lambda a: a):
        np.testing.assert_allclose(ours, other, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", SYMMETRIC)
def test_symmetric_matrices(name):
    """By changes that keep the matrix symmetric, all conventions agree."""
    for ours, other in both(SYMMETRIC[name], DEFINITE, lambda a: (a + a.T) / 2):
        np.testing.assert_allclose(ours, other, rtol=1e-8, atol=1e-10)
