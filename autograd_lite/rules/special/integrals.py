"""Exponential, trigonometric and dilogarithmic integrals, and Lambert's W: DLMF 4.13, 6, 25.12.

Removable: sin x / x, sinh x / x at 0, ln z / (1 − z) at 1.
"""

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs as private

from autograd_lite.core.registry import rule
from autograd_lite.rules.special.edges import either, hypergeometric
from autograd_lite.rules.special.stating import several

# ---- exponential integrals: 6.2.5, 6.2.1, 8.19.13; E₀(x) = e⁻ˣ / x ----

rule(sp.expi, x=lambda g, x: g * (np.exp(x) / x))
rule(sp.exp1, x=lambda g, x: -g * (np.exp(-x) / x))


def expn_slope(n, x, y):
    """−Eₙ₋₁, and for n = 0, where SciPy has none, by the product rule."""
    lower = -sp.expn(np.maximum(n, 1) - 1, x)
    return np.where(n == 0, -y * (1 + 1 / x), lower)


rule(sp.expn, x1=None, x2=lambda g, y, x1, x2: g * expn_slope(x1, x2, y))

# ---- sine and cosine integrals: 6.2.9, 6.2.11, 6.2.15, 6.2.16 ----


def sine_quotient(x):
    return np.sinc(x / np.pi)


def hyperbolic_quotient(x):
    """sinh x / x = sin ix / ix."""
    quotient = sine_quotient(1j * x)
    return quotient if np.iscomplexobj(x) else np.real(quotient)


rule(sp.sici, x=several(sine_quotient, lambda x: np.cos(x) / x))
rule(sp.shichi, x=several(hyperbolic_quotient, lambda x: np.cosh(x) / x))

# ---- Spence's function ∫₁ᶻ ln t / (1 − t) dt: 25.12.2; near 1 by 15.4.1 ----


def log_quotient(x):
    """ln z / (1 − z) = −ln(1 + u) / u."""
    return either(
        abs(x - 1) < 0.2,
        x,
        lambda x: -hypergeometric(1.0, 1.0, 2.0, 1 - x),
        lambda x: np.log(x) / (1 - x),
        1.1,
    )


rule(sp.spence, x=lambda g, x: g * log_quotient(x))

# ---- Lambert's W, which SciPy calls by a private name, and Wright's ω: 4.13.4 ----

rule(
    private._lambertw,
    x1=lambda g, y, x1: g / (x1 + np.exp(y)),
    x2=None,
    x3=None,
)
rule(sp.wrightomega, x=lambda g, y: g * (y / (1 + y)))
