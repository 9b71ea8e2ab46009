"""Densities and probabilities of continuous distributions, by value and by every parameter."""

from functools import partial

from autograd_lite.scipy import stats
from tests.support.rows.row import Row


def anywhere(f, x, *values):
    *of_shape, loc, scale = values
    return f(x, *of_shape, loc=loc, scale=scale)


def above(f, x, *values):
    """On a half line from a place below 0."""
    *of_shape, loc, scale = values
    return f(x, *of_shape, loc=-loc, scale=scale)


def between(f, x, *values):
    """On an interval that x is in."""
    *of_shape, loc, scale = values
    return f(x, *of_shape, loc=-loc, scale=scale + 1)


def beside(f, x, loc, scale):
    """Off the kink at the location."""
    return f(x + 2 * loc, 2 * loc, scale)


#: For each the domains of x and of the location, how it is called, and its shapes.
PLACES = {
    stats.norm: ("real", "real", anywhere, 0),
    stats.lognorm: ("positive", "unit", above, 1),
    stats.expon: ("positive", "unit", above, 0),
    stats.gamma: ("positive", "unit", above, 1),
    stats.chi2: ("positive", "unit", above, 1),
    stats.beta: ("unit", "unit", between, 2),
    stats.t: ("real", "real", anywhere, 1),
    stats.cauchy: ("real", "real", anywhere, 0),
    stats.laplace: ("separated", "real", beside, 0),
    stats.logistic: ("real", "real", anywhere, 0),
    stats.uniform: ("unit", "unit", between, 0),
}

#: What is known in closed form of a probability by a shape.
KNOWN = {stats.lognorm}

#: Those of every kind of rule that each run of the tests takes.
QUICK = {
    *(stats.norm.logpdf, stats.norm.pdf, stats.norm.cdf, stats.norm.logsf),
    stats.gamma.logpdf,
}


def rows(dist):
    x, loc, call, n = PLACES[dist]
    for name, f in dist.methods.items():
        shapes = ["above one"] * n
        settings = {"side": 1, "step": False, "slow": f not in QUICK}
        if n and "pdf" not in name and dist not in KNOWN:  # constants in place of the shapes
            yield Row(
                f,
                *(x, loc, "positive"),
                call=lambda x, *rest, f=f: call(f, x, *(1.3, 2.1)[:n], *rest),
                **settings,
            )
        else:
            yield Row(f, x, *shapes, loc, "positive", call=partial(call, f), **settings)


ROWS = [row for dist in PLACES for row in rows(dist)]
