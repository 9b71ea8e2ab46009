"""Losses between distributions, directions and ranks: values and derivatives by hand."""

import math
import re

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


# ---- refused ----

Z, T = np.zeros((2, 3)), np.full((2, 3), 1 / 3)
REFUSED = {
    "focal, one-hot": (nn.focal, (Z, np.eye(3)[:2]), r"labels\.argmax\(axis=-1\)"),
    "focal, one-hot integers": (nn.focal, (Z, np.eye(3, dtype=int)[:2]), r"labels\.argmax\(.*\)"),
    "focal, floats": (nn.focal, (Z, np.ones(2)), r"labels\.astype\(int\)"),
    "focal, no class": (nn.focal, (Z, np.array([0, 7])), None),
    "focal, below 0": (nn.focal, (Z, np.array([0, -7])), None),
    "focal, too many": (nn.focal, (Z, np.array([0, 1, 2])), None),
    "focal, three axes": (nn.focal, (np.zeros((2, 2, 3)), np.zeros((2, 2), int)), None),
    "focal, nothing": (nn.focal, (np.zeros((0, 3)), np.zeros(0, int)), None),
    "focal, gamma": (nn.focal, (Z, np.array([0, 1]), -1.0), None),
    "focal, NaN": (nn.focal, (Z, np.array([0, 1]), np.nan), None),
    "focal, no gamma": (nn.focal, (Z, np.array([0, 1]), None), None),
    "kl, sums": (nn.kl_divergence, (Z, 3 * T), r"target / target\.sum\(.*?\)"),
    "kl, logits": (nn.kl_divergence, (Z, T - 1), r"nn\.softmax\(target\)"),
    "kl, NaN": (nn.kl_divergence, (Z, T * np.nan), None),
    "kl, classes": (nn.kl_divergence, (Z, np.array([0, 1])), None),
    "kl, three axes": (nn.kl_divergence, (np.zeros((2, 2, 3)), np.full((2, 2, 3), 1 / 3)), None),
    "kl, nothing": (nn.kl_divergence, (np.zeros((0, 3)), np.zeros((0, 3))), None),
}


@pytest.mark.parametrize("case", REFUSED)
def test_errors_name_the_loss_that_was_called_and_the_remedy_works(case):
    loss, arguments, remedy = REFUSED[case]
    with pytest.raises((TypeError, ValueError)) as caught:
        loss(*arguments)
    said = str(caught.value)
    assert said.startswith(loss.__name__) and "cross_entropy" not in said
    with pytest.raises((TypeError, ValueError)) as on_the_tape:
        al.grad(loss)(*arguments)
    assert "cross_entropy" not in str(on_the_tape.value)
    if remedy:
        labels = target = arguments[1]
        assert loss(arguments[0], eval(re.search(remedy, said)[0])) >= 0, (labels, target)


@pytest.mark.parametrize("loss", [nn.focal, nn.kl_divergence])
def test_three_axes_are_made_two(loss):
    logits = np.random.default_rng(0).normal(size=(2, 4, 3))
    labels, target = np.ones((2, 4), int), np.full((2, 4, 3), 1 / 3)
    with pytest.raises(ValueError, match=r"use logits\.reshape") as caught:
        loss(logits, labels if loss is nn.focal else target)
    first, second = re.search(
        r"use (logits\S*\(.*?\)) and (\S+\(.*?\))", str(caught.value)
    ).groups()
    assert loss(eval(first), eval(second)) > 0


def test_what_is_data_has_no_derivative_and_the_remedy_works():
    with pytest.raises(TypeError, match=r"kl_divergence: the target is data.*stop_gradient\(targ"):
        al.grad(nn.kl_divergence, 1)(Z, T)
    g = al.grad(lambda t: nn.kl_divergence(Z + t, al.stop_gradient(t)))(T)
    assert np.allclose(g, 0)
