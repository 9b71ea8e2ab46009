"""Discrete distributions: derivatives of their masses and probabilities by their parameters.

What is an integer, as a count k, a number of trials n and a location are, is constant to them.  A
probability of at most k falls by ``lost`` as its parameter grows: a mass times a factor.
"""

from functools import partial
from inspect import Parameter
from typing import Any, NamedTuple

import numpy as np
import scipy.special as sp
import scipy.stats as theirs

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.edges import off_edge
from autograd_lite.scipy.stats.distribution import (
    DISCRETE,
    Distribution,
    Function,
    asks_for,
    of_parameters,
    recorded,
    state,
    step_of,
)
from autograd_lite.scipy.stats.values import direct_mass, has_slope_everywhere, of_scipy

Array = Any


class Counting(NamedTuple):
    """What the rules of a distribution of counts are made of.

    ``slopes``: those of ln f by the parameters that are no integers, of k and all parameters.
    ``lost``: for those by which that of F is known, the name of the distribution whose mass is
    lost, its parameters, and a factor.  ``mean``, ``var``, ``entropy``: of the parameters.
    """

    arguments: tuple[str, ...]
    slopes: dict[str, Function]
    lost: dict[str, Function]
    mean: Function
    var: Function
    entropy: Function | None = None


def emptied(out: Array, y: Array) -> Array:
    """``y``, and 0 where ``out`` holds."""
    return np.where(out, 0, y) if branch(np.any(out)) else y


def of_mass(family: Counting, by: str, *, logarithm: bool) -> Function:
    """The rule of ln f, or of f."""

    def rule(g: Array, y: Array, k: Array, *values: Array) -> Array:
        *parameters, loc = values
        k = k if type(loc) is int and loc == 0 else k - loc
        if has_slope_everywhere(y, logarithm=logarithm):
            slope = family.slopes[by](k, *parameters)
        else:
            out = np.isinf(y) if logarithm else y == 0
            if branch(np.any(out)):
                k = np.where(out, 0, k)
            slope = emptied(out, family.slopes[by](k, *parameters))
        return g * slope if logarithm else g * (y * slope)

    return rule


def of_probability(family: Counting, by: str, *, upper: bool) -> Function:
    """The rule of F, or of 1 − F."""

    def rule(g: Array, k: Array, *values: Array) -> Array:
        *parameters, loc = values
        k = np.floor(k - loc)
        dist, others, factor = family.lost[by](k, *parameters)
        flow = factor * dist.pmf(k, *others)
        return g * flow if upper else -g * flow

    return rule


def of_log_probability(family: Counting, by: str, *, upper: bool) -> Function:
    """The rule of ln F, or of ln (1 − F)."""

    def rule(g: Array, y: Array, k: Array, *values: Array) -> Array:
        *parameters, loc = values
        k = np.floor(k - loc)
        dist, others, factor = family.lost[by](k, *parameters)
        ln_f = dist.logpmf(k, *others)
        out = np.isinf(ln_f) | np.isinf(y)
        ratio = factor * emptied(out, np.exp(emptied(out, ln_f) - emptied(out, y)))
        return g * ratio if upper else -g * ratio

    return rule


def distribution(name: str, family: Counting, draws: str) -> Distribution:
    """The distribution of SciPy's of that name, with rules made of what its family says."""
    dist = getattr(theirs, name)
    arguments: dict[str, Any] = dict.fromkeys(["k", *family.arguments], Parameter.empty)
    arguments["loc"] = 0
    makers: dict[str, Function] = {
        "logpmf": partial(of_mass, logarithm=True),
        "pmf": partial(of_mass, logarithm=False),
        "cdf": partial(of_probability, upper=False),
        "sf": partial(of_probability, upper=True),
        "logcdf": partial(of_log_probability, upper=False),
        "logsf": partial(of_log_probability, upper=True),
    }
    made = {}
    for m in DISCRETE:
        value = of_scipy(dist, m, direct_mass(dist, m)) if "pmf" in m else None
        made[m] = recorded(dist, m, arguments, globals(), value)
    for m, maker in makers.items():
        also = () if m in ("cdf", "sf") else ("y",)
        rules: dict[str, Function | None] = dict.fromkeys(arguments)
        for by in family.slopes:
            rules[by] = no_derivative
            if "pmf" in m or by in family.lost:
                rules[by] = asks_for([*arguments], maker(family, by), *also)
        state(step_of(made[m]), rules)
    parameters = {a: d for a, d in arguments.items() if a != "k"}
    for m in ("mean", "var", "entropy"):
        formula = getattr(family, m)
        if formula is not None:
            made[m] = of_parameters(dist, m, parameters, partial(placed, formula, m == "mean"))
    return Distribution(dist, made, draws)


