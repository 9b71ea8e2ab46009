"""A listing as a graph: nodes for its values, edges from operands to results, frames."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from graphviz import Digraph
from graphviz.quoting import quote

from autograd_lite.display import SHOWN, brief, folded, notebook, notes, plain
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.live import Live
from autograd_lite.programs.naming import gradient_name
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.graph import labels, render
from autograd_lite.readers.graph.boxes import Box, Boxes, forward_steps
from autograd_lite.readers.graph.opened import BODIES, ID, Opened, has_bodies

FONT = {"fontname": "Helvetica", "fontsize": "11"}
#: How nodes, edges and frames look, by shape as well as by colour.
LOOKS: dict[str, dict[str, str]] = {
    "node": FONT | {"height": "0.3"},
    "edge": FONT
    | {"fontsize": "8", "fontcolor": "gray30", "labeldistance": "1.6", "arrowsize": "0.7"},
    "input": {"shape": "ellipse", "style": "filled", "fillcolor": "#e3eefa"},
    "parameter": {"shape": "hexagon", "style": "filled", "fillcolor": "#fdf1cf", "margin": "0"},
    "constant": {"shape": "note", "style": "filled", "fillcolor": "gray93"},
    "step": {"shape": "box", "style": "rounded"},
    "gradient": {"shape": "box", "style": "rounded", "color": "red"},
    "cached": {"shape": "box", "style": "rounded,dashed", "color": "gray50"},
    "output": {"peripheries": "2"},
    "module": {"shape": "box3d", "margin": "0.16,0.1"},
    "not finite": {"style": "filled", "fillcolor": "red", "fontcolor": "white"},
    "frame": {"style": "rounded", "color": "gray70", "fontcolor": "gray40", "labeljust": "l"},
    "carry": {"color": "#3b6fb5", "fontcolor": "#3b6fb5", "label": "next turn"}
    | {"constraint": "false"},
    "forward": {"color": "black"},
    "backward": {"color": "red"},
    "cache": {"color": "gray50", "style": "dashed"},
}

#: An edge: its tail, its head and its look.
Edge = tuple[str, str, dict[str, str]]


class Picture(Digraph):  # type: ignore[misc]  # graphviz has no types
    """A `graphviz.Digraph`; a notebook draws it as `render.svg` does, or shows its text."""

    def __repr__(self) -> str:
        return f"<graph of {self.name}; .source is its text, al.draw(…, 'graph.svg') writes it>"

    @notebook
    def _repr_html_(self) -> str:
        """The picture in the page's colours, as wide as that; what is far wider is scrolled."""
        try:
            svg = render.svg(self.source)
            width = re.search(r'<svg width="([\d.]+(?:pt|px)?)"', svg)
            wide = f' style="--graph-width: {width[1]}"' if width else ""
            return f'<div class="al-graph"{wide}>{svg}</div>'
        except ModuleNotFoundError as error:
            return notes([str(error)]) + folded("the graph as text", plain(self.source))

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> dict[str, str]:
        try:
            return {"image/svg+xml": render.svg(self.source)}
        except ModuleNotFoundError as error:
            return {"text/plain": f"{self.source}\n{error}"}


