"""Continuous distributions: one rule for each method, of what each says of its standard form.

With z = (x − loc) / scale, a distribution states the slopes of ln f by z, by the logarithm of the
scale, and by its shapes.  It states how its quantiles move with a shape: z itself at scale 1.  The
rest follows: ∂f = f ∂ln f, and a quantile that moves by dz changes F by −f dz.

Where the density is 0 or infinite, as it is outside the support, all derivatives count as 0.
"""

from collections.abc import Sequence
from inspect import Parameter
from typing import Any, NamedTuple

import numpy as np
import scipy.special as sp
import scipy.stats as theirs

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.edges import off_edge
from autograd_lite.rules.special.errors import hazard
from autograd_lite.scipy.stats.distribution import (
    CONTINUOUS,
    Distribution,
    Function,
    asks_for,
    method,
    state,
)

Array = Any


class Standard(NamedTuple):
    """What the rules of a distribution are made of: functions of z and the shapes.

    ``shapes``: the slope of ln f by each.  ``moves``: how a quantile moves with a shape, where that
    has a closed form.  ``hazards``: f / F and f / (1 − F), where ln f − ln F would cancel digits or
    SciPy's ln F underflows.  ``inside``: a number inside the support of all.  ``underflows`` says
    that SciPy's ln f does, on the whole line, so that it tells nothing of the support.
    """

    z: Function
    scale: Function
    shapes: dict[str, Function] = {}  # noqa: RUF012
    moves: dict[str, Function] = {}  # noqa: RUF012
    hazards: tuple[Function, ...] = ()
    inside: float = 0.5
    underflows: bool = False

    def ends(self, y: Array, x: Array) -> Array:
        """Where ln f is infinite, if ``y`` is SciPy's value of it."""
        return np.isinf(x if self.underflows else y)


# ---- the rules ----


def emptied(out: Array, y: Array) -> Array:
    """``y``, and 0 where ``out`` holds."""
    return np.where(out, 0, y) if branch(np.any(out)) else y


def standard(of: Function, out: Array, values: Sequence[Array], inside: float) -> Array:
    """``of(z, *shapes)``, of x, the shapes, loc and scale; 0 where ``out`` holds.

    There x is replaced before all else, since what is infinite would be NaN in derivatives.
    """
    x, *shapes, loc, scale = values
    if not branch(np.any(out)):
        return of((x - loc) / scale, *shapes)
    x = np.where(out, loc + inside * scale, x)
    return np.where(out, 0, of((x - loc) / scale, *shapes))


def slopes(family: Standard, name: str) -> tuple[Function, float, bool]:
    """The slope of ln f by an argument, the sign of it, and whether it is divided by the scale."""
    if name in ("x", "loc"):
        return family.z, 1.0 if name == "x" else -1.0, True
    return (family.scale, 1.0, True) if name == "scale" else (family.shapes[name], 1.0, False)


def of_density(family: Standard, name: str, *, logarithm: bool) -> Function:
    """The rule of ln f, or of f, by one argument."""
    of, sign, scaled = slopes(family, name)

    def rule(g: Array, y: Array, *values: Array) -> Array:
        out = family.ends(y, values[0]) if logarithm else (y == 0) | np.isinf(y)
        slope = standard(of, out, values, family.inside)
        if scaled:
            slope = slope / values[-1]
        if not logarithm:
            slope = slope * emptied(out, y)
        return g * slope if sign > 0 else -g * slope

    return rule


def moved(family: Standard, name: str) -> Function | None:
    """How a quantile of the standard form moves with an argument."""
    if name in ("x", "loc"):
        return lambda z, *shapes: 1.0
    return (lambda z, *shapes: z) if name == "scale" else family.moves.get(name)


def of_probability(family: Standard, name: str, density: Function, *, upper: bool) -> Function:
    """The rule of F, or of 1 − F, by one argument."""
    move = moved(family, name)
    if move is None:
        return no_derivative
    rises = (name == "x") != upper

    def rule(g: Array, *values: Array) -> Array:
        f = density(*values)
        out = (f == 0) | np.isinf(f)
        flow = emptied(out, f) * standard(move, out, values, family.inside)
        if name in family.shapes:
            flow = flow * values[-1]
        return g * flow if rises else -g * flow

    return rule


