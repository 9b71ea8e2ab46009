"""What solves an equation, as one step of the tape: the way to it is never recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from autograd_lite.core.errors import DIFFERENTIABLE
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import PART
from autograd_lite.core.tape import Node, dtype_of, next_number
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import tracked
from autograd_lite.loops.step import turns
from autograd_lite.loops.turns import Section, is_at, of

#: An equation: what it makes of the solution, a list of arrays for a list of arrays.
Equation = Callable[[list[Any]], list[Any]]


class Solution:
    """A solution at one level of differentiation: its equation as recorded there, and its pullback.

    ``who`` is what solved it.
    """

    def __init__(self, equation: Equation, level: int, who: str) -> None:
        self.equation, self.level, self.who = equation, level, who
        self.kind = KIND.get(Tensor)

    def cotangents(self, g: list[Any]) -> list[Any]:
        """Those of what the equation makes, from those of x."""
        raise NotImplementedError

    def link(self, x: list[Any]) -> list[Any]:
        """The solution of the equation below as the result of one step of the tape."""
        leaves = [self.leaf(a) for a in x]
        inputs = [a if leaf is None else self.tensor(a, leaf) for a, leaf in zip(x, leaves)]
        since = next_number()
        made = self.equation(inputs)
        nodes = tuple([a.node if is_at(a, self.level) else None for a in made])
        self.section = Section(since, tuple(leaves), nodes, ())
        mine = set(leaves)
        self.outside = [a for a in self.section.walk()[1] if a not in mine]
        if not self.outside:
            return x
        self.note(x, [a.raw if is_at(a, self.level) else a for a in made])
        node = Node(solves(self.who), None, None, tuple(self.outside), {"sections": self}, ())
        node.describe(tuple(x))
        parts = [Node(PART, node, None, (), {"part": i}, a) for i, a in enumerate(x)]
        return [self.tensor(a, b) if leaf else a for a, b, leaf in zip(x, parts, leaves)]

    def note(self, x: list[Any], made: list[Any]) -> None:
        """Take note of the solution, and of what the equation makes of it, one level below."""

    def leaf(self, x: Any) -> Node | None:
        """A leaf for a part of the solution that can vary."""
        if dtype_of(x).kind not in DIFFERENTIABLE:
            return None
        return Node(None, None, None, (), {}, x)

    def tensor(self, x: Any, node: Node) -> Tensor:
        return tracked(self.kind, x, node, self.level)

    def pull(self, g: list[Any]) -> list[Any]:
        """The gradients of what the equation reads from outside."""
        found = self.found(self.cotangents(g))
        return [of(a, found) for a in self.outside]

    def found(self, w: list[Any]) -> dict[Node, Any]:
        """What the equation pulls back to its leaves."""
        roots: dict[Node, Any] = {}
        for node, c in zip(self.section.results, w):
            if node is not None:
                roots[node] = roots[node] + c if node in roots else c
        return self.kind.backward_pass(roots, self.section.since).run()

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Put ``f(x)`` in place of each value x that the pullback will read."""
        self.section.exchange(f)


@cache
def solves(name: str) -> Primitive:
    """What stands on the tape for a function of this name that has solved an equation."""
    return Primitive(turns, {"operands": lambda g, sections: sections.pull(g)}, name)


def is_solution(node: Node) -> bool:
    """Whether a node is a solution, and so knows its pullback itself."""
    return isinstance(node.options.get("sections"), Solution)
