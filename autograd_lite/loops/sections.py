"""Loops as one step of the tape: what each turn recorded, and the loop that pulls back through it.

A loop at a level of differentiation is a loop at the level below, each turn of which also records
what happens at its own level.  Its pullback is a loop once more, from the last turn to the first.
So every order is a loop, and a program that is traced has loops in it, never their turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from autograd_lite.core.noted import Noted
from autograd_lite.core.record import PART
from autograd_lite.core.tape import Node, next_number
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import LEFT, PLAIN, Tracked, is_plain, tracked
from autograd_lite.loops.step import BEHIND, SCAN, Operands
from autograd_lite.loops.turns import (
    Held,
    Kept,
    Loop,
    Made,
    Nodes,
    Section,
    added,
    is_at,
    is_equal,
    is_recorded,
    is_symbol,
    leaf_of,
    nothing,
    of,
    zero,
)


def run(loop: Loop, checkpoint: int | None = None) -> tuple[list[Any], list[Any]]:
    """What a loop carries at its end, and its results, stacked; one step of the tape."""
    carry, ys, _ = run_at([0, *sorted(LEFT)], loop, checkpoint, [])
    return carry, ys


def run_at(
    levels: list[int], loop: Loop, checkpoint: int | None, above: list[Sections]
) -> tuple[list[Any], list[Any], Kept]:
    """Run a loop whose values may be tracked at any of these levels."""
    if not levels:
        return run_plain(loop, above)
    here = Sections(loop, levels[-1], checkpoint)
    return here.link(*run_at(levels[:-1], here.lower(), checkpoint, [*above, here]))


def run_plain(loop: Loop, sections: list[Sections]) -> tuple[list[Any], list[Any], Kept]:
    """Run a loop below all levels: turn by turn, or a single turn where it is traced."""
    for symbol in filter(is_symbol, chain(loop.carry, loop.xs)):
        return symbol.loop(loop, sections)  # type: ignore[no-any-return]
    carry, rows, each = loop.carry, [], []  # type: Any, list[Any], list[Any]
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


def bare(loop: Loop) -> tuple[list[Any], list[Any]]:
    """The same for a loop of which nothing is recorded."""
    carry, ys, _ = run_plain(loop, [])
    return carry, ys


class Sections:
    """A loop at one level: what its turns recorded there, and its pullback."""

    def __init__(self, loop: Loop, level: int, checkpoint: int | None) -> None:
        self.loop, self.level, self.checkpoint = loop, level, checkpoint
        self.kind = KIND.get(Tensor)
        self.first = [self.node(x) for x in loop.carry]
        self.over = [self.node(x) for x in loop.xs]
        self.slices = [a and leaf_of(a, a.shape[1:]) for a in self.over]
        self.noted = issubclass(self.kind, Noted)
        self.loops = any(self.over)  # whether something that is looped over varies
        self.traced = self.below = False
        self.begin()

    def begin(self) -> None:
        """Begin with the first turn."""
        self.varies: Sequence[Node | None] = self.first  # nodes of what is carried, if it varies
        self.forget()

    def forget(self) -> None:
        """Forget all turns, but not what varies."""
        self.begun = next_number()
        self.outside: dict[Node, None] = {}
        self.known = bool(self.checkpoint)  # whether all is known that was read from outside
        self.each: list[Section | None] = []
        self.carried: dict[
            int, tuple[list[Any], Sequence[Node | None]]
        ] = {}  # where turns run again from

    def settled(self) -> bool:
        """Whether what a turn carries varies as what it got; else the turn is to be run again."""
        missing = any(b and not a for a, b in zip(self.entered, self.varies))
        self.varies = [a or b for a, b in zip(self.entered, self.varies)]
        if missing:
            self.forget()
        return not missing

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
        self.entered = self.varies
        if self.checkpoint and len(self.each) % self.checkpoint == 0:
            self.carried[len(self.each)] = carry, self.varies
        section, made = self.record(t, carry, xs, self.varies)
        self.each.append(section)
        if section is None:
            self.varies = [None] * len(carry)
            return made
        self.varies = section.results[: len(carry)]
        made_here = made[0] + made[1]
        if not is_plain(made_here) and any(map(is_recorded, made_here)):
            self.below = True
            made[2].extend([Held(x, False) for x in section.values()])
        if self.checkpoint:
            self.look(section)
            if not self.below:
                section.forget()
        return made

    def record(
        self, t: int, carry: list[Any], xs: list[Any], varies: Sequence[Node | None]
    ) -> tuple[Section | None, Made]:
        """Run a turn: its section, and what it made for the level below."""
        since = first = next_number()
        leaves: Nodes = ()
        if self.loops or any(varies):
            leaves = tuple([a and leaf_of(a, a.shape) for a in (*varies, *self.slices)])
            if self.noted:
                self.follow(leaves, (*varies, *self.over))
            values = [self.tensor(x, a) if a else x for x, a in zip((*carry, *xs), leaves)]
            since, carry, xs = next_number(), values[: len(carry)], values[len(carry) :]
        made = after, ys, held = self.loop.turn(t, carry, xs)
        if not held and is_plain(after) and is_plain(ys):
            return None, made
        results: list[Node | None] = []
        after, ys = self.taken(after, results), self.taken(ys, results)
        for x, _ in held:
            node = self.node(x)
            results.append(node if node and node.number >= first else None)
        if not any(results):
            return None, made
        leaves = leaves or (None,) * (len(carry) + len(xs))
        section = Section(since, leaves, tuple(results), tuple(held))
        for leaf in leaves:
            if leaf is not None:
                leaf.primitive = BEHIND
        if held:
            held = [
                Held(self.raw(x), v or node is not None)
                for (x, v), node in zip(held, results[len(after) + len(ys) :])
                if node is not None or self.node(x) is None
            ]
        return section, (after, ys, held)

    def taken(self, values: list[Any], nodes: list[Node | None]) -> list[Any]:
        """The values at the level below; ``nodes`` gets the node of each that varies, else None."""
        raws, level = [], self.level
        for x in values:
            if type(x) not in PLAIN and isinstance(x, Tracked) and x.level == level:
                nodes.append(x.node)
                raws.append(x.raw)
            else:
                nodes.append(None)
                raws.append(x)
        return raws

    def follow(self, leaves: Nodes, made: Iterable[Node | None]) -> None:
        """Have each leaf know the node that made its value, if that has a note."""
        for leaf, node in zip(leaves, made):
            if leaf is not None and hasattr(node, "note"):
                leaf.before = (node,)

    def tensor(self, x: Any, node: Node) -> Tensor:
        return tracked(self.kind, x, node, self.level)

    def reads(self) -> Iterable[Node]:
        """All that the turns read from outside: it is looked for when somebody asks."""
        if not self.known:
            self.known = True
            for section in filter(None, self.each):
                self.look(section)
        return self.outside

    def look(self, section: Section) -> None:
        """Look for what a turn reads from outside."""
        for node in section.walk()[1]:
            if node not in section.leaves:
                self.meet(node)

    def meet(self, node: Node) -> None:
        """Note that a turn reads a value from outside."""
        if node.number >= self.begun:
            raise TypeError(
                "step reads a Tensor that an earlier turn made, and its gradient would be lost; "
                "carry it: return it as a part of the carry"
            )
        self.outside[node] = None

    def again(self, i: int) -> None:
        """Run the turns once more that stand together with the one at place ``i``."""
        k = self.checkpoint or 1
        first = i - i % k
        last = min(first + k, self.loop.length)
        for done in filter(None, self.each[last:]):
            if not done.forgotten:
                done.forget()
        (carry, varies), xs = self.carried[first], [self.raw(x) for x in self.loop.xs]
        for j in range(first, last):
            t = self.loop.order[j]
            section, (carry, _, _) = self.record(t, carry, [x[t] for x in xs], varies)
            self.each[j] = section
            results = section.results if section else [None] * len(carry)
            varies = results[: len(carry)]
        if last in self.carried and not all(map(is_equal, carry, self.carried[last][0])):
            raise RuntimeError(
                "a scan with checkpoint= gave other numbers when its turns ran again for the "
                "backward pass, so step is not pure: it draws random numbers, or reads what has "
                "changed since; pass these as xs"
            )

    def link(
        self, carry: list[Any], ys: list[Any], kept: Kept
    ) -> tuple[list[Any], list[Any], Kept]:
        """The results of the loop below as the results of one step of the tape."""
        if not any(self.each):
            return carry, ys, kept
        self.traced = kept.traced
        if not self.checkpoint:  # what it began with and goes over is not kept for that alone
            self.loop = self.loop._replace(carry=[], xs=[])
        n, results = len(carry), [*carry, *ys]
        node = Node(SCAN, None, None, (), {"sections": self}, ())
        sections, each = [*filter(None, self.each)], kept.each
        columns = zip(*[section.results[n : n + len(ys)] for section in sections])
        varies = [*map(bool, self.varies), *map(any, columns)]
        if any(each) or any(section.held for section in sections):
            each = [self.kept(*pair, node, results) for pair in zip(self.each, each)]
        node.rest = Operands(self)
        node.describe(tuple(results))
        shown = [self.part(node, i, x) if v else x for i, (x, v) in enumerate(zip(results, varies))]
        return shown[:n], shown[n:], Kept(each, kept.traced)

    def kept(
        self, section: Section | None, found: list[Held], node: Node, results: list[Any]
    ) -> list[Held]:
        """What the levels above read of a turn, some of it new results of the loop."""
        if section is None:
            return found
        left, entries, parts = iter(found), [], []  # type: Any, list[Held], list[int | None]
        for held, made in zip(section.held, section.results[-len(section.held) :]):
            if made is None and self.node(held.value) is not None:  # it was there before
                entries.append(held)
                parts.append(None)
                continue
            x, varies = next(left)
            parts.append(None if made is None else len(results))
            if made is not None:
                results.append(x)
                x = self.part(node, len(results) - 1, x)
            entries.append(Held(x, varies))
        section.parts, section.own = parts, [*left]
        if section.own and not self.traced:
            section.refill([x for x, _ in section.own])
        return entries

    def part(self, node: Node, i: int, x: Any) -> Tensor:
        """One of the results of the loop."""
        part = Node(PART, node, None, (), {"part": i}, x)
        if self.noted:
            made = [s.results[i] for s in self.each if s is not None and i < len(s.results)]
            part.before = tuple([a for a in made if hasattr(a, "note")])
        return self.tensor(x, part)

    # ---- backward ----

    def pull(self, g: list[Any]) -> list[Any]:
        """The gradients of what was read from outside, of what was carried first, and of ``xs``."""
        n, length = len(self.first), self.loop.length
        recorded = self.below or self.traced or any(map(is_recorded, g))
        outside = [*(self.reads() if recorded else self.outside)]
        reached = [False] * len(outside)
        shown = next(len(s.results) - len(s.held) for s in self.each if s is not None)
        columns = [*g[n:shown]]
        if self.traced and self.each[0] is not None:
            only = self.each[0]
            columns += [g[i] for i in only.parts if i is not None]
            columns += [x for x, varies in only.own if varies]

        def back(t: int, carry: list[Any], xs: list[Any]) -> Made:
            sums, incoming = carry[: -n or None], carry[len(carry) - n :]
            section = self.section(t)
            if section is None:
                return carry, [zero(a.shape[1:], a.dtype) for a in self.over if a], []
            if self.traced:
                following = iter(xs[shown - n :])
                parts = [None if i is None else next(following) for i in section.parts]
                section.refill([next(following) if v else x for x, v in section.own])
            else:
                parts = [None if i is None else g[i] for i in section.parts]
            roots: dict[Node, Any] = {}
            for node, c in zip(section.results, [*incoming, *xs[: shown - n], *parts]):
                if node is not None:
                    roots[node] = roots[node] + c if node in roots else c
            found = self.kind.backward_pass(roots, section.since).run()
            outgoing = [c if a is None else of(a, found) for a, c in zip(section.leaves, incoming)]
            over = [of(a, found) for a in section.leaves[n:] if a is not None]
            for i, a in enumerate(outside):
                if a in found:
                    reached[i] = True
                    sums[i] = added(sums[i], found.pop(a))
            for a, c in found.items():  # what no turn was known to read
                self.meet(a)
                outside.append(a)
                reached.append(True)
                sums.append(added(nothing(a.shape, a.dtype), c))
            return [*sums, *outgoing], over, []

        sums = [nothing(a.shape, a.dtype) for a in outside]
        names = (
            [*["total"] * len(sums), *[f"d_{name}" for name in self.loop.names[0]]],
            [*["g"] * (shown - n), *["kept"] * (len(columns) - shown + n)],
        )
        loop = Loop(back, [*sums, *g[:n]], columns, length, not self.loop.reverse, names)
        carry, gradients = run(loop) if recorded else bare(loop)
        self.known = True  # each turn has told
        following = iter(gradients)
        sums = [c if r else zero(a.shape, a.dtype) for a, c, r in zip(outside, carry, reached)]
        return [*sums, *carry[len(sums) :], *[a and next(following) for a in self.over]]

    def section(self, t: int) -> Section | None:
        """What turn ``t`` recorded."""
        i = 0 if self.traced else self.loop.length - 1 - t if self.loop.reverse else t
        section = self.each[i]
        if section is not None and section.forgotten:
            self.again(i)
        return self.each[i]

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Put ``f(x)`` in place of each value x that the pullback will read."""
        for section in filter(None, self.each):
            if self.traced:
                section.own = [Held(f(x), varies) for x, varies in section.own]
            else:
                section.exchange(f)
