"""Values that SciPy computed, with derivatives that are computed apart from them."""

from typing import Any

import numpy as np

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.gathering import gathered, holds
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import Symbol, Tracked, strip

Array = Any


@primitive
def valued(y: Array, value: Array) -> Array:
    """``value``, bit by bit, with the derivatives of ``y``, which is the same but for rounding."""
    return value


rule(valued, y=lambda g: g, value=None)


@primitive
def failed(value: Array, *inputs: Array, why: str = "") -> Array:
    """``value``, which has no derivative by what it was computed from, since that has failed."""
    return value


def refuse(g: Array, why: str) -> Array:
    raise RuntimeError(
        f"a run that failed has no gradient: {why} Look at `success` first, and give it a larger "
        f"rtol or a shorter t_span"
    )


rule(failed, value=refuse)


def varies(*values: Any) -> bool:
    """Whether a Tensor is among values, in lists and tuples too."""
    return holds(values, Tracked)


def plain(x: Any) -> Any:
    """The number or array under whatever stands for it; one Tensor of lists of them first."""
    return stop_gradient(gathered(x)) if not isinstance(x, np.ndarray) or x.dtype == object else x


def array(x: Any) -> Any:
    """``x`` as an array of floats, or the Tensor of such."""
    x = gathered(x)
    x = x if hasattr(x, "dtype") else np.asarray(x)
    return x if x.dtype.kind in "fc" and x.dtype.itemsize >= 8 else x.astype(float)


def beside(x: Array, q: Array) -> Array:
    """An array from which an index that is made of ``q`` picks: in a trace it is one, too."""
    symbol = strip(q)
    if isinstance(symbol, Symbol) and isinstance(x, np.ndarray):
        return np.asarray(x, like=symbol)
    return x
