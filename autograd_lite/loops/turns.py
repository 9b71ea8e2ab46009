"""One turn of a loop at one level of differentiation: a piece of tape of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.tape import NOTHING, Node, next_number
from autograd_lite.core.tracked import Symbol, Tracked

_new = object.__new__


class Held(NamedTuple):
    """A value that a pullback will read; ``varies`` says that it differs from turn to turn."""

    value: Any
    varies: bool


#: Nodes of values that vary, None in place of the others.
Nodes = tuple[Node | None, ...]

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

    ``turn(t, carry, x)`` gets what is carried.  ``reverse`` begins with the last.  ``names`` are
    what users call what is carried, and what is looped over.
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


def is_equal(x: Any, y: Any) -> bool:
    return np.array_equal(x, y, equal_nan=np.asarray(x).dtype.kind in "fc")


def is_symbol(x: Any) -> bool:
    return isinstance(x, Symbol)


def is_at(x: Any, level: int) -> bool:
    return isinstance(x, Tracked) and x.level == level


def is_recorded(x: Any) -> bool:
    return isinstance(x, (Tracked, Symbol))


class Section:
    """What one turn recorded at one level: the piece of tape since number ``since``.

    ``leaves`` are those for what is carried and looped over, None for what does not vary.
    ``results`` are the nodes of what the turn made.  ``held`` is what levels above will read,
    ``parts`` its places among the results of the loop, and ``own`` what this level will read.
    """

    __slots__ = ("forgotten", "held", "leaves", "own", "parts", "results", "since")

    def __init__(self, since: int, leaves: Nodes, results: Nodes, held: Sequence[Held]) -> None:
        self.since, self.leaves, self.results, self.held = since, leaves, results, held
        self.parts: Sequence[int | None] = ()
        self.own: Sequence[Held] = ()
        self.forgotten = False

    def walk(self) -> tuple[list[Node], list[Node]]:
        """The steps of the turn, the last ones first, and what they read of before."""
        since, made = self.since, dict.fromkeys(filter(None, self.results))
        seen = set(made)
        before = [node for node in made if node.number < since]
        steps = [node for node in made if node.number >= since]
        for node in steps:  # the list grows while it is read: a walk without recursion
            a, b = node.first, node.second
            if type(a) is Node and a not in seen:
                seen.add(a)
                (before if a.number < since else steps).append(a)
            if type(b) is Node and b not in seen:
                seen.add(b)
                (before if b.number < since else steps).append(b)
            for a in node.rest if node.more else ():
                if type(a) is Node and a not in seen:
                    seen.add(a)
                    (before if a.number < since else steps).append(a)
        return steps, before

    def values(self) -> list[Any]:
        """What the nodes hold that varies at lower levels, or is traced."""
        found: list[Any] = []

        def find(x: Any) -> Any:
            found.append(x)
            return x

        self.exchange(find)
        return found

    def refill(self, values: Iterable[Any]) -> None:
        """Have the nodes hold these values, in the order of `values`."""
        following = iter(values)
        self.exchange(lambda _: next(following))

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Put ``f(x)`` in place of each value x that the nodes hold."""
        for node in (*self.walk()[0], *self.leaves):
            if node is not None:
                exchange_in(node, f)

    def forget(self) -> None:
        """Forget all but which results vary: the turn will run again."""
        self.forgotten = True
        self.results = tuple([a and leaf_of(a, a.shape) for a in self.results])
        self.leaves = ()


def leaf_of(a: Node, shape: tuple[int, ...]) -> Node:
    """A leaf of that shape, and of the dtype of ``a``."""
    leaf = _new(Node)
    leaf.primitive = leaf.first = leaf.second = None
    leaf.shape, leaf.dtype, leaf.more = shape, a.dtype, NOTHING
    leaf.number = next_number()
    return leaf


def exchange_in(node: Node, f: Callable[[Any], Any]) -> None:
    if hasattr(node, "value"):
        node.value = exchanged(node.value, f)
    node.first, node.second = exchanged(node.first, f), exchanged(node.second, f)
    if node.more:
        node.more = {
            name: x if name in ("note", "grad", "before") else exchanged(x, f)
            for name, x in node.more.items()
        }


def exchanged(x: Any, f: Callable[[Any], Any]) -> Any:
    if is_recorded(x):
        return f(x)
    if type(x) in (list, tuple):
        return type(x)([exchanged(part, f) for part in x])
    if isinstance(x, tuple):
        return type(x)(*[exchanged(part, f) for part in x])
    if hasattr(x, "exchange"):  # the sections of a loop in this turn
        x.exchange(f)
    return {name: exchanged(part, f) for name, part in x.items()} if type(x) is dict else x


def nothing(shape: tuple[int, ...], dtype: Any) -> Any:
    """What a sum begins with: −0, since 0 + (−0) is another number than −0."""
    if dtype.kind == "O":
        return np.zeros(shape, dtype)
    x = dtype.type(complex(-0.0, -0.0) if dtype.kind == "c" else -0.0)
    return np.full(shape, x, dtype) if shape else x


def zero(shape: tuple[int, ...], dtype: Any) -> Any:
    """What nothing depends on has for a gradient: like all that NumPy computes, an array or number.

    Numbers of Python's are left in their arrays, since they have no dtype.
    """
    return np.zeros(shape, dtype) if shape or dtype.kind == "O" else dtype.type(0)


def added(total: Any, c: Any) -> Any:
    """``total + c``; a plain array ``total`` is this loop's own, and takes ``c`` in place."""
    if type(total) is type(c) is np.ndarray and total.dtype.kind != "O":
        total += c
        return total
    return total + c


def of(leaf: Node, found: dict[Node, Any]) -> Any:
    """The cotangent of a leaf, zero if nothing depends on it."""
    return found.pop(leaf) if leaf in found else zero(leaf.shape, leaf.dtype)
