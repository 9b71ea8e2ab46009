"""Derivatives of the functions of signal processing."""

import math

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.indexing import scatter

# ---- convolution: every mode is a part of the full one ----


def full(g, a, v, mode, correlated=False):
    """``g`` at its place in the full convolution, or correlation, of ``a`` and ``v``."""
    n, m = np.size(a), np.size(v)
    start = {"f": 0, "s": (min(n, m) - 1) // 2, "v": min(n, m) - 1}[mode[0]]
    if correlated and n < m:  # NumPy exchanges the two, and reverses the result
        start = n + m - 1 - len(g) - start
    return scatter(g, slice(start, start + len(g)), (n + m - 1,))


def convolve_vjp(g, other, shape):
    return np.reshape(np.convolve(g, np.ravel(other)[::-1], "valid"), shape)


rule(
    np.convolve,
    a=lambda g, a, v, shape, mode: convolve_vjp(full(g, a, v, mode), v, shape),
    v=lambda g, a, v, shape, mode: convolve_vjp(full(g, a, v, mode), a, shape),
)
rule(
    np.correlate,
    a=lambda g, a, v, mode: np.convolve(full(g, a, v, mode, correlated=True), np.conj(v), "valid"),
    v=lambda g, a, v, mode: np.conj(
        np.convolve(full(g, a, v, mode, correlated=True), a[::-1], "valid")[::-1]
    ),
)

# ---- sinc is a spherical Bessel function, and so are its derivatives ----


@primitive(inline=True)
def bessel(x, n):
    """The spherical Bessel function of order n, which is sin(x) / x for n = 0."""
    near = np.abs(x) < n + 1
    return np.where(near, by_series(np.where(near, x, 0), n), upward(np.where(near, 1, x), n))


def by_series(x, n):
    term = total = x**n / math.prod(range(1, 2 * n + 2, 2))
    for k in range(1, 20 + n):
        term = term * (x * x) / (-2 * k * (2 * n + 2 * k + 1))
        total = total + term
    return total


def upward(x, n):
    """By the recurrence from order to order, which is stable where x > n."""
    low, high = np.cos(x) / x, np.sin(x) / x
    for k in range(n):
        low, high = high, (2 * k + 1) / x * high - low
    return high


def bessel_vjp(g, x, n):
    below = n * bessel(x, n=n - 1) if n else 0
    return g * ((below - (n + 1) * bessel(x, n=n + 1)) / (2 * n + 1))


rule(bessel, x=bessel_vjp)
rule(np.sinc, x=lambda g, x: g * (-math.pi * bessel(math.pi * x, n=1)))
