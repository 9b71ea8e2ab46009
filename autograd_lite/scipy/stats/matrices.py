"""Wishart's distribution and its inverse, of positive definite matrices.

Their functions on Tensors are compositions.  The gradient by a matrix takes its elements as
independent; at a symmetric one it is symmetric.
"""

import math
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats as theirs

from autograd_lite.scipy.stats.distribution import Distribution, on_tensors

Array = Any


def log_gamma(a: Array, n: int) -> Array:
    """ln Γₙ(a), the gamma function of many variables."""
    return n * (n - 1) / 4 * math.log(math.pi) + sum(sp.gammaln(a - j / 2) for j in range(n))


def stacked(x: Array, scale: Array) -> tuple[Array, Array]:
    """The matrices in the last two axes; SciPy has them in the first two.  A number is 1 × 1."""
    scale = np.reshape(scale, (1, 1)) if np.ndim(scale) == 0 else scale
    if np.ndim(scale) == 1:
        scale = np.eye(np.shape(scale)[0]) * scale
    if np.shape(scale) == (1, 1) and np.ndim(x) < 2:
        x = np.reshape(x, (1, 1, -1))
    return (np.moveaxis(x, (0, 1), (-2, -1)) if np.ndim(x) > 2 else x), scale


def log_det(x: Array) -> Array:
    return np.linalg.slogdet(x)[1]


def traced(a: Array, b: Array) -> Array:
    """tr(A⁻¹ B)."""
    return np.trace(np.linalg.solve(a, b), axis1=-2, axis2=-1)


@on_tensors(theirs.wishart.logpdf)
def wishart_logpdf(x: Array, df: Array, scale: Array) -> Array:
    x, scale = stacked(x, scale)
    n = np.shape(scale)[0]
    y = (df - n - 1) / 2 * log_det(x) - traced(scale, x) / 2
    return np.squeeze(y - df * n / 2 * math.log(2) - df / 2 * log_det(scale) - log_gamma(df / 2, n))


@on_tensors(theirs.invwishart.logpdf)
def invwishart_logpdf(x: Array, df: Array, scale: Array) -> Array:
    x, scale = stacked(x, scale)
    n = np.shape(scale)[0]
    y = df / 2 * log_det(scale) - (df + n + 1) / 2 * log_det(x) - traced(x, scale) / 2
    return np.squeeze(y - df * n / 2 * math.log(2) - log_gamma(df / 2, n))


@on_tensors(theirs.wishart.pdf)
def wishart_pdf(x: Array, df: Array, scale: Array) -> Array:
    return np.exp(wishart_logpdf(x, df, scale))


@on_tensors(theirs.invwishart.pdf)
def invwishart_pdf(x: Array, df: Array, scale: Array) -> Array:
    return np.exp(invwishart_logpdf(x, df, scale))


FACTOR = "L @ A @ A.T @ L.T with L = np.linalg.cholesky(scale) and A A.T drawn with scale np.eye(n)"
wishart = Distribution(
    theirs.wishart, {"logpdf": wishart_logpdf, "pdf": wishart_pdf}, FACTOR, "wishart"
)
invwishart = Distribution(
    theirs.invwishart,
    {"logpdf": invwishart_logpdf, "pdf": invwishart_pdf},
    f"np.linalg.inv of a draw of wishart with the inverse scale: {FACTOR}",
    "invwishart",
)
