"""SciPy's values of a distribution, for what stands on the tape or in a program, at less cost.

SciPy sorts the points of every call by whether they are in the support, which takes many times as
long as the formula.  Where all points are inside, all parameters are admissible and everything is
float64, the formula is called at once: ``_logpdf`` and its kin, which SciPy documents for those who
write distributions, with numbers in place of arrays that repeat them.  Its bits are those of the
public method, to which all other calls go.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import rv_continuous

Array = Any
Function = Callable[..., Any]

DOUBLE = np.dtype(float)
FLOATS = frozenset({DOUBLE, np.dtype(np.float32)})
NUMBERS = frozenset({float, int, np.float64})


def is_plain(x: Any) -> bool:
    """Whether ``x`` is a number, or an array of float64."""
    return x.dtype is DOUBLE if type(x) is np.ndarray else type(x) in NUMBERS


def are_numbers(x: Array) -> bool:
    """Whether a plain array holds no infinity and no NaN, told by one pass over it.

    It says no, too, where the sum of squares overflows.
    """
    return math.isfinite(np.vdot(x, x))


def are_positive(x: Any) -> bool:
    return bool(np.all(x > 0)) if type(x) is np.ndarray else x > 0


def are_between(x: Array, low: Array, high: Array) -> bool:
    """Whether all numbers are inside, and none is NaN."""
    if type(low) is np.ndarray or type(high) is np.ndarray:
        return bool(np.all((low < x) & (x < high)))
    if type(x) is not np.ndarray:
        return bool(low < x < high)
    if not x.size:
        return False
    if high == math.inf:
        return are_numbers(x) and (low == -math.inf or bool(low < x.min()))
    return bool(low < x.min() and x.max() < high)


def standardised(x: Array, loc: Array, scale: Array) -> Array:
    """(x − loc) / scale, without the steps that change nothing."""
    if not (type(loc) is int and loc == 0):
        x = x - loc
    return x if is_one(scale) and getattr(x, "dtype", None) in FLOATS else x / scale


def is_one(scale: Any) -> bool:
    """Whether nobody gave a scale."""
    return type(scale) is int and scale == 1


def flat(x: Array, shapes: Sequence[Array]) -> tuple[Array, Sequence[Array], tuple[int, ...]]:
    """Points and shapes as SciPy hands them to its formulas, and the shape of the result."""
    shapes = [np.asarray(s) for s in shapes]
    if all(s.size == 1 and s.ndim <= np.ndim(x) for s in shapes):
        return np.ravel(x), [s.reshape(1) for s in shapes], np.shape(x)
    x, *shapes = np.broadcast_arrays(x, *shapes)
    return x.ravel(), [s.ravel() for s in shapes], x.shape


def direct(dist: Any, name: str) -> Function:
    """The standard form z and the value of the method of that name, by SciPy's formula.

    None where that cannot be called at once.
    """
    formula: Function = getattr(dist, f"_{name}")
    quantile, n = name in ("ppf", "isf"), dist.numargs
    usual = type(dist)._argcheck is rv_continuous._argcheck
    fixed = type(dist)._get_support is rv_continuous._get_support
    ends: tuple[Any, Any] = (0, 1) if quantile else (dist.a, dist.b)

    def value(x: Array, *values: Array) -> tuple[Array, Array] | None:
        if len(values) < n + 2:
            values = (*values, *(0, 1)[len(values) - n :])
        if len(values) != n + 2 or not all(map(is_plain, (x, *values))):
            return None
        *shapes, loc, scale = values
        admissible = all(map(are_positive, shapes)) if usual else np.all(dist._argcheck(*shapes))
        if not (admissible and are_positive(scale)):
            return None
        z = x if quantile else standardised(x, loc, scale)
        if not are_between(z, *(ends if fixed or quantile else dist._get_support(*shapes))):
            return None
        points, of_points, shape = flat(z, shapes)
        y = formula(points, *of_points).reshape(shape)
        if quantile:
            y = y * scale + loc
        elif name == "logpdf" and not is_one(scale):
            y = y - np.log(scale)
        elif name == "pdf" and not is_one(scale):
            y = y / scale
        return z, y[()] if y.ndim == 0 else y

    return value


def of_scipy(dist: Any, name: str, directly: Function) -> Function:
    """The method of that name, ``directly`` where that can be."""
    general: Function = getattr(dist, name)

    def value(*args: Array, **options: Any) -> Array:
        found = None if options else directly(*args)
        return general(*args, **options) if found is None else found[1]

    return value
