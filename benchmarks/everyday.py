"""Everyday functions: the whole gradient of one small NumPy expression, as a user writes it.

The arrays are small, so this is what a call costs beside the arithmetic.
"""

from collections.abc import Callable
from math import exp, log
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
from benchmarks.contestants import OURS, PEERS, installed
from benchmarks.table import Table
from benchmarks.timing import race

rng = np.random.default_rng(0)
X, Y, V = rng.normal(size=(5, 6)), rng.normal(size=(5, 6)), rng.normal(size=6)
A = rng.normal(size=(6, 6)) + 6 * np.eye(6)
PICKED = np.array([4, 0, 2, 0])


class Everyday(NamedTuple):
    """A scalar function of ``x``: for what has NumPy's names, and for PyTorch where it has others.

    Both get the module, then ``x``, then the other arrays.
    """

    function: Callable[..., Any]
    x: Any
    others: tuple[Any, ...] = ()
    torch: Callable[..., Any] | None = None


FUNCTIONS = {
    "sum": Everyday(lambda np, x: np.sum(x), X),
    "mean": Everyday(lambda np, x: np.mean(x), X),
    "max": Everyday(lambda np, x: np.max(x), X),
    "matmul": Everyday(lambda np, x, a: np.sum(x @ a), X, (A,)),
    "dot": Everyday(lambda np, x, y: np.dot(x, y), V, (V,)),
    "einsum": Everyday(lambda np, x, a: np.sum(np.einsum("ij,jk->ik", x, a)), X, (A,)),
    "broadcast sum": Everyday(lambda np, x, y: np.sum(x + y), V, (Y,)),
    "plain sum": Everyday(lambda np, x, y: np.sum(x + y), X, (Y,)),
    "tanh": Everyday(lambda np, x: np.sum(np.tanh(x)), X),
    "power": Everyday(lambda np, x: np.sum(x**3), X),
    "sigmoid": Everyday(lambda np, x: np.sum(1 / (1 + np.exp(-x))), X),
    "maximum": Everyday(lambda np, x, y: np.sum(np.maximum(x, y)), X, (Y,)),
    "where": Everyday(lambda np, x, y: np.sum(np.where(x > 0, x, y)), X, (Y,)),
    "x[i]": Everyday(lambda np, x: np.sum(x[1]), X),
    "x[indices]": Everyday(lambda np, x, i: np.sum(x[i]), X, (PICKED,)),
    "x[slice]": Everyday(lambda np, x: np.sum(x[1:3]), X),
    "concatenate": Everyday(
        lambda np, x, y: np.sum(np.concatenate([x, y])), X, (Y,),
        lambda torch, x, y: torch.sum(torch.cat([x, y])),
    ),
    "stack": Everyday(lambda np, x, y: np.sum(np.stack([x, y])), X, (Y,)),
    "reshape": Everyday(lambda np, x: np.sum(np.reshape(x, (6, 5))), X),
    "transpose": Everyday(lambda np, x: np.sum(x.T), X),
    "norm": Everyday(lambda np, x: np.linalg.norm(x), V),
    "solve": Everyday(lambda np, x, b: np.sum(np.linalg.solve(x, b)), A, (V,)),
    "cumsum": Everyday(lambda np, x: np.sum(np.cumsum(x, 0)), X),
}  # fmt: skip


def gradients(entry, peers):
    """For each library, what computes the gradient once."""
    f, x, others, of_torch = entry
    df = al.grad(lambda x: f(np, x, *others))
    steps = {OURS: lambda: df(x)}
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
    names = [PEERS[peer] for peer in peers]
    result = Table(
        "Everyday functions: the whole gradient, small arrays",
        ["", f"{OURS}, µs", *[f"{name}, µs" for name in names], *[f"to {n}" for n in names]],
    )
    ratios = []
    for name, entry in FUNCTIONS.items():
        ours, *theirs = race(gradients(entry, peers), quick).values()
        ratios.append([ours / time for time in theirs])
        cells = [f"{time * 1e6:.1f}" for time in (ours, *theirs)]
        result.add(name, *cells, *[f"{ratio:.2f}" for ratio in ratios[-1]])
    if peers:
        means = [exp(sum(map(log, column)) / len(column)) for column in zip(*ratios)]
        worst = [max(column) for column in zip(*ratios)]
        for name, numbers in (("geometric mean", means), ("largest", worst)):
            result.add(name, *[""] * (1 + len(peers)), *[f"{x:.2f}" for x in numbers])
    return result
