"""What is right at a kink of several pieces, and next to one: a slope of some piece nearby.

Where three numbers tie, the slopes of `sort` to the left and the right of one of them do not show
what it is to be the middle one.  So the point is left by a little, at random, and one coordinate is
swept across it: every piece that it meets has a slope, and what lies between those is right.  A
kink that is nearer than differences can tell counts as one with the point.
"""

from __future__ import annotations

import numpy as np

from autograd_lite.testing.checking.oracles import UNDEFINED, Differences
from autograd_lite.testing.checking.vectors import Vector

#: So many sweeps before an element is called wrong; few for others then, and for what is smooth.
MANY, FEW = 24, 6
#: So many points on each sweep.
POINTS = 49
#: The share of all change in a slope that a curve makes at most from one point to the next.
CURVED = 0.2
#: So many points nearby for a direction along which several coordinates move.
NEARBY = 16
#: At most so many coordinates are swept; of those beyond, nothing is concluded.
SWEPT = 64


class Around:
    """⟨weights, f⟩ within a small distance of a point, where differences see one kink."""

    def __init__(self, differences: Differences, weights: Vector, rng: np.random.Generator) -> None:
        self.f, self.rng, self.differences = differences.f, rng, differences
        self.counts = weights != 0
        self.weights = weights[self.counts]
        self.radius = np.sqrt(self.f.eps) / 2
        self.noise = float(np.sum(np.abs(self.weights) * differences.noise[self.counts]))
        self.left, self.smooth, self.found = SWEPT, False, False

    def tied(self) -> list[Vector]:
        """The places of numbers that are equal, or too near each other to be told apart."""
        x = self.f.layout.vector
        order = np.argsort(x, kind="stable")
        apart = np.diff(x[order]) > 2 * self.radius * self.f.size[order[1:]]
        groups = np.split(order, np.flatnonzero(apart) + 1)
        return [group for group in groups if len(group) > 1]

    def holds(self, gradient: Vector, v: Vector) -> bool:
        """Whether ⟨gradient, v⟩ lies between the slopes along ``v`` at points nearby."""
        h = self.radius / 8
        slopes = []
        for _ in range(NEARBY):
            y = self.near()
            slopes.append((self.total(y + h * v) - self.total(y - h * v)) / (2 * h))
        got = np.sum((gradient * v)[v != 0])
        return bool(
            self.within(got, min(slopes), max(slopes), h) or not np.all(np.isfinite(slopes))
        )

    def between_slopes(self, gradient: Vector, v: Vector, known: bool | None) -> bool | None:
        """Whether ⟨gradient, v⟩ lies between the slopes of the pieces that one coordinate meets.

        What is ``known`` holds where there is no kink.  None if the sweeps do not resolve all
        pieces: then nobody knows.
        """
        if self.smooth:
            return known
        if self.left == 0:
            return None
        self.differences.slopes(v)
        resolved = np.isfinite(self.differences.least)  # by a step that is shorter than all here
        got = np.sum((gradient * v)[v != 0])
        t = np.linspace(-2, 2, POINTS) * self.radius
        step = float(t[1] - t[0])
        sweeps: list[Vector] = []
        for n in range(1, 1 + (FEW if self.found else MANY)):
            y = self.near()
            sweeps.append(np.array([self.total(y + s * v) for s in t]))
            slopes = np.diff(sweeps) / step
            low, high = float(slopes.min()), float(slopes.max())
            if not np.isfinite(high - low):
                return known if resolved else None
            if n == FEW and self.is_smooth(slopes, step):
                self.smooth = True
                return known
            if n >= FEW and self.within(got, low, high, step):
                return True
        if resolved:
            return known
        self.left -= 1
        coarse = np.diff(np.array(sweeps)[:, ::2]) / (2 * step)
        changed = max(np.min(coarse) - low, high - np.max(coarse))
        certain = bool(changed <= 8 * self.noise / step + 0.02 * (high - low))
        self.found = self.found or certain
        return False if certain else None

    def is_smooth(self, slopes: Vector, step: float) -> bool:
        """Whether no sweep has a jump in its slopes, and all have the same but for a curve."""
        ranges = np.ptp(slopes, axis=1)
        jumps = np.max(np.abs(np.diff(slopes)), axis=1)
        rounding = 16 * self.noise / step + 16 * self.radius * np.max(np.abs(slopes))
        steady = np.all(jumps <= np.maximum(rounding, CURVED * ranges))
        return bool(steady and np.ptp(slopes) <= 4 * np.max(ranges) + rounding)

    def near(self) -> Vector:
        """A point nearby."""
        x = self.f.layout.vector
        y: Vector = x + self.radius * self.f.size * self.rng.uniform(-1, 1, x.shape)
        return y

    def total(self, x: Vector) -> float:
        try:
            return float(np.sum(self.weights * self.f(x)[self.counts]))
        except UNDEFINED:
            return float("nan")

    def within(self, got: float, low: float, high: float, step: float) -> bool:
        """Whether a slope lies in an interval, up to rounding and what a curve adds within it."""
        allowed = 8 * self.noise / step + 16 * self.radius * max(abs(low), abs(high))
        return bool(low - allowed <= got <= high + allowed)
