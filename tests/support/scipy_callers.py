"""Callers of SciPy, as those of `tests.support.callers`: a counterpart, or a recipe with a rule."""

import numpy as np
import scipy.fft
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.sparse.linalg
import scipy.spatial
import scipy.special
import scipy.stats
from scipy import stats

import autograd_lite as al
from autograd_lite import special
from autograd_lite.scipy import (
    fft,
    integrate,
    interpolate,
    linalg,
    ndimage,
    optimize,
    signal,
    sparse,
)
from autograd_lite.scipy import special as ours_special
from autograd_lite.scipy import stats as ours
from autograd_lite.scipy.spatial import distance
from tests.support.callers import Caller, N, W

I = np.arange(N)
matrix = lambda x: np.outer(x, x) + np.diag(x + 2)
projector = lambda basis: basis @ basis.T


# ---- recipes, as the errors spell them ----


SPARSE = scipy.sparse.csc_array(np.diag([2.0, 3.0, 4.0]) + np.eye(N, k=1))

OLDER = scipy.sparse.csr_matrix(SPARSE)


def integrand(s, p):
    return np.exp(-p * s)


def cubic(s, p):
    return s**3 + s - p


def system(s, p):
    return s**3 + s - p + 0.1 * np.sum(s)


def cost(s, p):
    return np.sum((s - p) ** 2) + np.sum(s**4)


@al.implicit(al.grad(cost))
def minimum(p):
    return scipy.optimize.fmin_bfgs(
        lambda s: cost(s, p), np.ones(N), fprime=lambda s: al.grad(cost)(s, p), gtol=1e-12, disp=0
    )


TIGHT = {"rtol": 1e-10, "atol": 1e-12}


K = np.array([0.0, 1.0, 2.0])
Q = np.array([0.2, 0.6, 1.7])
U = W[::-1] / 8 + 0.5  # between 0 and 1

