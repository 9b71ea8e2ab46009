"""LI: algorithm 6.1, a mini-batch at a time, one sample per row."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.support.reference.activations import Array, per_layer


def _regression(Z: Array, y: Array) -> tuple[Any, Array]:
    """J = (1/n_b) sum (y - Z)^2,  dZ = -2 (y - Z).  LI, algorithm 6.1, lines 9-10."""
    return np.sum((y - Z) * (y - Z)) / len(Z), -2 * (y - Z)


def _classification(Z: Array, y: Array) -> tuple[Any, Array]:
    """J = (1/n_b) sum_i (-Z_{i,y_i} + ln sum_j exp Z_ij),  dZ_ij = -1{y_i = j} + softmax(Z)_ij.

    LI, algorithm 6.1, lines 12-13.  The largest logit of a row is taken out of both exponentials.
    """
    rows = np.arange(len(Z))
    largest = np.max(Z, axis=1, keepdims=True)
    E = np.exp(Z - largest)
    total = np.sum(E, axis=1, keepdims=True)
    indicator = np.zeros_like(Z)
    indicator[rows, y] = 1
    J = np.sum(-Z[rows, y] + (largest + np.log(total))[:, 0]) / len(Z)
    return J, -indicator + E / total


def backpropagation(
    X: Array,
    y: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    h: str | Sequence[str],
    problem: str,
) -> tuple[Any, list[Array], list[Array], list[Array]]:
    """J, dW, db and dZ (a row per sample, not divided by n_b) of a mini-batch.

    Z^(l) = Q^(l-1) W^(l)^T + b^(l)^T,  Q^(l) = h(Z^(l)) for l < L,
    dZ^(l) = dQ^(l) o h'(Z^(l)),  dQ^(l-1) = dZ^(l) W^(l),
    dW^(l) = (dZ^(l)^T Q^(l-1)) / n_b,  db_j^(l) = (sum_i dZ_ij^(l)) / n_b.  LI, algorithm 6.1.
    """
    n_b, L = len(X), len(W)
    hidden = per_layer(h, L - 1)
    Q, Z = [X], []
    for l in range(L):
        Z.append(Q[l] @ W[l].T + b[l])
        if l < L - 1:
            Q.append(hidden[l][0](Z[l]))

    if problem == "regression":
        J, dZ_L = _regression(Z[-1], y)
    elif problem == "classification":
        J, dZ_L = _classification(Z[-1], y)
    else:
        raise ValueError(f"unknown problem {problem!r}")

    dZ = [dZ_L]
    for l in reversed(range(L - 1)):
        dQ = dZ[0] @ W[l + 1]
        dZ.insert(0, dQ * hidden[l][1](Z[l], Q[l + 1]))
    dW = [dZ[l].T @ Q[l] / n_b for l in range(L)]
    db = [np.sum(dZ[l], axis=0) / n_b for l in range(L)]
    return J, dW, db, dZ
