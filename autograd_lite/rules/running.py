"""Derivatives of functions that accumulate along an axis."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd_lite.core.backward import flipped
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import along, composition_of, given, one_axis

# ---- running sums ----


def reversed_sum(x, axis):
    return flipped(np.cumsum(flipped(x, axis), axis), axis)


def cumsum_vjp(g, shape, axis):
    if axis is None or not shape:
        return np.reshape(reversed_sum(g, 0), shape)
    return reversed_sum(g, axis)


rule(np.cumsum, a=cumsum_vjp)
rule(
    np.nancumsum,
    a=lambda g, a, shape, axis: np.where(a == a, cumsum_vjp(g, shape, axis), 0),
)

# ---- running products ----


def cumprod_vjp(g, y, a, shape, axis):
    if axis is None or not shape:
        a, axis = np.reshape(a, -1), 0
    if branch(np.all(a != 0)):
        return np.reshape(reversed_sum(g * y, axis) / a, shape)
    return np.reshape(past_zeros(np.moveaxis(g, axis, 0), np.moveaxis(a, axis, 0), axis), shape)


def past_zeros(g, a, axis):
    """The product of all before an element times a sum over those after it, by Horner's rule."""
    before = np.cumprod(np.concatenate([np.ones_like(a[:1]), a[:-1]]), 0)
    after = [g[-1]]
    for i in range(len(a) - 1, 0, -1):
        after.append(g[i - 1] + a[i] * after[-1])
    return np.moveaxis(before * np.stack(after[::-1]), 0, axis)


rule(np.cumprod, a=cumprod_vjp)
rule(
    np.nancumprod,
    a=lambda g, y, a, shape, axis: np.where(
        a == a, cumprod_vjp(g, y, np.where(a == a, a, 1), shape, axis), 0
    ),
)

# ---- the array API's names, which NumPy has since 2.1 ----


def later(x, shape, axis, include_initial):
    """``x`` without what goes with the first result, which is constant."""
    return x[along(one_axis(axis, len(shape)), slice(int(include_initial), None))]


def cumulative_prod_vjp(g, y, x, shape, axis, include_initial):
    g, y = (later(c, shape, axis, include_initial) for c in (g, y))
    return cumprod_vjp(g, y, x, shape, one_axis(axis, len(shape)))


if hasattr(np, "cumulative_sum"):
    rule(
        np.cumulative_sum,
        x=lambda g, shape, axis, include_initial: cumsum_vjp(
            later(g, shape, axis, include_initial), shape, one_axis(axis, len(shape))
        ),
    )
    rule(np.cumulative_prod, x=cumulative_prod_vjp)

# ---- differences ----


@composition_of(np.diff)
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
        parts = given(prepend=prepend, a=a, append=append).values()
        a = np.concatenate([p if np.ndim(p) else np.broadcast_to(p, edge) for p in parts], axis)
    for _ in range(n):
        a = np.subtract(a[along(axis, slice(1, None))], a[along(axis, slice(None, -1))])
    return a


@composition_of(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    ary = np.ravel(ary)
    parts = [np.ravel(p) for p in (to_begin, ary[1:] - ary[:-1], to_end) if p is not None]
    return np.concatenate(parts, dtype=ary.dtype, casting="same_kind") if parts[1:] else parts[0]


rule(np.unwrap, p=lambda g, discont, axis, period: g)  # what is added is piecewise constant
