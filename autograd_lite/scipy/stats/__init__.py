"""Distributions of ``scipy.stats``, whose densities have derivatives by value and parameters."""

from autograd_lite.scipy.stats.discrete import (
    bernoulli,
    betabinom,
    binom,
    geom,
    nbinom,
    poisson,
)
from autograd_lite.scipy.stats.matrices import invwishart, wishart
from autograd_lite.scipy.stats.multivariate import multivariate_normal, multivariate_t
from autograd_lite.scipy.stats.on_half_line import (
    chi2,
    expon,
    f,
    gamma,
    halfcauchy,
    halfnorm,
    invgamma,
    invgauss,
    lognorm,
    maxwell,
    pareto,
    rayleigh,
    weibull_min,
)
from autograd_lite.scipy.stats.on_interval import (
    beta,
    loguniform,
    triang,
    truncnorm,
    uniform,
    wrapcauchy,
)
from autograd_lite.scipy.stats.on_line import (
    cauchy,
    gennorm,
    gumbel_l,
    gumbel_r,
    laplace,
    logistic,
    norm,
    skewnorm,
    t,
    vonmises,
)
from autograd_lite.scipy.stats.simplex import dirichlet, multinomial
from autograd_lite.scipy.stats.smooth import gaussian_kde, mode, rankdata

__all__ = [
    "bernoulli",
    "beta",
    "betabinom",
    "binom",
    "cauchy",
    "chi2",
    "dirichlet",
    "expon",
    "f",
    "gamma",
    "gaussian_kde",
    "gennorm",
    "geom",
    "gumbel_l",
    "gumbel_r",
    "halfcauchy",
    "halfnorm",
    "invgamma",
    "invgauss",
    "invwishart",
    "laplace",
    "logistic",
    "lognorm",
    "loguniform",
    "maxwell",
    "mode",
    "multinomial",
    "multivariate_normal",
    "multivariate_t",
    "nbinom",
    "norm",
    "pareto",
    "poisson",
    "rankdata",
    "rayleigh",
    "skewnorm",
    "t",
    "triang",
    "truncnorm",
    "uniform",
    "vonmises",
    "weibull_min",
    "wishart",
    "wrapcauchy",
]


def __dir__() -> list[str]:
    return [*__all__]
