"""Derivatives of smooth functions that act on each element by itself; kinks.py has the others.

Poles are poles: the slope of ``sqrt`` at 0 is inf, and NumPy warns of it as it does of
``1 / np.sqrt(0.0)``.  The slope of ``x**0`` is 0 everywhere, and so is that of ``0**y`` in ``y``.
The angle of the origin does not vary.
"""

import math

import numpy as np

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import nonzero

LN2 = math.log(2)
LN10 = math.log(10)

# ---- arithmetic ----

rule(np.add, x1=lambda g: g, x2=lambda g: g)
rule(np.subtract, x1=lambda g: g, x2=lambda g: -g)
rule(np.multiply, x1=lambda g, x2: g * x2, x2=lambda g, x1: g * x1)
rule(np.divide, x1=lambda g, x2: g / x2, x2=lambda g, y, x2: -g * (y / x2))
rule(np.negative, x=lambda g: -g)
rule(np.positive, x=lambda g: g)
rule(np.reciprocal, x=lambda g, y: -g * (y * y))

# ---- powers ----


def power_by_base(g, x1, x2):
    base = x1 + ((x1 == 0) & (x2 == 0))  # x**0 is 1 everywhere, and has slope 0 at 0 too
    return g * (x2 * base ** (x2 - 1))


for power in (np.power, np.float_power):
    rule(
        power,
        x1=power_by_base,
        x2=lambda g, y, x1: g * (y * np.log(nonzero(x1))),  # 0**x2 is 0 around every x2 > 0
    )
rule(np.square, x=lambda g, x: g * (2 * x))
rule(np.sqrt, x=lambda g, y: g / (2 * y))
rule(np.cbrt, x=lambda g, y: g / (3 * (y * y)))
rule(
    np.hypot,
    x1=lambda g, y, x1: g * (x1 / nonzero(y)),
    x2=lambda g, y, x2: g * (x2 / nonzero(y)),
)

# ---- exponentials and logarithms ----

rule(np.exp, x=lambda g, y: g * y)
rule(np.exp2, x=lambda g, y: g * (y * LN2))
rule(np.expm1, x=lambda g, x: g * np.exp(x))
rule(np.log, x=lambda g, x: g / x)
rule(np.log2, x=lambda g, x: g / (x * LN2))
rule(np.log10, x=lambda g, x: g / (x * LN10))
rule(np.log1p, x=lambda g, x: g / (1 + x))


def finite(y):
    """``y`` with 0 in place of -inf: among summands that are all 0, each has slope 0."""
    return np.where(np.isneginf(y), 0, y)


rule(
    np.logaddexp,
    x1=lambda g, y, x1: g * np.exp(x1 - finite(y)),
    x2=lambda g, y, x2: g * np.exp(x2 - finite(y)),
)
rule(
    np.logaddexp2,
    x1=lambda g, y, x1: g * np.exp2(x1 - finite(y)),
    x2=lambda g, y, x2: g * np.exp2(x2 - finite(y)),
)

# ---- trigonometric ----

rule(np.sin, x=lambda g, x: g * np.cos(x))
rule(np.cos, x=lambda g, x: -g * np.sin(x))
rule(np.tan, x=lambda g, y: g * (1 + y * y))
rule(np.arcsin, x=lambda g, x: g / np.sqrt(1 - x * x))
rule(np.arccos, x=lambda g, x: -g / np.sqrt(1 - x * x))
rule(np.arctan, x=lambda g, x: g / (1 + x * x))


def over_square(x, x1, x2):
    """``x / (x1**2 + x2**2)``, and 0 at 0; the squares do not overflow, for none is computed."""
    r = nonzero(np.hypot(x1, x2))
    return x / r / r


rule(
    np.arctan2,
    x1=lambda g, x1, x2: g * over_square(x2, x1, x2),
    x2=lambda g, x1, x2: -g * over_square(x1, x1, x2),
)

# ---- hyperbolic ----

rule(np.sinh, x=lambda g, x: g * np.cosh(x))
rule(np.cosh, x=lambda g, x: g * np.sinh(x))
rule(np.tanh, x=lambda g, y: g * (1 - y * y))
rule(np.arcsinh, x=lambda g, x: g / np.sqrt(1 + x * x))
rule(np.arccosh, x=lambda g, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)))
rule(np.arctanh, x=lambda g, x: g / (1 - x * x))

# ---- units of angle ----

rule(np.deg2rad, x=lambda g: np.deg2rad(g))
rule(np.rad2deg, x=lambda g: np.rad2deg(g))
rule(np.radians, x=lambda g: np.radians(g))
rule(np.degrees, x=lambda g: np.degrees(g))

# ---- mantissa and exponent ----

rule(np.ldexp, x1=lambda g, x2: np.ldexp(g, x2), x2=None)
rule(np.frexp, x=lambda g, y: np.ldexp(g[0], -y[1]))

# ---- complex numbers: df = Re(g dz) ----

rule(np.real, val=lambda g: g)
rule(np.imag, val=lambda g: g * -1j)
rule(np.conjugate, x=lambda g: np.conjugate(g))
rule(np.real_if_close, a=lambda g, tol: g)


def angle_vjp(g, z, deg):
    slope = (z != 0) / nonzero(z) * -1j
    return g * (slope * (180 / math.pi) if deg else slope)


rule(np.angle, z=angle_vjp)


@primitive(inline=True)
def phase(x):
    return np.sign(x)


def phase_vjp(g, y, x):
    """The direction of a number varies as it is turned, and not with its length."""
    return (g - np.real(g * y) * np.conj(y)) / nonzero(np.abs(x))


rule(phase, x=phase_vjp)
composed(np.sign, lambda x: phase(x) if np.iscomplexobj(x) else np.sign(stop_gradient(x)))
