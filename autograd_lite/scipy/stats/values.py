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
import scipy.special as sp
from scipy.stats import rv_continuous, rv_discrete

Array = Any
Function = Callable[..., Any]

DOUBLE = np.dtype(float)
WHOLE = np.dtype(np.int64)
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


def has_slope_everywhere(y: Array, *, logarithm: bool) -> bool:
    """Whether one look at plain values, of f or of ln f, tells that f is 0 or infinite nowhere."""
    return type(y) is np.ndarray and are_numbers(y) and (logarithm or y.min(initial=1) > 0)


def hold(condition: Any) -> bool:
    """Whether a condition holds for all; that on a number is cheap to ask."""
    return bool(condition.all() if type(condition) is np.ndarray else condition)


def are_positive(x: Any) -> bool:
    return hold(x > 0)


def are_between(x: Array, low: Array, high: Array) -> bool:
    """Whether all numbers lie between the ends, and none is NaN."""
    if type(low) is np.ndarray or type(high) is np.ndarray or type(x) is not np.ndarray:
        return bool(np.all((low < x) & (x < high)))
    if not x.size or not low < x.min():
        return False
    return are_numbers(x) if high == math.inf else bool(x.max() < high)


def are_within(x: Array, low: Array, high: Array) -> bool:
    """The same, but infinities lie within infinite ends, and on the whole line NaN does, too.

    There SciPy takes the formula of a density for them, and NaN is what that makes of NaN.
    """
    if type(low) is np.ndarray or type(high) is np.ndarray or type(x) is not np.ndarray:
        return are_between(x, low, high)
    above = low == -math.inf or bool(x.size and low < x.min())
    return above and (high == math.inf or bool(x.size and x.max() < high))


def standardised(x: Array, loc: Array, scale: Array) -> Array:
    """(x − loc) / scale, without the steps that change nothing."""
    if not (type(loc) is int and loc == 0):
        x = x - loc
    return x if is_one(scale) and getattr(x, "dtype", None) in FLOATS else x / scale


def is_one(scale: Any) -> bool:
    """Whether nobody gave a scale."""
    return type(scale) is int and scale == 1


def flat(x: Array, shapes: Sequence[Array]) -> tuple[Array, Sequence[Array]]:
    """Points and shapes as SciPy hands them to its formulas: in a row, or one for all points."""
    if all(type(s) is not np.ndarray or (s.size == 1 and s.ndim <= np.ndim(x)) for s in shapes):
        row = x if type(x) is np.ndarray and x.ndim == 1 else np.ravel(x)
        return row, [s.reshape(1) if type(s) is np.ndarray else np.array([s]) for s in shapes]
    x, *shapes = np.broadcast_arrays(x, *shapes)
    return x.ravel(), [s.ravel() for s in shapes]


def shaped(y: Array, x: Array, shapes: Sequence[Array]) -> Array:
    """What a formula made of a row, in the shape of the points with the shapes."""
    is_row = type(x) is np.ndarray and x.ndim == 1 and y.shape == x.shape
    if is_row and all(type(s) is not np.ndarray or s.ndim < 2 for s in shapes):
        return y
    return y.reshape(np.broadcast_shapes(*map(np.shape, (x, *shapes))))


def log_cauchy(x: Array) -> Array:
    x = np.abs(x)
    near = np.log1p(x**2)
    far = x >= 1
    if not far.any():
        return -math.log(math.pi) - near
    x = x[far]
    near[far] = 2 * np.log(x) + np.log1p((1 / x) ** 2)
    return -math.log(math.pi) - near


def log_student(x: Array, df: Array) -> Array:
    constant = np.log(sp.poch(0.5 * df, 0.5)) - 0.5 * (np.log(df) + np.log(np.pi))
    return constant - (df + 1) / 2 * np.log1p(x * x / df)


def log_triangle(x: Array, c: Array) -> Array:
    return np.log(np.where(x < c, 2 * x / c, 2 * (1 - x) / (1 - c)))


