"""Distances of points in the last axis, which broadcast over the others.

Where two points coincide, a distance that is no square has a kink: its gradient counts as 0 there,
the shortest subgradient.  A quotient 0 / 0 counts as 0, as in SciPy.
"""

from typing import Any

import numpy as np
from scipy.special import rel_entr

Array = Any


def root(x: Array) -> Array:
    """The square root, with slope 0 at 0."""
    positive = x > 0
    return np.where(positive, np.sqrt(np.where(positive, x, 1)), 0)


def quotient(x: Array, y: Array) -> Array:
    """``x / y``, and 0 where y is 0."""
    there = y != 0
    return np.where(there, x / np.where(there, y, 1), 0)


def weighted(x: Array, w: Array) -> Array:
    return x if w is None else x * w


def euclidean(u: Array, v: Array, w: Array = None) -> Array:
    return root(sqeuclidean(u, v, w))


def sqeuclidean(u: Array, v: Array, w: Array = None) -> Array:
    return np.sum(weighted((u - v) ** 2, w), axis=-1)


def cityblock(u: Array, v: Array, w: Array = None) -> Array:
    return np.sum(weighted(np.abs(u - v), w), axis=-1)


def chebyshev(u: Array, v: Array, w: Array = None) -> Array:
    return np.max(np.abs(u - v) if w is None else np.abs(u - v) * (w != 0), axis=-1)


def minkowski(u: Array, v: Array, p: float = 2, w: Array = None) -> Array:
    if p <= 0:
        raise ValueError(f"minkowski: p={p}; give a positive number")
    if p == np.inf:
        return chebyshev(u, v, w)
    sizes = np.abs(u - v)
    away = sizes > 0
    powers = np.where(away, np.where(away, sizes, 1) ** p, 0)
    total = np.sum(weighted(powers, w), axis=-1)
    positive = total > 0
    return np.where(positive, np.where(positive, total, 1) ** (1 / p), 0)


def cosine(u: Array, v: Array, w: Array = None) -> Array:
    product, squares = np.sum(weighted(u * v, w), -1), [weighted(x * x, w) for x in (u, v)]
    first, second = (np.sum(x, axis=-1) for x in squares)
    return 1 - product / np.sqrt(first * second)


def correlation(u: Array, v: Array, w: Array = None, centered: bool = True) -> Array:
    if centered:
        share = None if w is None else w / np.sum(w)
        mean = lambda x: np.mean(x, -1) if share is None else np.sum(x * share, axis=-1)
        u, v = (x - np.expand_dims(mean(x), -1) for x in (u, v))
    return cosine(u, v, w)


def seuclidean(u: Array, v: Array, V: Array) -> Array:
    return root(np.sum((u - v) ** 2 / V, axis=-1))


def mahalanobis(u: Array, v: Array, VI: Array) -> Array:
    d = u - v
    return root(np.sum(d @ VI * d, axis=-1))


def canberra(u: Array, v: Array, w: Array = None) -> Array:
    return np.sum(weighted(quotient(np.abs(u - v), np.abs(u) + np.abs(v)), w), axis=-1)


def braycurtis(u: Array, v: Array, w: Array = None) -> Array:
    apart, whole = weighted(np.abs(u - v), w), weighted(np.abs(u + v), w)
    return np.sum(apart, axis=-1) / np.sum(whole, axis=-1)


def jensenshannon(u: Array, v: Array, base: float | None = None) -> Array:
    p, q = (x / np.sum(x, axis=-1, keepdims=True) for x in (u, v))
    m = (p + q) / 2
    total = np.sum(rel_entr(p, m) + rel_entr(q, m), axis=-1)
    return root(total / 2 if base is None else total / (2 * np.log(base)))
