"""The rates of predator and prey, from a few noisy counts: a fit through an ODE solver.

x′ = αx − βxy, y′ = δxy − γy (Lotka & Volterra).  The residuals are differentiated through the steps
that SciPy's solver took, so the fit has an exact Jacobian, and intervals from JᵀJ.
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from autograd_lite.scipy import integrate, optimize
from examples import command

RATES, START, NOISE = np.array([1.0, 0.1, 1.5, 0.075]), np.array([10.0, 5.0]), 0.3
TIMES = np.linspace(0.0, 8.0, 17)


def animals(rates, times=TIMES, **options):
    """How many there are of both at these times, (2, n)."""

    def change(t, z):
        a, b, c, d = rates
        return np.stack([a * z[0] - b * z[0] * z[1], d * z[0] * z[1] - c * z[1]])

    span = (times[0], times[-1])
    settings = {"rtol": 1e-6, "atol": 1e-6, **options}
    return integrate.solve_ivp(change, span, START, t_eval=times, **settings).y


def counted(seed):
    rng = np.random.default_rng(seed)
    return animals(RATES) + NOISE * rng.standard_normal((2, len(TIMES)))


def fitted(counts, **options):
    """The rates, their standard errors, and how often the ODE was solved for residuals."""
    residuals = lambda rates: np.ravel(animals(rates) - counts)
    found = optimize.least_squares(residuals, 0.9 * RATES, x_scale=RATES, **options)
    J = al.jacobian(residuals)(found.x)
    variance = np.sum(found.fun**2) / (counts.size - len(RATES))
    return found.x, np.sqrt(variance * np.diagonal(np.linalg.inv(J.T @ J))), found.nfev


def main(arguments=None):
    options = command.parse(command.parser("science.ode_fit", __doc__), arguments)
    counts = counted(options.seed)
    rates, errors, evaluations = fitted(counts)
    print(f"{evaluations} evaluations of the residuals\nrate   estimate   ± 2 errors   truth")
    for name, *row in zip("αβγδ", rates, 2 * errors, RATES):
        print(f"{name:4}   {row[0]:8.4f}   {row[1]:10.4f}   {row[2]:5.3f}")
    new, axes = nn.plots.figure((7, 4))
    fine = np.linspace(TIMES[0], TIMES[-1], 300)
    for curve, dots, name in zip(animals(rates, fine), counts, ("prey", "predators")):
        (line,) = axes.plot(fine, curve, label=name)
        axes.plot(TIMES, dots, "o", color=line.get_color(), markersize=4)
    axes.set(xlabel="time", ylabel="animals", title="Counts, and the fit through the solver")
    axes.grid(alpha=0.3)
    axes.legend()
    command.save(new, options.out / "ode_fit.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
