"""The tape: records of what ran, and their order."""

from collections.abc import Iterable
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

NOTHING: dict[str, Any] = {}
next_number = count().__next__
_by_number = attrgetter("number")


class Rare:
    """An attribute that few nodes have: it is kept in ``node.more``, so that all others stay small.

    The garbage collector looks several times at every node of a long tape, and at all it refers to.
    """

    __slots__ = ("default", "name")

    def __init__(self, *default: Any) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, node: Any, owner: type) -> Any:
        if self.name in node.more:
            return node.more[self.name]
        if self.default:
            return self.default[0]
        raise AttributeError(f"this node has no {self.name}")

    def __set__(self, node: Any, value: Any) -> None:
        node.more = {**node.more, self.name: value}


class Node:
    """What one step did: a record, never a closure.

    An operand is a Node where it is tracked; elsewhere it is the constant itself, or ``None`` if
    no rule will ask for it.  Nearly every step has at most two; all further ones are in ``rest``.
    ``value`` exists only if some rule will read it, ``residuals`` if the step computed them on its
    way, ``name`` if somebody gave one.  ``note`` exists while debugging or tracing, and ``before``
    in loops then: the nodes of the turns that made this value.  ``like`` is an array in chunks that
    some rule will ask for.  ``grad`` exists on leaves after a backward pass.  A leaf has no
    primitive.
    """

    __slots__ = (
        *("primitive", "first", "second", "shape", "dtype", "number"),
        *("value", "name", "more"),
    )

    value: Any
    name: str
    rest = Rare(())
    options = Rare(NOTHING)
    residuals = Rare()
    note = Rare()
    before = Rare(())
    like = Rare(None)
    grad = Rare()

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
        self.more = {"rest": rest, "options": options} if rest or options else NOTHING
        self.number: int = next_number()
        try:
            self.shape: tuple[Any, ...] = result.shape
            self.dtype: Any = result.dtype
        except AttributeError:
            self.describe(result)

    def describe(self, result: Any) -> None:
        """Have shape and dtype of what is no array; of several results, the row of both."""
        if is_nested(result):
            self.shape, self.dtype = (), None
        elif isinstance(result, (tuple, list)):
            self.shape = tuple((np.shape(r), dtype_of(r)) for r in result)
            self.dtype = None
        else:  # a bare Fraction, which is what NumPy makes of 0-d arrays of objects
            among_objects = self.primitive is not None and isinstance(result, int)
            self.shape = ()
            self.dtype = np.asarray(result, object if among_objects else None).dtype

    @property
    def operands(self) -> tuple[Any, ...]:
        """All operands in the order of the function's signature."""
        return (self.first, self.second, *self.rest)


def is_nested(result: Any) -> bool:
    """Whether a result is a container that is no list or tuple of arrays."""
    if isinstance(result, (tuple, list)):
        return any(isinstance(r, (tuple, list, dict)) for r in result)
    return isinstance(result, dict) or hasattr(result, "__dataclass_fields__")


def dtype_of(x: Any) -> Any:
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def tape(outputs: Iterable[Node]) -> list[Node]:
    """The steps that ``outputs`` depend on, in the order in which they ran; no leaves."""
    nodes = [node for node in outputs if node.primitive]
    seen = set(nodes)
    for node in nodes:  # the list grows while it is read: a walk without recursion
        for a in node.operands:
            if type(a) is Node and a.primitive and a not in seen:
                seen.add(a)
                nodes.append(a)
    nodes.sort(key=_by_number)
    return nodes
