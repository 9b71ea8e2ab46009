"""Continuous distributions: one rule for each method, of what each says of its standard form.

With z = (x − loc) / scale, a distribution states the slopes of ln f by z, by the logarithm of the
scale, and by its shapes.  It states how its quantiles move with a shape: z itself at scale 1.  The
rest follows: ∂f = f ∂ln f, a quantile that moves by dz changes F by −f dz, and ∂q = 1 / f.

Where the density is 0 or infinite, as it is outside the support, all derivatives count as 0.
"""

import math
from collections.abc import Sequence
from functools import partial
from inspect import Parameter
from typing import Any, NamedTuple

import numpy as np
import scipy.special as sp
import scipy.stats as theirs

from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.tracked import branch
from autograd_lite.scipy.stats.distribution import (
    CONTINUOUS,
    Distribution,
    Function,
    asks_for,
    of_parameters,
    recorded,
    requesting,
    state,
    step_of,
)
from autograd_lite.scipy.stats.drift import mirrored_integral, tail_integral
from autograd_lite.scipy.stats.values import (
    direct,
    has_slope_everywhere,
    of_scipy,
    standardised,
)

Array = Any


class Standard(NamedTuple):
    """What the rules of a distribution are made of: functions of z and the shapes.

    ``scale``: the slope of ln f by the logarithm of the scale, if −1 − z ∂ln f / ∂z loses digits.
    ``shapes``: the slope of ln f by each.  ``moves``: how a quantile moves with a shape, where that
    has a closed form; else it is found by an integral.  ``hazards``: f / F and f / (1 − F), where
    ln f − ln F would cancel digits or SciPy's ln F underflows.  ``ends``: those of the support,
    numbers or functions of the shapes.  ``inside``: a number in the support, or such a function.
    ``mean``, ``var``, ``entropy``: numbers, or functions of the shapes; None where SciPy's are
    integrals.  ``underflows`` says that SciPy's ln f does, on the whole line, so that it tells
    nothing of the support.  ``mirrored``: f is symmetric, or is so if its two shapes are exchanged.
    ``turn``: the period of f.  ``heavy``: its tail falls as a power of z.
    ``half``: about where the tail below z is half as large, if SciPy's quantiles are slow.
    """

    z: Function
    scale: Function | None = None
    shapes: dict[str, Function] = {}  # noqa: RUF012
    moves: dict[str, Function] = {}  # noqa: RUF012
    hazards: tuple[Function, ...] = ()
    ends: tuple[Any, Any] = (-math.inf, math.inf)
    inside: Any = 0.5
    mean: Any = None
    var: Any = None
    entropy: Any = None
    underflows: bool = False
    mirrored: bool = False
    turn: float = 0.0
    heavy: bool = False
    half: Function | None = None

    def empty(self, y: Array, x: Array) -> Array:
        """Where ln f is infinite, if ``y`` is SciPy's value of it."""
        return np.isinf(x if self.underflows else y)


# ---- the rules ----


def emptied(out: Array, y: Array) -> Array:
    """``y``, and 0 where ``out`` holds."""
    return np.where(out, 0, y) if branch(np.any(out)) else y


def value_of(said: Any, *shapes: Array) -> Array:
    """A number that a distribution says, perhaps as a function of its shapes."""
    return said(*shapes) if callable(said) else said


def standard(of: Function, out: Array, values: Sequence[Array], inside: Any) -> Array:
    """``of(z, *shapes)``, of x, the shapes, loc and scale; 0 where ``out`` holds.

    There x is replaced before all else, since what is infinite would be NaN in derivatives.
    """
    x, *shapes, loc, scale = values
    if not branch(np.any(out)):
        return of(standardised(x, loc, scale), *shapes)
    x = np.where(out, loc + value_of(inside, *shapes) * scale, x)
    return np.where(out, 0, of(standardised(x, loc, scale), *shapes))


def slope_by(family: Standard, name: str) -> tuple[Function, float, bool]:
    """The slope of ln f by an argument, the sign of it, and whether it is divided by the scale."""
    if name in ("x", "loc"):
        return family.z, 1.0 if name == "x" else -1.0, True
    if name != "scale":
        return family.shapes[name], 1.0, False
    return family.scale or (lambda z, *shapes: -1 - z * family.z(z, *shapes)), 1.0, True


