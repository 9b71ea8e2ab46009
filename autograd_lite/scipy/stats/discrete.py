"""Discrete distributions: derivatives of their masses and probabilities by their parameters.

What is an integer, as a count k, a number of trials n and a location are, is constant to them.  A
probability of at most k falls by ``lost`` as its parameter grows: a mass times a factor.
"""

from inspect import Parameter
from typing import Any, NamedTuple

import numpy as np
import scipy.stats as theirs

from autograd_lite.core.tracked import branch
from autograd_lite.rules.special.edges import off_edge
from autograd_lite.scipy.stats.distribution import (
    DISCRETE,
    Distribution,
    Function,
    asks_for,
    recorded,
    state,
    step_of,
)

Array = Any


class Counting(NamedTuple):
    """What the rules of a distribution of counts are made of.

    ``slope``: that of ln f by the parameter ``by``, of k and the parameters.  ``lost``: the name of
    the distribution whose mass is lost, its parameters of those of this one, and a factor.
    """

    arguments: tuple[str, ...]
    by: str
    slope: Function
    lost: Function


def emptied(out: Array, y: Array) -> Array:
    """``y``, and 0 where ``out`` holds."""
    return np.where(out, 0, y) if branch(np.any(out)) else y


def of_mass(family: Counting, *, logarithm: bool) -> Function:
    """The rule of ln f, or of f."""

    def rule(g: Array, y: Array, k: Array, *values: Array) -> Array:
        *parameters, loc = values
        k = k - loc
        out = np.isinf(y) if logarithm else y == 0
        if branch(np.any(out)):
            k = np.where(out, 0, k)
        slope = emptied(out, family.slope(k, *parameters))
        return g * slope if logarithm else g * (y * slope)

    return rule


def of_probability(family: Counting, *, upper: bool) -> Function:
    """The rule of F, or of 1 − F."""

    def rule(g: Array, k: Array, *values: Array) -> Array:
        *parameters, loc = values
        dist, others, factor = family.lost(*parameters)
        flow = factor * dist.pmf(np.floor(k - loc), *others)
        return g * flow if upper else -g * flow

    return rule


def of_log_probability(family: Counting, *, upper: bool) -> Function:
    """The rule of ln F, or of ln (1 − F)."""

    def rule(g: Array, y: Array, k: Array, *values: Array) -> Array:
        *parameters, loc = values
        dist, others, factor = family.lost(*parameters)
        ln_f = dist.logpmf(np.floor(k - loc), *others)
        out = np.isinf(ln_f) | np.isinf(y)
        ratio = factor * emptied(out, np.exp(emptied(out, ln_f) - emptied(out, y)))
        return g * ratio if upper else -g * ratio

    return rule


def distribution(name: str, family: Counting, draws: str) -> Distribution:
    """The distribution of SciPy's of that name, with rules made of what its family says."""
    dist = getattr(theirs, name)
    arguments: dict[str, Any] = dict.fromkeys(["k", *family.arguments], Parameter.empty)
    arguments["loc"] = 0
    rules = {
        "logpmf": of_mass(family, logarithm=True),
        "pmf": of_mass(family, logarithm=False),
        "cdf": of_probability(family, upper=False),
        "sf": of_probability(family, upper=True),
        "logcdf": of_log_probability(family, upper=False),
        "logsf": of_log_probability(family, upper=True),
    }
    made = {m: recorded(dist, m, arguments, globals()) for m in DISCRETE}
    for m, rule in rules.items():
        also = () if m in ("cdf", "sf") else ("y",)
        stated = asks_for([*arguments], rule, *also)
        state(step_of(made[m]), {a: stated if a == family.by else None for a in arguments})
    return Distribution(dist, made, draws)


def by_chance(k: Array, n: Array, p: Array) -> Array:
    """The slope of k ln p + (n − k) ln (1 − p)."""
    return k / off_edge(k, p) - (n - k) / off_edge(n - k, 1 - p)


# ---- the table ----

poisson: Distribution = distribution(
    "poisson",
    Counting(
        ("mu",),
        by="mu",
        slope=lambda k, mu: k / off_edge(k, mu) - 1,
        lost=lambda mu: (poisson, (mu,), 1),
    ),
    "poisson.logpmf(k, mu) times what follows of k = rng.poisson(al.stop_gradient(mu), size)",
)
binom: Distribution = distribution(
    "binom",
    Counting(
        ("n", "p"),
        by="p",
        slope=by_chance,
        lost=lambda n, p: (binom, (np.maximum(n - 1, 0), p), n),
    ),
    "binom.logpmf(k, n, p) times what follows of k = rng.binomial(n, al.stop_gradient(p), size)",
)
bernoulli = distribution(
    "bernoulli",
    Counting(
        ("p",),
        by="p",
        slope=lambda k, p: by_chance(k, 1, p),
        lost=lambda p: (binom, (0, p), 1),
    ),
    "bernoulli.logpmf(k, p) times what follows of k = rng.binomial(1, al.stop_gradient(p), size)",
)
