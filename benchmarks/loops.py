"""Loops: what a scan costs beside the loop that one would write, in time and in kept bytes.

Each problem is a gradient through many turns: by hand, as a pair of functions of which the first
keeps what the second needs; by the engine, through Python's loop and through a scan; and by JAX.
"""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.memory import traced
from benchmarks.table import Table
from benchmarks.timing import race

UNROLLED, SCAN, MAP = (f"{OURS}, {how}" for how in ("unrolled", "scan", "map"))
COMPILED = f"{OURS}, compiled"


@dataclass
class Problem:
    """A function of ``arrays`` whose gradient by all of them is wanted.

    ``forward(*arrays)`` returns what ``backward`` needs.  ``unrolled(*arrays)`` has a loop of
    Python.  ``scanned(np, scan, *arrays)`` has one of the library whose NumPy is ``np``.
    """

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    unrolled: Callable[..., Any]
    scanned: Callable[..., Any]
    arrays: list[Any]


def rnn(turns):
    """A recurrent cell of width 32 for 8 samples at a time."""
    rng = np.random.default_rng(0)
    U, b = rng.standard_normal((32, 32)) / 32, rng.standard_normal(32)
    X, start = rng.standard_normal((turns, 8, 32)), np.zeros((8, 32))

    def forward(U, b, X):
        states = [start]
        for x in X:
            states.append(np.tanh(x + states[-1] @ U + b))
        return U, states

    def backward(U, states):
        dU, dX, dh = np.zeros_like(U), [], 0.0
        while len(states) > 1:
            h = states.pop()
            dX.append((dh + 2 * h) * (1 - h * h))
            dU += states[-1].T @ dX[-1]
            dh = dX[-1] @ U.T
        dX = np.stack(dX[::-1])
        return dU, np.sum(dX, axis=(0, 1)), dX

    def unrolled(U, b, X):
        h, states = start, []
        for x in X:
            h = np.tanh(x + h @ U + b)
            states.append(h)
        return np.sum(np.stack(states) ** 2)

    def scanned(np, scan, U, b, X):
        def step(h, x):
            h = np.tanh(x + h @ U + b)
            return h, h

        return np.sum(scan(step, start, X, length=turns)[1] ** 2)

    return Problem("RNN cell, 8×32", forward, backward, unrolled, scanned, [U, b, X])


def cell(turns):
    """A cell of four numbers, in which nearly all of the time is the engine's own."""
    rng = np.random.default_rng(0)
    W, X, start = 0.3 * rng.standard_normal((4, 4)), rng.standard_normal((turns, 4)), np.zeros(4)

    def forward(W):
        states = [start]
        for x in X:
            states.append(np.tanh(W @ states[-1] + x + 0.1 * np.sin(W) @ states[-1]))
        return W, states

    def backward(W, states):
        M, dM, dh = W + 0.1 * np.sin(W), np.zeros_like(W), np.zeros(4)
        while len(states) > 1:
            h = states.pop()
            dz = (dh + 2 * h) * (1 - h * h)
            dM += np.outer(dz, states[-1])
            dh = M.T @ dz
        return (dM * (1 + 0.1 * np.cos(W)),)

    def unrolled(W):
        h, squares = start, []
        for x in X:
            h = np.tanh(W @ h + x + 0.1 * np.sin(W) @ h)
            squares.append(np.sum(h * h))
        return np.sum(np.stack(squares))

    def scanned(np, scan, W):
        def step(h, x):
            h = np.tanh(W @ h + x + 0.1 * np.sin(W) @ h)
            return h, np.sum(h * h)

        return np.sum(scan(step, start, X, length=turns)[1])

    return Problem("tanh cell, 4", forward, backward, unrolled, scanned, [W])


def euler(turns):
    """Euler's steps of a pendulum with friction: y ← y + h f(y), all of them scalars of a row."""
    p, y, A = np.array([1.0, 0.1]), np.array([1.0, 0.0]), np.array([[0.0, 1.0], [0.0, 0.0]])
    B, h = np.array([0.0, -1.0]), 0.01  # f(y) = A y + B (p₀ sin y₀ + p₁ y₁)

    def forward(p, y):
        states = [y]
        for _ in range(turns):
            y = y + h * (A @ y + B * (p[0] * np.sin(y[0]) + p[1] * y[1]))
            states.append(y)
        return p, states

    def backward(p, states):
        dp, dy = np.zeros(2), 2 * states.pop()
        while states:
            y = states.pop()
            pushed = h * (B @ dy)
            dp += pushed * np.array([np.sin(y[0]), y[1]])
            dy = dy + h * (A.T @ dy) + pushed * np.array([p[0] * np.cos(y[0]), p[1]])
        return dp, dy

    def unrolled(p, y):
        for _ in range(turns):
            y = y + h * (A @ y + B * (p[0] * np.sin(y[0]) + p[1] * y[1]))
        return np.sum(y**2)

    def scanned(np, scan, p, y):
        def step(y, _):
            return y + h * (A @ y + B * (p[0] * np.sin(y[0]) + p[1] * y[1])), None

        return np.sum(scan(step, y, None, length=turns)[0] ** 2)

    return Problem("Euler's steps", forward, backward, unrolled, scanned, [p, y])


