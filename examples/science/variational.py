"""Black-box variational inference: a normal that is fitted to a posterior by its own draws.

ELBO(μ, L) = E ln p(y, w) + entropy, with w = μ + L ε.  The draws ε are fixed, so it is a function
like any other, and Adam climbs it (Kucukelbir et al. 2017).  The posterior is that of logistic
regression, or of linear regression, where the normal is exact.
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from autograd_lite.scipy import special, stats
from examples import command

ROWS, DRAWS, STEPS, TRUTH = 40, 200, 1500, np.array([1.5, -0.8])


def data(seed, *, logistic, n=ROWS):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 2))
    z = x @ TRUTH
    y = rng.random(n) < special.expit(z) if logistic else z + 0.5 * rng.standard_normal(n)
    return x, y.astype(float)


def log_joint(w, x, y, *, logistic):
    """ln p(y, w) for each row of weights."""
    z = w @ np.transpose(x)
    rows = y * z - np.logaddexp(0, z) if logistic else stats.norm.logpdf(y, z, 0.5)
    return np.sum(rows, axis=-1) + np.sum(stats.norm.logpdf(w, 0.0, 2.0), axis=-1)


def factor(p):
    return p[:2], np.stack([np.exp(p[2]), 0 * p[2], p[3], np.exp(p[4])]).reshape(2, 2)


def drawn(seed, draws=DRAWS):
    """Draws whose mean is 0 and whose covariance is I, by pairs and scaling."""
    e = np.random.default_rng([seed, 1]).standard_normal((draws // 2, 2))
    e = np.concatenate([e, -e])
    return e @ np.linalg.inv(np.linalg.cholesky(e.T @ e / len(e))).T


def fitted(seed, *, logistic, steps=STEPS):
    x, y = data(seed, logistic=logistic)
    noise = drawn(seed)

    def minus_elbo(p):
        mean, L = factor(p)
        w = mean + noise @ np.transpose(L)
        return -np.mean(log_joint(w, x, y, logistic=logistic)) - p[2] - p[4]

    slope, p, optimizer = al.compile(al.grad(minus_elbo)), np.zeros(5), nn.Adam(0.03)
    state = optimizer.start(p)
    for _ in range(steps):
        p, state = optimizer(p, slope(p), state)
    return factor(p)


def main(arguments=None):
    options = command.parse(command.parser("science.variational", __doc__), arguments)
    mean, L = fitted(options.seed, logistic=True)
    x, y = data(options.seed, logistic=True)
    print(f"weights {mean.round(3)} ± {np.sqrt(np.diagonal(L @ L.T)).round(3)}, truth {TRUTH}")
    a, b = np.meshgrid(np.linspace(-0.5, 3, 141), np.linspace(-2, 1.5, 141))
    grid = np.stack([a, b], axis=-1)
    new, axes = nn.plots.figure((5, 5))
    axes.contourf(a, b, np.exp(log_joint(grid, x, y, logistic=True)), cmap="Blues")
    axes.contour(a, b, stats.multivariate_normal.pdf(grid, mean, L @ L.T), colors="C1")
    axes.set(xlabel="first weight", ylabel="second", title="The posterior, and the normal (lines)")
    command.save(new, options.out / "variational.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
