"""Output layers whose loss and activation cancel: delta = dL/ds at the last signal s.

Each short cut stands beside the chain dL/dy^ dy^/ds that it shortens (LN, common cost functions).
"""

import numpy as np

from tests.support.reference.activations import Array


def sigmoid_binary_cross_entropy(y_hat: Array, y: Array) -> Array:
    """delta = y^ - y.  LN, binary cross-entropy behind a sigmoid."""
    return y_hat - y


def softmax_cross_entropy(y_hat: Array, y: Array) -> Array:
    """delta = y^ - y, for targets y that sum to 1.  LI (6.26b); LN, cross-entropy."""
    return y_hat - y


def identity_squared_error(y_hat: Array, y: Array) -> Array:
    """delta = 2 (y^ - y).  LI (6.26a); LN, square error."""
    return 2 * (y_hat - y)


def full_sigmoid_binary_cross_entropy(y_hat: Array, y: Array) -> Array:
    """delta = (-y / y^ + (1 - y) / (1 - y^)) (y^ (1 - y^)).  LN; OV for the sigmoid."""
    return (-y / y_hat + (1 - y) / (1 - y_hat)) * (y_hat * (1 - y_hat))


def full_softmax_cross_entropy(y_hat: Array, y: Array) -> Array:
    """delta = (-y / y^)^T (Diag(y^) - y^ y^^T).  LN, cross-entropy behind softmax."""
    return (-y / y_hat) @ (np.diag(y_hat) - y_hat[:, None] * y_hat[None, :])


def full_identity_squared_error(y_hat: Array, y: Array) -> Array:
    """delta = (2 (y^ - y))^T I.  LN, square error behind a linear output."""
    return (2 * (y_hat - y)) @ np.eye(len(y), dtype=y_hat.dtype)
