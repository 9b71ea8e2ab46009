"""Activation functions, each a primitive with its textbook derivative and its symbol."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

import autograd_lite as al
from autograd_lite import special
from autograd_lite.calls import ARRAY, AXIS, explained
from nn.parameters.hyperparameters import as_number

Array = Any


@al.primitive
@np.errstate(over="ignore")  # exp(−z) = ∞ is right: σ is then 0
def sigmoid(z: Array) -> np.ndarray:
    """The logistic function σ(z) = 1 / (1 + e⁻ᶻ), with σ′ = σ (1 − σ).  (OV, p. 1)

    Elementwise; shape and dtype of ``z``.

    >>> import numpy as np, nn
    >>> nn.sigmoid(np.array([0.0, -1000.0]))
    array([0.5, 0. ])
    """
    return 1 / (1 + np.exp(-z))


al.rule(sigmoid, z=lambda g, y: g * (y * (1 - y)))
al.notation(sigmoid, "σ")


@al.primitive
def relu(z: Array) -> np.ndarray:
    """The rectified linear unit max(z, 0), with slope 0 at 0.  (BU, "activation function")

    Elementwise; shape and dtype of ``z``, exact on Fractions.

    >>> import numpy as np, nn
    >>> nn.relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(z, 0)


al.rule(relu, z=lambda g, y: g * (y > 0))
al.notation(relu, "ReLU")


@al.primitive
def leaky_relu(z: Array, slope: Any = 0.01) -> np.ndarray:
    """z where z > 0, else ``slope`` · z; the derivative at 0 is ``slope``.  (Maas et al. 2013)

    Elementwise; shape and dtype of ``z``, exact on Fractions.  In a list of layers another slope is
    ``functools.partial(nn.leaky_relu, slope=0.2)``.

    >>> import numpy as np, nn
    >>> nn.leaky_relu(np.array([-1.0, 2.0]), slope=0.25)
    array([-0.25,  2.  ])
    """
    return np.where(z > 0, z, as_number(slope) * z)


al.rule(leaky_relu, z=lambda g, z, slope: np.where(z > 0, g, slope * g))
al.notation(leaky_relu, "LeakyReLU")


@al.primitive
def elu(z: Array, alpha: Any = 1.0) -> np.ndarray:
    """The exponential linear unit: z where z > 0, else α (eᶻ − 1).  (Clevert et al. 2016)

    Elementwise; shape and dtype of ``z``.  The derivative is 1 or α eᶻ, which is α at 0.

    >>> import numpy as np, nn
    >>> nn.elu(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """
    return np.where(z > 0, z, as_number(alpha) * np.expm1(np.minimum(z, 0)))


def _elu_slope(z: Array, alpha: Any) -> Array:
    left = np.where(z > 0, 0, z)  # eᶻ is needed on the left only, where nothing overflows
    return np.where(z > 0, 1, alpha * np.exp(left))  # y + α would lose the digits of eᶻ


al.rule(elu, z=lambda g, z, alpha: g * _elu_slope(z, alpha))
al.notation(elu, "ELU")


@al.primitive
def softplus(z: Array) -> np.ndarray:
    """ln(1 + eᶻ), a smooth ReLU, with derivative σ(z).  (Dugas et al. 2001)

    Elementwise; shape and dtype of ``z``.  Nothing overflows.

    >>> import numpy as np, nn
    >>> nn.softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    return np.logaddexp(0, z)


al.rule(softplus, z=lambda g, z: g * sigmoid(z))


@al.primitive
def silu(z: Array) -> np.ndarray:
    """z σ(z), also called swish, with derivative y + σ (1 − y).  (Elfwing et al. 2018, eq. 5)

    Elementwise; shape and dtype of ``z``.

    >>> import numpy as np, nn
    >>> nn.silu(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    return z * sigmoid(z)


def _silu_slope(y: Array, s: Array) -> Array:
    return y + s * (1 - y)


al.rule(silu, z=lambda g, y, z: g * _silu_slope(y, sigmoid(z)))
al.notation(silu, "SiLU")


@al.primitive
def normal_distribution(z: Array) -> Array:
    """Φ(z) = ½ erfc(−z/√2), by SciPy where that is installed, since it is faster."""
    try:
        from scipy.special import ndtr
    except ModuleNotFoundError:
        z = np.asarray(z)
        half_erfc = np.frompyfunc(lambda v: math.erfc(-v / math.sqrt(2)) / 2, 1, 1)
        return np.asarray(half_erfc(z)).astype(z.dtype)
    return ndtr(z)


def _normal_density(z: Array) -> Array:
    return np.exp(-(z * z) / 2) / math.sqrt(2 * math.pi)


al.rule(normal_distribution, z=lambda g, z: g * _normal_density(z))


@al.primitive
def gelu(z: Array) -> np.ndarray:
    """The Gaussian error linear unit z Φ(z), with derivative Φ + z φ.  (Hendrycks & Gimpel 2016)

    Elementwise; shape and dtype of ``z``.  Φ and φ are the distribution function and the density
    of the standard normal law.  This is the exact form, not an approximation by tanh.

    >>> import numpy as np, nn
    >>> nn.gelu(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    return z * normal_distribution(z)


al.rule(gelu, z=lambda g, z: g * (normal_distribution(z) + z * _normal_density(z)))
al.notation(gelu, "GELU")


@al.primitive
def step(z: Array) -> np.ndarray:
    """The perceptron's output: 1 where z > 0, else 0.  (BU, Rosenblatt 1958)

    Elementwise; shape and dtype of ``z``.  Its gradient raises a TypeError: the derivative is 0
    wherever it exists, so no weight before the step would ever be trained.

    >>> import numpy as np, nn
    >>> nn.step(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    z = np.asarray(z)
    return (z > 0).astype(z.dtype)


def _no_slope(g: Array) -> NoReturn:
    raise TypeError(
        "step: the derivative of a step function is 0 everywhere it has one, so no weight in front "
        "of it would ever move; train with nn.sigmoid, its smoothed version, or, if the zero is "
        "meant, write al.stop_gradient(nn.step(z))"
    )


al.rule(step, z=_no_slope)


def tanh(z: Array) -> np.ndarray:
    """The hyperbolic tangent, with derivative 1 − tanh².

    >>> import nn
    >>> float(nn.tanh(0.0))
    0.0
    """
    try:
        return np.tanh(z)
    except TypeError:
        ARRAY.check("tanh", "z", z)
        raise


def identity(z: Array) -> np.ndarray:
    """The linear activation: ``z`` itself.

    >>> import nn
    >>> nn.identity(3.0)
    3.0
    """
    return z


@explained(z=ARRAY, axis=AXIS)
def softmax(z: Array, axis: int = -1) -> np.ndarray:
    """The class probabilities e^zⱼ / Σₖ e^zₖ along an axis.  (LI 6.15)

    Shape and dtype of ``z``.  The largest logit is subtracted first, so that nothing overflows.

    >>> import numpy as np, nn
    >>> nn.softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return special.softmax(z, axis=axis)


@explained(z=ARRAY, axis=AXIS)
def logsumexp(z: Array, axis: int = -1, keepdims: bool = False) -> np.ndarray:
    """ln Σₖ e^zₖ along an axis, the logarithm of softmax's denominator.  (LI 6.20)

    The axis disappears, or has length 1 with ``keepdims``; dtype of ``z``.  Nothing overflows.

    >>> import numpy as np, nn
    >>> float(nn.logsumexp(np.array([1000.0, -np.inf])))
    1000.0
    """
    return special.logsumexp(z, axis=axis, keepdims=keepdims)
