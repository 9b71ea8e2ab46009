"""CA: theorem 1, with an activation of its own for every layer and any loss."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.support.reference.activations import Array, per_layer


def gradient(
    x: Array,
    W: Sequence[Array],
    b: Sequence[Array],
    sigmas: str | Sequence[str],
    dloss: Callable[[Array], Array],
) -> tuple[list[Array], list[Array], list[Array]]:
    """dL/dW, dL/db and dL/dz of one sample, given dloss(f_L) = dl/df_L.

    dL/dz_L = D_L dl/df_L,  dL/dz_{k-1} = D_{k-1} (W_k^T dL/dz_k),
    dL/dW_k = (dL/dz_k) f_{k-1}^T,  dL/db_k = dL/dz_k.  CA (3), (6), theorem 1 (7), (8).
    """
    # D (W^T dz), as in the proof of (7): sigma'(z_{k-1}(j)) [W_k^T dL/dz_k](j).
    f, D = [x], []
    for W_k, b_k, (sigma, sigma_prime) in zip(W, b, per_layer(sigmas, len(W)), strict=True):
        z = W_k @ f[-1] + b_k
        f.append(sigma(z))
        D.append(np.diag(sigma_prime(z, f[-1])))
    dz = [D[-1] @ dloss(f[-1])]
    for k in reversed(range(1, len(W))):
        dz.insert(0, D[k - 1] @ (W[k].T @ dz[0]))
    dW = [dz[k][:, None] * f[k][None, :] for k in range(len(W))]
    return dW, list(dz), dz


def momentum_step(W: Array, W_minus: Array, dW: Array, alpha: Any, beta: Any) -> Array:
    """The parameter that follows W_minus and W in momentum descent.

    W^+ = (W - alpha dL/dW) + beta (W - W^-).  CA, momentum descent.
    """
    return W - alpha * dW + beta * (W - W_minus)
