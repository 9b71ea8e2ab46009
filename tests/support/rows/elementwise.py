"""Functions that act on each element by itself; those with kinks are tested where nothing ties."""

import numpy as np

from tests.support.rows.row import BY_DIFFERENCES, OMITTED, SLOW, Row, since


def inside_and_outside(f, domain):
    return [
        Row(f, domain, call=lambda x: np.real(f(x) * (1 + 2j)), **SLOW),
        Row(f, domain, call=lambda x: np.real(f(1.5 - 3 * x) * (1 + 2j)), **SLOW),
    ]


ROWS = [
    # ---- arithmetic ----
    Row(np.add, "real", "real"),
    Row(np.subtract, "real", "real"),
    Row(np.multiply, "real", "real"),
    Row(np.divide, "real", "nonzero"),
    Row(np.negative, "real"),
    Row(np.positive, "real"),
    Row(np.reciprocal, "nonzero"),
    # ---- powers ----
    Row(np.power, "positive", "real"),
    Row(np.power, "nonzero", "integers", call=lambda x, n: np.power(x, 1.0 * n)),
    Row(np.power, "real", call=lambda x: x**3),
    Row(np.power, "real", call=lambda x: x**1.0),
    Row(np.power, "real", call=lambda x: x**0),
    Row(np.power, "real", call=lambda x: 2.5**x),
    Row(np.float_power, "positive", "real"),
    Row(np.square, "real"),
    Row(np.square, "real", call=lambda x: x**2),
    Row(np.sqrt, "positive"),
    Row(np.cbrt, "positive", step=False),
    Row(np.hypot, "nonzero", "real", step=False),
    # ---- exponentials and logarithms ----
    Row(np.exp, "real"),
    Row(np.expm1, "real"),
    Row(np.exp2, "real", step=False),
    Row(np.log, "positive"),
    Row(np.log1p, "positive"),
    Row(np.log2, "positive"),
    Row(np.log10, "positive"),
    Row(np.logaddexp, "real", "real", step=False),
    Row(np.logaddexp2, "real", "real", step=False),
    # ---- trigonometric and hyperbolic ----
    Row(np.sin, "real"),
    Row(np.cos, "real"),
    Row(np.tan, "within one"),
    Row(np.arcsin, "within one"),
    Row(np.arccos, "within one"),
    Row(np.arctan, "within one"),
    Row(np.arctan2, "real", "nonzero", step=False),
    Row(np.sinh, "real"),
    Row(np.cosh, "real"),
    Row(np.tanh, "real"),
    Row(np.arcsinh, "within one"),
    Row(np.arccosh, "above one"),
    Row(np.arctanh, "within one"),
    *[Row(f, "real", step=False) for f in (np.deg2rad, np.rad2deg, np.radians, np.degrees)],
    # ---- binary exponents ----
    Row(np.ldexp, "real", "integers", step=False),
    Row(np.frexp, "nonzero", call=lambda x: np.frexp(1.3 + x / 20)[0], step=False),
    # ---- complex numbers ----
    Row(np.conjugate, "real", **BY_DIFFERENCES),
    Row(np.real, "real", **BY_DIFFERENCES),
    Row(np.imag, "real", **BY_DIFFERENCES),
    Row(np.real_if_close, "real", **BY_DIFFERENCES),
    Row(np.real_if_close, "real", tol=[1, 1000], **BY_DIFFERENCES),
    Row(np.angle, "nonzero", deg=[OMITTED, False, True], **BY_DIFFERENCES),
    Row(np.sign, "nonzero", call=lambda x: np.sign(x + 1j), **BY_DIFFERENCES),
    # ---- kinks ----
    Row(np.absolute, "nonzero", **BY_DIFFERENCES),
    Row(np.fabs, "nonzero", step=False),
    Row(np.copysign, "nonzero", "nonzero", step=False),
    Row(np.heaviside, "flags", "real", step=False),
    # ---- remainders ----
    Row(np.remainder, "separated", "above one", step=False),
    Row(np.fmod, "separated", "above one", step=False),
    Row(np.modf, "separated", step=False),
    Row(np.divmod, "separated", "above one", call=lambda x, y: np.divmod(x, y)[1], step=False),
    # ---- the larger, the smaller, what is between ----
    Row(np.maximum, "separated", "separated", complex=False),
    Row(np.minimum, "separated", "separated", complex=False),
    Row(np.fmax, "separated", "separated", step=False),
    Row(np.fmin, "separated", "separated", step=False),
    Row(np.clip, "separated", call=lambda a: np.clip(a, -0.6, 0.4), complex=False),
    Row(np.clip, "separated", a_min=[None, -0.6], a_max=[0.4], complex=False),
    *since("2.1", "clip", "separated", min=[OMITTED, -0.6], max=[OMITTED, 0.4], complex=False),
    Row(np.clip, "separated", call=lambda a: np.clip(a, -0.6, None), complex=False),
    Row(np.clip, "separated", "separated", "separated", complex=False),
    # ---- choices ----
    Row(np.where, "flags", "real", "real"),
    Row(np.where, "flags", "real", call=lambda mask, x: np.where(mask, x, 0.0)),
    Row(np.where, "flags", "real", call=lambda mask, y: np.where(mask, 1, y)),
    Row(np.nan_to_num, "real", **BY_DIFFERENCES),
    Row(np.nan_to_num, "real", nan=[1.0], posinf=[2.0], neginf=[-3.0], **BY_DIFFERENCES),
    Row(np.i0, "real", step=False),
    # ---- np.emath ----
    Row(np.emath.sqrt, "positive"),
    *[
        row
        for f in (np.emath.sqrt, np.emath.log, np.emath.log2, np.emath.log10)
        for row in inside_and_outside(f, "positive")
    ],
    *[
        row
        for f in (np.emath.arccos, np.emath.arcsin, np.emath.arctanh)
        for row in inside_and_outside(f, "unit")
    ],
    Row(np.emath.logn, "above one", "positive", **SLOW),
    Row(np.emath.power, "nonzero", call=lambda x: np.real(np.emath.power(x, 2.5)), **SLOW),
    Row(np.emath.power, "nonzero", call=lambda x: np.emath.power(x, -2), **SLOW),
]
