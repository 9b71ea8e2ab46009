"""Linear interpolation in tables: by values, by points, and on a line by its places."""

from itertools import product
from typing import Any

import numpy as np
import scipy.interpolate as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import strip
from autograd_lite.scipy.integrate.values import array, beside, valued, varies
from autograd_lite.scipy.interpolate.piecewise import segments, tracked
from autograd_lite.scipy.interpolate.recursion import placed

Array = Any

KINDS = (
    "{who}: {what} of Tensors has no derivative here; linear interpolation has one, and so have "
    "CubicSpline and make_interp_spline on a line"
)
GRID = "{who}: the places of the grid are constants here; give al.stop_gradient(points)"


@primitive
def in_table(values: Array, q: Array, *points: Array, **options: Any) -> Array:
    """SciPy's value in a table, as a constant."""
    return theirs.RegularGridInterpolator(points, values, **options)(q)


@primitive
def on_line(x: Array, y: Array, q: Array, **options: Any) -> Array:
    """SciPy's value on a line, as a constant."""
    return theirs.interp1d(x, y, **options)(q)


rule(on_line, x=None, y=None, q=None)


class RegularGridInterpolator:
    """Interpolation in a table over a grid: linear by values and points, nearest by values.

    On plain arrays it is SciPy's, with all its methods; TypeError for others with Tensors, and
    for Tensors among the places of the grid.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda v: interpolate.RegularGridInterpolator(([0.0, 1.0], [0.0, 1.0]), v)([0.5, 0.25])
    >>> al.grad(lambda v: f(v)[0])(np.zeros((2, 2))).tolist()
    [[0.375, 0.125], [0.375, 0.125]]
    """

    def __init__(
        self,
        points: Any,
        values: Any,
        method: str = "linear",
        bounds_error: bool = True,
        fill_value: Any = np.nan,
        **options: Any,
    ) -> None:
        if varies(*points):
            raise TypeError(GRID.format(who="RegularGridInterpolator"))
        self.grid, self.values = tuple(array(p) for p in points), array(values)
        self.method, self.options = method, options
        self.settings = {"bounds_error": bounds_error, "fill_value": fill_value}

    def __call__(self, xi: Any, method: Any = None, **options: Any) -> Any:
        """The values at points, whose coordinates are in the last axis of ``xi``."""
        method = method or self.method
        if type(xi) is tuple:
            xi = np.stack(np.broadcast_arrays(*xi), axis=-1)
        if not tracked(xi, self.values, *self.grid):
            whole = theirs.RegularGridInterpolator(
                self.grid, self.values, method, **self.settings, **self.options
            )
            return whole(xi, **options)
        if method not in ("linear", "nearest"):
            raise TypeError(KINDS.format(who="RegularGridInterpolator", what=f"{method=}"))
        q = array(xi)
        plain = strip(q)
        settings = {**self.settings, "method": method}
        value = in_table(strip(self.values), plain, *self.grid, **settings)
        n, flat = len(self.grid), np.reshape(q, (-1, len(self.grid)))
        at = strip(flat)
        shares, places, inside = [], [], True
        for i, x in enumerate(self.grid):
            k = segments(x, at[:, i])
            share = (flat[:, i] - beside(x, q)[k]) / beside(np.diff(x), q)[k]
            if method == "nearest":
                share = np.where(strip(share) <= 0.5, 0.0, 1.0)
            shares.append(share)
            places.append(k)
            inside = inside & (at[:, i] >= x[0]) & (at[:, i] <= x[-1])
        total: Any = 0.0
        for corner in product((0, 1), repeat=n):
            weight: Any = 1.0
            for side, share in zip(corner, shares):
                weight = weight * (share if side else 1 - share)
            here = beside(self.values, q)[tuple(k + side for k, side in zip(places, corner))]
            total = total + np.reshape(weight, (-1,) + (1,) * (np.ndim(here) - 1)) * here
        if self.settings["fill_value"] is not None:
            total = np.where(np.reshape(inside, (-1,) + (1,) * (np.ndim(total) - 1)), total, 0.0)
        return valued(np.reshape(total, np.shape(value)), value)


rule(in_table, values=None, q=None, points=None)


def interp1d(
    x: Any,
    y: Any,
    kind: Any = "linear",
    axis: int = -1,
    copy: bool = True,
    bounds_error: Any = None,
    fill_value: Any = np.nan,
    assume_sorted: bool = False,
) -> Any:
    """Interpolation on a line: linear by places, values and points.

    On plain arrays it is SciPy's, unless points are Tensors.  TypeError for other kinds of these.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda y: interpolate.interp1d([0.0, 1.0, 2.0], y)(0.25)
    >>> al.grad(f)(np.zeros(3)).tolist()
    [0.75, 0.25, 0.0]
    """
    options = {"kind": kind, "axis": axis, "bounds_error": bounds_error, "fill_value": fill_value}
    options["assume_sorted"] = assume_sorted
    if not tracked(x, y):
        plain = theirs.interp1d(x, y, copy=copy, **options)
        plain.__class__ = TrackedLine
        plain.call = lambda q: line(array(x), array(y), options, q)
        return plain
    if kind not in ("linear", 1):
        raise TypeError(KINDS.format(who="interp1d", what=f"kind={kind!r}"))
    x, y = array(x), array(y)
    return lambda q: line(x, y, options, q)


class TrackedLine(theirs.interp1d):  # type: ignore[misc]
    """SciPy's own, which takes Tensors as points."""

    def __call__(self, x: Any) -> Any:
        return self.call(x) if tracked(x) else super().__call__(x)


def line(x: Array, y: Array, options: dict[str, Any], q: Any) -> Array:
    """The values of an interpolant at points."""
    kind, axis, fill_value = (options[n] for n in ("kind", "axis", "fill_value"))
    if kind not in ("linear", 1):
        raise TypeError(KINDS.format(who="interp1d", what=f"kind={kind!r}"))
    q = array(q)
    value = on_line(strip(x), strip(y), strip(q), **options)
    order = np.argsort(strip(x), kind="stable")
    places, values = np.take(x, order), np.take(np.moveaxis(y, axis, 0), order, axis=0)
    flat = np.reshape(q, (-1,))
    n = np.shape(places)[0]
    low = np.clip(np.searchsorted(strip(places), strip(flat)), 1, n - 1) - 1
    x0, x1 = (np.take(beside(places, q), low + i) for i in (0, 1))
    y0, y1 = (np.take(beside(values, q), low + i, axis=0) for i in (0, 1))
    share = np.reshape((flat - x0) / (x1 - x0), (-1,) + (1,) * (np.ndim(y0) - 1))
    made = y0 + share * (y1 - y0)
    if not isinstance(fill_value, str):
        ends = strip(places)
        inside = (strip(flat) >= ends[0]) & (strip(flat) <= ends[-1])
        made = np.where(np.reshape(inside, np.shape(share)), made, 0.0)
    made = np.reshape(made, (*np.shape(q), *np.shape(made)[1:]))
    ahead = axis % np.ndim(y)
    return valued(placed(made, np.ndim(q), ahead), value)
