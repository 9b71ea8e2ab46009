"""The functions that textbooks have names for, by what they compute, and their slopes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from autograd_lite import special
from autograd_lite.transforms.gradients import vjp

Function = Callable[..., Any]


def sigmoid(z: Any) -> Any:
    """σ(z)."""
    return 1 / (1 + np.exp(-z))


def relu(z: Any) -> Any:
    """ReLU(z)."""
    return np.maximum(z, 0)


def softplus(z: Any) -> Any:
    """ln(1 + e^z)."""
    return np.logaddexp(0, z)


def silu(z: Any) -> Any:
    """z σ(z)."""
    return z / (1 + np.exp(-z))


def log_abs_det(matrix: Any) -> Any:
    """ln |det A|."""
    return np.linalg.slogdet(matrix)[1]


#: Of each element by itself: first those that are layers of a network.
ACTIVATIONS = (sigmoid, np.tanh, relu, silu)
#: Functions that take a z.
BEFORE = (*ACTIVATIONS, special.softmax, special.log_softmax)
BY_ELEMENT = (*ACTIVATIONS, np.abs, softplus)


class Prime:
    """f′, for the derivative of a function that goes element by element."""

    def __init__(self, of: Function) -> None:
        self.of = of
        self.__name__ = f"{getattr(of, '__name__', of)}′"

    def __call__(self, z: Any, **options: Any) -> Any:
        y, pullback = vjp(lambda z: self.of(z, **options), z)
        (slope,) = pullback(np.ones_like(y))
        return slope


@cache
def prime_of(function: Function) -> Prime:
    return Prime(function)


class Known(NamedTuple):
    """A value that a known function makes of another: ``axis`` is that along which it goes."""

    function: Function
    z: Any
    axis: int | None = None
    keepdims: bool = False
    region: tuple[Any, ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        if self.function in BY_ELEMENT:
            return {}
        kept = {"keepdims": True} if self.keepdims else {}
        return {"axis": self.axis, **kept}
