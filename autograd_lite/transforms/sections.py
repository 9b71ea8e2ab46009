"""Loops as one step of the tape: what each turn recorded, and the loop that pulls back through it.

A loop at a level of differentiation is a loop at the level below, each turn of which also records
what happens at its own level.  Its pullback is a loop once more, from the last turn to the first.
So every order is a loop, and a program that is traced has loops in it, never their turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import PART
from autograd_lite.core.tape import NOTHING, Node, next_number
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import LEFT, PLAIN, Symbol, Tracked, tracked


class Held(NamedTuple):
    """A value that a pullback will read; ``varies`` says that it differs from turn to turn."""

    value: Any
    varies: bool


#: What a turn makes: the values to carry, its part of the results, and what pullbacks will read.
Made = tuple[list[Any], list[Any], list[Held]]


class Kept(NamedTuple):
    """What the turns of a loop kept, in the order in which they ran.

    Of a loop that is traced there is one turn, whose values that vary are stacked over all turns.
    """

    each: list[list[Held]]
    traced: bool = False


class Loop(NamedTuple):
    """A loop of ``length`` turns over ``xs``, arrays of which turn t gets those at t.

    ``turn(t, carry, x)`` gets what is carried.  ``reverse`` begins with the last.  ``names`` are what users call what is carried, and what is looped over.
    """

    turn: Callable[[int, list[Any], list[Any]], Made]
    carry: list[Any]
    xs: list[Any]
    length: int
    reverse: bool
    names: tuple[Sequence[str], Sequence[str]]

    @property
    def order(self) -> Sequence[int]:
        return range(self.length)[::-1] if self.reverse else range(self.length)


def run(loop: Loop) -> tuple[list[Any], list[Any]]:
    """What a loop carries at its end, and its results, stacked; one step of the tape."""
    carry, ys, _ = run_at([0, *sorted(LEFT)], loop, [])
    return carry, ys


def run_at(
    levels: list[int], loop: Loop, above: list[Sections]
) -> tuple[list[Any], list[Any], Kept]:
    """Run a loop whose values may be tracked at any of these levels."""
    if not levels:
        return run_plain(loop, above)
    here = Sections(loop, levels[-1])
    return here.link(*run_at(levels[:-1], here.lower(), [*above, here]))


def run_plain(loop: Loop, sections: list[Sections]) -> tuple[list[Any], list[Any], Kept]:
    """Run a loop below all levels: turn by turn, or a single turn where it is traced."""
    for symbol in filter(is_symbol, chain(loop.carry, loop.xs)):
        return symbol.loop(loop, sections)  # type: ignore[no-any-return]
    carry, rows, each = loop.carry, [], []
    for t in loop.order:
        carry, ys, held = loop.turn(t, carry, [x[t] for x in loop.xs])
        if not rows:
            values = chain(carry, ys, [value for value, _ in held])
            for symbol in filter(is_symbol, values):  # which was read from outside
                return symbol.loop(loop, sections)  # type: ignore[no-any-return]
        rows.append(ys)
        each.append(held)
    if loop.reverse:
        rows.reverse()
    return carry, [np.stack(column) for column in zip(*rows)], Kept(each)


def is_symbol(x: Any) -> bool:
    return isinstance(x, Symbol)


def is_at(x: Any, level: int) -> bool:
    return isinstance(x, Tracked) and x.level == level


def is_recorded(x: Any) -> bool:
    return isinstance(x, (Tracked, Symbol))


class Section:
    """What one turn recorded at one level: a tape of its own, between its leaves and its results.

    ``carry`` and ``xs`` are the leaves, None for what does not vary; ``outside`` those for what the
    turn read from outside, by their place among all that the loop reads.  ``results`` are the nodes
    of what the turn made, and ``parts`` their places among the results of the loop.  ``nodes`` are
    the steps.  ``held`` is what levels above will read, ``own`` what this one will.
    """

    __slots__ = ("carry", "held", "nodes", "outside", "own", "parts", "results", "start", "xs")

    def __init__(
        self,
        start: int,
        carry: list[Node | None],
        xs: list[Node | None],
        results: list[Node | None],
        held: list[Held],
    ) -> None:
        self.start, self.carry, self.xs = start, carry, xs
        self.results, self.held = results, held
        self.outside: dict[int, Node] = {}
        self.parts: list[int | None] = []
        self.nodes: list[Node] = []
        self.own: list[Held] = []

    def values(self) -> list[Any]:
        """What the nodes hold that varies at lower levels, or is traced."""
        found: list[Any] = []
        self.exchange(lambda x: found.append(x) or x)
        return found

    def refill(self, values: Iterable[Any]) -> None:
        """Have the nodes hold these values, in the order of `values`."""
        following = iter(values)
        self.exchange(lambda _: next(following))

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Put ``f(x)`` in place of each value x that the nodes hold."""
        for node in (*self.nodes, *self.carry, *self.xs, *self.outside.values()):
            if node is not None:
                exchange_in(node, f)


