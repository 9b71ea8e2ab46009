"""The backward pass as the textbook has it: each activation is one step, each path an edge."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.textbook import PULLBACKS
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import is_elementwise
from autograd_lite.programs.recognition import Recognised, recognised
from autograd_lite.programs.steps import GUARDING, Step, Value, replace_values
from autograd_lite.transforms.gradients import vjp

Values = Mapping[Value, Any]


@dataclass(eq=False)
class Edge:
    """A way back: from the gradient of a result to a part of that of an operand.

    ``place`` says which of the operands of ``step`` it is; ``known`` is the activation that the
    step completes, if it is one.
    """

    step: Step
    place: int
    operand: Value
    known: Recognised | None = None

    @property
    def result(self) -> Value:
        return self.step.result

    @property
    def others(self) -> list[Value]:
        """The other operands of the step."""
        operands = self.step.operands
        return [] if self.known else operands[: self.place] + operands[self.place + 1 :]


#: What an edge contributes: from a pass, the edge, and the gradient of its result.
How = Callable[["Pass", Edge, Any], Any]
#: What the gradient of a value is instead: from a pass, the value, and the parts of it.
Sum = Callable[["Pass", Value, list[Any]], Any]


@dataclass(eq=False)
class Mistake:
    """A mistake: what some edges or sums do instead, and how a sentence tells it.

    ``forward`` computes other values for the whole pass.
    """

    text: str
    edges: dict[Edge, How] = field(default_factory=dict)
    sums: dict[Value, Sum] = field(default_factory=dict)
    forward: Callable[[Values], Values] | None = None
    step: Step | None = None


class Graph:
    """The edges of a program, from its result back to the values whose gradients are wanted."""

    def __init__(self, listing: Listing, targets: Collection[Value]) -> None:
        self.listing = listing
        known: dict[Value, Recognised] = {}
        for result, r in recognised(listing).items():
            inside = {s.result for s in r.steps[:-1]}
            if r.kind in PULLBACKS and inside.isdisjoint(targets):
                known[result] = r
        leading = set(targets)
        for step in listing.steps:
            if not leading.isdisjoint(step.operands):
                leading.add(step.result)
        self.edges: list[Edge] = []
        self.into: dict[Value, list[Edge]] = defaultdict(list)
        self.back: dict[Value, list[Edge]] = defaultdict(list)
        needed = set(listing.outputs)
        for step in reversed(listing.steps):
            if step.result not in needed or step.function in GUARDING:
                continue
            done = known.get(step.result)
            operands = [done.argument] if done else step.operands
            for place, operand in enumerate(operands):
                if operand in leading and is_real(operand):
                    edge = Edge(step, place, operand, done)
                    self.edges.append(edge)
                    self.into[operand].append(edge)
                    self.back[step.result].append(edge)
                    needed.add(operand)
        self.order = [s.result for s in reversed(listing.steps) if s.result in self.back]
        self.order += [v for v in self.into if v.step is None]
        self.order += [v for v in self.into if v.step is not None and v not in self.back]

    def before(self, target: Value) -> list[Edge]:
        """The edges that a gradient depends on, the nearest first."""
        wanted, found = {target}, []
        for edge in reversed(self.edges):
            if edge.operand in wanted:
                wanted.add(edge.result)
                found.append(edge)
        return found


def is_real(value: Value) -> bool:
    return value.shape is None or value.dtype.kind in "fc"


class Pass:
    """A backward pass for given numbers, in which mistakes can be tried."""

    def __init__(self, graph: Graph, values: Values) -> None:
        self.graph, self.values = graph, values
        self.pullbacks: dict[Edge, Callable[[Any], Any]] = {}
        self.parts: dict[Edge, Any] = {}
        self.gradients: dict[Value, Any] = {}
        self.effort = 0
        self.origin = self
        self.gradients, self.parts = self.run(())

    def run(self, changes: Sequence[Mistake]) -> tuple[dict[Value, Any], dict[Edge, Any]]:
        """All gradients, and what each edge contributes, with these changes.

        What no change touches is as it was.
        """
        forward = [c.forward for c in changes if c.forward]
        if forward:
            values = self.values
            for change in forward:
                values = change(values)
            elsewhere = Pass.__new__(Pass)
            elsewhere.graph, elsewhere.values = self.graph, values
            elsewhere.pullbacks, elsewhere.parts, elsewhere.gradients = {}, {}, {}
            elsewhere.effort, elsewhere.origin = 0, self.origin
            rest = [Mistake("", c.edges, c.sums) for c in changes]
            found = elsewhere.run(rest)
            self.effort += 2 * elsewhere.effort
            return found
        edges = {edge: how for c in changes for edge, how in c.edges.items()}
        sums = {value: how for c in changes for value, how in c.sums.items()}
        gradients, parts = dict(self.gradients), dict(self.parts)
        loss = self.graph.listing.outputs[0]
        if loss not in gradients:
            gradients[loss] = np.ones(loss.shape or (), loss.dtype)[()]
        fresh = not self.parts
        dirty: set[Value] = {loss} if fresh else set()
        for value in self.graph.order:
            into = self.graph.into[value]
            if value is not loss and (value in dirty or value in sums):
                given = [parts[edge] for edge in into if edge in parts]
                given = [g for g in given if g is not None]
                gradients[value] = (
                    sums[value](self, value, given) if value in sums else added(given, value)
                )
            for edge in self.graph.back.get(value, ()):
                if value in dirty or value in sums or edge in edges:
                    g = gradients[value]
                    parts[edge] = (
                        edges[edge](self, edge, g) if edge in edges else self.pull(edge, g)
                    )
                    dirty.add(edge.operand)
                    self.effort += 1
        return gradients, parts

    def pull(self, edge: Edge, g: Any) -> Any:
        """What an edge contributes to the gradient of its operand."""
        if edge not in self.pullbacks:
            self.pullbacks[edge] = pullback(edge, self.values)
        return self.pullbacks[edge](g)

    def seeing(self, edge: Edge, g: Any, values: Values) -> Any:
        """The same, where the rule sees other values."""
        return pullback(edge, values)(g)

    def unsummed(self, edge: Edge, g: Any) -> Any:
        """A contribution before it is summed over the axes that the operand was stretched along."""
        stretched = np.broadcast_to(self.values[edge.operand], edge.result.shape or ())
        return pullback(edge, {**self.values, edge.operand: np.array(stretched)})(g)


def stretches(edge: Edge) -> bool:
    """Whether an operand meets larger ones, element by element."""
    elementwise = is_elementwise(edge.step.function) or edge.step.function is np.where
    return not edge.known and elementwise and edge.operand.shape != edge.result.shape


def pullback(edge: Edge, values: Values) -> Callable[[Any], Any]:
    """The rule of an edge for some values."""
    step, x = edge.step, values[edge.operand]
    if edge.known:
        a, axis = values[edge.result], edge.known.axis
        return lambda g: PULLBACKS[edge.known.kind](g, x, a, axis)  # type: ignore[union-attr]

    def f(x: Any) -> Any:
        count = itertools.count()

        def value(v: Value) -> Any:
            return x if next(count) == edge.place else values[v]

        args, options = replace_values((step.args, step.options), value)
        return step.function(*args, **options)

    if isinstance(x, (int, float, complex)):
        x = np.float64(x) if not isinstance(x, complex) else np.complex128(x)
    result, pull = vjp(f, x)
    if edge.result.shape is None:
        return lambda g: pull(g)[0]
    dtype = np.asarray(result).dtype
    return lambda g: pull(np.asarray(g, dtype))[0]


def added(parts: list[Any], value: Value) -> Any:
    """The sum of contributions; those to several results add one by one."""
    if not parts:
        return np.zeros(value.shape or (), value.dtype)
    total = parts[0]
    for part in parts[1:]:
        total = plus(total, part)
    return total


def plus(a: Any, b: Any) -> Any:
    if isinstance(a, (tuple, list)):
        return tuple(map(plus, a, b))
    return a + b
