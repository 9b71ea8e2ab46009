"""Functions made of powers, exponentials and logarithms: logistic, Box and Cox, entropies, losses.

Edges: ln y and x / y count as 0 where both arguments of ``xlogy`` are 0, and where those of
``xlog1py`` are 0 and -1.  So it is in ``rel_entr`` and ``kl_div``.  These two, by x, and ``entr``
have an infinite slope at x = 0 < y; so has ``logit`` at 0 and 1.  ``huber`` is the parabola at its
seams.
"""

import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import constant, rule
from autograd_lite.rules.special.edges import either, hypergeometric, off_edge

LN_10, DEGREE = math.log(10), math.pi / 180

# ---- logistic function ----

rule(sp.expit, x=lambda g, y: g * (y * (1 - y)))
rule(sp.log_expit, x=lambda g, x: g * sp.expit(-x))
rule(sp.logit, x=lambda g, x: g / (x * (1 - x)))

# ---- (eˣ − 1) / x = ∫₀¹ e^(xt) dt ----


@primitive(inline=True)
def exprel(n, x):
    """∫₀¹ tⁿ e^(xt) dt = M(n + 1, n + 2, x) / (n + 1), the n-th derivative, by 13.4.1."""
    return sp.hyp1f1(n + 1.0, n + 2.0, x) / (n + 1.0)


rule(exprel, n=None, x=lambda g, n, x: g * exprel(n + 1, x))
rule(sp.exprel, x=lambda g, x: g * exprel(1, x))

# ---- powers and angles ----

rule(sp.exp2, x=lambda g, y: g * (math.log(2) * y))
rule(sp.exp10, x=lambda g, y: g * (LN_10 * y))
rule(sp.expm1, x=lambda g, x: g * np.exp(x))
rule(sp.log1p, x=lambda g, x: g / (1 + x))
rule(sp.cosm1, x=lambda g, x: -g * np.sin(x))
rule(sp.cbrt, x=lambda g, y: g / (3 * y * y))
rule(
    sp.powm1,
    x1=lambda g, x1, x2: g * (x2 * x1 ** (x2 - 1)),
    x2=lambda g, y, x1: g * ((y + 1) * np.log(x1)),
)
rule(sp.sindg, x=lambda g, x: g * (DEGREE * sp.cosdg(x)))
rule(sp.cosdg, x=lambda g, x: -g * (DEGREE * sp.sindg(x)))
rule(sp.tandg, x=lambda g, y: g * (DEGREE * (1 + y * y)))
rule(sp.cotdg, x=lambda g, y: -g * (DEGREE * (1 + y * y)))
rule(
    sp.radian,
    x1=lambda g: g * DEGREE,
    x2=lambda g: g * (DEGREE / 60),
    x3=lambda g: g * (DEGREE / 3600),
)
constant(sp.round)

# ---- Box and Cox: (x^λ − 1) / λ = ln x · exprel(λ ln x), and its inverse (1 + λ y)^(1 / λ) ----


def power_slope(log, base, power):
    """By λ: ln² x ∫₀¹ t x^(λt) dt; 1 / λ² at x = 0."""
    return either(
        base == 0,
        log,
        lambda log: 1 / (power * power) + 0 * log,
        lambda log: log * log * exprel(1, power * log),
        0.0,
    )


def log1p_fall(w):
    """(w / (1 + w) − ln(1 + w)) / w² = −∫₀¹ t / (1 + wt)² dt, by 15.6.1 near 0."""
    return either(
        abs(w) < 0.5,
        w,
        lambda w: -0.5 * hypergeometric(2.0, 2.0, 3.0, -w),
        lambda w: (w / (1 + w) - np.log1p(w)) / (w * w),
        1.0,
    )


def root_slope(root, y, power):
    """By λ."""
    return root * (y * y * log1p_fall(power * y))


rule(
    sp.boxcox,
    x1=lambda g, x1, x2: g * x1 ** (x2 - 1),
    x2=lambda g, x1, x2: g * power_slope(np.log(off_edge(0 * x1, x1)), x1, x2),
)
rule(
    sp.boxcox1p,
    x1=lambda g, x1, x2: g * (1 + x1) ** (x2 - 1),
    x2=lambda g, x1, x2: g * power_slope(np.log1p(off_edge(0 * x1, x1, -1, 0)), 1 + x1, x2),
)
rule(
    sp.inv_boxcox,
    x1=lambda g, y, x1, x2: g * (y / (1 + x2 * x1)),
    x2=lambda g, y, x1, x2: g * root_slope(y, x1, x2),
)
rule(
    sp.inv_boxcox1p,
    x1=lambda g, y, x1, x2: g * ((y + 1) / (1 + x2 * x1)),
    x2=lambda g, y, x1, x2: g * root_slope(y + 1, x1, x2),
)

# ---- x ln y, x ln(1 + y), −x ln x, x ln(x / y), x ln(x / y) − x + y ----


def log_ratio(x1, x2):
    return np.log(off_edge(x2, x1) / off_edge(x1, x2))


rule(
    sp.xlogy,
    x1=lambda g, x1, x2: g * np.log(off_edge(x1, x2)),
    x2=lambda g, x1, x2: g * (x1 / off_edge(x1, x2)),
)
rule(
    sp.xlog1py,
    x1=lambda g, x1, x2: g * np.log1p(off_edge(x1, x2, -1, 0)),
    x2=lambda g, x1, x2: g * (x1 / (1 + off_edge(x1, x2, -1, 0))),
)
rule(sp.entr, x=lambda g, x: g * (-np.log(x) - 1))
rule(
    sp.rel_entr,
    x1=lambda g, x1, x2: g * (log_ratio(x1, x2) + 1),
    x2=lambda g, x1, x2: -g * (x1 / off_edge(x1, x2)),
)
rule(
    sp.kl_div,
    x1=lambda g, x1, x2: g * log_ratio(x1, x2),
    x2=lambda g, x1, x2: g * (1 - x1 / off_edge(x1, x2)),
)

# ---- Huber's loss: r² / 2, and d |r| − d² / 2 for |r| > d; d² (√(1 + (r / d)²) − 1) ----


def hypotenuse(x1, x2):
    """√(d² + r²), or 1 where that is 0."""
    return np.hypot(off_edge(x2, x1), x2)


rule(
    sp.huber,
    x1=lambda g, x1, x2: g * np.where(abs(x2) <= x1, 0, abs(x2) - x1),
    x2=lambda g, x1, x2: g * np.where(abs(x2) <= x1, x2, x1 * np.sign(x2)),
)
rule(
    sp.pseudo_huber,
    x1=lambda g, x1, x2: g * ((x2 * x2 / (hypotenuse(x1, x2) + x1)) ** 2 / hypotenuse(x1, x2)),
    x2=lambda g, x1, x2: g * (x1 * x2 / hypotenuse(x1, x2)),
)
