"""Problems of the benchmark of compiled functions, written by hand for Numba."""

import numpy as np
from numba import njit

FAST = {"error_model": "numpy"}


@njit(**FAST)
def hh19_update(p, x, t, rate):
    """A step of netbp, in place, on numbers one by one."""
    W2, W3, W4, b2, b3, b4 = p
    a2, a3, a4 = np.empty(2), np.empty(3), np.empty(2)
    for i in range(2):
        a2[i] = 1 / (1 + np.exp(-(W2[i, 0] * x[0] + W2[i, 1] * x[1] + b2[i])))
    for i in range(3):
        a3[i] = 1 / (1 + np.exp(-(W3[i, 0] * a2[0] + W3[i, 1] * a2[1] + b3[i])))
    for i in range(2):
        z = W4[i, 0] * a3[0] + W4[i, 1] * a3[1] + W4[i, 2] * a3[2]
        a4[i] = 1 / (1 + np.exp(-(z + b4[i])))
    d4, d3, d2 = np.empty(2), np.empty(3), np.empty(2)
    for i in range(2):
        d4[i] = a4[i] * (1 - a4[i]) * (a4[i] - t[i])
    for i in range(3):
        d3[i] = a3[i] * (1 - a3[i]) * (W4[0, i] * d4[0] + W4[1, i] * d4[1])
    for i in range(2):
        d2[i] = W3[0, i] * d3[0] + W3[1, i] * d3[1] + W3[2, i] * d3[2]
        d2[i] *= a2[i] * (1 - a2[i])
    for i in range(2):
        b2[i] -= rate * d2[i]
        b4[i] -= rate * d4[i]
        for j in range(2):
            W2[i, j] -= rate * d2[i] * x[j]
        for j in range(3):
            W4[i, j] -= rate * d4[i] * a3[j]
    for i in range(3):
        b3[i] -= rate * d3[i]
        for j in range(2):
            W3[i, j] -= rate * d3[i] * a2[j]


@njit(**FAST)
def copied(p):
    a, b, c, d, e, f = p
    return a.copy(), b.copy(), c.copy(), d.copy(), e.copy(), f.copy()


@njit(**FAST)
def stepped(p, x, t, rate):
    p = copied(p)
    hh19_update(p, x, t, rate)
    return p


@njit(**FAST)
def many(p, X, T, rate):
    p = copied(p)
    for i in range(len(X)):
        hh19_update(p, X[i], T[i], rate)
    return p


def hh19_step(rate):
    return lambda p, x, t: stepped(tuple(p), x, t, rate)


def hh19_steps(rate):
    return lambda p, X, T: many(tuple(p), X, T, rate)


@njit(**FAST)
def chain(x):
    result = np.empty_like(x)
    for i in range(len(x)):
        y = x[i]
        for _ in range(8):
            y = (y * 1.01 + 0.1) * x[i] - 0.5
        result[i] = y
    return result


@njit(**FAST)
def chain_gradient(x):
    result = np.empty_like(x)
    for i in range(len(x)):
        y, dy = x[i], 1.0
        for _ in range(8):
            inner = y * 1.01 + 0.1
            y, dy = inner * x[i] - 0.5, dy * 1.01 * x[i] + inner
        result[i] = dy
    return result


@njit(**FAST)
def lorenz(y):
    return 10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]


@njit(**FAST)
def moved(y, h, k):
    return y[0] + h * k[0], y[1] + h * k[1], y[2] + h * k[2]


@njit(**FAST)
def rk4(y, h=0.01):
    k1 = lorenz(y)
    k2 = lorenz(moved(y, h / 2, k1))
    k3 = lorenz(moved(y, h / 2, k2))
    k4 = lorenz(moved(y, h, k3))
    result = np.empty(3)
    for i in range(3):
        result[i] = y[i] + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i])
    return result


@njit(**FAST)
def path(y, n):
    found = np.empty((n, 3))
    for i in range(n):
        found[i] = y
        y = rk4(y)
    return found


@njit(**FAST)
def rosenbrock_hessian(x):
    n = len(x)
    H = np.zeros((n, n))
    for i in range(n - 1):
        H[i, i] += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2
        H[i, i + 1] = H[i + 1, i] = -400 * x[i]
        H[i + 1, i + 1] += 200
    return H


@njit(**FAST)
def euler_gradient(k, n):
    path = np.empty((n + 1, 3))
    path[0] = 1.0, 2.0, 3.0
    for i in range(n):
        a, b, c = path[i]
        path[i + 1, 0] = a + 0.01 * (k[0] * (b - a))
        path[i + 1, 1] = b + 0.01 * (a * (k[1] - c) - b)
        path[i + 1, 2] = c + 0.01 * (a * b - k[2] * c)
    u, v, w, dk = 1e-6, 1e-6, 1e-6, np.zeros(3)
    for i in range(n - 1, -1, -1):
        a, b, c = path[i]
        u += 1e-6
        p, q, r = 0.01 * u, 0.01 * v, 0.01 * w
        dk[0] += p * (b - a)
        dk[1] += q * a
        dk[2] -= r * c
        u += -p * k[0] + q * (k[1] - c) + r * b
        v += p * k[0] - q + r * a
        w += -q * a - r * k[2]
    return dk
