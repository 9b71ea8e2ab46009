"""The multivariate normal distribution, by value, mean and covariance, through one Cholesky factor.

With Σ = LLᵀ and w = L⁻¹(x − μ), ln f = −(wᵀw + n ln 2π) / 2 − Σᵢ ln Lᵢᵢ.  With α = L⁻ᵀw, its
slopes are −α by x and (ααᵀ − Σ⁻¹) / 2 by Σ.  This is symmetric, as all changes of Σ are.
"""

import math
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.scipy.stats.distribution import Distribution, is_tracked

Array = Any


def halves(x: Array, mean: Array, cov: Array) -> tuple[Array, Array, Array]:
    """L, its inverse, and w for every point."""
    factor = np.linalg.cholesky(cov)
    inverse = np.linalg.solve(factor, np.eye(np.shape(cov)[-1]))
    return factor, inverse, (x - mean) @ np.transpose(inverse)


def log_density(factor: Array, w: Array) -> Array:
    n = np.shape(factor)[-1]
    constant = n / 2 * math.log(2 * math.pi) + np.sum(np.log(np.diagonal(factor)))
    return -np.sum(w * w, axis=-1) / 2 - constant


@primitive
def gaussian(x: Array, mean: Array, cov: Array) -> Array:
    """ln f of points in the last axis of ``x``."""
    factor, _, w = halves(x, mean, cov)
    return log_density(factor, w)


def residuals(x: Array, mean: Array, cov: Array) -> tuple[Array, Array]:
    """Σ⁻¹, and α for every point."""
    _, inverse, w = halves(x, mean, cov)
    return np.transpose(inverse) @ inverse, w @ inverse


def forward(x: Array, mean: Array, cov: Array) -> tuple[Array, tuple[Array, Array]]:
    factor, inverse, w = halves(x, mean, cov)
    return log_density(factor, w), (inverse.T @ inverse, w @ inverse)


def by_point(g: Array, residuals: tuple[Array, Array]) -> Array:
    return -np.expand_dims(g, -1) * residuals[1]


def by_mean(g: Array, residuals: tuple[Array, Array]) -> Array:
    n = np.shape(residuals[0])[-1]
    return np.sum(np.reshape(np.expand_dims(g, -1) * residuals[1], (-1, n)), axis=0)


def by_covariance(g: Array, residuals: tuple[Array, Array]) -> Array:
    precision, alpha = residuals
    alpha = np.reshape(alpha, (-1, np.shape(precision)[-1]))
    weighted = np.reshape(g, (-1, 1)) * alpha
    return (np.transpose(weighted) @ alpha - np.sum(g) * precision) / 2


rule(
    gaussian,
    x=by_point,
    mean=by_mean,
    cov=by_covariance,
    residuals=residuals,
    forward=forward,
)


def prepared(x: Array, mean: Array, cov: Array) -> tuple[Array, Array, Array]:
    """Points, mean and covariance in full, and float64: SciPy takes numbers and a diagonal, too."""
    if mean is None:
        mean = np.zeros(np.shape(cov)[0] if np.ndim(cov) > 1 else 1)
    mean = np.reshape(mean, (1,)) if np.ndim(mean) == 0 else mean
    n = np.shape(mean)[0]
    if np.ndim(cov) < 2:
        cov = np.eye(n) * cov
    if np.ndim(x) == 0:
        x = np.reshape(x, (1, 1))
    elif np.ndim(x) == 1:
        x = np.reshape(x, (-1, 1) if n == 1 else (1, -1))
    if np.shape(x)[-1] != n or np.shape(mean) != (n,) or np.shape(cov) != (n, n):
        raise ValueError(
            f"multivariate_normal: points of shape {np.shape(x)}, a mean of shape "
            f"{np.shape(mean)} and a covariance of shape {np.shape(cov)} do not fit together; "
            f"give (…, n), (n,) and (n, n)"
        )
    return x, mean, cov


def wide(x: Array) -> Array:
    """``x`` in float64, as SciPy computes; a list may have Tensors in it."""
    x = np.stack(x) if type(x) in (list, tuple) and is_tracked(x) else x
    if x is None or not is_tracked(x):
        return x if x is None else np.asarray(x, float)
    return x if x.dtype == float else x.astype(float)


