"""Batch and layer normalisation, with the chain of gradients as it was published.

Ioffe & Szegedy 2015, algorithm 1 and section 3; Ba, Kiros & Hinton 2016, eq. 4.
"""

import numpy as np

from tests.support.reference.activations import Array


def normalized(x: Array, epsilon: float) -> tuple[Array, Array, Array]:
    """x^ = (x - mu) / sqrt(v + epsilon) for each column, with x - mu and v + epsilon."""
    mu = np.sum(x, axis=0) / len(x)
    d = x - mu
    v = np.sum(d * d, axis=0) / len(x)
    return d / np.sqrt(v + epsilon), d, v + epsilon


def normalized_gradient(dx_hat: Array, d: Array, v: Array) -> Array:
    """dv = sum dx^ d (-1/2) v^(-3/2),  dmu = -sum dx^ / sqrt(v) + dv sum(-2 d) / m,

    dx = dx^ / sqrt(v) + dv 2 d / m + dmu / m.
    """
    m = len(d)
    dv = np.sum(dx_hat * d, axis=0) * (-1 / 2) * v ** (-3 / 2)
    dmu = np.sum(-dx_hat / np.sqrt(v), axis=0) + dv * np.sum(-2 * d, axis=0) / m
    return dx_hat / np.sqrt(v) + dv * 2 * d / m + dmu / m


def batch_norm(
    x: Array, gamma: Array, beta: Array, epsilon: float, dy: Array
) -> tuple[Array, Array, Array, Array]:
    """y = gamma x^ + beta over the rows of x, with dx, dgamma = sum dy x^, dbeta = sum dy."""
    x_hat, d, v = normalized(x, epsilon)
    dx = normalized_gradient(dy * gamma, d, v)
    return gamma * x_hat + beta, dx, np.sum(dy * x_hat, axis=0), np.sum(dy, axis=0)


def layer_norm(
    x: Array, gamma: Array, beta: Array, epsilon: float, dy: Array
) -> tuple[Array, Array, Array, Array]:
    """The same along each row of x, while gamma and beta belong to its columns."""
    x_hat, d, v = normalized(x.T, epsilon)
    dx = normalized_gradient((dy * gamma).T, d, v).T
    return gamma * x_hat.T + beta, dx, np.sum(dy * x_hat.T, axis=0), np.sum(dy, axis=0)
