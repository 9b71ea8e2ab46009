"""Integrals and ODEs, whose functions are given, and splines, which are made and then called.

Solvers of equations and minima are in `tests.support.optimizing`, and odeint in `test_integrate`.
"""

import numpy as np

from autograd_lite.scipy import integrate, interpolate
from autograd_lite.scipy.interpolate.bsplines import interpolating
from tests.support.rows.row import OMITTED, Row

#: These have no rules, and few functions in each of their modules.
PACKAGES = {"integrate", "interpolate"}

LOOSE = {"step": False, "slow": True}

# ---- integrals of functions ----


def area(a, p, **options):
    return integrate.quad(lambda x: np.sum(p * np.exp(-p * x * x)), a, 1.5, **options)[0]


def growth(t, y, k):
    return k * np.sin(y[::-1]) + np.cos(t)


def states(y, k, **options):
    """The states after steps that are the same for all numbers, so that differences are exact."""
    steps = {"first_step": 0.05, "max_step": 0.05, "rtol": 1e3, "atol": 1e3}
    return integrate.solve_ivp(
        growth, (0, 0.2), y, t_eval=[0.08, 0.2], args=(k,), **steps, **options
    ).y


INTEGRALS = [
    Row(integrate.quad, "real", "positive", shapes=[((), ()), ((), (2,))], call=area, **LOOSE),
    Row(
        integrate.fixed_quad,
        *("real", "positive"),
        shapes=[((), ()), ((), (2, 1))],
        call=lambda a, p: integrate.fixed_quad(lambda x: np.exp(-p * x * x), a, 1.5, n=4)[0],
        **LOOSE,
    ),
    Row(
        integrate.solve_ivp,
        *("real", "unit"),
        shapes=[((2,), ()), ((2,), (2,))],
        call=states,
        method=["RK23", "RK45", "DOP853"],
        **LOOSE,
    ),
]

# ---- splines ----

#: Places, values and points of splines, before they are moved a little: no kink is near.
PLACES, VALUES = np.arange(6.0), np.array([0.0, 0.5, 1.5, 3.0, 5.0, 7.5])
POINTS = np.array([0.4, 1.3, 3.5, 4.2])
KNOTS = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.5, 3.5, 3.5])


def spline(kind, *shapes, call=None, **options):
    """A row for the values of what is made of places and values, at points."""

    def through(x, y, q, **options):
        return kind(PLACES + x / 5, VALUES + y / 5, **options)(POINTS + q / 5)

    shapes = [shapes or ((6,), (6,), (4,))]
    domains = ["unit"] * len(shapes[0])
    return Row(kind, *domains, shapes=shapes, call=call or through, **LOOSE, **options)


def hermite(x, y, slopes, q):
    made = interpolate.CubicHermiteSpline(PLACES + x / 5, VALUES + y / 5, slopes)
    return made(POINTS + q / 5)


def of_knots(t, c, q):
    return interpolate.BSpline(KNOTS + np.concatenate([[0] * 3, t / 5, [0] * 3]), c, 2)(
        POINTS / 2 + q / 9
    )


def of_values(y, q, **options):
    made = interpolate.make_interp_spline(PLACES, VALUES + y, **options)
    return made(POINTS + q / 5)


def table(v, q, **options):
    return interpolate.RegularGridInterpolator((PLACES[:3], PLACES[:2]), v, **options)(
        np.stack([0.3 + np.floor(2 * q[:, 0]) + q[:, 0] / 5, 0.2 + q[:, 1] / 5], axis=1)
    )


SPLINES = [
    spline(interpolate.CubicSpline, bc_type=[OMITTED, "natural", "clamped"]),
    spline(interpolate.PchipInterpolator),
    spline(interpolate.Akima1DInterpolator),
    spline(interpolate.interp1d),
    spline(interpolate.CubicHermiteSpline, (6,), (6,), (6,), (4,), call=hermite),
    spline(interpolate.BSpline, (3,), (6,), (4,), call=of_knots),
    spline(interpolate.make_interp_spline, (6,), (4,), call=of_values, k=[OMITTED, 1, 2]),
    spline(interpolate.RegularGridInterpolator, (3, 2), (2, 2), call=table),
]

#: Of these coefficients the rule reads every option.
COEFFICIENTS = [
    Row(
        interpolating,
        "real",
        shapes=[(6,), (6, 2)],
        call=lambda y, **options: interpolating(y, PLACES, 3, **options),
        **LOOSE,
        **options,
    )
    for options in (
        {"bc_type": ["natural", "clamped"]},
        {"t": [np.array([0.0, 0, 0, 0, 1, 4, 5, 5, 5, 5])]},
    )
]

ROWS = INTEGRALS + SPLINES + COEFFICIENTS
