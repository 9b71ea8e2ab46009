"""Masses and probabilities of discrete distributions, by their parameters."""

from autograd_lite.scipy import stats
from tests.support.rows.row import Row

#: The domains of the parameters that vary, after those that are integers.
PLACES = {
    stats.poisson: ("positive",),
    stats.binom: (2, "unit"),
    stats.bernoulli: ("unit",),
    stats.geom: ("unit",),
    stats.nbinom: ("positive", "unit"),
    stats.betabinom: (5, "positive", "positive"),
}
#: The counts at which probabilities vary with all parameters, where that is not 1: from 0 on.
COUNTS = {stats.bernoulli: 0, stats.geom: 2}
#: By the number of failures, and by the shapes, a probability has no closed form.
UNKNOWN = {stats.nbinom: (2.5, "unit"), stats.betabinom: None}


def rows(dist):
    """The counts are no floats, since the checks would shake these off the integers."""
    for name, f in dist.methods.items():
        place = PLACES[dist]
        if name in ("cdf", "sf", "logcdf", "logsf"):
            place = UNKNOWN.get(dist, place)
        if place is None:
            continue
        before = [p for p in place if type(p) is not str]
        count = COUNTS.get(dist, 1) + 1  # as all are moved by one
        counts = [] if name in ("mean", "var", "entropy") else [count]
        yield Row(
            getattr(f, "__wrapped__", f),
            *[p for p in place if type(p) is str],
            call=lambda *p, f=f, first=(*counts, *before): f(*first, *p, loc=1),
            side=1,
            step=False,
            bits=bool(counts),
            slow=f is not stats.poisson.logpmf,
        )


ROWS = [row for dist in PLACES for row in rows(dist)]
