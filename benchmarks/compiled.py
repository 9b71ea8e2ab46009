"""Compiled functions beside the same run eagerly, and beside NumPy by hand where that is short.

Each is the code that a user writes; programs are made beforehand, which is not counted.
"""

from functools import partial

import numpy as np

import autograd_lite as al
from benchmarks import hh19
from benchmarks.contestants import HAND, OURS
from benchmarks.table import Table
from benchmarks.timing import race

RATE = hh19.RATE


def updated(p, gradient):
    return [w - RATE * g for w, g in zip(p, gradient)]


def hh19_step():
    """One step of netbp, parameters in a list."""
    problem = hh19.problem()
    loss = hh19.network(hh19.sigmoid, hh19.half_squared_error)
    by_hand = lambda p, x, t: updated(p, hh19.by_hand(p, x, t))
    step = lambda p, x, t: updated(p, al.grad(loss)(p, x, t))
    return step, by_hand, (problem.p, *problem.data)


def hh19_steps(n):
    """Many steps of netbp as one scan over the samples."""
    step, by_hand, (p, x, t) = hh19_step()
    rng = np.random.default_rng(0)
    X, T = rng.random((n, *x.shape)), rng.random((n, *t.shape))

    def scanned(p, X, T):
        return al.scan(lambda p, sample: (step(p, *sample), None), p, (X, T))[0]

    def in_a_row(p, X, T):
        for sample in zip(X, T):
            p = by_hand(p, *sample)
        return p

    return scanned, in_a_row, (p, X, T)


def chain(x):
    """32 elementwise operations."""
    y = x
    for _ in range(8):
        y = (y * 1.01 + 0.1) * x - 0.5
    return y


def lorenz(y):
    return np.stack(
        [10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]],
    )


def rk4(y, h=0.01):
    """A step of Runge and Kutta."""
    k1 = lorenz(y)
    k2 = lorenz(y + h / 2 * k1)
    k3 = lorenz(y + h / 2 * k2)
    k4 = lorenz(y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def euler(k, n):
    """The sum of a path of the Lorenz system with the parameters k."""

    def turn(y, _):
        a, b, c = y[0], y[1], y[2]
        slope = np.stack([k[0] * (b - a), a * (k[1] - c) - b, a * b - k[2] * c])
        y = y + 0.01 * slope
        return y, y[0]

    y, path = al.scan(turn, np.array([1.0, 2.0, 3.0]), length=n)
    return (np.sum(y) + np.sum(path)) * 1e-6


def recurrent(W, U, X):
    """The squared states of a recurrent net."""

    def turn(h, x):
        h = np.tanh(W @ h + U @ x)
        return h, h

    return np.sum(al.scan(turn, np.zeros(len(W)), X)[1] ** 2)


def samples(W, X):
    """The gradients of all samples."""
    loss = lambda W, x: np.sum(np.tanh(W @ x) ** 2)
    return al.map(lambda x: al.grad(loss)(W, x), X)


def problems(quick):
    rng = np.random.default_rng(0)
    n, large = (10, 2**16) if quick else (1000, 10**6)
    W, U = 0.2 * rng.standard_normal((2, 32, 32))
    x = rng.standard_normal(large)
    yield "HH19, a step", *hh19_step()
    yield f"HH19, {n:,} steps by scan", *hh19_steps(n)
    yield "32 operations on large arrays", chain, None, (x,)
    yield "their gradient", al.grad(lambda x: np.sum(chain(x))), None, (x,)
    yield "Lorenz, a step of RK4", rk4, None, (np.array([1.0, 2.0, 3.0]),)
    yield "Rosenbrock's Hessian, n = 6", al.hessian(rosenbrock), None, (rng.standard_normal(6),)
    gradient = al.grad(partial(euler, n=n))
    yield f"gradient through {n:,} steps of Euler", gradient, None, (np.array([10, 28, 8 / 3]),)
    X = rng.standard_normal((n // 10, 32))
    yield f"RNN of width 32, {n // 10} turns", al.grad(recurrent, (0, 1)), None, (W, U, X)
    W, X = rng.standard_normal((60, 20)), rng.standard_normal((n // 4, 20))
    yield f"gradients of {n // 4} samples", samples, None, (W, X)


def check(name, expected, found):
    """The bits are those of the function."""
    for a, b in zip(al.tree_leaves(expected), al.tree_leaves(found), strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), name


def table(quick, peers):
    backends = ["numpy", *(["native"] if al.compile(np.sin).backend == "native" else [])]
    result = Table(
        f"Compiled functions of {OURS}, eager is 1",
        ["", "µs eager", HAND, *backends],
        notes=["Compiled results are equal to eager ones in every bit."],
    )
    for name, f, by_hand, args in problems(quick):
        steps = {"eager": partial(f, *args)}
        if by_hand:
            steps[HAND] = partial(by_hand, *args)
        for backend in backends:
            steps[backend] = partial(al.compile(f, backend=backend), *args)
            check(name, steps["eager"](), steps[backend]())
        best = race(steps, quick)
        ratios = [f"{best[k] / best['eager']:.4f}" if k in best else "" for k in (HAND, *backends)]
        result.add(name, f"{best['eager'] * 1e6:,.1f}", *ratios)
    return result