SCIPY = [
    # linear algebra
    Caller(
        "scipy.linalg.inv",
        "use inv of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.inv(matrix(x))),
        lambda x: np.sum(linalg.inv(matrix(x))),
    ),
    Caller(
        "scipy.linalg.det",
        "use det of autograd_lite.scipy.linalg",
        lambda x: scipy.linalg.det(matrix(x)),
        lambda x: linalg.det(matrix(x)),
    ),
    Caller(
        "scipy.linalg.eigvalsh",
        "use eigvalsh of autograd_lite.scipy.linalg",
        lambda x: scipy.linalg.eigvalsh(matrix(x)) @ W,
        lambda x: linalg.eigvalsh(matrix(x)) @ W,
    ),
    Caller(
        "scipy.linalg.solve_triangular",
        "use solve_triangular of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.solve_triangular(matrix(x), W, lower=True)),
        lambda x: np.sum(linalg.solve_triangular(matrix(x), W, lower=True)),
    ),
    Caller(
        "scipy.linalg.cho_factor",
        "use cho_factor of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.cho_solve(scipy.linalg.cho_factor(matrix(x)), W)),
        lambda x: np.sum(linalg.cho_solve(linalg.cho_factor(matrix(x)), W)),
    ),
    Caller(
        "scipy.linalg.cholesky",
        "use cholesky of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.cholesky(matrix(x)) * matrix(W)),
        lambda x: np.sum(linalg.cholesky(matrix(x)) * matrix(W)),
    ),
    Caller(
        "scipy.linalg.sqrtm",
        "use sqrtm of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.sqrtm(matrix(x))),
        lambda x: np.sum(linalg.sqrtm(matrix(x))),
    ),
    Caller(
        "scipy.linalg.logm",
        "use logm of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.logm(matrix(x))),
        lambda x: np.sum(linalg.logm(matrix(x))),
    ),
    Caller(
        "scipy.linalg.expm",
        "use expm of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.expm(matrix(x) / 9)),
        lambda x: np.sum(linalg.expm(matrix(x) / 9)),
    ),
    Caller(
        "scipy.linalg.block_diag",
        "use block_diag of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.block_diag(matrix(x), np.eye(1)) ** 2),
        lambda x: np.sum(linalg.block_diag(matrix(x), np.eye(1)) ** 2),
    ),
    Caller(
        "scipy.linalg.toeplitz",
        "use toeplitz of autograd_lite.scipy.linalg",
        lambda x: np.linalg.det(scipy.linalg.toeplitz(x)),
        lambda x: np.linalg.det(linalg.toeplitz(x)),
    ),
    Caller(
        "scipy.linalg.circulant",
        "use circulant of autograd_lite.scipy.linalg",
        lambda x: np.linalg.det(scipy.linalg.circulant(x)),
        lambda x: np.linalg.det(linalg.circulant(x)),
    ),
    Caller(
        "scipy.linalg.solve_toeplitz",
        "use solve_toeplitz of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.solve_toeplitz(x + 9 * (I == 0), W)),
        lambda x: np.sum(linalg.solve_toeplitz(x + 9 * (I == 0), W)),
    ),
    Caller(
        "scipy.linalg.solve_sylvester",
        "use solve_sylvester of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.solve_sylvester(matrix(x), np.eye(N), np.eye(N))),
        lambda x: np.sum(linalg.solve_sylvester(matrix(x), np.eye(N), np.eye(N))),
    ),
    Caller(
        "scipy.linalg.polar",
        "use polar of autograd_lite.scipy.linalg",
        lambda x: np.sum(scipy.linalg.polar(matrix(x))[0] * matrix(W)),
        lambda x: np.sum(linalg.polar(matrix(x))[0] * matrix(W)),
    ),
    Caller(
        "scipy.linalg.null_space",
        "np.eye(A.shape[-1]) - np.linalg.pinv(A) @ A",
        lambda x: np.sum(projector(scipy.linalg.null_space(x[None]))),
        lambda x: np.sum(np.eye(N) - np.linalg.pinv(x[None]) @ x[None]),
    ),
    Caller(
        "scipy.linalg.orth",
        "A @ np.linalg.pinv(A), or np.linalg.qr(A).Q",
        lambda x: np.sum(projector(scipy.linalg.orth(x[:, None]))),
        lambda x: np.sum(projector(np.linalg.qr(x[:, None]).Q)),
    ),
    Caller(
        "scipy.fft.rfft",
        "use np.fft.rfft",
        lambda x: np.sum(np.abs(scipy.fft.rfft(x)) ** 2),
        lambda x: np.sum(np.abs(np.fft.rfft(x)) ** 2),
    ),
    # probability
    Caller(
        "stats.norm.pdf",
        "use norm.pdf of autograd_lite.scipy.stats",
        lambda x: np.sum(stats.norm.pdf(W, x, 2.0)),
        lambda x: np.sum(ours.norm.pdf(W, x, 2.0)),
    ),
    Caller(
        "stats.norm.logpdf",
        "use norm.logpdf of autograd_lite.scipy.stats",
        lambda x: np.sum(stats.norm.logpdf(W, scale=x)),
        lambda x: np.sum(ours.norm.logpdf(W, scale=x)),
    ),
    Caller(
        "stats.norm(x, 1.0).logpdf",
        "use norm.logpdf of autograd_lite.scipy.stats",
        lambda x: np.sum(stats.norm(x, 1.0).logpdf(W)),
        lambda x: np.sum(ours.norm(x, 1.0).logpdf(W)),
    ),
    Caller(
        "scipy.stats.norm.cdf",
        "use norm.cdf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.norm.cdf(x)),
        lambda x: np.sum(ours.norm.cdf(x)),
    ),
    Caller(
        "scipy.stats.norm.sf",
        "use norm.sf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.norm.sf(x)),
        lambda x: np.sum(ours.norm.sf(x)),
    ),
    Caller(
        "scipy.stats.norm.logcdf",
        "use norm.logcdf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.norm.logcdf(x)),
        lambda x: np.sum(ours.norm.logcdf(x)),
    ),
    Caller(
        "scipy.stats.norm.ppf",
        "use norm.ppf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.norm.ppf(x / 4)),
        lambda x: np.sum(ours.norm.ppf(x / 4)),
    ),
    Caller(
        "scipy.stats.expon.logpdf",
        "use expon.logpdf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.expon.logpdf(Q, scale=x)),
        lambda x: np.sum(ours.expon.logpdf(Q, scale=x)),
    ),
    Caller(
        "scipy.stats.gamma.logpdf",
        "use gamma.logpdf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.gamma.logpdf(Q, x)),
        lambda x: np.sum(ours.gamma.logpdf(Q, x)),
    ),
    Caller(
        "scipy.stats.beta.logpdf",
        "use beta.logpdf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.beta.logpdf(U, x, 2.0)),
        lambda x: np.sum(ours.beta.logpdf(U, x, 2.0)),
    ),
    Caller(
        "scipy.stats.poisson.logpmf",
        "use poisson.logpmf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.poisson.logpmf(K, x)),
        lambda x: np.sum(ours.poisson.logpmf(K, x)),
    ),
    Caller(
        "scipy.stats.binom.logpmf",
        "use binom.logpmf of autograd_lite.scipy.stats",
        lambda x: np.sum(scipy.stats.binom.logpmf(K, 4, x / 4)),
        lambda x: np.sum(ours.binom.logpmf(K, 4, x / 4)),
    ),
    Caller(
        "scipy.stats.multivariate_normal.logpdf",
        "use multivariate_normal.logpdf of autograd_lite.scipy.stats",
        lambda x: scipy.stats.multivariate_normal.logpdf(W, x, matrix(Q)),
        lambda x: ours.multivariate_normal.logpdf(W, x, matrix(Q)),
    ),
    Caller(
        "scipy.stats.zscore",
        "(x - np.mean(x)) / np.std(x)",
        lambda x: scipy.stats.zscore(x) @ W,
        lambda x: (x - np.mean(x)) / np.std(x) @ W,
    ),
    Caller(
        "scipy.stats.gmean",
        "np.exp(np.mean(np.log(x)))",
        lambda x: scipy.stats.gmean(x),
        lambda x: np.exp(np.mean(np.log(x))),
    ),
    Caller(
        "scipy.stats.entropy",
        "np.sum(scipy.special.entr(p / np.sum(p)))",
        lambda x: scipy.stats.entropy(x),
        lambda x: np.sum(scipy.special.entr(x / np.sum(x))),
    ),
    # special functions
    Caller(
        "scipy.special.logsumexp",
        "use al.special.logsumexp",
        lambda x: scipy.special.logsumexp(x),
        lambda x: special.logsumexp(x),
    ),
    Caller(
        "scipy.special.softmax",
        "use al.special.softmax",
        lambda x: scipy.special.softmax(x) @ W,
        lambda x: special.softmax(x) @ W,
    ),
    Caller(
        "scipy.special.log_softmax",
        "use al.special.log_softmax",
        lambda x: scipy.special.log_softmax(x) @ W,
        lambda x: special.log_softmax(x) @ W,
    ),
    Caller(
        "scipy.special.comb",
        "use comb of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.comb(5.0, x)),
        lambda x: np.sum(ours_special.comb(5.0, x)),
    ),
    Caller(
        "scipy.special.perm",
        "use perm of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.perm(5.0, x)),
        lambda x: np.sum(ours_special.perm(5.0, x)),
    ),
    Caller(
        "scipy.special.factorial",
        "use factorial of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.factorial(x)),
        lambda x: np.sum(ours_special.factorial(x)),
    ),
    Caller(
        "scipy.special.diric",
        "use diric of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.diric(x, 3)),
        lambda x: np.sum(ours_special.diric(x, 3)),
    ),
    Caller(
        "scipy.special.spherical_jn",
        "use spherical_jn of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.spherical_jn(2, x)),
        lambda x: np.sum(ours_special.spherical_jn(2, x)),
    ),
    Caller(
        "scipy.special.spherical_yn",
        "use spherical_yn of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.spherical_yn(2, x)),
        lambda x: np.sum(ours_special.spherical_yn(2, x)),
    ),
    Caller(
        "scipy.special.spherical_in",
        "use spherical_in of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.spherical_in(2, x)),
        lambda x: np.sum(ours_special.spherical_in(2, x)),
    ),
    Caller(
        "scipy.special.spherical_kn",
        "use spherical_kn of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.spherical_kn(2, x)),
        lambda x: np.sum(ours_special.spherical_kn(2, x)),
    ),
    Caller(
        "scipy.special.legendre_p",
        "use legendre_p of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.legendre_p(2, x / 8)),
        lambda x: np.sum(ours_special.legendre_p(2, x / 8)),
    ),
    Caller(
        "scipy.special.assoc_legendre_p",
        "use assoc_legendre_p of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.assoc_legendre_p(2, 1, x / 8)),
        lambda x: np.sum(ours_special.assoc_legendre_p(2, 1, x / 8)),
    ),
    Caller(
        "scipy.special.sph_legendre_p",
        "use sph_legendre_p of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.sph_legendre_p(2, 1, x)),
        lambda x: np.sum(ours_special.sph_legendre_p(2, 1, x)),
    ),
    Caller(
        "scipy.special.sph_harm_y",
        "use sph_harm_y of autograd_lite.scipy.special",
        lambda x: np.sum(scipy.special.sph_harm_y(2, 1, x, 0.5).real),
        lambda x: np.sum(ours_special.sph_harm_y(2, 1, x, 0.5).real),
    ),
    # integrals and differential equations
    Caller(
        "scipy.integrate.quad",
        "use quad of autograd_lite.scipy.integrate",
        lambda x: scipy.integrate.quad(lambda s: integrand(s, x[0]), 0.0, 1.0)[0],
        lambda x: integrate.quad(lambda s: integrand(s, x[0]), 0.0, 1.0)[0],
    ),
    Caller(
        "scipy.integrate.trapezoid",
        "use trapezoid of autograd_lite.scipy.integrate",
        lambda x: scipy.integrate.trapezoid(x, W),
        lambda x: integrate.trapezoid(x, W),
    ),
    Caller(
        "scipy.integrate.simpson",
        "use simpson of autograd_lite.scipy.integrate",
        lambda x: scipy.integrate.simpson(x, x=Q),
        lambda x: integrate.simpson(x, x=Q),
    ),
    Caller(
        "scipy.integrate.solve_ivp",
        "use solve_ivp of autograd_lite.scipy.integrate",
        lambda x: np.sum(
            scipy.integrate.solve_ivp(lambda s, y: -x * y, (0, 1), np.ones(N), **TIGHT).y[:, -1]
        ),
        lambda x: np.sum(
            integrate.solve_ivp(lambda s, y: -x * y, (0, 1), np.ones(N), **TIGHT).y[:, -1]
        ),
    ),
    Caller(
        "scipy.integrate.odeint",
        "use odeint of autograd_lite.scipy.integrate",
        lambda x: np.sum(
            scipy.integrate.odeint(lambda y, s: -x * y, np.ones(N), [0.0, 1.0], **TIGHT)[-1]
        ),
        lambda x: np.sum(
            integrate.odeint(lambda y, s: -x * y, np.ones(N), [0.0, 1.0], **TIGHT)[-1]
        ),
    ),
    Caller(
        "scipy.integrate.dblquad",
        "write one quad of autograd_lite.scipy.integrate within the other",
        lambda x: scipy.integrate.dblquad(lambda t, s: integrand(s * t, x[0]), 0, 1, 0, 1)[0],
        lambda x: integrate.quad(
            lambda s: integrate.quad(lambda t: integrand(s * t, x[0]), 0, 1)[0], 0, 1
        )[0],
    ),
    # roots and minima; of those in C the error of a function may be lost behind another
    Caller(
        "scipy.optimize.toms748",
        "use toms748 of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.toms748(lambda s: cubic(s, x[2]), 0.0, 5.0),
        lambda x: optimize.toms748(lambda s: cubic(s, x[2]), 0.0, 5.0),
    ),
    Caller(
        "scipy.optimize.root_scalar",
        "use root_scalar of autograd_lite.scipy.optimize",
        lambda x: (
            scipy.optimize.root_scalar(
                lambda s: cubic(s, x[2]), bracket=(0.0, 5.0), method="toms748"
            ).root
        ),
        lambda x: (
            optimize.root_scalar(
                lambda s: cubic(s, x[2]), bracket=(0.0, 5.0), method="toms748"
            ).root
        ),
    ),
    Caller(
        "scipy.optimize.fsolve",
        "use fsolve of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.fsolve(lambda s: system(s, x), np.ones(N), xtol=1e-12) @ W,
        lambda x: optimize.fsolve(lambda s: system(s, x), np.ones(N), xtol=1e-12) @ W,
    ),
    Caller(
        "scipy.optimize.root",
        "use root of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.root(lambda s: system(s, x), np.ones(N), tol=1e-12).x @ W,
        lambda x: optimize.root(lambda s: system(s, x), np.ones(N), tol=1e-12).x @ W,
    ),
    Caller(
        "scipy.optimize.minimize",
        "use minimize of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.minimize(lambda s: cost(s, x), np.ones(N), tol=1e-13).x @ W,
        lambda x: optimize.minimize(lambda s: cost(s, x), np.ones(N), tol=1e-13).x @ W,
        lambda x: scipy.optimize.newton(lambda s: 2 * (s - x) + 4 * s**3, x / 2) @ W,
    ),
    Caller(
        "scipy.optimize.minimize_scalar",
        "use minimize_scalar of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.minimize_scalar(lambda s: np.exp(s) - s * x[2]).fun,
        lambda x: optimize.minimize_scalar(lambda s: np.exp(s) - s * x[2]).fun,
    ),
    Caller(
        "scipy.optimize.least_squares",
        "use least_squares of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.least_squares(lambda s: system(s, x), np.ones(N)).x @ W,
        lambda x: optimize.least_squares(lambda s: system(s, x), np.ones(N)).x @ W,
    ),
    Caller(
        "scipy.optimize.curve_fit",
        "use curve_fit of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.curve_fit(lambda t, a: a * t, Q, x, xtol=1e-14, ftol=1e-14)[0][0],
        lambda x: optimize.curve_fit(lambda t, a: a * t, Q, x, xtol=1e-14, ftol=1e-14)[0][0],
        lambda x: Q @ x / (Q @ Q),
    ),
    Caller(
        "scipy.optimize.nnls",
        "use nnls of autograd_lite.scipy.optimize",
        lambda x: scipy.optimize.nnls(matrix(W), x)[1],
        lambda x: optimize.nnls(matrix(W), x)[1],
    ),
    Caller(
        "scipy.optimize.linear_sum_assignment",
        "use linear_sum_assignment of autograd_lite.scipy.optimize",
        lambda x: np.sum(matrix(x)[scipy.optimize.linear_sum_assignment(matrix(x))]),
        lambda x: np.sum(matrix(x)[optimize.linear_sum_assignment(matrix(x))]),
    ),
    Caller(
        "scipy.optimize.fmin_bfgs",
        "@al.implicit(al.grad(f))",
        lambda x: scipy.optimize.fmin_bfgs(lambda s: cost(s, x), np.ones(N), disp=0) @ W,
        lambda x: minimum(x) @ W,
        lambda x: scipy.optimize.newton(lambda s: 2 * (s - x) + 4 * s**3, x / 2) @ W,
    ),
    # what is linear in its values
    Caller(
        "scipy.interpolate.interp1d",
        "use interp1d of autograd_lite.scipy.interpolate",
        lambda x: np.sum(scipy.interpolate.interp1d(K, x)(Q)),
        lambda x: np.sum(interpolate.interp1d(K, x)(Q)),
    ),
    Caller(
        "scipy.interpolate.CubicSpline",
        "use CubicSpline of autograd_lite.scipy.interpolate",
        lambda x: scipy.interpolate.CubicSpline(K, x)(Q) @ W,
        lambda x: interpolate.CubicSpline(K, x)(Q) @ W,
    ),
    Caller(
        "scipy.ndimage.gaussian_filter",
        "use gaussian_filter of autograd_lite.scipy.ndimage",
        lambda x: scipy.ndimage.gaussian_filter(x, 1.0) @ W,
        lambda x: ndimage.gaussian_filter(x, 1.0) @ W,
    ),
    Caller(
        "scipy.signal.savgol_filter",
        "act on np.eye(n)",
        lambda x: scipy.signal.savgol_filter(x, 3, 1) @ W,
        lambda x: scipy.signal.savgol_filter(np.eye(N), 3, 1) @ x @ W,
    ),
    Caller(
        "scipy.signal.convolve",
        "use convolve of autograd_lite.scipy.signal",
        lambda x: np.sum(scipy.signal.convolve(x, W) * np.arange(5)),
        lambda x: np.sum(signal.convolve(x, W) * np.arange(5)),
    ),
    Caller(
        "scipy.fft.dct",
        "use dct of autograd_lite.scipy.fft",
        lambda x: scipy.fft.dct(x) @ W,
        lambda x: fft.dct(x) @ W,
    ),
    Caller(
        "scipy.spatial.distance.cdist",
        "use cdist of autograd_lite.scipy.spatial.distance",
        lambda x: np.sum(scipy.spatial.distance.cdist(matrix(x), matrix(W))),
        lambda x: np.sum(distance.cdist(matrix(x), matrix(W))),
    ),
    # sparse matrices
    Caller(
        "SPARSE * x",
        "compute with SPARSE.toarray() * x",
        lambda x: np.sum((SPARSE * x).sum(0) * W),
        lambda x: np.sum((SPARSE.toarray() * x).sum(0) * W),
    ),
    Caller(
        "SPARSE.multiply(x)",
        "compute with SPARSE.toarray() * x",
        lambda x: np.sum(SPARSE.multiply(x).sum(0) * W),
        lambda x: np.sum((SPARSE.toarray() * x).sum(0) * W),
    ),
    Caller(
        "x * OLDER",
        "compute with x @ OLDER",
        lambda x: x * OLDER @ W,
        lambda x: x @ OLDER @ W,
    ),
    Caller(
        "np.dot(SPARSE, x)",
        "compute with SPARSE @ x",
        lambda x: np.dot(SPARSE, x) @ W,
        lambda x: SPARSE @ x @ W,
        lambda x: SPARSE.toarray() @ x @ W,
    ),
    Caller(
        "x.dot(SPARSE)",
        "compute with x @ SPARSE",
        lambda x: x.dot(SPARSE) @ W,
        lambda x: x @ SPARSE @ W,
        lambda x: x @ SPARSE.toarray() @ W,
    ),
    Caller(
        "x + SPARSE",
        "compute with SPARSE.toarray()",
        lambda x: np.sum((x + SPARSE) ** 2),
        lambda x: np.sum((x + SPARSE.toarray()) ** 2),
        lambda x: np.sum((x + SPARSE.toarray()) ** 2),
    ),
    Caller(
        "scipy.sparse.linalg.spsolve",
        "use spsolve of autograd_lite.scipy.sparse.linalg",
        lambda x: scipy.sparse.linalg.spsolve(SPARSE, x) @ W,
        lambda x: sparse.linalg.spsolve(SPARSE, x) @ W,
    ),
    Caller(
        "scipy.sparse.linalg.cg",
        "use cg of autograd_lite.scipy.sparse.linalg",
        lambda x: scipy.sparse.linalg.cg(np.eye(N), x)[0] @ W,
        lambda x: sparse.linalg.cg(np.eye(N), x)[0] @ W,
    ),
    Caller(
        "scipy.sparse.csr_array",
        "use csr_array of autograd_lite.scipy.sparse",
        lambda x: scipy.sparse.csr_array((x, (I, I))) @ W @ W,
        lambda x: sparse.csr_array((x, (I, I))) @ W @ W,
    ),
    Caller(
        "scipy.sparse.diags",
        "use diags_array of autograd_lite.scipy.sparse",
        lambda x: scipy.sparse.diags(x) @ W @ W,
        lambda x: sparse.diags_array(x) @ W @ W,
    ),
]
