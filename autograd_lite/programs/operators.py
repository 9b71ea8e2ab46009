"""Python's operators: for each the ufunc that does the same, its sign, and how it binds."""

import operator
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

#: How tightly a call, an index or a name binds.
CALL = 50


class Operator(NamedTuple):
    """An operator: what it makes, its function in `operator`, its ufunc, its sign and strength."""

    kind: str
    function: Callable[..., Any]
    ufunc: np.ufunc
    sign: str
    strength: int


OPERATORS = (
    Operator("sum", operator.add, np.add, "+", 10),
    Operator("difference", operator.sub, np.subtract, "-", 10),
    Operator("product", operator.mul, np.multiply, "*", 20),
    Operator("quotient", operator.truediv, np.divide, "/", 20),
    Operator("floor", operator.floordiv, np.floor_divide, "//", 20),
    Operator("remainder", operator.mod, np.remainder, "%", 20),
    Operator("matrix product", operator.matmul, np.matmul, "@", 20),
    Operator("power", operator.pow, np.power, "**", 40),
    Operator("negative", operator.neg, np.negative, "-", 30),
    Operator("positive", operator.pos, np.positive, "+", 30),
    Operator("order", operator.lt, np.less, "<", 5),
    Operator("order", operator.le, np.less_equal, "<=", 5),
    Operator("order", operator.gt, np.greater, ">", 5),
    Operator("order", operator.ge, np.greater_equal, ">=", 5),
    Operator("equality", operator.eq, np.equal, "==", 5),
    Operator("equality", operator.ne, np.not_equal, "!=", 5),
    Operator("and", operator.and_, np.bitwise_and, "&", 8),
    Operator("or", operator.or_, np.bitwise_or, "|", 6),
    Operator("xor", operator.xor, np.bitwise_xor, "^", 7),
    Operator("complement", operator.invert, np.invert, "~", 30),
    Operator("absolute", operator.abs, np.absolute, "abs", CALL),
    Operator("divmod", divmod, np.divmod, "divmod", CALL),
)


@cache
def of_kind(*kinds: str) -> frozenset[Callable[..., Any]]:
    """The functions that make something of these kinds, both Python's and NumPy's.

    >>> sorted(f.__name__ for f in of_kind("product", "quotient"))
    ['divide', 'mul', 'multiply', 'truediv']
    """
    return frozenset(f for o in OPERATORS if o.kind in kinds for f in (o.function, o.ufunc))


#: The operators of arithmetic, which go element by element.
ARITHMETIC = of_kind("sum", "difference", "product", "quotient", "power", "negative")
ELEMENTWISE = {o.function for o in OPERATORS} - of_kind("matrix product", "divmod")


def is_elementwise(function: Any) -> bool:
    """Whether a function computes each element of its result from one of each operand."""
    is_ufunc = isinstance(function, np.ufunc) and function.signature is None
    return is_ufunc or function in ELEMENTWISE