class DensityAt(NamedTuple):
    """Where a density is taken: z, where derivatives count as 0 (None for nowhere), and the rest.

    It is what the rules by all arguments have in common, so it is found once.
    """

    z: Array
    out: Array | None
    shapes: tuple[Array, ...]
    scale: Array


def place_of(family: Standard, *, logarithm: bool) -> Function:
    """The residuals of ln f, or of f: the place of it."""

    def residuals(y: Array, x: Array, *values: Array) -> DensityAt:
        *shapes, loc, scale = values
        out = None
        if not has_slope_everywhere(y, logarithm=logarithm):
            empty = family.empty(y, x) if logarithm else (y == 0) | np.isinf(y)
            if branch(np.any(empty)):
                out, x = empty, np.where(empty, loc + value_of(family.inside, *shapes) * scale, x)
        return DensityAt(standardised(x, loc, scale), out, tuple(shapes), scale)

    return residuals


def forward_of(dist: Any, m: str, directly: Function, place: Function) -> Function:
    """What gives ln f, or f, and its place, which has z in common with it."""
    value = of_scipy(dist, m, directly)

    def forward(*values: Array) -> tuple[Array, DensityAt]:
        found = directly(*values)
        if found is not None and has_slope_everywhere(found[1], logarithm=m == "logpdf"):
            z, y = found
            return y, DensityAt(z, None, values[1:-2], values[-1])
        y = value(*values)
        return y, place(y, *values)

    return forward


def of_density(family: Standard, name: str, *, logarithm: bool) -> Function:
    """The rule of ln f, or of f, by one argument."""
    of, sign, scaled = slope_by(family, name)

    def slope_at(place: DensityAt) -> Array:
        slope = of(place.z, *place.shapes)
        if scaled:
            slope = standardised(slope, 0, place.scale if sign > 0 else -place.scale)
        return slope if place.out is None else np.where(place.out, 0, slope)

    def of_logarithm(g: Array, residuals: DensityAt) -> Array:
        return g * slope_at(residuals)

    def rule(g: Array, y: Array, residuals: DensityAt) -> Array:
        if residuals.out is not None:  # it may be infinite there
            y = np.where(residuals.out, 0, y)
        return g * (slope_at(residuals) * y)

    return of_logarithm if logarithm else rule


def moved(family: Standard, name: str, methods: dict[str, Function]) -> Function:
    """How a quantile of the standard form moves with an argument."""
    if name in ("x", "loc"):
        return lambda z, *shapes: 1.0
    if name == "scale":
        return lambda z, *shapes: z
    if name in family.moves:
        return family.moves[name]
    slope, others = family.shapes[name], [f for n, f in family.shapes.items() if n != name]
    if family.mirrored:
        of = partial(mirrored_integral, methods, (slope, *others), family)
    else:
        of = partial(tail_integral, methods, slope, family)

    def move(z: Array, *shapes: Array) -> Array:
        if family.turn:
            z = z - family.turn * np.round(stop_gradient(z) / family.turn)
        return -of(z, shapes) / methods["pdf"](z, *shapes)

    return move


def of_probability(
    family: Standard, name: str, methods: dict[str, Function], *, upper: bool
) -> Function:
    """The rule of F, or of 1 − F, by one argument."""
    move, density = moved(family, name, methods), methods["pdf"]
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
    family: Standard, name: str, methods: dict[str, Function], *, upper: bool
) -> Function:
    """The rule of ln F, or of ln (1 − F), by one argument."""
    move, log_density = moved(family, name, methods), methods["logpdf"]
    rises = (name == "x") != upper
    bounded = family.ends[upper] not in (-math.inf, math.inf)

    def flow(out: Array, ratio: Array, values: Sequence[Array]) -> Array:
        flow = ratio * standard(move, out, values, family.inside)
        return flow * values[-1] if name in family.shapes else flow

    def by_hazard(g: Array, *values: Array) -> Array:
        out = family.empty(log_density(*values), values[0])
        if bounded:  # f / F is infinite at the end
            x, *shapes, loc, scale = values
            out = out | ((x - loc) / scale == value_of(family.ends[upper], *shapes))
        ratio = standard(family.hazards[upper], out, values, family.inside) / values[-1]
        return (g if rises else -g) * flow(out, ratio, values)

    def by_difference(g: Array, y: Array, *values: Array) -> Array:
        ln_f = log_density(*values)
        out = np.isinf(ln_f) | np.isinf(y)
        ratio = emptied(out, np.exp(emptied(out, ln_f) - emptied(out, y)))
        return (g if rises else -g) * flow(out, ratio, values)

    return by_hazard if family.hazards else by_difference


