"""Distribution functions under Cephes' and CDFLIB's names: by the point, and inverses by the level.

The slope of an inverse is one over the density, infinite where that is 0.  Counts are rounded down:
the functions are locally constant in them.  By the shape of a distribution, by degrees of freedom
among them, there is no closed form.
"""

import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import rule
from autograd_lite.rules.special.edges import either
from autograd_lite.rules.special.elementary import power_slope
from autograd_lite.rules.special.errors import density
from autograd_lite.rules.special.gamma import beta_density, gamma_density
from autograd_lite.rules.special.stating import nowhere

SQRT_2 = math.sqrt(2)

# ---- counts: Poisson, binomial and negative binomial ----


def poisson_mass(k, m):
    return gamma_density(np.floor(k) + 1, m)


def binomial_density(k, n, p):
    k = np.floor(k)
    return beta_density(k + 1, np.floor(n) - k, p)


def waiting_density(k, n, p):
    return beta_density(np.floor(n), np.floor(k) + 1, p)


rule(sp.pdtr, x1=None, x2=lambda g, x1, x2: -g * poisson_mass(x1, x2))
rule(sp.pdtrc, x1=None, x2=lambda g, x1, x2: g * poisson_mass(x1, x2))
rule(sp.pdtri, x1=None, x2=lambda g, y, x1: -g / poisson_mass(x1, y))
rule(sp.bdtr, x1=None, x2=None, x3=lambda g, x1, x2, x3: -g * binomial_density(x1, x2, x3))
rule(sp.bdtrc, x1=None, x2=None, x3=lambda g, x1, x2, x3: g * binomial_density(x1, x2, x3))
rule(sp.bdtri, x1=None, x2=None, x3=lambda g, y, x1, x2: -g / binomial_density(x1, x2, y))
rule(sp.nbdtr, x1=None, x2=None, x3=lambda g, x1, x2, x3: g * waiting_density(x1, x2, x3))
rule(sp.nbdtrc, x1=None, x2=None, x3=lambda g, x1, x2, x3: -g * waiting_density(x1, x2, x3))
rule(sp.nbdtri, x1=None, x2=None, x3=lambda g, y, x1, x2: g / waiting_density(x1, x2, y))

# ---- gamma and χ² ----


def chi2_density(df, x):
    return gamma_density(df / 2, x / 2) / 2


rule(
    sp.gdtr,
    x1=lambda g, x1, x2, x3: g * (x3 * gamma_density(x2, x1 * x3)),
    x2=no_derivative,
    x3=lambda g, x1, x2, x3: g * (x1 * gamma_density(x2, x1 * x3)),
)
rule(
    sp.gdtrc,
    x1=lambda g, x1, x2, x3: -g * (x3 * gamma_density(x2, x1 * x3)),
    x2=no_derivative,
    x3=lambda g, x1, x2, x3: -g * (x1 * gamma_density(x2, x1 * x3)),
)
rule(
    sp.gdtria,
    x1=lambda g, y, x2, x3: g / (x3 * gamma_density(x2, y * x3)),
    x2=no_derivative,
    x3=lambda g, y, x3: -g * (y / x3),
)
rule(
    sp.gdtrix,
    x1=lambda g, y, x1: -g * (y / x1),
    x2=no_derivative,
    x3=lambda g, y, x1, x2: g / (x1 * gamma_density(x2, x1 * y)),
)
rule(sp.chdtr, x1=no_derivative, x2=lambda g, x1, x2: g * chi2_density(x1, x2))
rule(sp.chdtrc, x1=no_derivative, x2=lambda g, x1, x2: -g * chi2_density(x1, x2))
rule(sp.chdtri, x1=no_derivative, x2=lambda g, y, x1: -g / chi2_density(x1, y))

# ---- Student's t and F ----


def student_density(df, t):
    """(1 + t² / ν)^(−(ν + 1) / 2) / (√ν B(ν / 2, ½)), by logarithms."""
    scale = sp.betaln(df / 2, 0.5 + 0 * df) + np.log(df) / 2
    return np.exp(-(df + 1) / 2 * np.log1p(t * t / df) - scale)


