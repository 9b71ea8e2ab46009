"""Other arguments of the same kind, drawn and generic, to judge a derivation at."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.core.trees import rebuild

#: How arguments are drawn, one way after another until one will do: how freely, and how large.
WAYS = (
    ("free", 1.0),
    ("free", 0.3),
    ("kept positive", 1.0),
    ("kept positive", 0.3),
    ("near", 0.1),
    ("near", 1e-3),
)


def drawn(
    args: tuple[Any, ...], weights: frozenset[int], seed: int = 0
) -> Iterator[tuple[Any, ...]]:
    """Arguments with the shapes and dtypes of these, with generic numbers in them.

    ``weights`` are the places of those with a gradient.  What may be meant is kept: whole numbers,
    masks and one-hot rows, probabilities, positive numbers, an order, a symmetry, columns of ones.
    What hides mistakes is not: weights that are zeros, ones, or an identity.
    """
    for way, scale in WAYS:
        yield in_one_way(args, weights, way, scale, np.random.default_rng(seed))


def in_one_way(
    args: tuple[Any, ...],
    weights: frozenset[int],
    way: str,
    scale: float,
    rng: np.random.Generator,
) -> tuple[Any, ...]:
    """Arguments that are drawn in one of the ways."""
    made = []
    for i, arg in enumerate(args):
        made.append(
            rebuild(arg, partial(alike, way=way, scale=scale, weight=i in weights, rng=rng))
        )
    return tuple(made)


def alike(x: Any, way: str, scale: float, weight: bool, rng: np.random.Generator) -> Any:
    """An array, or a number, of the kind of ``x``."""
    array = np.asarray(x)
    if array.dtype.kind not in "fc" or array.size == 0 or not np.all(np.isfinite(array)):
        return np.copy(x) if isinstance(x, np.ndarray) else x
    if array.dtype.kind == "c":
        new = array + scale * (normal(array, rng) + 1j * normal(array, rng)) * size_of(array)
    elif not weight and np.all(array == np.round(array)):
        new = reordered(array, rng)
    elif way == "near":
        new = np.where(array == 0, 0 if array.any() else scale * rng.random(array.shape), array)
        new = new * (1 + scale * rng.uniform(-1, 1, array.shape))
    else:
        new = structured(array, way, scale, rng, weight)
        if not weight or is_triangular(array):
            new = np.where((array == 0) & np.any(array), 0, new)
    new = np.asarray(new, array.dtype)
    if isinstance(x, np.ndarray):
        return new
    return type(x)(new[()]) if isinstance(x, (float, np.floating)) else new[()]


def normal(x: Any, rng: np.random.Generator) -> Any:
    return rng.standard_normal(x.shape)


def size_of(x: Any) -> float:
    """How large generic numbers are to be: as they are, and at most about one."""
    largest = float(np.sqrt(np.mean(np.abs(x) ** 2)))
    return min(largest, 1.0) if largest else 1 / np.sqrt(max(x.shape, default=1))


def reordered(x: Any, rng: np.random.Generator) -> Any:
    """Labels, masks and counts: the same rows in another order, or columns if there is one row."""
    if x.ndim == 0:
        return x
    if x.size and np.all(x == x.flat[0]) and x.flat[0] in (0, 1) and x.size > 1:
        return np.asarray(rng.random(x.shape) < 0.5, float)
    axis = 0 if x.shape[0] > 1 else x.ndim - 1
    return np.take(x, rng.permutation(x.shape[axis]), axis=axis)


def structured(x: Any, way: str, scale: float, rng: np.random.Generator, weight: bool) -> Any:
    """Generic real numbers, where what may be meant is kept."""
    size = scale * size_of(x)
    constant = bool(np.all(x == x.flat[0])) and (x.ndim > 0 or not x.any())
    square = x.ndim == 2 and x.shape[0] == x.shape[1] > 1
    diagonal = square and not np.any(x - np.diag(np.diag(x)))
    hides = constant or diagonal
    free = size * normal(x, rng)
    if square and np.array_equal(x, x.T) and (not hides or way == "kept positive"):
        both = free + free.T
        definite = bool(np.all(np.linalg.eigvalsh(x) > 0))
        return free @ free.T / len(x) + 0.5 * size * np.eye(len(x)) if definite else both
    kept = way == "kept positive" or not (hides or weight)
    new = positive(x, rng) if kept and np.all(x >= 0) and np.any(x) else free
    if hides:
        return new
    if x.ndim == 1 and len(x) > 3 and np.all(np.diff(x) > 0):
        new = np.sort(new)
    for axis in range(x.ndim if x.ndim == 2 else 0):  # a column of ones for a bias
        if x.shape[axis] > 2:
            same = np.all(x == np.take(x, [0], axis=axis), axis=axis, keepdims=True)
            if not np.all(same):
                new = np.where(same, x, new)
    if not weight and x.ndim and np.allclose(np.sum(x * x, axis=-1), 1):
        new = new / np.sqrt(np.sum(new * new, axis=-1, keepdims=True))
    return new


def positive(x: Any, rng: np.random.Generator) -> Any:
    """Numbers that are positive where these are: probabilities, parts of 1, or others."""
    shares = rng.uniform(0.5, 1.5, x.shape)
    if x.ndim and (axes := sums_to_one(x)):
        new = np.where(x > 0, shares, 0)
        return new / new.sum(axis=axes[0], keepdims=True)
    if np.all(x < 1):
        return np.where(x > 0, np.minimum(x * shares, 0.5 * (1 + x)), 0)
    return min(float(np.median(x[x > 0])), 1.0) * np.where(x > 0, shares, 0)


def is_triangular(x: Any) -> bool:
    """Whether zeros are on one side of the diagonal, and there alone."""
    if x.ndim != 2 or x.shape[0] != x.shape[1] or len(x) < 2:
        return False
    below = np.tri(len(x), k=-1, dtype=bool)
    zero = x == 0
    return any(np.array_equal(zero, side) for side in (below, below.T))


def sums_to_one(x: Any) -> list[int]:
    """The axes along which numbers are probabilities."""
    return [i for i in reversed(range(x.ndim)) if np.allclose(x.sum(axis=i), 1, atol=1e-6)]


def hiding(name: str, x: Any) -> str | None:
    """What an argument hides at the point that is given."""
    array = np.asarray(x)
    if array.dtype.kind not in "fc" or array.size < 2:
        return None
    if not array.any():
        return f"{name} is all zeros"
    if np.all(array == array.flat[0]):
        return f"all numbers in {name} are {array.flat[0]:g}"
    if array.ndim == 2 and array.shape[0] == array.shape[1]:
        if np.array_equal(array, np.eye(len(array))):
            return f"{name} is the identity"
        if np.array_equal(array, np.diag(np.diag(array))):
            return f"{name} is diagonal"
    return None
