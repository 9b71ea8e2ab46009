"""Solvers of others, which get functions of the user's and plain numbers, below all levels.

What such a function reads from outside may vary.  So something stands between the two that takes
note of Tensors, and stops at a symbol.  Then the call becomes one step of the program that is
traced, with a body for each function.
"""

import warnings
from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.frames import levels_up
from autograd_lite.core.gathering import gathered, is_sequence
from autograd_lite.core.tracked import PLAIN, Symbol, Tracked, strip
from autograd_lite.core.trees import rebuild, tree_leaves

Function = Callable[..., Any]


class MetSymbol(BaseException):  # which no solver catches
    """A function of the user's has returned ``symbol``, so there are no numbers to solve with."""

    def __init__(self, symbol: Any) -> None:
        self.symbol = symbol


class Handover(NamedTuple):
    """A call ``function(**given, **operands, **options)`` of a solver; it returns some arrays.

    ``given`` are the functions that it gets, each with examples of its arguments.  They return one
    array below all levels or a tuple of them, and may read what is traced.  ``operands`` are
    arrays, and ``options`` the same at each run.  A program has it as one step called ``name``,
    which calls ``function`` for Tensors, too.  ``sized`` says that shapes of the results depend on
    numbers.  ``direct`` records the same in another way, for what reads nothing from outside.
    """

    name: str
    function: Function
    given: Mapping[str, tuple[Function, Mapping[str, Any]]]
    operands: Mapping[str, Any]
    options: Mapping[str, Any]
    sized: bool = False
    direct: Callable[[], Any] | None = None


def hand(call: Handover, run: Callable[[], Any]) -> tuple[Any, ...]:
    """What ``run()`` returns, which solves with numbers; where it meets a symbol, a step."""
    try:
        for x in call.operands.values():
            met(x)
        return tuple(run())
    except MetSymbol as found:
        symbol = found.symbol
    return tuple(symbol.hand(call)[0])


def met(x: Any) -> Any:
    """``x`` for a solver, unless that is to be written down."""
    if isinstance(x, Symbol):
        raise MetSymbol(x)
    return x


DIFFERENCES = (
    "{who}: SciPy took differences for derivatives of the function that it was given, since "
    "{why}, or say {jac}='2-point' for differences"
)
NO_TENSORS = "it failed on Tensors ({error}); write it with NumPy's functions of arrays"


class Watch:
    """What stands between a solver and functions: ``met`` is a Tensor that one has returned.

    A symbol stops the solver, unless the functions are written down, and it is ``passed`` on.
    ``why`` says why the solver gets no exact derivatives though it should, and what to do.
    """

    def __init__(self, passed: bool = False) -> None:
        self.met: Any = None
        self.passed = passed
        self.why = ""

    def failed(self, error: Exception) -> None:
        """Note that a function failed on Tensors."""
        self.why = NO_TENSORS.format(error=f"{type(error).__name__}: {error}")

    def tell(self, who: str, jac: str) -> None:
        """Warn of differences; ``jac`` is what the option for derivatives is called."""
        if self.why:
            text = DIFFERENCES.format(who=who, why=self.why, jac=jac)
            warnings.warn(text, stacklevel=levels_up())

    def __call__(self, f: Any) -> Any:
        """``f`` as a function of numbers; what is none, such as a name, stays what it is."""
        if not callable(f) or isinstance(f, type):
            return f
        return update_wrapper(lambda *x: self.seen(f(*x)), f)

    def seen(self, y: Any) -> Any:
        """What a function returned, as plain numbers."""
        found = recorded(y)
        if not found:
            return y
        self.met = next((x for x in found if isinstance(x, Tracked)), self.met)
        y = numbers(y)
        for symbol in [] if self.passed else recorded(y):
            raise MetSymbol(symbol)
        return y


def recorded(x: Any) -> list[Any]:
    """The Tensors and symbols in an argument, or in what a function returned.

    What is in an object of another kind is found when a function reads it.
    """
    if is_sequence(x):
        parts = x.flat if type(x) is np.ndarray else x
        return [found for part in parts for found in recorded(part)]
    if type(x) in PLAIN:
        return []
    if type(x) is dict:
        return [found for part in x.values() for found in recorded(part)]
    try:
        return [leaf for leaf in tree_leaves(x) if isinstance(leaf, (Tracked, Symbol))]
    except TypeError:  # it is no tree
        return []


def numbers(x: Any) -> Any:
    """An argument, or what a function returned, without Tensors; symbols are still there."""
    if not recorded(x):
        return x
    if type(x) is np.ndarray:
        return strip(gathered(x))
    if type(x) in (list, tuple):
        return type(x)(map(numbers, x))
    if type(x) is dict:
        return {name: numbers(part) for name, part in x.items()}
    return rebuild(x, strip)