def contestants(problem, peers):
    """The gradient of a problem, a function of no arguments for each who takes part."""
    arrays, numbers = problem.arrays, tuple(range(len(problem.arrays)))
    unrolled = al.grad(problem.unrolled, numbers)
    scan = al.grad(lambda *arrays: problem.scanned(np, al.scan, *arrays), numbers)
    compiled = al.compile(scan)
    found = {
        HAND: lambda: problem.backward(*problem.forward(*arrays)),
        UNROLLED: lambda: unrolled(*arrays),
        SCAN: lambda: scan(*arrays),
        COMPILED: lambda: compiled(*arrays),
    }
    if "jax" in installed(peers):
        import jax

        jax.config.update("jax_enable_x64", True)
        theirs = lambda *arrays: problem.scanned(jax.numpy, jax.lax.scan, *arrays)
        jitted = jax.jit(jax.grad(theirs, numbers))
        given = [jax.numpy.asarray(x) for x in arrays]
        found[PEERS["jax"]] = lambda: jax.block_until_ready(jitted(*given))
    return found


def samples(turns, peers):
    """The same for the gradients of all samples, one after the other."""
    rng = np.random.default_rng(0)
    W, X, Y = (rng.standard_normal(shape) for shape in ((3, 8), (turns, 8), (turns, 3)))

    def loss(np, W, x, y):
        return np.sum((np.tanh(W @ x) - y) ** 2)

    def by_hand():
        gradients = []
        for x, y in zip(X, Y):
            z = np.tanh(W @ x)
            gradients.append(np.outer(2 * (z - y) * (1 - z * z), x))
        return np.stack(gradients)

    of_one = al.grad(lambda W, x, y: loss(np, W, x, y))
    mapped = lambda W, X, Y: al.map(lambda x, y: of_one(W, x, y), X, Y)
    compiled = al.compile(mapped)
    found = {
        HAND: by_hand,
        UNROLLED: lambda: np.stack([of_one(W, x, y) for x, y in zip(X, Y)]),
        MAP: lambda: mapped(W, X, Y),
        COMPILED: lambda: compiled(W, X, Y),
    }
    if "jax" in installed(peers):
        import jax

        jax.config.update("jax_enable_x64", True)
        theirs = jax.grad(lambda W, x, y: loss(jax.numpy, W, x, y))
        jitted = jax.jit(lambda W, *xs: jax.lax.map(lambda pair: theirs(W, *pair), xs))
        given = [jax.numpy.asarray(x) for x in (W, X, Y)]
        found[PEERS["jax"]] = lambda: jax.block_until_ready(jitted(*given))
    return found


def kept(forward, *arrays):
    """The bytes that are there after a forward pass because a backward pass may come."""
    forward(*arrays)  # fills caches
    gc.collect()
    with traced():
        before = tracemalloc.get_traced_memory()[0]
        result = forward(*arrays)
        bytes_after = tracemalloc.get_traced_memory()[0] - before
        del result
    return bytes_after


def kept_by(problem):
    """The bytes that each keeps of whom we can ask."""
    ours = [problem.unrolled, lambda *arrays: problem.scanned(np, al.scan, *arrays)]
    return {
        HAND: kept(problem.forward, *problem.arrays),
        UNROLLED: kept(al.vjp, ours[0], *problem.arrays),
        SCAN: kept(al.vjp, ours[1], *problem.arrays),
    }


def check(found):
    """All gradients are those by hand."""
    expected = found[HAND]()
    for name, gradient in found.items():
        np.testing.assert_equal(np.shape(gradient()[0]), np.shape(expected[0]), name)
        for ours, theirs in zip(gradient(), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9, err_msg=name)


def add(result, label, turns, best, bytes_kept):
    unit, least = best[UNROLLED], bytes_kept.get(UNROLLED)
    for name, time in best.items():
        cells = [label, name, f"{time / turns * 1e6:.2f}", f"{time / unit:.3f}"]
        if name in bytes_kept:
            cells += [f"{bytes_kept[name] / turns:,.0f}", f"{bytes_kept[name] / least:.2f}"]
        result.add(*cells, *[""] * (6 - len(cells)))


def table(quick, peers):
    result = Table(
        "Loops: gradients through many turns, the unrolled loop is 1",
        ["loop", "", "µs per turn", "ratio", "bytes kept per turn", "ratio"],
        words=2,
        notes=["Bytes are of all objects.  JAX compiles beforehand, which is not counted."],
    )
    turns = 10 if quick else 200
    for make in (rnn, cell, euler):
        problem = make(turns)
        found = contestants(problem, peers)
        check(found)
        add(result, problem.name, turns, race(found, quick), kept_by(problem))
    found = samples(turns, peers)
    check(found)
    add(result, "gradients of samples", turns, race(found, quick), {})
    return result
