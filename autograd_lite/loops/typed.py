"""What type checkers know of the loops: one protocol each.  Nothing here runs.

What is carried keeps its type.  What is stacked is an array where a turn makes an array or a
number, and Any where it makes a tree.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, TypeVarTuple, overload

import numpy as np

R = TypeVar("R")
Carry = TypeVar("Carry")
State = TypeVar("State")
X = TypeVar("X", bound=Any)
Ts = TypeVarTuple("Ts")
Numbers = np.ndarray | np.generic | complex


class ScanLoop(Protocol):
    @overload
    def __call__(
        self,
        step: Callable[[Carry, Any], tuple[Carry, Numbers]],
        carry: Carry,
        xs: Any = None,
        *,
        length: int | None = None,
        reverse: bool = False,
        checkpoint: int | None = None,
    ) -> tuple[Carry, np.ndarray]: ...
    @overload
    def __call__(
        self,
        step: Callable[[Carry, Any], tuple[Carry, Any]],
        carry: Carry,
        xs: Any = None,
        *,
        length: int | None = None,
        reverse: bool = False,
        checkpoint: int | None = None,
    ) -> tuple[Carry, Any]: ...


class MapLoop(Protocol):
    @overload
    def __call__(self, f: Callable[..., Numbers], *xs: Any) -> np.ndarray: ...
    @overload
    def __call__(self, f: Callable[..., Any], *xs: Any) -> Any: ...


class Choice(Protocol):
    def __call__(
        self, flag: Any, yes: Callable[[*Ts], R], no: Callable[[*Ts], R], *operands: *Ts
    ) -> R: ...


class WhileLoop(Protocol):
    def __call__(
        self,
        cond: Callable[[State], Any],
        step: Callable[[State], State],
        state: State,
        *,
        limit: int | None = None,
    ) -> State: ...


class ByRepeating(Protocol):
    def __call__(
        self,
        f: Callable[[X, *Ts], X],
        x0: X,
        *params: *Ts,
        tol: float | None = None,
        limit: int = 1000,
    ) -> X: ...
