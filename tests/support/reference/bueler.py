"""BU: column vectors and the Hadamard product.

W[0], b[0] lead into the note's layer 2, W[-1], b[-1] into its layer L.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tests.support.reference.activations import Array, per_layer

Names = str | Sequence[str]


def forward(
    x: Array, W: Sequence[Array], b: Sequence[Array], sigma: Names = "sigmoid"
) -> tuple[list[Array], list[Array]]:
    """Activations a (input first) and weighted inputs z of all layers.

    z[l] = W[l] a[l-1] + b[l],  a[l] = sigma(z[l]).  BU, FORWARD; HH19 (3.2).
    """
    a, z = [x], []
    for W_l, b_l, (s, _) in zip(W, b, per_layer(sigma, len(W)), strict=True):
        z.append(W_l @ a[-1] + b_l)
        a.append(s(z[-1]))
    return a, z


def forback(
    x: Array, y: Array, W: Sequence[Array], b: Sequence[Array], sigma: Names = "sigmoid"
) -> tuple[Any, list[Array], list[Array], list[Array]]:
    """Cost, dC/dW, dC/db and delta of one sample, C = ||y - a[L]||^2 / 2.

    delta[L] = sigma'(z[L]) o (a[L] - y),  delta[l] = sigma'(z[l]) o (W[l+1]^T delta[l+1]),
    dC/dW[l] = delta[l] a[l-1]^T,  dC/db[l] = delta[l].  BU, FORBACK; OV, lemma (i)-(iv).
    """
    a, z = forward(x, W, b, sigma)
    # a[l + 1] = sigma(z[l]): the list a begins with the input.
    r = [s_prime(z[l], a[l + 1]) for l, (_, s_prime) in enumerate(per_layer(sigma, len(W)))]
    C = np.sum((y - a[-1]) * (y - a[-1])) / 2
    delta = [r[-1] * (a[-1] - y)]
    for l in reversed(range(len(W) - 1)):
        delta.insert(0, r[l] * (W[l + 1].T @ delta[0]))
    dW = [delta[l][:, None] * a[l][None, :] for l in range(len(W))]
    return C, dW, list(delta), delta


def cost(
    xs: Array, ys: Array, W: Sequence[Array], b: Sequence[Array], sigma: Names = "sigmoid"
) -> Any:
    """Average misfit over the samples, the rows of xs and ys.

    C = (1/N) sum_i ||y_i - a[L](x_i)||^2 / 2.  BU, cost functional; OV.
    """
    return sum(forback(x, y, W, b, sigma)[0] for x, y in zip(xs, ys, strict=True)) / len(xs)


def training(
    xs: Array,
    ys: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    eta: Any,
    indices: Iterable[int],
    sigma: Names = "sigmoid",
) -> tuple[list[Array], list[Array]]:
    """New weights and biases after one step on each of the samples named by indices.

    W[l] <- W[l] - eta (delta[l] a[l-1]^T),  b[l] <- b[l] - eta delta[l].  BU, TRAINING.
    """
    W, b = list(W), list(b)
    for i in indices:
        # The fused loop of BU overwrites W[l+1] before delta[l] reads it; FORBACK, and netbp.m
        # of HH19, take every delta from the old weights and only then update. So does this.
        _, dW, db, _ = forback(xs[i], ys[i], W, b, sigma)
        W = [W_l - eta * dW_l for W_l, dW_l in zip(W, dW, strict=True)]
        b = [b_l - eta * db_l for b_l, db_l in zip(b, db, strict=True)]
    return W, b