def placed(formula: Function, moves: bool, *parameters: Array) -> Array:
    """A number of the distribution, which moves with the location or does not."""
    *others, loc = parameters
    return formula(*others) + (loc if moves else 0 * loc)


def by_chance(k: Array, n: Array, p: Array) -> Array:
    """The slope of k ln p + (n − k) ln (1 − p)."""
    return k / off_edge(k, p) - (n - k) / off_edge(n - k, 1 - p)


# ---- the table ----

DRAWN = "{0}.logpmf(k, {1}) times what follows of k = rng.{2}, size)"

poisson: Distribution = distribution(
    "poisson",
    Counting(
        ("mu",),
        slopes={"mu": lambda k, mu: k / off_edge(k, mu) - 1},
        lost={"mu": lambda k, mu: (poisson, (mu,), 1)},
        mean=lambda mu: mu,
        var=lambda mu: mu,
    ),
    DRAWN.format("poisson", "mu", "poisson(al.stop_gradient(mu)"),
)
binom: Distribution = distribution(
    "binom",
    Counting(
        ("n", "p"),
        slopes={"p": by_chance},
        lost={"p": lambda k, n, p: (binom, (np.maximum(n - 1, 0), p), n)},
        mean=lambda n, p: n * p,
        var=lambda n, p: n * p * (1 - p),
    ),
    DRAWN.format("binom", "n, p", "binomial(n, al.stop_gradient(p)"),
)
bernoulli = distribution(
    "bernoulli",
    Counting(
        ("p",),
        slopes={"p": lambda k, p: by_chance(k, 1, p)},
        lost={"p": lambda k, p: (binom, (0, p), 1)},
        mean=lambda p: p,
        var=lambda p: p * (1 - p),
        entropy=lambda p: sp.entr(p) + sp.entr(1 - p),
    ),
    DRAWN.format("bernoulli", "p", "binomial(1, al.stop_gradient(p)"),
)
geom: Distribution = distribution(
    "geom",
    Counting(
        ("p",),
        slopes={"p": lambda k, p: 1 / p - (k - 1) / off_edge(k - 1, 1 - p)},
        lost={"p": lambda k, p: (geom, (p,), -k / p)},
        mean=lambda p: 1 / p,
        var=lambda p: (1 - p) / (p * p),
    ),
    DRAWN.format("geom", "p", "geometric(al.stop_gradient(p)"),
)
nbinom: Distribution = distribution(
    "nbinom",
    Counting(
        ("n", "p"),
        slopes={
            "n": lambda k, n, p: sp.psi(k + n) - sp.psi(n) + np.log(p),
            "p": lambda k, n, p: n / p - k / off_edge(k, 1 - p),
        },
        lost={"p": lambda k, n, p: (nbinom, (n, p), -(n + k) / p)},
        mean=lambda n, p: n * (1 - p) / p,
        var=lambda n, p: n * (1 - p) / (p * p),
    ),
    DRAWN.format("nbinom", "n, p", "negative_binomial(n, al.stop_gradient(p)"),
)


def by_shape(k: Array, n: Array, a: Array, b: Array) -> Array:
    """The slope of ln B(k + a, n − k + b) − ln B(a, b) by a."""
    return sp.psi(k + a) - sp.psi(n + a + b) + sp.psi(a + b) - sp.psi(a)


betabinom = distribution(
    "betabinom",
    Counting(
        ("n", "a", "b"),
        slopes={"a": by_shape, "b": lambda k, n, a, b: by_shape(n - k, n, b, a)},
        lost={},
        mean=lambda n, a, b: n * a / (a + b),
        var=lambda n, a, b: n * a * b * (a + b + n) / ((a + b) ** 2 * (a + b + 1)),
    ),
    DRAWN.format(
        "betabinom",
        "n, a, b",
        "binomial(n, rng.beta(al.stop_gradient(a), al.stop_gradient(b), size)",
    ),
)
