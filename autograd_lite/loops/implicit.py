"""Solvers of a user's own, which are differentiated by the equation that they solve."""

import operator
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, NamedTuple, ParamSpec, TypeVar

from autograd_lite.calls import FUNCTION, checked, maybe, number
from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.gathering import returned
from autograd_lite.core.tracked import Symbol, example, strip
from autograd_lite.core.trees import is_leaf, rebuild, tree_leaves
from autograd_lite.loops.handing import Handover
from autograd_lite.loops.roots import Claim, attached
from autograd_lite.loops.scan import packer

TOLERANCE = maybe(number("a positive number", "1e-6", lambda x: x > 0))
REMEDY = "have the solver go on until the residual is smaller, or give al.implicit a larger tol"


P = ParamSpec("P")
R = TypeVar("R")


@checked(residual=FUNCTION, tol=TOLERANCE)
def implicit(
    residual: Callable[..., Any], *, tol: float | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a solver of your own differentiated by the equation that its result solves.

    ``x = solver(*args)`` with ``residual(x, *args) = 0`` has the derivative of the implicit
    function: dx = −J⁻¹ (∂residual/∂args) dargs, with J = ∂residual/∂x.  So the solver may be
    anything, such as compiled code: it gets plain values, and nothing of it is recorded.  The
    derivative is right at every order.  ``residual`` may read Tensors from outside, too; keywords
    go to the solver, and to ``residual`` if it names them.  What it does not read, such as a first
    guess, has the derivative 0.

    x and the arguments are arrays or trees.  The residual has as many numbers as x, of any shapes;
    J is dense, one pullback of ``residual`` for each.  In a program the solver is one step.

    Where a derivative is asked for, x is checked: Newton's step J⁻¹·residual is at most
    tol (1 + max |x|), else RuntimeError; ``tol`` is ε^(1/3) of the dtype unless it is given, 6e-6
    for float64.  Raises LinAlgError where J is singular, ValueError where the residual has another
    number of numbers than x.  (Griewank & Walther 2008, ch. 15; Blondel et al. 2022)

    >>> import math, autograd_lite as al
    >>> @al.implicit(lambda x, a: x * x - a)
    ... def root(a):
    ...     return math.sqrt(a)
    >>> root(4.0), float(al.grad(root)(4.0)), float(al.grad(al.grad(root))(4.0))
    (2.0, 0.25, -0.03125)
    """

    def decorate(solver: Callable[P, R]) -> Callable[P, R]:
        if not callable(solver):
            FUNCTION.check("implicit", "solver", solver)
        name = getattr(solver, "__name__", "solver")
        who = name if name.isidentifier() else "solver"
        taken = names_taken(residual)

        @wraps(solver)
        def solve(*args: P.args, **options: P.kwargs) -> Any:
            plan = Solving(solver, solve, (args, options), Claim(who, tol, REMEDY))

            def equation(x: Any, leaves: list[Any]) -> Any:
                args, options = plan.arguments(leaves)
                return residual(x, *args, **{k: options[k] for k in options if k in taken})

            return solution(plan, equation, tree_leaves((args, options)))

        solve.needs_numbers = True  # type: ignore[attr-defined]
        return solve

    return decorate


class Solving(NamedTuple):
    """A call of ``solver``, which users know as ``public``, with ``given`` arguments."""

    solver: Callable[..., Any]
    public: Callable[..., Any]
    given: tuple[tuple[Any, ...], dict[str, Any]]
    claim: Claim

    def arguments(self, leaves: list[Any]) -> Any:
        """The arguments with these leaves."""
        following = iter(leaves)
        return rebuild(self.given, lambda _: next(following))

    def run(self, leaves: list[Any]) -> Any:
        """What the solver returns for plain arguments."""
        args, options = self.arguments(leaves)
        return rebuild(self.solver(*args, **options), lambda x: strip(returned(x)))


def solution(plan: Solving, equation: Callable[[Any, list[Any]], Any], leaves: list[Any]) -> Any:
    """What a solver returns, with its derivatives: ``equation(x, leaves)`` is zero there."""
    plain = [*map(stop_gradient, leaves)]
    symbols = [x for x in plain if isinstance(x, Symbol)]
    found = traced(plan, equation, plain, symbols[0]) if symbols else plan.run(plain)
    x, into = tree_leaves(found), packer(found)
    after = attached(x, lambda x: listed(equation(into(x), leaves)), plan.claim)
    return found if all(map(operator.is_, after, x)) else into(after)


def traced(plan: Solving, equation: Any, leaves: list[Any], symbol: Any) -> Any:
    """The same as one step of a program, which has the equation for when it is differentiated."""
    names = [f"a{i}" for i in range(len(leaves))]
    known = plan.run([*map(example, leaves)])
    examples = {f"x{i}": x for i, x in enumerate(tree_leaves(known))} | dict(zip(names, leaves))

    def residual(*arrays: Any) -> Any:
        n = len(arrays) - len(leaves)
        return tuple(listed(equation(packer(known)([*arrays[:n]]), [*arrays[n:]])))

    def again(residual: Any, **leaves: Any) -> tuple[Any, ...]:
        flat = lambda x, leaves: residual(*tree_leaves(x), *leaves)
        return tuple(tree_leaves(solution(plan, flat, [*leaves.values()])))

    def direct() -> Any:
        made = symbol.record(plan.public, *plan.arguments(leaves))
        return [made] if is_leaf(known) else made

    again.__name__, (args, options) = plan.claim.who, plan.given
    again.__qualname__ = getattr(plan.solver, "__qualname__", plan.claim.who)
    several = type(known) is tuple and all(map(is_leaf, known))
    flat = all(map(is_leaf, args)) and not options and (is_leaf(known) or several)
    given, operands = {"residual": (residual, examples)}, dict(zip(names, leaves))
    call = Handover(plan.claim.who, again, given, operands, {}, direct=direct if flat else None)
    following = iter(symbol.hand(call)[0])
    return rebuild(known, lambda _: next(following))


def listed(made: Any) -> list[Any]:
    """The arrays that a user's function returned."""
    return [returned(y) for y in tree_leaves(made)]


def names_taken(f: Callable[..., Any]) -> set[str]:
    """The names by which a function takes arguments."""
    return {p.name for p in signature(f).parameters.values()}
