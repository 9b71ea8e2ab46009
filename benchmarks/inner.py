"""Inner loops on arrays of 5 × 12: value and gradient, in runs of the function itself.

Twenty turns of a few operations each, as they stand in models, solvers and trainings.  The arrays
are small, so that most of the time is spent between the operations.
"""

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS
from benchmarks.table import Table
from benchmarks.timing import race

COMPILED = f"{OURS}, compiled"

TURNS = 20
rng = np.random.default_rng(0)
X, U, B = rng.normal(size=(5, 12)), rng.normal(size=(12, 12)) / 12, rng.normal(size=12)


def cell(U):
    h = X
    for _ in range(TURNS):
        h = np.tanh(h @ U + B)
    return np.sum(h * h)


def normalised(W):
    for _ in range(TURNS):
        e = np.exp(W)
        W = X + e / np.sum(e, axis=1, keepdims=True)
    return np.sum(W * W)


def diffusion(u):
    for _ in range(TURNS):
        u = u + 0.1 * (np.roll(u, 1, 0) + np.roll(u, -1, 0) - 2 * u)
    return np.sum(u * u)


def descent(W):
    for _ in range(TURNS):
        W = W - 0.1 * (W * X - 1) * X
    return np.sum(W * W)


def elementwise(x):
    y = x
    for _ in range(TURNS):
        y = y * x + 0.5 * np.sin(y)
    return np.sum(y)


LOOPS = {
    "recurrent cell": (cell, U),
    "exponentials over their sums": (normalised, X),
    "diffusion": (diffusion, X),
    "descent of squares": (descent, X),
    "products and sines": (elementwise, X),
}


def contestants(f, x):
    """A run of the function, and its value and gradient: eager, and compiled."""
    eager = al.value_and_grad(f)
    compiled = al.compile(eager)
    return {HAND: lambda: f(x), OURS: lambda: eager(x), COMPILED: lambda: compiled(x)}


def table(quick, peers):
    """Microseconds of a run, those of value and gradient, and how many runs these take."""
    result = Table(
        f"Inner loops of {TURNS} turns on arrays of 5 × 12: a run, value and gradient, in µs",
        ["", f"{HAND}, a run", OURS, COMPILED, "in runs", "in runs"],
    )
    for name, (f, x) in LOOPS.items():
        run, *others = (time * 1e6 for time in race(contestants(f, x), quick).values())
        cells = [f"{time:.1f}" for time in (run, *others)]
        result.add(name, *cells, *[f"{time / run:.2f}" for time in others])
    return result
