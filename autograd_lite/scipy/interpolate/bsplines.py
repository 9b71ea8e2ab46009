"""B-splines by coefficients, knots and points, and those through values."""

from typing import Any

import numpy as np
import scipy.interpolate as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.scipy.integrate.values import array, varies
from autograd_lite.scipy.interpolate.piecewise import aware, tracked
from autograd_lite.scipy.interpolate.recursion import TrackedSpline

Array = Any

PLACES = (
    "make_interp_spline: the places x have no derivative here, since the knots are made of them; "
    "take CubicSpline, which has one, or give al.stop_gradient(x)"
)


@primitive
def interpolating(y: Array, x: Array, k: int, t: Any = None, bc_type: Any = None) -> Array:
    """SciPy's coefficients of the spline through values."""
    return theirs.make_interp_spline(x, y, k, t, bc_type).c


@primitive
def knots(x: Array, shape: Any, k: int, t: Any = None, bc_type: Any = None) -> Array:
    """SciPy's knots of the spline through values of this shape."""
    return theirs.make_interp_spline(x, np.zeros(shape), k, t, bc_type).t


def transposed(g: Array, x: Array, k: int, t: Any = None, bc_type: Any = None) -> Array:
    """The adjoint of the linear map from values to coefficients."""
    eye = np.eye(np.shape(x)[0])
    zero = 0 * eye
    matrix = interpolating(eye, x, k, t, bc_type) - interpolating(zero, x, k, t, bc_type)
    flat = np.reshape(g, (np.shape(g)[0], -1))
    return np.reshape(np.transpose(matrix) @ flat, (-1, *np.shape(g)[1:]))


def BSpline(t: Any, c: Any, k: int, extrapolate: Any = True, axis: int = 0) -> Any:
    """The spline of degree k with knots t and coefficients c; by all of them, and by its points.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda c: interpolate.BSpline(np.array([0.0, 0.0, 1.0, 2.0, 2.0]), c, 1)(0.25)
    >>> al.grad(f)(np.zeros(3)).tolist()
    [0.75, 0.25, 0.0]
    """
    if not tracked(t, c):
        return aware(theirs.BSpline(t, c, k, extrapolate, axis))
    c = np.moveaxis(array(c), axis, 0)
    t = array(t)
    return TrackedSpline(t, c[: np.shape(t)[0] - k - 1], k, extrapolate, axis % np.ndim(c))


def make_interp_spline(
    x: Any, y: Any, k: int = 3, t: Any = None, bc_type: Any = None, axis: int = 0, **options: Any
) -> Any:
    """The spline of degree k through values, by these and by its points.

    The coefficients are linear in the values.  TypeError for Tensors as ``x``, ``t`` or among the
    values of ``bc_type``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda y: interpolate.make_interp_spline([0.0, 1.0, 2.0, 3.0], y)(1.5)
    >>> al.grad(f)(np.ones(4)).round(4).tolist()
    [-0.0625, 0.5625, 0.5625, -0.0625]
    """
    if not tracked(x, y, t):
        return aware(theirs.make_interp_spline(x, y, k, t, bc_type, axis, **options))
    if varies(x, t):
        raise TypeError(PLACES)
    y, x = array(y), array(x)
    axis = axis % np.ndim(y)
    y = np.moveaxis(y, axis, 0)
    c = interpolating(y, x, k=k, t=t, bc_type=bc_type)
    at = knots(x, np.shape(y), k=k, t=t, bc_type=bc_type)
    extrapolate = "periodic" if bc_type == "periodic" else True
    return TrackedSpline(at, c, k, extrapolate, axis)


rule(interpolating, y=transposed, x=None)
rule(knots, x=None)
