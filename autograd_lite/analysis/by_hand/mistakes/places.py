"""Where a mistake may be: edges, and those that one line makes in every turn of a loop."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.analysis.by_hand.mistakes.backward import Edge, How, Mistake, Pass
from autograd_lite.analysis.by_hand.mistakes.factors import Factors
from autograd_lite.analysis.by_hand.sayings import Sayings, assigned
from autograd_lite.programs.steps import Value


@dataclass(eq=False)
class Family:
    """Changes by a number: each gradient depends on it linearly, so that it can be solved for."""

    make: Callable[[float], Mistake]
    tell: Callable[[float], str | None]


Suspect = Mistake | Family


class Places:
    """The edges that lead to a gradient, and what the author of the loss calls what they are at.

    ``healthy`` is the backward pass without a mistake.
    """

    def __init__(self, healthy: Pass, says: Sayings, factors: Factors, target: Value) -> None:
        self.healthy, self.says, self.factors = healthy, says, factors
        self.graph = healthy.graph
        self.edges = self.graph.before(target)
        self.values = list(dict.fromkeys(edge.operand for edge in self.edges))
        self.groups = [*self.repeated()]
        self.each = [*([edge] for edge in self.edges), *self.groups]

    def repeated(self) -> Iterator[list[Edge]]:
        """The edges that one line of a loop makes in every turn."""
        groups: dict[Any, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            if line := self.says.line(edge.step):
                known = edge.known and edge.known.kind
                groups[line, edge.step.name, edge.place, known].append(edge)
        yield from (group for group in groups.values() if len(group) > 1)

    def terms(self, value: Value) -> int:
        """Of how many contributions a gradient is the sum."""
        return len(self.graph.into[value])

    def of(self, value: Value) -> str:
        """The place of a value, to begin a sentence with."""
        return f"in the gradient of {self.says.text(value)}, "

    def change(self, edges: Sequence[Edge], text: str, how: How) -> Mistake:
        """A change of some edges, told at the first of them."""
        every = " in every turn" if len({e.operand for e in edges}) > 1 else ""
        told = self.of(edges[0].operand) + text + every
        return Mistake(told, dict.fromkeys(edges, how), step=edges[0].step)

    def through(self, edge: Edge) -> str:
        """What a path leads through, by a name if there is one."""
        if name := self.says.name(edge.result):
            return name
        text, target = self.says.text(edge.result), assigned(self.says.line(edge.step))
        if target and ("line of" in text or "an earlier" in text):
            return target
        return f"{text} in {target}" if target else text


def times(c: float, x: Any) -> Any:
    """A multiple of a gradient, or of those of several results."""
    several = isinstance(x, (tuple, list))  # which are added as they come, whatever their names
    return tuple(times(c, part) for part in x) if several else c * x
