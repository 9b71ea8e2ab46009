"""Calls: an argument that is no such thing is named, with a remedy, and so is an unknown name.

What a function takes is stated where it is defined: ``@checked(argnums=ARGNUMS)``.  Then its
arguments are looked at before it runs.  With ``@explained`` that happens after it has failed, so
that a call which is right costs nothing more.  Packages on top of the engine use this too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from numbers import Integral, Number, Real
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple, TypeVar

import numpy as np

__tracebackhide__ = True

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType)

#: What others call an argument, by the names that ours have; packages on top add theirs.
ELSEWHERE = {"argnum": "argnums", "wrt": "argnums", "filename": "path", "max_depth": "depth"}


class Kind(NamedTuple):
    """What an argument may be: of a type, and among those of that type.

    ``example`` is the text of one that is, or makes such a text of the wrong value.
    """

    wanted: str
    example: str | Callable[[Any], str]
    of_type: Callable[[Any], bool]
    among: Callable[[Any], bool] = lambda value: True

    def fits(self, value: Any) -> bool:
        """Whether an argument may be this value."""
        return self.of_type(value) and self.among(value)

    def check(self, who: str, name: str, value: Any) -> None:
        """Raise TypeError or ValueError, naming function and argument, for a wrong value."""
        error: type[Exception] = ValueError
        if not self.of_type(value):
            error = TypeError
        elif self.among(value):
            return
        example = self.example if isinstance(self.example, str) else self.example(value)
        raise error(
            f"{who}: {name} = {told(value)}; it must be {self.wanted}, as in {name}={example}"
        )


def told(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    if isinstance(value, FUNCTIONS):
        return f"the function {value.__name__} itself"
    if hasattr(value, "shape") and hasattr(value, "dtype") and np.shape(value):
        return f"a {type(value).__name__} of {value.dtype} and shape {np.shape(value)}"
    text = repr(value.item() if isinstance(value, np.number) else value)
    if isinstance(value, (Real, str, bytes, type(None), tuple, list)) and len(text) < 60:
        return text
    return f"a {type(value).__name__}"


# ---- kinds ----


def whole(least: int, example: str = "3") -> Kind:
    """Whole numbers from ``least`` on."""
    return Kind(
        f"a whole number of at least {least}",
        example,
        lambda n: isinstance(n, Integral) and not isinstance(n, (bool, np.bool_)),
        lambda n: n >= least,
    )


def number(wanted: str, example: str, among: Callable[[float], bool]) -> Kind:
    """Numbers that satisfy ``among``; of one that is tracked, nothing is asked."""
    return Kind(
        wanted,
        example,
        lambda x: isinstance(x, Real) or (hasattr(x, "dtype") and np.shape(x) == ()),
        lambda x: not isinstance(x, Real) or among(float(x)),
    )


def maybe(kind: Kind) -> Kind:
    """The same, or None."""
    return kind._replace(
        wanted=f"{kind.wanted}, or None",
        of_type=lambda x: x is None or kind.of_type(x),
        among=lambda x: x is None or kind.among(x),
    )


def one_of(*names: str) -> Kind:
    """One of these texts; an error shows the one that is nearest to what was given."""

    def nearest(x: Any) -> str:
        among = {name.casefold().replace("-", ""): name for name in names}
        near = get_close_matches(str(x).casefold().replace("-", ""), among, 1)
        return repr(among[near[0]] if near else names[0])

    return Kind(
        f"one of {', '.join(map(repr, names))}",
        nearest,
        lambda x: isinstance(x, str),
        lambda x: x in names,
    )


def is_array(x: Any) -> bool:
    """Whether ``x`` may stand for an array: one, a number, or a list of such."""
    if isinstance(x, (list, tuple)):
        return all(map(is_array, x))
    return isinstance(x, Number) or (hasattr(x, "shape") and hasattr(x, "dtype"))


ARRAY = Kind("an array or a number", "np.array([1.0, 2.0])", is_array)


def _are_numbers(argnums: Any) -> bool:
    several = argnums if isinstance(argnums, (tuple, list, range)) else (argnums,)
    return all(isinstance(i, Integral) and not isinstance(i, bool) for i in several)


ARGNUMS = Kind(
    "the place of an argument, counted from 0, or a tuple of such",
    "(0, 1)",
    _are_numbers,
)
AXIS = Kind(
    "an axis, counted from 0 or, with -1 for the last, from the end",
    "-1",
    lambda axis: axis is None or _are_numbers(axis),
)
TREE = Kind(
    "a tree of arrays",
    '{"w": np.ones(3)}',
    lambda tree: tree is not None and not isinstance(tree, (str, type, *FUNCTIONS)),
)
ARGUMENTS = Kind(
    "a tuple with one part for each argument of f",
    "(x,)",
    lambda args: isinstance(args, (tuple, list)),
    lambda args: len(args) > 0,
)
TEXT = Kind("a text", '"z"', lambda text: isinstance(text, str))
PATH = Kind("the path of a file", '"file"', lambda path: isinstance(path, (str, os.PathLike)))
NUMBER = Kind("a number", "1.0", lambda x: is_array(x) and not isinstance(x, (list, tuple)))
FUNCTION = Kind(
    "a function, which is given itself and not its result",
    "lambda x: np.sum(x * x)",
    callable,
)


# ---- calls ----


def checked(**kinds: Kind) -> Callable[[F], F]:
    """A function, or the constructor of a class, whose arguments are looked at before it runs.

    >>> half = checked(n=whole(0, "4"))(lambda n: n // 2)
    >>> half(n=-4)
    Traceback (most recent call last):
    ValueError: <lambda>: n = -4; it must be a whole number of at least 0, as in n=4
    """

    def decorate(f: Any) -> Any:
        if isinstance(f, type):
            f.__init__ = decorate(f.__init__)  # type: ignore[misc]
            return f
        names = positional(f)

        @wraps(f)
        def call(*args: Any, **options: Any) -> Any:
            for name, value in given(names, args, options):
                if name in kinds:
                    kinds[name].check(who(f, args), name, value)
            try:
                return f(*args, **options)
            except (TypeError, np.exceptions.AxisError) as error:
                if (better := reworded(f, args, options, error)) is None:
                    raise
                raise better from None

        return call

    return decorate


def explained(**kinds: Kind) -> Callable[[F], F]:
    """A function whose arguments are looked at after it has failed.

    >>> third = explained(x=ARRAY)(lambda x: x / 3)
    >>> third("3")
    Traceback (most recent call last):
    TypeError: <lambda>: x = '3'; it must be an array or a number, as in x=np.array([1.0, 2.0])
    """

    def decorate(f: Any) -> Any:
        names = positional(f)

        @wraps(f)
        def call(*args: Any, **options: Any) -> Any:
            try:
                return f(*args, **options)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                if better := reworded(f, args, options, error):
                    raise better from None
                for name, value in given(names, args, options):
                    if name in kinds:
                        kinds[name].check(f.__name__, name, value)
                raise

        return call

    return decorate


def typed(kind: Callable[[], type[T]]) -> Callable[[Any], T]:
    """What makes type checkers see a function as a protocol describes it; it stays as it is.

    The protocol is named by ``lambda: Protocol``, which they read and nobody calls, so that it is
    imported for them alone.
    """
    return lambda f: f


def positional(f: Any) -> list[str]:
    """The names of the arguments that can be given by place."""
    parameters = signature(f).parameters.values()
    return [p.name for p in parameters if p.kind <= Parameter.POSITIONAL_OR_KEYWORD]


def given(names: list[str], args: Any, options: Any) -> Iterator[tuple[str, Any]]:
    """The arguments of a call by name."""
    yield from zip(names, args)
    yield from options.items()


def who(f: Any, args: Any) -> str:
    """What a user calls the function: a class by its name."""
    return type(args[0]).__name__ if f.__name__ == "__init__" else str(f.__name__)


def is_refused(error: BaseException) -> bool:
    """Whether a function has not begun to run, since its arguments are not those that it takes."""
    trace = error.__traceback__
    return trace is not None and trace.tb_next is None


def reworded(f: Any, args: Any, options: Any, error: Exception) -> Exception | None:
    """The error for a call that does not bind, or has no such axis; None for another."""
    if isinstance(error, np.exceptions.AxisError):
        axis = dict(given(positional(f), args, options)).get("axis")
        return ValueError(f"{f.__name__}: axis = {axis!r}: {error}; give one that it has")
    if isinstance(error, TypeError) and is_refused(error):
        return unbound(f, args, options, error)
    return None


def unbound(f: Any, args: Any, options: Any, error: TypeError) -> TypeError:
    """For a call with other arguments than a function has."""
    parameters = [
        p for p in signature(f).parameters.values() if p.name != "self" and p.kind != p.VAR_KEYWORD
    ]
    names = [p.name for p in parameters]
    spelled = [f"*{p.name}" if p.kind == p.VAR_POSITIONAL else f"{p.name}=" for p in parameters]
    name = who(f, args)
    takes = f"it takes {', '.join(spelled)}" if names else "it takes no arguments"
    for option in options:
        if option not in names:
            near = ELSEWHERE.get(option, option)
            near = near if near in names else "".join(get_close_matches(option, names, n=1))
            fix = f"write {near}=; " if near else ""
            return TypeError(f"{name} has no argument {option}=; {fix}{takes}")
    said = str(error).partition(") ")[2] or str(error)
    return TypeError(f"{name}() {said}; {takes}")