def exchange_in(node: Node, f: Callable[[Any], Any]) -> None:
    if hasattr(node, "value"):
        node.value = exchanged(node.value, f)
    node.first, node.second = exchanged(node.first, f), exchanged(node.second, f)
    if node.more:
        node.more = {
            name: x if name in ("note", "grad") else exchanged(x, f)
            for name, x in node.more.items()
        }


def exchanged(x: Any, f: Callable[[Any], Any]) -> Any:
    if is_recorded(x):
        return f(x)
    if type(x) in (list, tuple):
        return type(x)([exchanged(part, f) for part in x])
    if isinstance(x, tuple):
        return type(x)(*[exchanged(part, f) for part in x])
    if isinstance(x, Sections):
        x.exchange(f)
    return {name: exchanged(part, f) for name, part in x.items()} if type(x) is dict else x


class Sections:
    """A loop at one level: what its turns recorded there, and its pullback."""

    def __init__(self, loop: Loop, level: int) -> None:
        self.loop, self.level = loop, level
        self.kind = KIND.get(Tensor)
        self.first = [self.node(x) for x in loop.carry]
        self.over = [self.node(x) for x in loop.xs]
        self.traced = False
        self.begin()

    def begin(self) -> None:
        """Begin with the first turn."""
        self.varies = [node is not None for node in self.first]
        self.forget()

    def forget(self) -> None:
        """Forget all turns, but not what varies."""
        self.outside: dict[Node, int] = {}
        self.each: list[Section | None] = []

    def settled(self) -> bool:
        """Whether what a turn carries varies as what it got; else the turn is to be run again."""
        before = self.entered
        self.varies = [a or b for a, b in zip(before, self.varies)]
        if self.varies != before:
            self.forget()
        return self.varies == before

    def node(self, x: Any) -> Node | None:
        return x.node if type(x) not in PLAIN and is_at(x, self.level) else None

    def raw(self, x: Any) -> Any:
        return x.raw if type(x) not in PLAIN and is_at(x, self.level) else x

    def lower(self) -> Loop:
        """The loop at the level below."""
        carry, xs = [*map(self.raw, self.loop.carry)], [*map(self.raw, self.loop.xs)]
        return self.loop._replace(turn=self.turn, carry=carry, xs=xs)

    # ---- forward ----

    def turn(self, t: int, carry: list[Any], xs: list[Any]) -> Made:
        """A turn at the level below, which records what happens at this one."""
        start = next_number()
        self.entered = self.varies
        inputs, carried = self.leaves(carry, self.varies)
        parts, sliced = self.leaves(xs, self.over)
        after, ys, held = self.loop.turn(t, inputs, parts)
        results = [*map(self.node, after), *map(self.node, ys)]
        for x, _ in held:
            node = self.node(x)
            results.append(node if node and node.number >= start else None)
        self.varies = [node is not None for node in results[: len(after)]]
        if not any(results):
            self.each.append(None)
            return after, ys, held
        section = Section(start, carried, sliced, results, held)
        self.each.append(section)
        self.separate(section)
        nodes = results[len(after) + len(ys) :]
        after, ys = [*map(self.raw, after)], [*map(self.raw, ys)]
        held = [
            Held(self.raw(x), varies or node is not None)
            for (x, varies), node in zip(held, nodes)
            if node is not None or self.node(x) is None
        ]
        if any(map(is_recorded, chain(after, ys))):
            held += [Held(x, False) for x in section.values()]
        return after, ys, held

    def leaves(
        self, values: list[Any], varies: Sequence[Any]
    ) -> tuple[list[Any], list[Node | None]]:
        """The values with a Tensor in place of each that varies; and its node, else None."""
        if not any(varies):
            return values, [None] * len(values)
        tensors: list[Any] = []
        nodes: list[Node | None] = []
        for x, v in zip(values, varies):
            node = Node(None, None, None, (), NOTHING, x) if v else None
            nodes.append(node)
            tensors.append(x if node is None else tracked(self.kind, x, node, self.level))
        return tensors, nodes

    def separate(self, section: Section) -> None:
        """Cut a section off the tape: put a leaf in place of each node from outside."""
        start, results, nodes = section.start, section.results, section.nodes
        mine = {*section.carry, *section.xs}

        def inner(a: Node) -> Node:
            """A node as the section sees it."""
            if a in mine:
                return a
            if a.number < start or a.primitive is None:
                return self.leaf(a, section)
            mine.add(a)
            nodes.append(a)
            return a

        for i, node in enumerate(results):
            if node is not None:
                results[i] = inner(node)
        for node in nodes:  # the list grows while it is read: a walk without recursion
            a, b = node.first, node.second
            if type(a) is Node and a not in mine:
                node.first = inner(a)
            if type(b) is Node and b not in mine:
                node.second = inner(b)
            if node.more and node.rest:
                node.rest = tuple([inner(a) if type(a) is Node else a for a in node.rest])

    def leaf(self, a: Node, section: Section) -> Node:
        """The leaf of a section for a node from outside."""
        i = self.outside.setdefault(a, len(self.outside))
        if i not in section.outside:
            section.outside[i] = leaf = Node(None, None, None, (), NOTHING, a)
            if hasattr(a, "value"):
                leaf.value = a.value
            if hasattr(a, "note"):
                leaf.note = a.note
        return section.outside[i]

    def link(self, carry: list[Any], ys: list[Any], kept: Kept) -> tuple[list[Any], list[Any], Kept]:
        """The results of the loop below as the results of one step of the tape."""
        if not any(self.each):
            return carry, ys, kept
        self.traced = kept.traced
        n, results = len(carry), [*carry, *ys]
        node = Node(SCAN, None, None, (), {"sections": self}, ())
        varies = [*self.varies, *[False] * len(ys)]
        each = [self.kept(*pair, node, results) for pair in zip(self.each, kept.each)]
        for section in filter(None, self.each):
            varies[n:] = [v or a is not None for v, a in zip(varies[n:], section.results[n:])]
        node.rest = (*self.outside, *self.first, *self.over)
        node.describe(tuple(results))
        shown = [self.part(node, i, x) if v else x for i, (x, v) in enumerate(zip(results, varies))]
        return shown[:n], shown[n:], Kept(each, kept.traced)

    def kept(
        self, section: Section | None, found: list[Held], node: Node, results: list[Any]
    ) -> list[Held]:
        """What the levels above read of a turn, some of it new results of the loop."""
        if section is None:
            return found
        left, entries = iter(found), []
        section.parts = [*range(len(section.results) - len(section.held))]
        for held, made in zip(section.held, section.results[len(section.parts) :]):
            if made is None and self.node(held.value) is not None:  # it was there before
                entries.append(held)
                section.parts.append(None)
                continue
            x, varies = next(left)
            section.parts.append(None if made is None else len(results))
            if made is not None:
                results.append(x)
                x = self.part(node, len(results) - 1, x)
            entries.append(Held(x, varies))
        section.own = [*left]
        if section.own and not self.traced:
            section.refill([x for x, _ in section.own])
        return entries

    def part(self, node: Node, i: int, x: Any) -> Tensor:
        """One of the results of the loop."""
        return tracked(self.kind, x, Node(PART, node, None, (), {"part": i}, x), self.level)

    # ---- backward ----

    def pull(self, g: list[Any]) -> list[Any]:
        """The gradients of what was read from outside, of what was carried first, and of ``xs``."""
        n, k, length = len(self.first), len(self.outside), self.loop.length
        reached = [False] * k
        shown = next(len(s.results) - len(s.held) for s in self.each if s is not None)
        columns = [*g[n:shown]]
        if self.traced:
            (only,) = self.each
            columns += [g[i] for i in only.parts[shown:] if i is not None]
            columns += [x for x, varies in only.own if varies]

        def back(t: int, carry: list[Any], xs: list[Any]) -> Made:
            sums, incoming = carry[:k], carry[k:]
            section = self.each[0 if self.traced else length - 1 - t if self.loop.reverse else t]
            if section is None:
                return carry, [np.zeros(a.shape[1:], a.dtype) for a in self.over if a], []
            if self.traced:
                following = iter(xs[shown - n :])
                parts = [None if i is None else next(following) for i in section.parts[shown:]]
                section.refill([next(following) if v else x for x, v in section.own])
            else:
                parts = [None if i is None else g[i] for i in section.parts[shown:]]
            roots: dict[Node, Any] = {}
            for node, c in zip(section.results, [*incoming, *xs[: shown - n], *parts]):
                if node is not None:
                    roots[node] = roots[node] + c if node in roots else c
            found = self.kind.backward_pass(roots).run()
            for i, leaf in section.outside.items():
                if leaf in found:
                    reached[i] = True
                    sums[i] = added(sums[i], found[leaf])
            outgoing = [c if a is None else of(a, found) for a, c in zip(section.carry, incoming)]
            return [*sums, *outgoing], [of(a, found) for a in section.xs if a is not None], []

        sums = [nothing(a.shape, a.dtype) for a in self.outside]
        carried, over = self.loop.names
        names = [*["total"] * k, *[f"d_{name}" for name in carried]], ["x"] * len(columns)
        loop = Loop(back, [*sums, *g[:n]], columns, length, not self.loop.reverse, names)
        carry, gradients = run(loop)
        following = iter(gradients)
        sums = [c if r else np.zeros_like(c) for c, r in zip(carry, reached)]
        return [*sums, *carry[k:], *[a and next(following) for a in self.over]]

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Put ``f(x)`` in place of each value x that the pullback will read."""
        for section in filter(None, self.each):
            if self.traced:
                section.own = [Held(f(x), varies) for x, varies in section.own]
            else:
                section.exchange(f)


def nothing(shape: tuple[int, ...], dtype: Any) -> Any:
    """What a sum begins with: −0, since 0 + (−0) is another number than −0."""
    if dtype.kind == "O":
        return np.zeros(shape, dtype)
    return np.full(shape, -0.0, dtype) if shape else dtype.type(-0.0)


def added(total: Any, c: Any) -> Any:
    """``total + c``; a plain array ``total`` is this loop's own, and takes ``c`` in place."""
    if type(total) is type(c) is np.ndarray and total.dtype.kind != "O":
        total += c
        return total
    return total + c


def of(leaf: Node, found: dict[Node, Any]) -> Any:
    """The cotangent of a leaf, zero if nothing depends on it."""
    return found[leaf] if leaf in found else np.zeros(leaf.shape, leaf.dtype)


def turns(*operands: Any, sections: Any) -> Any:
    """Stands for the loop itself, which has run before it is recorded."""
    raise NotImplementedError


SCAN = Primitive(turns, {"operands": lambda g, sections: sections.pull(g)}, "scan")
