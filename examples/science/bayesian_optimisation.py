"""The minimum of a function that is costly to evaluate, by a Gaussian process.

The next evaluation is where the expected improvement is largest (Jones, Schonlau & Welch 1998),
climbed by its gradient.  The kernel maximises the marginal likelihood, by its gradient, too.
"""

from __future__ import annotations

import sys

import numpy as np

import nn
from autograd_lite.scipy import linalg, optimize, stats
from examples import command

LOW, HIGH, FIRST, MORE, JITTER = -1.0, 2.0, 3, 9, 1e-6
BOUNDS = [(-2.0, 1.0), (-3.0, 4.0)]


def costly(x):
    return np.sin(3 * x) + x**2 - 0.7 * x


def kernel(a, b, p):
    return np.exp(p[1]) * np.exp(-((a[:, None] - b) ** 2) / (2 * np.exp(2 * p[0])))


def minus_evidence(p, x, y):
    cov = kernel(x, x, p) + JITTER * np.eye(len(x))
    return -stats.multivariate_normal.logpdf(y, np.zeros(len(x)), cov)


def predicted(at, p, x, y):
    factor = linalg.cholesky(kernel(x, x, p) + JITTER * np.eye(len(x)), lower=True)
    cross = linalg.solve_triangular(factor, kernel(x, at, p), lower=True)
    mean = np.transpose(cross) @ linalg.solve_triangular(factor, y, lower=True)
    return mean, np.sqrt(np.exp(p[1]) + JITTER - np.sum(cross**2, axis=0))


def improvement(at, p, x, y):
    """E max(0, best − f) at some places."""
    mean, deviation = predicted(at, p, x, y)
    z = (np.min(y) - mean) / deviation
    return deviation * (z * stats.norm.cdf(z) + stats.norm.pdf(z))


def next_place(p, x, y):
    """Where the expected improvement is largest, climbed from the best of a few places."""
    grid, worse = np.linspace(LOW, HIGH, 31), lambda at: -np.sum(improvement(at, p, x, y))
    start = grid[[np.argmax(improvement(grid, p, x, y))]]
    return optimize.minimize(worse, start, bounds=[(LOW, HIGH)]).x


def searched(seed, more=MORE):
    """Places, values, and the kernel's parameters at the end."""
    x = np.random.default_rng(seed).uniform(LOW, HIGH, FIRST)
    p = np.array([-0.5, 0.0])
    for _ in range(more):
        y = costly(x) - np.mean(costly(x))
        p = optimize.minimize(minus_evidence, p, args=(x, y), bounds=BOUNDS).x
        x = np.append(x, next_place(p, x, y))
    return x, costly(x), p


def main(arguments=None):
    options = command.parse(command.parser("science.bayesian_optimisation", __doc__), arguments)
    x, y, p = searched(options.seed)
    print(f"lowest: {np.min(y):.6f} at {x[np.argmin(y)]:.4f}, after {len(x)} evaluations")
    fine, new, axes = np.linspace(LOW, HIGH, 400), *nn.plots.figure((7, 4))
    mean, deviation = predicted(fine, p, x, y - np.mean(y))
    axes.fill_between(fine, *(mean + np.mean(y) + s * deviation for s in (-2, 2)), alpha=0.25)
    axes.plot(fine, costly(fine), "k--", x, y, "o")
    axes.set(title="A function, evaluations, what is known")
    command.save(new, options.out / "bayesian_optimisation.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
