"""Derivatives of evenly spaced numbers by their ends, of powers, and of polynomials."""

import warnings

import numpy as np

from autograd_lite.core.gathering import gathered
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

# ---- polynomials by their coefficients, composed as NumPy composes them ----


def coefficients(p):
    return np.atleast_1d(gathered(p))


def floats(x):
    x = gathered(x)
    return (x if hasattr(x, "dtype") else np.asarray(x)) + 0.0


def lengthened(p, n):
    """With zeros for the powers that it lacks."""
    missing = n - len(p)
    return np.concatenate((np.zeros(missing, p.dtype), p)) if missing > 0 else p


def termwise(ufunc):
    def combined(a1, a2):
        a1, a2 = coefficients(a1), coefficients(a2)
        n = max(len(a1), len(a2))
        return ufunc(lengthened(a1, n), lengthened(a2, n))

    return combined


composition_of(np.polyadd)(termwise(np.add))
composition_of(np.polysub)(termwise(np.subtract))


@composition_of(np.polymul)
def polymul(a1, a2):
    return np.convolve(coefficients(a1), coefficients(a2))


@composition_of(np.polydiv)
def polydiv(u, v):
    u, v = coefficients(u) + 0.0, coefficients(v) + 0.0
    steps, n = len(u) - len(v) + 1, len(v)
    scale, quotient, rest = 1.0 / v[0], [], u
    for k in range(steps):
        d = scale * rest[k]
        quotient.append(d)
        rest = np.concatenate((rest[:k], rest[k : k + n] - d * v, rest[k + n :]))
    while len(rest) > 1 and branch(abs(rest[0]) <= 1e-8):  # as np.allclose counts as 0
        rest = rest[1:]
    kind = (u[0] + v[0]).dtype
    return np.stack(quotient) if quotient else np.zeros(1, kind), rest


# ---- derivatives and integrals ----


@composition_of(np.polyder)
def polyder(p, m=1):
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    p = coefficients(p)
    for _ in range(int(m)):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@composition_of(np.polyint)
def polyint(p, m=1, k=None):
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    m = int(m)
    k = np.zeros(m) if k is None else np.atleast_1d(gathered(k))
    k = k[0] * np.ones(m) if len(k) == 1 and m > 1 else k
    if len(k) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    p = coefficients(p)
    for i in range(m):
        p = np.concatenate((p / np.arange(len(p), 0, -1), np.reshape(k[i], 1)))
    return p


# ---- to zeros and back ----


@composition_of(np.poly)
def poly(seq_of_zeros):
    zeros = coefficients(seq_of_zeros)
    if np.ndim(zeros) == 2 and zeros.shape[0] == zeros.shape[1] != 0:
        zeros = np.linalg.eigvals(zeros)
    elif np.ndim(zeros) != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if len(zeros) == 0:
        return 1.0
    p = np.ones(1, zeros.dtype)
    for zero in zeros:
        p = np.convolve(p, np.stack([np.ones_like(zero), -zero]), mode="full")
    if p.dtype.kind == "c" and branch(np.all(np.sort(zeros) == np.sort(np.conj(zeros)))):
        return np.real(p)
    return p


@composition_of(np.roots)
def roots(p):
    p = coefficients(p)
    if np.ndim(p) != 1:
        raise ValueError("Input must be a rank-1 array.")
    while len(p) and branch(p[0] == 0):
        p = p[1:]
    zeros = 0
    while len(p) and branch(p[-1] == 0):
        p, zeros = p[:-1], zeros + 1
    found = np.zeros(0, p.dtype)
    if len(p) > 1:
        p = p + 0.0
        below = np.eye(len(p) - 2, len(p) - 1, dtype=p.dtype)
        found = np.linalg.eigvals(np.concatenate((-p[None, 1:] / p[0], below)))
    return np.concatenate((found, np.zeros(zeros, found.dtype))) if zeros else found


# ---- least squares ----


@composition_of(np.polyfit)
def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    order = int(deg) + 1
    x, y = floats(x), floats(y)
    if order < 1:
        raise ValueError("expected deg >= 0")
    if np.ndim(x) != 1:
        raise TypeError("expected 1D vector for x")
    if np.size(x) == 0:
        raise TypeError("expected non-empty vector for x")
    if not 1 <= np.ndim(y) <= 2:
        raise TypeError("expected 1D or 2D array for y")
    if len(x) != len(y):
        raise TypeError("expected x and y to have same length")
    rcond = len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    left, right = np.vander(x, order), y
    if w is not None:
        w = floats(w)
        if np.ndim(w) != 1:
            raise TypeError("expected a 1-d array for weights")
        if len(w) != len(y):
            raise TypeError("expected w and y to have the same length")
        left = left * w[:, None]
        right = right * (w[:, None] if np.ndim(right) == 2 else w)
    scale = np.sqrt(np.sum(left * left, axis=0))
    left = left / scale
    c, residuals, rank, values = np.linalg.lstsq(left, right, rcond)
    c = (c.T / scale).T
    if branch(rank != order) and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    if full:
        return c, residuals, rank, values, rcond
    if not cov:
        return c
    base = np.linalg.inv(np.dot(left.T, left)) / np.outer(scale, scale)
    if cov == "unscaled":
        factor = 1.0
    elif len(x) <= order:
        raise ValueError(
            "the number of data points must exceed order to scale the covariance matrix"
        )
    else:
        factor = residuals / (len(x) - order)
    return c, base * factor if np.ndim(y) == 1 else base[:, :, None] * factor
