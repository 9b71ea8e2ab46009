"""Gathering: lists and object arrays of Tensors, read as the Tensor that np.stack makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_lite.core.admission import admitted
from autograd_lite.core.tracked import Symbol, Tracked

OBJECT = np.dtype(object)


def holds(x: Any, kinds: Any = (Tracked, Symbol)) -> bool:
    """Whether a list, a tuple or an object array has a Tensor in it, however deep."""
    return any(isinstance(p, kinds) or (is_sequence(p) and holds(p, kinds)) for p in parts(x))


def is_sequence(x: Any) -> bool:
    """Whether ``x`` is a list, a tuple or an array of objects, which may hold Tensors."""
    return type(x) in (list, tuple) or (type(x) is np.ndarray and x.dtype is OBJECT)


def parts(x: Any) -> Iterator[Any]:
    return iter(x.flat) if type(x) is np.ndarray else iter(x)


def gathered(x: Any) -> Any:
    """``x``, or one Tensor if it is a list, tuple or object array with Tensors in it.

    Raises ValueError, as np.stack does, if their shapes differ.
    """
    if not is_sequence(x) or not holds(x):
        return x
    whole = np.stack([gathered(part) for part in parts(x)])
    if type(x) is np.ndarray:
        whole = np.reshape(whole, x.shape + whole.shape[1:])
    return whole


def returned(x: Any) -> Any:
    """A leaf of the result of a user's function, as it may stand on the tape."""
    return admitted(gathered(x))
