"""Cubic interpolants: each is given by its slopes at the places, and these by the values.

With dx and m the widths and slopes of the intervals, and s the slopes at their ends, a piece is
y + s₀ d + ((m − s₀) / dx − t) d² + (t / dx) d³ with t = (s₀ + s₁ − 2 m) / dx.
"""

from typing import Any

import numpy as np
import scipy.interpolate as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import strip
from autograd_lite.scipy.integrate.values import array, valued
from autograd_lite.scipy.interpolate.piecewise import TrackedPoly, aware, sampled, tracked
from autograd_lite.scipy.interpolate.recursion import column

Array = Any


@primitive
def coefficients(x: Array, y: Array, *, kind: str, **options: Any) -> Array:
    """SciPy's coefficients of an interpolant, as constants."""
    return getattr(theirs, kind)(x, y, **options).c


rule(coefficients, x=None, y=None)


@primitive
def hermite(x: Array, y: Array, s: Array) -> Array:
    """SciPy's coefficients of a cubic with these slopes, as constants."""
    return theirs.CubicHermiteSpline(x, y, s).c


rule(hermite, x=None, y=None, s=None)


def pieces(x: Array, y: Array, s: Array) -> Array:
    """The coefficients of the cubic with these values and slopes."""
    dx = column(np.diff(x), np.ndim(y))
    m = np.diff(y, axis=0) / dx
    t = (s[:-1] + s[1:] - 2 * m) / dx
    return np.stack([t / dx, (m - s[:-1]) / dx - t, s[:-1], y[:-1]])


def spline_slopes(x: Array, y: Array, bc: Any) -> Array:
    """The slopes with which second derivatives agree, and what is asked at the ends.

    dxᵢ₊₁ sᵢ + 2 (dxᵢ + dxᵢ₊₁) sᵢ₊₁ + dxᵢ sᵢ₊₂ = 3 (dxᵢ₊₁ mᵢ + dxᵢ mᵢ₊₁).
    """
    n, ndim = np.shape(x)[0], np.ndim(y)
    dx = np.diff(x)
    m = np.diff(y, axis=0) / column(dx, ndim)
    if bc == "periodic":
        return periodic_slopes(dx, m, n)
    first, last = bc if type(bc) in (tuple, list) else (bc, bc)
    if n == 3 and first == last == "not-a-knot":  # a parabola
        mid = (m[0] * dx[1] + m[1] * dx[0]) / (dx[0] + dx[1])
        return np.stack([2 * m[0] - mid, mid, 2 * m[1] - mid])
    if n == 2:
        first, last = ((1, None) if e == "not-a-knot" else e for e in (first, last))
    inner = 3 * (column(dx[1:], ndim) * m[:-1] + column(dx[:-1], ndim) * m[1:])
    rows: list[Any] = []
    values: list[Any] = []
    for side, end in ((1, first), (-1, last)):
        i, j = (0, 1) if side == 1 else (-1, -2)
        j = j if n > 2 else i
        row, value = end_condition(end, dx[i], dx[j], m[i], m[j], side)
        zeros = np.zeros(n - len(row))
        whole = np.stack(row if side == 1 else row[::-1])
        whole = np.concatenate([whole, zeros] if side == 1 else [zeros, whole])
        rows.append(whole[np.newaxis])
        values.append(value[np.newaxis])
    if n > 2:
        eye = np.eye(n)
        middle = column(dx[1:], 2) * eye[:-2] + column(2 * (dx[:-1] + dx[1:]), 2) * eye[1:-1]
        middle = middle + column(dx[:-1], 2) * eye[2:]
        rows.insert(1, middle)
        values.insert(1, inner)
    right = np.concatenate(values)
    flat = np.reshape(right, (n, -1))
    return np.reshape(np.linalg.solve(np.concatenate(rows), flat), np.shape(right))


