"""Activations that are spelt out are known by what they compute, however they are spelt."""

import numpy as np
import pytest

import autograd_lite as al
import nn
from autograd_lite.programs.recognition import recognised


def stable_softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def columns(z):
    e = np.exp(z)
    return e / e.sum(axis=0)


def stable_sigmoid(z):
    e = np.exp(-abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


SPELLINGS = {
    "sigmoid": [
        lambda z: 1 / (1 + np.exp(-z)),
        lambda z: 1.0 / (np.exp(-1 * z) + 1),
        lambda z: np.exp(z) / (1 + np.exp(z)),
        lambda z: 0.5 * (1 + np.tanh(z / 2)),
        lambda z: (1 + np.exp(-z)) ** -1,
        stable_sigmoid,
        nn.sigmoid,
    ],
    "tanh": [
        np.tanh,
        lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        lambda z: 2 / (1 + np.exp(-2 * z)) - 1,
        lambda z: np.sinh(z) / np.cosh(z),
    ],
    "relu": [
        lambda z: np.maximum(z, 0),
        lambda z: np.maximum(0.0, z),
        lambda z: np.where(z > 0, z, 0),
        lambda z: z * (z > 0),
        lambda z: (z + abs(z)) / 2,
        lambda z: np.clip(z, 0, None),
        nn.relu,
    ],
    "softplus": [lambda z: np.log(1 + np.exp(z)), lambda z: np.logaddexp(z, 0)],
    "silu": [lambda z: z / (1 + np.exp(-z))],
    "absolute": [abs, lambda z: np.sqrt(z**2), lambda z: np.where(z < 0, -z, z)],
    "softmax": [stable_softmax, columns, nn.softmax],
    "log_softmax": [
        lambda z: z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)),
        lambda z: np.log(stable_softmax(z)),
    ],
    "logsumexp": [
        lambda z: np.log(np.sum(np.exp(z), axis=1)),
        lambda z: np.log(np.sum(np.exp(z), axis=1, keepdims=True)),
    ],
}
CASES = [(kind, i) for kind, spellings in SPELLINGS.items() for i in range(len(spellings))]


@pytest.mark.parametrize(("kind", "i"), CASES)
def test_spellings(kind, i, rng):
    """The last thing in a loss that has a layer before it and a term after it."""
    f = SPELLINGS[kind][i]

    def loss(W, X, y):
        return np.sum((y - f(al.named("z", X @ W))) ** 2)

    args = rng.normal(size=(3, 4)), rng.normal(size=(5, 3))
    y = rng.normal(size=np.shape(f(args[1] @ args[0])))
    found = [(r.kind, r.argument.name) for r in recognised(al.trace(loss, *args, y)).values()]
    assert (kind, "z") in found
    assert set(found) <= {(kind, "z"), ("softmax", "z")}  # of which log softmax is made


def test_axes(rng):
    z = rng.normal(size=(5, 4))
    for f, axis in ((stable_softmax, 1), (columns, 0)):
        (found,) = recognised(al.trace(lambda z, f=f: f(z), z)).values()
        assert (found.kind, found.axis) == ("softmax", axis)


def test_what_only_resembles_an_activation(rng):
    """Nothing is recognised that is another function, be it only a little."""
    z = rng.normal(size=(5, 4))
    for f in (
        lambda z: 1 / (1 + np.exp(-2 * z)),
        lambda z: 1 / (2 + np.exp(-z)),
        lambda z: np.maximum(z, 0.001),
        lambda z: np.where(z > 0, z, 0.01 * z),
        lambda z: np.log(stable_softmax(z) + 1e-8),
        lambda z: np.exp(z) / np.sum(np.exp(z)),
    ):
        kinds = {r.kind for r in recognised(al.trace(lambda z, f=f: f(z) * 1.5, z)).values()}
        assert kinds <= {"softmax"}  # whose logarithm is another function


def test_layers(rng):
    """A net in plain NumPy: each activation once, with the values before and after it."""

    def net(W1, W2, X, y):
        a = np.maximum(X @ W1, 0)
        p = stable_softmax(a @ W2)
        return -np.sum(y * np.log(p)) / len(X)

    args = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=(6, 3))
    program = al.trace(net, *args, np.eye(2)[rng.integers(0, 2, 6)])
    kinds = [(r.kind, r.argument.step.name) for r in recognised(program).values()]
    assert kinds == [(name, "matmul") for name in ("relu", "softmax", "log_softmax")]
