"""A gradient screened for wrong elements: in groups first, one by one where a group is suspect."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from autograd_lite.testing.checking import diagnosis
from autograd_lite.testing.checking.kinks import Around
from autograd_lite.testing.checking.oracles import ComplexStep, Differences, Exact, Function, Slopes
from autograd_lite.testing.checking.point import Point, like
from autograd_lite.testing.checking.report import Failure, spoken
from autograd_lite.testing.checking.vectors import Block, Vector, dual, flat

#: At most so many groups of elements per argument, and at least so many if it has the elements.
GROUPS, FEW = 1024, 16
#: The relative error of a single element that must not drown in its group.
SMALL = 2e-5
#: The largest argument of which a failure shows every element, and the largest Jacobian.
SHOWN, MATRIX = 256, 4096

Oracle = Exact | ComplexStep | Differences


class Screening:
    """The gradient at a point, held against derivatives found without backpropagation.

    ``kinked`` marks the coordinates where a kink is declared.
    """

    def __init__(self, at: Point, kinked: Vector) -> None:
        self.at, self.layout, self.rng = at, at.layout, at.rng
        self.f = Function(lambda *args: like(at.value, at.pair.f(*args)), at.layout)
        self.gradient, self.weights, self.rtol = at.g, dual(at.u), at.rtol
        self.results, self.kinked = flat(at.value), kinked
        self.exact = self.gradient.dtype.kind == "O"
        self.met_kinks = self.trusted = False
        self.judged, self.moving = (np.zeros(len(at.g), bool) for _ in range(2))

    @cached_property
    def differences(self) -> Differences:
        return Differences(self.f, self.kinked, self.at.floor, self.rng)

    @cached_property
    def around(self) -> Around:
        return Around(self.differences, self.weights, self.rng)

    # ---- oracles ----

    def oracle(self, block: Block, requested: str | None) -> Oracle:
        """The most precise oracle that is valid for an argument, or the one that is requested."""
        if self.exact:
            return Exact(self.f)
        self.trusted = requested == "complex step"
        step, here = ComplexStep(self.f), slice(block.start, block.stop)
        if requested == "complex step":
            return step
        if requested == "differences" or np.any(self.kinked[here]):
            return self.differences
        v = self.direction(np.arange(block.start, block.stop))
        return step if step.valid(v, self.differences) else self.differences

    def direction(self, places: Any) -> Vector:
        """Random steps along some coordinates, scaled to their magnitude."""
        v = np.zeros(len(self.gradient), object if self.exact else float)
        if self.exact:
            v[places] = self.rng.integers(1, 9, len(places)).astype(object)
            return v
        steps = self.rng.choice([-1.0, 1.0], len(places)) * self.rng.uniform(0.5, 1.5, len(places))
        v[places] = steps * self.f.size[places]
        return v

    def unit(self, place: int) -> Vector:
        """A step along one coordinate."""
        v = np.zeros(len(self.gradient), self.gradient.dtype)
        v[place] = 1 if self.exact else self.f.size[place]
        return v

    def slopes(self, oracle: Oracle, v: Vector) -> Slopes:
        """The slopes along a direction; by differences where a complex step is not finite."""
        slopes = oracle.slopes(v)
        if isinstance(oracle, ComplexStep) and not np.all(np.isfinite(self.between(slopes))):
            slopes = self.differences.slopes(v)
        self.met_kinks |= slopes.kinked(self.weights)
        return slopes

    # ---- comparing ----

    def wrong(self, oracle: Oracle, block: Block) -> list[int]:
        """The places of a block where the gradient is wrong."""
        found = []
        for group in self.groups(block):
            v = self.direction(group)
            if len(group) == 1:
                v = np.abs(v)
            slopes = self.slopes(oracle, v)
            kinked = slopes.kinked(self.weights)
            if self.agrees(slopes, v) and not (kinked and len(group) > 1):
                self.moving[group] |= self.moves(slopes, v)
                self.judged[group] = True
                continue
            found += [i for i in group if self.is_wrong(oracle, i)]
        return found

    def is_wrong(self, oracle: Oracle, place: int) -> bool:
        """Whether one element is wrong; where its slope is not known it is not."""
        v = self.unit(place)
        slopes = self.slopes(oracle, v)
        right = self.right(slopes, v)
        if right is not True and self.at.order == 1 and not self.exact and not self.trusted:
            right = self.around.between_slopes(self.gradient, v, right)
            self.met_kinks |= bool(right)
        self.judged[place] = right is not None
        self.moving[place] = right is False or (bool(right) and self.moves(slopes, v))
        return right is False

    def unlearned(self, block: Block) -> str:
        """Why no wrong gradient of an argument would have been seen, or an empty text."""
        here = slice(block.start, block.stop)
        if np.any(self.moving[here]):
            return ""
        if block.start == block.stop:
            return "it has no elements"
        if not np.any(self.judged[here]):
            return "the function is not finite, or not defined, at this point or next to it"
        return "its gradient is 0, and so is every slope, or both are within rounding"

    def groups(self, block: Block) -> Iterator[Vector]:
        """Elements of like size together, so few that no small error drowns in the others."""
        n = block.stop - block.start
        if n == 0:
            return
        g = np.abs(self.gradient[block.start : block.stop])
        places = block.start + np.argsort(np.where(g != g, np.inf, g), kind="stable")
        least = FEW if self.at.order == 1 else FEW // 4
        together = max(1, int(SMALL / self.rtol)) if self.rtol else n
        each = max(min(together, -(-n // least)), -(-n // GROUPS))
        yield from (places[i : i + each] for i in range(0, n, each))

    def right(self, slopes: Slopes, v: Vector) -> bool | None:
        """Whether the gradient agrees, if need be within the noise of its own computation.

        None stands for slopes that are not known.
        """
        agrees = self.agrees(slopes, v)
        return self.agrees(slopes, v, 8 * self.at.noise) if agrees is False else agrees

    def agrees(self, slopes: Slopes, v: Vector, noise: Any = 0) -> bool | None:
        """Whether ⟨gradient, v⟩ lies in the interval of ⟨weights, slopes⟩, up to rounding."""
        low, high = self.between(slopes)
        got = np.sum((self.gradient * v)[v != 0])
        if self.exact:
            return bool(low <= got <= high)
        if not np.any(self.weights) or (got != got and not self.at.finite):
            return None
        allowed = self.allowed(slopes, v, noise)
        if not np.all(np.isfinite([low, high, allowed])):
            return None
        return bool(low - allowed <= got <= high + allowed)

    def moves(self, slopes: Slopes, v: Vector) -> bool:
        """Whether the slopes are more than rounding, so that a gradient of 0 is not right alone."""
        ends = np.abs(self.between(slopes))
        return bool(np.max(ends) > (0 if self.exact else self.allowed(slopes, v)))

    def allowed(self, slopes: Slopes, v: Vector, noise: Any = 0) -> float:
        """How far rounding may carry ⟨gradient, v⟩ from the interval."""
        moved = v != 0
        w = np.abs(self.weights)
        counts = w != 0
        size = np.sum((w * np.maximum(np.abs(slopes.low), np.abs(slopes.high)))[counts])
        gradient = np.abs(self.gradient * v)[moved]
        size = max(size, np.sum(gradient[np.isfinite(gradient)]))
        active = counts & ((slopes.low != 0) | (slopes.high != 0))
        active = active if np.any(active) else counts
        allowed = self.rtol * size + np.sum((w * slopes.doubt)[counts])
        # Terms that cancel leave the rounding of the results, and of the smallest numbers.
        allowed += 4 * self.rtol**1.5 * np.sqrt(np.sum((w * self.results)[active] ** 2))
        allowed += np.sum((noise * np.abs(v))[moved]) if np.ndim(noise) else 0.0
        return float(allowed + self.at.tiny * np.sum(np.abs(v[moved])))

    def between(self, slopes: Slopes) -> tuple[Any, Any]:
        """The interval of ⟨weights, slopes⟩."""
        counts = self.weights != 0
        a, b = (self.weights * slopes.low)[counts], (self.weights * slopes.high)[counts]
        return np.sum(np.minimum(a, b)), np.sum(np.maximum(a, b))

    # ---- ties ----

    def ties(self) -> list[Failure]:
        """Equal elements that are moved together: there the kinks of a maximum vanish.

        Each gradient of a maximum at a tie is allowed alone; their sum is not free.
        """
        if any(b.dtype.kind != "f" for b in self.layout.blocks):
            return []
        failures = []
        for tied in self.around.tied()[:8]:
            value = float(self.layout.vector[tied[0]])
            v = np.zeros(len(self.gradient))
            v[tied] = self.f.size[tied]
            slopes = self.differences.slopes(v)
            if slopes.kinked(self.weights) or self.right(slopes, v) is not False:
                continue
            if self.around.holds(self.gradient, v):
                continue
            scale = max(1.0, abs(float(value)))
            got, (expected, _) = np.sum(self.gradient * v) / scale, self.between(slopes)
            what = f"the gradients of the elements that equal {value:g}, in sum"
            numbers = float(got), float(expected / scale)
            failures.append(Failure(1, what, diagnosis.TIE, None, (), *numbers))
        return failures

    # ---- what to say when they differ ----

    def failure(self, oracle: Oracle, block: Block, wrong: list[int]) -> Failure:
        """The report on an argument, with every element of its gradient if these are few."""
        here = range(block.start, block.stop)
        places = list(here) if len(here) <= SHOWN else wrong
        slopes = [self.slopes(oracle, self.unit(i)) for i in places]
        steps = [self.unit(i)[i] for i in places]
        ends = [self.between(s) for s in slopes]
        low, high = (np.array([e[k] / h for e, h in zip(ends, steps)]) for k in (0, 1))
        expected = self.gradient.copy()
        got = self.gradient[places]
        nearest = low if self.exact else np.clip(got, low, high)
        expected[places] = np.where(got != got, (low + high) / 2, nearest)
        bad = np.isin(range(len(expected)), wrong)
        error = np.where(bad, np.abs((self.gradient - expected).astype(float)), -1.0)[places]
        worst = int(np.argmax(np.where(np.isnan(error), np.inf, error)))
        place = places[worst]
        index, part = block.where(place)
        what = spoken(block.name) + (f", {part}" if part else "")
        got, meant = (block.array(x, -1j) for x in (self.gradient, expected))
        sizes = {len(self.weights): "the number of results", len(expected): "all elements"}
        sizes |= {n: f"axis {axis} of the argument" for axis, n in enumerate(block.shape)}
        sizes |= {got.size: "the elements of the argument"}
        marks = bad[here.start : here.stop].reshape(-1, *block.shape)
        cause = diagnosis.of_values(got, meant, marks, block.dtype, sizes)
        if not cause and len(here) <= SHOWN and len(here) * len(self.weights) <= MATRIX:
            rows = self.at.jacobian()[:, here.start : here.stop]
            columns = np.array([s.low / h for s, h in zip(slopes, steps)])
            cause = diagnosis.of_jacobian(rows, columns.T)
        cause = cause or diagnosis.NOTHING
        if low[worst] < high[worst]:
            between = f"{low[worst]:.6g} to {high[worst]:.6g}"
            cause += f"; this is a kink, where anything from {between} is right"
        details = ""
        if len(here) <= SHOWN:
            details = f"got      {_text(got)}\nexpected {_text(meant)}"
        numbers = self.gradient[place], expected[place]
        return Failure(self.at.order, what, cause, block.name, index, *numbers, details)


def _text(x: Any) -> str:
    return np.array2string(x, precision=8, threshold=64).replace("\n", "\n         ")
