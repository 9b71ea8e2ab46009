"""SciPy's values of a distribution, for what stands on the tape or in a program, at less cost.

SciPy sorts the points of every call by whether they are in the support, which takes many times as
long as the formula.  Where all points are inside, all parameters are admissible and everything is
float64, the formula is called at once: ``_logpdf`` and its kin, which SciPy documents for those who
write distributions, with numbers in place of arrays that repeat them.  Its bits are those of the
public method, to which all other calls go.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
Function = Callable[..., Any]


def is_plain(x: Any) -> bool:
    """Whether ``x`` is a number, or an array of float64."""
    kind = type(x)
    if kind is np.ndarray:
        return bool(x.dtype == np.float64)
    return kind is float or kind is int or kind is np.float64


def between(x: Array, low: Array, high: Array) -> bool:
    """Whether all numbers are inside, and none is NaN."""
    if np.ndim(low) or np.ndim(high):
        return bool(np.all((low < x) & (x < high)))
    if np.ndim(x) == 0:
        return bool(low < x < high)
    return bool(x.size and low < x.min() and x.max() < high)


def flat(x: Array, shapes: tuple[Array, ...]) -> tuple[Array, tuple[Array, ...], Any]:
    """Points and shapes as SciPy hands them to its formulas, and the shape of the result."""
    shapes = tuple(np.asarray(s) for s in shapes)
    if all(s.size == 1 and s.ndim <= np.ndim(x) for s in shapes):
        return np.ravel(x), tuple(s.reshape(1) for s in shapes), np.shape(x)
    x, *shapes_ = np.broadcast_arrays(x, *shapes)
    return x.ravel(), tuple(s.ravel() for s in shapes_), x.shape


def direct(dist: Any, name: str) -> Function:
    """The method of that name, by SciPy's formula where that can be called at once."""
    general: Function = getattr(dist, name)
    formula: Function | None = getattr(dist, f"_{name}", None)
    quantile, n = name in ("ppf", "isf"), getattr(dist, "numargs", 0)

    def value(x: Array, *values: Array, **options: Any) -> Array:
        given = values
        if len(values) < n + 2:
            values = (*values, *(0, 1)[len(values) - n :])
        if options or len(values) != n + 2 or not all(map(is_plain, (x, *values))):
            return general(x, *given, **options)
        *shapes, loc, scale = values
        if not (np.all(scale > 0) and np.all(dist._argcheck(*shapes))):
            return general(x, *given)
        ends = (0, 1) if quantile else dist._get_support(*shapes)
        z = x if quantile else (x - loc) / scale
        if not between(z, *ends):
            return general(x, *given)
        points, of_points, shape = flat(z, tuple(shapes))
        y = formula(points, *of_points).reshape(shape)  # type: ignore[misc]
        if quantile:
            y = y * scale + loc
        elif name == "logpdf":
            y = y - np.log(scale)
        elif name == "pdf":
            y = y / scale
        return y[()] if np.ndim(y) == 0 else y

    return value if formula is not None and hasattr(dist, "_get_support") else general
