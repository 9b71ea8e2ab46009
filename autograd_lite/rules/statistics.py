"""Statistics, composed as NumPy composes them, so that not a bit differs."""

import math
import warnings

import numpy as np

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.gathering import gathered
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.rules.common import axes_of, composition_of, conj, given, in_memory
from autograd_lite.rules.constants import varies


@composition_of(np.average)
def average(a, axis=None, weights=None, returned=False, **options):
    if weights is None:
        mean = np.mean(a, axis=axis, **options)
        total = math.prod(np.shape(a)) / math.prod(np.shape(mean))
    else:
        w = weights_for(a, axis, weights)
        exact = np.result_type(a).kind in "iub"
        kind = np.result_type(a, w, "f8") if exact else np.result_type(a, w)
        total = np.sum(w, axis=axis, dtype=kind, **options)
        if branch(np.any(total == 0), later=False):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        mean = np.sum(np.multiply(a, w, dtype=kind), axis=axis, **options) / total
    return (mean, np.full_like(mean, total)) if returned else mean


def weights_for(a, axis, weights):
    """The weights with the axes of ``a``."""
    w = gathered(weights)
    w = w if hasattr(w, "dtype") else np.asarray(w)
    shape, have = np.shape(a), np.shape(w)
    w = np.positive(w) if have == () else w
    if have == shape:
        return w
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = axes_of(axis, len(shape))
    if have != tuple(shape[i] for i in axes):
        raise ValueError(
            "Shape of weights must be consistent with shape of a along specified axis."
        )
    w = np.transpose(w, np.argsort(axes))
    return np.reshape(w, [n if i in axes else 1 for i, n in enumerate(shape)])


@composition_of(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    samples = given(m=m, y=y)
    for name, x in samples.items():
        if np.ndim(x) > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    kind = np.result_type(*samples.values(), np.float64) if dtype is None else dtype
    X = np.astype(np.atleast_2d(m), kind)
    if not rowvar and np.ndim(m) != 1:
        X = X.T
    if X.shape[0] == 0:
        return np.empty((0, 0))
    if y is not None:
        Y = np.astype(np.atleast_2d(y), kind)
        X = np.concatenate((X, Y.T if not rowvar and Y.shape[0] != 1 else Y), axis=0)
    if ddof is None:
        ddof = 1 if bias == 0 else 0
    w, a = sample_weights(fweights, aweights, X.shape[1])
    mean, total = np.average(X, axis=1, weights=w, returned=True)
    free = degrees_of_freedom(total[0], w, a, ddof, X.shape[1])
    if branch(free <= 0, later=False):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
        free = 0.0
    X = in_kind(X - mean[:, None], X.dtype)
    c = np.dot(X, conj(X.T if w is None else (X * w).T))
    return np.squeeze(in_kind(c * np.true_divide(1, free), c.dtype))


def in_kind(x, dtype):
    """``x`` in a dtype, which refuses what cannot be cast: NumPy computes it in place."""
    return x if x.dtype == dtype else np.positive(x, dtype=dtype)


def sample_weights(fweights, aweights, n):
    """The weight of every sample, and the part in it that tells its importance."""
    weights = given(fweights=fweights, aweights=aweights)
    for name, x in weights.items():
        if name == "fweights" and not branch(np.all(x == np.around(x))):
            raise TypeError("fweights must be integer")
        if np.ndim(x) > 1:
            raise RuntimeError(f"cannot handle multidimensional {name}")
        if np.shape(x)[0] != n:
            raise RuntimeError(f"incompatible numbers of samples and {name}")
        if branch(np.any(np.less(x, 0))):
            raise ValueError(f"{name} cannot be negative")
    parts = [np.multiply(x, 1, dtype=float) for x in weights.values()]
    w = parts[0] * parts[1] if len(parts) == 2 else parts[0] if parts else None
    return w, parts[-1] if aweights is not None else None


def degrees_of_freedom(total, w, a, ddof, n):
    if w is None:
        return n - ddof
    if a is None or ddof == 0:
        return total - ddof
    return total - ddof * sum(w * a) / total


@composition_of(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diag(c)))
    c = c / deviation[:, None]
    c = c / deviation[None, :]
    if not np.iscomplexobj(c):
        return np.clip(c, -1, 1)
    return np.clip(np.real(c), -1, 1) + np.clip(np.imag(c), -1, 1) * 1j


# ---- histograms: the counts are constant, sums of weights are not ----


@primitive
def counted(weights, a, *, bins, range):
    return np.histogram(a, bins, range, weights=weights)[0]


def counted_vjp(g, a, bins, range):
    """The gradient of the bin that a number is in; 0 outside.  The last bin has its right end."""
    edges = np.histogram_bin_edges(a, bins, range)
    place = np.searchsorted(edges, a, side="right") - 1
    place = np.where(a == edges[-1], len(edges) - 2, place)
    inside = (place >= 0) & (place < len(edges) - 1)
    return np.where(inside, g[np.where(inside, place, 0)], 0)


rule(counted, weights=counted_vjp, a=None)


@composition_of(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    if varies(bins):
        raise TypeError("histogram has no derivative with respect to bins")
    if varies(a) and range is None and np.ndim(bins) == 0:
        raise TypeError("histogram would choose its bins by the values of a Tensor; give range=…")
    a = stop_gradient(a)
    if not varies(weights):
        return np.histogram(a, bins, range, density, weights)
    in_memory(a, "np.histogram(x, weights=w)", "np.sum(np.where((low <= x) & (x < high), w, 0))")
    a = np.asarray(a)
    edges = np.histogram_bin_edges(a, bins, range)
    total = counted(weights, a, bins=bins, range=range)
    return total / np.diff(edges) / np.sum(total) if density else total, edges
