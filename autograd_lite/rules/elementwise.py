"""Derivatives of functions that act on each element by itself.

Poles are poles: the slope of ``sqrt`` at 0 is inf, and NumPy warns of it as it does of
``1 / np.sqrt(0.0)``.  The slope of ``x**0`` is 0 everywhere, and so is that of ``0**y`` in ``y``.
The angle of the origin does not vary.

At kinks, ``abs`` has slope 0 at 0, ``maximum`` and ``minimum`` split the gradient evenly at a tie,
and ``clip`` lets it through on the closed interval.  At a jump, the slope is that beside it.  What
is not chosen gets gradient 0, even from one that is NaN.
"""

import math

import numpy as np

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.gathering import gathered
from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import composition_of, conj, denominator, nonzero, zero_of

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
    """``x**0`` is 1 everywhere, and has slope 0 at 0 too."""
    flat = 0 if type(x2) in (int, float) and x2 != 0 else (x1 == 0) & (x2 == 0)
    return g * (x2 * (x1 + flat) ** (x2 - 1))


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
    x1=lambda g, y, x1: g * (x1 / denominator(y)),
    x2=lambda g, y, x2: g * (x2 / denominator(y)),
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
    r = denominator(np.hypot(x1, x2))
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
    slope = (z != 0) / (denominator if np.iscomplexobj(z) else nonzero)(z) * -1j
    return g * (slope * (180 / math.pi) if deg else slope)


rule(np.angle, z=angle_vjp)


@primitive(inline=True)
def phase(x):
    return np.sign(x)


def phase_vjp(g, y, x):
    """The direction of a number varies as it is turned, and not with its length; 0 has none."""
    return (g - np.real(g * y) * np.conj(y)) / np.abs(x)


rule(phase, x=phase_vjp)
composed(np.sign, lambda x: phase(x) if np.iscomplexobj(x) else np.sign(stop_gradient(x)))

# ---- lengths and signs ----

rule(np.absolute, x=lambda g, x: g * conj(np.sign(x)))
rule(np.fabs, x=lambda g, x: g * np.sign(x))
rule(np.copysign, x1=lambda g, x1, x2: g * (np.sign(x1) * np.copysign(1, x2)), x2=None)
rule(np.heaviside, x1=None, x2=lambda g, x1: g * (x1 == 0))

# ---- remainders ----

