"""Densities, probabilities and quantiles of continuous distributions, by every argument."""

from functools import partial

import numpy as np

from autograd_lite.scipy import stats
from tests.support.rows.row import Row


def anywhere(f, x, *values):
    *of_shape, loc, scale = values
    return f(x, *of_shape, loc=loc, scale=scale)


def above(f, x, *values):
    """On a half line from a place below 0."""
    *of_shape, loc, scale = values
    return f(x, *of_shape, loc=-loc, scale=scale)


def above_one(f, x, b, loc, scale):
    """On a half line from 1."""
    return f(x, b, loc=-1 - loc, scale=scale / 3)


def between(f, x, *values):
    """On an interval that x is in."""
    *of_shape, loc, scale = values
    return f(x, *of_shape, loc=-loc, scale=scale + 2)


def beside(f, x, *values):
    """Off the kink at the location."""
    *of_shape, loc, scale = values
    return f(x + 2 * loc, *of_shape, 2 * loc, scale)


def beside_the_peak(f, x, c, loc, scale):
    return between(f, x, c / 60, loc, scale)


def around_zero(f, x, a, b, loc, scale):
    return f(x, -a, b, loc / 4, scale + 1)


def within(f, x, a, b, loc, scale):
    return f(x, a / 32, b + 13, -loc, scale)


#: For each the domains of x and of the location, how it is called, and those of its shapes.
PLACES = {
    stats.norm: ("real", "real", anywhere),
    stats.lognorm: ("positive", "unit", above, "above one"),
    stats.expon: ("positive", "unit", above),
    stats.gamma: ("positive", "unit", above, "above one"),
    stats.chi2: ("positive", "unit", above, "above one"),
    stats.beta: ("unit", "unit", between, "above one", "above one"),
    stats.t: ("real", "real", anywhere, "above one"),
    stats.cauchy: ("real", "real", anywhere),
    stats.laplace: ("separated", "real", beside),
    stats.logistic: ("real", "real", anywhere),
    stats.uniform: ("unit", "unit", between),
    stats.f: ("positive", "unit", above, "above one", "above one"),
    stats.gennorm: ("separated", "real", beside, "above one"),
    stats.gumbel_l: ("real", "real", anywhere),
    stats.gumbel_r: ("real", "real", anywhere),
    stats.halfcauchy: ("positive", "unit", above),
    stats.halfnorm: ("positive", "unit", above),
    stats.invgamma: ("positive", "unit", above, "above one"),
    stats.invgauss: ("positive", "unit", above, "above one"),
    stats.loguniform: ("positive", "unit", within, "above one", "above one"),
    stats.maxwell: ("positive", "unit", above),
    stats.pareto: ("positive", "unit", above_one, "above one"),
    stats.rayleigh: ("positive", "unit", above),
    stats.skewnorm: ("positive", "unit", above, "above one"),  # SciPy's lower tail has few digits
    stats.triang: ("unit", "unit", beside_the_peak, "unit"),
    stats.truncnorm: ("within one", "unit", around_zero, "above one", "above one"),
    stats.vonmises: ("real", "unit", anywhere, "above one"),
    stats.weibull_min: ("positive", "unit", above, "above one"),
    stats.wrapcauchy: ("unit", "unit", between, "unit"),
}

#: Those of every kind of rule that each run of the tests takes.
QUICK = {
    *(stats.norm.logpdf, stats.norm.pdf, stats.norm.cdf, stats.norm.ppf),
    *(stats.gamma.logpdf, stats.weibull_min.logsf, stats.gamma.entropy),
}

#: Distributions whose second derivatives jump at the median.
BENT = {stats.laplace, stats.gennorm}

#: Distributions whose mean and variance exist for large shapes only.
HEAVY = {stats.t, stats.f, stats.invgamma, stats.pareto}


def rows(dist):
    x, loc, call, *shapes = PLACES[dist]
    for name, f in dist.methods.items():
        settings = {"side": 1, "step": False, "slow": f not in QUICK}
        if dist is stats.vonmises and name in ("ppf", "isf"):  # SciPy solves for each number
            settings["shapes"] = [((),) * 4]
        if name in ("mean", "var", "entropy"):
            of_all = lambda *p, f=f: call(lambda _, *p, **k: f(*p, **k), 0.0, *p)
            if dist in HEAVY:
                of_all = lambda *p, g=of_all: g(*[s + np.float64(4) for s in p[:-2]], *p[-2:])
            yield Row(f, *shapes, loc, "positive", call=of_all, bits=False, **settings)
            continue
        q = "unit" if name in ("ppf", "isf") else x
        g = f
        if q != x and dist in BENT:
            g = lambda q, *p, f=f, **k: f(q / 4, *p, **k)
        if q != x and call is beside:
            yield Row(
                f.__wrapped__, q, *shapes, loc, "positive", call=partial(anywhere, g), **settings
            )
        else:
            yield Row(f.__wrapped__, q, *shapes, loc, "positive", call=partial(call, g), **settings)


ROWS = [row for dist in PLACES for row in rows(dist)]
