"""Derivatives of functions on samples of a curve: values between them, its area, its slopes."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import along, composition_of, nonzero, ordered_as
from autograd_lite.rules.indexing import scatter

# ---- interpolation: between knots i and i + 1 at the fraction t ----


@primitive(inline=True)
def interpolate(x, xp, fp, left=None, right=None):
    return np.interp(x, xp, fp, left, right)


def between(x, xp):
    """The knots i and j on both sides of ``x``, its fraction of the way, and their distance."""
    last = len(xp) - 1
    i = np.clip(np.searchsorted(xp, x, "right") - 1, 0, max(last - 1, 0))
    j = np.minimum(i + 1, last)
    width = nonzero(xp[j] - xp[i])
    return i, j, np.clip((x - xp[i]) / width, 0, 1), width


def slope(x, xp, fp):
    i, j, _, width = between(x, xp)
    return np.where((xp[0] <= x) & (x <= xp[-1]), (fp[j] - fp[i]) / width, 0)


def by_knots(g, x, xp):
    i, j, t, _ = between(x, xp)
    return scatter(g * (1 - t), i, xp.shape) + scatter(g * t, j, xp.shape)


def by_values(g, x, xp, left, right):
    outside = (x < xp[0]) & (left is not None) | (x > xp[-1]) & (right is not None)
    return by_knots(np.where(outside, 0, g), x, xp)


rule(
    interpolate,
    x=lambda g, x, xp, fp: g * slope(x, xp, fp),
    xp=lambda g, x, xp, fp: by_knots(-g * slope(x, xp, fp), x, xp),
    fp=by_values,
)


@composition_of(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    if period is None:
        return interpolate(x, xp, fp, left=left, right=right)
    if branch(period == 0):
        raise ValueError("period must be a non-zero value")
    if np.ndim(xp) != 1 or np.ndim(fp) != 1:
        raise ValueError("Data points must be 1-D sequences")
    if np.shape(xp) != np.shape(fp):
        raise ValueError("fp and xp are not of the same length")
    period = abs(period)
    x, xp = (np.remainder(np.multiply(z, 1, dtype=float), period) for z in (x, xp))
    order = np.argsort(xp)
    fp = np.multiply(fp, 1, dtype=complex if np.iscomplexobj(fp) else float)
    xp, fp = np.take(xp, order), np.take(fp, order)
    xp = np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
    return interpolate(x, xp, np.concatenate((fp[-1:], fp, fp[:1])))


# ---- integrals and slopes of samples ----


@composition_of(np.trapezoid)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    at = normalize_axis_index(axis, np.ndim(y))
    d = dx
    if x is not None:
        d = np.diff(x, axis=-1 if np.ndim(x) == 1 else axis)
        if np.ndim(x) == 1:
            d = np.reshape(d, [-1 if i == at else 1 for i in range(np.ndim(y))])
    y = np.positive(y)
    mean = d * (y[along(at, slice(1, None))] + y[along(at, slice(None, -1))]) / 2.0
    return np.sum(mean, axis)


def spacings(f, varargs, axes):
    """The step along every axis: a number, or an array of steps that differ."""
    varargs = varargs or (1.0,)
    if len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        return list(varargs) * len(axes)
    if len(varargs) != len(axes):
        raise TypeError("invalid number of arguments")
    return [
        step if np.ndim(step) == 0 else steps(f, step, axis) for step, axis in zip(varargs, axes)
    ]


def steps(f, places, axis):
    if np.ndim(places) != 1:
        raise ValueError("distances must be either scalars or 1d")
    if len(places) != np.shape(f)[axis]:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    h = np.diff(np.multiply(places, 1.0))
    even = stop_gradient(h) is h and branch(np.all(h == h[0]))  # a gradient needs all of h
    return h[0] if even else h


@composition_of(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    axes = normalize_axis_tuple(range(np.ndim(f)) if axis is None else axis, np.ndim(f))
    kind = np.result_type(f)
    if kind.kind not in "fc":
        f = np.positive(f) if kind.kind == "O" else np.astype(f, float)
        kind = np.dtype(float)
    slopes = []
    for axis, h in zip(axes, spacings(f, varargs, axes)):
        if f.shape[axis] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, "
                "at least (edge_order + 1) elements are required."
            )
        column = np.moveaxis(f, axis, 0)
        parts = np.concatenate([np.astype(p, kind) for p in differences(column, h, edge_order)])
        slopes.append(ordered_as(np.moveaxis(parts, 0, axis), f))
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def differences(f, h, edge_order):
    """One-sided differences at both ends of the first axis, and central ones between."""
    edge = (1, *f.shape[1:])
    even = np.ndim(h) == 0
    if even:
        inside = (f[2:] - f[:-2]) / (2.0 * h)
    else:
        h1, h2 = (np.reshape(s, (-1,) + (1,) * (f.ndim - 1)) for s in (h[:-1], h[1:]))
        a, b, c = -h2 / (h1 * (h1 + h2)), (h2 - h1) / (h1 * h2), h1 / (h2 * (h1 + h2))
        inside = a * f[:-2] + b * f[1:-1] + c * f[2:]
    if edge_order == 1:
        first, last = (h, h) if even else (h[0], h[-1])
        ends = (f[1] - f[0]) / first, (f[-1] - f[-2]) / last
        return np.reshape(ends[0], edge), inside, np.reshape(ends[1], edge)
    if even:
        (a, b, c), (u, v, w) = (-1.5 / h, 2.0 / h, -0.5 / h), (0.5 / h, -2.0 / h, 1.5 / h)
    else:
        p, q = h[0], h[1]
        a, b, c = -(2.0 * p + q) / (p * (p + q)), (p + q) / (p * q), -p / (q * (p + q))
        p, q = h[-2], h[-1]
        u, v, w = q / (p * (p + q)), -(q + p) / (p * q), (2.0 * q + p) / (q * (p + q))
    first = a * f[0] + b * f[1] + c * f[2]
    last = u * f[-3] + v * f[-2] + w * f[-1]
    return np.reshape(first, edge), inside, np.reshape(last, edge)
