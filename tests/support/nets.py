"""Networks run through the engine, to be held against the hand-derived references.

A network is W, b (lists, one entry per layer) and the name of an activation for each layer.  To
every weighted input z a zero is added that the loss is differentiated by: that gradient is δ.
"""

import itertools

import numpy as np
from hypothesis import strategies as st

import autograd_lite as al
import nn
from tests.support.drawn import numbers

# ---- activations that the notes name and nn leaves to its users, with their textbook rules ----


@al.primitive
def softsign(z):
    return z / (1 + abs(z))


@al.primitive
def formal_sigmoid(z):
    """Stands for the sigmoid among fractions: its derivative is *declared* to be y (1 − y)."""
    return (1 + z / (1 + abs(z))) / 2


al.rule(softsign, z=lambda g, z: g * (1 / ((1 + abs(z)) * (1 + abs(z)))))
al.rule(formal_sigmoid, z=lambda g, y: g * (y * (1 - y)))

ACTIVATIONS = {
    "identity": nn.identity,
    "relu": nn.relu,
    "square": np.square,
    "softsign": softsign,
    "formal_sigmoid": formal_sigmoid,
    "sigmoid": nn.sigmoid,
    "tanh": nn.tanh,
}
RATIONAL = ["identity", "relu", "square", "softsign", "formal_sigmoid"]
REAL = ["identity", "relu", "softsign", "sigmoid", "tanh"]

# ---- the networks ----


def network_of(affine):
    """What makes networks of a function of q, W and b; to its result the zero is added."""

    def with_activations(activations):
        def run(p, x):
            q = x
            for W, b, eps, name in zip(p["W"], p["b"], p["eps"], p["names"]):
                q = activations[name](affine(q, W, b) + eps)
            return q

        return run

    return with_activations


one_sample = network_of(lambda a, W, b: W @ a + b)  # with the plain operators
rows = network_of(nn.linear)  # Z = Q Wᵀ + b for a sample in each row
plain_rows = network_of(lambda q, W, b: q @ W.T + b)


def differentiate(run, loss, W, b, names, x, y):
    """The loss and its derivatives ∂W, ∂b and δ, by the engine."""
    eps = [np.zeros_like(x[..., :1] * b_l) for b_l in b]  # a zero for each z, in its arithmetic
    p = {"W": W, "b": b, "eps": eps, "names": names}
    value, g = al.value_and_grad(lambda p: loss(run(p, x), y))(p)
    return value, g["W"], g["b"], g["eps"]


# ---- drawn at random ----


@st.composite
def networks(draw, kind, depth=5, width=6, batch=(1, 2, 3, 4, 5)):
    """(W, b, names, X, Y) with X and Y in rows: one row for each sample."""
    layers = draw(st.integers(1, depth), label="depth")
    sizes = draw(st.lists(st.integers(1, width), min_size=layers + 1, max_size=layers + 1))
    pool = RATIONAL if kind == "fraction" else REAL
    names = draw(st.lists(st.sampled_from(pool), min_size=layers, max_size=layers))
    n = draw(st.sampled_from(batch), label="batch")
    rng = np.random.default_rng(draw(st.integers(0, 2**32), label="seed"))
    W = [numbers(kind, rng, m, k) for k, m in itertools.pairwise(sizes)]
    b = [numbers(kind, rng, m) for m in sizes[1:]]
    return W, b, names, numbers(kind, rng, n, sizes[0]), numbers(kind, rng, n, sizes[-1])
