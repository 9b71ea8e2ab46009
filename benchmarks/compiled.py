"""Compiled functions beside the same run eagerly, beside NumPy by hand, and beside the peers.

Each is the code that a user writes, in each library; programs are made beforehand, which is not
counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import autograd_lite as al
from benchmarks import hh19, mnist
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.libraries import LIBRARIES, ours
from benchmarks.table import Table
from benchmarks.timing import race

NUMBA = "Numba by hand"


@dataclass
class Problem:
    """``make(library)`` is the function of ``args`` in a library of `benchmarks.libraries`.

    ``by_hand`` is written with NumPy, ``numba`` is the name of the same in `benchmarks.by_numba`.
    Whoever runs a loop turn by turn gets ``fewer`` arguments, and would take ``times`` as long.
    """

    name: str
    make: Callable[[Any], Callable[..., Any]]
    args: tuple[Any, ...]
    by_hand: Callable[..., Any] | None = None
    numba: Callable[[Any], Callable[..., Any]] | None = None
    fewer: tuple[Any, ...] | None = None
    times: int = 1
    rtol: float = 1e-6


def updated(p, gradient, rate):
    return [w - rate * g for w, g in zip(p, gradient)]


def descent(dialects, network, rate):
    """A step of gradient descent, parameters in a list."""

    def make(lib):
        gradient = lib.grad(network(*dialects[lib.dialect]()))
        return lambda p, *data: updated(p, gradient(p, *data), rate)

    return make


def hh19_step():
    """One step of netbp."""
    one = hh19.problem()
    by_hand = lambda p, x, t: updated(p, hh19.by_hand(p, x, t), one.rate)
    numba = lambda by: by.hh19_step(one.rate)
    make = descent(one.dialects, one.network, one.rate)
    return Problem("HH19, a step", make, (one.p, *one.data), by_hand, numba)


def hh19_steps(n):
    """Many steps of netbp as one scan over the samples."""
    one, step = hh19.problem(), hh19_step()
    rng = np.random.default_rng(0)
    X, T = (rng.random((n, *x.shape)) for x in one.data)

    def make(lib):
        of_one = step.make(lib)
        turn = lambda p, sample: (of_one(p, *sample), None)
        return lambda p, X, T: lib.scan(turn, p, (X, T))[0]

    def by_hand(p, X, T):
        for sample in zip(X, T):
            p = step.by_hand(p, *sample)
        return p

    numba = lambda by: by.hh19_steps(one.rate)
    times = max(1, n // 2000)
    fewer = (one.p, X[: n // times], T[: n // times])
    name = f"HH19, {n:,} steps by scan"
    return Problem(name, make, (one.p, X, T), by_hand, numba, fewer, times)


def mnist_step(quick, dtype):
    """One step of a 784-200-10 network, whose products are BLAS's in every library."""
    one = mnist.problem(quick)
    p, data = [w.astype(dtype) for w in one.p], (one.data[0].astype(dtype), one.data[1])
    by_hand = lambda p, *data: updated(p, mnist.by_hand(p, *data), one.rate)
    make = descent(one.dialects | {"ours": one.dialects["nn"]}, one.network, one.rate)
    return Problem(f"MNIST, a step, {dtype}", make, (p, *data), by_hand, rtol=2e-3)


def chain(x):
    """32 elementwise operations."""
    y = x
    for _ in range(8):
        y = (y * 1.01 + 0.1) * x - 0.5
    return y


def chain_gradient(x):
    """Its gradient, as one writes it with NumPy."""
    kept, y, g = [], x, np.ones_like(x)
    for _ in range(8):
        kept.append(y * 1.01 + 0.1)
        y = kept[-1] * x - 0.5
    total = np.zeros_like(x)
    for inner in reversed(kept):
        total += g * inner
        g = g * x * 1.01
    return total + g