def of_quantile(
    family: Standard, name: str, methods: dict[str, Function], *, upper: bool
) -> Function:
    """The rule of a quantile by one argument: F and the argument move together."""
    density = methods["pdf"]

    def by_chance(g: Array, y: Array, *parameters: Array) -> Array:
        infinite = ~np.isfinite(y)
        if branch(np.any(infinite)):
            *shapes, loc, scale = parameters
            y = np.where(infinite, loc + value_of(family.inside, *shapes) * scale, y)
        f = density(y, *parameters)
        out = infinite | ~((f > 0) & (f < np.inf))
        slope = emptied(out, 1 / (np.where(out, 1, f) if branch(np.any(out)) else f))
        return -g * slope if upper else g * slope

    if name == "x":
        return by_chance
    move = moved(family, name, methods)

    def by_parameter(g: Array, y: Array, *parameters: Array) -> Array:
        out = ~np.isfinite(y)
        flow = standard(move, out, (y, *parameters), family.inside)
        return g * emptied(out, flow * parameters[-1] if name in family.shapes else flow)

    return by_parameter


MAKERS: dict[str, Function] = {
    "logpdf": lambda family, by, methods: of_density(family, by, logarithm=True),
    "pdf": lambda family, by, methods: of_density(family, by, logarithm=False),
    "cdf": partial(of_probability, upper=False),
    "sf": partial(of_probability, upper=True),
    "logcdf": partial(of_log_probability, upper=False),
    "logsf": partial(of_log_probability, upper=True),
    "ppf": partial(of_quantile, upper=False),
    "isf": partial(of_quantile, upper=True),
}


def distribution(name: str, family: Standard, draws: str, module: dict[str, Any]) -> Distribution:
    """The distribution of SciPy's of that name, with rules made of what its family says."""
    dist = getattr(theirs, name)
    parameters = {**dict.fromkeys(family.shapes, Parameter.empty), "loc": 0, "scale": 1}
    steps: dict[str, Function] = {}
    public: dict[str, Function] = {}
    for m in CONTINUOUS:
        first = "q" if m in ("ppf", "isf") else "x"
        arguments = {first: Parameter.empty, **parameters}
        public[m] = recorded(dist, m, arguments, module, of_scipy(dist, m, direct(dist, m)))
        steps[m] = step_of(public[m])
    for m, maker in MAKERS.items():
        first = "q" if m in ("ppf", "isf") else "x"
        rules = {by: maker(family, by, steps) for by in ("x", *parameters)}
        if m in ("logpdf", "pdf"):
            place = requesting(["y", "x", *parameters], place_of(family, logarithm=m == "logpdf"))
            forward = forward_of(dist, m, direct(dist, m), place)
            state(steps[m], rules, residuals=place, forward=forward)
            continue
        requests = [*parameters] if first == "q" else [first, *parameters]
        also = ["y"] if first == "q" or (m[:3] == "log" and not family.hazards) else []
        stated = {by: asks_for(requests, rule, *also) for by, rule in rules.items()}
        state(steps[m], {first if by == "x" else by: rule for by, rule in stated.items()})
    made = {
        "mean": lambda loc, scale, h: loc + scale * h,
        "var": lambda loc, scale, h: scale * scale * h + 0 * loc,
        "entropy": lambda loc, scale, h: h + np.log(scale) + 0 * loc,
    }
    for m, made_of in made.items():
        if (said := getattr(family, m)) is not None:
            public[m] = of_parameters(dist, m, parameters, partial(placed, said, made_of))
    found = Distribution(dist, public, draws)
    found.family = family
    return found


def falling(u: Array) -> Array:
    """u / (e^u − 1), for u from 0 on."""
    return np.exp(-u) / sp.exprel(-u)


def beyond(x: Array, limit: float, f: Function, otherwise: Any) -> Array:
    """``f(x)`` where x is above a limit."""
    there = x > limit
    return np.where(there, f(np.where(there, x, limit + 1)), otherwise)


def placed(said: Any, made_of: Function, *parameters: Array) -> Array:
    """A number of the standard form, moved to its place."""
    *shapes, loc, scale = parameters
    return made_of(loc, scale, value_of(said, *shapes))
