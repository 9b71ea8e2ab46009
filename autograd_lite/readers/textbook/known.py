"""The functions that textbooks have names for, their slopes, and where they are in a program."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from autograd_lite import special
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.recognition import Recognised, recognised
from autograd_lite.programs.steps import Value
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


# ---- where they are ----

FUNCTIONS: dict[str, Function] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "softplus": softplus,
    "silu": silu,
    "absolute": np.abs,
    "softmax": special.softmax,
    "log_softmax": special.log_softmax,
    "logsumexp": special.logsumexp,
}


def known_in(listing: Listing) -> dict[Value, Known]:
    """The known functions of a forward pass, by their results.

    ln a is no function of its own where a is a softmax.
    """
    found = recognised(listing)
    return {
        y: as_known(r) for y, r in found.items()
        if not is_backward(y) and not is_logarithm(r, found) and has_its_shape(r)
    }  # fmt: skip


def is_backward(y: Value) -> bool:
    return y.step is None or bool(y.step.through or y.step.incoming)


def has_its_shape(r: Recognised) -> bool:
    """Whether a result lies as the function makes it, and neither transposed nor one of two."""
    if any(s.function is np.where and s.args[0].shape == () != s.result.shape for s in r.steps):
        return False
    shape = [*(r.argument.shape or ())]
    if r.kind != "logsumexp":
        return r.result.shape == r.argument.shape
    assert r.axis is not None
    kept = [1 if k == r.axis % len(shape) else n for k, n in enumerate(shape)]
    del shape[r.axis]
    return [*(r.result.shape or ())] in (shape, kept)


def is_logarithm(r: Recognised, found: dict[Value, Recognised]) -> bool:
    last = r.steps[-1]
    inside = found.get(last.operands[0]) if last.function is np.log else None
    return r.kind == "log_softmax" and inside is not None and inside.kind == "softmax"


def as_known(r: Recognised) -> Known:
    keepdims = r.kind == "logsumexp" and len(r.result.shape or ()) == len(r.argument.shape or ())
    return Known(FUNCTIONS[r.kind], r.argument, r.axis, keepdims, r.steps)
