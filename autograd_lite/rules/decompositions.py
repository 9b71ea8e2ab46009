"""Derivatives of the decompositions in ``numpy.linalg``: cholesky, qr, eig, eigh, svd.

Sources: Giles 2008 for eigenvalues; Seeger et al. 2017, "Auto-differentiating linear algebra", for
cholesky, eigh and qr; Walter, Lehmann and Lamour 2012, "On evaluating higher-order derivatives of
the QR decomposition of tall matrices"; Wan and Zhang 2019, "Automatic differentiation for complex
valued SVD".  They are in terms of df = Re(tr(Ḡᴴ dA)); here df = Re(Σ g dA): g = conj(Ḡ).

- cholesky, eigh, eigvalsh and ``hermitian=True`` read one triangle: elsewhere the gradient is 0.
- Eigenvectors and singular vectors are unique up to a factor of modulus 1.  It is taken as
  constant, which is right for every loss that does not depend on it.
- Where values coincide up to rounding, their vectors are unique up to a rotation.  It is taken as
  constant, which is right for a loss that depends on the values evenly and on the spanned subspace.
  It is wrong for one that rebuilds a function of the matrix from values and vectors.
- The columns that complete an orthonormal basis in a full svd or qr have no derivative.
"""

import numpy as np

from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import conj
from autograd_lite.rules.linalg import (
    H,
    T,
    eye,
    half_lower,
    imaginary,
    inverse,
    largest,
    singular_values_vjp,
    triangle,
)

# ---- helpers ----


def diag(v):
    return v[..., None, :] * eye(v)


def gaps(w):
    """F_ij = 1 / (w_j - w_i), and 0 where they coincide."""
    return inverse(w[..., None, :] - w[..., None], largest(w)[..., None])


def refuse_extra(name, g, k, remedy):
    if branch(np.any(g[..., k:] != 0)):
        raise TypeError(
            f"{name}: the vectors that complete an orthonormal basis are not unique, and have no "
            f"derivative; use {remedy}"
        )


# ---- triangular factors ----


def cholesky_vjp(g, y, upper):
    g, y = (H(g), H(y)) if upper else (g, y)
    s = np.linalg.solve(T(y), half_lower(T(y) @ g))
    return triangle(T(np.linalg.solve(H(y), T(s))), "U" if upper else "L")


def qr_vjp(g, y, a, mode):
    if mode not in ("reduced", "complete", "r"):
        raise TypeError(f"qr cannot be differentiated with mode={mode!r}; use mode='reduced'")
    if mode == "r":
        q, r = np.linalg.qr(a)
        gq, gr = np.zeros_like(q), g
    else:
        (gq, gr), (q, r) = g, y
    k = min(a.shape[-2:])
    refuse_extra("qr", gq, k, "mode='reduced'")
    gq, gr, q, r = conj(gq[..., :k]), conj(gr[..., :k, :]), q[..., :k], r[..., :k, :]
    square, rest, g_rest = r[..., :k], r[..., k:], gr[..., k:]  # the rest is qᴴ a
    gq = gq - q @ g_rest @ H(rest)
    m = half_lower(square @ H(gr[..., :k]) - H(gq) @ q)
    g_square = H(np.linalg.solve(square, H(gq + q @ (m + H(m)))))
    return conj(np.concatenate([g_square, q @ g_rest], axis=-1))


rule(np.linalg.cholesky, a=cholesky_vjp)
rule(np.linalg.qr, a=qr_vjp)

# ---- eigenvalues and eigenvectors ----


def eigh_vjp(g, y, UPLO):
    (gw, gv), (w, v) = g, y
    return triangle(conj(v) @ (diag(gw) + gaps(w) * (T(v) @ gv)) @ T(v), UPLO)


def eigvalsh_vjp(g, a, UPLO):
    _, v = np.linalg.eigh(a, UPLO)
    return triangle(conj(v) * g[..., None, :] @ T(v), UPLO)


def eig_vjp(g, y):
    (gw, gv), (w, v) = g, y
    gv = gv - conj(v) * np.sum(gv * v, axis=-2, keepdims=True)  # vᴴ dv = 0: the norm stays 1
    return np.linalg.solve(T(v), (diag(gw) + gaps(w) * (T(v) @ gv)) @ T(v))


def eigvals_vjp(g, y, a):
    w, v = np.linalg.eig(a)
    match = np.argmin(np.abs(w[..., None] - y[..., None, :]), axis=-1)  # eig has its own order
    g = np.take_along_axis(g, match, axis=-1)
    return np.linalg.solve(T(v), g[..., None] * T(v))


rule(np.linalg.eigh, a=eigh_vjp)
rule(np.linalg.eigvalsh, a=eigvalsh_vjp)
rule(np.linalg.eig, a=eig_vjp)
rule(np.linalg.eigvals, a=eigvals_vjp)

# ---- singular values and singular vectors ----


def svd_vjp(g, y, a, full_matrices, compute_uv, hermitian):
    if not compute_uv:
        u, s, vh = np.linalg.svd(a, False, True, hermitian)
        g = singular_values_vjp(g, u, s, vh)
        return triangle(g, "L") if hermitian else g
    return hermitian_svd_vjp(g, y) if hermitian else general_svd_vjp(g, y)


def general_svd_vjp(g, y):
    (gu, gs, gvh), (u, s, vh) = g, y
    k = s.shape[-1]
    refuse_extra("svd", gu, k, "full_matrices=False")
    refuse_extra("svd", T(gvh), k, "full_matrices=False")
    gu, gv, u, vh = conj(gu[..., :k]), T(gvh)[..., :k], u[..., :k], vh[..., :k, :]
    row, column, one_over = s[..., None, :], s[..., None], inverse(s, largest(s))
    f = gaps(s) * inverse(row + column, largest(s)[..., None])  # 1 / (s_j² - s_i²)
    p, q = H(u) @ gu, vh @ gv
    inner = (f * p + H(f * p)) * row + column * (f * q + H(f * q)) + diag(gs * (one_over != 0))
    inner = inner + imaginary(p) * diag(one_over)  # u and v turn relative to each other
    over, under = gu - u @ p, H(gv - H(vh) @ q)  # both are 0 if a is square
    return conj(
        (u @ inner + over * one_over[..., None, :]) @ vh + u @ (one_over[..., None] * under)
    )


def hermitian_svd_vjp(g, y):
    """By eigh: the eigenvalues are the singular values with a sign, which vh holds."""
    (gu, gs, gvh), (u, s, vh) = g, y
    sign = np.sign(np.sum(np.real(u * T(vh)), axis=-2))
    gv = gu + H(gvh) * sign[..., None, :]
    return eigh_vjp((gs * sign, gv), (s * sign, u), "L")


rule(np.linalg.svd, a=svd_vjp)
composed(np.linalg.svdvals, lambda x, /: np.linalg.svd(x, compute_uv=False))