#: ln f to the bit of SciPy's formulas, which look at each point for a case that is seldom there;
#: and whether it is that of the shapes.
SHORT: dict[str, tuple[Function, Function]] = {
    "cauchy": (lambda: True, log_cauchy),
    "lognorm": (
        lambda s: True,
        lambda x, s: -(np.log(x) ** 2) / (2 * s**2) - np.log(s * x * np.sqrt(2 * np.pi)),
    ),
    "norm": (lambda: True, lambda x: x * x * -0.5 - math.log(math.sqrt(2 * math.pi))),
    "skewnorm": (
        lambda a: a.all(),
        lambda x, a: (
            np.log(2) + (-x * x / 2.0 - math.log(math.sqrt(2 * math.pi))) + sp.log_ndtr(a * x)
        ),
    ),
    "t": (lambda df: (df < np.inf).all(), log_student),
    "triang": (lambda c: ((c > 0) & (c < 1)).all(), log_triangle),
    "uniform": (lambda: True, np.zeros_like),
}


def direct(dist: Any, name: str) -> Function:
    """The standard form z and the value of the method of that name, by SciPy's formula.

    None where that cannot be called at once.
    """
    formula: Function = getattr(dist, f"_{name}")
    applies, short = SHORT.get(
        dist.name if name == "logpdf" else "", (lambda *shapes: False, formula)
    )
    quantile, n = name in ("ppf", "isf"), dist.numargs
    usual = type(dist)._argcheck is rv_continuous._argcheck
    fixed = type(dist)._get_support is rv_continuous._get_support
    ends: tuple[Any, Any] = (0, 1) if quantile else (dist.a, dist.b)
    closed = type(dist)._support_mask is rv_continuous._support_mask
    are_inside = are_within if closed and name in ("logpdf", "pdf") else are_between

    def value(x: Array, *values: Array) -> tuple[Array, Array] | None:
        if len(values) < n + 2:
            values = (*values, *(0, 1)[len(values) - n :])
        if len(values) != n + 2 or not all(map(is_plain, (x, *values))):
            return None
        *shapes, loc, scale = values
        admissible = all(map(are_positive, shapes)) if usual else hold(dist._argcheck(*shapes))
        if not (admissible and are_positive(scale)):
            return None
        z = x if quantile else standardised(x, loc, scale)
        if not are_inside(z, *(ends if fixed or quantile else dist._get_support(*shapes))):
            return None
        points, of_points = flat(z, shapes)
        y = shaped((short if applies(*of_points) else formula)(points, *of_points), z, shapes)
        if quantile:
            y = y * scale + loc
        elif name == "logpdf" and not is_one(scale):
            y = y - np.log(scale)
        elif name == "pdf" and not is_one(scale):
            y = y / scale
        return z, y[()] if y.ndim == 0 else y

    return value


def are_counts(k: Any) -> bool:
    """Whether ``k`` is a number or an array of float64 or int64, all of them whole."""
    if type(k) is np.ndarray:
        return k.dtype is WHOLE or (k.dtype is DOUBLE and hold(np.floor(k) == k))
    return type(k) in NUMBERS and np.floor(k) == k


def direct_mass(dist: Any, name: str) -> Function:
    """The same for a mass, or its logarithm, at counts: k − loc, and the value."""
    formula: Function = getattr(dist, f"_{name}")
    n, usual = dist.numargs, type(dist)._nonzero is rv_discrete._nonzero

    def value(k: Array, *values: Array) -> tuple[Array, Array] | None:
        *shapes, loc = (*values, 0) if len(values) == n else values
        if not usual or len(shapes) != n or not all(map(is_plain, (*shapes, loc))):
            return None
        if not are_counts(k) or not hold(dist._argcheck(*shapes)):
            return None
        if not (type(loc) is int and loc == 0):
            k = k - loc
            if not are_counts(k):
                return None
        low, high = dist._get_support(*shapes)
        if not hold((low <= k) & (k <= high)):
            return None
        points, of_points = flat(k, shapes)
        y = shaped(formula(points, *of_points), k, shapes)
        return k, y[()] if y.ndim == 0 else y

    return value


def of_scipy(dist: Any, name: str, directly: Function) -> Function:
    """The method of that name, ``directly`` where that can be."""
    general: Function = getattr(dist, name)

    def value(*args: Array, **options: Any) -> Array:
        found = None if options else directly(*args)
        return general(*args, **options) if found is None else found[1]

    return value
