"""The gamma and beta functions, and the incomplete ones with their inverses: DLMF 5, 8, 25.11.

At an end where a density is 0, the slope of the inverse is infinite.
"""

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs as private

from autograd_lite.core.custom import primitive
from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import composed, constant, rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.edges import either

# ---- gamma function: 5.2.2, ψ = Γ′ / Γ ----


@primitive(inline=True)
def polygamma(n, x):
    """(−1)ⁿ⁺¹ n! ζ(n + 1, x), by 25.11.12; ψ itself for n = 0."""
    if np.ndim(n) == 0:
        n = float(n)  # a Python number leaves float32 what it is
        return sp.psi(x) if n == 0 else (-1) ** (n + 1) * sp.gamma(n + 1).item() * zeta(n + 1, x)
    return np.where(n == 0, sp.psi(x), (-1.0) ** (n + 1) * sp.gamma(n + 1.0) * zeta(n + 1.0, x))


#: B₂ₖ / (2k)!, the coefficients of z / (eᶻ − 1).
BERNOULLI = (
    *(1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000),
    *(1 / 74724249600, -3617 / 10670622842880000),
)


def zeta(s, a):
    """Hurwitz's ζ(s, a); SciPy has it for real a only."""
    if not np.iscomplexobj(a):
        return sp.zeta(s, a)
    a = np.positive(a)
    terms = 16
    while branch(np.any(np.isfinite(a) & (a.real < 16 - terms))):
        terms += 1
    total = 0.0
    for _ in range(terms):  # 25.11.3
        total = total + a**-s
        a = a + 1
    term = s * a ** (-s - 1)
    total = total + a ** (1 - s) / (s - 1) + a**-s / 2  # 25.11.43
    for k, coefficient in enumerate(BERNOULLI):
        total = total + coefficient * term
        term = term * (s + 2 * k + 1) * (s + 2 * k + 2) / (a * a)
    return total


def rgamma_slope(y, x):
    """−ψ / Γ; left of ½ by reflection, 5.5.3, since ψ has poles there but 1 / Γ has none."""

    def reflected(x):
        turn = np.pi * x
        return sp.gamma(1 - x) * (np.cos(turn) - sp.psi(1 - x) * np.sin(turn) / np.pi)

    return either(np.real(x) < 0.5, x, reflected, lambda x: -y * sp.psi(x), 0.5)


def reciprocal_slope(x):
    return rgamma_slope(sp.rgamma(x), x)


rule(polygamma, broadcasts=True, n=no_derivative, x=lambda g, n, x: g * polygamma(n + 1, x))
rule(sp.psi, x=lambda g, x: g * polygamma(1, x))  # digamma is the same ufunc
rule(sp.gamma, x=lambda g, y, x: g * (y * sp.psi(x)))
rule(sp.rgamma, x=lambda g, y, x: g * rgamma_slope(y, x))
rule(sp.gammaln, x=lambda g, x: g * sp.psi(x))
rule(sp.loggamma, x=lambda g, x: g * sp.psi(x))
constant(sp.gammasgn)

# ---- Riemann's zeta function, and Hurwitz's: 25.11.17; SciPy calls these two by private names ----

rule(sp.zetac, x=no_derivative)
rule(private._riemann_zeta, x=no_derivative)
rule(private._zeta, x1=no_derivative, x2=lambda g, x1, x2: -g * (x1 * sp.zeta(x1 + 1, x2)))

# ---- Pochhammer's symbol Γ(a + m) / Γ(a), and the binomial coefficients ----


def poch_slope(a, m, y):
    """By a.  Left of ½ by reflection of both, if m is an integer, or by the slope of 1 / Γ."""
    top = a + m

    def left(a):
        return y * (sp.psi(1 - a - m) - sp.psi(1 - a))

    def across(a):
        return y * sp.psi(a + m) + sp.gamma(a + m) * reciprocal_slope(a)

    def right(a):
        return y * (sp.psi(a + m) - sp.psi(a))

    reflected = (a < 0.5) & (top < 0.5) & (m == np.floor(m))
    beyond = lambda a: either(a < 0.5, a, across, right, 0.75 - np.minimum(m, 0))
    return either(reflected, a, left, beyond, 0.75 - np.minimum(m, 0))