def f_density(dfn, dfd, x):
    """That of B(m / 2, n / 2) at mx / (mx + n), of which 1 minus it is n / (mx + n)."""
    whole = dfn * x + dfd
    weight = either(
        x == 0,
        x,
        lambda x: x ** (dfn / 2 - 1),
        lambda x: np.exp(sp.xlogy(dfn / 2 - 1, x)),
        1.0,
    )
    scale = sp.xlogy(dfn / 2, dfn) + sp.xlogy(dfd / 2, dfd) - sp.betaln(dfn / 2, dfd / 2)
    return weight * np.exp(scale - (dfn + dfd) / 2 * np.log(whole))


BY_SHAPES = {"x1": no_derivative, "x2": no_derivative}

rule(sp.stdtr, x1=no_derivative, x2=lambda g, x1, x2: g * student_density(x1, x2))
rule(sp.stdtrit, x1=no_derivative, x2=lambda g, y, x1: g / student_density(x1, y))
rule(sp.fdtr, **BY_SHAPES, x3=lambda g, x1, x2, x3: g * f_density(x1, x2, x3))
rule(sp.fdtrc, **BY_SHAPES, x3=lambda g, x1, x2, x3: -g * f_density(x1, x2, x3))
rule(sp.fdtri, **BY_SHAPES, x3=lambda g, y, x1, x2: g / f_density(x1, x2, y))

# ---- the normal distribution by its mean and deviation ----

rule(
    sp.nrdtrimn,
    x1=lambda g, x1, x2: -g * (x2 / density(sp.ndtri(x1))),
    x2=lambda g, x1: -g * sp.ndtri(x1),
    x3=lambda g: g,
)
rule(
    sp.nrdtrisd,
    x1=lambda g, x2: -g / sp.ndtri(x2),
    x2=lambda g, y, x2: -g * (y / (sp.ndtri(x2) * density(sp.ndtri(x2)))),
    x3=lambda g, x2: g / sp.ndtri(x2),
)

# ---- Tukey's λ: the inverse of Q(p) = (p^λ − (1 − p)^λ) / λ; the density is 0 off the support ----


def tukey_slope(y, power, numerator):
    """``numerator(p)`` over Q′(p)."""
    return either(
        (y == 0) | (y == 1),
        y,
        lambda y: 0 * y,
        lambda y: numerator(y) / (y ** (power - 1) + (1 - y) ** (power - 1)),
        0.5,
    )


def tukey_bend(y, power):
    """−∂Q / ∂λ."""
    return power_slope(np.log1p(-y), 1 - y, power) - power_slope(np.log(y), y, power)


rule(
    sp.tklmbda,
    x1=lambda g, y, x2: g * tukey_slope(y, x2, lambda y: 1.0),
    x2=lambda g, y, x2: g * tukey_slope(y, x2, lambda y: tukey_bend(y, x2)),
)

# ---- non-central χ²: a Poisson mixture, so that ∂F / ∂λ is minus the density of ν + 2 ----


def noncentral_chi2(x, df, nc):
    """e^(−(√x − √λ)² / 2) (x / λ)^(ν/4 − ½) I(ν/2 − 1, √(λx)) e^(−√(λx)) / 2, regular at λ = 0."""
    product = nc * x
    log_scale = sp.xlogy(df / 2 - 1, x / 2) - sp.gammaln(df / 2) - (x + nc) / 2

    def near(product):
        return np.exp(log_scale) / 2 * sp.hyp0f1(df / 2, product / 4)

    def far(product):
        root = np.sqrt(product)
        power = sp.xlogy(df / 2 - 1, 2 / root) + sp.gammaln(df / 2)
        return np.exp(log_scale + root + power) / 2 * sp.ive(df / 2 - 1, root)

    return either(product < 100, product, near, far, (0.0, 100.0))


