"""Derivatives of evenly spaced numbers by their ends, of powers, and of polynomials."""

import numpy as np

from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import composition_of
from autograd_lite.rules.indexing import at_set

# ---- evenly spaced ----


def end_vjp(g, at_stop, num, endpoint, retstep, axis):
    """The VJP by ``stop`` or by ``start``: the share of that end in every number."""
    g, by_step = g if retstep else (g, None)
    g = np.moveaxis(g, axis, 0)
    steps = max(num - 1 if endpoint else num, 1)
    k = np.arange(num) if at_stop else steps - np.arange(num)
    total = np.sum(g * np.reshape(k, (-1,) + (1,) * (g.ndim - 1)), axis=0)
    if by_step is not None:
        total = total + (by_step if at_stop else -by_step)
    return total / steps


rule(
    np.linspace,
    broadcasts=True,
    start=lambda g, num, endpoint, retstep, axis: end_vjp(g, False, num, endpoint, retstep, axis),
    stop=lambda g, num, endpoint, retstep, axis: end_vjp(g, True, num, endpoint, retstep, axis),
)


@composition_of(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    if np.ndim(base):
        n = max(map(np.ndim, (start, stop, base)))
        start, stop, base = (
            np.reshape(x, (1,) * (n - np.ndim(x)) + np.shape(x)) for x in (start, stop, base)
        )
        base = np.expand_dims(base, axis)
    y = np.power(base, np.linspace(start, stop, num=num, endpoint=endpoint, axis=axis))
    return y if dtype is None else np.astype(y, dtype, copy=False)


@composition_of(np.geomspace)
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """As NumPy does it, with all numbers turned so that the first is positive."""
    if branch(np.any(start == 0)) or branch(np.any(stop == 0)):
        raise ValueError("Geometric sequence cannot include zero")
    kind = np.result_type(start, stop, float(num), np.zeros((), dtype))
    start, stop = (np.multiply(x, 1, dtype=kind) for x in (start, stop))
    turn = np.sign(start)
    start, stop = start / turn, stop / turn
    y = np.logspace(np.log10(start), np.log10(stop), num=num, endpoint=endpoint, dtype=kind)
    if num > 0:
        y = at_set(y, 0, start)
    if num > 1 and endpoint:
        y = at_set(y, -1, stop)
    return np.astype(np.moveaxis(y * turn, 0, axis), dtype or kind, copy=False)


# ---- powers and polynomials ----


def vander_vjp(g, x, N, increasing):
    """Column k holds x**k, counted from the left or from the right."""
    n = len(x) if N is None else N
    g = g if increasing else g[:, ::-1]
    powers = np.vander(x, max(n - 1, 0), increasing=True)
    return np.sum(g[:, 1:] * (powers * np.arange(1, max(n, 1))), axis=1)


@composition_of(np.polyval)
def polyval(p, x):
    if np.ndim(x) == 0 and np.result_type(x).kind == "c":
        x = np.reshape(np.ravel(x), ())  # an array, since complex scalars are multiplied otherwise
    y = np.zeros_like(x)
    for c in p:
        y = y * x + c
    return y


rule(np.vander, x=vander_vjp)
