"""OV: the Hadamard products of the lemma replaced by diagonal matrices."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tests.support.reference.activations import Array, per_layer

Names = str | Sequence[str]


def gradient(
    x: Array, y: Array, W: Sequence[Array], b: Sequence[Array], sigma: Names = "sigmoid"
) -> tuple[Any, list[Array], list[Array], list[Array]]:
    """Cost, dC/dW, dC/db and delta of one sample, with D[l] = Diag(sigma'(z[l])).

    delta[L] = D[L] (a[L] - y),  delta[l] = D[l] (W[l+1]^T delta[l+1]).  OV, last two pages.
    """
    # D (W^T delta), two matrix-vector products: the reading under which OV's diagonal form is
    # the lemma (ii) it replaces, where W^T delta stands in parentheses.
    a, D = [x], []
    for W_l, b_l, (s, s_prime) in zip(W, b, per_layer(sigma, len(W)), strict=True):
        z = W_l @ a[-1] + b_l
        a.append(s(z))
        D.append(np.diag(s_prime(z, a[-1])))
    C = np.sum((y - a[-1]) * (y - a[-1])) / 2
    delta = [D[-1] @ (a[-1] - y)]
    for l in reversed(range(len(W) - 1)):
        delta.insert(0, D[l] @ (W[l + 1].T @ delta[0]))
    dW = [delta[l][:, None] * a[l][None, :] for l in range(len(W))]
    return C, dW, list(delta), delta


def sg_with_bp(
    xs: Array,
    ys: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    eta: Any,
    indices: Iterable[int],
    sigma: Names = "sigmoid",
) -> tuple[list[Array], list[Array]]:
    """New weights and biases after one gradient step on each of the samples named by indices.

    W[l] <- W[l] - eta (delta[l] a[l-1]^T),  b[l] <- b[l] - eta delta[l].  OV, SG with BP.
    """
    W, b = list(W), list(b)
    for k in indices:
        _, dW, db, _ = gradient(xs[k], ys[k], W, b, sigma)
        for l in range(len(W)):  # in any order: no delta is computed here
            W[l] = W[l] - eta * dW[l]
            b[l] = b[l] - eta * db[l]
    return W, b
