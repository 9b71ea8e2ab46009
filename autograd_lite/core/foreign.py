"""Arrays of other packages that take part in NumPy's protocols, such as Dask's and CuPy's.

What a backward pass makes from nothing, it makes like such an array, by NumPy's own dispatch: the
seed is ``np.ones_like`` of the result.  Of an array in chunks, which is computed later and may be
larger than memory, nothing of its size is made here.
"""

from typing import Any

import numpy as np

from autograd_lite.core.tape import Node
from autograd_lite.core.tracked import Symbol, strip


def foreign(x: Any) -> Any:
    """The array of another package that ``x`` is, or is tracked above; else None."""
    x = strip(x)
    if isinstance(x, (np.ndarray, Symbol)) or not hasattr(type(x), "__array_function__"):
        return None
    return x


def chunked(x: Any) -> Any:
    """The same where it comes in chunks, which what is made beside it follows."""
    x = strip(x)
    return x if hasattr(type(x), "chunks") and foreign(x) is not None else None


def lay(node: Node, x: Any) -> None:
    """Have a node remember its value ``x`` where that comes in chunks, for rules ask for those."""
    like = chunked(x)
    if like is not None:
        node.like = like


def following(c: Any, like: Any) -> Any:
    """``c`` as an array of the kind of ``like``, and in its chunks, which has its shape."""
    return c if like is None or foreign(c) is not None else c * np.ones_like(like)


def in_chunks_of(g: Any, x: Any) -> Any:
    """A gradient by ``x`` in the chunks of that, if it has any."""
    like = chunked(x)
    if like is None or not hasattr(type(g), "rechunk") or g.chunks == like.chunks:
        return g
    return g.rechunk(like.chunks)


def zeros(shape: tuple[int, ...], dtype: Any, like: Any) -> Any:
    """``np.zeros(shape, dtype)``, of the kind of ``like``, and in its chunks if it is as large."""
    if like is None:
        return np.zeros(shape, dtype)
    if like.shape == shape:
        return np.zeros_like(like, dtype=dtype)
    return np.zeros_like(like, dtype=dtype, shape=shape)
