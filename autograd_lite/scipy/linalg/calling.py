"""Calls: SciPy's own function on plain arrays, ours on Tensors, and what takes no Tensors.

Ours is a primitive, or made of primitives.  A primitive calls SciPy's, so its value has the same
bits.  What only tells SciPy where it may write, such as ``overwrite_a``, says nothing on Tensors.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.gathering import gathered, holds

Array = Any
Function = Callable[..., Any]
P = ParamSpec("P")
R = TypeVar("R")


def counterpart(ours: Callable[P, R]) -> Callable[P, R]:
    """``ours`` on Tensors, and on plain arrays the function of SciPy's that has its name."""
    name = ours.__name__

    @wraps(ours)
    def function(*args: P.args, **options: P.kwargs) -> R:
        if holds([*args, *options.values()]):
            return ours(*args, **options)
        found: R = getattr(theirs, name)(*args, **options)
        return found

    return function


def array(x: Array) -> Array:
    """``x`` as an array: a list is read, and may hold Tensors."""
    if type(x) in (list, tuple):
        x = gathered(x)
    return x if hasattr(x, "dtype") else np.asarray(x)


# ---- what has no derivative ----

REMEDIES = {
    "null_space": "a basis of the null space is not unique, but the projector on it is; use "
    "np.eye(A.shape[-1]) - linalg.pinv(A) @ A",
    "orth": "a basis of the range is not unique, but the projector on it is; use "
    "A @ linalg.pinv(A), or linalg.qr(A, mode='economic')[0], which is one basis",
}


def plainly(name: str) -> Function:
    """A function of SciPy's that takes no Tensors: TypeError for one."""
    function: Function = getattr(theirs, name)

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if holds([*args, *options.values()]):
            why = REMEDIES.get(
                name,
                "give it al.stop_gradient(value), which is a constant, or compose it of others",
            )
            raise TypeError(f"linalg.{name} has no derivative here: {why}")
        return function(*args, **options)

    return call


def refused(name: str, what: str, remedy: str) -> TypeError:
    """The error for an option with which a function has no derivative."""
    return TypeError(f"linalg.{name} has no derivative with {what}; {remedy}")
