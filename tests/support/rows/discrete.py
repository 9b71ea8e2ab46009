"""Masses and probabilities of discrete distributions, by their parameters."""

import numpy as np

from autograd_lite.scipy import stats
from tests.support.rows.row import Row

#: Counts on both sides of the ends of the supports, and between two integers; the last has slopes.
COUNTS = np.array([-1.0, 0.0, 4.0, 3.0, 2.5, 1.0])[:, None, None, None]


def rows(dist, domain, *before):
    for name, f in dist.methods.items():
        yield Row(
            f,
            domain,
            call=lambda p, f=f, name=name: summed(f, name, *before, p),
            step=False,
            slow=name != "logpmf",
        )


def summed(f, name, *parameters):
    """Of all counts, where the value is finite."""
    y = f(COUNTS, *parameters, loc=1)
    return np.sum(np.where(np.isinf(y), 0, y), axis=0)


ROWS = [
    *rows(stats.poisson, "positive"),
    *rows(stats.binom, "unit", 2),
    *rows(stats.bernoulli, "unit"),
]
