"""What rules share: compositions and options, zeros of any kind of number, axes and shapes."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd_lite.core.admission import chunked
from autograd_lite.core.backward import widened
from autograd_lite.core.registry import composed
from autograd_lite.core.tracked import example

FLOAT16, FLOAT32 = np.dtype(np.float16), np.dtype(np.float32)


def composition_of(function):
    """Say that ``function`` is made of others: the decorated one is called in its place."""

    def state(composition):
        composed(function, composition)
        return composition

    return state


def given(**options):
    """The options that are not None."""
    return {name: value for name, value in options.items() if value is not None}


# ---- numbers ----


def conj(x):
    """The complex conjugate; no copy of what is real."""
    return np.conj(x) if np.iscomplexobj(x) else x


def nonzero(x):
    """``x`` with 1 in place of 0: the denominator of a fraction whose numerator is 0 there."""
    return x + (x == 0)


def denominator(y):
    """``y`` with 1 in place of 0, for a slope that is 0 there, of a root that bends infinitely.

    The root in it is 0 there, and its slope is not finite: so second derivatives are not, either.
    """
    return np.where(y == 0, 1 + np.sqrt(y), y)


def counting(dtype):
    """The dtype of counts among numbers of ``dtype``: a float16 holds no more than 65,504."""
    return FLOAT32 if dtype == FLOAT16 else dtype


def count(n, dtype):
    """A number of elements, to divide numbers of ``dtype`` by."""
    return np.float32(n) if dtype == FLOAT16 else n


def zero_of(g):
    """The zero of the kind of number in ``g``: an integer is none among Fractions."""
    return g - g if getattr(g, "dtype", np.dtype(object)).kind == "O" else 0


# ---- axes ----


def axes_of(axis, n):
    """The axes that ``axis`` means in ``n`` dimensions, counted from the front.

    An array of no dimensions has none, though NumPy lets one name 0 or -1.
    """
    if axis is None or n == 0:
        return range(n)
    alone = isinstance(axis, int) or not np.iterable(axis)
    return [a % n for a in ((axis,) if alone else axis)]


def one_axis(axis, n):
    """The axis that ``axis`` means in ``n`` dimensions; the first, if it means all of them.

    It is the first as well of the vector that NumPy makes of an array of no dimensions.
    """
    return (axes_of(axis, n) or [0])[0]


@lru_cache(2**10)
def kept(shape, axis):
    """The shape that ``keepdims=True`` gives."""
    if axis is None:
        return (1,) * len(shape)
    axes = axes_of(axis, len(shape))
    return tuple([1 if i in axes else n for i, n in enumerate(shape)])


def along(axis, key):
    """The index that has ``key`` at this axis, counted from the front."""
    return (*(slice(None),) * axis, key)


def ordered_as(y, model):
    """``y`` in the order in memory of what NumPy makes like ``model``: later sums see it."""
    flags, given = (getattr(example(x), "flags", None) for x in (model, y))
    if flags is None or given is None or np.ndim(y) < 2:
        return y
    order: Any = "F" if flags.fnc else "C"
    return y if given[order] else np.copy(y, order=order)


def in_pairs(g, first, second):
    """``g`` with two axes for each of its axes: one of the first shape, one of the second."""
    n = max(len(first), len(second))
    first, second = ((1,) * (n - len(shape)) + shape for shape in (first, second))
    return np.reshape(g, [k for pair in zip(first, second) for k in pair])


# ---- arrays in chunks, such as Dask's ----


def stretched_to(g, shape, like):
    """``np.broadcast_to(g, shape)``, in the chunks of ``like`` if that is an array in chunks."""
    if like is None:
        return widened(g, shape)
    from autograd_lite.rules.chunks import along_chunks  # seldom needed

    return along_chunks(g, like)


def in_memory(x, name, instead):
    """Refuse an array in chunks where a rule looks at all elements at once, in memory."""
    if chunked(x) is not None:
        raise TypeError(
            f"{name} of an array in chunks has no derivative: its rule needs all of the "
            f"{math.prod(x.shape):,} elements in memory at once; write {instead}"
        )
