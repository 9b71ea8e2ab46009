"""Long chains of one operation on four floats: what recording and reversing a step costs.

Each contestant is a pair: ``forward()`` runs the chain, ``backward(kept)`` returns the gradient by
its start and lets go of what was kept.
"""

from time import perf_counter

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.table import Table
from benchmarks.timing import rounds_of

START = np.array([0.5, -0.5, 0.25, 2.0])
C = np.array([1.0, 0.999999, 1.000001, 1.0])  # near 1, so that nothing overflows on the way
S = 1.000001
G = np.ones(4)

# ---- chains: loops of their own, for a call per operation would cost everybody the same ----


def times_array(t, n):
    for _ in range(n):
        t = t * C
    return t


def plus_array(t, n):
    for _ in range(n):
        t = t + C
    return t


def times_number(t, n):
    for _ in range(n):
        t = t * S
    return t


def tanh(t, n):
    for _ in range(n):
        t = np.tanh(t)
    return t


def tanh_kept(t, n):
    kept = []
    for _ in range(n):
        t = np.tanh(t)
        kept.append(t)
    return kept


def tanh_back(g, kept):
    while kept:
        y = kept.pop()
        g = g * (1 - y * y)
    return g


# ---- contestants ----


def by_hand(chain, n):
    """The gradient of a product is the product again, and that of a sum is nothing to compute."""
    if chain is tanh:
        return lambda: tanh_kept(START, n), lambda kept: tanh_back(G, kept)
    return lambda: chain(START, n), lambda kept: G if chain is plus_array else chain(G, n)


def ours(chain, n):
    return lambda: al.vjp(lambda t: chain(t, n), START)[1], lambda pullback: pullback(G)[0]


def hips(chain, n):
    from autograd import make_vjp

    return lambda: make_vjp(chain)(START, n)[0], lambda pullback: pullback(G)


def mygrad(chain, n):
    import mygrad as mg

    def forward():
        x = mg.tensor(START)
        return x, chain(x, n)

    def backward(kept):
        x, y = kept
        y.backward(G)
        return x.grad

    return forward, backward


def torch(chain, n):
    import torch

    c, g = torch.tensor(C), torch.tensor(G)

    def forward():
        x = t = torch.tensor(START, requires_grad=True)
        for _ in range(n):
            t = t * c
        return x, t

    def backward(kept):
        x, y = kept
        y.backward(g)
        return x.grad

    return forward, backward


def jax(chain, n):
    import jax

    jax.config.update("jax_enable_x64", True)
    x, g = jax.numpy.asarray(START), jax.numpy.asarray(G)
    value = jax.jit(lambda x: chain(x, n))
    pullback = jax.jit(lambda x, g: jax.vjp(lambda t: chain(t, n), x)[1](g)[0])
    return (
        lambda: jax.block_until_ready(value(x)),
        lambda kept: jax.block_until_ready(pullback(x, g)),
    )


MAKERS = {"autograd": hips, "mygrad": mygrad, "torch": torch, "jax": jax}

# ---- the race ----


def one_run(pair):
    """Seconds forward, seconds backward with the freeing of what was kept, and the gradient."""
    forward, backward = pair
    start = perf_counter()
    kept = [forward()]
    middle = perf_counter()
    gradient = backward(kept.pop())
    return middle - start, perf_counter() - middle, gradient


def survives(pair, expected):
    """The name of the error that a first run ends in, or nothing; it warms up, too."""
    try:
        np.testing.assert_allclose(one_run(pair)[2], expected, rtol=1e-9)
    except RecursionError as error:
        return type(error).__name__
    return ""


def measure(table, label, chain, n, peers):
    """Rows for one chain of one length."""
    pairs = {HAND: by_hand(chain, n), OURS: ours(chain, n)}
    pairs |= {PEERS[peer]: MAKERS[peer](chain, n) for peer in installed(peers) if peer in MAKERS}
    expected = one_run(pairs[HAND])[2]
    fallen = {name: survives(pair, expected) for name, pair in pairs.items()}
    runs = {name: [] for name in pairs if not fallen[name]}
    for name in rounds_of(runs, max(3, min(30, 300_000 // n))):
        runs[name].append(one_run(pairs[name])[:2])
    best = {name: [min(times) / n * 1e6 for times in zip(*runs[name])] for name in runs}
    for name in pairs:
        if name in best:
            forward, backward = best[name]
            ratio = f"{sum(best[name]) / sum(best[HAND]):.1f}"
            table.add(label, name, f"{n:,}", f"{forward:.2f}", f"{backward:.2f}", ratio)
        else:
            table.add(label, name, f"{n:,}", fallen[name], "", "")


def table(quick, peers):
    result = Table(
        "Chains: one operation after another on four floats",
        ["chain", "", "operations", "forward, µs each", "backward, µs each", "ratio of sums"],
        words=2,
        notes=[
            "JAX compiles a chain into one kernel beforehand, which is not counted.",
            "What grows with the length is the garbage collector, which looks through the nodes,",
            "and through what all libraries that take part hold.",
        ],
    )
    lengths, middle = ([10**3], 10**3) if quick else ([10**3, 10**4, 10**5, 10**6], 10**4)
    for n in lengths:
        measure(result, "t * c", times_array, n, peers if n == middle else ())
    measure(result, "t + c", plus_array, middle, ())
    measure(result, "np.tanh(t)", tanh, middle, ())
    measure(result, f"t * {S}", times_number, middle, ())
    return result