def end_condition(
    end: Any, h: Array, h2: Array, m: Array, m2: Array, side: int
) -> tuple[list[Array], Array]:
    """The equation at one end: for slopes from there on, and its right side."""
    if end == "not-a-knot":
        d = h + h2
        return [h2, d], ((h + 2 * d) * h2 * m + h**2 * m2) / d
    if end in ("clamped", "natural"):
        end = (1, 0.0) if end == "clamped" else (2, 0.0)
    order, value = end
    if value is None:
        value = m
    value = value + np.zeros(np.shape(m))
    if order == 1:
        return [np.ones(()), np.zeros(())], value
    return [2 * h, h], 3 * h * m - side * 0.5 * value * h**2


def periodic_slopes(dx: Array, m: Array, n: int) -> Array:
    """The slopes of a spline whose ends meet."""
    k, ndim = n - 1, np.ndim(m)
    if k == 2:
        same = (m[0] / dx[0] + m[1] / dx[1]) / (1.0 / dx[0] + 1.0 / dx[1])
        return np.stack([same] * 3)
    before, eye = np.roll(dx, 1), np.eye(k)
    A = column(2 * (before + dx), 2) * eye + column(dx, 2) * np.roll(eye, -1, axis=1)
    A = A + column(before, 2) * np.roll(eye, 1, axis=1)
    right = 3 * (column(dx, ndim) * np.roll(m, 1, axis=0) + column(before, ndim) * m)
    s = np.reshape(np.linalg.solve(A, np.reshape(right, (k, -1))), np.shape(right))
    return np.concatenate([s, s[:1]])


def CubicSpline(
    x: Any, y: Any, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None
) -> Any:
    """The cubic spline through values, by places, values, and values at the ends in ``bc_type``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda y: interpolate.CubicSpline([0.0, 1.0, 2.0, 3.0], y)(1.5)
    >>> al.grad(f)(np.ones(4)).round(4).tolist()
    [-0.0625, 0.5625, 0.5625, -0.0625]
    """
    pair = type(bc_type) in (tuple, list)
    ends = [end[1] for end in bc_type if type(end) in (tuple, list)] if pair else []
    if not tracked(x, y, *ends):
        return aware(theirs.CubicSpline(x, y, axis, bc_type, extrapolate))
    x, y, axis = sampled(x, y, axis)
    made = pieces(x, y, spline_slopes(x, y, bc_type))
    plainly = bc_type
    if ends:
        plainly = tuple([(e[0], strip(e[1])) if type(e) in (tuple, list) else e for e in bc_type])
    c = valued(made, coefficients(strip(x), strip(y), kind="CubicSpline", bc_type=plainly))
    if extrapolate is None:
        extrapolate = "periodic" if bc_type == "periodic" else True
    return TrackedPoly("CubicSpline", c, x, extrapolate, axis)


def CubicHermiteSpline(x: Any, y: Any, dydx: Any, axis: int = 0, extrapolate: Any = None) -> Any:
    """The cubic with given values and slopes, by places, values and slopes.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda s: interpolate.CubicHermiteSpline([0.0, 1.0], [0.0, 0.0], s)(0.5)
    >>> al.grad(f)(np.zeros(2)).tolist()
    [0.125, -0.125]
    """
    if not tracked(x, y, dydx):
        return aware(theirs.CubicHermiteSpline(x, y, dydx, axis, extrapolate))
    s = np.moveaxis(array(dydx), axis, 0)
    x, y, axis = sampled(x, y, axis)
    c = valued(pieces(x, y, s), hermite(strip(x), strip(y), strip(s)))
    return TrackedPoly(
        "CubicHermiteSpline", c, x, True if extrapolate is None else extrapolate, axis
    )


