"""A listing as a graph: nodes for its values, edges from operands to results, frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.live import Live
from autograd_lite.programs.naming import gradient_name
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.graph import labels, looks
from autograd_lite.readers.graph.boxes import Box, Boxes, forward_steps

if TYPE_CHECKING:
    from graphviz import Digraph


class Sketch:
    """One graph while it is put together: see `autograd_lite.readers.graph.draw`."""

    def __init__(
        self,
        listing: Listing,
        mode: str,
        depth: int | None,
        fold: bool,
        max_nodes: int,
        title: str,
    ) -> None:
        self.listing = listing
        self.title = title
        self.forward = forward_steps(listing)
        recorded = len(self.forward) < len(listing.steps)
        self.flows = mode != "forward" and not recorded  # only the way of gradients is known
        self.both = mode == "both" and recorded
        steps = listing.steps
        if recorded and mode != "both":
            steps = [s for s in steps if (s in self.forward) == (mode == "forward")]
        self.black = not (self.flows and mode == "backward")
        self.boxes = Boxes(steps, self.forward, fold, depth, max_nodes)
        with np.errstate(all="ignore"):
            self.values = listing.values()
        self.gradients = dict(getattr(listing, "gradients", {}))
        for step in listing.steps:
            for value in step.result.gradient_of:
                self.gradients[value] = self.values.get(step.result)
        self.failed: set[Value] = getattr(listing, "failed", set())
        self.ids = {value: f"i{i}" for i, value in enumerate(listing.inputs)}
        self.ids |= {value: f"c{i}" for i, value in enumerate(listing.constants)}
        self.ids |= {step.result: f"s{i}" for i, step in enumerate(listing.steps)}
        self.drawn: dict[Value, Box | None] = {}  # values with a node, and their boxes
        self.user: dict[Value, Box] = {}  # the first box that uses a value
        self.clusters: dict[tuple[str, ...], Digraph] = {}

    # ---- which node a value is ----

    def shown(self, value: Value) -> Value:
        """The value whose node stands for this one."""
        box = self.boxes.of.get(value.step) if value.step else None
        shown = self.boxes.repeats.stands.get(value, value) if box is None else box.result
        self.drawn.setdefault(shown, box)
        return shown

    def is_parameter(self, value: Value) -> bool:
        """Whether an input is differentiated by, or else a part of a larger argument."""
        if len(self.forward) < len(self.listing.steps) or isinstance(self.listing, Live):
            return value in self.gradients or isinstance(self.listing, Live)
        return not (value.path or "").isidentifier()

    # ---- the whole ----

    def graph(self) -> Digraph:
        from autograd_lite.readers.graph.picture import Picture

        graph = Picture(self.listing.name, node_attr=looks.NODE, edge_attr=looks.EDGE)
        graph.attr(**looks.FONT, tooltip=" ", rankdir="LR" if self.both else "TB", newrank="true")
        told = [text for text in (self.title, self.boxes.note) if text]
        if told:
            graph.attr(label=labels.quoted(*told))
        self.clusters = {(): graph}
        for box in self.boxes.all:
            self.shown(box.result)
        edges = [edge for box in self.boxes.all for edge in self.edges(box)]
        columns = list(self.columns())
        outputs = {self.shown(value) for value in self.loose_ends()}
        for value in [value for value in self.ids if value in self.drawn]:
            self.node(value, value in outputs)
        if self.both and max(map(len, self.clusters)) > 1:
            self.put_forward_above(graph)
        for place in sorted(self.clusters, key=len, reverse=True)[:-1]:
            self.clusters[place[:-1]].subgraph(self.clusters[place])
        for pair in columns:
            graph.body.append(f"\t{{ rank=same {' '.join(pair)} }}\n")
        for tail, head, look in edges:
            graph.edge(tail, head, **look)
        return graph

    def put_forward_above(self, graph: Digraph) -> None:
        """Name the nodes of forward propagation first: then, as a rule, dot puts them above."""
        drawn = [value for value in self.ids if value in self.drawn]
        drawn.sort(key=lambda value: (self.is_backward(value), int(self.ids[value][1:])))
        graph.body.append(f"\t{'; '.join(self.ids[value] for value in drawn)}\n")

    def loose_ends(self) -> list[Value]:
        """The results that are drawn; inputs that nothing uses become nodes as well."""
        used = {value for step in self.listing.steps for value in step.operands}
        for value in self.listing.inputs:
            if value not in used:
                self.shown(value)
        outputs = self.listing.outputs
        return [v for v in outputs if v in self.drawn or v.step is None or v.step in self.boxes.of]

    def is_backward(self, value: Value) -> bool:
        return value.step is not None and value.step not in self.forward

    # ---- nodes ----

    def node(self, value: Value, is_output: bool) -> None:
        box = self.drawn[value]
        look, said = self.step_node(box) if box else self.input_node(value)
        if is_output:
            look = look | looks.OUTPUT
        if value in self.failed or not (value.is_constant or labels.finite(self.values.get(value))):
            look, said = look | looks.NOT_FINITE, [*said, "not finite"]
        name, said_more = self.ids[value], self.tooltip(value, box)
        self.cluster(self.place(value, box)).node(
            name, labels.quoted(*said), id=name, tooltip=labels.quoted(*said_more), **look
        )

    def step_node(self, box: Box) -> tuple[dict[str, str], list[str]]:
        step, result = box.step, box.result
        if box.label:
            look = looks.MODULE if step in self.forward else looks.MODULE | looks.BACKWARD_EDGE
            return look, [box.label, f"{len(box.steps)} steps"]
        names = self.listing.names
        said = [names[result]]
        inputs = [v for v in result.gradient_of if v.step is None and v in names]
        others = [gradient_name(names[v]) for v in inputs]
        said += [name for name in others if name != said[0]]
        through = step.through.step if step.through else None
        if len(box.steps) > 1 and through and step.of in through.operands:
            said.append(f"{labels.operation(through)}′")
        else:
            said.append(labels.operation(step))
        times = f" ×{box.count}" if box.count > 1 else ""
        return (
            looks.STEP if step in self.forward else looks.GRADIENT,
            [" = ".join(said) + times, labels.kind_of(result)],
        )

    def input_node(self, value: Value) -> tuple[dict[str, str], list[str]]:
        said = [self.listing.names[value], labels.kind_of(value)]
        if value.step is not None:
            return looks.CACHED, said
        alike = len(self.boxes.repeats.alike.get(value, ()))
        if alike > 1:
            said[0] += f" ×{alike}"
        if value.is_constant:
            if np.size(value.data) <= labels.SHOWN and value.data is not None:
                said[0] += f" = {labels.numbers(value.data)}"
            return looks.CONSTANT, said
        return (looks.PARAMETER if self.is_parameter(value) else looks.INPUT), said

    def tooltip(self, value: Value, box: Box | None) -> list[str]:
        names, said = self.listing.names, []
        if box and len(box.steps) <= labels.SHOWN:
            said += [labels.meaning(step, names) for step in box.steps]
        elif value.path:
            said.append(value.path)
        known = [v for v in value.gradient_of if v in names]  # others are of no use to the outputs
        if known:
            said.append("gradient of " + ", ".join(names[v] for v in known))
        x = self.values.get(value)
        if x is not None:
            said += [f"value {labels.numbers(x)}", f"norm {labels.norm(x)}"]
        if self.gradients.get(value) is not None:
            said.append(f"gradient norm {labels.norm(self.gradients[value])}")
        if value.step is not None:
            said.append(labels.short_line(value.step.line))
        return [text for text in said if text]

    # ---- edges ----

    def edges(self, box: Box) -> list[tuple[str, str, dict[str, str]]]:
        """Tail, head and look of each edge into a box."""
        found: dict[Any, tuple[str, str, dict[str, str]]] = {}
        target = self.ids[box.result]
        for step in box.steps:
            numbered = len(box.steps) == 1 and labels.in_order(step)
            for n, value in enumerate(step.operands, 1):
                if self.is_inside(value, box):
                    continue
                shown = self.shown(value)
                self.user.setdefault(shown, box)
                source = self.ids[shown]
                key = (source, n if len(box.steps) == 1 else 0)
                order = {"headlabel": str(n)} if numbered else {}
                found.setdefault(key, self.edge(source, target, value, step, order))
            if self.both and step.through in self.ids and step.incoming is None:
                source = self.ids[self.shown(step.through)]  # the loss, where it is a result
                found.setdefault((source, "seed"), self.back(source, target, looks.BACKWARD_EDGE))
        edges = list(found.values()) if self.black else []
        if self.flows:
            edges += [(target, source, looks.BACKWARD_EDGE | {"constraint": "false"})
                      for source in dict.fromkeys(source for source, _ in found)]  # fmt: skip
        return edges

    def is_inside(self, value: Value, box: Box) -> bool:
        """Whether a value is part of what is drawn as one: its result, or a module's parameter."""
        if value.step is not None:
            return self.boxes.of.get(value.step) is box
        return bool(box.label) and box.label in prefixes(value.path or "")

    def edge(
        self, source: str, target: str, value: Value, step: Step, order: dict[str, str]
    ) -> tuple[str, str, dict[str, str]]:
        if self.is_backward(value):
            look = looks.BACKWARD_EDGE | order
            return self.back(source, target, look) if self.both else (source, target, look)
        if step.through is not None:
            free = {"constraint": "false"} if self.both else {}
            return source, target, looks.CACHE_EDGE | order | free
        return source, target, looks.FORWARD_EDGE | order

    def back(self, source: str, target: str, look: dict[str, str]) -> Any:
        """An edge that runs from right to left."""
        look = {"taillabel" if key == "headlabel" else key: text for key, text in look.items()}
        return target, source, look | {"dir": "back"}

    # ---- clusters and columns ----

    def place(self, value: Value, box: Box | None) -> tuple[str, ...]:
        """The frames around a node, the outermost first."""
        if box is None:
            frames = self.boxes.modules(value.path or "")
            user = self.user.get(value)
            scope = user.step.scope if user and user.step in self.forward else ""
            if user and scope and frames[-1:] == [scope]:
                return self.place(user.result, user)
        else:
            frames = self.boxes.modules(box.step.scope)
            frames = frames[: frames.index(box.label)] if box.label in frames else frames
        block = self.boxes.repeats.block.get(box.step, []) if box and not box.label else []
        if len({self.boxes.of[step] for step in block}) > 1:
            around = [self.boxes.modules(step.scope) for step in block]
            common = sum(len(set(level)) == 1 for level in zip(*around))
            times = f"×{self.boxes.repeats.count[block[0]]}"
            frames.insert(common, f"{times} {self.ids[block[0].result]}")
        if self.both:
            frames.insert(0, f"{'backward' if self.is_backward(value) else 'forward'} propagation")
        return tuple(frames)

    def cluster(self, place: tuple[str, ...]) -> Digraph:
        """The frame at a place, and all frames around it."""
        from graphviz import Digraph

        for end in range(1, len(place) + 1):
            if place[:end] not in self.clusters:
                name = f"cluster_{len(self.clusters)}"
                label = place[end - 1]
                label = label.partition(" ")[0] if label.startswith("×") else label
                look = looks.CLUSTER | {"label": labels.quoted(label)}
                self.clusters[place[:end]] = Digraph(name, graph_attr=look)
        return self.clusters[place]

    def columns(self) -> Iterator[tuple[str, str]]:
        """Pairs of a value and a step that computes its gradient: one is put above the other."""
        for box in self.boxes.all if self.both else ():
            of = box.step.of
            if of in self.ids and box.step not in self.forward and not self.is_inside(of, box):
                above = self.ids[self.shown(of)]
                yield above, self.ids[box.result]


def prefixes(path: str) -> set[str]:
    """The objects that the thing at a path is a part of: ``m``, ``m.layers``, …"""
    return {path[:i] for i, c in enumerate(path) if c in ".["}
