"""The whole training of 784-200-10 on MNIST: 15 epochs, the validation images every 100 steps.

Each contestant runs from the same weights through the same mini-batches, and returns the part of
the validation images that it gets wrong after each 100 steps.  Where the data are not found, random
ones of the same size are learnt, which takes as long.
"""

from time import perf_counter

import numpy as np

import nn
from benchmarks.contestants import HAND, NN, PEERS, installed
from benchmarks.mnist import RATE, by_hand
from benchmarks.table import Table

SIZE, EVERY, EPOCHS = 100, 100, 15


def data(quick):
    """x, labels, and both for validation."""
    if quick:
        return [*random(200), *random(200)]
    try:
        found = nn.mnist()
    except (OSError, ModuleNotFoundError):
        return [*random(60_000), *random(10_000)]
    x, xv = (images.reshape(len(images), -1) for images in (found.x, found.x_validation))
    return [x, found.y, xv, found.y_validation]


def random(n):
    rng = np.random.default_rng(n)
    return rng.random((n, 784), np.float32), rng.integers(10, size=n, dtype=np.uint8)


def start():
    net = nn.MLP([784, 200, 10], rng=np.random.default_rng(0), dtype=np.float32)
    return [net.layers[0].weight, net.layers[0].bias, net.layers[2].weight, net.layers[2].bias]


def batches(x, y):
    """Rows as everybody gets them: one permutation after the other."""
    rng = np.random.default_rng(1)
    while True:
        order = rng.permutation(len(x))
        for first in range(0, len(x), SIZE):
            rows = order[first : first + SIZE]
            yield x[rows], y[rows]


def wrong(logits, y):
    return float(np.mean(np.asarray(logits).argmax(axis=1) != y))


# ---- contestants ----


def hand(x, y, xv, yv, steps):
    p, errors = [w.copy() for w in start()], []
    for step, (rows, labels) in zip(range(1, steps + 1), batches(x, y)):
        for w, g in zip(p, by_hand(p, rows, labels)):
            w -= RATE * g
        if step % EVERY == 0:
            W1, b1, W2, b2 = p
            errors.append(wrong(np.maximum(xv @ W1.T + b1, 0) @ W2.T + b2, yv))
    return errors


def ours(x, y, xv, yv, steps):
    W1, b1, W2, b2 = start()
    net = nn.Sequential([nn.Linear.of(W1, b1), nn.relu, nn.Linear.of(W2, b2)])
    history = nn.fit(
        net,
        lambda net, x, y: nn.cross_entropy(net(x), y),
        nn.Batches(x, y, size=SIZE, rng=np.random.default_rng(1)),
        nn.SGD(RATE),
        steps=steps,
        every=EVERY,
        validate=lambda net: {"error": wrong(net(xv), yv)},
        progress=False,
    )[1]
    return history.series("error")[: steps // EVERY]


def torch(x, y, xv, yv, steps):
    import torch
    from torch.nn import functional

    p = [torch.tensor(w, requires_grad=True) for w in start()]
    x, xv, y = torch.tensor(x), torch.tensor(xv), torch.tensor(y.astype(int))
    rng, order, first, errors = np.random.default_rng(1), [], 0, []

    def logits(x):
        W1, b1, W2, b2 = p
        return functional.linear(functional.relu(functional.linear(x, W1, b1)), W2, b2)

    for step in range(1, steps + 1):
        if first >= len(order):
            order, first = torch.tensor(rng.permutation(len(x))), 0
        rows = order[first : first + SIZE]
        first += SIZE
        gradients = torch.autograd.grad(functional.cross_entropy(logits(x[rows]), y[rows]), p)
        with torch.no_grad():
            for w, g in zip(p, gradients):
                w.sub_(g, alpha=RATE)
            if step % EVERY == 0:
                errors.append(wrong(logits(xv), yv))
    return errors


def jax(x, y, xv, yv, steps):
    import jax
    import jax.numpy as jnp

    def logits(p, x):
        W1, b1, W2, b2 = p
        return jax.nn.relu(x @ W1.T + b1) @ W2.T + b2

    def loss(p, x, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(logits(p, x)), y[:, None], 1).mean()

    @jax.jit
    def update(p, x, y):
        return [w - RATE * g for w, g in zip(p, jax.grad(loss)(p, x, y))]

    p, errors, evaluate = [jnp.asarray(w) for w in start()], [], jax.jit(logits)
    for step, (rows, labels) in zip(range(1, steps + 1), batches(x, y)):
        p = update(p, rows, labels)
        if step % EVERY == 0:
            errors.append(wrong(evaluate(p, xv), yv))
    return errors


RUNS = {"torch": torch, "jax": jax}


def table(quick, peers):
    everything = data(quick)
    steps = EVERY if quick else EPOCHS * len(everything[0]) // SIZE
    runs = {HAND: hand, NN: ours}
    runs |= {PEERS[peer]: RUNS[peer] for peer in installed(peers) if peer in RUNS}
    result = Table(
        f"MNIST: {steps:,} steps of 784-200-10, float32, validation every {EVERY}",
        ["", "seconds", "ratio", "misclassified"],
        notes=["Best of three rounds, each from the same weights through the same mini-batches."],
    )
    best, errors = dict.fromkeys(runs, float("inf")), {}
    for _ in range(1 if quick else 3):
        for name, run in runs.items():
            began = perf_counter()
            errors[name] = run(*everything, steps)[-1]
            best[name] = min(best[name], perf_counter() - began)
    for name, seconds in best.items():
        ratio = f"{seconds / best[HAND]:.2f}"
        result.add(name, f"{seconds:.1f}", ratio, f"{errors[name]:.2%}")
    return result