def PchipInterpolator(x: Any, y: Any, axis: int = 0, extrapolate: Any = None) -> Any:
    """The cubic that is monotone where the values are (Fritsch & Butland 1984), by x and y.

    Where the slopes of two intervals differ in sign, the slope between them is 0, a constant.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda y: interpolate.PchipInterpolator([0.0, 1.0, 2.0], y)(0.5)
    >>> al.grad(f)(np.array([0.0, 1.0, 4.0])).round(3).tolist()
    [0.641, 0.375, -0.016]
    """
    if not tracked(x, y):
        return aware(theirs.PchipInterpolator(x, y, axis, extrapolate))
    x, y, axis = sampled(x, y, axis)
    c = coefficients(strip(x), strip(y), kind="PchipInterpolator")
    c = valued(pieces(x, y, monotone_slopes(x, y)), c)
    return TrackedPoly(
        "PchipInterpolator", c, x, True if extrapolate is None else extrapolate, axis
    )


def monotone_slopes(x: Array, y: Array) -> Array:
    """Weighted harmonic means of the slopes on both sides."""
    h = column(np.diff(x), np.ndim(y))
    m = np.diff(y, axis=0) / h
    if np.shape(y)[0] == 2:
        return np.concatenate([m, m])
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    flat = (np.sign(m[1:]) != np.sign(m[:-1])) | (m[1:] == 0) | (m[:-1] == 0)
    a, b = np.where(flat, 1.0, m[:-1]), np.where(flat, 1.0, m[1:])
    inner = np.where(flat, 0.0, (w1 + w2) / (w1 / a + w2 / b))
    first = edge_slope(h[0], h[1], m[0], m[1])
    last = edge_slope(h[-1], h[-2], m[-1], m[-2])
    return np.concatenate([first[np.newaxis], inner, last[np.newaxis]])


def edge_slope(h0: Array, h1: Array, m0: Array, m1: Array) -> Array:
    """The slope of a parabola at an end, as far as that keeps the shape."""
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    turned = np.sign(d) != np.sign(m0)
    steep = (np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3 * np.abs(m0))
    return np.where(turned, 0.0, np.where(steep, 3 * m0, d))


def Akima1DInterpolator(
    x: Any, y: Any, axis: int = 0, *, method: str = "akima", extrapolate: Any = None
) -> Any:
    """Akima's cubic (Akima 1970; ``method="makima"`` for the modified one), by x and y.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import interpolate
    >>> f = lambda y: interpolate.Akima1DInterpolator([0.0, 1.0, 2.0, 3.0], y)(0.0)
    >>> al.grad(f)(np.array([0.0, 1.0, 4.0, 9.0])).tolist()
    [1.0, 0.0, 0.0, 0.0]
    """
    if not tracked(x, y):
        options = {"method": method, "extrapolate": extrapolate}
        if method == "akima" and extrapolate is None:
            options = {}  # which older SciPy does not know
        return aware(theirs.Akima1DInterpolator(x, y, axis, **options))
    x, y, axis = sampled(x, y, axis)
    c = coefficients(strip(x), strip(y), kind="Akima1DInterpolator", method=method)
    c = valued(pieces(x, y, akima_slopes(x, y, method)), c)
    return TrackedPoly("Akima1DInterpolator", c, x, bool(extrapolate), axis)


def akima_slopes(x: Array, y: Array, method: str) -> Array:
    """Means of two slopes, each weighted by how much those on the other side differ."""
    m = np.diff(y, axis=0) / column(np.diff(x), np.ndim(y))
    if np.shape(y)[0] == 2:
        return np.concatenate([m, m])
    low1 = 2.0 * m[:1] - m[1:2]
    low2 = 2.0 * low1 - m[:1]
    high1 = 2.0 * m[-1:] - m[-2:-1]
    high2 = 2.0 * high1 - m[-1:]
    m = np.concatenate([low2, low1, m, high1, high2])
    apart = np.abs(np.diff(m, axis=0))
    if method == "makima":
        apart = apart + 0.5 * np.abs(m[1:] + m[:-1])
    f1, f2 = apart[2:], apart[:-2]
    both = f1 + f2
    level = both > 1e-9 * np.max(strip(both), initial=-np.inf)
    safe = np.where(level, both, 1.0)
    return np.where(level, (f1 * m[1:-2] + f2 * m[2:-1]) / safe, 0.5 * (m[3:] + m[:-3]))
