"""Whose memory a result may be: of a step that returns a view, that of what it is given."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.core.frames import is_engines
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import Step, Value
from autograd_lite.rules.indexing import at_add, at_set, scatter

#: Functions that always return an array of their own, besides the ufuncs and what is made of them.
FRESH = of_kind("matrix product", "divmod") | {
    *(np.sum, np.prod, np.mean, np.max, np.min, np.where, np.dot, np.outer, np.copy, np.take),
    *(np.stack, np.concatenate, np.cumsum, np.sort, np.argsort, scatter, at_add, at_set),
}
#: Functions whose result is a view that may not be written to.
READ_ONLY = {
    *(np.broadcast_to, np.broadcast_arrays, np.diagonal, np.diag, np.linalg.diagonal, np.imag),
    np.lib.stride_tricks.sliding_window_view,
}


def is_fresh(step: Step) -> bool:
    """Whether a step returns an array of its own; anything else may be a view of its operands."""
    f = step.function
    if getattr(f, "fresh", False):
        return True
    if f is operator.getitem and step.args[0].shape is None and step.args[0].step is not None:
        return is_fresh(step.args[0].step) and not step.args[0].step.result.shape
    if f is operator.getitem:
        return is_advanced(step.args[1])
    ufunc = getattr(f, "__self__", f)  # of its methods, such as np.add.reduce
    return is_elementwise(f) or f in FRESH or isinstance(ufunc, np.ufunc)


def is_advanced(key: Any) -> bool:
    """Whether an index picks elements by arrays: NumPy then copies them."""
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(x, list) or (isinstance(x, Value) and x.shape != ()) for x in parts)


def shared_outputs(
    outputs: Sequence[Value], steps: Sequence[Step], owned: Sequence[Value]
) -> list[bool]:
    """For each output whether somebody else may hold its memory: ``owned``, or an output before.

    The same is said of a view that may not be written to, and of what somebody else's function
    returned: it may hold on to that.
    """
    elsewhere = Value(None, None)
    origin: dict[Value, set[Value]] = {value: {elsewhere} for value in owned}
    for step in steps:
        mine = {step.result}
        if not is_fresh(step):
            mine = mine.union(*[origin[value] for value in step.operands])
            foreign = not is_engines(step.function)
            mine |= {elsewhere} if foreign or step.function in READ_ONLY else set()
        origin[step.result] = mine
    seen = {elsewhere}
    found = []
    for value in outputs:
        mine = origin.get(value, {value})
        found.append(not seen.isdisjoint(mine))
        seen |= mine
    return found
