"""Elliptic integrals of Legendre (by m = k²) and Carlson, and Jacobi's functions: DLMF 19, 22.

Where two arguments of Carlson's R_D or R_J coincide, their slopes are 0 / 0, and next to it lose
their digits: there they are the mean over a circle.
"""

import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.edges import either, hypergeometric, mean_around
from autograd_lite.rules.special.stating import reached_sum

# ---- complete integrals: 19.4.1, 19.4.2; at 0, where that is 0 / 0, 19.5 ----


def ellipk_slope(x):
    return either(
        abs(x) < 0.2,
        x,
        lambda x: math.pi / 8 * hypergeometric(1.5, 1.5, 2.0, x),
        lambda x: (sp.ellipe(x) / (1 - x) - sp.ellipk(x)) / (2 * x),
        0.2,
    )


def ellipe_slope(x):
    return either(
        abs(x) < 0.2,
        x,
        lambda x: -math.pi / 8 * hypergeometric(0.5, 1.5, 2.0, x),
        lambda x: (sp.ellipe(x) - sp.ellipk(x)) / (2 * x),
        0.2,
    )


rule(sp.ellipk, x=lambda g, x: g * ellipk_slope(x))
rule(sp.ellipe, x=lambda g, x: g * ellipe_slope(x))


def ellipkm1_slope(y, x):
    """That of K at 1 − x, which near 0 is no number to subtract from."""
    return either(
        abs(1 - x) < 0.2,
        x,
        lambda x: -ellipk_slope(1 - x),
        lambda x: (y - sp.ellipe(1 - x) / x) / (2 * (1 - x)),
        0.8,
    )


rule(sp.ellipkm1, x=lambda g, y, x: g * ellipkm1_slope(y, x))

# ---- incomplete ones: 19.2.4, 19.25.5, 19.25.10; F(φ + kπ, m) = F(φ, m) + 2k K(m) ----


def turns(x):
    """The half-turns in an angle, and what is left of it."""
    k = stop_gradient(np.round(x / np.pi))
    return k, x - np.pi * k


def ellipkinc_slope(x, m):
    """By m."""
    k, rest = turns(x)
    s, c = np.sin(rest), np.cos(rest)
    partial = s**3 / 6 * sp.elliprd(1 + stop_gradient(0 * s), c * c, 1 - m * s * s)
    return partial + 2 * k * ellipk_slope(m) if branch(np.any(k != 0)) else partial


def ellipeinc_slope(x, m):
    """By m."""
    k, rest = turns(x)
    s, c = np.sin(rest), np.cos(rest)
    partial = s**3 / -6 * sp.elliprd(c * c, 1 - m * s * s, 1 + stop_gradient(0 * s))
    return partial + 2 * k * ellipe_slope(m) if branch(np.any(k != 0)) else partial


def delta(x, m):
    return np.sqrt(1 - m * np.sin(x) ** 2)


rule(
    sp.ellipkinc,
    x1=lambda g, x1, x2: g / delta(x1, x2),
    x2=lambda g, x1, x2: g * ellipkinc_slope(x1, x2),
)
rule(
    sp.ellipeinc,
    x1=lambda g, x1, x2: g * delta(x1, x2),
    x2=lambda g, x1, x2: g * ellipeinc_slope(x1, x2),
)

# ---- Jacobi's sn, cn, dn and amplitude φ, where F(φ, m) = u: 22.13 ----


def by_point(g, y, x2, reached):
    sn, cn, dn, _ = y
    return reached_sum(
        *(g, reached), lambda: cn * dn, lambda: -sn * dn, lambda: -x2 * sn * cn, lambda: dn
    )


def by_modulus(g, y, x2, reached):
    sn, cn, dn, angle = y
    turn = -dn * ellipkinc_slope(angle, x2)
    return reached_sum(
        *(g, reached),
        lambda: cn * turn,
        lambda: -sn * turn,
        lambda: -(sn * sn / 2 + x2 * sn * cn * turn) / dn,
        lambda: turn,
    )


rule(sp.ellipj, x1=by_point, x2=by_modulus)

# ---- Carlson's integrals: slopes from the integrals 19.16.1 to 19.16.6 by partial fractions ----


