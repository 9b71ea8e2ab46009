"""The tape: records of what ran, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

next_number = count().__next__
_by_number = attrgetter("number")


class Node:
    """What one step did: a record, never a closure.

    An operand is a Node where it is tracked; elsewhere it is the constant itself, or ``None`` if
    no rule will ask for it.  The first two operands have slots of their own because nearly every
    step has no more than two, and a tuple is one more object for the garbage collector to visit.
    ``value`` exists only if some rule will read it, ``aside`` if the step computed it on its way,
    ``name`` if somebody gave one, ``note`` only while debugging or tracing.  A leaf has no
    primitive.
    """

    __slots__ = (
        "primitive",
        "first",
        "second",
        "rest",
        "options",
        "shape",
        "dtype",
        "number",
        "value",
        "aside",
        "grad",
        "name",
        "note",
    )

    value: Any
    aside: Any
    grad: Any
    name: str
    note: Any

    def __init__(
        self,
        primitive: Any,
        first: Any,
        second: Any,
        rest: tuple[Any, ...],
        options: dict[str, Any],
        result: Any,
    ) -> None:
        self.primitive = primitive
        self.first = first
        self.second = second
        self.rest = rest
        self.options = options
        self.number: int = next_number()
        try:
            self.shape: tuple[Any, ...] = result.shape
            self.dtype: Any = result.dtype
        except AttributeError:
            self.describe(result)

    def describe(self, result: Any) -> None:
        """Have shape and dtype of what is no array; of several results, the row of both."""
        if isinstance(result, (tuple, list)):
            self.shape = tuple((np.shape(r), np.result_type(r)) for r in result)
            self.dtype = None
        else:  # a bare Fraction, which is what NumPy makes of 0-d arrays of objects
            among_objects = self.primitive is not None and isinstance(result, int)
            self.shape = ()
            self.dtype = np.asarray(result, object if among_objects else None).dtype

    @property
    def operands(self) -> tuple[Any, ...]:
        """All operands in the order of the function's signature."""
        return (self.first, self.second, *self.rest)


def tape(outputs: Iterable[Node]) -> list[Node]:
    """The steps that ``outputs`` depend on, in the order in which they ran; no leaves."""
    nodes = [node for node in outputs if node.primitive]
    seen = set(nodes)
    for node in nodes:  # the list grows while it is read: a walk without recursion
        a = node.first
        if type(a) is Node and a.primitive and a not in seen:
            seen.add(a)
            nodes.append(a)
        a = node.second
        if type(a) is Node and a.primitive and a not in seen:
            seen.add(a)
            nodes.append(a)
        for a in node.rest:
            if type(a) is Node and a.primitive and a not in seen:
                seen.add(a)
                nodes.append(a)
    nodes.sort(key=_by_number)
    return nodes
