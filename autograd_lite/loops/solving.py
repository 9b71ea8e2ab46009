"""Fixed points, which are differentiated by what they solve, not by the way to them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd_lite.calls import FUNCTION, explained, typed
from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.tape import dtype_of
from autograd_lite.core.tracked import LEFT
from autograd_lite.core.trees import paths, rebuild, tree_leaves
from autograd_lite.loops.repeating import Repeat, repeat, same_kinds
from autograd_lite.loops.scan import kind_of, packer, unpacker, whole
from autograd_lite.loops.solutions import Equation, Solution
from autograd_lite.loops.turns import is_at, of

if TYPE_CHECKING:
    from autograd_lite.loops.typed import ByRepeating


class Fixed(NamedTuple):
    """An equation ``x = f(x, params)`` for a list of arrays, to be solved from the first on.

    It is solved when no number changes by more than ``tol`` of ``scale``, which is 1 + max |x|
    where it is None.
    """

    f: Callable[[list[Any], Any], list[Any]]
    first: list[Any]
    params: Any
    tol: Any
    scale: Any
    limit: int
    names: Sequence[str]
    said: str


@typed(lambda: ByRepeating)
@explained(f=FUNCTION)
def fixed_point(
    f: Callable[..., Any], x0: Any, *params: Any, tol: float | None = None, limit: int = 1000
) -> Any:
    """The solution of ``x = f(x, *params)``, found by repeating x ← f(x) from ``x0`` on.

    The solution is a tree with the structure, shapes and dtypes of ``x0``.  ``f`` may read arrays
    and Tensors from outside.  The repetition ends when max |f(x) - x| ≤ tol (1 + max |x|), where
    ``tol`` is ε^(2/3) of the dtype unless it is given: 4e-11 for float64.  Where f contracts by a
    factor of q, x is wrong by at most 1 / (1 - q) times that.

    The derivative is that of the solution, by the implicit function theorem, and does not depend
    on x0: w = g + (∂f/∂x)ᵀ w, found in the same way, and then (∂f/∂params)ᵀ w.  The tape keeps only
    what ``f`` does at the solution.  In a program the repetition is one step.  (Griewank & Walther
    2008, ch. 15; Bai, Kolter & Koltun 2019)

    Raises RuntimeError where it has not ended after ``limit`` turns, as it does if ``f`` is no
    contraction; TypeError where f changes the kind of x; ValueError if ``tol`` is negative.

    >>> import numpy as np, autograd_lite as al
    >>> root = lambda a: al.fixed_point(lambda x, a: (x + a / x) / 2, 1.0, a)
    >>> float(np.round(root(2.0), 9)), float(np.round(al.grad(root)(2.0), 9))
    (1.414213562, 0.353553391)
    """
    into, out_of = packer(x0), unpacker(x0, "x")
    first = stop_gradient(tree_leaves(x0))
    called = argument_names(f, 1)[0]
    names = [f"{called}{path}" for path, _ in paths(x0)]
    kinds = [kind_of(x) for x in first]

    def turn(leaves: list[Any], params: Any) -> list[Any]:
        return same_kinds(out_of(f(into(leaves), *params)), kinds, names)

    limit = whole(limit, "limit")
    if tol is None:
        tol = tolerance(first)
    elif not tol >= 0:
        raise ValueError(f"tol={tol} is no bound; give a number such as 1e-9")
    equation = Fixed(turn, first, params, tol, None, limit, names, UNSOLVED)
    return into(solve([0, *sorted(LEFT)], equation))


def tolerance(x: list[Any]) -> float:
    """How exactly an equation for such arrays is solved."""
    dtypes = [np.result_type(dtype_of(leaf), np.float16) for leaf in x]
    if any(dtype.kind == "O" for dtype in dtypes):
        raise TypeError("fixed_point of exact numbers may never end; say tol=… for how near it is")
    return max([float(np.finfo(dtype).eps) ** (2 / 3) for dtype in dtypes], default=0.0)


UNSOLVED = (
    "fixed_point did not converge: after {limit} turns x still changes by {change} of 1 + max |x|; "
    "repeat something that contracts, such as x + s * (f(x) - x) with a small s, begin nearer, or "
    "give a larger tol or limit"
)
NOT_DIFFERENTIATED = (
    "the derivative of fixed_point did not converge: after {limit} turns w = g + (∂f/∂x)ᵀ w still "
    "changes by {change}; f does not contract at the solution: repeat x + s * (f(x) - x) with a "
    "small s, or give a larger tol or limit"
)


def solve(levels: list[int], equation: Fixed) -> list[Any]:
    """The solution of an equation whose values may be tracked at any of these levels."""
    if not levels:
        return solved(equation)
    level, f = levels[-1], equation.f

    def raw(x: Any) -> Any:
        return x.raw if is_at(x, level) else x

    def lowered(x: list[Any], params: Any) -> list[Any]:
        return [*map(raw, f(x, params))]

    below = equation._replace(f=lowered, params=rebuild(equation.params, raw))
    found = solve(levels[:-1], below)
    here = lambda x: f(x, equation.params)
    return FixedPoint(equation, here, level).link(found)


def solved(equation: Fixed) -> list[Any]:
    """Solve an equation below all levels.

    What is carried is x, by how much it changed, and the scale if that is given.
    """
    f, first, params, tol, scale, limit, names, said = equation
    n = len(first)

    def step(state: list[Any]) -> list[Any]:
        x, scales = state[:n], state[n + 1 :]
        after = f(x, params)
        change = largest([a - b for a, b in zip(after, x)])
        return [*after, change if scales else change / (1 + largest(x)), *scales]

    def goes_on(state: list[Any]) -> Any:
        bound = tol * state[n + 1] if state[n + 1 :] else tol
        return np.logical_not(state[n] <= bound)  # also while it is NaN

    def otherwise(loop: Repeat) -> list[Any]:
        x, rest = loop.state[:n], loop.state[n:]
        turn = lambda x, _: loop.step([*x, *rest])[:n]
        scale = stop_gradient(rest[1]) if rest[1:] else None
        again = equation._replace(f=turn, first=stop_gradient(x), params=(), scale=scale)
        return [*solve([0, *sorted(LEFT)], again), *rest]

    if not first:
        return []
    state = [*first, np.inf] if scale is None else [*first, np.inf, scale]
    called = [*names, "change", "scale"][: len(state)]
    return repeat(Repeat(goes_on, step, state, limit, called, said, n, otherwise))[:n]


def largest(x: list[Any]) -> Any:
    """The largest magnitude among all numbers of some arrays."""
    sizes = [np.max(np.abs(leaf), initial=0) for leaf in x]
    total = sizes[0]
    for size in sizes[1:]:
        total = np.maximum(total, size)
    return total


class FixedPoint(Solution):
    """A fixed point at one level of differentiation."""

    def __init__(self, fixed: Fixed, equation: Equation, level: int) -> None:
        super().__init__(equation, level, "fixed_point")
        self.fixed = fixed

    def cotangents(self, g: list[Any]) -> list[Any]:
        """w = g + (∂f/∂x)ᵀ w, found by repetition too."""
        fixed, leaves = self.fixed, self.section.leaves

        def back(w: list[Any], _: Any) -> list[Any]:
            found = self.found(w)
            return [c if a is None else c + of(a, found) for c, a in zip(g, leaves)]

        first = stop_gradient(g)
        names, scale = [f"d_{name}" for name in fixed.names], largest(first)
        adjoint = Fixed(back, first, (), fixed.tol, scale, fixed.limit, names, NOT_DIFFERENTIATED)
        return solve([0, *sorted(LEFT)], adjoint)
