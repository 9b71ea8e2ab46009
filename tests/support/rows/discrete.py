"""Masses and probabilities of discrete distributions, by their parameters."""

from autograd_lite.scipy import stats
from tests.support.rows.row import Row


def rows(dist, domain, *before):
    """The counts are no floats, since the checks would shake these off the integers."""
    for name, f in dist.methods.items():
        k = 2 if "logsf" not in name else 1
        yield Row(
            f.__wrapped__,
            domain,
            call=lambda p, f=f, k=k: f(k, *before, p, loc=1),
            side=1,
            step=False,
            slow=f is not stats.poisson.logpmf,
        )


ROWS = [
    *rows(stats.poisson, "positive"),
    *rows(stats.binom, "unit", 2),
    *rows(stats.bernoulli, "unit"),
]
