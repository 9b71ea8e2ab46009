"""Piecewise polynomials: c[k, i] are the coefficients of (q − xᵢ)^(K−1−k) between xᵢ and xᵢ₊₁.

Coefficients, places and points may all vary: what is computed of them is a composition, and the
value is SciPy's.
"""

from functools import cache
from typing import Any

import numpy as np
import scipy.interpolate as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.gathering import holds
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import strip
from autograd_lite.scipy.integrate.values import array, beside, valued
from autograd_lite.scipy.interpolate.recursion import TrackedSpline, placed

Array = Any

ROOTS = (
    "{kind}.{name} of Tensors has no derivative here; take it of a spline of plain numbers, and "
    "add a Newton step for the root: r - s(r) / al.stop_gradient(s(r, 1))"
)


@primitive
def polynomials(c: Array, x: Array, q: Array, nu: int = 0, extrapolate: Any = True) -> Array:
    """SciPy's value of piecewise polynomials, as a constant."""
    return theirs.PPoly.construct_fast(c, x, extrapolate)(q, nu)


rule(polynomials, c=None, x=None, q=None)


def segments(x: Array, q: Array) -> Array:
    """The interval that each point is in; the first or last one outside of all."""
    return np.clip(np.searchsorted(x, q, side="right") - 1, 0, np.shape(x)[0] - 2)


def derived(c: Array, nu: int) -> Array:
    """The coefficients of the derivative of order ``nu``; of an integral where that is negative."""
    for _ in range(nu):
        n = np.shape(c)[0]
        powers = np.arange(n - 1, 0, -1.0)
        shape = (-1,) + (1,) * (np.ndim(c) - 1)
        c = c[:-1] * np.reshape(powers, shape) if n > 1 else 0 * c
    return c


class TrackedPoly:
    """Piecewise polynomials some of whose numbers are Tensors, under the name and axis of SciPy's.

    ``c`` and ``x`` are as in `scipy.interpolate.PPoly`; calls and derivatives have gradients.
    """

    def __init__(self, kind: str, c: Array, x: Array, extrapolate: Any, axis: int = 0) -> None:
        self.kind, self.c, self.x = kind, c, x
        self.extrapolate, self.axis = extrapolate, axis

    def __call__(self, x: Any, nu: int = 0, extrapolate: Any = None) -> Any:
        """The value at points, or that of the derivative of order ``nu``."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        q = array(x)
        value = polynomials(strip(self.c), strip(self.x), strip(q), nu=nu, extrapolate=extrapolate)
        at = np.reshape(q, (-1,))
        if extrapolate == "periodic":
            at = self.x[0] + (at - self.x[0]) % (self.x[-1] - self.x[0])
        where = segments(strip(self.x), strip(at))
        c, begins = np.take(beside(self.c, q), where, axis=1), np.take(beside(self.x, q), where)
        shape = (-1,) + (1,) * (np.ndim(c) - 2)
        d = np.reshape(at - begins, shape)
        c = derived(c, nu)
        total = c[0]
        for k in range(1, np.shape(c)[0]):
            total = total * d + c[k]
        if extrapolate is False:
            inside = (strip(at) >= strip(self.x)[0]) & (strip(at) <= strip(self.x)[-1])
            total = np.where(np.reshape(inside, shape), total, 0.0)
        made = valued(np.reshape(total, np.shape(value)), value)
        return placed(made, np.ndim(q), self.axis)

    def derivative(self, nu: int = 1) -> "TrackedPoly":
        """The piecewise polynomial that is the derivative."""
        if nu < 0:
            return self.antiderivative(-nu)
        return TrackedPoly("PPoly", derived(self.c, nu), self.x, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> "TrackedPoly":
        """The integral from the first place on, ``nu`` times."""
        if nu <= 0:
            return self.derivative(-nu)
        c, x = self.c, self.x
        for _ in range(nu):
            shape = (-1,) + (1,) * (np.ndim(c) - 1)
            c = c / np.reshape(np.arange(np.shape(c)[0], 0, -1.0), shape)
            widths = np.reshape(np.diff(x), (-1,) + (1,) * (np.ndim(c) - 2))
            total = c[0]
            for row in range(1, np.shape(c)[0]):
                total = total * widths + c[row]
            sums = np.cumsum(total * widths, axis=0)
            start = np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])
            c = np.concatenate([c, start[np.newaxis]])
        extrapolate = False if self.extrapolate == "periodic" else self.extrapolate
        return TrackedPoly("PPoly", c, x, extrapolate, self.axis)

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Any:
        """The integral from ``a`` to ``b``; TypeError if the function is periodic."""
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        if extrapolate == "periodic":
            raise TypeError(
                f"{self.kind}.integrate of a periodic function of Tensors has no derivative here; "
                f"add whole periods by hand, with extrapolate=True for the rest"
            )
        whole = self.antiderivative()
        return whole(b, 0, extrapolate) - whole(a, 0, extrapolate)

    def solve(self, *args: Any, **options: Any) -> Any:
        raise TypeError(ROOTS.format(kind=self.kind, name="solve"))

    def roots(self, *args: Any, **options: Any) -> Any:
        raise TypeError(ROOTS.format(kind=self.kind, name="roots"))


def aware(spline: Any) -> Any:
    """SciPy's own spline, which takes Tensors as points."""
    kind: Any = type(spline)
    spline.__class__ = aware_kind(kind)
    return spline


@cache
def aware_kind(kind: Any) -> Any:
    """A class of SciPy's, with calls that take Tensors."""

    def call(self: Any, x: Any, *args: Any, **options: Any) -> Any:
        if tracked(x):
            return tracked_form(self)(x, *args, **options)
        return kind.__call__(self, x, *args, **options)

    def integrate(self: Any, a: Any, b: Any, *args: Any, **options: Any) -> Any:
        if tracked(a, b):
            return tracked_form(self).integrate(a, b, *args, **options)
        return kind.integrate(self, a, b, *args, **options)

    derivative = lambda self, nu=1: aware(kind.derivative(self, nu))
    antiderivative = lambda self, nu=1: aware(kind.antiderivative(self, nu))
    methods = {"__call__": call, "integrate": integrate, "__slots__": (), "__doc__": kind.__doc__}
    methods |= {"derivative": derivative, "antiderivative": antiderivative}
    return type(kind.__name__, (kind,), methods)


def tracked_form(spline: Any) -> Any:
    """The same spline for Tensors."""
    if hasattr(spline, "t"):
        return TrackedSpline(spline.t, spline.c, spline.k, spline.extrapolate, spline.axis)
    name = type(spline).__name__
    return TrackedPoly(name, spline.c, spline.x, spline.extrapolate, spline.axis)


def sampled(x: Any, y: Any, axis: int) -> tuple[Array, Array, int]:
    """Places and values as arrays of floats, with the axis of the samples first."""
    x, y = array(x), array(y)
    axis = axis % np.ndim(y)
    return x, np.moveaxis(y, axis, 0), axis


def tracked(*values: Any) -> bool:
    """Whether something among values stands for arrays."""
    return holds(values)
