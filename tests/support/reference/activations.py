"""Activation functions sigma(z) and their derivatives sigma'(z), in textbook form."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Activation = tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]


def _full(z: Array, value: int) -> Array:
    """An array of one integer, in the arithmetic of z."""
    return np.full_like(z, Fraction(value) if z.dtype == object else value)


def _identity(z: Array) -> Array:
    """sigma(z) = z, the linear activation.  LN, output neurons."""
    return z


def _identity_prime(z: Array, a: Array) -> Array:
    return _full(z, 1)


def _relu(z: Array) -> Array:
    """sigma(z) = z where z > 0, else 0.  BU, activation functions; CA (1)."""
    return np.where(z > 0, z, _full(z, 0))


def _relu_prime(z: Array, a: Array) -> Array:
    """sigma'(z) = 1 where z > 0, else 0."""
    return np.where(z > 0, _full(z, 1), _full(z, 0))


def _square(z: Array) -> Array:
    """sigma(z) = z z, a polynomial: exact on fractions."""
    return z * z


def _square_prime(z: Array, a: Array) -> Array:
    return 2 * z


def _softsign(z: Array) -> Array:
    """sigma(z) = z / (1 + |z|), sigmoidal and yet exact on fractions."""
    return z / (1 + abs(z))


def _softsign_prime(z: Array, a: Array) -> Array:
    """sigma'(z) = 1 / (1 + |z|)^2."""
    return 1 / ((1 + abs(z)) * (1 + abs(z)))


def _sigmoid(z: Array) -> Array:
    """sigma(z) = 1 / (1 + e^-z).  BU, activation functions; CA (2)."""
    return 1 / (1 + np.exp(-z))


def _sigmoid_prime(z: Array, a: Array) -> Array:
    """sigma'(z) = sigma(z) (1 - sigma(z)).  OV, first page."""
    return a * (1 - a)


def _tanh(z: Array) -> Array:
    return np.tanh(z)


def _tanh_prime(z: Array, a: Array) -> Array:
    """tanh'(z) = 1 - tanh(z)^2."""
    return 1 - a * a


def _formal_sigmoid(z: Array) -> Array:
    """A rational stand-in for the sigmoid: (1 + z / (1 + |z|)) / 2, between 0 and 1.

    Its derivative is declared, not derived: a (1 - a), the rule of the sigmoid.
    """
    return (1 + z / (1 + abs(z))) / 2


ACTIVATIONS: dict[str, Activation] = {
    "identity": (_identity, _identity_prime),
    "relu": (_relu, _relu_prime),
    "square": (_square, _square_prime),
    "softsign": (_softsign, _softsign_prime),
    "sigmoid": (_sigmoid, _sigmoid_prime),
    "tanh": (_tanh, _tanh_prime),
    "formal_sigmoid": (_formal_sigmoid, _sigmoid_prime),
}


def per_layer(names: str | Sequence[str], layers: int) -> list[Activation]:
    """One (sigma, sigma') per layer, from one name for all layers or one name for each."""
    each = [names] * layers if isinstance(names, str) else list(names)
    if len(each) != layers:
        raise ValueError(f"{layers} layers, but {len(each)} activations")
    return [ACTIVATIONS[name] for name in each]
