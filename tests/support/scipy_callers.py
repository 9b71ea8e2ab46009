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
from autograd_lite.scipy import stats as ours
from tests.support.callers import Caller, N, W

I = np.arange(N)
matrix = lambda x: np.outer(x, x) + np.diag(x + 2)
plain = al.stop_gradient


# ---- recipes, as the errors spell them ----


@al.primitive
def expm(A):
    return scipy.linalg.expm(A)


al.rule(expm, A=lambda g, A: scipy.linalg.expm_frechet(A.T, g, compute_expm=False))


@al.primitive
def lambertw(z):
    return scipy.special.lambertw(z).real


al.rule(lambertw, z=lambda g, z, y: g * y / (z * (1 + y)))

SPARSE = scipy.sparse.csc_array(np.diag([2.0, 3.0, 4.0]) + np.eye(N, k=1))


@al.primitive
def spsolve(b, A):
    return scipy.sparse.linalg.spsolve(A, b)


al.rule(spsolve, b=lambda g, A: scipy.sparse.linalg.spsolve(A.T, g))


def integrand(s, p):
    return np.exp(-p * s)


@al.primitive
def integral(p):
    return scipy.integrate.quad(integrand, 0.0, 1.0, args=(p,))[0]


al.rule(
    integral,
    p=lambda g, p: g * scipy.integrate.quad(al.grad(integrand, 1), 0.0, 1.0, args=(p,))[0],
)


def cubic(s, p):
    return s**3 + s - p


def root(p):
    c = plain(p)
    r = scipy.optimize.brentq(lambda s: cubic(s, c), 0.0, 5.0)
    return r - cubic(r, p) / al.grad(cubic)(r, c)


def root_scalar(p):
    c = plain(p)
    r = scipy.optimize.root_scalar(lambda s: cubic(s, c), bracket=(0.0, 5.0)).root
    return r - cubic(r, p) / al.grad(cubic)(r, c)


def system(s, p):
    return s**3 + s - p + 0.1 * np.sum(s)


def fsolve(p):
    c = plain(p)
    r = scipy.optimize.fsolve(lambda s: system(s, c), np.ones(N), xtol=1e-12)
    return r - np.linalg.solve(al.jacobian(system)(r, c), system(r, p))


def several_roots(p):
    c = plain(p)
    r = scipy.optimize.root(lambda s: system(s, c), np.ones(N), tol=1e-12).x
    return r - np.linalg.solve(al.jacobian(system)(r, c), system(r, p))


def cost(s, p):
    return np.sum((s - p) ** 2) + np.sum(s**4)


def minimum(p):
    c = plain(p)
    r = scipy.optimize.minimize(
        lambda s: cost(s, c), np.ones(N), jac=lambda s: al.grad(cost)(s, c), tol=1e-12
    ).x
    return r - np.linalg.solve(al.hessian(cost)(r, c), al.grad(cost)(r, p))


def runge_kutta(p, n=200):
    h = 1.0 / n
    f = lambda s, y: -p * y

    def step(y, s):
        k1 = f(s, y)
        k2 = f(s + h / 2, y + h / 2 * k1)
        k3 = f(s + h / 2, y + h / 2 * k2)
        k4 = f(s + h, y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), y

    y, _ = al.scan(step, np.ones(N), h * np.arange(n))
    return y


def logarithm_of_symmetric(A):
    w, V = np.linalg.eigh(A)
    return (V * np.log(w)) @ V.T


def root_of_symmetric(A):
    w, V = np.linalg.eigh(A)
    return (V * np.sqrt(w)) @ V.T


K = np.array([0.0, 1.0, 2.0])
Q = np.array([0.2, 0.6, 1.7])
U = W[::-1] / 8 + 0.5  # between 0 and 1

