"""What rules make beside an array in chunks, such as Dask's: in its chunks, and nothing here.

Such an array is computed later, and may be larger than memory.  ``like`` is one, or None.  Rules
import this when they first meet one.
"""

import math

import numpy as np

from autograd_lite.core.admission import chunked, zeros
from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule


def unknown():
    return TypeError(
        "x[key] by a key that is not computed yet, such as a mask of Dask's, has no derivative: "
        "what it picks is not known; write np.where(mask, x, 0) for x[mask], or compute the key "
        "first, as in x[key.compute()]"
    )


# ---- widened ----


@primitive(inline=True)
def along_chunks(x, like):
    """``np.broadcast_to(x, like.shape)``, in the chunks of ``like``."""
    if any(n != n for n in like.shape):
        raise unknown()
    return np.broadcast_arrays(x, like)[0]


rule(along_chunks, broadcasts=True, x=lambda g: g, like=None)


# ---- written to places ----


def written(values, key, shape, like):
    """Zeros of ``shape`` with ``values``, which come in chunks, added at ``key``.

    An array in chunks takes slices, and one list of places, each of them once.
    """
    parts = [p for p in (key if isinstance(key, tuple) else (key,)) if p is not None]
    if any(chunked(part) is not None for part in parts):
        raise unknown()
    lists = [np.asarray(part) for part in parts if np.ndim(part)]
    if len(lists) > 1 or any(part.ndim > 1 and part.dtype == bool for part in lists):
        if like is not None:
            raise TypeError(
                "x[key] of an array in chunks by several lists, or by a table of truth values, has "
                "no gradient; pick by one list, x[[0, 2]], or write np.where(mask, x, 0)"
            )
        n = math.prod(shape)
        numbers = np.arange(n).reshape(shape)[key]
        return np.reshape(written(np.ravel(values), np.ravel(numbers), (n,), None), shape)
    picks = picked_of_each(parts, shape)
    total = zeros(shape, values.dtype, chunked(values) if like is None else like)
    values = np.reshape(values, [length(pick, n) for pick, n in zip(picks, shape)])
    for axis, pick in enumerate(picks):
        if not isinstance(pick, slice):
            values, picks[axis] = summed_once(values, pick, axis)
    total[tuple(picks)] = values
    return total


def picked_of_each(parts, shape):
    """What a key picks of each axis: a slice, or places counted from the front."""
    there = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    others = [slice(None)] * (len(shape) - len(parts) + (there < len(parts)))
    parts = [*parts[:there], *others, *parts[there + 1 :]]
    return [part if isinstance(part, slice) else places(part, n) for part, n in zip(parts, shape)]


def places(part, n):
    part = np.asarray(part)
    if part.dtype == bool:
        return np.flatnonzero(part)
    if part.ndim == 0:
        return slice(int(part) % n, int(part) % n + 1)
    return np.ravel(part).astype(int) % n


def length(pick, n):
    return len(range(n)[pick]) if isinstance(pick, slice) else len(pick)


def summed_once(values, places, axis):
    """``values`` and their places along an axis, of which each is named once.

    Values for the same place are added in pairs, and the sums again, until one is left.
    """
    while True:
        order = np.argsort(places, kind="stable")
        ordered = places[order]
        again = np.append(False, ordered[1:] == ordered[:-1])
        if not np.any(again):
            return values, places
        first = np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))
        second = (np.arange(len(order)) - first) % 2 == 1  # of a pair
        one = np.append(second[1:], False)
        alone = ~(one | second)
        index = (slice(None),) * axis
        values = np.concatenate(
            [
                values[(*index, order[one])] + values[(*index, order[second])],
                values[(*index, order[alone])],
            ],
            axis,
        )
        places = np.concatenate([ordered[one], ordered[alone]])
