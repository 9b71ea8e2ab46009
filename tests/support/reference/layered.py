"""LN: derivatives are row vectors, activations have Jacobian matrices, products run left to right.

W[l], b[l] are the note's W^(l), b^(l), l = 0..D-1; activations[l] is its G^(l+1).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.support.reference.activations import ACTIVATIONS, Array


def _activate(name: str, s: Array) -> Array:
    """G(s); softmax(s)_i = exp(s_i) / sum_j exp(s_j).  LN, output neurons."""
    return np.exp(s) / np.sum(np.exp(s)) if name == "softmax" else ACTIVATIONS[name][0](s)


def _jacobian(name: str, s: Array, x: Array) -> Array:
    """dG/ds at s, where x = G(s): Diag(sigma'(s)), or Diag(x) - x x^T for softmax."""
    if name == "softmax":
        return np.diag(x) - x[:, None] * x[None, :]
    return np.diag(ACTIVATIONS[name][1](s, x))


def _loss_derivative(loss: str, Nx: Array, y: Array) -> Array:
    """dL/d(Nx), a row vector.  LN, common cost functions."""
    if loss == "squared":
        return (2 * (Nx - y))[None, :]
    if loss == "cross_entropy":
        return -y[None, :] @ np.diag(1 / Nx)
    if loss == "binary_cross_entropy":
        return (-y / Nx + (1 - y) / (1 - Nx))[None, :]
    raise ValueError(f"unknown loss {loss!r}")


def feed_forward(
    x: Array, W: Sequence[Array], b: Sequence[Array], activations: Sequence[str]
) -> tuple[list[Array], list[Array]]:
    """Features x^(0..D), the last of them Nx, and signals s^(0..D-1).

    s^(l) = W^(l) x^(l) + b^(l),  x^(l+1) = G^(l+1)(s^(l)).  LN, signal out of a layer.
    """
    xs, ss = [x], []
    for W_l, b_l, name in zip(W, b, activations, strict=True):
        ss.append(W_l @ xs[-1] + b_l)
        xs.append(_activate(name, ss[-1]))
    return xs, ss


def gradient(
    x: Array,
    y: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    activations: Sequence[str],
    loss: str,
) -> tuple[list[Array], list[Array], list[Array]]:
    """dL/dW, dL/db and the row vectors delta, of shape (1, n), of one sample.

    delta^(D-1) = dL/d(Nx) dG^(D)/ds^(D-1),
    delta^(l) = (delta^(l+1) W^(l+1)) dG^(l+1)/ds^(l),
    dL/dW^(l) = outer(delta^(l), x^(l)),  dL/db^(l) = delta^(l).  LN, backpropagation.
    """
    xs, ss = feed_forward(x, W, b, activations)
    G = [_jacobian(name, ss[l], xs[l + 1]) for l, name in enumerate(activations)]
    delta = [_loss_derivative(loss, xs[-1], y) @ G[-1]]
    for l in reversed(range(len(W) - 1)):
        delta.insert(0, delta[0] @ W[l + 1] @ G[l])
    dW = [delta[l].T * xs[l][None, :] for l in range(len(W))]
    return dW, [d[0] for d in delta], delta


def _mean(terms: Sequence[Array]) -> Array:
    """(1/m) sum_i t_i, the sum formed from the first term to the last."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total / len(terms)


def batch_gradient(
    X: Array,
    Y: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    activations: Sequence[str],
    loss: str,
) -> tuple[list[Array], list[Array]]:
    """dJ/dW and dJ/db, means over the samples, the rows of X and Y.

    dJ/dW^(l) = (1/m) sum_i outer(delta_i^(l), x_i^(l)),  dJ/db^(l) = (1/m) sum_i delta_i^(l).
    LN, gradient for N.
    """
    each = [gradient(x, y, W, b, activations, loss) for x, y in zip(X, Y, strict=True)]
    dW = [_mean([dW[l] for dW, _, _ in each]) for l in range(len(W))]
    db = [_mean([db[l] for _, db, _ in each]) for l in range(len(W))]
    return dW, db


def sgd_step(
    X: Array,
    Y: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    activations: Sequence[str],
    loss: str,
    alpha: Any,
    batch: Sequence[int],
) -> tuple[list[Array], list[Array]]:
    """New weights and biases after one step on the rows named by batch.

    W^(l) = W^(l) - alpha dJ/dW^(l),  b^(l) = b^(l) - alpha dJ/db^(l).  LN, SGD step.
    """
    rows = list(batch)
    dW, db = batch_gradient(X[rows], Y[rows], W, b, activations, loss)
    return (
        [W_l - alpha * dW_l for W_l, dW_l in zip(W, dW, strict=True)],
        [b_l - alpha * db_l for b_l, db_l in zip(b, db, strict=True)],
    )
