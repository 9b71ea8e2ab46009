"""Roots of functions: of one number, and of several.

Where f(x, θ) = 0, dx = −(∂f/∂x)⁻¹ (∂f/∂θ) dθ, whatever found x.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np
import scipy.optimize as theirs

from autograd_lite.loops.handing import Function, Watch, recorded
from autograd_lite.scipy.optimize.slopes import exact, jacobian
from autograd_lite.scipy.optimize.solving import (
    SOLVERS,
    Given,
    as_floats,
    of_scipy,
    problem_of,
    solved,
    wants_slopes,
)

# ---- one number, between two ----


def between(name: str, given: Given) -> Any:
    """A root between ``a`` and ``b``, by one of the methods that need a change of sign."""
    given = {key: x for key, x in given.items() if key != "full_output"}

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        f = watch(functions["f"])
        return getattr(theirs, name)(f, **operands, **options, full_output=True)[1]

    begin = lambda operands: as_float(operands["a"])
    problem = problem_of(name, given, "f", "a b", "root", begin, run)
    return solved(problem, problem.functions["f"], elementwise=True)


def as_float(x: Any) -> Any:
    """A number of the kind that SciPy hands to functions."""
    return x if recorded(x) else float(x)


for _name in ("brentq", "brenth", "bisect", "ridder", "toms748"):
    SOLVERS[_name] = partial(between, _name)


def root_between(name: str, given: Given) -> Any:
    found = between(name, given)
    return (found["root"], found) if given.get("full_output") else found["root"]


@of_scipy
def brentq(given: Given) -> Any:
    """``scipy.optimize.brentq``: a root of f between a and b, by Brent's method.

    It has derivatives by ``args`` and by all that ``f`` reads, of every order; a and b are where it
    is looked for, and have none.

    >>> import autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: optimize.brentq(lambda x: x**3 - c, 0.0, 9.0)
    >>> float(al.grad(f)(8.0).round(9))
    0.083333333
    """
    return root_between("brentq", given)


@of_scipy
def brenth(given: Given) -> Any:
    """``scipy.optimize.brenth``: a root between a and b, by Brent with hyperbolas; see `brentq`."""
    return root_between("brenth", given)


@of_scipy
def bisect(given: Given) -> Any:
    """``scipy.optimize.bisect``: a root between a and b, by halving; see `brentq`."""
    return root_between("bisect", given)


@of_scipy
def ridder(given: Given) -> Any:
    """``scipy.optimize.ridder``: a root between a and b, by Ridder's method; see `brentq`."""
    return root_between("ridder", given)


@of_scipy
def toms748(given: Given) -> Any:
    """``scipy.optimize.toms748``: a root between a and b, by algorithm 748; see `brentq`."""
    return root_between("toms748", given)


def scalar(given: Given) -> Any:
    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        watched = {name: watch(f) for name, f in functions.items()}
        return theirs.root_scalar(**watched, **operands, **options)

    def begin(operands: Given) -> Any:
        return as_float(operands["bracket"][0] if "bracket" in operands else operands["x0"])

    problem = problem_of(
        "root_scalar", given, "f fprime fprime2", "bracket x0 x1", "root", begin, run
    )
    f = problem.functions["f"]
    several = problem.functions.get("fprime") is True
    return solved(problem, (lambda x: f(x)[0]) if several else f, elementwise=True)


SOLVERS["root_scalar"] = scalar


@of_scipy
def root_scalar(given: Given) -> Any:
    """``scipy.optimize.root_scalar``, by all its methods: ``root`` of what it returns varies.

    >>> import autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: optimize.root_scalar(lambda x: x * x - c, x0=1.0, x1=3.0).root
    >>> float(al.grad(f)(4.0).round(9))
    0.25
    """
    return scalar(given)


def by_newton(given: Given) -> Any:
    given = {key: x for key, x in given.items() if key != "full_output"}

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        watched = {name: watch(f) for name, f in functions.items()}
        made = theirs.newton(**watched, **operands, **options, full_output=True)
        if isinstance(made[1], theirs.RootResults):
            return made[1]
        return theirs.OptimizeResult(zip(made._fields, made), several=type(made))

    def begin(operands: Given) -> Any:
        return as_floats(operands["x0"]) if np.size(operands["x0"]) > 1 else operands["x0"]

    problem = problem_of("newton", given, "func fprime fprime2", "x0 x1", "root", begin, run)
    return solved(problem, problem.functions["func"], elementwise=True)


SOLVERS["newton"] = by_newton


