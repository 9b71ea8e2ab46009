"""Losses between distributions, directions and ranks, with their derivatives by hand.

Samples are rows.  Shapes that would broadcast raise a ValueError, and so does a mean of nothing.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

import autograd_lite as al
from autograd_lite.special import log_softmax
from nn.activations import softmax
from nn.calls import NOT_NEGATIVE, as_array
from nn.losses.classification import evaluated, excess, sums_to_one
from nn.losses.regression import averaged, check_same_shape, is_whole, share
from nn.parameters.counts import count, widened
from nn.parameters.hyperparameters import as_number

Array = Any


def _floats(x: Array) -> Array:
    """``x`` as an array of floats; one of floats stays as it is, tracked or not."""
    x = as_array(x)
    return x.astype(float) if is_whole(x) else x


@al.primitive
def focal(logits: Array, labels: Array, gamma: Any = 2.0) -> np.floating:
    """−(1 − p)^γ ln p for p = softmax(z)_y of the true class y, averaged over the samples.

    It is `cross_entropy` with less weight on samples that are right already.  γ = 0 is that loss
    itself.  ``logits`` z have shape (samples, classes) or (classes,), ``labels`` are integers of
    shape (samples,) or ().  The derivative by the logits is w (softmax − 1{y = j}) / N, where
    w = (1 − p)^γ − γ p (1 − p)^(γ−1) ln p.  Other shapes, and labels that are no class, raise a
    ValueError.  (Lin et al. 2017, equation 4)

    >>> import numpy as np, nn
    >>> round(float(nn.focal(np.array([[0.0, 0.0]]), np.array([1]))), 6)
    0.173287
    """
    NOT_NEGATIVE.check("focal", "gamma", gamma)
    if np.ndim(logits) and np.shape(labels) == np.shape(logits):
        raise ValueError(
            f"focal: labels have shape {np.shape(labels)}, that of the logits, and are to be the "
            f"classes by their numbers; from one-hot labels they are labels.argmax(axis=-1)"
        )
    plain = evaluated("focal", logits, labels)[0]  # for its errors, too
    if gamma == 0:
        return plain
    chosen, rest = _chosen(_floats(logits), as_array(labels))
    return averaged(-(rest ** as_number(gamma)) * chosen, np.shape(logits))


def _chosen(logits: Array, labels: Array) -> tuple[Array, Array]:
    """ln p of the true classes, and 1 − p with all its digits; samples without axes too."""
    true = np.arange(logits.shape[-1]) == np.expand_dims(labels, -1)
    chosen = np.sum(np.where(true, log_softmax(logits, axis=-1), 0), axis=-1)
    return chosen, -np.expm1(chosen)


def _slope_of_focal(logits: Array, labels: Array, gamma: Any) -> Array:
    chosen, rest = _chosen(logits, labels)
    power = as_number(gamma)
    inner = np.where(rest > 0, rest, 1)  # where p is 1, nothing pulls
    weight = inner**power - power * np.exp(chosen) * inner ** (power - 1) * chosen
    weight = np.where(rest > 0, weight, 1 if power == 0 else 0)
    true = np.arange(logits.shape[-1]) == np.expand_dims(labels, -1)
    return np.expand_dims(weight, -1) * (softmax(logits) - true)


al.rule(
    focal,
    logits=lambda g, shape, logits, labels, gamma: (
        share(g, shape) * _slope_of_focal(logits, labels, gamma)
    ),
    labels=None,
    gamma=None,
)


@al.primitive
def margin_ranking(first: Array, second: Array, signs: Array, margin: Any = 0.0) -> np.floating:
    """max(0, margin − y (a − b)), averaged over all elements: a is to be above b where y is 1.

    ``first`` a, ``second`` b and ``signs`` y have one shape, and y is −1 or 1; others raise a
    ValueError.  The derivative by a is −y / N where margin − y (a − b) > 0, else 0, and by b the
    negative of it.  (Herbrich, Graepel & Obermayer 2000)

    >>> import numpy as np, nn
    >>> float(nn.margin_ranking(np.array([1.0, 2.0]), np.array([0.0, 3.0]), np.array([1, 1])))
    0.5
    """
    check_same_shape("margin_ranking", first, second, ("first", "second"))
    check_same_shape("margin_ranking", first, signs, ("first", "signs"))
    a, b, y = _floats(first), _floats(second), as_array(signs)
    if al.branch(~np.all((y == 1) | (y == -1)), later=False):
        raise ValueError(
            f"margin_ranking: signs are -1 or 1, and not all of {np.unique(y)[:3]}; from booleans "
            f"they are np.where(signs, 1, -1)"
        )
    short = as_number(margin) - y.astype(a.dtype) * (a - b)
    return np.mean(np.maximum(short, 0))


def _slope_of_ranking(a: Array, b: Array, y: Array, margin: Any) -> Array:
    return -y * (as_number(margin) - y * (a - b) > 0)


al.rule(
    margin_ranking,
    first=lambda g, first, second, signs, margin: (
        widened(g) / count(first) * _slope_of_ranking(first, second, signs, margin)
    ),
    second=lambda g, first, second, signs, margin: (
        -widened(g) / count(first) * _slope_of_ranking(first, second, signs, margin)
    ),
    signs=None,
    margin=None,
)


@al.primitive
def kl_divergence(logits: Array, target: Array) -> np.floating:
    """Σⱼ tⱼ (ln tⱼ − ln softmax(z)ⱼ), averaged over the samples.  (Kullback & Leibler 1951)

    ``logits`` z and the probabilities ``target`` t have shape (samples, classes) or (classes,), and
    rows of t sum to 1; others raise a ValueError.  Where t is 0, its term is 0.  The derivative by
    the logits is (softmax − t) / N, that of `cross_entropy`: they differ by the entropy of t.
    The target is data: the derivative by it raises a TypeError.

    >>> import numpy as np, nn
    >>> float(nn.kl_divergence(np.zeros((1, 2)), np.array([[0.5, 0.5]])))
    0.0
    """
    check_same_shape("kl_divergence", logits, target, ("logits", "target"))
    t = sums_to_one("kl_divergence", "the target", _floats(target))
    loss = evaluated("kl_divergence", logits, t)[0]
    return loss - averaged(-t * np.log(np.where(t == 0, 1, t)), t.shape)


def _target_is_data(g: Array) -> NoReturn:
    raise TypeError(
        "kl_divergence: the target is data, and has no derivative; give al.stop_gradient(target)"
    )


al.rule(
    kl_divergence,
    logits=lambda g, shape, logits, target: share(g, shape) * excess(logits, target),
    target=_target_is_data,
)


@al.primitive
def cosine(prediction: Array, target: Array) -> np.floating:
    """1 − ⟨a, b⟩ / (‖a‖ ‖b‖) along the last axis, averaged over the samples.

    Both have shape (samples, numbers) or (numbers,).  Their lengths do not matter, and a row of
    zeros has no direction: it raises a ValueError.  With u = a / ‖a‖ and v = b / ‖b‖, the
    derivative by a is (⟨u, v⟩ u − v) / (N ‖a‖).

    >>> import numpy as np, nn
    >>> float(nn.cosine(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]])))
    1.0
    """
    check_same_shape("cosine", prediction, target)
    if not np.ndim(prediction):
        raise ValueError("cosine: the prediction is a number; give a vector, or vectors in rows")
    for x in (prediction, target):
        if al.branch(np.any(np.all(np.equal(x, 0), axis=-1)), later=False):
            raise ValueError(
                "cosine: a row of zeros has no direction; leave it out, or add a small number to it"
            )
    return np.mean(1 - np.sum(_direction(prediction)[0] * _direction(target)[0], axis=-1))


def _direction(x: Array) -> tuple[Array, Array]:
    """x / ‖x‖ and ‖x‖, where no square overflows."""
    x = _floats(x)
    largest = np.max(np.abs(x), axis=-1, keepdims=True)
    scaled = x / largest
    length = np.sqrt(np.sum(scaled * scaled, axis=-1, keepdims=True))
    return scaled / length, largest * length


def _slope_of_cosine(a: Array, b: Array) -> Array:
    """(⟨u, v⟩ u − v) / ‖a‖ for the directions u and v."""
    (u, length), (v, _) = _direction(a), _direction(b)
    return (np.sum(u * v, axis=-1, keepdims=True) * u - v) / length


al.rule(
    cosine,
    prediction=lambda g, prediction, target: (
        g / (count(prediction) // prediction.shape[-1]) * _slope_of_cosine(prediction, target)
    ),
    target=lambda g, prediction, target: (
        g / (count(prediction) // prediction.shape[-1]) * _slope_of_cosine(target, prediction)
    ),
)


@al.primitive
def poisson_negative_log_likelihood(log_rate: Array, target: Array) -> np.floating:
    """e^z − t z for the logarithm z of the rate and counts t, averaged over all elements.

    It is −ln of the Poisson distribution but for ln t!, which does not depend on z.  Both have one
    shape, and t is not negative; others raise a ValueError.  The derivative by z is (e^z − t) / N.

    >>> import numpy as np, nn
    >>> float(nn.poisson_negative_log_likelihood(np.array([0.0, 0.0]), np.array([1, 2])))
    1.0
    """
    check_same_shape("poisson_negative_log_likelihood", log_rate, target, ("log_rate", "target"))
    z, t = _floats(log_rate), _floats(target)
    t = t.astype(z.dtype)
    if al.branch(~np.all(t >= 0), later=False):
        raise ValueError(
            f"poisson_negative_log_likelihood: target has {np.min(t)}, and counts from 0; give "
            f"counts, and the logarithm of the rate first"
        )
    return np.mean(np.exp(z) - t * z)


al.rule(
    poisson_negative_log_likelihood,
    log_rate=lambda g, log_rate, target: widened(g) / count(log_rate) * (np.exp(log_rate) - target),
    target=lambda g, log_rate: -widened(g) / count(log_rate) * log_rate,
)
