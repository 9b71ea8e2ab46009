"""The methods and attributes of ndarray, each as the NumPy function that does the same."""

from __future__ import annotations

from typing import Any

import numpy as np

_np: Any = np  # to the type checker, a Tensor is no array


def _method(name: str) -> Any:
    function = getattr(np, name)

    def method(self: Any, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    method.__name__ = name
    method.__doc__ = f"``np.{name}(self, …)``"
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
    def T(self) -> Any:
        return _np.transpose(self)

    @property
    def mT(self) -> Any:
        return _np.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        return _np.real(self)

    @property
    def imag(self) -> Any:
        return _np.imag(self)

    # ---- methods with the signature of their function ----

    sum = _method("sum")
    mean = _method("mean")
    var = _method("var")
    std = _method("std")
    max = _method("max")
    min = _method("min")
    prod = _method("prod")
    cumsum = _method("cumsum")
    dot = _method("dot")
    clip = _method("clip")
    ravel = _method("ravel")
    squeeze = _method("squeeze")
    swapaxes = _method("swapaxes")
    argmax = _method("argmax")
    argmin = _method("argmin")
    argsort = _method("argsort")
    nonzero = _method("nonzero")
    any = _method("any")
    all = _method("all")
    conj = _method("conj")
    astype = _method("astype")
    copy = _method("copy")
    flatten = _method("ravel")

    # ---- methods that take their numbers one by one as well ----

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return _np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        order = axes[0] if len(axes) == 1 else axes
        return _np.transpose(self, order or None)
