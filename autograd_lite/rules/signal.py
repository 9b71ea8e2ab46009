"""Derivatives of the functions of signal processing."""

import math

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.indexing import scatter

# ---- convolution: every mode is a part of the full one ----


def full(g, n, m, start):
    """``g`` put where it is in the full convolution of n numbers with m."""
    return scatter(g, slice(start, start + len(g)), (n + m - 1,))


def start(mode, shorter):
    return {"f": 0, "s": (shorter - 1) // 2, "v": shorter - 1}[mode[0]]


def convolution(g, a, v, mode):
    n, m = np.size(a), np.size(v)
    return full(g, n, m, start(mode, min(n, m)))


def correlation(g, a, v, mode):
    """A correlation is a convolution with the other reversed; where that is longer, both are."""
    n, m = np.size(a), np.size(v)
    begin = start(mode, min(n, m))
    return full(g, n, m, begin if m <= n else n + m - 1 - len(g) - begin)


def convolve_back(g, other, shape):
    return np.reshape(np.convolve(g, np.ravel(other)[::-1], "valid"), shape)


rule(
    np.convolve,
    a=lambda g, a, v, shape, mode: convolve_back(convolution(g, a, v, mode), v, shape),
    v=lambda g, a, v, shape, mode: convolve_back(convolution(g, a, v, mode), a, shape),
)
rule(
    np.correlate,
    a=lambda g, a, v, mode: np.convolve(correlation(g, a, v, mode), np.conj(v), "valid"),
    v=lambda g, a, v, mode: np.conj(
        np.convolve(correlation(g, a, v, mode), a[::-1], "valid")[::-1]
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
    """By the recurrence from each order to the next, which is stable where x > n."""
    low, high = np.cos(x) / x, np.sin(x) / x
    for k in range(n):
        low, high = high, (2 * k + 1) / x * high - low
    return high


def bessel_back(g, x, n):
    below = n * bessel(x, n=n - 1) if n else 0
    return g * ((below - (n + 1) * bessel(x, n=n + 1)) / (2 * n + 1))


rule(bessel, x=bessel_back)
rule(np.sinc, x=lambda g, x: g * (-math.pi * bessel(math.pi * x, n=1)))