rule(
    sp.chndtr,
    x1=lambda g, x1, x2, x3: g * noncentral_chi2(x1, x2, x3),
    x2=no_derivative,
    x3=lambda g, x1, x2, x3: -g * noncentral_chi2(x1, x2 + 2, x3),
)
rule(
    sp.chndtrix,
    x1=lambda g, y, x2, x3: g / noncentral_chi2(y, x2, x3),
    x2=no_derivative,
    x3=lambda g, y, x2, x3: g * (noncentral_chi2(y, x2 + 2, x3) / noncentral_chi2(y, x2, x3)),
)
rule(
    sp.chndtrinc,
    x1=lambda g, y, x1, x2: g * (noncentral_chi2(x1, x2, y) / noncentral_chi2(x1, x2 + 2, y)),
    x2=no_derivative,
    x3=lambda g, y, x1, x2: -g / noncentral_chi2(x1, x2 + 2, y),
)

# ---- non-central F, likewise of B(a + j, b) at w, where w (1 − w) B′ = (a + j) (B − next B) ----


def shifted(dfn, dfd, nc, f, j):
    return sp.ncfdtr(dfn + 2 * j, dfd, nc, f * dfn / (dfn + 2 * j))


def noncentral_f(dfn, dfd, nc, f):
    first = sp.ncfdtr(dfn, dfd, nc, f)
    second, third = shifted(dfn, dfd, nc, f, 1), shifted(dfn, dfd, nc, f, 2)
    return (dfn * (first - second) + nc * (second - third)) / (2 * f)


def noncentral_f_fall(dfn, dfd, nc, f):
    """−∂F / ∂λ."""
    return (sp.ncfdtr(dfn, dfd, nc, f) - shifted(dfn, dfd, nc, f, 1)) / 2


rule(
    sp.ncfdtr,
    **BY_SHAPES,
    x3=lambda g, x1, x2, x3, x4: -g * noncentral_f_fall(x1, x2, x3, x4),
    x4=lambda g, x1, x2, x3, x4: g * noncentral_f(x1, x2, x3, x4),
)
rule(
    sp.ncfdtri,
    **BY_SHAPES,
    x3=lambda g, y, x1, x2, x3: (
        g * (noncentral_f_fall(x1, x2, x3, y) / noncentral_f(x1, x2, x3, y))
    ),
    x4=lambda g, y, x1, x2, x3: g / noncentral_f(x1, x2, x3, y),
)
# ---- non-central t: moments of √(V / ν) for a V of χ², under a normal weight: 12.5.1, 12.7.12 ----


def weighted_moment(order, df, nc, t):
    """E[s^order φ(t s − δ)] for s = √(V / ν)."""
    k = order + df
    square, cross = df + t * t, t * nc
    z = cross * cross / (2 * square)
    even = sp.gamma(k / 2) * sp.hyp1f1(k / 2, 0.5 + 0 * k, z)
    odd = sp.gamma((k + 1) / 2) * sp.hyp1f1((k + 1) / 2, 1.5 + 0 * k, z)
    scale = np.exp(df / 2 * np.log(df) - k / 2 * np.log(square) - nc * nc / 2) * 2 ** (order / 2)
    total = even + cross * SQRT_2 / np.sqrt(square) * odd
    return scale * sp.rgamma(df / 2) / math.sqrt(2 * math.pi) * total


rule(
    sp.nctdtr,
    x1=no_derivative,
    x2=lambda g, x1, x2, x3: -g * weighted_moment(0, x1, x2, x3),
    x3=lambda g, x1, x2, x3: g * weighted_moment(1, x1, x2, x3),
)
rule(
    sp.nctdtrit,
    x1=no_derivative,
    x2=lambda g, y, x1, x2: g * (weighted_moment(0, x1, x2, y) / weighted_moment(1, x1, x2, y)),
    x3=lambda g, y, x1, x2: g / weighted_moment(1, x1, x2, y),
)

# ---- inverses by a shape or a count, and Kolmogorov's and Smirnov's: no closed form at all ----

for function in (
    *(sp.bdtrik, sp.bdtrin, sp.btdtria, sp.btdtrib, sp.chdtriv, sp.chndtridf, sp.fdtridfd),
    *(sp.gdtrib, sp.kolmogi, sp.kolmogorov, sp.nbdtrik, sp.nbdtrin, sp.ncfdtridfd),
    *(sp.ncfdtridfn, sp.ncfdtrinc, sp.nctdtridf, sp.nctdtrinc, sp.pdtrik, sp.smirnov),
    *(sp.smirnovi, sp.stdtridf),
):
    rule(function, **nowhere(function))
