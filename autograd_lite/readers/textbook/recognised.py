"""Which values of a forward pass are a known function of another one."""

from __future__ import annotations

import numpy as np

from autograd_lite import special
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.recognition import Recognised, recognised
from autograd_lite.programs.steps import Value
from autograd_lite.readers.textbook.known import Function, Known, relu, sigmoid, silu, softplus

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
    """Whether a result lies as the function makes it, and is not transposed on the way."""
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
