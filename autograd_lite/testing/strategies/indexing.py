"""Axes, and the keys that an array of a shape can be indexed with."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]

# ---- axes ----


def axis(ndim: int) -> st.SearchStrategy[int]:
    """An axis of an array with ``ndim`` of them, counted from either end.

    >>> from hypothesis import find
    >>> find(axis(3), lambda a: a < 0)
    -1
    """
    return st.integers(-ndim, ndim - 1)


def axes(ndim: int) -> st.SearchStrategy[int | tuple[int, ...] | None]:
    """What ``np.sum`` takes for ``axis``: None, an axis, or several different ones, even none.

    >>> from hypothesis import find
    >>> find(axes(3), lambda a: type(a) is tuple and len(a) > 1)
    (0, 1)
    """
    several = hnp.valid_tuple_axes(ndim)
    return st.one_of(st.none(), axis(ndim), several) if ndim else st.none() | several


def keepdims() -> st.SearchStrategy[bool]:
    """Whether reduced axes stay, with length 1."""
    return st.booleans()


def reductions(ndim: int) -> st.SearchStrategy[dict[str, Any]]:
    """Options of a reduction: ``axis`` and ``keepdims``, each of them given or not.

    >>> from hypothesis import find
    >>> find(reductions(2), lambda options: len(options) == 2)
    {'axis': None, 'keepdims': False}
    """
    return st.fixed_dictionaries({}, optional={"axis": axes(ndim), "keepdims": keepdims()})


# ---- keys: every one is valid for x[key] ----


def indices(shape: Shape) -> st.SearchStrategy[Any]:
    """Any of the keys below."""
    kinds = [basic_indices(shape), masks(shape)]
    if 0 not in shape[:1] and shape:
        kinds += [advanced_indices(shape), repeated_indices(shape)]
    return st.one_of(kinds)


def basic_indices(shape: Shape) -> st.SearchStrategy[Any]:
    """Integers, slices of any step, ``...`` and None, alone or in tuples.

    >>> from hypothesis import find
    >>> find(basic_indices((3,)), lambda key: type(key) is int and key < 0)
    -1
    """
    return hnp.basic_indices(shape, allow_newaxis=True)


def masks(shape: Shape) -> st.SearchStrategy[Array]:
    """Boolean arrays over all axes, or the first few of them."""
    return st.integers(min(len(shape), 1), len(shape)).flatmap(
        lambda n: hnp.arrays(np.bool_, shape[:n])
    )


@st.composite
def advanced_indices(draw: st.DrawFn, shape: Shape) -> Any:
    """Arrays of integers which broadcast together, with integers and slices between them.

    >>> from hypothesis import find
    >>> find(advanced_indices((2, 3)), lambda key: type(key[0]) is int)
    (0, array([0]))
    """
    if not shape or not shape[0]:
        raise ValueError(f"an array of shape {shape} has no elements along its first axis")
    common = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=3))
    smaller = [common, common[1:], tuple(1 for _ in common)]
    with_array = draw(st.integers(0, len(shape) - 1).filter(lambda i: shape[i]))
    key: list[Any] = []
    for i, side in enumerate(shape[: draw(st.integers(with_array + 1, len(shape)))]):
        array = st.sampled_from(smaller).flatmap(partial(_integers, side))
        choices = [st.slices(side), st.integers(-side, side - 1), array] if side else []
        key.append(draw(array if i == with_array else st.one_of(choices or [st.slices(side)])))
    return tuple(key)


@st.composite
def repeated_indices(draw: st.DrawFn, shape: Shape) -> Array:
    """Arrays of integers of which at least two point at the same place, be it from both ends.

    >>> from hypothesis import find
    >>> find(repeated_indices((3,)), lambda key: True)
    array([0, 0])
    """
    if not shape or not shape[0]:
        raise ValueError(f"an array of shape {shape} has no elements along its first axis")
    places = draw(st.lists(st.integers(0, shape[0] - 1), min_size=1, max_size=3))
    places.append(draw(st.sampled_from(places)))
    return np.array([p - shape[0] if draw(st.booleans()) else p for p in places])


def _integers(side: int, shape: Shape) -> st.SearchStrategy[Array]:
    return hnp.arrays(np.int64, shape, elements=st.integers(-side, side - 1))
