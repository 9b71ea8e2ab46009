"""Tensor: what a user holds.  NumPy finds it through NumPy's own protocols."""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from typing import Any

import numpy as np

from autograd_lite.calls import ARRAY, checked
from autograd_lite.core import errors
from autograd_lite.core.admission import admitted, following, foreign, in_chunks_of, is_matrix, lay
from autograd_lite.core.backward import Backward
from autograd_lite.core.fast import binary, direct, unary
from autograd_lite.core.methods import ArrayMethods, OffTape
from autograd_lite.core.ownership import BASIC, callers_own, kept_key, read_only
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import apply, call
from autograd_lite.core.registry import PRIMITIVES, primitive_of
from autograd_lite.core.tape import NOTHING, Node
from autograd_lite.core.tracked import Answering, Tracked, strip, tracked

#: What type checkers know of an operator.
Method = Callable[..., "Tensor"]


def _operator(ufunc: Any, function: Callable[[Any, Any], Any]) -> tuple[Method, Method]:
    """An operator and its reflection, straight to the primitive."""
    forward = binary(primitive_of(ufunc), function, _operated)

    def reflected(self: Any, other: Any) -> Any:
        return forward(other, self)

    return forward, reflected


def _operated(primitive: Primitive, args: tuple[Any, Any], options: dict[str, Any]) -> Any:
    """The general path of an operator: one operand may answer for itself, or be sparse."""
    a, b = args
    if isinstance(a, Answering) or isinstance(b, Answering):
        return NotImplemented
    if primitive.function is np.matmul and (is_matrix(a) or is_matrix(b)):
        from autograd_lite.core.sparse import product  # it is needed seldom

        return product(a, b)
    return apply(primitive, args, options)


@cache
def _runner(ufunc: np.ufunc) -> Callable[..., Any]:
    primitive = PRIMITIVES[ufunc]
    if ufunc.nin > 2 or ufunc.nout > 1:
        return lambda *args: apply(primitive, args, NOTHING)
    return (unary if ufunc.nin == 1 else binary)(primitive, ufunc)