def logpdf(x: Array, mean: Array = None, cov: Array = 1, allow_singular: bool = False) -> Array:
    """ln f of points in the last axis of ``x``; on plain arrays, SciPy's.

    LinAlgError where a covariance that varies is not positive definite, TypeError if it is allowed
    to be singular.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import stats
    >>> al.grad(lambda m: stats.multivariate_normal.logpdf([1.0, 2.0], m, np.eye(2)))(np.zeros(2))
    array([1., 2.])
    """
    if not is_tracked([x, mean, cov]):
        return theirs.multivariate_normal.logpdf(x, mean, cov, allow_singular)
    if allow_singular:
        raise TypeError(
            "multivariate_normal: a singular covariance has no density that can be "
            "differentiated; leave allow_singular out, and add 1e-6 * np.eye(n) to cov"
        )
    return np.squeeze(gaussian(*prepared(*map(wide, (x, mean, cov)))))


def pdf(x: Array, mean: Array = None, cov: Array = 1, allow_singular: bool = False) -> Array:
    """f = e^(ln f); on plain arrays, SciPy's.

    >>> from autograd_lite.scipy import stats
    >>> float(stats.multivariate_normal.pdf([0.0, 0.0], [0.0, 0.0], [0.5, 0.5]).round(3))
    0.318
    """
    if not is_tracked([x, mean, cov]):
        return theirs.multivariate_normal.pdf(x, mean, cov, allow_singular)
    return np.exp(logpdf(x, mean, cov, allow_singular))


def entropy(mean: Array = None, cov: Array = 1) -> Array:
    """The entropy (n ln (2πe) + ln |Σ|) / 2; on plain arrays, SciPy's.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import stats
    >>> al.grad(lambda cov: stats.multivariate_normal.entropy(cov=cov))(np.eye(2))
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    if not is_tracked([mean, cov]):
        return theirs.multivariate_normal.entropy(mean, cov)
    _, mean, cov = prepared(np.zeros(np.shape(cov)[:1] or (1,)), wide(mean), wide(cov))
    n = np.shape(cov)[0]
    return n / 2 * (1 + math.log(2 * math.pi)) + np.linalg.slogdet(cov)[1] / 2 + 0 * np.sum(mean)


def student_logpdf(x: Array, loc: Array = None, shape: Array = 1, df: Array = 1) -> Array:
    """ln f of Student's distribution at points in the last axis; on plain arrays, SciPy's.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import stats
    >>> f = lambda x: stats.multivariate_t.logpdf(x, np.zeros(2), np.eye(2), 2.0)
    >>> al.grad(f)(np.array([1.0, 1.0]))
    array([-1., -1.])
    """
    if not is_tracked([x, loc, shape, df]):
        return theirs.multivariate_t.logpdf(x, loc, shape, df)
    x, loc, shape = prepared(*map(wide, (x, loc, shape)))
    n, df = np.shape(shape)[0], wide(df)
    factor = np.linalg.cholesky(shape)
    away = np.reshape(x - loc, (-1, n))
    w = np.linalg.solve(factor, np.transpose(away))
    distance = np.reshape(np.sum(w * w, axis=0), np.shape(x)[:-1])
    constant = sp.gammaln((df + n) / 2) - sp.gammaln(df / 2) - n / 2 * np.log(df * math.pi)
    half = constant - np.sum(np.log(np.diagonal(factor)))
    return np.squeeze(half - (df + n) / 2 * np.log1p(distance / df))


def student_pdf(x: Array, loc: Array = None, shape: Array = 1, df: Array = 1) -> Array:
    """f = e^(ln f); on plain arrays, SciPy's."""
    if not is_tracked([x, loc, shape, df]):
        return theirs.multivariate_t.pdf(x, loc, shape, df)
    return np.exp(student_logpdf(x, loc, shape, df))


multivariate_t = Distribution(
    theirs.multivariate_t,
    {"logpdf": student_logpdf, "pdf": student_pdf},
    "loc + np.sqrt(df / rng.chisquare(al.stop_gradient(df), (size, 1))) * "
    "(rng.standard_normal((size, len(loc))) @ np.linalg.cholesky(shape).T)",
    "multivariate_t",
)
multivariate_normal = Distribution(
    theirs.multivariate_normal,
    {"logpdf": logpdf, "pdf": pdf, "entropy": entropy},
    "mean + rng.standard_normal((size, len(mean))) @ np.linalg.cholesky(cov).T",
    "multivariate_normal",
)
