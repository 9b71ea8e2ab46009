"""How SciPy's solvers are called: with plain numbers, and what they find gets its derivatives.

A function of the user's may read Tensors as its ``args``, or from anywhere else.  SciPy gets a
function of numbers in place of it, which takes note of that.  If there was any Tensor, what was
found becomes one too, by the equation that it solves (`loops/roots.py`).  If there was a symbol,
the whole call becomes one step of the program that is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from inspect import Parameter, signature
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize as theirs

from autograd_lite.core.gathering import gathered
from autograd_lite.core.tracked import Symbol, Tracked, example
from autograd_lite.loops.handing import (
    Function,
    Handover,
    MetSymbol,
    Watch,
    met,
    numbers,
    recorded,
)
from autograd_lite.loops.roots import Claim, attached

#: The arguments of a call by SciPy's names for them.
Given = dict[str, Any]

#: What solves by the names of SciPy's functions: it takes `Given`, and returns what was found.
SOLVERS: dict[str, Callable[[Given], Any]] = {}


class Closed(NamedTuple):
    """A function of the user's with its last arguments."""

    f: Function
    args: tuple[Any, ...]
    named: Mapping[str, Any]

    def __call__(self, *x: Any) -> Any:
        return self.f(*x, *self.args, **self.named)

    @property
    def plain(self) -> Closed:
        return Closed(self.f, *numbers(self.given)) if recorded(self.given) else self

    @property
    def given(self) -> list[Any]:
        return [self.args, dict(self.named)]


class Sought(NamedTuple):
    """A call of SciPy's solver ``name``.

    ``functions`` are those of the user's, ``operands`` what may be arrays, ``options`` all else:
    together what SciPy's function is given, by its names.  ``run(watch, functions, operands,
    options)`` calls it, and ``unknown`` says which field of what it returns has been solved for.
    A function gets an x like ``start(operands)``, or what is like its ``examples(operands)``.
    """

    name: str
    functions: dict[str, Any]
    operands: dict[str, Any]
    options: dict[str, Any]
    run: Callable[[Watch, dict[str, Any], dict[str, Any], dict[str, Any]], Any]
    unknown: str
    start: Callable[[dict[str, Any]], Any]
    examples: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def problem_of(
    name: str, given: Given, functions: str, operands: str, unknown: str, start: Any, run: Any
) -> Sought:
    """A call of SciPy's, sorted: functions get the ``args`` that were given."""
    given = dict(given)
    args = given.pop("args", ())
    first = {f: closed(given.pop(f), args) for f in functions.split() if given.get(f) is not None}
    arrays = {x: given.pop(x) for x in operands.split() if given.get(x) is not None}
    return Sought(name, first, arrays, given, run, unknown, start)


def solved(
    problem: Sought,
    residual: Function,
    tol: float | None = None,
    finish: Function | None = None,
    elementwise: bool = False,
) -> Any:
    """What SciPy's solver returns, with derivatives where something varies.

    ``residual(x)`` is zero at what was found, ``elementwise`` if each of its numbers depends on one
    of x.  ``finish(found)`` adds the derivatives of other fields.
    """
    found, varies = found_by(problem)
    if varies:
        x = found[problem.unknown]
        claim = claimed(problem.name, found, tol)
        (after,) = attached([x], lambda x: [flat(residual(x[0]))], claim, elementwise)
        if after is not x:
            found[problem.unknown] = after
            if finish is not None:
                finish(found)
    return found


def flat(y: Any) -> Any:
    """What a function returned as an array: a list, too."""
    return np.stack([*map(flat, y)]) if type(y) in (list, tuple) else y


def claimed(name: str, found: Any, tol: float | None) -> Claim:
    """What SciPy claims to have solved: if it did not converge, nothing but a root will do."""
    remedy = "give it a smaller tolerance, more iterations, or begin nearer"
    flag = found.get("success", found.get("converged", True))
    flag = flag.symbol if isinstance(flag, Flag) else flag
    if isinstance(flag, Symbol):
        loose = 1e-5 if tol is None else tol
        return Claim(name, np.where(np.all(flag), loose, 1e-6), remedy)  # type: ignore[call-overload]
    if not np.all(flag):
        said = found.get("message") or found.get("flag") or "it did not converge"
        return Claim(name, 1e-6, f"SciPy says: {said}; {remedy}")
    return Claim(name, tol, remedy)


def found_by(problem: Sought) -> tuple[Any, bool]:
    """What SciPy returns for plain numbers, and whether something varies that it depends on."""
    functions, operands = problem.functions, problem.operands
    plain = {name: numbers(x) for name, x in operands.items()}
    watch = Watch()
    given = [f.given for f in functions.values() if isinstance(f, Closed)]
    for x in recorded([*operands.values(), given]):
        watch.met = x
    bare = {name: f.plain if isinstance(f, Closed) else f for name, f in functions.items()}
    try:
        for x in recorded([*plain.values()]):
            met(x)
        solution = problem.run(watch, bare, plain, problem.options)
        watch.tell(problem.name, "fprime" if problem.name == "fsolve" else "jac")
        return solution, watch.met is not None
    except MetSymbol as found:
        symbol = found.symbol
    return traced(problem, plain, symbol), True


# ---- in programs ----


class Parts(tuple[Any, ...]):
    """The arrays of what a solver returned, with the whole of it."""

    result: Any
    options: dict[str, Any]


