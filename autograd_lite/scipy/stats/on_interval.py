"""Distributions on an interval, whose ends may be shapes."""

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd_lite.core.custom import stop_gradient
from autograd_lite.rules.special.edges import off_edge
from autograd_lite.scipy.stats.continuous import Standard, distribution

Array = Any
UNIT = (0.0, 1.0)
LN_2PI = math.log(2 * math.pi)

uniform = distribution(
    "uniform",
    Standard(
        z=lambda z: 0 * z,
        scale=lambda z: 0 * z - 1,
        ends=UNIT,
        mean=0.5,
        var=1 / 12,
        entropy=0.0,
    ),
    "loc + scale * rng.random(size)",
    globals(),
)
beta = distribution(
    "beta",
    Standard(
        z=lambda z, a, b: (a - 1) / off_edge(a - 1, z) - (b - 1) / off_edge(b - 1, 1 - z),
        scale=lambda z, a, b: (b - 1) * (z / off_edge(b - 1, 1 - z)) - a,
        shapes={
            "a": lambda z, a, b: np.log(off_edge(a - 1, z)) - sp.psi(a) + sp.psi(a + b),
            "b": lambda z, a, b: np.log(off_edge(b - 1, 1 - z)) - sp.psi(b) + sp.psi(a + b),
        },
        mirrored=True,
        ends=UNIT,
        mean=lambda a, b: a / (a + b),
        var=lambda a, b: a * b / ((a + b) ** 2 * (a + b + 1)),
        entropy=lambda a, b: (
            sp.betaln(a, b)
            - (a - 1) * sp.psi(a)
            - (b - 1) * sp.psi(b)
            + (a + b - 2) * sp.psi(a + b)
        ),
    ),
    "loc + scale * rng.beta(al.stop_gradient(a), al.stop_gradient(b), size)",
    globals(),
)

# ---- a peak ----


def sides(z: Array, c: Array, left: Any, right: Any) -> Array:
    """``left(z, c)`` left of the peak, and ``right(1 − z, 1 − c)`` right of it."""
    is_left = z < c
    z, c = np.where(is_left, z, 1 - z), np.where(is_left, c, 1 - c)
    return np.where(is_left, left(z, c), right(z, c))


triang = distribution(
    "triang",
    Standard(
        z=lambda z, c: sides(z, c, lambda z, c: 1 / z, lambda z, c: -1 / z),
        scale=lambda z, c: sides(z, c, lambda z, c: -2 + 0 * z, lambda z, c: 1 / z - 2),
        shapes={"c": lambda z, c: sides(z, c, lambda z, c: -1 / c, lambda z, c: 1 / c)},
        moves={"c": lambda z, c: sides(z, c, lambda z, c: z / c / 2, lambda z, c: z / c / 2)},
        ends=UNIT,
        mean=lambda c: (1 + c) / 3,
        var=lambda c: (1 - c + c * c) / 18,
        entropy=lambda c: 0.5 - math.log(2) + 0 * c,
    ),
    "loc + scale * np.where((u := rng.random(size)) < c, np.sqrt(c * u), "
    "1 - np.sqrt((1 - c) * (1 - u)))",
    globals(),
)


def spread(z: Array, c: Array) -> Array:
    """1 + c² − 2 c cos z."""
    return (1 - c) ** 2 + 4 * c * np.sin(z / 2) ** 2


wrapcauchy = distribution(
    "wrapcauchy",
    Standard(
        z=lambda z, c: -2 * c * np.sin(z) / spread(z, c),
        shapes={
            "c": lambda z, c: -2 * c / ((1 - c) * (1 + c)) - 2 * (c - np.cos(z)) / spread(z, c)
        },
        moves={"c": lambda z, c: -2 * np.sin(z) / ((1 - c) * (1 + c))},
        ends=(0.0, 2 * math.pi),
        inside=1.0,
        entropy=lambda c: LN_2PI + np.log1p(-c * c),
    ),
    "loc + scale * (2 * np.arctan((1 - c) / (1 + c) * np.tan(np.pi * (rng.random(size) - 0.5))) "
    "% (2 * np.pi))",
    globals(),
)

