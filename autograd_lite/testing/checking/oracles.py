"""Derivatives without backpropagation: how a function of a real vector changes along a direction.

There are three oracles: exact arithmetic with dual numbers among Fractions, a complex step, and
differences.  These know their error.  Where the slopes to the left and to the right differ, they
give an interval.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import total_ordering
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.trees import tree_leaves
from autograd_lite.testing.checking.shaken import Shaking
from autograd_lite.testing.checking.vectors import (
    Layout,
    Vector,
    close,
    flat,
    objects,
    precision,
)

#: The imaginary step: far below rounding, so that its square vanishes.
IMAGINARY = 1e-200
#: Steps of differences, relative to the first one; smaller ones are for what lies near.
RUNGS = (1.0, 2.0**-5, 2.0**-10, 2.0**-20)
#: How much larger the error is than two steps show if a kink hides beyond a quarter of the first.
HIDDEN = 6
#: What a function may say when it is moved to where it is not defined.
UNDEFINED = (ArithmeticError, ValueError, np.linalg.LinAlgError)


class Slopes(NamedTuple):
    """For each result, an interval of derivatives along a direction, and the doubt of its ends."""

    low: Vector
    high: Vector
    doubt: Vector

    def kinked(self, weights: Vector) -> bool:
        """Whether slopes to the left and the right differ in a result that counts."""
        return bool(np.any((self.low != self.high) & (weights != 0)))


class Function:
    """A function of trees as a function from real vectors to real vectors."""

    def __init__(self, f: Callable[..., Any], layout: Layout) -> None:
        self.f = f
        self.layout = layout
        self.wide = True
        self.wide = self._widens()
        narrow = [] if self.wide else [precision(b.dtype) for b in layout.blocks]
        #: The relative rounding of the computation.
        self.eps = max([precision(np.dtype(float)), *narrow])
        #: The magnitude of a step along each coordinate.
        self.size = np.maximum(np.abs(layout.vector), 1)

    def leaves(self, vector: Vector) -> list[Any]:
        args = self.layout.at(vector, wide=self.wide)
        with np.errstate(all="ignore"):
            return [np.asarray(y) for y in tree_leaves(self.f(*args))]

    def __call__(self, vector: Vector) -> Vector:
        return flat(self.leaves(vector))

    def _widens(self) -> bool:
        """Whether the function computes in double precision when it is given that."""
        blocks = self.layout.blocks
        if all(b.dtype.char in "dDgGO" for b in blocks):
            return True
        try:
            results = self.leaves(self.layout.vector)
            self.wide = False
            narrow = flat(self.leaves(self.layout.vector))
        except Exception:  # other packages have errors of their own
            return False
        if not all(y.dtype.char in "dDgG" for y in results):
            return False
        wide = flat(results)
        return bool(wide.shape == narrow.shape and np.allclose(wide, narrow, 0.05, 1e-2))


# ---- exact ----


@total_ordering
class Dual:
    """A dual number, value + slope·ε with ε² = 0: exact derivatives of polynomials and quotients.

    Value and slope may be Fractions, and then nothing is rounded.

    >>> from fractions import Fraction
    >>> x = Dual(Fraction(3), Fraction(1))
    >>> (1 / (x * x)).slope
    Fraction(-2, 27)
    """

    __slots__ = ("slope", "value")

    def __init__(self, value: Any, slope: Any = 0) -> None:
        self.value = value
        self.slope = slope

    def __repr__(self) -> str:
        return f"{self.value} + {self.slope}ε"

    def __add__(self, other: Any) -> Dual:
        o = _dual(other)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __mul__(self, other: Any) -> Dual:
        o = _dual(other)
        return Dual(self.value * o.value, self.slope * o.value + self.value * o.slope)

    def __truediv__(self, other: Any) -> Dual:
        o = _dual(other)
        y = self.value / o.value
        return Dual(y, (self.slope - y * o.slope) / o.value)

    def __pow__(self, n: Any) -> Dual:
        n = _dual(n)
        if n.slope or n.value != int(n.value):
            raise TypeError(f"a power of a dual number needs an integer exponent, not {n}")
        n = int(n.value)
        return Dual(self.value**n, n * self.value ** (n - 1) * self.slope if n else 0 * self.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __pos__(self) -> Dual:
        return self

    def __sub__(self, other: Any) -> Dual:
        return self + -_dual(other)

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self) -> Dual:
        return -self if self.value < 0 else self

    def conjugate(self) -> Dual:
        return self

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == _dual(other).value)

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < _dual(other).value)

    __hash__ = None  # type: ignore[assignment]


def _dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x)


class Exact:
    """Dual numbers over Fractions, through arrays of objects: nothing is rounded."""

    name = "exact, in Fractions"

    def __init__(self, f: Function) -> None:
        self.f = f

    def slopes(self, v: Vector) -> Slopes:
        duals = map(Dual, self.f.layout.vector, v)
        b = objects(y.slope if isinstance(y, Dual) else 0 for y in self.f(objects(duals)))
        return Slopes(b, b, np.zeros(b.shape))


# ---- complex step ----


class ComplexStep:
    """Im f(x + ihv) / h: exact to rounding where f continues analytically to complex numbers."""

    name = "complex step"

    def __init__(self, f: Function) -> None:
        self.f = f

    def slopes(self, v: Vector) -> Slopes:
        s = np.imag(self._beside(v, IMAGINARY)) / IMAGINARY
        return Slopes(s, s, np.zeros(s.shape))

    def _beside(self, v: Vector, step: float) -> Vector:
        """The results at an imaginary step."""
        results = self.f.leaves(self.f.layout.vector + 1j * step * v)
        return np.concatenate([y.ravel() for y in results] or [np.zeros(0)])

    def valid(self, v: Vector, differences: Differences) -> bool:
        """Whether the slope can be trusted.

        Nothing may warn, and the value must stay.  A step to the other side and differences must
        give the same slope, with no kink along ``v``.
        """
        f = self.f
        if not f.wide or any(b.dtype.kind != "f" for b in f.layout.blocks):
            return False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                results = self._beside(v, IMAGINARY)
                there = np.imag(self._beside(v, -2 * IMAGINARY)) / (-2 * IMAGINARY)
        except Exception:  # whatever a function says to a complex number, it is a no
            return False
        here = np.imag(results) / IMAGINARY
        same_value = close(np.real(results), differences.value, 1e-9)
        if results.dtype.kind != "c" or not (same_value and close(here, there, 1e-9)):
            return False
        low, high, doubt = differences.slopes(v)
        unknown = ~np.isfinite(doubt)  # where f is not defined nearby, it is not contradicted
        far = np.abs(here - low) > 2 * doubt + 1e-6 * np.max(np.abs(here), initial=0)
        return not np.any(((low != high) | far) & ~unknown)


# ---- differences ----


class Differences:
    """Central differences at two steps, extrapolated: their disagreement bounds the error.

    There is a kink where the slopes to the right and to the left disagree by more than their own
    errors.  Every number between them is a derivative then.  The step shrinks until the error is
    good, since a kink or the end of the domain may be near.  The error never falls below that of
    rounding, which is measured.  ``kinked`` marks coordinates where a kink is declared, and
    ``floor`` is the size of what may have cancelled in the results.
    """

    name = "differences"

    def __init__(self, f: Function, kinked: Vector, floor: float, rng: np.random.Generator) -> None:
        self.f = f
        self.kinked = kinked
        self.value = f(f.layout.vector)
        #: The step that a coordinate needed because it is very small.
        self.least = np.inf
        self.noise = f.eps * (np.abs(self.value) + floor) + self._noise(rng)

    def _noise(self, rng: np.random.Generator) -> Vector:
        """How much the results change where arguments and arithmetic change by about rounding.

        At a jump that is the jump, so that nothing is concluded there.
        """
        f, worst = self.f, np.zeros(self.value.shape)
        x = f.layout.vector
        ulps = 4 * f.eps * np.where(x == 0, 1, np.abs(x))
        for _ in range(2):
            d = ulps * rng.choice([-1.0, 1.0], x.shape) * rng.uniform(0.5, 1.5, x.shape)
            for near in (x + d, x - d):
                change = np.abs(self._try(near) - self.value)
                worst = np.fmax(worst, change)
            worst = np.fmax(worst, self._shaken(rng))
        return worst

    def _shaken(self, rng: np.random.Generator) -> Vector:
        """How much the results change by arithmetic that rounds at random."""
        f = self.f
        args = f.layout.at(f.layout.vector, wide=f.wide)
        try:
            with np.errstate(all="ignore"):
                still, moved = (flat(f.f(*Shaking(rng, e).wrapped(args))) for e in (0, f.eps))
        except Exception:  # it is not of NumPy
            return np.zeros(self.value.shape)
        change: Vector = np.abs(moved - still)
        return change

    def _try(self, x: Vector) -> Vector:
        try:
            return self.f(x)
        except UNDEFINED:
            return np.full(self.value.shape, np.nan)

    def slopes(self, v: Vector) -> Slopes:
        """The slopes by the step with the least doubt; a doubt that grows with shorter steps is
        that of a jump, and of such a result nothing is concluded.
        """
        declared = bool(np.any(self.kinked & (v != 0)))
        start = 2.0 ** np.round(np.log2(self.f.eps) / 5)
        best: Slopes | None = None
        grows, last = np.zeros(self.value.shape, bool), np.full(self.value.shape, np.inf)
        rungs = (*RUNGS, *self._last(v)) if self.f.wide else RUNGS[:2]
        self.least = np.inf
        for rung in rungs:
            if rung < RUNGS[-1]:
                self.least = start * rung
            found, error, rounding, good = self._at(start * rung, v, declared)
            if best is None:
                best = found
            else:
                better = ~(found.doubt >= best.doubt) | ~np.isfinite(best.doubt)
                grows = ~better & (grows | ((error > 2 * last) & (error > 4 * rounding)))
                best = Slopes(*(np.where(better, a, b) for a, b in zip(found, best)))
            last = error
            if good or np.sum(error) <= np.sum(rounding):
                break
        assert best is not None
        return Slopes(best.low, best.high, np.where(grows, np.inf, best.doubt))

    def _last(self, v: Vector) -> list[float]:
        """A still smaller step for a single coordinate that is very small, as for a logarithm."""
        moved = np.flatnonzero(v)
        if len(moved) != 1:
            return []
        (i,) = moved
        rung = RUNGS[1] * float(np.abs(self.f.layout.vector[i]) / np.abs(v[i]))
        return [rung] if 0 < rung < RUNGS[-1] else []

    def _at(self, h: float, v: Vector, declared: bool) -> tuple[Slopes, Vector, Vector, bool]:
        """The slopes by steps h and h/2, their error, that of rounding, and whether all is good."""
        x, y, moved = self.f.layout.vector, self.value, v != 0
        lost = self.f.eps * np.max(np.abs(x[moved] / v[moved]), initial=0)  # of the step, in x + hv
        with np.errstate(all="ignore"):
            right, left, r, l = (self._try(x + s * h * v) for s in (1, -1, 0.5, -0.5))
            far, near = (right - left) / (2 * h), (r - l) / h
            center = near + (near - far) / 3
            ulps = self.f.eps / 2 * (np.abs(right) + np.abs(left))
            rounding = 4 * (self.noise + ulps + lost * np.abs(center)) / h
            error = np.abs(near - far) / 3
            sides = []
            for there, half, sign in ((right, r, 1), (left, l, -1)):
                coarse, fine = sign * (there - y) / h, sign * (half - y) / (h / 2)
                sides.append((2 * fine - coarse, np.abs(fine - coarse)))
            (up, up_error), (down, down_error) = sides
            split = np.abs(up - down) > up_error + down_error + 4 * rounding
            kink = split | declared
            low = np.where(kink, np.minimum(up, down), center)
            high = np.where(kink, np.maximum(up, down), center)
            if not self.f.wide:  # no shorter step will show a kink within this one
                error = HIDDEN * error
            error = np.where(kink, up_error + down_error, error)
            size, total = np.sum(np.abs(low) + np.abs(high)), np.sum(rounding)
            good = bool(np.sum(error) + total <= np.sqrt(self.f.eps) * size)
        doubt = np.where(np.isnan(error), np.inf, error + rounding)
        return Slopes(low, high, doubt), error, rounding, good
