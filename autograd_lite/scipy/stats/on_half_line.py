"""Distributions on a half line."""

import math
from typing import Any

import numpy as np
import scipy.special as sp

from autograd_lite.rules.special.edges import off_edge
from autograd_lite.rules.special.errors import hazard
from autograd_lite.scipy.stats.continuous import Standard, beyond, distribution, falling

Array = Any
HALF_LINE = (0.0, math.inf)
LN_2PI = math.log(2 * math.pi)
ROOT = math.sqrt(2 / math.pi)

# ---- powers times e^(−z) ----

expon = distribution(
    "expon",
    Standard(
        z=lambda z: -1.0 + 0 * z,
        scale=lambda z: z - 1,
        ends=HALF_LINE,
        mean=1.0,
        var=1.0,
        entropy=1.0,
    ),
    "loc + scale * rng.standard_exponential(size)",
    globals(),
)
gamma = distribution(
    "gamma",
    Standard(
        z=lambda z, a: (a - 1) / off_edge(a - 1, z) - 1,
        scale=lambda z, a: z - a,
        shapes={"a": lambda z, a: np.log(off_edge(a - 1, z)) - sp.psi(a)},
        ends=HALF_LINE,
        mean=lambda a: a,
        var=lambda a: a,
        entropy=lambda a: a + sp.gammaln(a) + (1 - a) * sp.psi(a),
    ),
    "loc + scale * rng.standard_gamma(al.stop_gradient(a), size)",
    globals(),
)
chi2 = distribution(
    "chi2",
    Standard(
        z=lambda z, df: ((df - 2) / off_edge(df - 2, z) - 1) / 2,
        scale=lambda z, df: (z - df) / 2,
        shapes={
            "df": lambda z, df: (np.log(off_edge(df - 2, z) / 2) - sp.psi(df / 2)) / 2,
        },
        ends=HALF_LINE,
        mean=lambda df: df,
        var=lambda df: 2 * df,
        entropy=lambda df: (
            df / 2 + math.log(2) + sp.gammaln(df / 2) + (1 - df / 2) * sp.psi(df / 2)
        ),
    ),
    "loc + scale * rng.chisquare(al.stop_gradient(df), size)",
    globals(),
)
invgamma = distribution(
    "invgamma",
    Standard(
        z=lambda z, a: (1 / z - (a + 1)) / z,
        scale=lambda z, a: a - 1 / z,
        shapes={"a": lambda z, a: -np.log(z) - sp.psi(a)},
        ends=HALF_LINE,
        heavy=True,
        mean=lambda a: beyond(a, 1, lambda a: 1 / (a - 1), np.inf),
        var=lambda a: beyond(a, 2, lambda a: 1 / (a - 1) ** 2 / (a - 2), np.inf),
        entropy=lambda a: a + sp.gammaln(a) - (1 + a) * sp.psi(a),
    ),
    "loc + scale / rng.standard_gamma(al.stop_gradient(a), size)",
    globals(),
)


def of_ratio(z: Array, dfn: Array, dfd: Array) -> Array:
    """m z / (n + m z), with m and n the degrees of freedom."""
    return dfn * z / (dfd + dfn * z)


f = distribution(
    "f",
    Standard(
        z=lambda z, dfn, dfd: (
            (dfn / 2 - 1) / off_edge(dfn - 2, z) - (dfn + dfd) / 2 * dfn / (dfd + dfn * z)
        ),
        scale=lambda z, dfn, dfd: (dfn + dfd) / 2 * of_ratio(z, dfn, dfd) - dfn / 2,
        shapes={
            "dfn": lambda z, dfn, dfd: (
                (
                    1
                    + np.log(of_ratio(z, dfn, dfd))
                    - (1 + dfd / dfn) * of_ratio(z, dfn, dfd)
                    - sp.psi(dfn / 2)
                    + sp.psi((dfn + dfd) / 2)
                )
                / 2
            ),
            "dfd": lambda z, dfn, dfd: (
                (
                    of_ratio(z, dfn, dfd)
                    - np.log1p(dfn * z / dfd)
                    - dfn / (dfd + dfn * z)
                    - sp.psi(dfd / 2)
                    + sp.psi((dfn + dfd) / 2)
                )
                / 2
            ),
        },
        ends=HALF_LINE,
        heavy=True,
        mean=lambda dfn, dfd: beyond(dfd, 2, lambda n: n / (n - 2), np.inf) + 0 * dfn,
        var=lambda m, n: beyond(
            n, 4, lambda n: 2 * (n / (n - 2)) ** 2 * (m + n - 2) / (m * (n - 4)), np.inf
        ),
        entropy=lambda m, n: (
            (1 - m / 2) * sp.psi(m / 2)
            - (1 + n / 2) * sp.psi(n / 2)
            + (m + n) / 2 * sp.psi((m + n) / 2)
            + sp.betaln(m / 2, n / 2)
            - np.log(m)
            + np.log(n)
        ),
    ),
    "loc + scale * rng.f(al.stop_gradient(dfn), al.stop_gradient(dfd), size)",
    globals(),
)

# ---- powers ----

