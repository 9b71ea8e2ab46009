"""What is tracked: a value with the node that made it."""

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from autograd_lite.core.tape import Node

#: Constants that are taken as they are; at everything else we look twice.
PLAIN = frozenset({np.ndarray, np.float64, np.float32, float, int})

#: Above that of all of pandas, so that its operators ask ours, which refuse it by name.
FIRST = 10_000

T = TypeVar("T", bound="Tracked")
_new = object.__new__


class Tracked:
    """A value, the node that made it, and the level of differentiation that it belongs to.

    ``raw`` is the value itself, which the tape may keep: only the engine looks at it.

    ``fuses`` says whether a step may be a rule's ``forward``, after which less is kept.
    """

    __slots__ = ("level", "node", "raw")

    fuses = True

    __pandas_priority__ = FIRST

    raw: Any
    node: Node
    level: int
    __array_function__: Callable[..., Any]


class Answering:
    """What answers the operators of arrays and Tensors for itself, like a sparse matrix."""

    __slots__ = ()

    __array_ufunc__ = None


class Symbol:
    """What stands for an array while a program is traced: everything applied to it is written down.

    It lies below all levels, like an array, so that derivatives are written down as well.
    """

    __slots__ = ()

    __pandas_priority__ = FIRST

    array: Any

    def record(
        self, function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        raise NotImplementedError

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(x, Tracked) for x in inputs):
            return NotImplemented
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if method == "reduceat":  # NumPy hands on its indices twice if they are given by name
            options.pop("indices", None)
        return self.record(function, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if any(issubclass(kind, Tracked) for kind in types):
            return NotImplemented
        return self.record(function, args, options)

    def fork(self, branches: Any) -> Any:
        """What one of two functions returns, by the truth of what this stands for."""
        raise NotImplementedError

    def repeat(self, loop: Any) -> Any:
        """What a loop ends with that goes on while a condition holds."""
        raise NotImplementedError

    def solve(self, call: Any) -> Any:
        """What a solver returns that is called with what this stands for, or reads it.

        Beside it, what it returned for the numbers that are traced.
        """
        raise NotImplementedError

    def branch(self) -> bool:
        """The truth of what this stands for; what is written down holds where that is the same."""
        raise NotImplementedError


def branch(condition: Any, later: bool | None = None) -> bool:
    """The truth of a condition on numbers, on which a rule takes one way or the other.

    A plain ``if`` on numbers is refused while a program is traced, since it would be the same for
    all numbers.  This writes a guard down: the program raises ValueError for numbers for which the
    answer is another.  ``later`` is the answer where the numbers are not computed yet, as those of
    a Dask array, so the way that is right for all.  Without it that is a TypeError.

    >>> import numpy as np, autograd_lite as al
    >>> def f(x):
    ...     return np.sum(x) if al.branch(np.all(x > 0)) else np.sum(-x)
    >>> al.trace(f, np.ones(2))(np.array([1.0, 2.0])).item()
    3.0
    """
    condition = strip(condition)
    if isinstance(condition, Symbol):
        return condition.branch()
    if hasattr(type(condition), "chunks"):
        if later is None:
            raise not_computed(sys._getframe(1).f_code.co_name.removesuffix("_vjp"))
        return later
    return bool(condition)


def not_computed(name: str) -> TypeError:
    """The error for what goes one way or the other by numbers that are computed later."""
    return TypeError(
        f"{name} goes one way or another by numbers that are not computed yet, as those of a Dask "
        f"array; compute that first, {name}(x.compute(), …), or write what it does by np.where"
    )


#: The user's lines at which a value left the tape, by level, while a function runs at that level.
LEFT: dict[int, list[str]] = {}


def is_plain(values: Iterable[Any]) -> bool:
    """Whether all of these are taken as they are."""
    return PLAIN.issuperset(map(type, values))


def tracked(kind: type[T], raw: Any, node: Node, level: int) -> T:
    t = _new(kind)
    t.raw = raw
    t.level = level
    t.node = node
    return t


def strip(x: Any) -> Any:
    """The plain value under a tracked one of whatever level, also in lists, tuples and dicts."""
    while isinstance(x, Tracked):
        x = x.raw
    if type(x) in (list, tuple):
        return type(x)(map(strip, x))
    return {k: strip(v) for k, v in x.items()} if type(x) is dict else x


def example(x: Any) -> Any:
    """The plain value under a tracked one, and be it one that is traced."""
    x = strip(x)
    return x.array if isinstance(x, Symbol) else x