def of_log_probability(
    family: Standard, name: str, log_density: Function, *, upper: bool
) -> Function:
    """The rule of ln F, or of ln (1 − F), by one argument."""
    move = moved(family, name)
    if move is None:
        return no_derivative
    rises = (name == "x") != upper

    def flow(out: Array, ratio: Array, values: Sequence[Array]) -> Array:
        flow = ratio * standard(move, out, values, family.inside)
        return flow * values[-1] if name in family.shapes else flow

    def by_hazard(g: Array, *values: Array) -> Array:
        out = family.ends(log_density(*values), values[0])
        ratio = standard(family.hazards[upper], out, values, family.inside) / values[-1]
        return (g if rises else -g) * flow(out, ratio, values)

    def by_difference(g: Array, y: Array, *values: Array) -> Array:
        ln_f = log_density(*values)
        out = np.isinf(ln_f) | np.isinf(y)
        ratio = emptied(out, np.exp(emptied(out, ln_f) - emptied(out, y)))
        return (g if rises else -g) * flow(out, ratio, values)

    return by_hazard if family.hazards else by_difference


def distribution(name: str, family: Standard, draws: str) -> Distribution:
    """The distribution of SciPy's of that name, with rules made of what its family says."""
    dist = getattr(theirs, name)
    arguments: dict[str, Any] = {
        "x": Parameter.empty,
        **dict.fromkeys(family.shapes, Parameter.empty),
    }
    arguments |= {"loc": 0, "scale": 1}
    made = {m: method(dist, m, arguments, globals()) for m in CONTINUOUS}
    makers = {
        "logpdf": lambda by: of_density(family, by, logarithm=True),
        "pdf": lambda by: of_density(family, by, logarithm=False),
        "cdf": lambda by: of_probability(family, by, made["pdf"], upper=False),
        "sf": lambda by: of_probability(family, by, made["pdf"], upper=True),
        "logcdf": lambda by: of_log_probability(family, by, made["logpdf"], upper=False),
        "logsf": lambda by: of_log_probability(family, by, made["logpdf"], upper=True),
    }
    for m, maker in makers.items():
        also = () if m in ("cdf", "sf") or (family.hazards and m[3:] in ("cdf", "sf")) else ("y",)
        rules = {by: maker(by) for by in arguments}
        state(
            made[m],
            {
                by: r if r is no_derivative else asks_for([*arguments], r, *also)
                for by, r in rules.items()
            },
        )
    return Distribution(dist, made, draws)


# ---- the table ----


def centred(z: Array) -> tuple[Array, Array]:
    """z / √(1 + z²) and 1 / √(1 + z²), which do not overflow."""
    h = np.hypot(1.0, z)
    return z / h, 1 / h


def ratio_laplace(z: Array) -> Array:
    """f / F of Laplace's: 1 left of 0, and e^(−z) / (2 − e^(−z)) right of it."""
    e = np.exp(-np.maximum(z, 0))
    return e / (2 - e)


def half_step(x: Array) -> Array:
    """ψ(x + ½) − ψ(x); for large x, where that cancels, by its expansion (DLMF 5.11.2)."""
    large = x > 32
    if not branch(np.any(large)):
        return sp.psi(x + 0.5) - sp.psi(x)
    r = 1 / np.where(large, x, 32.0)
    s = r * r
    series = r / 2 + s * (1 / 8 + s * (-1 / 64 + s * (1 / 128 - s * 17 / 2048)))
    small = np.where(large, 1.0, x)
    return np.where(large, series, sp.psi(small + 0.5) - sp.psi(small))


def by_freedom(z: Array, df: Array) -> Array:
    """The slope of Student's ln f by the degrees of freedom."""
    h = np.hypot(np.sqrt(df), z)
    r = z / h
    return (half_step(df / 2) - np.log1p((z / np.sqrt(df)) ** 2) + r * r - 1 / h / h) / 2


def tangent(z: Array) -> Array:
    return np.tanh(z / 2)


def pull_student(z: Array, df: Array) -> Array:
    """−(ν + 1) z / (ν + z²)."""
    h = np.hypot(np.sqrt(df), z)
    return -(df + 1) * (z / h) / h