class Flag:
    """Whether a solver converged, in a program: where that is asked, a guard is written down."""

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol

    def __bool__(self) -> bool:
        return self.symbol.branch()

    def __repr__(self) -> str:
        return str(example(self.symbol))


def traced(problem: Sought, plain: dict[str, Any], symbol: Any) -> Any:
    """A solver as one step of a program: what it returns has symbols in its fields.

    Functions are written down.  What are no numbers, such as a message, is that of this run.
    """
    operands = {name: gathered(x) for name, x in plain.items()}
    start = lambda operands: {"x": problem.start(operands)}
    functions = {
        name: (below(f), numbers(problem.examples.get(name, start)(operands)))
        for name, f in problem.functions.items()
        if callable(f)
    }
    options = problem.options | {k: f for k, f in problem.functions.items() if not callable(f)}
    call = Handover(problem.name, parts, functions, operands, {"solver": problem.name} | options)
    arrays, seen = symbol.hand(call)
    found = seen.result
    for name, x in zip(seen.options["fields"], arrays):
        flag = name in ("success", "converged") and np.ndim(x) == 0
        found[name] = Flag(x) if flag else x
    return found


def below(f: Function) -> Function:
    """A function of the user's as one that is written down: without Tensors, below all levels."""

    def call(*x: Any) -> Any:
        y = numbers(f(*x))
        return tuple(y) if type(y) is list else y

    return call


def parts(*, solver: str, fields: tuple[str, ...] = (), **given: Any) -> Parts:
    """The arrays in what one of SciPy's solvers returns, as a step of a program."""
    found = SOLVERS[solver](given)
    names = fields or tuple([name for name in found if is_numeric(found[name])])
    made = Parts([x.symbol if isinstance(x := found[name], Flag) else x for name in names])
    made.result, made.options = found, {"fields": names}
    return made


def is_numeric(x: Any) -> bool:
    """Whether a field of a result is an array or a number."""
    if isinstance(x, (Tracked, Symbol, Flag)):
        return True
    return isinstance(x, (bool, int, float, complex, np.ndarray, np.generic)) and (
        np.asarray(x).dtype.kind in "biufc"
    )


# ---- what has no derivative ----

#: What to use in place of SciPy's other functions; the first that fits.
BETTER = {
    "fminbound golden brent bracket": "minimize_scalar",
    "fmin": "minimize",
    "leastsq lsq": "least_squares",
    "broyden anderson linearmixing diagbroyden excitingmixing newton_krylov": "root",
    "approx_fprime": "al.grad",
    "rosen": "np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)",
    "": "al.implicit around this call, with the equation that it solves",
}


def of_plain_numbers(name: str) -> Function:
    """A function of SciPy's that takes no Tensors, nor functions that return them."""
    f = getattr(theirs, name)

    def call(*args: Any, **named: Any) -> Any:
        watch = Watch()
        given = [*args, *named.values()]
        symbols: list[Any] = recorded(given)
        found = None
        if not symbols:
            try:
                found = f(*map(watch, args), **{key: watch(x) for key, x in named.items()})
            except MetSymbol as met:
                symbols = [met.symbol]
        if symbols or watch.met is not None:
            better = next(b for k, b in BETTER.items() if name.startswith((*k.split(" "),)))
            raise TypeError(
                f"optimize.{name} has no derivative by what its functions and arrays hold; "
                f"use {better}"
            )
        return found

    return update_wrapper(call, f)


# ---- signatures ----


def of_scipy(present: Callable[[Given], Any]) -> Function:
    """A function with the name, the signature and the defaults of SciPy's.

    ``present`` gets what was given, by SciPy's names.
    """
    name = present.__name__
    original = getattr(theirs, name)
    declared = signature(original)
    rest = [p.name for p in declared.parameters.values() if p.kind is Parameter.VAR_KEYWORD]
    unset = {p.name for p in declared.parameters.values() if p.default is None}

    def call(*args: Any, **named: Any) -> Any:
        try:
            given = dict(declared.bind(*args, **named).arguments)
        except TypeError:
            return original(*args, **named)  # which says what is wrong
        for several in rest:
            given |= given.pop(several, {})
        return present({k: x for k, x in given.items() if x is not None or k not in unset})

    vars(update_wrapper(call, present)).pop("__wrapped__")
    call.__signature__ = declared  # type: ignore[attr-defined]
    return call


#: Options that say how SciPy is to take differences: then it shall.
DIFFERENCES = {"eps", "epsfcn", "finite_diff_rel_step", "diff_step", "jac_sparsity", "band"}


def wants_slopes(given: Given, jac: str) -> bool:
    """Whether the caller has said nothing of the Jacobian, which is called ``jac``."""
    options = given.get("options")
    said = {*given, *(options if isinstance(options, dict) else ())}
    return jac not in given and not said & DIFFERENCES


def as_floats(x: Any) -> Any:
    """A first guess as SciPy hands it to functions: an array of floats."""
    x = gathered(x)
    if recorded(x):
        return x
    x = np.asarray(x)
    return x.astype(float) if x.dtype.kind in "biu" else x


def closed(f: Any, args: Any = (), named: Mapping[str, Any] | None = None) -> Any:
    """A function of the user's with the ``args`` that SciPy would hand to it."""
    args = args if isinstance(args, tuple) else (args,)
    return Closed(f, args, named or {}) if callable(f) and (args or named) else f
