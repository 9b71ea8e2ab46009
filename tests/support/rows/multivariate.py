"""The multivariate normal distribution: by points, mean and covariance."""

from autograd_lite.scipy.stats import multivariate_normal
from autograd_lite.scipy.stats.multivariate import gaussian
from tests.support.rows.row import Row


def symmetric(f):
    return lambda x, mean, cov: f(x, mean, (cov + cov.T) / 2)


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
    for f in (gaussian, multivariate_normal.logpdf, multivariate_normal.pdf)
]
