"""Losses of classification, from logits: the last activation cancels in the derivative."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

import autograd_lite as al
from nn.activations import sigmoid, softmax
from nn.calls import as_array
from nn.losses.regression import averaged, check_same_shape, is_whole, no_samples, share
from nn.parameters.counts import count, widened

Array = Any


def _one_hot(labels: Array, like: Array) -> Array:
    """1{y_i = j} as booleans."""
    several = getattr(labels, "ndim", 0)  # a Python number has no axes to index
    column = labels[..., None] if several else np.expand_dims(labels, -1)
    return np.arange(np.shape(like)[-1]) == column


def _probabilities(labels: Array, logits: Array) -> Array:
    """What softmax should be: one-hot labels as they are, classes made one-hot."""
    if np.ndim(labels) == np.ndim(logits):
        return as_array(labels).astype(logits.dtype)
    return _one_hot(labels, logits)


@al.primitive
def cross_entropy(logits: Array, labels: Array) -> np.floating:
    """−z_y + ln Σⱼ e^zⱼ for the true class y, averaged over the samples.  (LI 6.20)

    ``logits`` z go into softmax, and have shape (samples, classes) or (classes,).  ``labels`` are
    integers of shape (samples,) or (); or one-hot, booleans or floats of the shape of ``logits``
    whose rows sum to 1.  Those may be probabilities tⱼ: then −Σⱼ tⱼ zⱼ takes the place of −z_y.

    The derivative by the logits is (softmax − 1{y = j}) / N, or (softmax − t) / N.  Labels are
    data: the derivative by them raises a TypeError.  A label that is no class raises a ValueError,
    and so do logits with more axes: each step of a sequence is a sample.

    >>> import numpy as np, nn
    >>> round(float(nn.cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))), 6)
    0.693147
    >>> round(float(nn.cross_entropy(np.array([[0.0, 0.0]]), np.array([[0.0, 1.0]]))), 6)
    0.693147
    """
    return evaluated("cross_entropy", logits, labels)[0]


def evaluated(who: str, logits: Array, labels: Array) -> tuple[Array, Array, Array, Array]:
    """The cost; e^z over its largest in each row; the sums of that; the labels.

    The labels come as an index of the true classes, or as probabilities.  Errors name ``who``.
    """
    logits, labels = as_array(logits), as_array(labels)
    if not 0 < logits.ndim <= 2 or not logits.size:
        _check_logits(who, logits.shape)
    if is_whole(logits):
        logits = logits.astype(float)
    if hasattr(logits, "chunks") and labels.dtype.kind in "iu":
        raise TypeError(
            f"{who}: a Dask array has no logits of the true classes to pick; sum over its blocks, "
            f"al.mean_over(loss, al.blocks(x, labels)), or give one-hot labels, "
            f"np.eye({logits.shape[-1]})[labels]"
        )
    rows = logits.reshape(-1, logits.shape[-1])
    largest = rows.max(axis=1, keepdims=True)
    below = rows - largest  # the largest cancels, and nothing overflows
    e = np.exp(below)
    total = e.sum(axis=1, keepdims=True)
    if labels.shape == logits.shape and labels.dtype.kind in "bf":
        t = sums_to_one(who, "the array of labels", labels).reshape(rows.shape).astype(logits.dtype)
        picked = (t * np.where(t == 0, 0, below)).sum(axis=1)  # −∞ for an impossible class
        picked = picked - largest[:, 0] * (1 - t.sum(axis=1))  # which cancels but for rounding
    else:
        _check_classes(who, logits.shape, labels)
        t = np.arange(len(rows)), labels.reshape(-1)
        try:
            picked = below[t]
        except IndexError:
            raise _no_class(who, labels.max(), logits.shape) from None
    return averaged(np.log(total[:, 0]) - picked, logits.shape), e, total, t


def _cost_and_excess(logits: Array, labels: Array) -> tuple[Array, Array]:
    """The cost and `excess`, which share most of their work."""
    cost, e, total, t = evaluated("cross_entropy", logits, labels)
    if not e.flags.c_contiguous:  # then the subtraction decides how the result lies in memory
        return cost, excess(logits, labels)
    over = np.divide(e, total, out=e)
    if type(t) is tuple:
        over[t] -= 1
    else:
        over -= t
    return cost, over.reshape(logits.shape)


def excess(logits: Array, labels: Array) -> Array:
    """softmax − 1{y = j}, or softmax − t."""
    return softmax(logits) - _probabilities(labels, logits)


def _check_logits(who: str, shape: tuple[int, ...]) -> None:
    if 0 in shape:
        raise no_samples(who, shape, "logits")
    fix = ""
    if shape and who == "kl_divergence":
        fix = f"; use logits.reshape(-1, {shape[-1]}) and target.reshape(-1, {shape[-1]})"
    elif shape:
        fix = f"; use logits.reshape(-1, {shape[-1]}) and labels.reshape(-1)"
    alike = ", where one-hot labels take the shape of the logits" if who == "cross_entropy" else ""
    raise ValueError(
        f"{who}: logits have shape {shape}, and need (samples, classes), or (classes,) for one "
        f"sample{fix}{alike}"
    )


def sums_to_one(who: str, name: str, labels: Array) -> Array:
    """The probabilities; raises ValueError where they are none, which NaN is not either."""
    total, word = labels.sum(axis=-1), name.split()[-1]
    fault = ""
    if al.branch(np.any(labels < 0), later=False):
        fault = f"{labels.min()} is among them"
    elif al.branch(~np.all(abs(total - 1) <= 1e-3), later=False):
        fault = f"one sums to {total.reshape(-1)[np.argmax(abs(total - 1))]}"
    if fault:
        raise ValueError(
            f"{who}: {name} has probabilities in rows, not negative, and each row sums to 1; "
            f"{fault}; give {word} / {word}.sum(axis=-1, keepdims=True) of what is not negative, "
            f"nn.softmax({word}) of logits, or integers for classes by their number"
        )
    return labels


def _check_classes(who: str, shape: tuple[int, ...], labels: Array) -> None:
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        one_hot = f"or one-hot labels, floats or booleans of shape {shape}, "
        raise ValueError(
            f"{who}: logits of shape {shape} need integer labels of shape {shape[:-1]}, "
            f"one class for each sample, {one_hot if who == 'cross_entropy' else ''}"
            f"and got {labels.dtype} of {labels.shape}{_fix_of_labels(shape, labels)}"
        )
    if labels.dtype.kind == "i" and labels.min() < 0:  # too large ones are found in use
        raise _no_class(who, labels.min(), shape)


def _fix_of_labels(shape: tuple[int, ...], labels: Array) -> str:
    """What makes classes by their numbers of these labels, where that is known."""
    fix = ""
    if labels.shape == (*shape[:-1], 1):
        fix = "[:, 0]"
    elif labels.shape != shape[:-1]:
        return ""
    if labels.dtype.kind in "SUO" and isinstance(labels.flat[0], (str, bytes)):
        return f"; use np.unique(labels{fix}, return_inverse=True)[1]"
    if labels.dtype.kind not in "iu":
        fix += ".astype(int)"
    return f"; use labels{fix}"


def _no_class(who: str, label: Any, shape: tuple[int, ...]) -> ValueError:
    return ValueError(
        f"{who}: label {label} is not in 0 … {shape[-1] - 1}; labels are the classes, "
        f"columns of the logits counted from 0, so give one of these, or make more logits"
    )


def _labels_are_data(g: Array) -> NoReturn:
    raise TypeError(
        "cross_entropy: labels are data, and have no derivative; give al.stop_gradient(labels)"
    )


al.rule(
    cross_entropy,
    logits=lambda g, shape, residuals: share(g, shape) * residuals,
    labels=_labels_are_data,
    residuals=excess,
    forward=_cost_and_excess,
)
al.notation(cross_entropy, "cross entropy")


@al.primitive
def binary_cross_entropy(logits: Array, targets: Array) -> np.floating:
    """−t ln σ(z) − (1 − t) ln(1 − σ(z)) from the logits z, averaged over all elements.  (LN)

    It is computed as max(z, 0) − t z + ln(1 + e^−|z|), which keeps the digits of small losses.
    ``targets`` t are numbers in [0, 1] of the shape of ``logits``; others raise a ValueError.  The
    derivative by the logits is (σ(z) − t) / N.

    >>> import numpy as np, nn
    >>> round(float(nn.binary_cross_entropy(np.array([0.0]), np.array([1.0]))), 6)
    0.693147
    """
    check_same_shape("binary_cross_entropy", logits, targets, ("logits", "targets"))
    logits, targets = as_array(logits), as_array(targets)
    if al.branch(~np.all((targets >= 0) & (targets <= 1)), later=False):
        raise ValueError(
            f"binary_cross_entropy: targets are in [0, 1], and not in [{targets.min()}, "
            f"{targets.max()}]; from -1 and 1 they are (targets + 1) / 2"
        )
    z = logits.astype(float) if is_whole(logits) else logits
    return np.mean(np.maximum(z, 0) - targets * z + np.log1p(np.exp(-abs(z))))


al.rule(
    binary_cross_entropy,
    logits=lambda g, logits, targets: widened(g) / count(logits) * (sigmoid(logits) - targets),
    targets=lambda g, logits: -widened(g) / count(logits) * logits,
)
al.notation(binary_cross_entropy, "binary cross entropy")


@al.primitive
def hinge(scores: Array, labels: Array) -> np.floating:
    """max(0, 1 − y s), averaged over all elements: the loss of a linear SVM.  (BU, hinge loss)

    ``labels`` y are −1 or 1, of the shape of ``scores`` s; others raise a ValueError.  The
    derivative by the scores is −y / N where y s < 1, else 0.

    >>> import numpy as np, nn
    >>> float(nn.hinge(np.array([2.0, 0.5]), np.array([1, -1])))
    0.75
    """
    check_same_shape("hinge", scores, labels, ("scores", "labels"))
    scores, labels = as_array(scores), as_array(labels)
    if is_whole(scores):
        scores = scores.astype(float)
    if al.branch(~np.all((labels == 1) | (labels == -1)), later=False):
        other = labels[(labels != 1) & (labels != -1)][0] if labels.ndim else labels
        raise ValueError(
            f"hinge: labels are -1 or 1, and not {other}; from 0 and 1 they are 2 * labels - 1"
        )
    return np.mean(np.maximum(1 - labels.astype(scores.dtype) * scores, 0))


def _slope_of_hinge(scores: Array, labels: Array) -> Array:
    y = as_array(labels).astype(scores.dtype)
    return -y * (y * scores < 1)


al.rule(
    hinge,
    scores=lambda g, scores, labels: widened(g) / count(scores) * _slope_of_hinge(scores, labels),
    labels=None,
)
al.notation(hinge, lambda scores, labels: np.mean(np.maximum(0, 1 - labels * scores)))
