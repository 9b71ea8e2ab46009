"""Functions that SciPy returns with their slopes: of these, the equation says the next derivative.

Airy's: DLMF 9; Kelvin's: 10.61; parabolic cylinder functions: 12; Mathieu's: 28.  Then
the integrals of Bessel's and of Struve's functions, whose slope is what is integrated.
"""

import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import rule
from autograd_lite.rules.special.edges import either, mean_around
from autograd_lite.rules.special.stating import reached_sum, several

DEGREE = math.pi / 180

# ---- Airy's: y″ = z y; the scaled ones times e^ζ or e^(−|Re ζ|), ζ = ⅔ z^(3/2) ----


def airy_vjp(g, y, x):
    ai, slope_ai, bi, slope_bi = y
    return g[0] * slope_ai + g[1] * (x * ai) + g[2] * slope_bi + g[3] * (x * bi)


def airye_vjp(g, y, x, dtype):
    """The factor of the latter two is not analytic: its change is sign(Re ζ) Re(√z dz)."""
    real = dtype.kind != "c"
    root = np.sqrt(np.maximum(x, 0) if real else x)
    rise = root if real else np.sign(np.real(x * root)) * root
    ai, slope_ai, bi, slope_bi = y
    found = g[0] * (slope_ai + root * ai) + g[1] * (x * ai + root * slope_ai)
    found = found + g[2] * slope_bi + g[3] * (x * bi)
    return found - rise * np.real(g[2] * bi + g[3] * slope_bi)


rule(sp.airy, x=airy_vjp)
rule(sp.airye, x=airye_vjp)

# ---- Kelvin's: y″ = i y − y′ / x for y = ber + i bei and ker + i kei: 10.61.3 ----


def over(slope, start):
    """``slope(x) / x``, and ``start(x)`` at 0."""
    return lambda x: either(x == 0, x, start, lambda x: slope(x) / x, 1.0)


ber_over = over(sp.berp, lambda x: -x * x / 16)
bei_over = over(sp.beip, lambda x: 0.5 - x**4 / 384)

rule(sp.ber, x=lambda g, x: g * sp.berp(x))
rule(sp.bei, x=lambda g, x: g * sp.beip(x))
rule(sp.ker, x=lambda g, x: g * sp.kerp(x))
rule(sp.kei, x=lambda g, x: g * sp.keip(x))
rule(sp.berp, x=lambda g, x: -g * (sp.bei(x) + ber_over(x)))
rule(sp.beip, x=lambda g, x: g * (sp.ber(x) - bei_over(x)))
rule(sp.kerp, x=lambda g, y, x: -g * (sp.kei(x) + y / x))
rule(sp.keip, x=lambda g, y, x: g * (sp.ker(x) - y / x))
rule(
    sp.kelvin,
    x=lambda g, y, x, reached: reached_sum(
        g,
        reached,
        lambda: y[2],
        lambda: y[3],
        lambda: 1j * y[0] - (ber_over(x) + 1j * bei_over(x)),
        lambda: 1j * y[1] - y[3] / x,
    ),
)

# ---- what solves y″ = c(…, x) y: parabolic cylinder functions, Mathieu's (12.2.2, 28.2.1) ----


def solution(n, coefficient, unit=1.0):
    """The rules by the last of ``n`` arguments, which counts in ``unit``; by the others, none."""
    names = [f"x{i + 1}" for i in range(n)]
    last = {
        2: lambda g, y, x1, x2: unit * (g[0] * y[1] + g[1] * (coefficient(x1, x2) * y[0])),
        3: lambda g, y, x1, x2, x3: unit * (g[0] * y[1] + g[1] * (coefficient(x1, x2, x3) * y[0])),
    }
    return dict.fromkeys(names, no_derivative) | {names[-1]: last[n]}


def angular(value):
    return lambda m, q, x: 2 * q * np.cos(2 * DEGREE * x) - value(m, q)


def radial(value):
    return lambda m, q, x: value(m, q) - 2 * q * np.cosh(2 * x)


rule(sp.pbdv, **solution(2, lambda v, x: x * x / 4 - v - 0.5))
rule(sp.pbvv, **solution(2, lambda v, x: x * x / 4 - v - 0.5))
rule(sp.pbwa, **solution(2, lambda a, x: a - x * x / 4))
rule(sp.mathieu_a, x1=no_derivative, x2=no_derivative)
rule(sp.mathieu_b, x1=no_derivative, x2=no_derivative)
rule(sp.mathieu_cem, **solution(3, angular(sp.mathieu_a), DEGREE))
rule(sp.mathieu_sem, **solution(3, angular(sp.mathieu_b), DEGREE))
rule(sp.mathieu_modcem1, **solution(3, radial(sp.mathieu_a)))
rule(sp.mathieu_modcem2, **solution(3, radial(sp.mathieu_a)))
rule(sp.mathieu_modsem1, **solution(3, radial(sp.mathieu_b)))
rule(sp.mathieu_modsem2, **solution(3, radial(sp.mathieu_b)))

# ---- integrals of Bessel's and Struve's functions from 0 to x, or from x on ----


def bessel_quotient(function, sign):
    """±(J₀(x) − 1) / x and (I₀(x) − 1) / x, as a mean near 0, where digits cancel."""
    return lambda x: either(
        abs(x) < 0.5,
        x,
        lambda x: mean_around(lambda z: sign * (function(0.0, z) - 1) / z, x, 1.0, real=True),
        lambda x: sign * (function(0.0, x) - 1) / x,
        1.0,
    )


rule(sp.iti0k0, x=several(lambda x: sp.i0(x), lambda x: sp.k0(x)))
rule(sp.itj0y0, x=several(lambda x: sp.j0(x), lambda x: sp.y0(x)))
rule(sp.it2i0k0, x=several(bessel_quotient(sp.iv, 1), lambda x: -sp.k0(x) / x))
rule(sp.it2j0y0, x=several(bessel_quotient(sp.jv, -1), lambda x: -sp.y0(x) / x))
rule(sp.itstruve0, x=lambda g, x: g * sp.struve(0.0, x))
rule(sp.itmodstruve0, x=lambda g, x: g * sp.modstruve(0.0, x))
rule(sp.it2struve0, x=lambda g, x: -g * (sp.struve(0.0, x) / x))
