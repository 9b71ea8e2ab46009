"""Counts: float16 ends at 65,504, so means of more numbers than that are computed in float32."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any

FLOAT16 = np.dtype(np.float16)


def is_short(x: Array) -> bool:
    """Whether ``x`` is of float16; a bare number has no dtype."""
    return getattr(x, "dtype", None) == FLOAT16


def counting(x: Array) -> Any:
    """The dtype of counts among numbers of ``x``."""
    return np.dtype(np.float32) if is_short(x) else x.dtype


def count(x: Array) -> int:
    """The number of elements, also of an array that is computed later, for which NumPy waits."""
    return math.prod(np.shape(x))


def widened(x: Array) -> Array:
    """``x`` in float32 if it is of float16, to be added up, and divided by counts."""
    return x.astype(np.float32) if is_short(x) else x


def narrowed(y: Array, x: Array) -> Array:
    """What was computed with ``widened(x)``, in the dtype of ``x``."""
    return y.astype(np.float16) if is_short(x) else y
