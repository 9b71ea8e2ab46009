"""Least squares: fits, whose cost ½ Σ ρ(r²) has no gradient at what was found."""

from __future__ import annotations

from functools import partial
from inspect import Parameter, signature
from typing import Any

import numpy as np
import scipy.optimize as theirs

from autograd_lite.core.gathering import gathered
from autograd_lite.core.tracked import Symbol, Tracked, branch, strip
from autograd_lite.loops.handing import Function, Watch, recorded
from autograd_lite.scipy.optimize.minima import TOLERANCE, Bounds, equation, vary
from autograd_lite.scipy.optimize.slopes import exact, jacobian, listed
from autograd_lite.scipy.optimize.solving import (
    SOLVERS,
    Given,
    as_floats,
    closed,
    of_scipy,
    problem_of,
    solved,
    wants_slopes,
)

#: The losses of SciPy: ρ(z) of z = (r / f_scale)².
LOSSES: dict[str, Function] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1.0, z)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


def pair(bounds: Any) -> Any:
    """Bounds of least squares: a pair of lows and highs, or an object of SciPy's."""
    if bounds is None:
        return None
    if hasattr(bounds, "lb"):
        return Bounds(bounds.lb, bounds.ub)
    low, high = map(gathered, bounds)
    known = not recorded([low, high])
    if known and np.all(np.asarray(low) == -np.inf) and np.all(np.asarray(high) == np.inf):
        return None
    return Bounds(*[x if recorded(x) else np.asarray(x, float) for x in (low, high)])


def with_bounds(given: Given) -> None:
    """Bounds that vary are operands, each of its own."""
    if vary(given.get("bounds")):
        bounds = pair(given.pop("bounds"))
        given |= {"low": bounds.low, "high": bounds.high}


def by_least_squares(given: Given) -> Any:
    given = dict(given)
    if "low" in given:
        given["bounds"] = given.pop("low"), given.pop("high")
    bounds, jac = given.get("bounds"), given.get("jac")
    loss, scale = given.get("loss", "linear"), given.get("f_scale", 1.0)
    rest = given.pop("args", ()), given.pop("kwargs", None)
    given["fun"] = closed(given["fun"], *rest)
    if jac is not None:
        given["jac"] = closed(jac, *rest)
    with_bounds(given)

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        functions, options, operands = dict(functions), dict(options), dict(operands)
        if "low" in operands:
            options["bounds"] = operands.pop("low"), operands.pop("high")
        if wants_slopes(given, "jac"):
            x = np.atleast_1d(np.asarray(operands["x0"], float))
            slopes = exact(jacobian(functions["fun"]), x, watch)
            functions |= {} if slopes is None else {"jac": slopes}
        watched = {name: watch(f) for name, f in functions.items()}
        return theirs.least_squares(**watched, **operands, **options)

    begin = lambda operands: np.atleast_1d(as_floats(operands["x0"]))
    operands = "x0 low high f_scale"
    problem = problem_of("least_squares", given, "fun jac", operands, "x", begin, run)
    f: Function = problem.functions["fun"]
    cost = partial(cost_of, f, loss, scale)

    def finish(found: Any) -> None:
        x = found["x"]
        found["cost"], found["fun"] = cost(x), np.reshape(listed(f(x)), (-1,))
        if loss == "linear" and isinstance(found["jac"], (np.ndarray, Symbol)):
            found["jac"] = jacobian(f)(x)

    return solved(problem, equation(cost, bounds, pair), TOLERANCE, finish)


def cost_of(f: Function, loss: Any, scale: Any, x: Any) -> Any:
    """½ C² Σ ρ((r / C)²)."""
    r = np.reshape(listed(f(x)), (-1,))
    if loss == "linear":
        return np.sum(r * r) / 2
    z = (r / scale) ** 2
    rho = loss(z)[0] if callable(loss) else LOSSES[loss](z)
    return np.sum(rho) * scale**2 / 2


SOLVERS["least_squares"] = by_least_squares


