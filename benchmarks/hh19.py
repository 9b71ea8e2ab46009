"""One step of netbp: the 2-2-3-2 sigmoid network of HH19, one sample, small arrays throughout."""

from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
import nn
from benchmarks.contestants import OURS, Contestant
from benchmarks.problem import Problem, of_nn
from benchmarks.table import race_table
from benchmarks.timing import race

RATE = 0.05

# ---- by hand ----


def forward(p, x):
    W2, W3, W4, b2, b3, b4 = p
    a2 = 1 / (1 + np.exp(-(W2 @ x + b2)))
    a3 = 1 / (1 + np.exp(-(W3 @ a2 + b3)))
    a4 = 1 / (1 + np.exp(-(W4 @ a3 + b4)))
    return a2, a3, a4


def backward(p, x, t, kept):
    _, W3, W4, *_ = p
    a2, a3, a4 = kept
    d4 = a4 * (1 - a4) * (a4 - t)
    d3 = a3 * (1 - a3) * (W4.T @ d4)
    d2 = a2 * (1 - a2) * (W3.T @ d3)
    return [d2[:, None] * x, d3[:, None] * a2, d4[:, None] * a3, d2, d3, d4]


def by_hand(p, x, t):
    return backward(p, x, t, forward(p, x))


# ---- the same for everybody else ----


def network(sigmoid, half_squared_error):
    def loss(p, x, t):
        W2, W3, W4, b2, b3, b4 = p
        a2 = sigmoid(W2 @ x + b2)
        a3 = sigmoid(W3 @ a2 + b3)
        a4 = sigmoid(W4 @ a3 + b4)
        return half_squared_error(a4, t)

    return loss


@al.primitive
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@al.primitive
def half_squared_error(a, t):
    e = a - t
    return 0.5 * (e @ e)


al.rule(sigmoid, x=lambda g, y: g * (y * (1 - y)))
al.rule(half_squared_error, a=lambda g, a, t: g * (a - t), t=lambda g, a, t: g * (t - a))


def hips():
    import autograd.numpy as np

    return lambda z: 1 / (1 + np.exp(-z)), lambda a, t: 0.5 * np.sum((a - t) ** 2)


def mygrad():
    import mygrad as mg
    from mygrad.nnet.activations import sigmoid

    return sigmoid, lambda a, t: 0.5 * mg.sum((a - t) ** 2)


def torch():
    import torch

    return torch.sigmoid, lambda a, t: 0.5 * ((a - t) ** 2).sum()


def jax():
    import jax

    return jax.nn.sigmoid, lambda a, t: 0.5 * ((a - t) ** 2).sum()


DIALECTS = {
    "ours": lambda: (sigmoid, half_squared_error),
    "nn": lambda: of_nn("sigmoid", "half_squared_error"),
    "autograd": hips,
    "mygrad": mygrad,
    "torch": torch,
    "jax": jax,
}


def problem():
    rng = np.random.default_rng(0)
    shapes = [(2, 2), (3, 2), (2, 3), (2,), (3,), (2,)]
    return Problem(
        p=[0.5 * rng.standard_normal(shape) for shape in shapes],
        data=(np.array([0.1, 0.4]), np.array([1.0, 0.0])),
        rate=RATE,
        by_hand=by_hand,
        network=network,
        dialects=DIALECTS,
        tolerance=1e-12,
        exact=True,
    )


class Layer(NamedTuple):
    W: Any
    b: Any


def as_users_write_it(problem):
    """With nn, a tree of parameters, and a step that returns new ones."""
    layers = [Layer(*pair) for pair in zip(problem.p[:3], problem.p[3:])]

    def cost(layers, x, t):
        a = x
        for layer in layers:
            a = nn.sigmoid(layer.W @ a + layer.b)
        return nn.half_squared_error(a, t)

    gradient = al.grad(cost)

    def in_order():
        g = gradient(layers, *problem.data)
        return [*[layer.W for layer in g], *[layer.b for layer in g]]

    def step():
        g = gradient(layers, *problem.data)
        layers[:] = al.tree_map(lambda w, d: w - problem.rate * d, layers, g)

    return Contestant(f"{OURS}, as users write it", in_order, step)


def table(quick, peers):
    given = problem()
    entries = given.contestants(peers)
    entries.insert(1, as_users_write_it(given))
    given.check(entries[1], exact=True)
    steps = {entry.name: entry.step for entry in entries}
    return race_table("HH19: one step of the 2-2-3-2 network on one sample", race(steps, quick))
