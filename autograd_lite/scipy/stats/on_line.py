"""Distributions on the whole line, and von Mises's, which is on the circle."""

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.errors import hazard
from autograd_lite.scipy.stats.continuous import Standard, beyond, distribution, falling

Array = Any
LN_2PI = math.log(2 * math.pi)


def centred(z: Array) -> tuple[Array, Array]:
    """z / √(1 + z²) and 1 / √(1 + z²), which do not overflow."""
    h = np.hypot(1.0, z)
    return z / h, 1 / h


def half_step(x: Array) -> Array:
    """ψ(x + ½) − ψ(x); for large x, where that cancels, by its expansion (DLMF 5.11.2)."""
    large = x > 32
    if not branch(np.any(large)):
        return sp.psi(x + 0.5) - sp.psi(x)
    r = 1 / np.where(large, x, 32.0)
    s = r * r
    series = r / 2 + s * (1 / 8 + s * (-1 / 64 + s * (1 / 128 - s * 17 / 2048)))
    small = np.where(large, 1.0, x)
    return np.where(large, series, sp.psi(small + 0.5) - sp.psi(small))


# ---- Student's t, Cauchy's ----


# Where z² overflows, SciPy's ln f of Student's t is −∞, so their slopes are not asked for there.


def by_freedom(z: Array, df: Array) -> Array:
    """The slope of Student's ln f by the degrees of freedom."""
    square = z * z
    share = (square - 1) / (df + square)
    return (half_step(df / 2) - np.log1p(square / df) + share) / 2


def pull_student(z: Array, df: Array) -> Array:
    """−(ν + 1) z / (ν + z²)."""
    return -(df + 1) * z / (df + z * z)


def pull_cauchy(z: Array) -> Array:
    """−2 z / (1 + z²), also where z² overflows."""
    root, inverse = centred(z)
    return -2 * root * inverse


def ratio_cauchy(z: Array) -> Array:
    """f / F = 1 / ((1 + z²) arctan2(1, −z))."""
    h = np.hypot(1.0, z)
    return 1 / (h * (h * np.arctan2(1.0, -z)))


t = distribution(
    "t",
    Standard(
        z=pull_student,
        scale=lambda z, df: -(1 + z * pull_student(z, df)),
        shapes={"df": by_freedom},
        mirrored=True,
        heavy=True,
        mean=lambda df: np.where(df > 1, 0.0, np.inf),
        var=lambda df: beyond(df, 2, lambda n: n / (n - 2), np.where(df > 1, np.inf, np.nan)),
        entropy=lambda df: (
            (df + 1) / 2 * half_step(df / 2) + np.log(df) / 2 + sp.betaln(df / 2, 0.5 + 0 * df)
        ),
    ),
    "loc + scale * rng.standard_t(al.stop_gradient(df), size)",
    globals(),
)
cauchy = distribution(
    "cauchy",
    Standard(
        z=pull_cauchy,
        scale=lambda z: centred(z)[0] ** 2 - centred(z)[1] ** 2,
        hazards=(ratio_cauchy, lambda z: ratio_cauchy(-z)),
        entropy=math.log(4 * math.pi),
    ),
    "loc + scale * rng.standard_cauchy(size)",
    globals(),
)

# ---- the normal one, skewed, and with other powers ----


def steep(z: Array, beta: Array) -> Array:
    """|z|^β ln |z|, which is 0 at 0."""
    away = abs(z) + (z == 0)
    return (z != 0) * away**beta * np.log(away)


def skewed(z: Array, a: Array) -> Array:
    """φ(a z) / Φ(a z)."""
    return hazard(a * z)


