"""Exact derivatives for SciPy's solvers, where the user's function can be differentiated.

Whether it can be is tried at the point where the solver begins.  If that fails, or the derivative
is not finite there, SciPy takes differences as it does by itself, and a warning says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.core.tracked import LEFT, Symbol, strip
from autograd_lite.loops.handing import Function, Watch
from autograd_lite.transforms.gradients import value_and_grad, vjp
from autograd_lite.transforms.jacobians import hessian, pushforward


def single(y: Any) -> Any:
    """The value of an objective: an array of one number is that number."""
    y = y if hasattr(y, "dtype") else np.asarray(y)
    return np.reshape(y, ()) if np.size(y) == 1 and np.ndim(y) else y


def listed(y: Any) -> Any:
    """What a function returned as an array: a list, too."""
    return np.stack([*map(listed, y)]) if type(y) in (list, tuple) else y


def held_together(f: Function) -> Function:
    """``f``, which is an error where a number leaves the tape: the rest would be half a slope."""

    def call(x: Any) -> Any:
        y = f(x)
        left = LEFT.get(max(LEFT, default=0))
        if left:
            raise TypeError(
                f"at {left[0]} the value of a Tensor was taken off the tape, so the derivative "
                f"would be wrong; compute with the Tensor itself, or give jac='2-point'"
            )
        return y

    return call


def stationary(f: Function) -> Function:
    """The gradient of f, and 0 f: at a kink it is constant, and yet x varies with what f reads.

    So that is not overlooked, and the Jacobian of 0 is named as singular.
    """
    both = value_and_grad(lambda x: single(f(x)))

    def residual(x: Any) -> Any:
        value, gradient = both(x)
        return gradient + 0 * value

    return residual


def value_and_slope(f: Function) -> Function:
    """Both at once, as SciPy gets them."""
    f = held_together(f)
    return value_and_grad(lambda x: single(f(x)))


def curvature(f: Function) -> Function:
    return hessian(lambda x: single(f(x)))


def jacobian(f: Function) -> Function:
    """All derivatives of several numbers by a row of them: by rows or by columns, as is shorter."""

    def jacobian_at(x: Any) -> Any:
        g = held_together(lambda x: np.reshape(listed(f(x)), (-1,)))
        n = np.shape(x)[0]
        value, pullback = vjp(g, x)
        dtype = np.result_type(strip(value))
        if np.shape(value)[0] <= n:
            return np.stack([pullback(e)[0] for e in np.eye(np.shape(value)[0], dtype=dtype)])
        _, push = pushforward(g, (x,))
        return np.stack([push((e,)) for e in np.eye(n, dtype=np.result_type(strip(x)))], axis=1)

    return jacobian_at


def exact(derivative: Function, x: Any, watch: Watch) -> Function | None:
    """``derivative``, if it can be computed at ``x`` and is finite there: it is kept for then."""
    try:
        first = derivative(x)
    except Exception as error:
        watch.failed(error)
        return None
    parts = [strip(part) for part in (first if type(first) is tuple else (first,))]
    if any(isinstance(part, Symbol) for part in parts):  # of what is traced, nothing is known
        return derivative
    if not all(np.isfinite(part).all() for part in parts):
        watch.why = "its derivative is not finite where the solver begins; begin elsewhere"
        return None

    def call(y: Any) -> Any:
        return first if np.array_equal(x, y) and np.shape(x) == np.shape(y) else derivative(y)

    return call
