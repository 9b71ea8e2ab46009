"""Implicit methods, whose derivatives are those of Radau IIA steps between SciPy's own times.

Zᵢ = h Σⱼ aᵢⱼ f(t + cⱼ h, y + Zⱼ) has three stages and order 5; y + Z₃ is the next state.  Where
such a step misses SciPy's state by more than its tolerances, it is split until it does not, or
until halves no longer differ from the whole.  The stages are solved with plain numbers.  Then as
many Newton steps as there are derivatives give these, by the implicit function theorem.
(Hairer & Wanner 1996, ch. IV.8)
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.loops.scan import loop
from autograd_lite.scipy.integrate.values import valued

Array = Any
Slope = Callable[[Array, Array], Array]

ROOT = 6**0.5
C = np.array([(4 - ROOT) / 10, (4 + ROOT) / 10, 1.0])
A = np.array(
    [
        [(88 - 7 * ROOT) / 360, (296 - 169 * ROOT) / 1800, (-2 + 3 * ROOT) / 225],
        [(296 + 169 * ROOT) / 1800, (88 + 7 * ROOT) / 360, (-2 - 3 * ROOT) / 225],
        [(16 - ROOT) / 36, (16 + ROOT) / 36, 1 / 9],
    ]
)
#: So many Newton steps with plain numbers, and so many halvings of a step.
NEWTON, HALVINGS = 20, 20


class Collocated(NamedTuple):
    """A solved step: where it begins, its size, its stages, the slopes of f there, its end."""

    t: float
    h: float
    z: Array
    slopes: Array
    after: Array


class Plain(NamedTuple):
    """An equation in plain numbers, and how nearly it is solved."""

    f: Slope
    jac: Slope
    rtol: Array
    atol: Array

    def near(self, y: Array, other: Array, before: Array) -> bool:
        """Whether two states are one within the tolerances, as SciPy measures it."""
        scale = self.atol + self.rtol * np.maximum(np.abs(before), np.abs(y))
        return bool(np.sqrt(np.mean(((y - other) / scale) ** 2)) <= 1)

    def solved(self, t: float, y: Array, h: float) -> Collocated | None:
        """One step by Newton's method; None where that does not converge."""
        z = np.zeros((3, len(y)))
        slopes = np.stack([self.jac(t, y)] * 3)
        before = np.inf
        for _ in range(NEWTON):
            at = [*zip(t + C * h, y + z)]
            rest = z - h * A @ np.stack([self.f(*place) for place in at])
            change = np.linalg.solve(system(h, slopes), rest.reshape(-1)).reshape(z.shape)
            size = np.max(np.abs(change)) / (np.max(np.abs(y)) + np.max(np.abs(z)) + 1e-300)
            if not np.isfinite(size):
                return None
            z = z - change
            if size < 1e-15 or (size < 1e-10 and size >= before / 2):
                slopes = np.stack([self.jac(*place) for place in zip(t + C * h, y + z)])
                return Collocated(t, h, z, slopes, y + z[2])
            if size > before / 10:  # the slopes are those of another place
                slopes = np.stack([self.jac(*place) for place in zip(t + C * h, y + z)])
            before = size
        return None

    def split(self, t: float, y: Array, h: float, end: Array | None, left: int) -> list[Collocated]:
        """The steps over one interval, at whose end SciPy's state is, if it is known."""
        whole = self.solved(t, y, h)
        if whole is not None and end is not None and self.near(whole.after, end, y):
            return [whole]
        half = self.solved(t, y, h / 2)
        rest = half and self.solved(t + h / 2, half.after, h / 2)
        if half and rest and whole and self.near(rest.after, whole.after, y):
            return [half, rest]
        if left == 0:
            raise RuntimeError(
                f"the derivative of the solution was not found: at t = {t:.6g} its steps would be "
                f"smaller than {abs(h):.3g}; see whether the right-hand side jumps there"
            )
        first = self.split(t, y, h / 2, None, left - 1)
        return first + self.split(t + h / 2, first[-1].after, h / 2, None, left - 1)


def system(h: Array, slopes: Array) -> Array:
    """I − h A ⊗ ∂f/∂y, with the slopes of each stage in its own columns."""
    n = np.shape(slopes)[-1]
    blocks = h * A[:, :, np.newaxis, np.newaxis] * slopes
    return np.eye(3 * n) - np.reshape(np.swapaxes(blocks, 1, 2), (3 * n, 3 * n))


def mesh(equation: Plain, times: Array, states: Array) -> tuple[list[Collocated], list[int]]:
    """The steps from each of SciPy's states to the next; which of them end at these."""
    steps: list[Collocated] = []
    ends = []
    for a, b, y, after in zip(times[:-1], times[1:], states[:-1], states[1:]):
        if a != b:
            found = equation.split(a, y, b - a, after, HALVINGS)
            steps += [*found[:-1], found[-1]._replace(after=after)]
        ends.append(len(steps))
    return steps, ends


def replayed(f: Slope, y0: Array, shift: Array, steps: Sequence[Collocated], order: int) -> Array:
    """The states at the ends of all steps, after the first one; all times move by ``shift``."""

    def step(y: Array, x: Any) -> Any:
        t, h, z, slopes, after = x
        whole = system(h, slopes)
        at = t + C * h + shift
        for _ in range(order):
            k = np.stack([f(at[i], y + z[i]) for i in range(3)])
            rest = np.reshape(z - h * np.dot(A, k), (-1,))
            z = z - np.reshape(np.linalg.solve(whole, rest), np.shape(z))
        y = valued(y + z[2], after)
        return y, y

    xs = tuple(np.stack(column) for column in zip(*steps))
    if not steps:
        return y0[np.newaxis]
    names = ["y"], ["t", "h", "z", "slopes", "after"]
    _, ys = loop(step, y0, xs, len(steps), False, None, names)
    return np.concatenate([y0[np.newaxis], ys])


def moved(f: Slope, t: Array, y: Array, by: Array) -> Array:
    """The state a while ``by`` after one, which is nothing: right to the second derivative."""
    half = by / 2
    return y + by * f(t + half, y + half * f(t, y))