SCIPY = [
    # linear algebra
    Caller(
        "scipy.linalg.inv",
        "use np.linalg.inv",
        lambda x: np.sum(scipy.linalg.inv(matrix(x))),
        lambda x: np.sum(np.linalg.inv(matrix(x))),
    ),
    Caller(
        "scipy.linalg.det",
        "use np.linalg.det",
        lambda x: scipy.linalg.det(matrix(x)),
        lambda x: np.linalg.det(matrix(x)),
    ),
    Caller(
        "scipy.linalg.eigvalsh",
        "use np.linalg.eigvalsh",
        lambda x: scipy.linalg.eigvalsh(matrix(x)) @ W,
        lambda x: np.linalg.eigvalsh(matrix(x)) @ W,
    ),
    Caller(
        "scipy.linalg.solve_triangular",
        "np.linalg.solve(A, b), of np.tril(A)",
        lambda x: np.sum(scipy.linalg.solve_triangular(matrix(x), W, lower=True)),
        lambda x: np.sum(np.linalg.solve(np.tril(matrix(x)), W)),
    ),
    Caller(
        "scipy.linalg.cho_factor",
        "np.linalg.solve(A, b)",
        lambda x: np.sum(scipy.linalg.cho_solve(scipy.linalg.cho_factor(matrix(x)), W)),
        lambda x: np.sum(np.linalg.solve(matrix(x), W)),
    ),
    Caller(
        "scipy.linalg.cholesky",
        "np.linalg.cholesky(matrix(x)), and its transpose",
        lambda x: np.sum(scipy.linalg.cholesky(matrix(x)) * matrix(W)),
        lambda x: np.sum(np.linalg.cholesky(matrix(x)).T * matrix(W)),
    ),
    Caller(
        "scipy.linalg.sqrtm",
        "(V * np.sqrt(w)) @ V.T",
        lambda x: np.sum(scipy.linalg.sqrtm(matrix(x))),
        lambda x: np.sum(root_of_symmetric(matrix(x))),
    ),
    Caller(
        "scipy.linalg.logm",
        "(V * np.log(w)) @ V.T",
        lambda x: np.sum(scipy.linalg.logm(matrix(x))),
        lambda x: np.sum(logarithm_of_symmetric(matrix(x))),
    ),
    Caller(
        "scipy.linalg.expm",
        "al.rule(expm, A=lambda g, A: scipy.linalg.expm_frechet(A.T, g, compute_expm=False))",
        lambda x: np.sum(scipy.linalg.expm(matrix(x) / 9)),
        lambda x: np.sum(expm(matrix(x) / 9)),
    ),
    Caller(
        "scipy.linalg.block_diag",
        "np.block([[A, np.zeros((m, n))], [np.zeros((n, m)), B]])",
        lambda x: np.sum(scipy.linalg.block_diag(matrix(x), np.eye(1)) ** 2),
        lambda x: np.sum(
            np.block([[matrix(x), np.zeros((N, 1))], [np.zeros((1, N)), np.eye(1)]]) ** 2
        ),
    ),
    Caller(
        "scipy.linalg.toeplitz",
        "c[np.abs(np.subtract.outer(i, i))]",
        lambda x: np.linalg.det(scipy.linalg.toeplitz(x)),
        lambda x: np.linalg.det(x[np.abs(np.subtract.outer(I, I))]),
    ),
    Caller(
        "scipy.linalg.circulant",
        "c[np.subtract.outer(i, i) % n]",
        lambda x: np.linalg.det(scipy.linalg.circulant(x)),
        lambda x: np.linalg.det(x[np.subtract.outer(I, I) % N]),
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
        "scipy.special.lambertw",
        "al.rule(lambertw, z=lambda g, z, y: g * y / (z * (1 + y)))",
        lambda x: np.sum(scipy.special.lambertw(x).real),
        lambda x: np.sum(lambertw(x)),
    ),
    # integrals and differential equations
    Caller(
        "scipy.integrate.quad",
        "p=lambda g, p: g * scipy.integrate.quad(al.grad(f, 1), a, b, args=(p,))[0])",
        lambda x: scipy.integrate.quad(lambda s: integrand(s, x[0]), 0.0, 1.0)[0],
        lambda x: integral(x[0]),
    ),
    Caller(
        "scipy.integrate.trapezoid",
        "use np.trapezoid",
        lambda x: scipy.integrate.trapezoid(x, W),
        lambda x: np.trapezoid(x, W),
    ),
    Caller(
        "scipy.integrate.simpson",
        "act on np.eye(n)",
        lambda x: scipy.integrate.simpson(x, x=Q),
        lambda x: scipy.integrate.simpson(np.eye(N), x=Q) @ x,
    ),
    Caller(
        "scipy.integrate.solve_ivp",
        "y, ys = al.scan(step, y0, h * np.arange(n))",
        lambda x: np.sum(
            scipy.integrate.solve_ivp(
                lambda s, y: -x * y, (0.0, 1.0), np.ones(N), rtol=1e-10, atol=1e-12
            ).y[:, -1]
        ),
        lambda x: np.sum(runge_kutta(x)),
    ),
    Caller(
        "scipy.integrate.odeint",
        "k2 = f(s + h / 2, y + h / 2 * k1)",
        lambda x: np.sum(
            scipy.integrate.odeint(
                lambda y, s: -x * y, np.ones(N), [0.0, 1.0], rtol=1e-10, atol=1e-12
            )[-1]
        ),
        lambda x: np.sum(runge_kutta(x)),
    ),
    # roots and minima
    Caller(
        "scipy.optimize.brentq",
        "r = r - f(r, p) / al.grad(f)(r, c)",
        lambda x: scipy.optimize.brentq(lambda s: cubic(s, x[2]), 0.0, 5.0),
        lambda x: root(x[2]),
    ),
    Caller(
        "scipy.optimize.root_scalar",
        "r = scipy.optimize.root_scalar(lambda s: f(s, c), …).root",
        lambda x: scipy.optimize.root_scalar(lambda s: cubic(s, x[2]), bracket=(0.0, 5.0)).root,
        lambda x: root_scalar(x[2]),
    ),
    Caller(
        "scipy.optimize.fsolve",
        "r = r - np.linalg.solve(al.jacobian(f)(r, c), f(r, p))",
        lambda x: scipy.optimize.fsolve(lambda s: system(s, x), np.ones(N), xtol=1e-12) @ W,
        lambda x: fsolve(x) @ W,
    ),
    Caller(
        "scipy.optimize.root",
        "r = scipy.optimize.root(lambda s: f(s, c), …).x",
        lambda x: scipy.optimize.root(lambda s: system(s, x), np.ones(N), tol=1e-12).x @ W,
        lambda x: several_roots(x) @ W,
    ),
    Caller(
        "scipy.optimize.minimize",
        "r = r - np.linalg.solve(al.hessian(f)(r, c), al.grad(f)(r, p))",
        lambda x: scipy.optimize.minimize(lambda s: cost(s, x), np.ones(N)).x @ W,
        lambda x: minimum(x) @ W,
        lambda x: minimum(x) @ W,
    ),
    # what is linear in its values
    Caller(
        "scipy.interpolate.interp1d",
        "np.interp(q, x, y)",
        lambda x: np.sum(scipy.interpolate.interp1d(K, x)(Q)),
        lambda x: np.sum(np.interp(Q, K, x)),
    ),
    Caller(
        "scipy.interpolate.CubicSpline",
        "act on np.eye(n)",
        lambda x: scipy.interpolate.CubicSpline(K, x)(Q) @ W,
        lambda x: scipy.interpolate.CubicSpline(K, np.eye(N))(Q) @ x @ W,
    ),
    Caller(
        "scipy.ndimage.gaussian_filter",
        "act on np.eye(n)",
        lambda x: scipy.ndimage.gaussian_filter(x, 1.0) @ W,
        lambda x: np.stack([scipy.ndimage.gaussian_filter(e, 1.0) for e in np.eye(N)], 1) @ x @ W,
    ),
    Caller(
        "scipy.signal.convolve",
        "np.convolve",
        lambda x: np.sum(scipy.signal.convolve(x, W) * np.arange(5)),
        lambda x: np.sum(np.convolve(x, W) * np.arange(5)),
    ),
    Caller(
        "scipy.spatial.distance.cdist",
        "np.sqrt(np.sum((A[:, None] - B) ** 2, axis=-1))",
        lambda x: np.sum(scipy.spatial.distance.cdist(matrix(x), matrix(W))),
        lambda x: np.sum(np.sqrt(np.sum((matrix(x)[:, None] - matrix(W)) ** 2, axis=-1))),
    ),
    # sparse matrices
    Caller(
        "SPARSE @ x",
        "compute with SPARSE.toarray()",
        lambda x: SPARSE @ x @ W,
        lambda x: SPARSE.toarray() @ x @ W,
    ),
    Caller(
        "SPARSE.dot",
        "compute with SPARSE.toarray()",
        lambda x: SPARSE.dot(x) @ W,
        lambda x: SPARSE.toarray() @ x @ W,
    ),
    Caller(
        "scipy.sparse.linalg.spsolve",
        "al.rule(spsolve, b=lambda g, A: scipy.sparse.linalg.spsolve(A.T, g))",
        lambda x: scipy.sparse.linalg.spsolve(SPARSE, x) @ W,
        lambda x: spsolve(x, SPARSE) @ W,
    ),
    Caller(
        "scipy.sparse.diags",
        "np.diag(x)",
        lambda x: (
            np.sum(scipy.sparse.diags(x).toarray() @ W)
            if isinstance(x, al.Tensor)
            else np.sum(np.diag(x) @ W)
        ),
        lambda x: np.sum(np.diag(x) @ W),
    ),
]
