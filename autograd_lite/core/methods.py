# mypy: disable-error-code="no-any-return"
"""What a Tensor has because an ndarray has it: methods, attributes, comparisons, text."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np

from autograd_lite.core.admission import admitted, chunked
from autograd_lite.core.errors import assigned
from autograd_lite.core.frames import users_line
from autograd_lite.core.ownership import read_only
from autograd_lite.core.tracked import LEFT, Tracked, strip

_np: Any = np  # to the type checker, a Tensor is no array


def _method(name: str) -> Any:
    function = getattr(np, name)

    def method(self: Any, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    method.__name__ = name
    method.__doc__ = f"``np.{name}(self, …)``"
    if not isinstance(function, np.ufunc):  # before NumPy 2.4, those do not say what they take
        method.__wrapped__ = function  # type: ignore[attr-defined]  # shown by help
    return method


class ArrayMethods:
    """Each method and attribute of ndarray as the NumPy function that does the same."""

    __slots__ = ()

    node: Any

    # ---- attributes ----

    @property
    def shape(self) -> tuple[int, ...]:
        return self.node.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.node.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def T(self) -> Self:
        return _np.transpose(self)

    @property
    def mT(self) -> Self:
        return _np.matrix_transpose(self)

    @property
    def real(self) -> Self:
        return _np.real(self)

    @property
    def imag(self) -> Self:
        return _np.imag(self)

    @property
    def flat(self) -> Self:
        return _np.ravel(self)

    # ---- a container ----

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Self]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Self:
        raise NotImplementedError

    def __setitem__(self, key: Any, value: Any) -> None:
        raise assigned("t[…] = value")

    # ---- methods with the signature of their function ----

    sum: Callable[..., Self] = _method("sum")
    mean: Callable[..., Self] = _method("mean")
    var: Callable[..., Self] = _method("var")
    std: Callable[..., Self] = _method("std")
    max: Callable[..., Self] = _method("max")
    min: Callable[..., Self] = _method("min")
    prod: Callable[..., Self] = _method("prod")
    cumsum: Callable[..., Self] = _method("cumsum")
    cumprod: Callable[..., Self] = _method("cumprod")
    dot: Callable[..., Self] = _method("dot")
    ravel: Callable[..., Self] = _method("ravel")
    flatten: Callable[..., Self] = _method("ravel")
    squeeze: Callable[..., Self] = _method("squeeze")
    swapaxes: Callable[..., Self] = _method("swapaxes")
    diagonal: Callable[..., Self] = _method("diagonal")
    trace: Any = _method("trace")  # a tracer has its trace there
    take: Callable[..., Self] = _method("take")
    repeat: Callable[..., Self] = _method("repeat")
    choose: Callable[..., Self] = _method("choose")
    conj: Callable[..., Self] = _method("conj")
    conjugate: Callable[..., Self] = _method("conj")
    argmax: Callable[..., Any] = _method("argmax")
    argmin: Callable[..., Any] = _method("argmin")
    argsort: Callable[..., Any] = _method("argsort")
    argpartition: Callable[..., Any] = _method("argpartition")
    searchsorted: Callable[..., Any] = _method("searchsorted")
    nonzero: Callable[..., Any] = _method("nonzero")
    any: Callable[..., Any] = _method("any")
    all: Callable[..., Any] = _method("all")
    round: Callable[..., Self] = _method("round")

    # ---- methods that take their arguments in another way ----

    def reshape(self, *shape: Any, **options: Any) -> Self:
        return _np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Self:
        order = axes[0] if len(axes) == 1 else axes
        return _np.transpose(self, order or None)

    def astype(self, dtype: Any, **options: Any) -> Self:
        return _np.astype(self, dtype, **options)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **options: Any) -> Self:
        return _np.clip(self, min, max, out=out, **options)

    def copy(self, order: str = "C") -> Self:
        lazy = chunked(self) is not None  # Dask would compute it for np.copy
        return _np.positive(self) if lazy else _np.copy(self, order=order)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Self:
        return _np.compress(condition, self, axis=axis, out=out)

    def __round__(self, digits: int | None = None) -> Self:
        return _np.round(self, digits or 0)


def _detached(what: str) -> Any:
    """A method by which somebody asks for what would leave the tape."""

    def refuse(self: Any, *args: Any, **options: Any) -> Any:
        raise detached(what)

    return refuse


def detached(what: str) -> TypeError:
    """The error for whoever asks a Tensor for ``what`` of it."""
    from autograd_lite.core import asking  # needed on the way to an error only

    return asking.detached(what)


def _stripped(function: Callable[..., Any], reflected: bool = False) -> Any:
    """An operator without a derivative: its result is a plain array."""

    def method(self: Any, other: Any) -> Any:
        pair = (admitted(other), self) if reflected else (self, admitted(other))
        return function(*map(strip, pair))

    return method


def left(t: Any) -> Any:
    """The plain value of a Tensor, and a note of the line for each level that it leaves."""
    x = t
    while isinstance(x, Tracked):
        if x.level in LEFT:
            LEFT[x.level].append(users_line())
        x = x.raw
    return x


class OffTape:
    """What leads from a Tensor off the tape: comparisons, Python numbers, text."""

    __slots__ = ()

    node: Any

    __lt__, __le__ = _stripped(operator.lt), _stripped(operator.le)
    __gt__, __ge__ = _stripped(operator.gt), _stripped(operator.ge)
    __eq__, __ne__ = _stripped(operator.eq), _stripped(operator.ne)
    __hash__ = object.__hash__
    __floordiv__ = _stripped(operator.floordiv)
    __rfloordiv__ = _stripped(operator.floordiv, reflected=True)

    __float__ = _detached("the float")
    __int__ = _detached("the int")
    __index__ = _detached("the index")
    __complex__ = _detached("the complex")
    __reduce__ = _detached("the pickle")

    def __array__(self, *args: Any, **options: Any) -> Any:
        from autograd_lite.core.sparse import declined  # it is needed seldom

        if (refusal := declined(self)) is None:
            raise detached("the plain numbers")
        return refusal

    def __bool__(self) -> bool:
        return bool(strip(self))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(strip(self) == strip(value)))

    def item(self, *index: int) -> Any:
        """The value as a Python number, off the tape."""
        return np.asarray(left(self)).item(*index)

    def tolist(self) -> Any:
        """The values as nested lists of Python numbers, off the tape."""
        return np.asarray(left(self)).tolist()

    def numpy(self) -> np.ndarray:
        """The values as a plain array of the caller's own, off the tape."""
        return np.array(left(self))

    def detach(self) -> np.ndarray | Any:
        """The plain value, a constant for every derivative: `al.stop_gradient`."""
        return read_only(strip(self))

    def __repr__(self) -> str:
        value = repr(shown(left(self))).removeprefix("array(").removesuffix(")")
        made_by = f", from {self.node.primitive.name}" if self.node.primitive else ""
        return f"Tensor({value}{made_by})"

    def _repr_html_(self) -> str:
        from autograd_lite.display import notebook  # where there is one

        return notebook(_in_html)(self)

    def __format__(self, spec: str) -> str:
        if spec and self.node.shape:
            raise detached("the text")
        return format(left(self), spec) if spec else repr(self)


def shown(x: Any) -> Any:
    """``x`` as an array of NumPy, but as it is where that would compute what comes in chunks."""
    return x if chunked(x) is not None else np.asarray(x)


def _in_html(t: Any) -> str:
    """The numbers, of many some, as NumPy prints them; where they are from; the gradient."""
    from autograd_lite.display import IN_SIGHT, folded, heading, plain

    node = t.node
    shape = "×".join(map(str, node.shape)) or "scalar"
    made_by = f"from {node.primitive.name}" if node.primitive else "a leaf of the tape"
    head = heading("Tensor", f"{shape} {node.dtype}", made_by)
    gradient = getattr(node, "grad", None)
    below = ""
    if gradient is not None:
        numbers = shown(gradient)
        below = folded("gradient", plain(str(numbers)), numbers.size <= IN_SIGHT)
    return head + plain(str(shown(left(t)))) + below