norm = distribution(
    "norm",
    Standard(
        z=lambda z: -z,
        scale=lambda z: (z - 1) * (z + 1),
        hazards=(hazard, lambda z: hazard(-z)),
        mean=0.0,
        var=1.0,
        entropy=(LN_2PI + 1) / 2,
    ),
    "loc + scale * rng.standard_normal(size)",
    globals(),
)
skewnorm = distribution(
    "skewnorm",
    Standard(
        z=lambda z, a: a * skewed(z, a) - z,
        scale=lambda z, a: (z - 1) * (z + 1) - a * (z * skewed(z, a)),
        shapes={"a": lambda z, a: z * skewed(z, a)},
        moves={"a": lambda z, a: skewed(z, a) / (1 + a * a)},
        mean=lambda a: math.sqrt(2 / math.pi) * centred(a)[0],
        var=lambda a: 1 - 2 / math.pi * centred(a)[0] ** 2,
    ),
    "loc + scale * (a * abs(rng.standard_normal(size)) + rng.standard_normal(size)) / "
    "np.sqrt(1 + a * a)",
    globals(),
)
gennorm = distribution(
    "gennorm",
    Standard(
        z=lambda z, beta: -beta * np.sign(z) * (abs(z) + (z == 0)) ** (beta - 1),
        scale=lambda z, beta: beta * (z != 0) * (abs(z) + (z == 0)) ** beta - 1,
        shapes={"beta": lambda z, beta: (1 + sp.psi(1 / beta) / beta) / beta - steep(z, beta)},
        mirrored=True,
        mean=lambda beta: 0 * beta,
        var=lambda beta: np.exp(sp.gammaln(3 / beta) - sp.gammaln(1 / beta)),
        entropy=lambda beta: 1 / beta - np.log(beta / 2) + sp.gammaln(1 / beta),
    ),
    "loc + scale * rng.choice([-1, 1], size) * "
    "rng.standard_gamma(1 / al.stop_gradient(beta), size) ** (1 / al.stop_gradient(beta))",
    globals(),
)

# ---- exponential tails ----


def ratio_laplace(z: Array) -> Array:
    """f / F of Laplace's: 1 left of 0, and e^(−z) / (2 − e^(−z)) right of it."""
    e = np.exp(-np.maximum(z, 0))
    return e / (2 - e)


def ratio_gumbel(z: Array) -> Array:
    """e^z / (e^(e^z) − 1), for z where e^z is a number."""
    return falling(np.exp(z))


def tangent(z: Array) -> Array:
    return np.tanh(z / 2)


laplace = distribution(
    "laplace",
    Standard(
        z=lambda z: -np.sign(z),
        scale=lambda z: abs(z) - 1,
        hazards=(ratio_laplace, lambda z: ratio_laplace(-z)),
        mean=0.0,
        var=2.0,
        entropy=math.log(2) + 1,
        underflows=True,
    ),
    "loc + scale * rng.laplace(size=size)",
    globals(),
)
logistic = distribution(
    "logistic",
    Standard(
        z=lambda z: -tangent(z),
        scale=lambda z: z * tangent(z) - 1,
        hazards=(lambda z: sp.expit(-z), lambda z: sp.expit(z)),
        mean=0.0,
        var=math.pi**2 / 3,
        entropy=2.0,
    ),
    "loc + scale * rng.logistic(size=size)",
    globals(),
)
gumbel_r = distribution(
    "gumbel_r",
    Standard(
        z=lambda z: np.expm1(-z),
        hazards=(lambda z: np.exp(-z), lambda z: ratio_gumbel(-z)),
        mean=np.euler_gamma,
        var=math.pi**2 / 6,
        entropy=np.euler_gamma + 1,
    ),
    "loc + scale * rng.gumbel(size=size)",
    globals(),
)
gumbel_l = distribution(
    "gumbel_l",
    Standard(
        z=lambda z: -np.expm1(z),
        hazards=(ratio_gumbel, lambda z: np.exp(z)),
        mean=-np.euler_gamma,
        var=math.pi**2 / 6,
        entropy=np.euler_gamma + 1,
    ),
    "loc - scale * rng.gumbel(size=size)",
    globals(),
)

# ---- on the circle ----


def resultant(kappa: Array) -> Array:
    """I₁(κ) / I₀(κ)."""
    return sp.ive(1.0, kappa) / sp.ive(0.0, kappa)


vonmises = distribution(
    "vonmises",
    Standard(
        z=lambda z, kappa: -kappa * np.sin(z),
        shapes={"kappa": lambda z, kappa: np.cos(z) - resultant(kappa)},
        mirrored=True,
        turn=2 * math.pi,
        half=lambda z, kappa: z - np.minimum((z + math.pi) / 2, 1 / np.sqrt(kappa + 0.1)),
        ends=(-math.pi, math.pi),
        inside=0.0,
        entropy=lambda kappa: (
            LN_2PI + kappa + np.log(sp.ive(0.0, kappa)) - kappa * resultant(kappa)
        ),
    ),
    "loc + scale * rng.vonmises(0, al.stop_gradient(kappa), size)",
    globals(),
)
