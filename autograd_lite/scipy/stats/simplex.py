"""Points and counts on a simplex: Dirichlet's distribution, and the multinomial one.

Their functions on Tensors are compositions of NumPy's and of ``scipy.special``.
"""

from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats as theirs

from autograd_lite.scipy.stats.distribution import Distribution, is_tracked, on_tensors

Array = Any


def log_beta(alpha: Array) -> Array:
    """ln B(α) = Σ ln Γ(αᵢ) − ln Γ(Σ αᵢ)."""
    return np.sum(sp.gammaln(alpha)) - sp.gammaln(np.sum(alpha))


def whole(x: Array) -> Array:
    """An array of what may be a list with Tensors in it."""
    return np.stack(x) if type(x) in (list, tuple) and is_tracked(x) else x


@on_tensors(theirs.dirichlet.logpdf)
def logpdf(x: Array, alpha: Array) -> Array:
    """ln f of points whose components are in the first axis; the last one may be left out."""
    x, alpha = whole(x), whole(alpha)
    if np.shape(x)[0] + 1 == np.shape(alpha)[0]:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    return np.sum(sp.xlogy(alpha - 1, np.transpose(x)), axis=-1) - log_beta(alpha)


@on_tensors(theirs.dirichlet.pdf)
def pdf(x: Array, alpha: Array) -> Array:
    return np.exp(logpdf(x, alpha))


@on_tensors(theirs.dirichlet.mean)
def mean(alpha: Array) -> Array:
    alpha = whole(alpha)
    return alpha / np.sum(alpha)


@on_tensors(theirs.dirichlet.var)
def var(alpha: Array) -> Array:
    share = mean(alpha)
    return share * (1 - share) / (np.sum(whole(alpha)) + 1)


@on_tensors(theirs.dirichlet.entropy)
def entropy(alpha: Array) -> Array:
    alpha = whole(alpha)
    total, n = np.sum(alpha), np.shape(alpha)[0]
    return log_beta(alpha) + (total - n) * sp.psi(total) - np.sum((alpha - 1) * sp.psi(alpha))


dirichlet = Distribution(
    theirs.dirichlet,
    {"logpdf": logpdf, "pdf": pdf, "mean": mean, "var": var, "entropy": entropy},
    "rng.dirichlet(al.stop_gradient(alpha), size)",
    "dirichlet",
)


@on_tensors(theirs.multinomial.logpmf)
def logpmf(x: Array, n: Array, p: Array) -> Array:
    """ln f of counts in the last axis.  As in SciPy, the last of p is what the others leave."""
    p = whole(p)
    p = np.concatenate([p[..., :-1], 1 - np.sum(p[..., :-1], axis=-1, keepdims=True)], axis=-1)
    x = np.asarray(x)
    ways = sp.gammaln(np.asarray(n) + 1) - np.sum(sp.gammaln(x + 1), axis=-1)
    return np.where(np.sum(x, axis=-1) == n, ways + np.sum(sp.xlogy(x, p), axis=-1), -np.inf)


@on_tensors(theirs.multinomial.pmf)
def pmf(x: Array, n: Array, p: Array) -> Array:
    return np.exp(logpmf(x, n, p))


multinomial = Distribution(
    theirs.multinomial,
    {"logpmf": logpmf, "pmf": pmf},
    "multinomial.logpmf(k, n, p) times what follows of k = rng.multinomial(n, "
    "al.stop_gradient(p), size)",
    "multinomial",
)