def rk4(lib):
    """A step of Runge and Kutta for the Lorenz system."""

    def slope(y):
        a, b, c = y[0], y[1], y[2]
        return lib.np.stack([10 * (b - a), a * (28 - c) - b, a * b - 8 / 3 * c])

    def step(y, h=0.01):
        k1 = slope(y)
        k2 = slope(y + h / 2 * k1)
        k3 = slope(y + h / 2 * k2)
        k4 = slope(y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    return step


def path(lib, n):
    """Many such steps, as one scan."""
    step = rk4(lib)
    return lambda y: lib.scan(lambda y, _: (step(y), y), y, length=n)[1]


def path_by_hand(y, n):
    step, found = rk4(ours()), []
    for _ in range(n):
        found.append(y)
        y = step(y)
    return np.stack(found)


def rosenbrock(lib):
    return lambda x: lib.np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_hessian(x):
    n = len(x)
    H, here = np.zeros((n, n)), np.arange(n - 1)
    H[here, here] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    H[here, here + 1] = H[here + 1, here] = -400 * x[:-1]
    H[here + 1, here + 1] += 200
    return H


def euler(lib, n):
    """The sum of a path of the Lorenz system with the parameters k."""
    start = lib.given(np.array([1.0, 2.0, 3.0]))

    def loss(k):
        def turn(y, _):
            a, b, c = y[0], y[1], y[2]
            slope = lib.np.stack([k[0] * (b - a), a * (k[1] - c) - b, a * b - k[2] * c])
            y = y + 0.01 * slope
            return y, y[0]

        y, path = lib.scan(turn, start, length=n)
        return (lib.np.sum(y) + lib.np.sum(path)) * 1e-6

    return loss


def recurrent(lib, start):
    """The squared states of a recurrent net."""
    h0 = lib.given(start)

    def loss(W, U, X):
        def turn(h, x):
            h = lib.np.tanh(W @ h + U @ x)
            return h, h

        return lib.np.sum(lib.scan(turn, h0, X)[1] ** 2)

    return loss


def recurrent_gradient(W, U, X):
    """Its gradient by W and U, as one writes it with NumPy."""
    states = [np.zeros(len(W))]
    for x in X:
        states.append(np.tanh(W @ states[-1] + U @ x))
    dW, dU, dh = np.zeros_like(W), np.zeros_like(U), 0.0
    for x, before, h in zip(X[::-1], states[-2::-1], states[:0:-1]):
        dz = (dh + 2 * h) * (1 - h * h)
        dW += dz[:, None] * before
        dU += dz[:, None] * x
        dh = W.T @ dz
    return dW, dU


def layer(lib):
    return lambda W, x: lib.np.sum(lib.np.tanh(W @ x) ** 2)


def layer_gradients(W, X):
    """The gradients of all samples, as one writes them with NumPy."""
    Y = np.tanh(X @ W.T)
    return (2 * Y * (1 - Y * Y))[:, :, None] * X[:, None, :]


def problems(quick):
    rng = np.random.default_rng(0)
    n, large, many = (10, 2**12, 10) if quick else (1000, 10**6, 10**6)
    yield hh19_step()
    yield hh19_steps(many)
    x = (rng.standard_normal(large),)
    summed = lambda lib: lib.grad(lambda x: lib.np.sum(chain(x)))
    yield Problem("32 operations on large arrays", lambda _: chain, x, chain, lambda by: by.chain)
    numba = lambda by: by.chain_gradient
    yield Problem("their gradient", summed, x, chain_gradient, numba)
    start = (np.array([1.0, 2.0, 3.0]),)
    yield Problem("Lorenz, a step of RK4", rk4, start, rk4(ours()), lambda by: by.rk4)
    make, hand = lambda lib: path(lib, n), partial(path_by_hand, n=n)
    numba = lambda by: partial(by.path, n=n)
    yield Problem(f"Lorenz, {n:,} steps of RK4 by scan", make, start, hand, numba, rtol=1e-3)
    x = (rng.standard_normal(6),)
    make = lambda lib: lib.hessian(rosenbrock(lib))
    numba = lambda by: by.rosenbrock_hessian
    yield Problem("Rosenbrock's Hessian, n = 6", make, x, rosenbrock_hessian, numba)
    k, make = (np.array([10, 28, 8 / 3]),), lambda lib: lib.grad(euler(lib, n))
    numba = lambda by: partial(by.euler_gradient, n=n)
    yield Problem(f"gradient through {n:,} steps of Euler", make, k, None, numba, rtol=1e-3)
    W, U = 0.2 * rng.standard_normal((2, 32, 32))
    args = W, U, rng.standard_normal((n // 10, 32))
    make = lambda lib: lib.grad(recurrent(lib, np.zeros(32)), (0, 1))
    yield Problem(f"RNN of width 32, {n // 10} turns, gradient", make, args, recurrent_gradient)
    args = rng.standard_normal((60, 20)), rng.standard_normal((10 if quick else 256, 20))
    make = lambda lib: lib.samples(layer(lib))
    yield Problem(f"gradients of {len(args[1])} samples, 60 units", make, args, layer_gradients)
    for dtype in ("float32", "float64"):
        yield mnist_step(quick, dtype)


def check(name, expected, found, rtol=None):
    """The bits are those of the function; of others, the numbers."""
    for a, b in zip(al.tree_leaves(expected), al.tree_leaves(found), strict=True):
        a, b = np.asarray(a), np.asarray(b)
        if rtol is None:
            assert a.tobytes() == b.tobytes(), name
        else:
            np.testing.assert_allclose(b, a, rtol, rtol, err_msg=name)


def contestants(problem, backends, peers):
    """Who takes part in a problem: functions of no arguments, each of which is checked."""
    f, fewer = problem.make(ours()), problem.fewer or problem.args
    steps = {"eager": partial(f, *fewer)}
    if problem.by_hand:
        steps[HAND] = partial(problem.by_hand, *fewer)
    expected = steps["eager"]()
    for name in steps:
        check(problem.name, expected, steps[name](), problem.rtol)
    for backend in backends:
        compiled = al.compile(f, backend=backend)
        check(problem.name, expected, compiled(*fewer))
        check(problem.name, expected, compiled(*fewer))
        steps[backend] = partial(compiled, *(fewer if backend == "numpy" else problem.args))
    expected = steps[backends[-1]]()
    if "numba" in peers and problem.numba:
        from benchmarks import by_numba

        steps[NUMBA] = partial(problem.numba(by_numba), *problem.args)
        check(problem.name, expected, steps[NUMBA](), problem.rtol)
    for peer in LIBRARIES.keys() & peers:
        library = LIBRARIES[peer]()
        turn_by_turn = peer == "torch" and problem.fewer
        given = al.tree_map(library.given, problem.fewer if turn_by_turn else problem.args)
        steps[PEERS[peer]] = partial(library.ready(problem.make(library)), *given)
        theirs = steps[PEERS[peer]]()
        if not turn_by_turn and backends[-1] == "native":
            check(problem.name, expected, theirs, problem.rtol)
    return steps


def table(quick, peers):
    backends = ["numpy", *(["native"] if al.compile(np.sin).backend == "native" else [])]
    there = installed(peers)
    others = [*([NUMBA] if "numba" in there else []), *[PEERS[p] for p in LIBRARIES if p in there]]
    result = Table(
        f"Compiled functions of {OURS}: times as a share of {HAND}",
        ["", f"µs {HAND}", "eager", *backends, *others],
        notes=[
            "Compiled results are equal to eager ones in every bit.  Where there is no column by "
            "hand, eager is 1.  Numba is written by hand.  PyTorch is eager, with vmap for samples."
        ],
    )
    for problem in problems(quick):
        steps = contestants(problem, backends, there)
        best = race({k: f for k, f in steps.items() if k != PEERS["torch"]}, quick)
        if PEERS["torch"] in steps:  # by itself, for its threads go on for a while
            alone = race({k: steps[k] for k in ("eager", PEERS["torch"])}, quick)
            share = best["eager"] / alone["eager"]
            best[PEERS["torch"]] = alone[PEERS["torch"]] * share
        slow = {"eager", HAND, "numpy", PEERS["torch"]}
        best = {k: t * problem.times if k in slow else t for k, t in best.items()}
        unit = best.get(HAND, best["eager"])
        names = ("eager", *backends, *others)
        ratios = [f"{best[k] / unit:.4f}" if k in best else "" for k in names]
        result.add(problem.name, f"{unit * 1e6:,.1f}", *ratios)
    return result
