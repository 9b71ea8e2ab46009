"""Scaled dot-product attention, query by query.  Vaswani et al. 2017, eq. 1."""

import numpy as np

from tests.support.reference.activations import Array


def attention(
    Q: Array, K: Array, V: Array, seen: Array, dY: Array
) -> tuple[Array, Array, Array, Array]:
    """y_i = sum_j p_ij v_j with p_i = softmax over the seen j of q_i . k_j / sqrt(d).

    Returns Y and, for dL/dY: dv_j = sum_i p_ij dy_i,  dp_ij = dy_i . v_j,
    ds_ij = p_ij (dp_ij - sum_l p_il dp_il),  dq_i = sum_j ds_ij k_j / sqrt(d),
    dk_j = sum_i ds_ij q_i / sqrt(d).
    """
    root = np.sqrt(Q.shape[1])
    Y, dQ, dK, dV = np.zeros_like(dY), np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for i in range(len(Q)):
        js = np.flatnonzero(seen[i])
        s = np.array([np.sum(Q[i] * K[j]) / root for j in js])
        p = np.exp(s - np.max(s)) / np.sum(np.exp(s - np.max(s)))
        dp = np.array([np.sum(dY[i] * V[j]) for j in js])
        ds = p * (dp - np.sum(p * dp))
        for a, j in enumerate(js):
            Y[i] += p[a] * V[j]
            dV[j] += p[a] * dY[i]
            dQ[i] += ds[a] * K[j] / root
            dK[j] += ds[a] * Q[i] / root
    return Y, dQ, dK, dV
