"""The steps of an explicit Runge-Kutta method once more, on Tensors, with the sizes that they had.

With stages kᵢ = f(t + cᵢ h, y + h Σⱼ aᵢⱼ kⱼ) a step is y + h Σᵢ bᵢ kᵢ.  Within it the solution is
the polynomial of the method in (t − tₙ) / h, whose coefficients are linear in the stages.
(Dormand & Prince 1980; Hairer, Nørsett & Wanner 1993, ch. II)
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.integrate as theirs

from autograd_lite.core.tracked import example
from autograd_lite.loops.scan import loop

Array = Any
Slope = Callable[[Array, Array], Array]


class Steps(NamedTuple):
    """The times at which steps begin, their sizes, the states there, and how each interpolates."""

    t: Array
    h: Array
    y: Array
    rows: Array
    alternates: bool


def replayed(f: Slope, method: Any, y0: Array, t: Array, h: Array, *, within: bool) -> Steps:
    """All states, from the first to the last; if ``within``, what interpolates between them."""
    extended = issubclass(method, theirs.DOP853)
    A, B, C = method.A, method.B, method.C

    def step(carry: tuple[Array, Array], x: tuple[Array, Array]) -> Any:
        (y, k), (t, h) = carry, x
        stages = [k]
        for a, c in zip(A[1:], C[1:]):
            dy = h * np.dot(a[: len(stages)], np.stack(stages))
            stages.append(f(t + c * h, y + dy))
        after = y + h * np.dot(B, np.stack(stages))
        stages.append(f(t + h, after))
        out = {"y": after}
        if within and extended:
            out["rows"] = of_dop853(f, method, t, h, y, after, stages)
        elif within:
            out["rows"] = np.dot(method.P.T, np.stack(stages))
        return (after, stages[len(B)]), out

    first = y0, f(t[0], y0)
    names = ["y", "k"], ["t", "h"]
    _, made = loop(step, first, (t, h), len(example(h)), False, None, names)
    states = np.concatenate([y0[np.newaxis], made["y"]])
    return Steps(t, h, states, made.get("rows"), extended)


def of_dop853(
    f: Slope, method: Any, t: Array, h: Array, y: Array, after: Array, stages: list[Array]
) -> Array:
    """The rows of the polynomial of degree seven, which takes three stages more."""
    stages = [*stages]
    for a, c in zip(method.A_EXTRA, method.C_EXTRA):
        dy = h * np.dot(a[: len(stages)], np.stack(stages))
        stages.append(f(t + c * h, y + dy))
    delta, old, new = after - y, stages[0], stages[method.n_stages]
    rows = [delta, h * old - delta, 2 * delta - h * (new + old)]
    return np.concatenate([np.stack(rows), h * np.dot(method.D, np.stack(stages))])


def interpolated(steps: Steps, at: Array, segments: Array) -> Array:
    """The states at some times, each in the segment that it is said to be in; a row for each."""
    h, begins, rows, y = (
        np.take(x, segments, axis=0) for x in (steps.h, steps.t, steps.rows, steps.y)
    )
    size = np.where(h == 0, 1.0, h)
    x = ((at - begins) / size)[:, np.newaxis]
    total = np.zeros(y.shape)
    n = rows.shape[1]
    if steps.alternates:
        for i in range(n):
            total = (total + rows[:, n - 1 - i]) * (x if i % 2 == 0 else 1 - x)
        return y + total
    for i in reversed(range(n)):
        total = (total + rows[:, i]) * x
    return y + h[:, np.newaxis] * total