def divided(f, x, z):
    """``f(x) / (2 (z − x))`` for an f that is 0 at z."""
    return either(
        abs(x - z) < 0.1 * abs(z),
        x,
        lambda x: mean_around(
            lambda u: f(u) / (2 * (z - u)), x, 0.3 * abs(z), not np.iscomplexobj(f(x))
        ),
        lambda x: f(x) / (2 * (z - x)),
        (z, 2 * z),
    )


def times_rd(x, y, z):
    """x R_D(y, z, x), which is 0 at x = 0."""
    return either(x == 0, x, lambda x: 0 * x, lambda x: x * sp.elliprd(y, z, x), 1.0)


def rd_by_first(x, y, z):
    return divided(lambda u: sp.elliprd(u, y, z) - sp.elliprd(y, z, u), x, z)


def rd_by_last(y, x1, x2, x3):
    """By homogeneity, −3/2 R_D = x ∂ₓ R_D + …"""
    first = divided(lambda u: u * sp.elliprd(u, x2, x3) - times_rd(u, x2, x3), x1, x3)
    second = divided(lambda u: u * sp.elliprd(u, x1, x3) - times_rd(u, x1, x3), x2, x3)
    return -(1.5 * y + first + second) / x3


def rj_by_first(x, y, z, p):
    return divided(lambda u: sp.elliprj(u, y, z, p) - sp.elliprd(y, z, u), x, p)


def rj_by_last(value, x, y, z, p):
    def part(x, y, z):
        return divided(lambda u: u * sp.elliprj(u, y, z, p) - times_rd(u, y, z), x, p)

    return -(1.5 * value + part(x, y, z) + part(y, z, x) + part(z, x, y)) / p


rule(
    sp.elliprc,
    x1=lambda g, x1, x2: g * divided(lambda u: sp.elliprc(u, x2) - 1 / np.sqrt(u), x1, x2),
    x2=lambda g, x1, x2: g * divided(lambda u: np.sqrt(u) / x2 - sp.elliprc(u, x2), x1, x2),
)
rule(
    sp.elliprf,
    x1=lambda g, x1, x2, x3: g * (sp.elliprd(x2, x3, x1) / -6),
    x2=lambda g, x1, x2, x3: g * (sp.elliprd(x3, x1, x2) / -6),
    x3=lambda g, x1, x2, x3: g * (sp.elliprd(x1, x2, x3) / -6),
)
rule(
    sp.elliprd,
    x1=lambda g, x1, x2, x3: g * rd_by_first(x1, x2, x3),
    x2=lambda g, x1, x2, x3: g * rd_by_first(x2, x1, x3),
    x3=lambda g, y, x1, x2, x3: g * rd_by_last(y, x1, x2, x3),
)
rule(
    sp.elliprg,
    x1=lambda g, x1, x2, x3: g * ((times_rd(x2, x3, x1) + times_rd(x3, x1, x2)) / 12),
    x2=lambda g, x1, x2, x3: g * ((times_rd(x3, x1, x2) + times_rd(x1, x2, x3)) / 12),
    x3=lambda g, x1, x2, x3: g * ((times_rd(x1, x2, x3) + times_rd(x2, x3, x1)) / 12),
)
rule(
    sp.elliprj,
    x1=lambda g, x1, x2, x3, x4: g * rj_by_first(x1, x2, x3, x4),
    x2=lambda g, x1, x2, x3, x4: g * rj_by_first(x2, x3, x1, x4),
    x3=lambda g, x1, x2, x3, x4: g * rj_by_first(x3, x1, x2, x4),
    x4=lambda g, y, x1, x2, x3, x4: g * rj_by_last(y, x1, x2, x3, x4),
)

# ---- the arithmetic-geometric mean M(a, b) = π / (2 R_F(0, a², b²)): 19.22.1 ----


def agm_slope(y, a, b):
    """By a."""
    return y * y * abs(a) * sp.elliprd(stop_gradient(0 * a), b * b, a * a) * (2 / (3 * np.pi))


rule(
    sp.agm,
    x1=lambda g, y, x1, x2: g * agm_slope(y, x1, x2),
    x2=lambda g, y, x1, x2: g * agm_slope(y, x2, x1),
)
