"""Losses, each a primitive with the short cut that its derivative allows.

Samples are rows; a one-dimensional prediction is a single sample.  A loss is the mean over the
samples of a sum over the outputs, unless it says otherwise, and it refuses shapes that would
broadcast.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_lite as al
from nn.activations import sigmoid, softmax

Array = Any


def _same_shape(loss: str, prediction: Array, target: Array) -> None:
    a, b = np.shape(prediction), np.shape(target)
    if a != b:
        fix = ""
        if a[:1] == b[:1] and {len(a), len(b)} == {1, 2}:
            fix = "; use target[:, None]" if len(a) > len(b) else "; use prediction[:, 0]"
        raise ValueError(
            f"{loss}: prediction has shape {a} and target {b}; a loss pairs each "
            f"prediction with its own target and never broadcasts{fix}"
        )


def _share(g: Array, shape: tuple[int, ...]) -> Array:
    """What each sample gets of the gradient of the mean."""
    return g / shape[0] if len(shape) > 1 else g


def _mean(total: Array, shape: tuple[int, ...]) -> Array:
    return total / shape[0] if len(shape) > 1 else total


# ---- regression ----


@al.primitive
def half_squared_error(prediction: Array, target: Array) -> Array:
    """½ ‖target − prediction‖², averaged over the samples.  (BU, OV)

    The derivative by the prediction is (prediction − target) / N.

    >>> import numpy as np, nn
    >>> float(nn.half_squared_error(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    2.5
    """
    _same_shape("half_squared_error", prediction, target)
    d = np.subtract(target, prediction)
    return _mean((d * d).sum() / 2, np.shape(prediction))


al.rule(
    half_squared_error,
    prediction=lambda g, shape, prediction, target: _share(g, shape) * (prediction - target),
    target=lambda g, shape, prediction, target: _share(g, shape) * (target - prediction),
)


@al.primitive
def squared_error(prediction: Array, target: Array) -> Array:
    """‖target − prediction‖², averaged over the samples.  (LI 6.19, LN)

    The derivative by the prediction is 2 (prediction − target) / N.

    >>> import numpy as np, nn
    >>> float(nn.squared_error(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    5.0
    """
    _same_shape("squared_error", prediction, target)
    d = np.subtract(target, prediction)
    return _mean((d * d).sum(), np.shape(prediction))


al.rule(
    squared_error,
    prediction=lambda g, shape, prediction, target: _share(g, shape) * (2 * (prediction - target)),
    target=lambda g, shape, prediction, target: _share(g, shape) * (2 * (target - prediction)),
)

# ---- classification ----


def _one_hot(labels: Array, like: Array) -> Array:
    """1{y_i = j} as booleans."""
    return np.arange(np.shape(like)[-1]) == np.asarray(labels)[..., None]


@al.primitive
def cross_entropy(logits: Array, labels: Array) -> Array:
    """−z_y + ln Σⱼ e^zⱼ for the true class y, averaged over the samples.  (LI 6.20)

    ``logits`` are what goes into softmax, of shape (samples, classes) or (classes,); ``labels`` are
    integers of shape (samples,) or ().  The derivative by the logits is (softmax − 1{y = j}) / N.

    >>> import numpy as np, nn
    >>> round(float(nn.cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))), 6)
    0.693147
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    shape = logits.shape
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"cross_entropy: logits of shape {shape} need integer labels of shape {shape[:-1]}, "
            f"one class for each sample, and got {labels.dtype} of {labels.shape}"
        )
    if labels.size and labels.min() < 0:
        raise ValueError(f"cross_entropy: label {labels.min()} is not in 0 … {shape[-1] - 1}")
    rows = logits.reshape(-1, shape[-1])
    below = rows - rows.max(axis=1, keepdims=True)  # the largest cancels, and nothing overflows
    picked = below[np.arange(len(rows)), labels.reshape(-1)]
    return _mean((np.log(np.exp(below).sum(axis=1)) - picked).sum(), shape)


al.rule(
    cross_entropy,
    logits=lambda g, shape, logits, labels: (
        _share(g, shape) * (softmax(logits) - _one_hot(labels, logits))
    ),
    labels=None,
)


@al.primitive
def binary_cross_entropy(logits: Array, targets: Array) -> Array:
    """−t ln σ(z) − (1 − t) ln(1 − σ(z)) from the logits z, averaged over all elements.  (LN)

    Computed as ln(1 + eᶻ) − t z.  ``targets`` are numbers in [0, 1] of the shape of ``logits``.
    The derivative by the logits is (σ(z) − t) / N.

    >>> import numpy as np, nn
    >>> round(float(nn.binary_cross_entropy(np.array([0.0]), np.array([1.0]))), 6)
    0.693147
    """
    _same_shape("binary_cross_entropy", logits, targets)
    return np.mean(np.logaddexp(0, logits) - targets * logits)


al.rule(
    binary_cross_entropy,
    logits=lambda g, logits, targets: g / np.size(logits) * (sigmoid(logits) - targets),
    targets=lambda g, logits: -g / np.size(logits) * logits,
)
