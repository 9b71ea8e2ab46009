"""Distributions of vectors and matrices, by points and parameters; a density of kernels."""

from functools import partial

import numpy as np

import autograd_lite as al
from autograd_lite.scipy import stats
from autograd_lite.scipy.stats.multivariate import gaussian
from tests.support.rows.row import Row

COUNTS, SHARES = np.array([[1, 2, 3], [6, 0, 0]]), np.array([[0.2, 0.3], [0.3, 0.6]])


def even(x):
    return (x + x.T) / 2


def number(df):
    """SciPy takes no array for degrees of freedom."""
    return df if isinstance(df, al.Tensor) or not hasattr(df, "item") else df.item()


def symmetric(f):
    return lambda x, mean, cov: f(x, mean, even(cov))


row = partial(Row, step=False, bits=False, slow=True)
ROWS = [
    Row(
        f,
        *("real", "real", "definite"),
        shapes=[((2,), (2,), (2, 2)), ((3, 2), (2,), (2, 2)), ((2, 3, 3), (3,), (3, 3))],
        call=symmetric(f),
        step=False,
        bits=False,
        slow=f is not gaussian,
    )
    for f in (gaussian, stats.multivariate_normal.logpdf, stats.multivariate_normal.pdf)
]
ROWS += [
    row(
        stats.multivariate_normal.entropy,
        "definite",
        shapes=[(2, 2), (3, 3)],
        call=lambda cov: stats.multivariate_normal.entropy(cov=even(cov)),
    ),
    *[
        row(
            f,
            *("real", "real", "definite", "above one"),
            shapes=[((2,), (2,), (2, 2), ()), ((3, 2), (2,), (2, 2), ())],
            call=lambda x, loc, cov, df, f=f: f(x, loc, even(cov), number(df)),
        )
        for f in stats.multivariate_t.methods.values()
    ],
    *[
        row(
            f,
            *("definite", "above one", "definite"),
            shapes=[((2, 2), (), (2, 2)), ((3, 3), (), (3, 3))],
            call=lambda x, df, scale, f=f: f(even(x), number(df) + 2, even(scale)),
        )
        for dist in (stats.wishart, stats.invwishart)
        for f in dist.methods.values()
    ],
    *[
        row(f, "positive", shapes=[(3,)], call=lambda a, f=f, x=x: f(*x, a))
        for name, f in stats.dirichlet.methods.items()
        for x in [[SHARES] if "pdf" in name else []]
    ],
    *[
        row(f, "positive", shapes=[(3,)], call=lambda p, f=f: f(COUNTS, 6, p / np.sum(p)))
        for f in stats.multinomial.methods.values()
    ],
    *[
        row(
            stats.gaussian_kde,
            *("separated", "real"),
            shapes=[((2, 5), (2, 3)), ((1, 4), (1, 2))],
            call=lambda data, x, of=of: getattr(stats.gaussian_kde(data), of)(x),
        )
        for of in ("logpdf", "evaluate")
    ],
]