@of_scipy
def least_squares(given: Given) -> Any:
    """``scipy.optimize.least_squares``: ``x``, ``cost``, ``fun`` and ``jac`` of its result vary.

    They have derivatives by ``args``, ``kwargs``, by all that ``fun`` reads and by ``bounds``, of
    every order; x0 has none.  What is held by a bound stays at it.  Without ``jac``, SciPy gets the
    exact Jacobian, if ``fun`` has one here; ``jac='2-point'`` leaves that to SciPy.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> t = np.arange(4.0)
    >>> f = lambda y: optimize.least_squares(lambda x: x[0] * t - y, [1.0]).x[0]
    >>> al.grad(f)(2 * t).round(9)
    array([0.        , 0.07142857, 0.14285714, 0.21428571])
    """
    return by_least_squares(given)


# ---- fits ----


def by_curve_fit(given: Given) -> Any:
    given = {key: x for key, x in given.items() if key != "full_output"}
    if "low" in given:
        given["bounds"] = given.pop("low"), given.pop("high")
    bounds, model, jac = given.get("bounds"), given["f"], given.get("jac")
    tries = wants_slopes(given, "jac")
    if isinstance(jac, str) and is_by_lm(given):
        del given["jac"]  # which takes no name
    with_bounds(given)

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        functions, options, operands = dict(functions), dict(options), dict(operands)
        if "low" in operands:
            options["bounds"] = operands.pop("low"), operands.pop("high")
        f = functions["f"]
        if tries and "p0" in operands:
            p0, xs = np.atleast_1d(as_floats(operands["p0"])), operands.get("xdata")
            of_xs = jacobian(lambda p: f(xs, *p))  # of the x that SciPy keeps
            if exact(of_xs, p0, watch) is not None:
                functions["jac"] = lambda x, *p: jacobian(lambda p: f(x, *p))(np.array(p, float))
        watched = {name: watch(f) for name, f in functions.items()}
        made = theirs.curve_fit(**watched, **operands, **options, full_output=True)
        names = ("popt", "pcov", "infodict", "message", "ier")
        return theirs.OptimizeResult(zip(names, made))

    operands = "xdata ydata sigma p0 low high"
    if (p0 := first_guess(model, given.get("p0"), bounds)) is not None:
        given["p0"] = p0
    problem = problem_of("curve_fit", given, "f jac", operands, "popt", None, run)

    def like(operands: Given) -> Given:
        begin = as_floats(operands["p0"])
        return {"x": data(operands.get("xdata"))} | {f"p{i}": p for i, p in enumerate(begin)}

    problem = problem._replace(examples={"f": like, "jac": like})

    def residual(p: Any) -> Any:
        if given.get("nan_policy") == "omit":
            raise TypeError(
                "curve_fit with nan_policy='omit' has no derivative here; leave out what is NaN "
                "before: keep = ~np.isnan(ydata), curve_fit(f, xdata[keep], ydata[keep])"
            )
        x, y, sigma = [data(given.get(name)) for name in ("xdata", "ydata", "sigma")]
        made = listed(model(x, *[p[i] for i in range(np.shape(p)[0])]))
        return whitened(np.reshape(made, (-1,)) - y, sigma)

    def finish(found: Any) -> None:
        known = branch(np.all(np.isfinite(found["pcov"])))  # SciPy has warned otherwise
        if known and isinstance(found["popt"], Tracked):
            found["pcov"] = covariance(residual, found["popt"], given.get("absolute_sigma", False))

    cost = partial(cost_of, residual, "linear", 1.0)
    return solved(problem, equation(cost, bounds, pair), TOLERANCE, finish)


def is_by_lm(given: Given) -> bool:
    """Whether SciPy takes the method of Levenberg and Marquardt, as it does without bounds."""
    return (given.get("method") or ("trf" if pair(given.get("bounds")) else "lm")) == "lm"


