"""Minima: the gradient vanishes there, but for what is held by a bound, which stays at it.

With g = ∇f, what is free has dx = −(∂g/∂x)⁻¹ (∂g/∂θ) dθ, at the Hessian of what is free.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize as theirs

from autograd_lite.core.custom import stop_gradient
from autograd_lite.loops.handing import Function, Watch, recorded
from autograd_lite.loops.scan import map as in_turn
from autograd_lite.scipy.optimize.slopes import (
    curvature,
    exact,
    single,
    stationary,
    value_and_slope,
)
from autograd_lite.scipy.optimize.solving import (
    SOLVERS,
    Given,
    as_floats,
    of_scipy,
    problem_of,
    solved,
    wants_slopes,
)
from autograd_lite.transforms.gradients import vjp

#: Minimisers stop where the gradient is small, so their x may be off by this much of 1 + max |x|.
TOLERANCE = 1e-3
#: Methods of `minimize` that take a gradient, and those that cannot do without a Hessian.
WITH_SLOPES = {"cg", "bfgs", "newton-cg", "l-bfgs-b", "tnc", "slsqp", "trust-constr"}
WITH_CURVATURE = {"dogleg", "trust-ncg", "trust-krylov", "trust-exact"}


class Bounds:
    """Bounds of SciPy's, in whatever form, as two arrays."""

    def __init__(self, low: Any, high: Any) -> None:
        self.low, self.high = low, high

    @classmethod
    def of(cls, given: Any) -> Any:
        """Those of `minimize`: a pair for each number, or an object of SciPy's."""
        if given is None:
            return None
        if hasattr(given, "lb"):
            return cls(given.lb, given.ub)
        low, high = [], []
        for a, b in given:
            low.append(-np.inf if a is None else a)
            high.append(np.inf if b is None else b)
        return cls(stacked(low), stacked(high))

    def held(self, f: Function) -> Function:
        """The equation of a minimum of f: its gradient, or how far x is from a bound it is at.

        A bound holds a number whose own step of Newton's would leave it.
        """
        gradient = stationary(f)

        def residual(x: Any) -> Any:
            g, at = gradient(x), stop_gradient(x)
            push, bend = stop_gradient(g), bending(gradient, at)
            to_low, to_high = at - stop_gradient(self.low), stop_gradient(self.high) - at
            free = np.where(-push >= bend * to_high, x - finite(self.high), g)
            return np.where(push >= bend * to_low, x - finite(self.low), free)

        return residual


def bending(gradient: Function, x: Any) -> Any:
    """The second derivatives by each number of x alone; where they are not positive, nearly 0."""
    _, pullback = vjp(gradient, x)
    if np.ndim(x) == 0:
        (bend,) = pullback(np.ones_like(x))
    else:
        n = np.shape(x)[0]
        bend = in_turn(lambda e: np.sum(e * pullback(e)[0]), np.eye(n))
    return np.maximum(stop_gradient(bend), np.finfo(float).tiny)


def stacked(x: list[Any]) -> Any:
    return np.stack(x) if recorded(x) else np.array(x, float)


def finite(bound: Any) -> Any:
    """A bound with 0 for one that is infinite, where nothing is ever held."""
    return np.where(np.isfinite(stop_gradient(bound)), bound, 0.0)


