"""A live tape as a listing: what a Tensor depends on, written down like a program."""

import operator
from collections.abc import Sequence
from typing import Any

from autograd_lite.core.tape import Node, tape
from autograd_lite.core.tracked import strip
from autograd_lite.loops.branches import COND
from autograd_lite.loops.solutions import is_solution
from autograd_lite.loops.step import SCAN
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value


class Ran:
    """Stands for a loop or a branch that has run; what it recorded there is its own."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *operands: Any) -> Any:
        raise NotImplementedError


class Live(Listing):
    """The steps under some nodes, with as much of their values and gradients as is known.

    Leaves are the inputs.  ``kept`` are the values that rules will read, and all values under
    `al.debug`.  ``gradients`` are those that ``backward()`` left on the leaves.  ``failed`` are the
    values in which NaN or infinity first appeared.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.value_of: dict[Node, Value] = {}
        self.kept: dict[Value, Any] = {}
        self.gradients: dict[Value, Any] = {}
        self.failed: set[Value] = set()
        steps = [self.step(node) for node in tape(nodes)]
        outputs = [self.value(node) for node in nodes]
        inputs = [value for value in self.value_of.values() if value.step is None]
        super().__init__("tape", [], (), inputs, steps, outputs, None)

    def value(self, node: Node) -> Value:
        """The value that a node makes: an input, if its step has not been written down before."""
        known = self.value_of.get(node)
        if known is not None:
            return known
        value = Value(None if node.dtype is None else node.shape, node.dtype)
        value.name = getattr(node, "name", None)
        self.value_of[node] = value
        note = getattr(node, "note", None)
        if getattr(note, "suspect", False):
            self.failed.add(value)
        data = strip(getattr(note, "value", getattr(node, "value", None)))
        if data is not None:
            self.kept[value] = data
        if node.primitive is None:
            value.path = value.name or "x"
            grad = strip(getattr(node, "grad", None))
            if grad is not None:
                self.gradients[value] = grad
        return value

    def step(self, node: Node) -> Step:
        primitive, options = node.primitive, dict(node.options)
        if primitive.part:
            function, args = operator.getitem, (self.operand(node.first), options.pop("part"))
        elif primitive is SCAN:
            function = Ran(f"scan ×{options.pop('sections').loop.length}")
            args = tuple([self.operand(a) for a in node.rest if a is not None])
        elif primitive is COND or is_solution(node):
            options.clear()  # which hold what was recorded there
            function, args = Ran(primitive.name), tuple(map(self.operand, node.rest))
        else:
            operands = node.rest if primitive.variadic else node.operands[: len(primitive.arrays)]
            function, args = primitive.function, tuple(map(self.operand, operands))
        result = self.value(node)
        line = getattr(getattr(node, "note", None), "line", "")
        result.step = Step(function, args, options, result, line)
        return result.step

    def operand(self, a: Any) -> Any:
        """A node's value, a constant array, or the thing itself; what was not kept is unknown."""
        if type(a) is Node:
            return self.value(a)
        if a is None:
            return Value(None, None, name="constant")
        a = strip(a)
        return Value(a.shape, a.dtype, data=a) if getattr(a, "shape", ()) else a

    def values(self, *args: Any) -> dict[Value, Any]:
        """What is known of the values; nothing is computed again."""
        return self.kept | {value: value.data for value in self.constants}