def ratio_lognorm(z: Array, s: Array) -> Array:
    return hazard(np.log(z) / s) / (s * z)


norm = distribution(
    "norm",
    Standard(
        z=lambda z: -z,
        scale=lambda z: (z - 1) * (z + 1),
        hazards=(hazard, lambda z: hazard(-z)),
    ),
    "loc + scale * rng.standard_normal(size)",
)
lognorm = distribution(
    "lognorm",
    Standard(
        z=lambda z, s: -(1 + np.log(z) / (s * s)) / z,
        scale=lambda z, s: np.log(z) / (s * s),
        shapes={"s": lambda z, s: ((np.log(z) / s) ** 2 - 1) / s},
        moves={"s": lambda z, s: z * np.log(z) / s},
        hazards=(ratio_lognorm, lambda z, s: hazard(-np.log(z) / s) / (s * z)),
    ),
    "loc + scale * np.exp(s * rng.standard_normal(size))",
)
expon = distribution(
    "expon",
    Standard(z=lambda z: -1.0 + 0 * z, scale=lambda z: z - 1),
    "loc + scale * rng.standard_exponential(size)",
)
gamma = distribution(
    "gamma",
    Standard(
        z=lambda z, a: (a - 1) / off_edge(a - 1, z) - 1,
        scale=lambda z, a: z - a,
        shapes={"a": lambda z, a: np.log(off_edge(a - 1, z)) - sp.psi(a)},
    ),
    "loc + scale * rng.standard_gamma(al.stop_gradient(a), size)",
)
chi2 = distribution(
    "chi2",
    Standard(
        z=lambda z, df: ((df - 2) / off_edge(df - 2, z) - 1) / 2,
        scale=lambda z, df: (z - df) / 2,
        shapes={
            "df": lambda z, df: (np.log(off_edge(df - 2, z) / 2) - sp.psi(df / 2)) / 2,
        },
    ),
    "loc + scale * rng.chisquare(al.stop_gradient(df), size)",
)
beta = distribution(
    "beta",
    Standard(
        z=lambda z, a, b: (a - 1) / off_edge(a - 1, z) - (b - 1) / off_edge(b - 1, 1 - z),
        scale=lambda z, a, b: (b - 1) * (z / off_edge(b - 1, 1 - z)) - a,
        shapes={
            "a": lambda z, a, b: np.log(off_edge(a - 1, z)) - sp.psi(a) + sp.psi(a + b),
            "b": lambda z, a, b: np.log(off_edge(b - 1, 1 - z)) - sp.psi(b) + sp.psi(a + b),
        },
    ),
    "loc + scale * rng.beta(al.stop_gradient(a), al.stop_gradient(b), size)",
)
t = distribution(
    "t",
    Standard(
        z=pull_student,
        scale=lambda z, df: -(1 + z * pull_student(z, df)),
        shapes={"df": by_freedom},
    ),
    "loc + scale * rng.standard_t(al.stop_gradient(df), size)",
)
cauchy = distribution(
    "cauchy",
    Standard(
        z=lambda z: -2 * centred(z)[0] * centred(z)[1],
        scale=lambda z: centred(z)[0] ** 2 - centred(z)[1] ** 2,
    ),
    "loc + scale * rng.standard_cauchy(size)",
)
laplace = distribution(
    "laplace",
    Standard(
        z=lambda z: -np.sign(z),
        scale=lambda z: abs(z) - 1,
        hazards=(ratio_laplace, lambda z: ratio_laplace(-z)),
        underflows=True,
    ),
    "loc + scale * rng.laplace(size=size)",
)
logistic = distribution(
    "logistic",
    Standard(
        z=lambda z: -tangent(z),
        scale=lambda z: z * tangent(z) - 1,
        hazards=(lambda z: sp.expit(-z), lambda z: sp.expit(z)),
    ),
    "loc + scale * rng.logistic(size=size)",
)
uniform = distribution(
    "uniform",
    Standard(z=lambda z: 0 * z, scale=lambda z: 0 * z - 1),
    "loc + scale * rng.random(size)",
)