rule(np.remainder, x1=lambda g: g, x2=lambda g, x1, x2: -g * (x1 // x2))
rule(np.fmod, x1=lambda g: g, x2=lambda g, x1, x2: -g * np.trunc(x1 / x2))
rule(np.modf, x=lambda g: g[0])
composed(np.divmod, lambda x1, x2: (np.floor_divide(x1, x2), np.remainder(x1, x2)))

# ---- the larger and the smaller ----


def half_at_ties(g, wins, draws):
    """All of ``g`` where the argument is strictly chosen, half of it at a tie."""
    return (g * wins + g * draws) / 2


rule(
    np.maximum,
    x1=lambda g, x1, x2: half_at_ties(g, x1 > x2, x1 >= x2),
    x2=lambda g, x1, x2: half_at_ties(g, x2 > x1, x2 >= x1),
)
rule(
    np.minimum,
    x1=lambda g, x1, x2: half_at_ties(g, x1 < x2, x1 <= x2),
    x2=lambda g, x1, x2: half_at_ties(g, x2 < x1, x2 <= x1),
)


def alone(x1, x2):
    """Whether ``x1`` is a number and ``x2`` is NaN."""
    return (x1 == x1) & (x2 != x2)


rule(
    np.fmax,
    x1=lambda g, x1, x2: half_at_ties(g, (x1 > x2) | alone(x1, x2), (x1 >= x2) | alone(x1, x2)),
    x2=lambda g, x1, x2: half_at_ties(g, (x2 > x1) | alone(x2, x1), (x2 >= x1) | alone(x2, x1)),
)
rule(
    np.fmin,
    x1=lambda g, x1, x2: half_at_ties(g, (x1 < x2) | alone(x1, x2), (x1 <= x2) | alone(x1, x2)),
    x2=lambda g, x1, x2: half_at_ties(g, (x2 < x1) | alone(x2, x1), (x2 <= x1) | alone(x2, x1)),
)

# ---- clip ----


@primitive(inline=True)
def clip(a, a_min, a_max, **options):
    return np.clip(a, a_min, a_max, **options)


def below(a, a_max):
    return True if a_max is None else a <= a_max


def above(a, a_min):
    return True if a_min is None else a >= a_min


rule(
    clip,
    broadcasts=True,
    a=lambda g, a, a_min, a_max: g * np.logical_and(above(a, a_min), below(a, a_max)),
    a_min=lambda g, a, a_min, a_max: g * np.logical_and(a < a_min, below(a_min, a_max)),
    a_max=lambda g, a, a_min, a_max: (
        g * np.logical_or(a > a_max, np.logical_not(above(a_max, a_min)))
    ),
)


BOUNDS = ("a_min", "a_max", "min", "max")


@composition_of(np.clip)
def clip_of(a, *by_place, out=None, **options):
    bounds = dict(zip(("a_min", "a_max"), by_place))
    bounds.update({name: options.pop(name) for name in BOUNDS if name in options})
    low, high = ("min", "max") if bounds.keys() <= {"min", "max"} else ("a_min", "a_max")
    if bounds.keys() - {low, high}:
        raise ValueError("clip takes a_min and a_max, or min and max, not both")
    if low == "a_min" and len(bounds) < 2:
        raise TypeError("clip takes a_min and a_max together; give None for the one that is not")
    return clip(a, bounds.get(low), bounds.get(high), **options)


# ---- choices ----


rule(
    np.where,
    broadcasts=True,
    condition=None,
    x=lambda g, condition: np.where(condition, g, zero_of(g)),
    y=lambda g, condition: np.where(condition, zero_of(g), g),
)


def nan_to_num_vjp(g, x, nan, posinf, neginf):
    """What stands in for a number that is not finite is constant; so is it in each complex part."""
    if np.iscomplexobj(x):
        real = np.where(np.isfinite(np.real(x)), np.real(g), 0)
        return real + np.where(np.isfinite(np.imag(x)), np.imag(g), 0) * 1j
    return g if np.result_type(x).kind == "O" else np.where(np.isfinite(x), g, 0)


rule(np.nan_to_num, x=nan_to_num_vjp)

# ---- the modified Bessel function: 10.32.3, (1 / π) ∫ e^(x cos θ) cos nθ dθ over half a turn ----


@primitive(inline=True)
def modified_bessel(x, n):
    """Iₙ as a mean over angles, exact to rounding for all x whose result is a number."""
    angles = np.pi * (np.arange(128) + 0.5) / 256  # of a quarter turn: the others are alike
    kind = np.sinh if n % 2 else np.cosh
    terms = kind(np.expand_dims(x, -1) * np.astype(np.cos(angles), np.result_type(x, np.float32)))
    return np.mean(terms * np.astype(np.cos(n * angles), terms.dtype), axis=-1)


rule(
    modified_bessel,
    x=lambda g, x, n: g * ((modified_bessel(x, n=abs(n - 1)) + modified_bessel(x, n=n + 1)) / 2),
)
rule(np.i0, x=lambda g, x: g * modified_bessel(x, n=1))

# ---- np.emath: complex where the real functions end, by the numbers given ----


def as_array(x):
    x = gathered(x)
    return x if hasattr(x, "dtype") else np.asarray(x)


def lifted(x, outside):
    """``x``, as complex numbers if one of them is outside."""
    x = as_array(x)
    if np.result_type(x).kind != "c" and branch(np.any(outside(x))):
        return x + 0j
    return x


def negative(x):
    return x < 0


def beyond_one(x):
    return abs(x) > 1


def complex_where(outside, function):
    return lambda x: function(lifted(x, outside))


for name in ("sqrt", "log", "log2", "log10"):
    composition_of(getattr(np.emath, name))(complex_where(negative, getattr(np, name)))
for name in ("arccos", "arcsin", "arctanh"):
    composition_of(getattr(np.emath, name))(complex_where(beyond_one, getattr(np, name)))


@composition_of(np.emath.logn)
def logn(n, x):
    return np.log(lifted(x, negative)) / np.log(lifted(n, negative))


@composition_of(np.emath.power)
def lifted_power(x, p):
    p = as_array(p)
    if np.result_type(p).kind in "iu" and branch(np.any(p < 0)):
        p = p * 1.0
    return np.power(lifted(x, negative), p)