def data(x: Any) -> Any:
    """Data as SciPy hands it to the model: lists and arrays of numbers are floats."""
    x = gathered(x)
    if recorded(x) or not isinstance(x, (list, tuple, np.ndarray)):
        return x
    return np.asarray(x, float)


def first_guess(f: Any, p0: Any, bounds: Any) -> Any:
    """Where SciPy begins: between the bounds, as many numbers as the model has parameters.

    None if that cannot be known.
    """
    if p0 is not None:
        return p0
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters, bounds = signature(f).parameters.values(), pair(bounds)
    except (TypeError, ValueError):  # of which SciPy will speak
        return None
    n = sum(p.kind in kinds for p in parameters) - 1
    if n < 1 or any(p.kind is Parameter.VAR_POSITIONAL for p in parameters):
        return None
    p = np.ones(n)
    if bounds is None:
        return p
    low, high = [np.broadcast_to(strip(x), (n,)) for x in (bounds.low, bounds.high)]
    below, above = np.isfinite(low), np.isfinite(high)
    p[below & above] = 0.5 * (low + high)[below & above]
    p[below & ~above] = (low + 1)[below & ~above]
    p[~below & above] = (high - 1)[~below & above]
    return p


def whitened(r: Any, sigma: Any) -> Any:
    """Residuals over the errors of the data, or by their covariance."""
    if sigma is None:
        return r
    if np.ndim(sigma) < 2:
        return r / sigma
    return np.linalg.solve(np.linalg.cholesky(sigma), r)


def covariance(residual: Function, p: Any, absolute: bool) -> Any:
    """(JᵀJ)⁻¹, times the mean square of the residuals unless the errors are absolute."""
    J = jacobian(residual)(p)
    cov = np.linalg.inv(np.transpose(J) @ J)
    if absolute:
        return cov
    r = residual(p)
    return cov * (np.sum(r * r) / (np.shape(r)[0] - np.shape(p)[0]))


SOLVERS["curve_fit"] = by_curve_fit


@of_scipy
def curve_fit(given: Given) -> Any:
    """``scipy.optimize.curve_fit``: the parameters of a model that fit data, and their covariance.

    Both have derivatives by ``xdata``, ``ydata``, ``sigma``, by ``bounds`` and by all that ``f``
    reads, of every order; p0 has none.  Without ``jac``, SciPy gets the exact Jacobian, if ``f``
    has one here; ``jac='2-point'`` leaves that to SciPy.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> line = lambda t, a, b: a * t + b
    >>> f = lambda y: optimize.curve_fit(line, np.arange(3.0), y)[0][1]
    >>> al.grad(f)(np.array([1.0, 2.0, 4.0])).round(9)
    array([ 0.83333333,  0.33333333, -0.16666667])
    """
    found = by_curve_fit(given)
    if given.get("full_output"):
        return tuple([found[k] for k in ("popt", "pcov", "infodict", "message", "ier")])
    return found["popt"], found["pcov"]


def by_nnls(given: Given) -> Any:
    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        x, norm = theirs.nnls(**operands, **options)
        return theirs.OptimizeResult(x=x, rnorm=norm)

    problem = problem_of("nnls", given, "", "A b", "x", None, run)
    residual = lambda x: data(given["A"]) @ x - data(given["b"])

    def finish(found: Any) -> None:
        found["rnorm"] = np.linalg.norm(residual(found["x"]))

    cost = partial(cost_of, residual, "linear", 1.0)
    return solved(problem, Bounds(0.0, np.inf).held(cost), TOLERANCE, finish)


SOLVERS["nnls"] = by_nnls


@of_scipy
def nnls(given: Given) -> Any:
    """``scipy.optimize.nnls``: x ≥ 0 with the least ‖Ax − b‖, and that; zeros in x stay zero.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda b: np.sum(optimize.nnls(np.eye(2), b)[0])
    >>> al.grad(f)(np.array([2.0, -1.0])) + 0.0
    array([1., 0.])
    """
    found = by_nnls(given)
    return found["x"], found["rnorm"]