class Sketch:
    """One graph while it is put together: see `autograd_lite.draw`."""

    def __init__(
        self,
        listing: Listing,
        mode: str,
        depth: int | None,
        fold: bool,
        max_nodes: int,
        title: str,
        opens: tuple[type, ...] | None = None,
    ) -> None:
        self.live = isinstance(listing, Live)
        bodies = has_bodies(listing)
        self.listing: Any = (
            Opened(listing, depth, max_nodes, opens or BODIES) if bodies else listing
        )
        self.carries = getattr(self.listing, "carries", ())
        self.around = getattr(self.listing, "frames", {})  # the frames of loops
        self.title = title
        self.forward = forward_steps(self.listing)
        self.recorded = len(self.forward) < len(self.listing.steps)  # the backward pass, as steps
        self.flows = mode != "forward" and not self.recorded  # gradients have no steps
        self.both = mode == "both" and self.recorded
        steps = self.listing.steps
        if self.recorded and mode != "both":
            steps = [s for s in steps if (s in self.forward) == (mode == "forward")]
        self.black = not (self.flows and mode == "backward")
        self.boxes = Boxes(steps, self.forward, fold, depth, max_nodes)
        with np.errstate(all="ignore"):
            self.values = self.listing.values()
        self.gradients = dict(getattr(self.listing, "gradients", {}))
        for step in self.listing.steps:
            for value in step.result.gradient_of:
                self.gradients[value] = self.values.get(step.result)
        self.failed: set[Value] = getattr(self.listing, "failed", set())
        self.ids = self.listing.ids
        self.outputs = {*self.listing.outputs}
        self.drawn: dict[Value, Box | None] = {}  # values with a node, and their boxes
        self.user: dict[Value, Box] = {}  # the first box that uses a value
        self.frames: dict[tuple[str, ...], Digraph] = {}

    # ---- which node a value is ----

    def shown(self, value: Value) -> Value:
        """The value whose node stands for this one."""
        box = self.boxes.of.get(value.step) if value.step else None
        shown = self.boxes.repeats.stands.get(value, value) if box is None else box.result
        self.drawn.setdefault(shown, box)
        return shown

    def is_parameter(self, value: Value) -> bool:
        """Whether an input is differentiated by, or else a part of a larger argument."""
        if self.live or self.recorded:
            return self.live or value in self.gradients
        return not (value.path or "").isidentifier()

    def written(self, value: Value) -> str:
        """A small constant as its users' nodes write it; nothing for what has a node."""
        if not value.is_constant or value.data is None or value in self.outputs:
            return ""
        return self.text_of(value)

    def text_of(self, value: Value) -> str:
        """A constant in a few characters, if those that it stands for are the same."""
        alike = self.boxes.repeats.alike.get(self.boxes.repeats.stands.get(value, value), {value})
        texts = {labels.written(other.data) for other in alike}
        return texts.pop() if len(texts) == 1 else ""

    # ---- the whole ----

    def graph(self) -> Digraph:
        graph = Picture(self.listing.name, node_attr=LOOKS["node"], edge_attr=LOOKS["edge"])
        graph.attr(**FONT, tooltip=" ", rankdir="LR" if self.both else "TB", newrank="true")
        texts = [text for text in (self.title, self.boxes.note) if text]
        if texts:
            graph.attr(label=labels.quoted(*texts))
        self.frames = {(): graph}
        for box in self.boxes.all:
            self.shown(box.result)
        edges = [edge for box in self.boxes.all for edge in self.edges(box)]
        for after, before in self.carries:
            if {before.step, after.step} <= {*self.boxes.of, None} and before.step in self.boxes.of:
                edges.append(
                    (self.ids[self.shown(after)], self.ids[self.shown(before)], LOOKS["carry"])
                )
        columns = list(self.columns())
        outputs = {self.shown(value) for value in self.loose_ends()}
        for value in [value for value in self.ids if value in self.drawn]:
            self.node(value, value in outputs)
        if self.both and max(map(len, self.frames)) > 1:
            self.put_forward_above(graph)
        for place in sorted(self.frames, key=len, reverse=True)[:-1]:
            self.frames[place[:-1]].subgraph(self.frames[place])
        for pair in columns:
            graph.body.append(f"\t{{ rank=same {' '.join(map(quote, pair))} }}\n")
        for tail, head, look in edges:
            graph.edge(tail, head, **look)
        return graph

    def put_forward_above(self, graph: Digraph) -> None:
        """Name the nodes of forward propagation first: then, as a rule, dot puts them above."""
        drawn = [value for value in self.ids if value in self.drawn]
        numbers = {v: [*map(int, re.findall(r"\d+", self.ids[v]))] for v in drawn}
        drawn.sort(key=lambda value: (self.is_backward(value), numbers[value]))
        graph.body.append(f"\t{'; '.join(quote(self.ids[value]) for value in drawn)}\n")

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
        look, lines = self.step_node(box) if box else self.input_node(value)
        if is_output:
            look = look | LOOKS["output"]
        meant = value.is_constant or (box and not box.label and labels.is_given(box.step))
        finite = meant or labels.is_finite(self.values.get(value))
        if value in self.failed or not finite:
            look, lines = look | LOOKS["not finite"], [*lines, "not finite"]
        name, tooltip = self.ids[value], labels.quoted(*self.tooltip(value, box))
        frame = self.frame(self.place(value, box))
        frame.node(name, labels.quoted(*lines), id=name, tooltip=tooltip, **look)

    def step_node(self, box: Box) -> tuple[dict[str, str], list[str]]:
        step, result, names = box.step, box.result, self.listing.names
        forward = step in self.forward
        if box.label:
            look = LOOKS["module"] if forward else LOOKS["module"] | LOOKS["backward"]
            return look, [box.label, labels.steps_label(box.steps), labels.kind_of(result)]
        equal = [names[result]]
        inputs = [v for v in result.gradient_of if v.step is None and v in names]
        others = [gradient_name(names[v]) for v in inputs]
        equal += [name for name in others if name != equal[0]]
        through = step.through.step if step.through else None
        if len(box.steps) > 1 and through and step.of in through.operands:
            equal.append(f"{labels.call_label(through)}′")
        else:
            texts = {value: self.written(value) for value in step.operands}
            equal.append(labels.call_label(step, texts))
        times = f" ×{box.count}" if box.count > 1 else ""
        look = LOOKS["step" if forward else "gradient"]
        return look, [" = ".join(equal) + times, labels.kind_of(result)]

    def input_node(self, value: Value) -> tuple[dict[str, str], list[str]]:
        name, kind = self.listing.names[value], labels.kind_of(value)
        if value.step is not None:
            return LOOKS["cached"], [name, kind]
        alike = len(self.boxes.repeats.alike.get(value, ()))
        if alike > 1:
            name += f" ×{alike}"
        if value.is_constant:
            if value.data is not None and (text := self.text_of(value)):
                name += f" = {text}"
            return LOOKS["constant"], [name, kind]
        return LOOKS["parameter" if self.is_parameter(value) else "input"], [name, kind]

    def tooltip(self, value: Value, box: Box | None) -> list[str]:
        names, lines = self.listing.names, []
        if box and len(box.steps) <= SHOWN:
            lines += [labels.meaning(step, names) for step in box.steps]
        elif value.path:
            lines.append(value.path)
        known = [v for v in value.gradient_of if v in names]  # others are of no use to the outputs
        if known:
            lines.append("gradient of " + ", ".join(names[v] for v in known))
        x = self.values.get(value)
        if x is not None:
            lines += [f"value {brief(x)}", f"norm {labels.norm_of(x)}"]
        if self.gradients.get(value) is not None:
            lines.append(f"gradient norm {labels.norm_of(self.gradients[value])}")
        if value.step is not None:
            lines.append(labels.short_line(value.step.line))
        return [text for text in lines if text]

    # ---- edges ----

    def edges(self, box: Box) -> list[Edge]:
        """The edges into a box."""
        found: dict[Any, Edge] = {}
        target, single = self.ids[box.result], len(box.steps) == 1
        for step in box.steps:
            numbered = single and labels.in_order(step)
            for n, value in enumerate(step.operands, 1):
                if self.is_inside(value, box) or self.written(value):
                    continue
                shown = self.shown(value)
                self.user.setdefault(shown, box)
                source, order = self.ids[shown], {"headlabel": str(n)} if numbered else {}
                edge = source, target, self.edge_look(value, step) | order
                turned = self.both and self.is_backward(value)
                found.setdefault((source, n if single else 0), back(*edge) if turned else edge)
            if self.both and step.through in self.ids and step.incoming is None:
                source = self.ids[self.shown(step.through)]  # the loss, where it is a result
                found.setdefault((source, "seed"), back(source, target, LOOKS["backward"]))
        edges = list(found.values()) if self.black else []
        if self.flows:
            edges += [(target, source, LOOKS["backward"] | {"constraint": "false"})
                      for source in dict.fromkeys(source for source, _ in found)]  # fmt: skip
        return edges

    def is_inside(self, value: Value, box: Box) -> bool:
        """Whether a value is part of what is drawn as one: its result, a module's parameter.

        So is a constant without a name; other nodes show it if they use it.
        """
        if value.step is not None:
            return self.boxes.of.get(value.step) is box
        if value.is_constant and not value.name and value not in self.outputs:
            return bool(box.label) or len(box.steps) > 1
        return bool(box.label) and box.label in prefixes(value.path or "")

    def edge_look(self, value: Value, step: Step) -> dict[str, str]:
        """How the edge looks from a value to a step that takes it."""
        if self.is_backward(value):
            return LOOKS["backward"]
        if step.through is None:
            return LOOKS["forward"]
        return LOOKS["cache"] | ({"constraint": "false"} if self.both else {})

    # ---- frames and columns ----

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
            frames.insert(common, f"{times}{ID}{self.ids[block[0].result]}")
        frames = [*self.around.get(value, ()), *frames]
        if self.both:
            frames.insert(0, f"{'backward' if self.is_backward(value) else 'forward'} propagation")
        return tuple(frames)

    def frame(self, place: tuple[str, ...]) -> Digraph:
        """The frame at a place, and all frames around it."""
        for end in range(1, len(place) + 1):
            if place[:end] not in self.frames:
                label = place[end - 1].partition(ID)[0]
                look = LOOKS["frame"] | {"label": labels.quoted(label)}
                self.frames[place[:end]] = Digraph(f"cluster_{len(self.frames)}", graph_attr=look)
        return self.frames[place]

    def columns(self) -> Iterator[tuple[str, str]]:
        """Pairs of a value and a step that computes its gradient: one is put above the other."""
        for box in self.boxes.all if self.both else ():
            of = box.step.of
            if of in self.ids and box.step not in self.forward and not self.is_inside(of, box):
                yield self.ids[self.shown(of)], self.ids[box.result]


def back(source: str, target: str, look: dict[str, str]) -> Edge:
    """An edge that runs from right to left."""
    look = {"taillabel" if key == "headlabel" else key: text for key, text in look.items()}
    return target, source, look | {"dir": "back"}


def prefixes(path: str) -> set[str]:
    """The objects that the thing at a path is a part of: ``m``, ``m.layers``, …"""
    return {path[:i] for i, c in enumerate(path) if c in ".["}