def by_minimize(given: Given) -> Any:
    given = dict(given)
    if "low" in given:  # in a program, where bounds may vary
        given["bounds"] = np.stack([given.pop("low"), given.pop("high")], axis=1)
    bounds = given.get("bounds")
    method = given.get("method")
    method = method.lower() if isinstance(method, str) else method
    tries = wants_slopes(given, "jac") and (
        method is None or method in WITH_SLOPES | WITH_CURVATURE
    )
    constraints = given.get("constraints", ())
    if vary(bounds):
        del given["bounds"]
        given |= {"low": Bounds.of(bounds).low, "high": Bounds.of(bounds).high}

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        functions, options, operands = dict(functions), dict(options), dict(operands)
        fun = functions["fun"]
        if "low" in operands:
            options["bounds"] = theirs.Bounds(operands.pop("low"), operands.pop("high"))
        if tries:
            x = np.atleast_1d(np.asarray(operands["x0"], float))
            both = exact(value_and_slope(fun), x, watch)
            if both is not None:
                functions |= {"fun": both, "jac": True}
                if method in WITH_CURVATURE and not {"hess", "hessp"} & {*functions}:
                    functions["hess"] = curvature(fun)
        watched = {name: watch(f) for name, f in functions.items()}
        found = theirs.minimize(**watched, **operands, **options)
        if watch.met is not None:
            refuse(constraints)
        return found

    begin = lambda operands: np.atleast_1d(as_floats(operands["x0"]))
    problem = problem_of("minimize", given, "fun jac hess hessp", "x0 low high", "x", begin, run)
    both = lambda operands: {"x": begin(operands), "p": begin(operands)}
    problem = problem._replace(examples={"hessp": both})
    whole = problem.functions["fun"]
    f: Function = (lambda x: whole(x)[0]) if problem.functions.get("jac") is True else whole

    def finish(found: Any) -> None:
        refuse(constraints)
        found["fun"] = single(f(found["x"]))

    return solved(problem, equation(f, bounds, Bounds.of), TOLERANCE, finish)


def vary(bounds: Any) -> bool:
    """Whether a Tensor or a symbol is among bounds."""
    if hasattr(bounds, "lb"):
        bounds = [bounds.lb, bounds.ub]
    return bool(recorded(bounds))


def equation(f: Function, bounds: Any, of: Function) -> Function:
    """The equation of a minimum of f, within bounds that ``of`` reads."""
    return lambda x: (stationary(f) if (read := of(bounds)) is None else read.held(f))(x)


def refuse(constraints: Any) -> None:
    """Refuse constraints where something varies."""
    if constraints or not isinstance(constraints, (tuple, list)):
        raise TypeError(
            "minimize with constraints= has no derivative here by what its functions read; state "
            "the conditions of the minimum, with multipliers, as the residual of al.implicit, "
            "around the same call; or use bounds=, which have one"
        )


SOLVERS["minimize"] = by_minimize


@of_scipy
def minimize(given: Given) -> Any:
    """``scipy.optimize.minimize``, by all its methods: ``x`` and ``fun`` of what it returns vary.

    They have derivatives by ``args``, by all that ``fun`` reads and by ``bounds``, of every order;
    x0 has none.  What is held by a bound stays at it.  Other fields are plain numbers.  Without
    ``jac``, SciPy gets the exact gradient, and a Hessian where the method needs one, if ``fun`` has
    them here; ``jac='2-point'`` leaves that to SciPy.  The derivatives are as exact as x is, and
    RuntimeError where it is no minimum: methods without gradients stop early.

    Raises TypeError for ``constraints`` where something varies.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: optimize.minimize(lambda x: np.sum(np.exp(x) - c * x), np.ones(2), tol=1e-9)
    >>> al.grad(lambda c: np.sum(f(c).x))(np.array([4.0, 8.0])).round(6)
    array([0.25 , 0.125])
    """
    return by_minimize(given)


def of_scalar(given: Given) -> Any:
    given = dict(given)
    bounds = given.get("bounds")

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        return theirs.minimize_scalar(watch(functions["fun"]), **operands, **options)

    def begin(operands: Given) -> Any:
        known = [operands[name][0] for name in ("bounds", "bracket") if name in operands]
        return known[0] if known else 0.5

    problem = problem_of("minimize_scalar", given, "fun", "bracket bounds", "x", begin, run)
    f: Function = problem.functions["fun"]

    def finish(found: Any) -> None:
        found["fun"] = single(f(found["x"]))

    of = lambda bounds: None if bounds is None else Bounds(bounds[0], bounds[1])
    return solved(problem, equation(f, bounds, of), TOLERANCE, finish)


SOLVERS["minimize_scalar"] = of_scalar


@of_scipy
def minimize_scalar(given: Given) -> Any:
    """``scipy.optimize.minimize_scalar``, by all its methods; see `minimize`.

    >>> import autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: optimize.minimize_scalar(lambda x: np.exp(x) - c * x).x
    >>> float(al.grad(f)(4.0).round(6))
    0.25
    """
    return of_scalar(given)
