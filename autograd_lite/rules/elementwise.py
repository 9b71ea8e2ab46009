"""Derivatives of functions that act on each element by itself.

Kinks: ``abs`` has slope 0 at 0; ``maximum`` and ``minimum`` split the gradient evenly at a tie;
``clip`` lets it through on the closed interval.
"""

import numpy as np

from autograd_lite.primitive import primitive
from autograd_lite.registry import composed, rule

# ---- arithmetic ----

rule(np.add, x1=lambda g: g, x2=lambda g: g)
rule(np.subtract, x1=lambda g: g, x2=lambda g: -g)
rule(np.multiply, x1=lambda g, x2: g * x2, x2=lambda g, x1: g * x1)
rule(np.divide, x1=lambda g, x2: g / x2, x2=lambda g, y, x2: -g * (y / x2))
rule(np.remainder, x1=lambda g: g, x2=lambda g, x1, x2: -g * (x1 // x2))
rule(np.negative, x=lambda g: -g)
rule(np.positive, x=lambda g: g)
rule(np.reciprocal, x=lambda g, y: -g * (y * y))

# ---- powers ----


def power_by_base(g, x1, x2):
    return g * (x2 * x1 ** (x2 - 1 + (x2 == 0)))  # x**0 is 1 everywhere: slope 0, also at 0


def power_by_exponent(g, y, x1):
    return g * (y * np.log(x1 + (x1 == 0)))  # 0**x2 is 0 around every x2 > 0


rule(np.power, x1=power_by_base, x2=power_by_exponent)
rule(np.square, x=lambda g, x: g * (2 * x))
rule(np.sqrt, x=lambda g, y: g / (2 * y))

# ---- exponentials and logarithms ----

rule(np.exp, x=lambda g, y: g * y)
rule(np.expm1, x=lambda g, y: g * (y + 1))
rule(np.log, x=lambda g, x: g / x)
rule(np.log1p, x=lambda g, x: g / (1 + x))

# ---- trigonometric and hyperbolic ----

rule(np.sin, x=lambda g, x: g * np.cos(x))
rule(np.cos, x=lambda g, x: -g * np.sin(x))
rule(np.tan, x=lambda g, y: g * (1 + y * y))
rule(np.arctan, x=lambda g, x: g / (1 + x * x))
rule(np.tanh, x=lambda g, y: g * (1 - y * y))

# ---- kinks ----


def share(g, wins, draws):
    """All of ``g`` where the argument is strictly chosen, half of it at a tie."""
    return g * np.add(wins, draws, dtype="i1") / 2


rule(np.absolute, x=lambda g, x: g * np.sign(x))
rule(
    np.maximum,
    x1=lambda g, x1, x2: share(g, x1 > x2, x1 >= x2),
    x2=lambda g, x1, x2: share(g, x2 > x1, x2 >= x1),
)
rule(
    np.minimum,
    x1=lambda g, x1, x2: share(g, x1 < x2, x1 <= x2),
    x2=lambda g, x1, x2: share(g, x2 < x1, x2 <= x1),
)


@primitive
def clip(a, a_min, a_max):
    return np.clip(a, a_min, a_max)


def inside(a, a_min, a_max):
    above = True if a_min is None else a >= a_min
    return above if a_max is None else above & (a <= a_max)


rule(
    clip,
    broadcasts=True,
    a=lambda g, a, a_min, a_max: g * inside(a, a_min, a_max),
    a_min=lambda g, a, a_min: g * (a < a_min),
    a_max=lambda g, a, a_max: g * (a > a_max),
)
composed(
    np.clip,
    lambda a, a_min=None, a_max=None, *, min=None, max=None: clip(
        a, min if a_min is None else a_min, max if a_max is None else a_max
    ),
)
rule(
    np.where,
    broadcasts=True,
    condition=None,
    x=lambda g, condition: np.where(condition, g, 0),
    y=lambda g, condition: np.where(condition, 0, g),
)
