"""A long short-term memory and its backpropagation through time, written out by gates.

Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000.  The weights of the gates
(i, f, g, o) are apart: W[k], U[k], b[k].
"""

from collections.abc import Sequence

import numpy as np

from tests.support.reference.activations import Array


def _sigma(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def lstm(
    x: Array, W: Sequence[Array], U: Sequence[Array], b: Sequence[Array], dh: Array
) -> tuple[Array, Array, list[Array], list[Array], list[Array]]:
    """Outputs h of one sequence x, both with a row for each time, and the gradients for dL/dh.

    i, f, o = sigma(z),  g = tanh(z),  z_k = W_k x_t + U_k h_{t-1} + b_k,
    c_t = f c_{t-1} + i g,  h_t = o tanh(c_t).  Returns h, dx, dW, dU, db.
    """
    size = len(b[0])
    h, c, gates = [np.zeros(size)], [np.zeros(size)], []
    for x_t in x:
        z = [W[k] @ x_t + U[k] @ h[-1] + b[k] for k in range(4)]
        i, f, g, o = _sigma(z[0]), _sigma(z[1]), np.tanh(z[2]), _sigma(z[3])
        c.append(f * c[-1] + i * g)
        h.append(o * np.tanh(c[-1]))
        gates.append((i, f, g, o))

    dx = np.zeros_like(x)
    dW, dU = [np.zeros_like(w) for w in W], [np.zeros_like(u) for u in U]
    db = [np.zeros_like(v) for v in b]
    dh_next, dc_next = np.zeros(size), np.zeros(size)
    for t in reversed(range(len(x))):
        i, f, g, o = gates[t]
        delta_h = dh[t] + dh_next
        tanh_c = np.tanh(c[t + 1])
        dc = delta_h * o * (1 - tanh_c * tanh_c) + dc_next
        dz = [
            dc * g * (i * (1 - i)),
            dc * c[t] * (f * (1 - f)),
            dc * i * (1 - g * g),
            delta_h * tanh_c * (o * (1 - o)),
        ]
        for k in range(4):
            dW[k] += np.outer(dz[k], x[t])
            dU[k] += np.outer(dz[k], h[t])
            db[k] += dz[k]
            dx[t] += W[k].T @ dz[k]
        dh_next = sum(U[k].T @ dz[k] for k in range(4))
        dc_next = dc * f
    return np.array(h[1:]), dx, dW, dU, db
