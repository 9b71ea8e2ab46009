"""Integrals of samples: compositions of what SciPy computes, by the values and their places."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as theirs
from scipy.special import roots_legendre

from autograd_lite.core.gathering import gathered, holds

Array = Any


def at(axis: int, ndim: int, key: Any) -> tuple[Any, ...]:
    """An index along one axis."""
    keys: list[Any] = [slice(None)] * ndim
    keys[axis] = key
    return tuple(keys)


def over(x: Array, y: Array) -> Array:
    """``x / y``, and 0 where ``y`` is 0."""
    nonzero = np.not_equal(y, 0)
    return np.where(nonzero, x / np.where(nonzero, y, 1.0), 0.0)


def along(x: Array, ndim: int, axis: int) -> Array:
    """Places that are a row, along an axis of the values."""
    shape = [1] * ndim
    shape[axis] = -1
    return np.reshape(x, shape) if np.ndim(x) == 1 else x


def trapezoid(y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Σ (xᵢ₊₁ − xᵢ) (yᵢ + yᵢ₊₁) / 2 along an axis, by ``y``, ``x`` and ``dx``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> al.grad(integrate.trapezoid)(np.zeros(3)).tolist()
    [0.5, 1.0, 0.5]
    """
    if not holds((y, x, dx)):
        return theirs.trapezoid(y, x, dx, axis)
    y, x = gathered(y), gathered(x)
    d = dx if x is None else np.diff(along(x, np.ndim(y), axis), axis=axis)
    a, b = (y[at(axis, np.ndim(y), part)] for part in (slice(1, None), slice(None, -1)))
    return np.sum(d * (a + b) / 2.0, axis=axis)


def cumulative_trapezoid(
    y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1, initial: Any = None
) -> Array:
    """The sums of `trapezoid` up to each place, after ``initial`` = 0 if that is given.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> al.grad(lambda y: integrate.cumulative_trapezoid(y)[0])(np.zeros(3)).tolist()
    [0.5, 0.5, 0.0]
    """
    if not holds((y, x, dx)):
        return theirs.cumulative_trapezoid(y, x, dx, axis, initial)
    if initial not in (None, 0):
        raise ValueError("`initial` must be `None` or `0`.")
    y, x = gathered(y), gathered(x)
    d = dx if x is None else np.diff(along(x, np.ndim(y), axis), axis=axis)
    a, b = (y[at(axis, np.ndim(y), part)] for part in (slice(1, None), slice(None, -1)))
    found = np.cumsum(d * (a + b) / 2.0, axis=axis)
    if initial is None:
        return found
    first = np.zeros_like(found[at(axis, np.ndim(y), slice(0, 1))])
    return np.concatenate([first, found], axis=axis)


def simpson(y: Array, x: Array = None, *, dx: Array = 1.0, axis: int = -1) -> Array:
    """The integral of parabolas through three places each, by ``y``, ``x`` and ``dx``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> al.grad(integrate.simpson)(np.zeros(3)).round(3).tolist()
    [0.333, 1.333, 0.333]
    """
    if not holds((y, x, dx)):
        return theirs.simpson(y, x, dx=dx, axis=axis)
    y, x = gathered(y), gathered(x)
    ndim, n = np.ndim(y), np.shape(y)[axis]
    h = None if x is None else np.diff(along(x, ndim, axis), axis=axis)
    if n % 2:
        return parabolas(y, n - 2, h, dx, axis)
    last, before = (y[at(axis, ndim, i)] for i in (-1, -2))
    if n == 2:
        size = dx if h is None else h[at(axis, ndim, -1)]
        return 0.5 * size * (last + before)
    third = y[at(axis, ndim, -3)]
    h0, h1 = (dx, dx) if h is None else (h[at(axis, ndim, i)] for i in (-2, -1))
    alpha = over(2 * h1**2 + 3 * h0 * h1, 6 * (h1 + h0))
    beta = over(h1**2 + 3.0 * h0 * h1, 6 * h0)
    eta = over(1 * h1**3, 6 * h0 * (h0 + h1))
    return parabolas(y, n - 3, h, dx, axis) + (alpha * last + beta * before - eta * third)


def parabolas(y: Array, stop: int, h: Array, dx: Array, axis: int) -> Array:
    """Simpson's rule for an odd number of places, which may be apart differently."""
    ndim = np.ndim(y)
    y0, y1, y2 = (y[at(axis, ndim, slice(i, stop + i, 2))] for i in range(3))
    if h is None:
        return np.sum(y0 + 4.0 * y1 + y2, axis=axis) * (dx / 3.0)
    # SciPy widens the distances, so the result is of float64.
    h0, h1 = (h[at(axis, ndim, slice(i, stop + i, 2))].astype(np.float64) for i in range(2))
    both, product, ratio = h0 + h1, h0 * h1, over(h0, h1)
    made = (
        both
        / 6.0
        * (y0 * (2.0 - over(1.0, ratio)) + y1 * (both * over(both, product)) + y2 * (2.0 - ratio))
    )
    return np.sum(made, axis=axis)