# ---- ends that are shapes ----


def log_mass(low: Array, high: Array) -> Array:
    """ln (Φ(high) − Φ(low)), in the left tail, where neither term is near 1."""
    right = low > 0
    low, high = np.where(right, -high, low), np.where(right, -low, high)
    top = sp.log_ndtr(high)
    return top + np.log(-np.expm1(sp.log_ndtr(low) - top))


def log_normal(z: Array) -> Array:
    return -z * z / 2 - LN_2PI / 2


def share(z: Array, a: Array, b: Array, low: Array, high: Array, at: Array) -> Array:
    """The mass between two places times φ(at) / φ(z)."""
    return np.exp(log_mass(low, high) - log_mass(a, b) + (z - at) * (z + at) / 2)


def middle(a: Array, b: Array) -> Array:
    """A place in the support."""
    a, b = stop_gradient(a), stop_gradient(b)
    low, high = np.maximum(a, np.minimum(b, 0) - 1), np.minimum(b, np.maximum(a, 0) + 1)
    return (low + high) / 2


truncnorm = distribution(
    "truncnorm",
    Standard(
        z=lambda z, a, b: -z,
        scale=lambda z, a, b: (z - 1) * (z + 1),
        shapes={
            "a": lambda z, a, b: np.exp(log_normal(a) - log_mass(a, b)) + 0 * z,
            "b": lambda z, a, b: -np.exp(log_normal(b) - log_mass(a, b)) + 0 * z,
        },
        moves={
            "a": lambda z, a, b: share(z, a, b, z, b, a),
            "b": lambda z, a, b: share(z, a, b, a, z, b),
        },
        hazards=(
            lambda z, a, b: np.exp(log_normal(z) - log_mass(a, z)),
            lambda z, a, b: np.exp(log_normal(z) - log_mass(z, b)),
        ),
        ends=(lambda a, b: a, lambda a, b: b),
        inside=middle,
        entropy=None,
    ),
    "loc + scale * scipy.special.ndtri((1 - (u := rng.random(size))) * scipy.special.ndtr(a) + "
    "u * scipy.special.ndtr(b))",
    globals(),
)


def log_ratio(low: Array, high: Array) -> Array:
    """ln (high / low), with the digits of numbers that are near each other."""
    return np.log1p((high - low) / low)


loguniform = distribution(
    "loguniform",
    Standard(
        z=lambda z, a, b: -1 / z,
        scale=lambda z, a, b: 0 * z,
        shapes={
            "a": lambda z, a, b: 1 / (a * log_ratio(a, b)) + 0 * z,
            "b": lambda z, a, b: -1 / (b * log_ratio(a, b)) + 0 * z,
        },
        moves={
            "a": lambda z, a, b: z * log_ratio(z, b) / (a * log_ratio(a, b)),
            "b": lambda z, a, b: z * log_ratio(a, z) / (b * log_ratio(a, b)),
        },
        hazards=(
            lambda z, a, b: 1 / (z * log_ratio(a, z)),
            lambda z, a, b: 1 / (z * log_ratio(z, b)),
        ),
        ends=(lambda a, b: a, lambda a, b: b),
        inside=lambda a, b: (stop_gradient(a) + stop_gradient(b)) / 2,
        mean=lambda a, b: (b - a) / log_ratio(a, b),
        var=lambda a, b: (b - a) / log_ratio(a, b) * ((a + b) / 2 - (b - a) / log_ratio(a, b)),
        entropy=lambda a, b: np.log(a * b) / 2 + np.log(log_ratio(a, b)),
    ),
    "loc + scale * np.exp(np.log(a) + rng.random(size) * np.log(b / a))",
    globals(),
)
