"""Bessel functions of all kinds, their scaled forms, and Struve's: DLMF 10, 11.

By the order there is no closed form.  ``ive`` and ``i0e`` have slope 0 at 0, as |x| has.
"""

import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import rule
from autograd_lite.rules.special.stating import by_last

SQRT_PI = math.sqrt(math.pi)


# ---- Bessel functions and Hankel's: 10.6.1, 10.6.3 ----


def cylinder(function):
    return by_last(lambda v, x: (function(v - 1, x) - function(v + 1, x)) / 2)


rule(sp.j0, x=lambda g, x: -g * sp.j1(x))
rule(sp.y0, x=lambda g, x: -g * sp.y1(x))
rule(sp.j1, x=lambda g, x: g * ((sp.j0(x) - sp.jn(2.0, x)) / 2))
rule(sp.y1, x=lambda g, x: g * ((sp.y0(x) - sp.yn(2.0, x)) / 2))
rule(sp.jv, **cylinder(sp.jv))
rule(sp.yn, **cylinder(sp.yn))
rule(sp.yv, **cylinder(sp.yv))
rule(sp.hankel1, **cylinder(sp.hankel1))
rule(sp.hankel2, **cylinder(sp.hankel2))
rule(
    sp.besselpoly,
    x1=lambda g, x1, x2, x3: (
        g * (sp.besselpoly(x1, x2 + 1, x3 - 1) - sp.besselpoly(x1, x2 + 1, x3 + 1))
    ),
    x2=no_derivative,
    x3=no_derivative,
)

# ---- modified Bessel functions: 10.29.1, 10.29.3 ----

rule(sp.i0, x=lambda g, x: g * sp.i1(x))
rule(sp.i1, x=lambda g, x: g * ((sp.i0(x) + sp.iv(2.0, x)) / 2))
rule(sp.iv, **by_last(lambda v, x: (sp.iv(v - 1, x) + sp.iv(v + 1, x)) / 2))
rule(sp.k0, x=lambda g, x: -g * sp.k1(x))
rule(sp.k1, x=lambda g, x: -g * ((sp.k0(x) + sp.kv(2.0, x)) / 2))
rule(sp.kv, **by_last(lambda v, x: (sp.kv(v - 1, x) + sp.kv(v + 1, x)) / -2))
rule(sp.kn, **by_last(lambda n, x: (sp.kn(abs(n - 1), x) + sp.kn(n + 1, x)) / -2))

# ---- scaled by an analytic factor: K e^z, H⁽¹⁾ e^(−iz), H⁽²⁾ e^(iz) ----


def hankel_scaled(function, factor):
    return by_last(
        lambda v, x: (function(v - 1, x) - function(v + 1, x)) / 2 + factor * function(v, x)
    )


rule(sp.hankel1e, **hankel_scaled(sp.hankel1e, -1j))
rule(sp.hankel2e, **hankel_scaled(sp.hankel2e, 1j))
rule(sp.k0e, x=lambda g, y, x: g * (y - sp.k1e(x)))
rule(sp.k1e, x=lambda g, y, x: g * (y - (sp.k0e(x) + sp.kve(2.0, x)) / 2))
rule(
    sp.kve,
    x1=no_derivative,
    x2=lambda g, y, x1, x2: g * (y - (sp.kve(x1 - 1, x2) + sp.kve(x1 + 1, x2)) / 2),
)

# ---- scaled by e^(−|Re z|) or e^(−|Im z|), which are not analytic: df is no multiple of dz ----


def ive_vjp(g, y, x1, x2, dtype):
    """df = Re(g I′ e^… dz) − sign Re(g y) dRe z."""
    slope = (sp.ive(x1 - 1, x2) + sp.ive(x1 + 1, x2)) / 2
    if dtype.kind == "c":
        return g * slope - np.sign(np.real(x2)) * np.real(g * y)
    return g * (slope - np.sign(x2) * y)


def scaled_cylinder(function):
    """Likewise with Im z = Re(−iz); 1 on the real axis."""

    def vjp(g, y, x1, x2, dtype):
        slope = g * ((function(x1 - 1, x2) - function(x1 + 1, x2)) / 2)
        if dtype.kind == "c":
            return slope + 1j * (np.sign(np.imag(x2)) * np.real(g * y))
        return slope

    return {"x1": no_derivative, "x2": vjp}


rule(sp.ive, x1=no_derivative, x2=ive_vjp)
rule(sp.i0e, x=lambda g, y, x: g * (sp.i1e(x) - np.sign(x) * y))
rule(sp.i1e, x=lambda g, y, x: g * ((sp.i0e(x) + sp.ive(2.0, x)) / 2 - np.sign(x) * y))
rule(sp.jve, **scaled_cylinder(sp.jve))
rule(sp.yve, **scaled_cylinder(sp.yve))

# ---- Struve's functions: 11.4.24, 11.4.29 ----


def struve_term(v, x):
    return (x / 2) ** v * (sp.rgamma(v + 1.5) / SQRT_PI)


rule(
    sp.struve,
    **by_last(lambda v, x: (sp.struve(v - 1, x) - sp.struve(v + 1, x) + struve_term(v, x)) / 2),
)
rule(
    sp.modstruve,
    **by_last(
        lambda v, x: (sp.modstruve(v - 1, x) + sp.modstruve(v + 1, x) + struve_term(v, x)) / 2
    ),
)
