"""Everyday functions: the whole gradient of one small NumPy expression, as a user writes it.

The arrays are small, so this is what a call costs beside the arithmetic.
"""

from collections.abc import Callable
from math import exp, log
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.table import Table
from benchmarks.timing import race

rng = np.random.default_rng(0)
X, Y, V = rng.normal(size=(5, 6)), rng.normal(size=(5, 6)), rng.normal(size=6)
A = rng.normal(size=(6, 6)) + 6 * np.eye(6)
PICKED = np.array([4, 0, 2, 0])


class Everyday(NamedTuple):
    """A scalar function of ``x``: for what has NumPy's names, and for PyTorch where it has others.

    Both get the module, then ``x``, then the other arrays.  ``by_hand(x, *others)`` computes the
    value and returns the gradient.
    """

    function: Callable[..., Any]
    by_hand: Callable[..., Any]
    x: Any
    others: tuple[Any, ...] = ()
    torch: Callable[..., Any] | None = None


def sigmoid(x):
    y = 1 / (1 + np.exp(-x))
    np.sum(y)
    return y * (1 - y)


def solve(a, b):
    x = np.linalg.solve(a, b)
    np.sum(x)
    return -np.outer(np.linalg.solve(a.T, np.ones_like(b)), x)


def added(np, x, y):
    return np.sum(x + y)


def after(value, gradient):
    """The gradient, once the value has been computed."""
    return gradient


def at(x, key, g=1.0):
    total = np.zeros_like(x)
    np.add.at(total, key, g)
    return after(np.sum(x[key]), total)


FUNCTIONS = {
    "sum": Everyday(
        lambda np, x: np.sum(x), lambda x: after(np.sum(x), np.ones_like(x)), X
    ),
    "mean": Everyday(
        lambda np, x: np.mean(x), lambda x: after(np.mean(x), np.full(x.shape, 1 / x.size)), X
    ),
    "max": Everyday(
        lambda np, x: np.max(x), lambda x: (x == np.max(x)) / np.sum(x == np.max(x)), X
    ),
    "matmul": Everyday(
        lambda np, x, a: np.sum(x @ a),
        lambda x, a: after(np.sum(x @ a), np.ones((len(x), len(a))) @ a.T), X, (A,),
    ),
    "dot": Everyday(lambda np, x, y: np.dot(x, y), lambda x, y: after(np.dot(x, y), y), V, (V,)),
    "einsum": Everyday(
        lambda np, x, a: np.sum(np.einsum("ij,jk->ik", x, a)),
        lambda x, a: after(np.sum(x @ a), np.ones((len(x), len(a))) @ a.T), X, (A,),
    ),
    "broadcast sum": Everyday(
        added, lambda x, y: after(np.sum(x + y), np.sum(np.ones_like(y), 0)), V, (Y,)
    ),
    "plain sum": Everyday(added, lambda x, y: after(np.sum(x + y), np.ones_like(x)), X, (Y,)),
    "tanh": Everyday(lambda np, x: np.sum(np.tanh(x)), lambda x: 1 - np.tanh(x) ** 2, X),
    "power": Everyday(
        lambda np, x: np.sum(x**3), lambda x: after(np.sum(x**3), 3 * x**2), X
    ),
    "sigmoid": Everyday(lambda np, x: np.sum(1 / (1 + np.exp(-x))), sigmoid, X),
    "maximum": Everyday(
        lambda np, x, y: np.sum(np.maximum(x, y)),
        lambda x, y: after(np.sum(np.maximum(x, y)), (x > y) * 1.0), X, (Y,),
    ),
    "where": Everyday(
        lambda np, x, y: np.sum(np.where(x > 0, x, y)),
        lambda x, y: after(np.sum(np.where(x > 0, x, y)), (x > 0) * 1.0), X, (Y,),
    ),
    "x[i]": Everyday(lambda np, x: np.sum(x[1]), lambda x: at(x, 1), X),
    "x[indices]": Everyday(lambda np, x, i: np.sum(x[i]), at, X, (PICKED,)),
    "x[slice]": Everyday(lambda np, x: np.sum(x[1:3]), lambda x: at(x, slice(1, 3)), X),
    "concatenate": Everyday(
        lambda np, x, y: np.sum(np.concatenate([x, y])),
        lambda x, y: after(np.sum(np.concatenate([x, y])), np.ones_like(x)), X, (Y,),
        lambda torch, x, y: torch.sum(torch.cat([x, y])),
    ),
    "stack": Everyday(
        lambda np, x, y: np.sum(np.stack([x, y])),
        lambda x, y: after(np.sum(np.stack([x, y])), np.ones_like(x)), X, (Y,),
    ),
    "reshape": Everyday(
        lambda np, x: np.sum(np.reshape(x, (6, 5))),
        lambda x: after(np.sum(np.reshape(x, (6, 5))), np.ones_like(x)), X,
    ),
    "transpose": Everyday(
        lambda np, x: np.sum(x.T), lambda x: after(np.sum(x.T), np.ones_like(x)), X
    ),
    "norm": Everyday(
        lambda np, x: np.linalg.norm(x), lambda x: x / np.linalg.norm(x), V
    ),
    "solve": Everyday(lambda np, x, b: np.sum(np.linalg.solve(x, b)), solve, A, (V,)),
    "cumsum": Everyday(
        lambda np, x: np.sum(np.cumsum(x, 0)),
        lambda x: after(np.sum(np.cumsum(x, 0)), np.cumsum(np.ones_like(x), 0)[::-1]), X,
    ),
}  # fmt: skip


def gradients(entry, peers):
    """For each library, what computes the gradient once."""
    f, by_hand, x, others, of_torch = entry
    df = al.grad(lambda x: f(np, x, *others))
    np.testing.assert_allclose(df(x), by_hand(x, *others), rtol=1e-12)
    steps = {HAND: lambda: by_hand(x, *others), OURS: lambda: df(x)}
    if "torch" in peers:
        import torch

        there = [torch.tensor(a) for a in others]
        leaf = torch.tensor(x, requires_grad=True)
        loss = of_torch or f
        steps[PEERS["torch"]] = lambda: torch.autograd.grad(loss(torch, leaf, *there), leaf)
    if "autograd" in peers:
        import autograd
        import autograd.numpy

        hips = autograd.grad(lambda x: f(autograd.numpy, x, *others))
        steps[PEERS["autograd"]] = lambda: hips(x)
    return steps


def table(quick, peers):
    """Microseconds of each whole gradient, and our part of each peer's."""
    peers = installed([peer for peer in peers if peer in ("torch", "autograd")])
    names = [HAND, *[PEERS[peer] for peer in peers]]
    result = Table(
        "Everyday functions: the whole gradient of small arrays, in µs, and what ours is of others",
        ["", OURS, *names, *[f"of {name}" for name in names]],
    )
    ratios = []
    for name, entry in FUNCTIONS.items():
        times = race(gradients(entry, peers), quick)
        ours, theirs = times.pop(OURS), [*times.values()]
        ratios.append([ours / time for time in theirs])
        cells = [f"{time * 1e6:.1f}" for time in (ours, *theirs)]
        result.add(name, *cells, *[f"{ratio:.2f}" for ratio in ratios[-1]])
    means = [exp(sum(map(log, column)) / len(column)) for column in zip(*ratios)]
    for name, numbers in (("geometric mean", means), ("largest", map(max, zip(*ratios)))):
        result.add(name, *[""] * (1 + len(names)), *[f"{x:.2f}" for x in numbers])
    return result