@cache
def _shortest(function: Callable[..., Any]) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
    """What runs a function that is no ufunc, by the shortest path that a call of it allows."""
    primitive = PRIMITIVES[function]
    run1, run2 = unary(primitive, direct(function)), binary(primitive, function)

    def run(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        arity = primitive.fast_arity
        if arity == primitive.leading and primitive.plans:  # it ran before: it has one result
            if arity == 2:
                if len(args) == 2 and not options:
                    return run2(*args)
            elif args and isinstance(args[0], Tracked):
                settled = primitive.settled(args, options)
                if settled is not None:
                    return run1(args[0], settled)
        return call(function, args, options)

    return run


#: The kind of Tensor that a new level is made of; `al.debug` sets another for a while.
KIND: ContextVar[type[Tensor]] = ContextVar("KIND")


class Tensor(Tracked, ArrayMethods, OffTape):
    """An array that remembers how it was made, so that it can be differentiated.

    ``Tensor(data)`` is a leaf.  Anything that NumPy computes from it is recorded;
    ``y.backward()`` then sets the ``grad`` of each leaf to the gradient of ``y``, of the leaf's own
    shape and dtype.  It sets, never adds: there is nothing to reset, and twice gives the same.

    >>> import numpy as np, autograd_lite as al
    >>> x = al.Tensor([1.0, 2.0])
    >>> np.sum(x * x).backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ()

    backward_pass = Backward

    def __new__(cls, *data: Any) -> Tensor:
        return object.__new__(KIND.get(cls) if cls is Tensor else cls)

    @checked()
    def __init__(self, data: Any) -> None:
        if isinstance(data, Tensor):
            raise TypeError("this is a Tensor already; al.Tensor(t.data) makes a new leaf")
        if data is None or callable(data):
            ARRAY.check("Tensor", "data", data)
        data = admitted(data)
        self.raw = data if hasattr(type(data), "__array_function__") else np.asarray(data)
        if self.raw.dtype.kind not in errors.DIFFERENTIABLE:
            raise errors.not_float("a Tensor", self.raw.dtype)
        self.level = 0
        self.node = Node(None, None, None, (), NOTHING, self.raw)
        if type(self.raw) is not np.ndarray:
            lay(self.node, self.raw)

    @property
    def data(self) -> np.ndarray | Any:
        """The value: of a leaf the array itself, of a result a view that cannot be written to.

        What is assigned to the ``data`` of a leaf takes the place of its value.
        """
        return read_only(self.raw) if self.node.primitive else self.raw

    @data.setter
    def data(self, value: Any) -> None:
        if self.node.primitive is not None:
            raise AttributeError(
                f"the data of a result cannot be set, and this is that of "
                f"{self.node.primitive.name}; write t = al.Tensor(value) for a new leaf"
            )
        self.raw = admitted(value)

    # ---- NumPy's protocols ----

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__":
            if not options and ufunc in PRIMITIVES:
                return _runner(ufunc)(*inputs)
            return call(ufunc, inputs, options)
        return call(getattr(ufunc, method), inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in PRIMITIVES:
            return _shortest(function)(args, options)
        return call(function, args, options)

    # ---- operators ----

    __add__, __radd__ = _operator(np.add, operator.add)
    __sub__, __rsub__ = _operator(np.subtract, operator.sub)
    __mul__, __rmul__ = _operator(np.multiply, operator.mul)
    __truediv__, __rtruediv__ = _operator(np.divide, operator.truediv)
    __mod__, __rmod__ = _operator(np.remainder, operator.mod)
    __matmul__, __rmatmul__ = _operator(np.matmul, operator.matmul)
    _power, __rpow__ = _operator(np.power, operator.pow)

    _square = unary(
        primitive_of(np.square), lambda x: x**2
    )  # of a scalar, np.square rounds otherwise

    def __pow__(self, exponent: Any) -> Tensor:
        return self._square() if type(exponent) is int and exponent == 2 else self._power(exponent)

    __neg__: Method = unary(primitive_of(np.negative), operator.neg)
    __abs__: Method = unary(primitive_of(np.absolute), operator.abs)
    T: Tensor = property(unary(primitive_of(np.transpose), operator.attrgetter("T")))  # type: ignore[assignment]

    def __pos__(self) -> Tensor:
        return self

    def __divmod__(self, other: Any) -> tuple[Any, Tensor]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Tensor]:
        return other // self, other % self

    def __getitem__(self, key: Any) -> Tensor:
        if type(key) not in BASIC:
            key = kept_key(key)
        x = self.raw
        if type(x) is not np.ndarray:
            lay(self.node, x)
        y = x[key]
        return tracked(type(self), y, Node(_GETITEM, self.node, key, (), NOTHING, y), self.level)

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        """A leaf of one's own has a copy that is another leaf; what varies stays on the tape."""
        varies = self.level or self.node.primitive
        return self if varies else type(self)(np.array(strip(self)))

    # ---- gradients ----

    def backward(self, g: Any = None) -> None:
        """Set ``grad`` of every leaf under this Tensor to the gradient of it (of ⟨g, self⟩)."""
        if g is None:
            if self.shape != ():
                raise errors.not_scalar(self.shape)
            if self.dtype.kind == "c":
                raise errors.complex_result()
            g = 1
        other = foreign(g) is not None
        seed = g if isinstance(g, Tensor) or other else np.asarray(admitted(g), self.dtype)
        if seed.shape != self.shape:
            raise ValueError(f"backward: g has shape {seed.shape}, the Tensor {self.shape}")
        seed = following(seed, foreign(self))
        cotangents = self.backward_pass({self.node: seed}).run()
        for node in list(cotangents):
            node.grad = in_chunks_of(callers_own([cotangents.pop(node)]), node.like)

    @property
    def grad(self) -> np.ndarray | Any:
        """The gradient that the last ``backward`` left here, or None; leaves only."""
        if self.node.primitive is not None:
            raise AttributeError(
                f"backward() leaves gradients on leaves, and this is the result of "
                f"{self.node.primitive.name}; add a leaf of zeros to it and read the grad of that, "
                f"or use al.grad"
            )
        return getattr(self.node, "grad", None)


_GETITEM = primitive_of(operator.getitem)
