"""Derivatives of functions that act on each element by itself and have kinks or jumps.

At kinks, ``abs`` has slope 0 at 0, ``maximum`` and ``minimum`` split the gradient evenly at a tie,
and ``clip`` lets it through on the closed interval.  At a jump, the slope is that beside it.  What
is not chosen gets gradient 0, even from one that is NaN.
"""

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.common import composition_of, conj, given, zero_of

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
def clip(a, a_min, a_max):
    return np.clip(a, a_min, a_max)


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


@composition_of(np.clip)
def clip_of(a, a_min=None, a_max=None, *, min=None, max=None, **options):
    bounds = given(a_min=a_min, a_max=a_max, min=min, max=max, **options)
    if bounds.keys() & {"a_min", "a_max"} and bounds.keys() & {"min", "max"}:
        raise ValueError("clip takes a_min and a_max, or min and max, not both")
    return clip(a, bounds.pop("a_min", min), bounds.pop("a_max", max))


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