@of_scipy
def newton(given: Given) -> Any:
    """``scipy.optimize.newton``: a root of ``func`` near x0, or near each number of an array.

    It has derivatives by ``args`` and by all that ``func`` reads, of every order; x0 has none.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: np.sum(optimize.newton(lambda x: x * x - c, np.ones(2)))
    >>> al.grad(f)(np.array([4.0, 9.0])).round(9)
    array([0.25      , 0.16666667])
    """
    found = by_newton(given)
    if not given.get("full_output"):
        return found["root"]
    several = found.get("several")
    return (
        several(*[found[name] for name in several._fields]) if several else (found["root"], found)
    )


# ---- several numbers ----


def of_system(given: Given) -> Any:
    given = dict(given)
    method = given.get("method", "hybr")
    tries = wants_slopes(given, "jac") and method in ("hybr", "lm")
    if isinstance(given.get("jac"), str):
        given["jac"] = None  # SciPy's own differences

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        functions = dict(functions)
        if tries:
            x = np.asarray(operands["x0"], float).reshape(-1)
            slopes = exact(jacobian(functions["fun"]), x, watch)
            functions |= {} if slopes is None else {"jac": slopes}
        watched = {name: watch(f) for name, f in functions.items()}
        return theirs.root(**watched, **operands, **options)

    def begin(operands: Given) -> Any:
        x0 = as_floats(operands["x0"])
        return np.reshape(x0, (-1,)) if method in ("hybr", "lm", "df-sane") else x0

    problem = problem_of("root", given, "fun jac", "x0", "x", begin, run)
    f, several = problem.functions["fun"], problem.functions.get("jac") is True
    return solved(problem, (lambda x: f(x)[0]) if several else f)


SOLVERS["root"] = of_system


@of_scipy
def root(given: Given) -> Any:
    """``scipy.optimize.root``, by all its methods: ``x`` of what it returns varies.

    It has derivatives by ``args`` and by all that ``fun`` reads, of every order; x0 has none.
    Without ``jac``, the methods hybr and lm get the exact Jacobian, if ``fun`` has one here;
    ``jac='2-point'`` leaves that to SciPy.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: np.sum(optimize.root(lambda x: x**3 - c, np.ones(2)).x)
    >>> al.grad(f)(np.array([1.0, 8.0])).round(9)
    array([0.33333333, 0.08333333])
    """
    return of_system(given)


def of_fsolve(given: Given) -> Any:
    given = {key: x for key, x in given.items() if key != "full_output"}
    tries = wants_slopes(given, "fprime") and not given.get("col_deriv")
    if isinstance(given.get("fprime"), str):
        given["fprime"] = None  # SciPy's own differences

    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        functions = dict(functions)
        if tries:
            x = np.asarray(operands["x0"], float).reshape(-1)
            slopes = exact(jacobian(functions["func"]), x, watch)
            functions |= {} if slopes is None else {"fprime": slopes}
        watched = {name: watch(f) for name, f in functions.items()}
        made = theirs.fsolve(**watched, **operands, **options, full_output=True)
        return theirs.OptimizeResult(
            x=made[0], infodict=made[1], ier=made[2], message=made[3], success=made[2] == 1
        )

    begin = lambda operands: np.reshape(as_floats(operands["x0"]), (-1,))
    problem = problem_of("fsolve", given, "func fprime", "x0", "x", begin, run)
    return solved(problem, problem.functions["func"])


SOLVERS["fsolve"] = of_fsolve


@of_scipy
def fsolve(given: Given) -> Any:
    """``scipy.optimize.fsolve``: the solution of a system of equations; see `root`.

    >>> import autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: optimize.fsolve(lambda x: x**3 - c, [1.0])[0]
    >>> float(al.grad(f)(8.0).round(9))
    0.083333333
    """
    found = of_fsolve(given)
    if given.get("full_output"):
        return found["x"], found["infodict"], found["ier"], found["message"]
    if not found["success"]:
        warnings.warn(found["message"], RuntimeWarning, stacklevel=3)  # as SciPy does
    return found["x"]


def fixed(given: Given) -> Any:
    def run(watch: Watch, functions: Given, operands: Given, options: Given) -> Any:
        f = watch(functions["func"])
        return theirs.OptimizeResult(x=theirs.fixed_point(f, **operands, **options))

    begin = lambda operands: as_floats(operands["x0"])
    problem = problem_of("fixed_point", given, "func", "x0", "x", begin, run)
    f: Function = problem.functions["func"]
    return solved(problem, lambda x: f(x) - x)


SOLVERS["fixed_point"] = fixed


@of_scipy
def fixed_point(given: Given) -> Any:
    """``scipy.optimize.fixed_point``: x with func(x) = x; see `brentq`, and `al.fixed_point`.

    >>> import autograd_lite as al, numpy as np
    >>> from autograd_lite.scipy import optimize
    >>> f = lambda c: optimize.fixed_point(lambda x: (x + c / x) / 2, 1.0)
    >>> float(np.round(al.grad(f)(4.0), 9))
    0.25
    """
    return fixed(given)["x"]
