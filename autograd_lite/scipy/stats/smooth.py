"""Estimates from data: a density of Gaussian kernels; the mode and ranks, which are refused."""

import math
from typing import Any

import numpy as np
import scipy.stats as theirs

from autograd_lite.scipy.stats.distribution import Function, is_tracked
from autograd_lite.special import logsumexp

Array = Any


class gaussian_kde:
    """The density of Gaussian kernels at data, by points and by the data.

    ``dataset`` of shape (n,) or (d, n), ``bw_method`` and ``weights`` are as in SciPy.  The
    covariance of the kernels is that of the data, so it varies with them.  TypeError for weights
    that vary.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import stats
    >>> f = lambda data: stats.gaussian_kde(data).logpdf(0.0)[0]
    >>> al.grad(f)(np.array([-1.0, 0.0, 1.0])).round(3) + 0.0
    array([ 0.5,  0. , -0.5])
    """

    def __init__(self, dataset: Array, bw_method: Any = None, weights: Array = None) -> None:
        if is_tracked([weights]):
            raise TypeError(
                "gaussian_kde(weights=…) has no derivative by weights; give "
                "al.stop_gradient(weights), which is a constant"
            )
        self.varies = is_tracked([dataset])
        shape = np.shape(dataset)
        stand_in = np.random.default_rng(0).normal(size=shape) if self.varies else dataset
        self.theirs = theirs.gaussian_kde(stand_in, bw_method, weights)
        self.dataset = np.reshape(dataset, (-1, shape[-1])) if self.varies else self.theirs.dataset

    def logpdf(self, x: Array) -> Array:
        """The logarithm of the density at points of shape (m,) or (d, m)."""
        if not (self.varies or is_tracked([x])):
            return self.theirs.logpdf(x)
        data, weights = self.dataset, self.theirs.weights
        d = np.shape(data)[0]
        x = np.reshape(x, (d, -1)) if np.ndim(x) < 2 else x
        away = data - (data @ weights)[:, None]
        cov = (away * weights) @ np.transpose(away) / (1 - np.sum(weights**2))
        factor = np.linalg.cholesky(cov * self.theirs.factor**2)
        here, there = np.linalg.solve(factor, x), np.linalg.solve(factor, data)
        apart = np.sum((here[:, :, None] - there[:, None, :]) ** 2, axis=0)
        scale = d / 2 * math.log(2 * math.pi) + np.sum(np.log(np.diagonal(factor)))
        return logsumexp(np.log(weights) - apart / 2, axis=1) - scale

    def evaluate(self, points: Array) -> Array:
        """The density at points of shape (m,) or (d, m)."""
        plain = not (self.varies or is_tracked([points]))
        return self.theirs.evaluate(points) if plain else np.exp(self.logpdf(points))

    pdf = __call__ = evaluate

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("theirs", "varies") or self.varies:
            raise AttributeError(f"gaussian_kde of data that vary has no attribute {name!r}")
        return getattr(self.theirs, name)


def refused(function: Function, why: str) -> Function:
    """A function of SciPy's that takes no Tensors, with what to write in its place."""

    def call(a: Array, *args: Any, **options: Any) -> Any:
        if is_tracked([a, *args, *options.values()]):
            raise TypeError(f"{function.__name__} of Tensors has no derivative: {why}")
        return function(a, *args, **options)

    call.__name__ = call.__qualname__ = function.__name__
    call.__doc__ = f"``scipy.stats.{function.__name__}``, of plain arrays."
    return call


mode = refused(
    theirs.mode,
    "which value is the most frequent jumps; give al.stop_gradient(a), which is a constant",
)
rankdata = refused(
    theirs.rankdata,
    "ranks are whole numbers, which jump; give al.stop_gradient(a), which is a constant",
)
