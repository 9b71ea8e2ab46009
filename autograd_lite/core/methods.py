"""The methods and attributes of ndarray, each as the NumPy function that does the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.core.errors import assigned, detached

_np: Any = np  # to the type checker, a Tensor is no array


def _method(name: str) -> Any:
    function = getattr(np, name)

    def method(self: Any, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    method.__name__ = name
    method.__doc__ = f"``np.{name}(self, …)``"
    return method


def _refused(name: str, remedy: str = "") -> Any:
    """A method that would change the array."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        error = assigned(f"t.{name}(…)")
        raise TypeError(f"{error}, or {remedy}") if remedy else error

    method.__name__ = name
    method.__doc__ = "Refused: a Tensor is never changed in place."
    return method


class ArrayMethods:
    """What a Tensor has because an ndarray has it; the functions reach it by NumPy's protocols."""

    __slots__ = ()

    node: Any

    # ---- attributes ----

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.node.shape
        return shape

    @property
    def dtype(self) -> np.dtype[Any]:
        dtype: np.dtype[Any] = self.node.dtype
        return dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        size = 1
        for n in self.shape:
            size *= n
        return size

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def T(self) -> Any:
        return _np.transpose(self)

    @property
    def mT(self) -> Any:
        return _np.matrix_transpose(self)

    @property
    def real(self) -> Any:
        return _np.real(self)

    @property
    def imag(self) -> Any:
        return _np.imag(self)

    @property
    def flat(self) -> Any:
        return _np.ravel(self)

    # ---- methods with the signature of their function ----

    sum = _method("sum")
    mean = _method("mean")
    var = _method("var")
    std = _method("std")
    max = _method("max")
    min = _method("min")
    prod = _method("prod")
    cumsum = _method("cumsum")
    cumprod = _method("cumprod")
    dot = _method("dot")
    ravel = _method("ravel")
    flatten = _method("ravel")
    squeeze = _method("squeeze")
    swapaxes = _method("swapaxes")
    diagonal = _method("diagonal")
    trace = _method("trace")
    take = _method("take")
    repeat = _method("repeat")
    choose = _method("choose")
    conj = _method("conj")
    conjugate = _method("conj")
    astype = _method("astype")
    argmax = _method("argmax")
    argmin = _method("argmin")
    argsort = _method("argsort")
    argpartition = _method("argpartition")
    searchsorted = _method("searchsorted")
    nonzero = _method("nonzero")
    any = _method("any")
    all = _method("all")
    round = _method("round")

    # ---- methods that take their arguments in another way ----

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return _np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        order = axes[0] if len(axes) == 1 else axes
        return _np.transpose(self, order or None)

    def clip(self, min: Any = None, max: Any = None, **options: Any) -> Any:
        return _np.clip(self, min, max, **options)

    def copy(self, order: str = "C") -> Any:
        return _np.copy(self, order=order)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        return _np.compress(condition, self, axis=axis, out=out)

    # ---- methods that would change the array, or show its memory ----

    sort = _refused("sort", "y = np.sort(t)")
    partition = _refused("partition", "y = np.partition(t, kth)")
    fill = _refused("fill")
    put = _refused("put")
    itemset = _refused("itemset")
    setfield = _refused("setfield")
    resize = _refused("resize", "y = np.reshape(t, shape)")
    byteswap = _refused("byteswap")

    def view(self, *args: Any, **options: Any) -> Any:
        raise detached("view", "use t.astype(dtype), or t.data for its memory")
