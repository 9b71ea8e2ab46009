"""Constants that hold one number again and again: a program has that number in their place."""

from typing import Any

import numpy as np

from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value

#: Functions whose results are rounded correctly, whatever loop computes them.
EXACT = of_kind("sum", "difference", "product", "quotient", "order", "equality")

#: Kinds of numbers of which that is so; those of more bits than a Python number has are none.
REAL = set("biuf")
LONG = "gG"


def with_numbers(step: Step, ordered: set[Value]) -> tuple[Any, ...]:
    """The arguments, with a number in place of each array that holds nothing else.

    The other one has to give the result its shape, its dtype and its order in memory.  Arithmetic
    rounds each element correctly, so no bit is another; that is not said of np.power and np.exp.
    """
    if step.function not in EXACT or step.options or len(step.args) != 2:
        return step.args
    for x, other in (step.args, step.args[::-1]):
        if is_number(x) and is_led(step, x, other, ordered):
            number = spelled(x.data, other.dtype)
            return tuple([number if a is x else a for a in step.args])
    return step.args


def is_led(step: Step, x: Value, other: Any, ordered: set[Value]) -> bool:
    """Whether the result is like ``other`` in all but its numbers, and would be with any ``x``."""
    if not isinstance(other, Value) or other.number or other.is_constant:
        return False
    if not {step.result.dtype.kind, other.dtype.kind} <= REAL:
        return False
    unseen = has_no_order(x) or step.result not in ordered
    return unseen and not other.sized and other.shape == step.result.shape


def spelled(x: Any, dtype: Any) -> Any:
    """What an array is filled with: a number of Python's if it has the same outcome at a dtype."""
    first = x.flat[0]
    number = first.item()
    same = np.result_type(dtype, number) == np.result_type(dtype, first)
    return number if same and number == number else first


def is_number(x: Any) -> bool:
    """Whether this is a constant array of one real number."""
    if not isinstance(x, Value) or not isinstance(x.data, np.ndarray):
        return False
    real = x.dtype.kind in REAL and x.dtype.char not in LONG
    return real and x.data.size > 0 and is_filled(x.data)


def is_filled(x: Any) -> bool:
    """Whether an array holds one number, to the bit, however often."""
    return not x.dtype.hasobject and bool(x.tobytes() == x.flat[0].tobytes() * x.size)


def has_no_order(value: Value) -> bool:
    """Whether a value lies in memory as any other does, so that a result lies as that one."""
    spread = isinstance(value.data, np.ndarray) and not any(value.data.strides)
    return spread or len(value.shape or ()) < 2
