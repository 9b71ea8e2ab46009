"""Distributions of ``scipy.stats``, whose densities have derivatives by value and parameters."""

from autograd_lite.scipy.stats.continuous import (
    beta,
    cauchy,
    chi2,
    expon,
    gamma,
    laplace,
    logistic,
    lognorm,
    norm,
    t,
    uniform,
)
from autograd_lite.scipy.stats.discrete import bernoulli, binom, poisson
from autograd_lite.scipy.stats.multivariate import multivariate_normal

__all__ = [
    "bernoulli",
    "beta",
    "binom",
    "cauchy",
    "chi2",
    "expon",
    "gamma",
    "laplace",
    "logistic",
    "lognorm",
    "multivariate_normal",
    "norm",
    "poisson",
    "t",
    "uniform",
]
