"""The right-hand side of a differential equation: on Tensors, in plain numbers, its Jacobian."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.gathering import gathered
from autograd_lite.core.tracked import strip
from autograd_lite.loops.handing import Watch
from autograd_lite.scipy.integrate.values import array
from autograd_lite.transforms.jacobians import jacobian

Array = Any
Function = Callable[..., Any]


class RightSide(NamedTuple):
    """y′ = f(t, y) on Tensors, for a state of shape (n,), and what SciPy was asked for."""

    fun: Function
    args: tuple[Any, ...]
    n: int
    vectorized: bool = False

    def f(self, t: Array, y: Array) -> Array:
        if self.vectorized:
            y = y[:, np.newaxis]
        made = array(self.fun(t, y, *self.args))
        if np.shape(made) == (self.n,):
            return made
        return np.broadcast_to(np.reshape(made, -1), (self.n,))

    @property
    def of_numbers(self) -> "RightSide":
        """The same with plain arguments; Tensors that it reads from outside are still there."""
        return self._replace(args=strip(self.args))


def exact(fun: Function, args: tuple[Any, ...] = ()) -> Function:
    """The Jacobian of a right-hand side by its state."""

    def jac(t: float, y: Array, *_: Any) -> Array:
        return strip(jacobian(lambda y: array(fun(t, y, *args)))(np.asarray(y)))

    return jac


def known(
    fun: Function, args: tuple[Any, ...], t: float, y: Array, watch: Watch
) -> Function | None:
    """The exact Jacobian for SciPy; None where the right-hand side takes no Tensors."""
    if np.asarray(y).dtype.kind == "c":
        watch.why = "the state is complex; write real and imaginary parts as one state"
        return None
    try:
        y = np.asarray(y, float)
        jac = exact(fun, args)
        found = jac(t, y)
    except Exception as error:  # what a function of plain numbers alone may raise
        watch.failed(error)
        return None
    return jac if np.shape(found) == (*y.shape, *y.shape) else None


def is_left_to_scipy(jac: Any) -> bool:
    """Whether the Jacobian is to be found by SciPy's own differences."""
    if isinstance(jac, str) and jac != "2-point":
        raise ValueError(
            f"jac={jac!r}; give a function, a matrix, or '2-point' for SciPy's own differences"
        )
    return isinstance(jac, str)


def slopes(jac: Any, args: tuple[Any, ...], t: float, y: Array) -> Array:
    """∂f/∂y of plain numbers, from what a caller gave for it."""
    found = jac(t, y, *args) if callable(jac) else jac
    found = found.toarray() if hasattr(found, "toarray") else gathered(found)
    return np.asarray(strip(found), float)
