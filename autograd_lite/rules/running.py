"""Derivatives of functions that accumulate along an axis."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import branch


def reversed_sum(x, axis):
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis)


# ---- running sums ----


def cumsum_back(g, shape, axis):
    return np.reshape(reversed_sum(g, 0 if axis is None else axis), shape)


def nancumsum_back(g, a, shape, axis):
    return np.where(a == a, cumsum_back(g, shape, axis), 0)


rule(np.cumsum, a=cumsum_back)
rule(np.nancumsum, a=nancumsum_back)

# ---- running products ----


def cumprod_back(g, y, a, shape, axis):
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    if branch(np.all(a != 0)):
        return np.reshape(reversed_sum(g * y, axis) / a, shape)
    return np.reshape(past_zeros(np.moveaxis(g, axis, 0), np.moveaxis(a, axis, 0), axis), shape)


def past_zeros(g, a, axis):
    """The product of what comes before an element times a sum over what comes after, by Horner."""
    before = np.cumprod(np.concatenate([np.ones_like(a[:1]), a[:-1]]), 0)
    after = [g[-1]]
    for i in range(len(a) - 1, 0, -1):
        after.append(g[i - 1] + a[i] * after[-1])
    return np.moveaxis(before * np.stack(after[::-1]), 0, axis)


def nancumprod_back(g, y, a, shape, axis):
    back = cumprod_back(g, y, np.where(a == a, a, 1), shape, axis)
    return np.where(a == a, back, 0)


rule(np.cumprod, a=cumprod_back)
rule(np.nancumprod, a=nancumprod_back)

# ---- the array API's names, which NumPy has since 2.1 ----


def later(g, shape, axis, include_initial):
    """``g`` without that of the first result, which is constant."""
    axis = 0 if axis is None else axis % len(shape)
    return g[(slice(None),) * axis + (slice(int(include_initial), None),)]


def cumulative_sum_back(g, shape, axis, include_initial):
    return cumsum_back(later(g, shape, axis, include_initial), shape, axis)


def cumulative_prod_back(g, y, x, shape, axis, include_initial):
    g, y = (later(c, shape, axis, include_initial) for c in (g, y))
    return cumprod_back(g, y, x, shape, axis)


if hasattr(np, "cumulative_sum"):
    rule(np.cumulative_sum, x=cumulative_sum_back)
    rule(np.cumulative_prod, x=cumulative_prod_back)

# ---- differences ----


def diff(a, n=1, axis=-1, prepend=None, append=None):
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if np.ndim(a) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis_index(axis, np.ndim(a))
    if prepend is not None or append is not None:
        edge = (*np.shape(a)[:axis], 1, *np.shape(a)[axis + 1 :])
        parts = [p for p in (prepend, a, append) if p is not None]
        parts = [np.broadcast_to(p, edge) if np.ndim(p) == 0 else p for p in parts]
        a = np.concatenate(parts, axis)
    before = (slice(None),) * axis
    for _ in range(n):
        a = np.subtract(a[(*before, slice(1, None))], a[(*before, slice(None, -1))])
    return a


def ediff1d(ary, to_end=None, to_begin=None):
    ary = np.ravel(ary)
    parts = [np.ravel(p) for p in (to_begin, ary[1:] - ary[:-1], to_end) if p is not None]
    return np.concatenate(parts, dtype=ary.dtype, casting="same_kind") if parts[1:] else parts[0]


composed(np.diff, diff)
composed(np.ediff1d, ediff1d)
rule(np.unwrap, p=lambda g, discont, axis, period: g)  # what is added is piecewise constant
