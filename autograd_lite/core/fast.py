"""The fast path: steps of one or two operands without options, recorded with no call to spare.

It does what `autograd_lite.core.record.apply` does, for operands that are plain or tracked at one
level.  Everything is written out, and a step makes two objects: this is where eager speed is won.
A test holds the two paths against each other for every primitive.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from autograd_lite.core import errors
from autograd_lite.core.admission import lay
from autograd_lite.core.gathering import OBJECT
from autograd_lite.core.ownership import kept
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import apply
from autograd_lite.core.tape import NOTHING, Node, next_number
from autograd_lite.core.tracked import PLAIN

_new = object.__new__

#: Functions of which arrays have a method, that does the same and costs a microsecond less.
METHODS: dict[Any, Callable[[Any], Any]] = {
    np.sum: ndarray.sum,
    np.prod: ndarray.prod,
    np.max: ndarray.max,
    np.min: ndarray.min,
}


def direct(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's of one array, by the method that a plain array has for it."""
    method = METHODS.get(function)
    if method is None:
        return function

    def run(x: Any, **options: Any) -> Any:
        return (method if type(x) is ndarray else function)(x, **options)

    return run


def unary(primitive: Primitive, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of one tracked value and options, recorded as ``primitive``."""

    def run(t: Any, options: dict[str, Any] = NOTHING) -> Any:
        if primitive.fast_arity != 1:
            return apply(primitive, (t,), options)
        x = t.raw
        try:
            y = function(x, **options) if options else function(x)
        except ValueError as error:
            errors.explain(primitive, (t,), error)
            raise
        node = _new(Node)
        node.primitive = primitive
        a = t.node
        try:
            shape = y.shape
            node.shape = a.shape if a.shape == shape else shape  # one tuple for all
            node.dtype = y.dtype
        except AttributeError:
            node.describe(y)
            if node.dtype is None:
                return apply(primitive, (t,), options)
        node.first = a
        node.second = None
        node.more = {"rest": (), "options": options} if options else NOTHING
        node.number = next_number()
        keep, keep_result = primitive.keeps[0]
        if keep is True:
            a.value = x
        elif keep and type(x) is not ndarray:
            lay(a, x)
        if keep_result:
            node.value = y
        result = _new(type(t))
        result.raw = y
        result.level = t.level
        result.node = node
        return result

    return run


def binary(
    primitive: Primitive,
    function: Callable[[Any, Any], Any],
    apply: Callable[..., Any] = apply,
) -> Callable[[Any, Any], Any]:
    """``function`` of two values, one of them tracked at least, recorded as ``primitive``.

    All that is not plain goes the general path, which is ``apply``.
    """

    def run(t: Any, u: Any) -> Any:
        kind = type(t)
        other = type(u)
        if primitive.fast_arity != 2:
            return apply(primitive, (t, u), NOTHING)
        if kind is other:
            level = t.level
            if u.level != level:
                return apply(primitive, (t, u), NOTHING)
            x1 = t.raw
            x2 = u.raw
            a = t.node
            b = u.node
            keep1, keep2, keep_result = primitive.keeps[2]
        elif other in PLAIN:
            if other is ndarray and u.dtype is OBJECT:  # there may be Tensors in it
                return apply(primitive, (t, u), NOTHING)
            level = t.level
            x1 = t.raw
            x2 = u
            a = t.node
            b = None
            keep1, keep2, keep_result = primitive.keeps[0]
        elif kind in PLAIN:
            if kind is ndarray and t.dtype is OBJECT:
                return apply(primitive, (t, u), NOTHING)
            kind = other
            level = u.level
            x1 = t
            x2 = u.raw
            a = None
            b = u.node
            keep1, keep2, keep_result = primitive.keeps[1]
        else:
            return apply(primitive, (t, u), NOTHING)
        try:
            y = function(x1, x2)
        except ValueError as error:
            errors.explain(primitive, (t, u), error)
            raise
        node = _new(Node)
        node.primitive = primitive
        try:
            shape = y.shape
            node.shape = a.shape if a is not None and a.shape == shape else shape
            node.dtype = y.dtype
        except AttributeError:
            node.describe(y)
            if node.dtype is None:
                return apply(primitive, (t, u), NOTHING)
        if keep1:
            if a is None:
                a = kept(x1)
            else:
                a.value = x1
        if keep2:
            if b is None:
                b = kept(x2)
            else:
                b.value = x2
        node.first = a
        node.second = b
        node.more = NOTHING
        node.number = next_number()
        if keep_result:
            node.value = y
        result = _new(kind)
        result.raw = y
        result.level = level
        result.node = node
        return result

    return run
