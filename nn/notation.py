"""How the functions of nn are written in formulas: see `autograd_lite.notation`."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_lite as al
from nn.activations import elu, gelu, leaky_relu, relu, sigmoid, silu
from nn.losses.classification import binary_cross_entropy, cross_entropy, hinge
from nn.losses.regression import (
    absolute_error,
    half_squared_error,
    mean_over_samples,
    squared_error,
)

Array = Any


def _squared_distance(prediction: Array, target: Array) -> Array:
    return np.square(np.linalg.norm(target - prediction))


def _squared_error(prediction: Array, target: Array) -> Array:
    return mean_over_samples(_squared_distance(prediction, target), np.shape(prediction))


def _half_squared_error(prediction: Array, target: Array) -> Array:
    samples = len(prediction) if np.ndim(prediction) > 1 else 1
    return _squared_distance(prediction, target) / (2 * samples)


al.notation(sigmoid, "σ")
al.notation(relu, "ReLU")
al.notation(leaky_relu, "LeakyReLU")
al.notation(elu, "ELU")
al.notation(silu, "SiLU")
al.notation(gelu, "GELU")
al.notation(squared_error, _squared_error)
al.notation(half_squared_error, _half_squared_error)
al.notation(absolute_error, lambda prediction, target: np.sum(abs(target - prediction)))
al.notation(hinge, lambda scores, labels: np.mean(np.maximum(0, 1 - labels * scores)))
al.notation(cross_entropy, "cross entropy")
al.notation(binary_cross_entropy, "binary cross entropy")
