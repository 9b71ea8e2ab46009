"""Derivatives of the decompositions in ``numpy.linalg``: cholesky, qr, eig, eigh, svd.

Sources: Giles 2008 for eigenvalues; Seeger et al. 2017, "Auto-differentiating linear algebra", for
cholesky, eigh and qr; Walter, Lehmann and Lamour 2012, "On evaluating higher-order derivatives of
the QR decomposition of tall matrices"; Wan and Zhang 2019, "Automatic differentiation for complex
valued SVD".  They are in terms of df = Re(tr(Ḡᴴ dA)); here df = Re(Σ g dA): g = conj(Ḡ).

- cholesky, eigh, eigvalsh and ``hermitian=True`` read one triangle: elsewhere the gradient is 0.
- Eigenvectors and singular vectors are unique up to a factor of modulus 1.  It is taken as
  constant, which is right for every loss that does not depend on it.
- The columns that complete an orthonormal basis in a full svd or qr have no derivative.

Vectors of coinciding values are unique up to a rotation of each other, and a small change of the
matrix may turn them by any angle.  Their rules divide by the gaps between the values: by 0.

- Where nothing depends on the values, a loss has a derivative just if it does not change as the
  vectors turn: a polar factor, a projector on all of an eigenspace.  The rate at which it changes
  is the antisymmetric part of the cotangent.  Where that is 0 up to rounding, so is the term.
- Where nothing depends on the vectors, no gap is needed: sums of a function of the values.
- Where the outcome depends on both, their cotangents do not determine the derivative.  At A = I
  they are the same for the sum of C over V w² Vᵀ = A² and over V Vᵀ = I, if C has the diagonal 0.
- Elsewhere the term is NaN, since a wrong number would go unnoticed.
"""

import numpy as np

from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import conj
from autograd_lite.rules.linalg import (
    H,
    T,
    eye,
    half_lower,
    inverse,
    largest,
    singular_values_vjp,
    tied,
    triangle,
)

#: How many roundings, beside one for each row, LAPACK may find a value away from where it is.
ROUNDINGS = 10
#: Values coincide if fewer roundings than this lie between them: what is divided by their gap then
#: has less than two digits.
APART = 100

# ---- helpers ----


def diag(v):
    return v[..., None, :] * eye(v)


def refuse_extra(name, g, k, remedy):
    if np.shape(g)[-1] > k and branch(np.any(g[..., k:] != 0)):
        raise TypeError(
            f"{name}: the vectors that complete an orthonormal basis are not unique, and have no "
            f"derivative; use {remedy}"
        )


# ---- values that coincide ----


def rounding(x, several=ROUNDINGS):
    """What counts as zero beside 1 in a matrix, or in the values of one."""
    return (several + x.shape[-1]) * np.finfo(x.dtype).eps


def factor(x, size, of):
    """1 / x as a factor of ``of``; where x is 0 up to rounding, 0 if ``of`` is just 0, else NaN."""
    zero = np.abs(x) <= rounding(x) * size
    return np.where(zero & (of != 0), np.nan, ~zero / (x + zero))


def gaps(w, turn, size, used=None, independence=1):
    """F_ij = 1 / (w_j - w_i), which multiplies ``turn``; where they coincide, 0 or NaN.

    ``turn`` is the rate at which the loss changes as vectors i and j turn in their plane, computed
    from numbers as large as ``size``.  ``used`` says with which pairs it varies at all, if it
    varies with the values too.  If it does not, also a small gap must not magnify what is rounding.
    Vectors of little ``independence`` magnify rounding as well.
    """
    d, scale = w[..., None, :] - w[..., None], largest(w)[..., None]
    diagonal, sure = np.eye(w.shape[-1], dtype=bool), np.minimum(1, 10 * independence)
    same = (np.abs(d) * sure <= rounding(w, APART) * scale) & ~diagonal
    if used is None:
        used = np.abs(turn) * sure > rounding(turn, APART) * size
        near = np.abs(d) <= np.sqrt(np.finfo(w.dtype).eps) * scale
        same = same | (near & ~used)
    zero = same | diagonal
    return np.where(same & used, np.nan, ~zero / (d + zero))


def size_of(*vectors):
    """The largest number in any of these matrices."""
    sizes = [np.max(np.abs(v), axis=(-2, -1), keepdims=True, initial=0) for v in vectors]
    return sizes[0] if len(sizes) == 1 else np.maximum(*sizes)


def used_pairs(g, *turns):
    """Whether the loss varies with any of two values, or with how their vectors turn."""
    one = g != 0
    pairs = one[..., None] | one[..., None, :]
    for m in turns:
        pairs = pairs | (m != 0) | T(m != 0)
    return pairs


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


def eigh_vjp(g, y, UPLO, reached):
    (gw, gv), (w, v) = g, y
    m = T(v) @ gv
    used = used_pairs(gw, m) if reached[0] else None
    f = gaps(w, m - H(m), size_of(gv), used) if reached[1] else 0
    return triangle(conj(v) @ (diag(gw) + f * m) @ T(v), UPLO)


