"""Losses between distributions, directions and ranks: values and derivatives by hand."""

import math

import numpy as np
import pytest
from hypothesis import given

import autograd_lite as al
import nn
from autograd_lite.testing import check_grads
from tests.support.drawn import SEEDS


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# Each: arguments from a generator, the value, and the derivative by the first argument.


def focal(rng):
    z, y = rng.standard_normal((4, 3)), rng.integers(3, size=4)
    p = softmax(z)[np.arange(4), y]
    w = (1 - p) ** 2 - 2 * p * (1 - p) * np.log(p)
    value = np.mean(-((1 - p) ** 2) * np.log(p))
    return (z, y), value, w[:, None] * (softmax(z) - np.eye(3)[y]) / 4


def margin_ranking(rng):
    a, b = rng.standard_normal((2, 4, 3))
    y = 2 * rng.integers(2, size=(4, 3)) - 1
    short = 0 - y * (a - b)
    return (a, b, y), np.sum(np.maximum(short, 0)) / 12, -y * (short > 0) / 12


def kl_divergence(rng):
    z, t = rng.standard_normal((4, 3)), rng.dirichlet(np.ones(3), size=4)
    value = np.sum(t * (np.log(t) - np.log(softmax(z)))) / 4
    return (z, t), value, (softmax(z) - t) / 4


def cosine(rng):
    a, b = rng.standard_normal((2, 4, 3))
    length = np.linalg.norm(a, axis=1, keepdims=True)
    u, v = a / length, b / np.linalg.norm(b, axis=1, keepdims=True)
    along = np.sum(u * v, axis=1, keepdims=True)
    return (a, b), np.mean(1 - along), (along * u - v) / (4 * length)


def poisson_negative_log_likelihood(rng):
    z, t = rng.standard_normal((4, 3)), rng.poisson(2.0, size=(4, 3))
    return (z, t), np.mean(np.exp(z) - t * z), (np.exp(z) - t) / 12


REFERENCES = [focal, margin_ranking, kl_divergence, cosine, poisson_negative_log_likelihood]
by_name = pytest.mark.parametrize("reference", REFERENCES, ids=lambda f: f.__name__)


@by_name
@given(rng=SEEDS)
def test_values_and_derivatives_by_hand(reference, rng):
    arguments, value, slope = reference(rng)
    loss = getattr(nn, reference.__name__)
    ours, g = al.value_and_grad(loss)(*arguments)
    assert np.isclose(ours, value, rtol=1e-12, atol=1e-14)
    assert np.allclose(g, slope, rtol=1e-10, atol=1e-13)


@by_name
def test_second_derivatives_and_dtypes(reference):
    arguments, value, _ = reference(np.random.default_rng(1))
    loss = getattr(nn, reference.__name__)
    check_grads(lambda x: loss(x, *arguments[1:]), arguments[:1], order=2)
    short = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in arguments]
    ours, g = al.value_and_grad(loss)(*short)
    assert ours.dtype == g.dtype == np.float32 and np.isclose(ours, value, rtol=1e-5)


@by_name
def test_compiled_training_has_the_same_bits(reference):
    (x, *rest), _, _ = reference(np.random.default_rng(2))
    loss = getattr(nn, reference.__name__)
    train = lambda compile: nn.fit(
        *(x, lambda m, *rest: loss(m, *rest), [tuple(rest)], nn.SGD(0.1)),
        epochs=5,
        progress=False,
        compile=compile,
    )
    (ours, history), (theirs, its) = train(True), train(False)
    assert np.array_equal(ours, theirs) and history.losses == its.losses


@given(SEEDS)
def test_relatives(rng):
    """What is equal by algebra, ``==`` where no rounding differs."""
    (z, y), *_ = focal(rng)
    assert nn.focal(z, y, gamma=0) == nn.cross_entropy(z, y)
    (z, t), *_ = kl_divergence(rng)
    ours, theirs = (al.grad(f)(z, t) for f in (nn.kl_divergence, nn.cross_entropy))
    assert np.array_equal(ours, theirs)
    (a, b), *_ = cosine(rng)
    assert nn.cosine(4 * a, b / 8) == nn.cosine(a, b)
    assert np.isclose(nn.cosine(1e200 * a, b), nn.cosine(a, b))


def test_ends():
    """Certain samples cost nothing and pull nowhere; impossible classes cost nothing."""
    z = np.array([[800.0, 0.0]])
    for gamma in (0.5, 1.0, 2.0):
        value, g = al.value_and_grad(lambda z, y, c=gamma: nn.focal(z, y, gamma=c))(
            z, np.array([0])
        )
        assert value == 0 and np.all(g == 0)
    t = np.array([[0.0, 1.0]])
    assert np.isclose(nn.kl_divergence(np.zeros((1, 2)), t), math.log(2))
