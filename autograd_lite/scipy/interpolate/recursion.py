"""B-splines by coefficients, knots and points: de Boor's recursion, with SciPy's values.

d[j] = (1 − α) d[j−1] + α d[j], α = (q − t[j+i−k]) / (t[j+1+i−r] − t[j+i−k]).  (de Boor 1978)
"""

from typing import Any

import numpy as np
import scipy.interpolate as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import strip
from autograd_lite.scipy.integrate.values import array, beside, valued

Array = Any


@primitive
def splines(t: Array, c: Array, q: Array, k: int, *, nu: int = 0, extrapolate: Any = True) -> Array:
    """SciPy's value of a spline, as a constant."""
    return theirs.BSpline(t, c, k, extrapolate)(q, nu)


rule(splines, t=None, c=None, q=None)


def column(x: Array, ndim: int) -> Array:
    """A row as a column, beside values of so many axes."""
    return np.reshape(x, (-1,) + (1,) * (ndim - 1))


def placed(made: Array, ndim: int, axis: int) -> Array:
    """What points have for a value, with their axes in the place of that of the samples."""
    if axis == 0:
        return made
    order = [*range(ndim, ndim + axis), *range(ndim), *range(ndim + axis, np.ndim(made))]
    return np.transpose(made, order)


class TrackedSpline:
    """A B-spline some of whose numbers are Tensors: see `scipy.interpolate.BSpline`."""

    def __init__(self, t: Array, c: Array, k: int, extrapolate: Any = True, axis: int = 0) -> None:
        self.t, self.c, self.k = t, c, k
        self.extrapolate, self.axis = extrapolate, axis

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        """The value at points, or that of the derivative of order ``nu``."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        q, k, n = array(x), self.k, np.shape(self.c)[0]
        value = splines(strip(self.t), strip(self.c), strip(q), k=k, nu=nu, extrapolate=extrapolate)
        t, c = beside(self.t, q), beside(self.c, q)
        for _ in range(nu):
            t, c, k = lowered(t, c, k) if k else (t, 0 * c, k)
        n = np.shape(c)[0]
        at = np.reshape(q, (-1,))
        if extrapolate == "periodic":
            at = t[k] + (at - t[k]) % (t[n] - t[k])
        where = np.clip(np.searchsorted(strip(t), strip(at), side="right") - 1, k, n - 1)
        d = [np.take(c, where - k + j, axis=0) for j in range(k + 1)]
        ndim = np.ndim(c)
        for r in range(1, k + 1):
            for j in range(k, r - 1, -1):
                low = np.take(t, where - k + j, axis=0)
                high = np.take(t, where + 1 + j - r, axis=0)
                alpha = column((at - low) / (high - low), ndim)
                d[j] = (1 - alpha) * d[j - 1] + alpha * d[j]
        total = d[k]
        if extrapolate is False:
            inside = (strip(at) >= strip(t)[k]) & (strip(at) <= strip(t)[n])
            total = np.where(column(inside, ndim), total, 0.0)
        made = valued(np.reshape(total, np.shape(value)), value)
        return placed(made, np.ndim(q), self.axis)

    def derivative(self, nu: int = 1) -> "TrackedSpline":
        """The spline that is the derivative."""
        t, c, k = self.t, self.c, self.k
        for _ in range(nu):
            t, c, k = lowered(t, c, k)
        return TrackedSpline(t, c, k, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> "TrackedSpline":
        """The spline that is the integral from the first knot on, ``nu`` times."""
        t, c, k = self.t, self.c, self.k
        for _ in range(nu):
            n = np.shape(c)[0]
            widths = column(t[k + 1 : n + k + 1] - t[:n], np.ndim(c))
            sums = np.cumsum(c * widths, axis=0) / (k + 1)
            c = np.concatenate([np.zeros_like(sums[:1]), sums])
            t, k = np.concatenate([t[:1], t, t[-1:]]), k + 1
        extrapolate = False if self.extrapolate == "periodic" else self.extrapolate
        return TrackedSpline(t, c, k, extrapolate, self.axis)

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """The integral from ``a`` to ``b``; TypeError if the spline is periodic."""
        if (self.extrapolate if extrapolate is None else extrapolate) == "periodic":
            raise TypeError(
                "BSpline.integrate of a periodic spline of Tensors has no derivative here; add "
                "whole periods by hand, with extrapolate=True for the rest"
            )
        whole = self.antiderivative()
        return whole(b, 0, True) - whole(a, 0, True)


def lowered(t: Array, c: Array, k: int) -> tuple[Array, Array, int]:
    """The derivative: k (cᵢ₊₁ − cᵢ) / (tᵢ₊ₖ₊₁ − tᵢ₊₁)."""
    n = np.shape(c)[0]
    widths = column(t[k + 1 : n + k] - t[1:n], np.ndim(c))
    return t[1:-1], np.diff(c, axis=0) * k / widths, k - 1
