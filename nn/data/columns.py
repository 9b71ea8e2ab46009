"""Samples as users have them: lists, tables and their columns become arrays of numbers."""

from __future__ import annotations

from numbers import Number
from typing import Any

from nn.calls import DATA, as_array


def as_data(who: str, name: str, data: Any) -> Any:
    """An array of samples in rows; what finds its rows by their place stays as it is.

    Raises TypeError, with what to write, for texts and other things that are no numbers.

    >>> as_data("Batches", "y", ["cat", "dog"])
    Traceback (most recent call last):
    TypeError: Batches: y has 'cat' in it, and needs numbers; give classes by their numbers, \
np.unique(y, return_inverse=True)[1], and leave out columns that are none
    """
    known = isinstance(data, (list, tuple)) or hasattr(data, "to_numpy") or hasattr(data, "dtype")
    try:
        array = as_array(data) if known else data
    except ValueError as error:
        raise ValueError(
            f"{who}: {name} is a {type(data).__name__} of other arrays: {error}; give them one by "
            f"one, as in {who}(x, y, size=32)"
        ) from None
    DATA.check(who, name, array)
    kind = getattr(getattr(array, "dtype", None), "kind", "f")
    for value in array.flat if kind in "SUMO" else ():
        if not isinstance(value, Number):
            raise TypeError(
                f"{who}: {name} has {str(value)!r} in it, and needs numbers; give classes by their "
                f"numbers, np.unique(y, return_inverse=True)[1], and leave out columns that are "
                f"none"
            )
    return array
