"""Error functions and their relatives: normal distribution, Fresnel integrals, Voigt's profile.

Far out 1 − 2 x D(x) and its like lose their digits: there it is their asymptotic series, 7.12.1.
``erfinv`` and ``ndtri`` have infinite slopes at the ends.
"""

import cmath
import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.edges import either
from autograd_lite.rules.special.stating import reached_sum, several

SQRT_PI = math.sqrt(math.pi)
SQRT_2PI = math.sqrt(2 * math.pi)

# ---- Σ (2k + 1)!! (u / 2)ᵏ, u = 1 / z²: i √π w′(z) = Σ / z², and w″ likewise ----

FAR = 8.0
FIRST = [math.prod(range(1, 2 * k + 2, 2)) / 2**k for k in range(20)]
SECOND = [(2 * k + 2) * c for k, c in enumerate(FIRST)]


def series(u, coefficients=FIRST):
    total = 0.0 * u
    for c in reversed(coefficients):
        total = total * u + c
    return total


def inverse_square(z):
    return 1 / (z * z)


def dawson_slope(x, y):
    return either(
        np.real(x * x) > FAR * FAR,
        x,
        lambda x: -0.5 * inverse_square(x) * series(inverse_square(x)),
        lambda x: 1 - 2 * x * y,
        FAR + 1,
    )


def erfcx_slope(x, y):
    return either(
        (abs(x) > FAR) & (np.real(x) >= 0),
        x,
        lambda x: -1 / SQRT_PI * inverse_square(x) * series(-inverse_square(x)),
        lambda x: 2 * x * y - 2 / SQRT_PI,
        FAR + 1,
    )


def wofz_slope(x, y):
    return either(
        (abs(x) > FAR) & (np.imag(x) >= 0),
        x,
        lambda x: -1j / SQRT_PI * inverse_square(x) * series(inverse_square(x)),
        lambda x: 2j / SQRT_PI - 2 * x * y,
        FAR + 1,
    )


# ---- error function: 7.2.1; scaled, 7.10.2 ----

rule(sp.erf, x=lambda g, x: g * (2 / SQRT_PI * np.exp(-x * x)))
rule(sp.erfc, x=lambda g, x: -g * (2 / SQRT_PI * np.exp(-x * x)))
rule(sp.erfcx, x=lambda g, y, x: g * erfcx_slope(x, y))
rule(sp.erfinv, x=lambda g, y: g * (SQRT_PI / 2 * np.exp(y * y)))
rule(sp.erfcinv, x=lambda g, y: -g * (SQRT_PI / 2 * np.exp(y * y)))

# ---- normal distribution: Φ(x) = erfc(−x / √2) / 2 ----


def density(x):
    return np.exp(-x * x / 2) / SQRT_2PI


def hazard(x):
    """density / Φ, with e^(−x²/2) cancelled left of 0, where both vanish."""
    return either(
        np.real(x) < 0,
        x,
        lambda x: 2 / SQRT_2PI / sp.erfcx(x * -math.sqrt(0.5)),
        lambda x: density(x) / sp.ndtr(x),
        0.0,
    )


rule(sp.ndtr, x=lambda g, x: g * density(x))
rule(sp.ndtri, x=lambda g, y: g * (SQRT_2PI * np.exp(y * y / 2)))
rule(sp.log_ndtr, x=lambda g, x: g * hazard(x))

rule(sp.ndtri_exp, x=lambda g, y: g / hazard(y))
rule(sp.erfi, x=lambda g, x: g * (2 / SQRT_PI * np.exp(x * x)))
rule(sp.dawsn, x=lambda g, y, x: g * dawson_slope(x, y))
rule(sp.wofz, x=lambda g, y, x: g * wofz_slope(x, y))
rule(
    sp.owens_t,
    x1=lambda g, x1, x2: g * (density(x1) * sp.erf(x1 * x2 * math.sqrt(0.5)) / -2),
    x2=lambda g, x1, x2: g * (np.exp(-x1 * x1 * (1 + x2 * x2) / 2) / (2 * np.pi * (1 + x2 * x2))),
)

# ---- Fresnel's integrals: 7.2.8, 7.2.7, 7.2.6; the modified ones, e^(∓ix²) e^(∓iπ/4) F / √π ----

rule(
    sp.fresnel,
    x=several(lambda x: np.sin(np.pi / 2 * x * x), lambda x: np.cos(np.pi / 2 * x * x)),
)


def modified(sign):
    turn = cmath.exp(-0.25j * sign * cmath.pi)
    return lambda g, y, x, reached: reached_sum(
        g,
        reached,
        lambda: -np.exp(1j * sign * x * x),
        lambda: turn / 2 * erfcx_slope(turn * x, 2 * y[1]),
    )


rule(sp.modfresnelp, x=modified(1))
rule(sp.modfresnelm, x=modified(-1))

# ---- Voigt's profile Re w(z) / (σ √(2π)), z = (x + iγ) / (σ √2): 7.19 ----


def voigt_slopes(x, sigma, gamma, near, far):
    """``near(z, σ)``, or ``far(x + iγ, σ)`` where |z| is large or σ is 0."""
    line = x + 1j * gamma
    distant = abs(line) > FAR * math.sqrt(2) * sigma
    if not branch(np.any(distant)):
        return near(line / (math.sqrt(2) * sigma), sigma)
    close_sigma = np.where(distant, 1, sigma)
    close = np.where(distant, 0, line) / (math.sqrt(2) * close_sigma)
    far_line, far_sigma = np.where(distant, line, 1), np.where(distant, sigma, 0)
    return np.where(distant, far(far_line, far_sigma), near(close, close_sigma))


def voigt_slope(x, sigma, gamma, turn):
    """By x for ``turn`` 1, by γ for i."""
    return np.real(
        voigt_slopes(
            *(x, sigma, gamma),
            lambda z, s: turn * wofz_slope(z, sp.wofz(z)) / (2 * SQRT_PI * s * s),
            lambda z, s: -1j * turn / np.pi * series(2 * s * s / (z * z)) / (z * z),
        )
    )


def voigt_spread(x, sigma, gamma):
    """By σ: σ times the second derivative by x."""

    def near(z, s):
        w = sp.wofz(z)
        return -(w + z * wofz_slope(z, w)) / (SQRT_2PI * s * s)

    def far(z, s):
        return 1j / np.pi * s / z**3 * series(2 * s * s / (z * z), SECOND)

    return np.real(voigt_slopes(x, sigma, gamma, near, far))


rule(
    sp.voigt_profile,
    x1=lambda g, x1, x2, x3: g * voigt_slope(x1, x2, x3, 1),
    x2=lambda g, x1, x2, x3: g * voigt_spread(x1, x2, x3),
    x3=lambda g, x1, x2, x3: g * voigt_slope(x1, x2, x3, 1j),
)