def cumulative_simpson(
    y: Array, *, x: Array = None, dx: Array = 1.0, axis: int = -1, initial: Any = None
) -> Array:
    """The integrals of parabolas up to each place, after ``initial`` if that is given.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> al.grad(lambda y: integrate.cumulative_simpson(y)[-1])(np.zeros(3)).round(3).tolist()
    [0.333, 1.333, 0.333]
    """
    if not holds((y, x, dx, initial)):
        return theirs.cumulative_simpson(y, x=x, dx=dx, axis=axis, initial=initial)
    y, x = gathered(y), gathered(x)
    ndim, n = np.ndim(y), np.shape(y)[axis]
    if n < 3:
        found = cumulative_trapezoid(y, x, dx, axis)
        found = np.moveaxis(found, axis, -1)
    else:
        if x is None:
            h = (np.moveaxis(dx, axis, -1) if np.ndim(dx) else dx) * np.ones(n - 1)
        else:
            h = np.diff(np.moveaxis(along(x, ndim, axis), axis, -1))
        y = np.moveaxis(y, axis, -1)
        part = equal if x is None else unequal
        first, second = part(y, h), np.flip(part(np.flip(y, -1), np.flip(h, -1)), -1)
        pieces = [(first if i % 2 == 0 else second)[..., i - i % 2] for i in range(n - 2)]
        found = np.cumsum(np.stack([*pieces, second[..., -1]], axis=-1), axis=-1)
    if initial is not None:
        shape = (*np.shape(found)[:-1], 1)
        start = np.moveaxis(initial, axis, -1) if np.ndim(initial) else initial
        start = np.broadcast_to(start, shape) + np.zeros(shape)
        found = np.concatenate([start, found + start], axis=-1)
    return np.moveaxis(found, -1, axis)


def equal(y: Array, h: Array) -> Array:
    """The integral over the first of two intervals of one width."""
    return h[..., :-1] / 3 * (5 * y[..., :-2] / 4 + 2 * y[..., 1:-1] - y[..., 2:] / 4)


def unequal(y: Array, h: Array) -> Array:
    """The integral over the first of two intervals."""
    a, b = h[..., :-1], h[..., 1:]
    share = a / (a + b)
    rest = share * (a / b)
    y0, y1, y2 = y[..., :-2], y[..., 1:-1], y[..., 2:]
    return a / 6 * ((3 - share) * y0 + (3 + rest + share) * y1 + -rest * y2)


def romb(y: Array, dx: Array = 1.0, axis: int = -1, show: Any = False) -> Array:
    """Romberg's extrapolation of the trapezoidal rule, of 2ᵏ + 1 samples, by ``y`` and ``dx``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> al.grad(integrate.romb)(np.zeros(3)).round(3).tolist()
    [0.333, 1.333, 0.333]
    """
    if not holds((y, dx)):
        return theirs.romb(y, dx, axis, show)
    y = gathered(y)
    ndim, n = np.ndim(y), np.shape(y)[axis] - 1
    k = max(n, 1).bit_length() - 1
    if n != 2**k:
        raise ValueError("Number of samples must be one plus a non-negative power of 2.")
    h = n * dx
    row = [(y[at(axis, ndim, 0)] + y[at(axis, ndim, -1)]) / 2.0 * h]
    start = step = n
    for i in range(1, k + 1):
        start >>= 1
        middle = np.sum(y[at(axis, ndim, slice(start, n, step))], axis=axis)
        new = [0.5 * (row[0] + h * middle)]
        step >>= 1
        for j in range(1, i + 1):
            new.append(new[-1] + (new[-1] - row[j - 1]) / ((1 << (2 * j)) - 1))
        row = new
        h = h / 2.0
    return row[-1]


def fixed_quad(
    func: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...] = (), n: int = 5
) -> tuple[Any, None]:
    """Gauss's quadrature with ``n`` places, and None: by limits, ``args`` and what ``func`` reads.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> float(al.grad(lambda b: integrate.fixed_quad(np.exp, 0.0, b)[0])(1.0).round(6))
    2.718282
    """
    if not holds((a, b)) and (np.isinf(a) or np.isinf(b)):
        raise ValueError("Gaussian quadrature is only available for finite limits.")
    x, w = roots_legendre(n)
    places = (b - a) * (np.real(x) + 1) / 2.0 + a
    return (b - a) / 2.0 * np.sum(w * gathered(func(places, *args)), axis=-1), None