pareto = distribution(
    "pareto",
    Standard(
        z=lambda z, b: -(b + 1) / z,
        scale=lambda z, b: b + 0 * z,
        shapes={"b": lambda z, b: 1 / b - np.log(z)},
        moves={"b": lambda z, b: -z * np.log(z) / b},
        hazards=(lambda z, b: b / (z * np.expm1(b * np.log(z))), lambda z, b: b / z),
        ends=(1.0, math.inf),
        inside=1.5,
        mean=lambda b: beyond(b, 1, lambda b: b / (b - 1), np.inf),
        var=lambda b: beyond(b, 2, lambda b: b / (b - 1) ** 2 / (b - 2), np.inf),
        entropy=lambda b: 1 + 1 / b - np.log(b),
    ),
    "loc + scale * np.exp(rng.standard_exponential(size) / b)",
    globals(),
)
weibull_min = distribution(
    "weibull_min",
    Standard(
        z=lambda z, c: (c - 1) / off_edge(c - 1, z) - c * z ** (c - 1),
        scale=lambda z, c: c * (z**c - 1),
        shapes={"c": lambda z, c: 1 / c - np.log(off_edge(c - 1, z)) * (z**c - 1)},
        moves={"c": lambda z, c: -z * np.log(z) / c},
        hazards=(lambda z, c: c / z * falling(z**c), lambda z, c: c * z ** (c - 1)),
        ends=HALF_LINE,
        mean=lambda c: sp.gamma(1 + 1 / c),
        var=lambda c: sp.gamma(1 + 2 / c) - sp.gamma(1 + 1 / c) ** 2,
        entropy=lambda c: np.euler_gamma * (1 - 1 / c) - np.log(c) + 1,
    ),
    "loc + scale * rng.standard_exponential(size) ** (1 / c)",
    globals(),
)
halfcauchy = distribution(
    "halfcauchy",
    Standard(
        z=lambda z: -2 * z / (1 + z * z),  # SciPy's ln f is −∞ where z² overflows
        scale=lambda z: 1 - 2 / (1 + z * z),
        hazards=(
            lambda z: 1 / np.hypot(1.0, z) / (np.hypot(1.0, z) * np.arctan(z)),
            lambda z: 1 / np.hypot(1.0, z) / (np.hypot(1.0, z) * np.arctan2(1.0, z)),
        ),
        ends=HALF_LINE,
        entropy=math.log(2 * math.pi),
    ),
    "loc + scale * abs(rng.standard_cauchy(size))",
    globals(),
)

# ---- powers times e^(−z² / 2), and of logarithms ----


def ratio_lognorm(z: Array, s: Array) -> Array:
    return hazard(np.log(z) / s) / (s * z)


lognorm = distribution(
    "lognorm",
    Standard(
        z=lambda z, s: -(1 + np.log(z) / (s * s)) / z,
        scale=lambda z, s: np.log(z) / (s * s),
        shapes={"s": lambda z, s: ((np.log(z) / s) ** 2 - 1) / s},
        moves={"s": lambda z, s: z * np.log(z) / s},
        hazards=(ratio_lognorm, lambda z, s: hazard(-np.log(z) / s) / (s * z)),
        ends=HALF_LINE,
        mean=lambda s: np.exp(s * s / 2),
        var=lambda s: np.expm1(s * s) * np.exp(s * s),
        entropy=lambda s: (1 + LN_2PI) / 2 + np.log(s),
    ),
    "loc + scale * np.exp(s * rng.standard_normal(size))",
    globals(),
)
halfnorm = distribution(
    "halfnorm",
    Standard(
        z=lambda z: -z,
        scale=lambda z: (z - 1) * (z + 1),
        hazards=(
            lambda z: ROOT * np.exp(-z * z / 2) / sp.erf(z * math.sqrt(0.5)),
            lambda z: hazard(-z),
        ),
        ends=HALF_LINE,
        mean=ROOT,
        var=1 - 2 / math.pi,
        entropy=(math.log(math.pi / 2) + 1) / 2,
    ),
    "loc + scale * abs(rng.standard_normal(size))",
    globals(),
)
rayleigh = distribution(
    "rayleigh",
    Standard(
        z=lambda z: 1 / z - z,
        scale=lambda z: z * z - 2,
        hazards=(lambda z: 2 / z * falling(z * z / 2), lambda z: z),
        ends=HALF_LINE,
        mean=math.sqrt(math.pi / 2),
        var=2 - math.pi / 2,
        entropy=np.euler_gamma / 2 + 1 - math.log(2) / 2,
    ),
    "loc + scale * rng.rayleigh(size=size)",
    globals(),
)
maxwell = distribution(
    "maxwell",
    Standard(
        z=lambda z: 2 / z - z,
        scale=lambda z: z * z - 3,
        ends=HALF_LINE,
        mean=2 * ROOT,
        var=3 - 8 / math.pi,
        entropy=np.euler_gamma + (LN_2PI - 1) / 2,
    ),
    "loc + scale * np.sqrt(rng.chisquare(3, size))",
    globals(),
)


def deviation(z: Array, mu: Array) -> Array:
    """(z² − μ²) / (2 μ² z), times z the slope of (z − μ)² / (2 z μ²)."""
    return (z / mu - 1) * (z / mu + 1) / (2 * z)


invgauss = distribution(
    "invgauss",
    Standard(
        z=lambda z, mu: -(1.5 + deviation(z, mu)) / z,
        scale=lambda z, mu: 0.5 + deviation(z, mu),
        shapes={"mu": lambda z, mu: (z - mu) / mu**3},
        moves={"mu": lambda z, mu: 2 * z**1.5 / mu**2 / hazard(-(z / mu + 1) / np.sqrt(z))},
        ends=HALF_LINE,
        mean=lambda mu: mu,
        var=lambda mu: mu**3,
        entropy=lambda mu: (1 + LN_2PI + 3 * np.log(mu) - 3 * np.exp(2 / mu) * sp.exp1(2 / mu)) / 2,
    ),
    "loc + scale * rng.wald(al.stop_gradient(mu), 1, size)",
    globals(),
)
