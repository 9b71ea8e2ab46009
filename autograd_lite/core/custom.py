"""A user's own functions on the tape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import apply, binary, unary
from autograd_lite.core.registry import PRIMITIVES, primitive_of
from autograd_lite.core.tape import NOTHING
from autograd_lite.core.tracked import PLAIN, Symbol, Tracked, strip

P = ParamSpec("P")
R = TypeVar("R")


def primitive(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function of your own one step of the tape; state its derivative with `al.rule`.

    The function gets and returns plain arrays.  Its array arguments come first; give the others
    as keywords if they have a default.

    >>> import numpy as np, autograd_lite as al
    >>> @al.primitive
    ... def softplus(x):
    ...     return np.logaddexp(0.0, x)
    >>> al.rule(softplus, x=lambda g, x: g / (1 + np.exp(-x)))
    >>> float(al.grad(softplus)(0.0))
    0.5
    """
    row = primitive_of(function)
    row.own = True
    row.see_through = function.__name__.startswith("_")  # a private name helps no reader
    step = recorded(function, row)
    PRIMITIVES[step] = row
    return step


def rearranged(function: Callable[P, R]) -> Callable[P, R]:
    """A primitive that only calls another function with its arguments in another form.

    The rule wants them in this one; a program that is traced has the other function in it.
    """
    step = primitive(function)
    PRIMITIVES[step].see_through = True
    return step


def recorded(function: Callable[P, R], row: Primitive) -> Callable[P, R]:
    """``function``, recorded as ``row`` when a tracked value is among its arguments."""

    def general(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        for a in args:
            if isinstance(a, Tracked):
                break
            if isinstance(a, (list, tuple)):
                refuse_tensors_in(a, row.name)
        else:
            if not (options and any(isinstance(x, Tracked) for x in options.values())):
                return plainly(args, options)
        return apply(row, *row.bind(args, options))

    def plainly(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if not row.see_through:
            for a in (*args, *options.values()):
                for part in a if type(a) in (list, tuple) else (a,):
                    if isinstance(part, Symbol):
                        return part.record(step, args, options)
        return function(*args, **options)

    # As for NumPy's own functions there is a short way; all else is `general`.

    @wraps(function)
    def step(*args: P.args, **options: P.kwargs) -> Any:
        if options:
            return general(args, options)
        for a in args:
            if type(a) not in PLAIN:
                break
        else:
            return function(*args)  # type: ignore[call-arg]
        if isinstance(a, Tracked) and len(args) == row.leading:
            if row.quick == 1:
                return run1(a)
            return run2(*args) if row.quick == 2 else apply(row, args, NOTHING)
        return general(args, options)

    def inner1(x: Any) -> Any:  # it may be tracked at a lower level
        return function(x) if type(x) in PLAIN else step(x)  # type: ignore[call-arg]

    def inner2(x: Any, y: Any) -> Any:
        plain = type(x) in PLAIN and type(y) in PLAIN
        return function(x, y) if plain else step(x, y)  # type: ignore[call-arg]

    run1, run2 = unary(row, inner1), binary(row, inner2)
    row.function = step
    return step


def refuse_tensors_in(items: Iterable[Any], name: str) -> None:
    if any(isinstance(x, Tracked) for x in items):
        raise TypeError(
            f"{name} got Tensors in a list, where no rule sees them; give them one by one, to a "
            f"function of *args, or as one array, by np.stack"
        )


def stop_gradient(x: Any) -> Any:
    """The plain value of ``x``: a constant for every derivative.

    >>> import autograd_lite as al
    >>> float(al.grad(lambda x: x * al.stop_gradient(x))(3.0))
    3.0
    """
    return strip(x)
