"""Activation functions, each a primitive with its textbook derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite import special

Array = Any


@al.primitive
@np.errstate(over="ignore")  # exp(−z) = ∞ is right: σ is then 0
def sigmoid(z: Array) -> Array:
    """The logistic function σ(z) = 1 / (1 + e⁻ᶻ), with σ′ = σ (1 − σ).  (OV, p. 1)

    Elementwise; shape and dtype of ``z``.

    >>> import numpy as np, nn
    >>> nn.sigmoid(np.array([0.0, -1000.0]))
    array([0.5, 0. ])
    """
    return 1 / (1 + np.exp(-z))


al.rule(sigmoid, z=lambda g, y: g * (y * (1 - y)))


@al.primitive
def relu(z: Array) -> Array:
    """The rectified linear unit max(z, 0), with slope 0 at 0.  (BU, "activation function")

    Elementwise; shape and dtype of ``z``, exact on Fractions.

    >>> import numpy as np, nn
    >>> nn.relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(z, 0)


al.rule(relu, z=lambda g, y: g * (y > 0))


def tanh(z: Array) -> Array:
    """The hyperbolic tangent, with derivative 1 − tanh².

    >>> import nn
    >>> float(nn.tanh(0.0))
    0.0
    """
    return np.tanh(z)


def identity(z: Array) -> Array:
    """The linear activation: ``z`` itself.

    >>> import nn
    >>> nn.identity(3.0)
    3.0
    """
    return z


def softmax(z: Array, axis: int = -1) -> Array:
    """The class probabilities e^zⱼ / Σₖ e^zₖ along an axis.  (LI 6.15)

    Shape and dtype of ``z``.  The largest logit is subtracted first, so nothing overflows.

    >>> import numpy as np, nn
    >>> nn.softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return special.softmax(z, axis=axis)


def logsumexp(z: Array, axis: int = -1, keepdims: bool = False) -> Array:
    """ln Σₖ e^zₖ along an axis, the log of what softmax divides by.  (LI 6.20)

    >>> import numpy as np, nn
    >>> float(nn.logsumexp(np.array([1000.0, -np.inf])))
    1000.0
    """
    return special.logsumexp(z, axis=axis, keepdims=keepdims)
