"""Losses of regression, each a primitive whose derivative is its textbook formula.

Samples are rows, and a one-dimensional prediction is a single sample.  Unless it says otherwise, a
loss is the mean over the samples of a sum over the outputs.  Shapes that would broadcast raise a
ValueError, and so does a mean of nothing.  Integers are taken as floats.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_lite as al
from nn.parameters.counts import narrowed, widened
from nn.parameters.hyperparameters import as_number

Array = Any


def check_same_shape(
    loss: str, prediction: Array, target: Array, names: tuple[str, str] = ("prediction", "target")
) -> None:
    """Raise ValueError unless each prediction has its own target, and there is one at least."""
    a, b = np.shape(prediction), np.shape(target)
    if a != b:
        first, second = names
        fix = f"; give {second} of shape {a}"
        if a == (*b, 1) and len(a) == 2:
            fix = f"; use {second}[:, None]"
        elif b == (*a, 1) and len(b) == 2:
            fix = f"; use {second}[:, 0]"
        raise ValueError(
            f"{loss}: {first} has shape {a} and {second} {b}; a loss pairs each "
            f"prediction with its own target and never broadcasts{fix}"
        )
    if 0 in a:
        raise no_samples(loss, a, names[0])
    if getattr(getattr(target, "dtype", None), "kind", "f") in "SU":
        raise TypeError(
            f"{loss}: {names[1]} has {str(np.ravel(target)[0])!r} in it, and needs numbers; give "
            f"classes by their numbers, np.unique({names[1]}, return_inverse=True)[1]"
        )


def no_samples(loss: str, shape: tuple[int, ...], name: str = "prediction") -> ValueError:
    return ValueError(
        f"{loss}: the {name} has shape {shape}, and a mean of nothing is no number; leave out "
        f"batches without samples"
    )


def is_whole(x: Array) -> bool:
    """Whether ``x`` is an array of integers or booleans."""
    return hasattr(x, "dtype") and x.dtype.kind in "bui"


def difference(a: Array, b: Array) -> Array:
    """a − b, in floats for two arrays of integers, since unsigned ones would wrap around."""
    return np.subtract(a, b.astype(float) if is_whole(b) and is_whole(a) else b)


def share(total: Array, shape: tuple[int, ...]) -> Array:
    """The share of one sample, total / N for N of them in rows; of a cotangent too."""
    return widened(total) / shape[0] if len(shape) > 1 else total


def averaged(terms: Array, shape: tuple[int, ...]) -> Array:
    """Σ terms / N for N samples in rows."""
    return narrowed(share(widened(terms).sum(), shape), terms)


@al.primitive
def half_squared_error(prediction: Array, target: Array) -> np.floating:
    """½ ‖target − prediction‖², averaged over the samples.  (BU, OV)

    The derivative by the prediction is (prediction − target) / N.

    >>> import numpy as np, nn
    >>> float(nn.half_squared_error(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    2.5
    """
    check_same_shape("half_squared_error", prediction, target)
    d = difference(target, prediction)
    return averaged(d * d, np.shape(prediction)) / 2


al.rule(
    half_squared_error,
    prediction=lambda g, shape, prediction, target: share(g, shape) * (prediction - target),
    target=lambda g, shape, prediction, target: share(g, shape) * (target - prediction),
)


def _squared_distance(prediction: Array, target: Array) -> Array:
    return np.square(np.linalg.norm(target - prediction))


def _formula_of_half(prediction: Array, target: Array) -> Array:
    samples = len(prediction) if np.ndim(prediction) > 1 else 1
    return _squared_distance(prediction, target) / (2 * samples)


al.notation(half_squared_error, _formula_of_half)


@al.primitive
def squared_error(prediction: Array, target: Array) -> np.floating:
    """‖target − prediction‖², averaged over the samples.  (LI 6.19, LN)

    The derivative by the prediction is 2 (prediction − target) / N.

    >>> import numpy as np, nn
    >>> float(nn.squared_error(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    5.0
    """
    check_same_shape("squared_error", prediction, target)
    d = difference(target, prediction)
    return averaged(d * d, np.shape(prediction))


al.rule(
    squared_error,
    prediction=lambda g, shape, prediction, target: share(g, shape) * (2 * (prediction - target)),
    target=lambda g, shape, prediction, target: share(g, shape) * (2 * (target - prediction)),
)
al.notation(
    squared_error,
    lambda prediction, target: share(_squared_distance(prediction, target), np.shape(prediction)),
)


@al.primitive
def absolute_error(prediction: Array, target: Array) -> np.floating:
    """Σ |target − prediction|, *summed* over outputs and samples.  (CA)

    The derivative by the prediction is sign(prediction − target), 0 where they are equal.

    >>> import numpy as np, nn
    >>> float(nn.absolute_error(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    3.0
    """
    check_same_shape("absolute_error", prediction, target)
    return np.sum(abs(difference(target, prediction)))


al.rule(
    absolute_error,
    prediction=lambda g, prediction, target: g * np.sign(prediction - target),
    target=lambda g, prediction, target: g * np.sign(target - prediction),
)
al.notation(absolute_error, lambda prediction, target: np.sum(abs(target - prediction)))


@al.primitive
def huber(prediction: Array, target: Array, delta: Any = 1.0) -> np.floating:
    """½ d² where |d| ≤ δ, else δ (|d| − ½ δ), summed over outputs, averaged over the samples.

    With d = prediction − target the derivative is d / N, cut off at ±δ / N.  Raises ValueError
    unless δ is a positive number.  (Huber 1964)

    >>> import numpy as np, nn
    >>> float(nn.huber(np.array([0.5, 3.0]), np.array([0.0, 0.0])))
    2.625
    """
    check_same_shape("huber", prediction, target)
    if np.ndim(delta) or not delta > 0:
        raise ValueError(f"huber: delta = {delta}; it must be one number, and positive")
    d = abs(difference(target, prediction))
    near = np.minimum(d, as_number(delta))
    return averaged(near * (d - near / 2), np.shape(prediction))


al.rule(
    huber,
    prediction=lambda g, shape, prediction, target, delta: (
        share(g, shape) * np.clip(prediction - target, -delta, delta)
    ),
    target=lambda g, shape, prediction, target, delta: (
        share(g, shape) * np.clip(target - prediction, -delta, delta)
    ),
)


@al.primitive
def gaussian_negative_log_likelihood(
    mean: Array, target: Array, variance: Array = 1.0
) -> np.floating:
    """½ ln(2πv) + ½ (target − mean)² / v, summed over outputs, averaged over the samples.  (LN)

    ``variance`` v is a number, or an array of the shape of ``mean``.  Raises ValueError unless it
    is positive.  With v = 1 this is `half_squared_error` and a constant.  The derivative by the
    mean is (mean − target) / (v N).

    >>> import numpy as np, nn
    >>> round(float(nn.gaussian_negative_log_likelihood(np.zeros(1), np.zeros(1))), 6)
    0.918939
    """
    loss = "gaussian_negative_log_likelihood"
    check_same_shape(loss, mean, target, ("mean", "target"))
    if np.ndim(variance):
        check_same_shape(f"{loss} (variance)", variance, target, ("variance", "target"))
    if al.branch(~np.all(np.greater(variance, 0)), later=False):
        raise ValueError(
            f"{loss}: a variance is not positive, but {np.min(variance)}; predict its logarithm "
            f"and give np.exp of that"
        )
    d = difference(target, mean)
    if not np.ndim(variance):  # a number leaves float32 what it is
        variance = np.asarray(variance, np.result_type(d, np.float16))
    terms = np.log(2 * math.pi * variance) / 2 + d * d / (2 * variance)
    return averaged(terms, np.shape(mean))


def _by_variance(mean: Array, target: Array, variance: Array) -> Array:
    d = mean - target
    return (1 - d * d / variance) / (2 * variance)


al.rule(
    gaussian_negative_log_likelihood,
    broadcasts=True,
    mean=lambda g, shape, mean, target, variance: share(g, shape) * ((mean - target) / variance),
    target=lambda g, shape, mean, target, variance: share(g, shape) * ((target - mean) / variance),
    variance=lambda g, mean, target, variance: (
        share(g, np.shape(target)) * _by_variance(mean, target, variance)
    ),
)
