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

from autograd_lite.core.tracked import LEFT, example, strip
from autograd_lite.loops.handing import Handover, Watch, hand, met
from autograd_lite.loops.scan import loop
from autograd_lite.scipy.integrate.right_side import RightSide, exact
from autograd_lite.scipy.integrate.values import valued, varies

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
#: So many Newton steps with plain numbers, halvings of a step, and steps between two of SciPy's.
NEWTON, HALVINGS, PIECES = 20, 30, 5000


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
        slopes: Any = None
        before = np.inf
        for _ in range(NEWTON):
            at = [*zip(t + C * h, y + z)]
            rest = z - h * A @ np.stack([self.f(*place) for place in at])
            slopes = np.stack([self.jac(t, y)] * 3) if slopes is None else slopes
            change = np.linalg.solve(system(h, slopes), rest.reshape(-1)).reshape(z.shape)
            size = np.max(np.abs(change)) / (np.max(np.abs(y)) + np.max(np.abs(z)) + 1e-300)
            if not np.isfinite(size):
                return None
            z = z - change
            if size < 1e-15 or (size < 1e-10 and size >= before / 2):
                return Collocated(t, h, z, None, y + z[2])
            if size > before / 10:  # the slopes are those of another place
                slopes = self.slopes(t, y, h, z)
            before = size
        return None

    def slopes(self, t: float, y: Array, h: float, z: Array) -> Array:
        """∂f/∂y at each of three stages."""
        return np.stack([self.jac(*place) for place in zip(t + C * h, y + z)])

    def split(self, t: float, y: Array, h: float, end: Array) -> list[Collocated]:
        """The steps over one interval, at whose end SciPy's state is."""
        whole = self.solved(t, y, h)
        if whole is not None and self.near(whole.after, end, y):
            return [whole]
        made: list[Collocated] = []
        self.halve(t, y, h, whole, made, HALVINGS)
        return made

    def halve(
        self, t: float, y: Array, h: float, whole: Collocated | None, made: list[Any], left: int
    ) -> None:
        """Add the steps over one interval, halved until they agree with the ``whole``."""
        half = self.solved(t, y, h / 2)
        rest = half and self.solved(t + h / 2, half.after, h / 2)
        if half and rest and whole and self.near(rest.after, whole.after, y):
            made += [half, rest]
            return
        if left == 0 or len(made) > PIECES:
            raise RuntimeError(
                f"the derivative of the solution was not found: at t = {t:.6g} its steps would be "
                f"smaller than {abs(h):.3g}; see whether the right-hand side jumps there"
            )
        self.halve(t, y, h / 2, half, made, left - 1)
        t, y = t + h / 2, made[-1].after
        self.halve(t, y, h / 2, self.solved(t, y, h / 2), made, left - 1)


def system(h: Array, slopes: Array) -> Array:
    """I − h A ⊗ ∂f/∂y, with the slopes of each stage in its own columns."""
    n = np.shape(slopes)[-1]
    blocks = h * A[:, :, np.newaxis, np.newaxis] * slopes
    return np.eye(3 * n) - np.reshape(np.swapaxes(blocks, 1, 2), (3 * n, 3 * n))


def meshed(
    f: Slope, times: Array, states: Array, *, rtol: Any, atol: Any, jac: Any = None, pad: bool
) -> tuple[Array, ...]:
    """The steps from each of SciPy's states to the next, and how many end where each of these is.

    With ``pad`` there are as many as the next power of two, the last ones of size zero.
    """
    times, states, rhs = strip(times), strip(states), lambda t, y: met(strip(f(t, y)))
    equation = Plain(rhs, exact(f) if jac is None else jac, rtol, atol)
    n = states.shape[1]
    steps: list[Collocated] = []
    ends = [0]
    for a, b, y, after in zip(times[:-1], times[1:], states[:-1], states[1:]):
        if a != b:
            found = equation.split(a, y, b - a, after)
            found[-1] = found[-1]._replace(after=after)
            begins = [y, *[step.after for step in found]]
            steps += [
                step._replace(slopes=equation.slopes(step.t, begin, step.h, step.z))
                for step, begin in zip(found, begins)
            ]
        ends.append(len(steps))
    if pad or not steps:
        rest = Collocated(times[-1], 0.0, np.zeros((3, n)), np.zeros((3, n, n)), states[-1])
        steps += [rest] * (padded(len(steps)) - len(steps))
    return (*[np.stack(column) for column in zip(*steps)], np.array(ends))


def padded(n: int) -> int:
    """The next power of two."""
    return 1 << max(n - 1, 0).bit_length()


def replayed(f: Slope, y0: Array, shift: Array, steps: Sequence[Array], order: int) -> Array:
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

    names = ["y"], ["t", "h", "z", "slopes", "after"]
    _, ys = loop(step, y0, tuple(steps), len(example(steps[0])), False, None, names)
    return np.concatenate([y0[np.newaxis], ys])


def moved(f: Slope, t: Array, y: Array, by: Array) -> Array:
    """The states a while ``by`` after others, which is nothing: right to the second derivative."""

    def one(nothing: Any, x: Any) -> Any:
        t, y, by = x
        half = by / 2
        return nothing, y + by * f(t + half, y + half * f(t, y))

    return loop(one, (), (t, y, by), len(example(t)), False, None, ([], ["t", "y", "by"]))[1]


class Run(NamedTuple):
    """SciPy's states, in rows, at some times after the first, and what it was asked for."""

    t0: Array
    at: Array
    states: Array
    settings: dict[str, Any]
    jac: Any
    pad: bool

    def varied(self, right: RightSide, y0: Array, outputs: Array, shift: Array) -> Array:
        """The states as they vary with all, and with the times ``outputs`` where these are."""
        times = np.concatenate([np.reshape(self.t0, (1,)), self.at])
        states = np.concatenate([strip(y0)[np.newaxis], self.states])
        f, options = right.of_numbers.f, {**self.settings, "pad": self.pad}
        if not self.pad:
            options["jac"] = self.jac
        body = Watch(passed=True)(f), {"t": np.float64(0), "y": example(y0)}
        operands = {"times": times, "states": states}
        call = Handover("meshed", meshed, {"f": body}, operands, options, sized=True)
        *steps, ends = hand(call, lambda: meshed(f, times, states, **options))
        order = 3 if self.pad else max(2, len(LEFT))
        made = replayed(right.f, y0, shift, steps, order)
        made = np.take(made, ends[1:], axis=0)
        if not varies(outputs, shift):
            return made
        at = self.at + shift
        return moved(right.f, at, made, outputs - at)