def eigvalsh_vjp(g, a, UPLO):
    w, v = np.linalg.eigh(a, UPLO)
    return triangle(conj(v) * tied(g, w)[..., None, :] @ T(v), UPLO)


def eig_vjp(g, y, reached):
    (gw, gv), (w, v) = g, y
    gv = gv - conj(v) * np.sum(gv * v, axis=-2, keepdims=True)  # vᴴ dv = 0: the norm stays 1
    m = T(v) @ gv
    # The cotangents of V f(w) V⁻¹ may all be 0, so with those of the values no pair is idle.
    f = gaps(w, m, size_of(gv), reached[0] or None, independence(v)) if reached[1] else 0
    return from_eigenvectors(v, (diag(gw) + f * m) @ T(v))


def eigvals_vjp(g, y, a):
    w, v = np.linalg.eig(a)
    match = np.argmin(np.abs(w[..., None] - y[..., None, :]), axis=-1)  # eig has its own order
    own = inverse(w - y, largest(w)) == 0  # of coinciding values, each is matched with its own
    match = np.where(own, np.arange(w.shape[-1]), match)
    g = tied(np.take_along_axis(g, match, axis=-1), w)
    return from_eigenvectors(v, g[..., None] * T(v))


def from_eigenvectors(v, x):
    """V⁻ᵀ x; NaN for a defective matrix, which has no basis of eigenvectors up to rounding."""
    return np.linalg.solve(T(np.where(independence(v) <= rounding(v), np.nan, v)), x)


def independence(v):
    """The least singular value of columns of length 1: 1 if they are orthonormal, at least 0."""
    s = np.linalg.svd(stop_gradient(v), compute_uv=False)
    return np.min(s, axis=-1, keepdims=True, initial=1)[..., None]


rule(np.linalg.eigh, a=eigh_vjp)
rule(np.linalg.eigvalsh, a=eigvalsh_vjp)
rule(np.linalg.eig, a=eig_vjp)
rule(np.linalg.eigvals, a=eigvals_vjp)

# ---- singular values and singular vectors ----


def svd_vjp(g, y, a, full_matrices, compute_uv, hermitian, reached):
    if not compute_uv:
        u, s, vh = np.linalg.svd(a, False, True, hermitian)
        g = singular_values_vjp(tied(g, s), u, s, vh)
        return triangle(g, "L") if hermitian else g
    return (hermitian_svd_vjp if hermitian else general_svd_vjp)(g, y, reached)


def general_svd_vjp(g, y, reached):
    """The vectors u and v of a pair turn together by 1 / (s_j - s_i), and apart by 1 / (s_j + s_i).

    Neither of these overflows, as 1 / (s_j² - s_i²) does.
    """
    (gu, gs, gvh), (u, s, vh) = g, y
    k = s.shape[-1]
    refuse_extra("svd", gu, k, "full_matrices=False")
    refuse_extra("svd", T(gvh), k, "full_matrices=False")
    gu, gv, u, vh = conj(gu[..., :k]), T(gvh)[..., :k], u[..., :k], vh[..., :k, :]
    values, vectors = reached[1], reached[0] or reached[2]
    if not vectors:
        return singular_values_vjp(gs, u, s, vh)
    row, column, scale = s[..., None, :], s[..., None], largest(s)[..., None]
    p, q = H(u) @ gu, vh @ gv
    a, b = p - H(p), q - H(q)
    used = used_pairs(gs, p, q) if values else None
    together, apart = (a + b) / 2, (a - b) / 2
    inner = together * gaps(s, together, size_of(gu, gv), used)
    inner = inner + apart * factor(row + column, scale, apart)
    if u.shape[-2] > k or vh.shape[-1] > k or np.iscomplexobj(u):
        # At 0 this is the tip of a cone.  Else s is smooth on either side, with vectors that are.
        gs = np.where(np.isnan(factor(s, scale[..., 0], gs)), np.nan, gs)
    inner = inner + diag(gs) if values else inner
    left = u @ inner
    if u.shape[-2] > k:
        over = gu - u @ p
        left = left + over * factor(row, scale, over)
    back = left @ vh
    if vh.shape[-1] > k:
        under = H(gv - H(vh) @ q)
        back = back + u @ (under * factor(column, scale, under))
    return conj(back)


def hermitian_svd_vjp(g, y, reached):
    """By eigh: the eigenvalues are the singular values with a sign, which vh holds."""
    (gu, gs, gvh), (u, s, vh) = g, y
    sign = np.sign(np.sum(np.real(u * T(vh)), axis=-2))
    gv = gu + H(gvh) * sign[..., None, :]
    return eigh_vjp((gs * sign, gv), (s * sign, u), "L", (reached[1], reached[0] or reached[2]))


rule(np.linalg.svd, a=svd_vjp)
composed(np.linalg.svdvals, lambda x, /: np.linalg.svd(x, compute_uv=False))
