"""The derivative of a function of numbers, taken of all elements of an array at once."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.calls import FUNCTION, checked, typed, whole
from autograd_lite.core.admission import chunked
from autograd_lite.core.tracked import Symbol, strip
from autograd_lite.transforms.gradients import pulled
from autograd_lite.transforms.jacobians import any_cotangent, row

if TYPE_CHECKING:
    from autograd_lite.transforms.typed import Derivative

Function = Callable[..., Any]


@typed(lambda: Derivative)
@checked(f=FUNCTION, order=whole(0))
def derivative(f: Function, order: int = 1) -> Function:
    """The derivative of some ``order`` of an elementwise function, which is a function like it.

    ``derivative(f)(x)`` has the shape and dtype of ``x``: the slope of each element of the result
    by that of the first argument, at the price of two pullbacks.  Other arguments are passed on.
    Complex arguments are those of holomorphic functions.  A ValueError where an element of the
    result depends on another element of the argument, or the shapes differ: `jacobian` has those
    derivatives.

    >>> import numpy as np, autograd_lite as al
    >>> al.derivative(np.sin, 2)(np.array([0.0, np.pi / 2]))
    array([-0., -1.])
    """
    for _ in range(order):
        f = slope_of(f)
    return f


def slope_of(f: Function) -> Function:
    @wraps(f)
    def slope(*args: Any, **options: Any) -> Any:
        value, pullback = pulled(f, args, (0,), options)
        if np.shape(value) != np.shape(args[0]):
            raise ValueError(
                f"derivative: the argument has shape {np.shape(args[0])} and the result "
                f"{np.shape(value)}, so the function is not elementwise; use al.jacobian"
            )
        (found,) = row(pullback, value, [value], 0, np.ones_like(strip(value)))
        probe = any_cotangent(value)
        (probed,) = row(pullback, value, [value], 0, probe)
        check_diagonal(strip(found), strip(probed), strip(probe))
        return found

    return slope


def check_diagonal(found: Any, probed: Any, probe: Any) -> None:
    """Raise ValueError unless a pullback only multiplies; a program is not asked."""
    if isinstance(found, Symbol) or isinstance(probed, Symbol):
        return
    if chunked(found) is not None:
        raise TypeError(
            "derivative: whether a function is elementwise is seen from numbers, and those of a "
            "Dask array are not computed yet; al.grad(lambda x: np.sum(f(x))) is the same if it is"
        )
    with np.errstate(all="ignore"):
        wrong = abs(probed - probe * found) > 1e-3 * np.max(abs(found), initial=0)
    if np.any(wrong):
        raise ValueError(
            "derivative: an element of the result depends on other elements of the argument, so "
            "the function is not elementwise; use al.jacobian"
        )