rule(
    sp.poch,
    x1=lambda g, y, x1, x2: g * poch_slope(x1, x2, y),
    x2=lambda g, y, x1, x2: g * (y * sp.psi(x1 + x2)),
)


def binom_slope(n, k, y):
    """By k; where the coefficient is 0, by the slope of 1 / Γ."""

    def at_zero(k):
        low, rest = k + 1, n - k + 1
        return sp.gamma(n + 1) * (
            reciprocal_slope(low) * sp.rgamma(rest) - sp.rgamma(low) * reciprocal_slope(rest)
        )

    return either(y == 0, k, at_zero, lambda k: y * (sp.psi(n - k + 1) - sp.psi(k + 1)), n / 2)


def binom_slope_of_size(n, k, y):
    """By n, likewise."""

    def at_zero(k):
        rest = n - k + 1
        rise = sp.psi(n + 1) * sp.rgamma(rest) + reciprocal_slope(rest)
        return sp.gamma(n + 1) * sp.rgamma(k + 1) * rise

    return either(y == 0, k, at_zero, lambda k: y * (sp.psi(n + 1) - sp.psi(n - k + 1)), n / 2)


rule(
    sp.binom,
    x1=lambda g, y, x1, x2: g * binom_slope_of_size(x1, x2, y),
    x2=lambda g, y, x1, x2: g * binom_slope(x1, x2, y),
)

# ---- beta function: 5.12.1, B(a, b) = Γ(a) Γ(b) / Γ(a + b) ----

rule(
    sp.beta,
    x1=lambda g, y, x1, x2: g * (y * (sp.psi(x1) - sp.psi(x1 + x2))),
    x2=lambda g, y, x1, x2: g * (y * (sp.psi(x2) - sp.psi(x1 + x2))),
)
rule(
    sp.betaln,
    x1=lambda g, x1, x2: g * (sp.psi(x1) - sp.psi(x1 + x2)),
    x2=lambda g, x1, x2: g * (sp.psi(x2) - sp.psi(x1 + x2)),
)

# ---- incomplete gamma and beta functions: 8.8.13, 8.17.1 ----


def gamma_density(a, x):
    """xᵃ⁻¹ e⁻ˣ / Γ(a), by logarithms, except at 0, where they are infinite."""
    return either(
        x == 0,
        x,
        lambda x: x ** (a - 1) * np.exp(-x) * sp.rgamma(a),
        lambda x: np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a)),
        1.0,
    )


def beta_density(a, b, x):
    """xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b), likewise; 0 at an end if B is too small for a number."""
    scale = sp.beta(a, b)
    return either(
        (x == 0) | (x == 1),
        x,
        lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / (scale + (scale == 0)),
        lambda x: np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b)),
        0.5,
    )


@primitive(inline=True)
def betainc(a, b, x):
    return sp.betainc(a, b, x)


rule(sp.gammainc, x1=no_derivative, x2=lambda g, x1, x2: g * gamma_density(x1, x2))
rule(sp.gammaincc, x1=no_derivative, x2=lambda g, x1, x2: -g * gamma_density(x1, x2))
rule(
    betainc,
    broadcasts=True,
    a=no_derivative,
    b=no_derivative,
    x=lambda g, a, b, x: g * beta_density(a, b, x),
)
composed(sp.betainc, betainc)


BY_SHAPE = {"x1": no_derivative, "x2": no_derivative}

rule(sp.betaincc, **BY_SHAPE, x3=lambda g, x1, x2, x3: -g * beta_density(x1, x2, x3))
rule(sp.betaincinv, **BY_SHAPE, x3=lambda g, y, x1, x2: g / beta_density(x1, x2, y))
rule(sp.betainccinv, **BY_SHAPE, x3=lambda g, y, x1, x2: -g / beta_density(x1, x2, y))
rule(sp.gammaincinv, x1=no_derivative, x2=lambda g, y, x1: g / gamma_density(x1, y))
rule(sp.gammainccinv, x1=no_derivative, x2=lambda g, y, x1: -g / gamma_density(x1, y))
