"""How well a rod conducts heat, from temperatures along it: −(k u′)′ = 1, u = 0 at both ends.

Finite differences give a sparse tridiagonal system whose stored values depend on k.  The misfit,
with a penalty on the slope of ln k, is differentiated through the sparse solve: that solves the
adjoint system with the same factors.
"""

from __future__ import annotations

import sys

import numpy as np

import nn
from autograd_lite.scipy import optimize, sparse
from examples import command

CELLS, NOISE, SMOOTH = 80, 2e-4, 3e-8


def conductivity(s):
    return 1 + 0.8 * np.exp(-(((s - 0.35) / 0.12) ** 2)) - 0.4 * (s > 0.7)


def places(n=CELLS):
    """The middles of n cells, where k is, and the n − 1 points between, where u is."""
    edges = np.linspace(0, 1, n + 1)
    return (edges[:-1] + edges[1:]) / 2, edges[1:-1]


def temperature(k):
    n = len(k)
    diagonals = [-k[1:-1], k[:-1] + k[1:], -k[1:-1]]
    A = sparse.diags_array(diagonals, offsets=[-1, 0, 1], format="csc")
    return sparse.linalg.spsolve(A, np.ones(n - 1) / n**2)


def misfit(log_k, seen):
    roughness = np.sum((log_k[1:] - log_k[:-1]) ** 2)
    return np.mean((temperature(np.exp(log_k)) - seen) ** 2) + SMOOTH * roughness


def measured(seed, n=CELLS):
    noise = NOISE * np.random.default_rng(seed).standard_normal(n - 1)
    return temperature(conductivity(places(n)[0])) + noise


def found(seen):
    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-15, "gtol": 1e-12}
    cost = lambda log_k: 1e6 * misfit(log_k, seen)  # of order 1
    start = np.zeros(len(seen) + 1)
    return np.exp(optimize.minimize(cost, start, method="L-BFGS-B", options=options).x)


def main(arguments=None):
    options = command.parse(command.parser("science.pde_inverse", __doc__), arguments)
    seen = measured(options.seed)
    k, (cells, _) = found(seen), places()
    off = np.sqrt(np.mean((k - conductivity(cells)) ** 2))
    print(f"root mean square error of k: {off:.3f}; of the temperature: {NOISE:.0e}")
    new, axes = nn.plots.figure((7, 4))
    axes.plot(cells, conductivity(cells), "k--", label="the truth")
    axes.plot(cells, k, label="found")
    axes.set(xlabel="place", ylabel="conductivity", title="From noisy temperatures along the rod")
    axes.legend()
    command.save(new, options.out / "pde_inverse.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
