"""Regression by a Gaussian process, whose kernel is found by the marginal likelihood.

y ~ N(0, K + σ²I), with K of squared distances.  The logarithm of the density, by `scipy.stats`, is
maximised over height, length and noise; its gradient goes through one Cholesky factor.  (Rasmussen
& Williams 2006, ch. 5)
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from autograd_lite.scipy import optimize, stats
from examples import command

POINTS, NOISE = 60, 0.15


def curve(x):
    return np.sin(2 * x) + 0.5 * np.cos(5 * x)


def measured(seed, n=POINTS):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-2, 2, n))
    return x, curve(x) + NOISE * rng.standard_normal(n)


def covariance(a, b, p):
    """Height² exp(−(a − b)² / 2 length²); p has the logarithms of height, length and noise."""
    return np.exp(2 * p[0] - (a[:, None] - b) ** 2 / (2 * np.exp(2 * p[1])))


def minus_evidence(p, x, y):
    cov = covariance(x, x, p) + np.exp(2 * p[2]) * np.eye(len(x))
    return -stats.multivariate_normal.logpdf(y, np.zeros(len(x)), cov)


def fitted(x, y):
    """The parameters, and their standard errors by the Hessian of the evidence."""
    p = optimize.minimize(minus_evidence, np.zeros(3), args=(x, y), method="BFGS").x
    return p, np.sqrt(np.diagonal(np.linalg.inv(al.hessian(minus_evidence)(p, x, y))))


def predicted(at, p, x, y):
    """Mean and standard deviation of the curve at some places, given the data."""
    cov = covariance(x, x, p) + np.exp(2 * p[2]) * np.eye(len(x))
    cross = covariance(x, at, p)
    weights = np.linalg.solve(cov, cross)
    return weights.T @ y, np.sqrt(np.exp(2 * p[0]) - np.sum(weights * cross, axis=0))


def main(arguments=None):
    options = command.parse(command.parser("science.gaussian_process", __doc__), arguments)
    x, y = measured(options.seed)
    p, errors = fitted(x, y)
    for name, value, error in zip(("height", "length", "noise"), p, errors):
        low, high = np.exp([value - 2 * error, value + 2 * error])
        print(f"{name:6} {np.exp(value):.3f}, 95 % between {low:.3f} and {high:.3f}")
    fine = np.linspace(-2.5, 2.5, 300)
    mean, deviation = predicted(fine, p, x, y)
    new, axes = nn.plots.figure((7, 4))
    axes.fill_between(fine, mean - 2 * deviation, mean + 2 * deviation, alpha=0.25)
    axes.plot(fine, mean, label="the process")
    axes.plot(fine, curve(fine), "k--", linewidth=1, label="the truth")
    axes.plot(x, y, "o", markersize=4)
    axes.set(title="Mean and two standard deviations, given the data")
    axes.legend()
    command.save(new, options.out / "gaussian_process.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
