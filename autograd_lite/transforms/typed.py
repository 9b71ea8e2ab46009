# mypy: disable-error-code="overload-overlap"
"""What type checkers know of `grad` and its relatives: one protocol each.

The result of a transform has the arguments of the function that it is given.  A gradient has the
type of the argument that it is by, which is read off where ``argnums`` is 0, 1 or (0, 1), and Any
otherwise.  In a protocol, the first signature that fits holds.  Nothing here runs.

Mypy gives up where signatures fit that take one argument, with an Any in it, as different types;
and every ndarray has an Any in it.  So the signatures for ``argnums`` take ``f`` as one type.
"""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar, TypeVarTuple, overload

import numpy as np

P = ParamSpec("P")  # all arguments; unlike ..., it lets mypy infer lambdas inside of f
R = TypeVar("R")  # what a function returns
A = TypeVar("A")  # what it returns beside that, with has_aux
X = TypeVar("X", bound=Any)  # its first argument; the bound lets Pyright accept any lambda
Y = TypeVar("Y", bound=Any)  # its second argument
Ts = TypeVarTuple("Ts")  # all arguments of one without options
Out = TypeVar("Out", covariant=True)

First = Callable[Concatenate[X, P], R]
Second = Callable[Concatenate[X, Y, P], R]
Yes = Literal[True]
No = Literal[False]
Zero = Literal[0]
One = Literal[1]
Both = tuple[Zero, One]
Places = int | Sequence[int]
Tangents = Sequence[Any]


class Derived(Protocol[P, Out]):
    """A function made of another, with the same arguments."""

    def __call__(self, *args: P.args, **options: P.kwargs) -> Out: ...


class OfUfunc(Protocol):
    """What comes of a ufunc: it returns arrays for arrays, and numbers for numbers."""

    def __call__(self, x: X, /, *others: Any, **options: Any) -> X: ...


class WithValue(Protocol):
    """The value of a ufunc, and beside it what `OfUfunc` returns."""

    def __call__(self, x: X, /, *others: Any, **options: Any) -> tuple[X, X]: ...


class Grad(Protocol):
    @overload
    def __call__(self, f: np.ufunc, argnums: int = 0) -> OfUfunc: ...
    @overload
    def __call__(
        self, f: First[X, P, R], argnums: Zero = 0, has_aux: No = False
    ) -> Derived[Concatenate[X, P], X]: ...
    @overload
    def __call__(
        self, f: First[X, P, tuple[R, A]], argnums: Zero = 0, *, has_aux: Yes
    ) -> Derived[Concatenate[X, P], tuple[X, A]]: ...
    @overload
    def __call__(
        self, f: Second[X, Y, P, R], argnums: One, has_aux: No = False
    ) -> Derived[Concatenate[X, Y, P], Y]: ...
    @overload
    def __call__(
        self, f: Second[X, Y, P, R], argnums: Both, has_aux: No = False
    ) -> Derived[Concatenate[X, Y, P], tuple[X, Y]]: ...
    @overload
    def __call__(
        self, f: Second[X, Y, P, R], argnums: Places, has_aux: bool = False
    ) -> Derived[Concatenate[X, Y, P], Any]: ...
    @overload
    def __call__(
        self, f: Callable[[X], R], argnums: Places, has_aux: bool = False
    ) -> Derived[[X], Any]: ...


class ValueAndGrad(Protocol):
    @overload
    def __call__(self, f: np.ufunc, argnums: int = 0) -> WithValue: ...
    @overload
    def __call__(
        self, f: First[X, P, R], argnums: Zero = 0, has_aux: bool = False
    ) -> Derived[Concatenate[X, P], tuple[R, X]]: ...
    @overload
    def __call__(
        self, f: Second[X, Y, P, R], argnums: One, has_aux: bool = False
    ) -> Derived[Concatenate[X, Y, P], tuple[R, Y]]: ...
    @overload
    def __call__(
        self, f: Second[X, Y, P, R], argnums: Both, has_aux: bool = False
    ) -> Derived[Concatenate[X, Y, P], tuple[R, tuple[X, Y]]]: ...
    @overload
    def __call__(
        self, f: Second[X, Y, P, R], argnums: Places, has_aux: bool = False
    ) -> Derived[Concatenate[X, Y, P], tuple[R, Any]]: ...
    @overload
    def __call__(
        self, f: Callable[[X], R], argnums: Places, has_aux: bool = False
    ) -> Derived[[X], tuple[R, Any]]: ...


class Vjp(Protocol):
    @overload
    def __call__(
        self, f: Callable[[*Ts], R], *args: *Ts, has_aux: No = False
    ) -> tuple[R, Callable[[Any], tuple[*Ts]]]: ...
    @overload
    def __call__(
        self, f: Callable[[*Ts], tuple[R, A]], *args: *Ts, has_aux: Yes
    ) -> tuple[R, Callable[[Any], tuple[*Ts]], A]: ...


class Jvp(Protocol):
    @overload
    def __call__(
        self, f: Callable[[*Ts], R], args: tuple[*Ts], tangents: Tangents, has_aux: No = False
    ) -> tuple[R, R]: ...
    @overload
    def __call__(
        self, f: Callable[[*Ts], tuple[R, A]], args: tuple[*Ts], tangents: Tangents, has_aux: Yes
    ) -> tuple[R, R, A]: ...
    @overload
    def __call__(
        self, f: Callable[..., Any], args: Sequence[Any], tangents: Tangents, has_aux: bool = False
    ) -> tuple[Any, ...]: ...


class Hvp(Protocol):
    def __call__(self, f: Callable[P, Any], args: X, v: Any) -> X: ...


class Gnvp(Protocol):
    def __call__(self, f: Callable[P, R], loss: Callable[[R], Any], args: X, v: Any) -> X: ...


class Jacobian(Protocol):
    """Of an array by an array it is an array; of trees, and of what is not annotated, Any."""

    @overload
    def __call__(self, f: np.ufunc, argnums: int = 0) -> OfUfunc: ...
    @overload
    def __call__(
        self, f: First[np.ndarray, P, np.ndarray], argnums: Zero = 0, has_aux: No = False
    ) -> Derived[Concatenate[np.ndarray, P], np.ndarray]: ...
    @overload
    def __call__(
        self, f: Callable[P, R], argnums: Places = 0, has_aux: bool = False
    ) -> Derived[P, Any]: ...


class Hessian(Protocol):
    """By an array it is an array; by a tree, and by what is not annotated, Any."""

    @overload
    def __call__(self, f: np.ufunc, argnums: int = 0) -> OfUfunc: ...
    @overload
    def __call__(
        self, f: First[np.ndarray, P, R], argnums: Zero = 0, has_aux: No = False
    ) -> Derived[Concatenate[np.ndarray, P], np.ndarray]: ...
    @overload
    def __call__(
        self, f: Callable[P, R], argnums: Places = 0, has_aux: bool = False
    ) -> Derived[P, Any]: ...


class Derivative(Protocol):
    @overload
    def __call__(self, f: np.ufunc, order: int = 1) -> OfUfunc: ...
    @overload
    def __call__(self, f: Callable[P, R], order: int = 1) -> Callable[P, R]: ...
