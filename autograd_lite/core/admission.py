"""Admission: what may stand on the tape, as an operand, an argument, a constant or a result.

Plain arrays, numbers, Tensors and tracers may, and so may arrays of other packages that take part
in both protocols of NumPy: Dask, CuPy.  Arrays that carry more than numbers are refused by name:
labels, masks and units would be lost, and what aligns by label would meet what aligns by place.
No package is imported for that; an array is known by its attributes.

What a backward pass makes from nothing, it makes like such an array, by NumPy's own dispatch: the
seed is ``np.ones_like`` of the result.  An array in chunks is computed later and may be larger than
memory, so nothing of its size is made here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from numbers import Number
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.frames import public
from autograd_lite.core.tracked import PLAIN, Symbol, Tracked, strip

#: Types of which everything is admitted.
ALWAYS = (Tracked, Symbol, Number, np.generic)

#: By one of these a type says that it is one of arrays.
ARRAYS = ("__array__", "__array_ufunc__", "__array_function__", "__array_interface__", "toarray")

#: By both of these an array speaks for itself: NumPy hands it every call.
PROTOCOLS = ("__array_ufunc__", "__array_function__")

#: Operators that mean something else in a subclass of ndarray which has its own.
OPERATORS = ("__add__", "__mul__", "__matmul__", "__pow__")


class Own(NamedTuple):
    """What arrays with an attribute have beside their numbers, and what gives these alone."""

    attribute: str
    what: str
    remedy: str


#: The first that fits a type is what its error says.
OWN = (
    Own("filled", "a mask", "x.filled(value)"),  # masked arrays
    Own("data_vars", "labels", "x.to_dataarray().values"),  # a Dataset of xarray
    Own("dims", "labels", "x.values"),  # the other arrays of xarray
    Own("to_numpy", "labels or missing values", "x.to_numpy()"),  # pandas, polars
    Own("magnitude", "units", "x.magnitude"),  # pint
    Own("unit", "units", "x.value"),  # astropy
    Own("units", "units", "x.value"),  # unyt
    Own("detach", "derivatives", "x.detach().cpu().numpy()"),  # torch
    Own("aval", "derivatives", "np.asarray(x)"),  # JAX
    Own("toarray", "a layout", "x.toarray()"),  # sparse matrices of SciPy
)
OTHERS = (
    Own("__array__", "operators", "np.asarray(x)"),
    Own("", "operators", "an ndarray of its numbers"),
)


def admitted(x: Any) -> Any:
    """``x`` as it may stand on the tape: itself, or a plain array of its numbers.

    Raises TypeError by name for an array that carries more than numbers.
    """
    kind: Any = type(x)
    if kind in PLAIN:
        return x
    becomes = _verdict(kind)
    return x if becomes is None else becomes(x)


def admitted_all(x: Any) -> Any:
    """``x`` with all in it as it may stand on the tape, also in lists, tuples and dicts."""
    if isinstance(x, (list, tuple)):
        parts = list(map(admitted_all, x))
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    return {key: admitted_all(part) for key, part in x.items()} if type(x) is dict else admitted(x)


def is_array(kind: Any) -> bool:
    """Whether values of a type are arrays of some package, to be admitted or refused."""
    return any(hasattr(kind, name) for name in ARRAYS)


def refusal(kind: Any) -> TypeError | None:
    """The error by which values of a type are refused; None if they are admitted."""
    if issubclass(kind, ALWAYS) or not is_array(kind):
        return None
    own = next((own for own in OWN if hasattr(kind, own.attribute)), None)
    if own is None:
        if _speaks(kind) or _is_plain(kind):
            return None
        own = OTHERS[not hasattr(kind, "__array__")]
    return TypeError(
        f"{public(kind.__module__)}.{kind.__name__} has {own.what} of its own, which would be lost "
        f"among Tensors; compute with {own.remedy}"
    )


def is_matrix(x: Any) -> bool:
    """Whether ``x`` is a sparse matrix of SciPy's, which is not imported for that."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and module.issparse(x) and x.ndim == 2


def _speaks(kind: Any) -> bool:
    """Whether arrays of a type have both protocols, other than those of ndarray."""
    found = [getattr(kind, name, None) for name in PROTOCOLS]
    return None not in found and found != [getattr(np.ndarray, name) for name in PROTOCOLS]


def _is_plain(kind: Any) -> bool:
    """Whether arrays of a type are read as ndarrays: a memmap is one."""
    if issubclass(kind, np.ndarray):
        return all(getattr(kind, name) is getattr(np.ndarray, name) for name in OPERATORS)
    return issubclass(kind, np.flatiter)


@lru_cache(2**9)
def _verdict(kind: Any) -> Callable[[Any], Any] | None:
    """What is made of values of a type: an array, or an error; None where they stay as they are."""
    if refusal(kind):
        return _refuse
    if is_array(kind):
        return np.asarray if _is_plain(kind) and not _speaks(kind) else None
    # NumPy reads the others too, but they may change before it reads them again.
    read = issubclass(kind, Sequence) and not issubclass(kind, (list, tuple, str, bytes))
    return np.array if read else None


def _refuse(x: Any) -> Any:
    from autograd_lite.core.advice.placing import placed  # needed on the way to an error only

    error = refusal(type(x))
    assert error is not None
    raise placed(error, x)


# ---- arrays of other packages: what is made beside them is made like them ----


def foreign(x: Any) -> Any:
    """The array of another package that ``x`` is, or is tracked above; else None."""
    x = strip(x)
    if isinstance(x, (np.ndarray, Symbol)) or not hasattr(type(x), "__array_function__"):
        return None
    return x


def chunked(x: Any) -> Any:
    """The same where it comes in chunks, which what is made beside it follows."""
    if type(x) is np.ndarray:  # asked of every gradient
        return None
    x = strip(x)
    return x if hasattr(type(x), "chunks") and foreign(x) is not None else None


def lay(node: Any, x: Any) -> None:
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
