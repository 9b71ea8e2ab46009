"""The backward pass: the one loop that runs a tape from its outputs to its leaves."""

from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

from autograd_lite.core.admission import foreign, zeros
from autograd_lite.core.tape import Node

ndarray = np.ndarray
_PLAIN = (np.ndarray, np.generic)

_BACK = slice(None, None, -1)

#: Of these, equal numbers have equal bits, except 0.
NUMBERS = frozenset({np.float64, np.float32})


class Backward:
    """A backward pass over the steps that some outputs depend on, the latest step first.

    ``cotangents`` are those of the outputs, and become those of the leaves under them.  A step has
    all of its cotangent when it is the latest that waits, for whatever used its result ran later.
    A node is let go as soon as it has been used.  What it kept is freed then, unless somebody else
    holds the tape.  A subclass that is ``hooked`` is asked for each `step`.

    What was recorded before number ``since`` counts as a leaf: a piece of tape is run on its own.
    """

    __slots__ = ("cotangents", "owned", "since", "waiting")

    hooked = False

    def __init__(self, cotangents: dict[Node, Any], since: int = 0) -> None:
        self.cotangents = cotangents
        self.since = since
        self.owned: set[Node] = set()  # whose cotangent was summed here: nobody else can see it
        self.waiting = [(-n.number, n) for n in cotangents if n.primitive and n.number >= since]
        heapify(self.waiting)

    def run(self) -> dict[Node, Any]:
        """The cotangents of the leaves, from those of the outputs, which are used up."""
        waiting, cotangents, hooked, add = self.waiting, self.cotangents, self.hooked, self.add
        while waiting:
            node = heappop(waiting)[1]
            g = cotangents.pop(node)
            primitive = node.primitive
            if hooked or primitive.slow:
                self.step(node, g)
                continue
            vjps = primitive.vjps
            a = node.first
            if type(a) is Node:
                add(vjps[0](node, g), node, a)
            a = node.second
            if type(a) is Node:
                add(vjps[1](node, g), node, a)
            if node.more:
                for a, vjp in zip(node.more.get("rest", ()), vjps[2:]):
                    if type(a) is Node:
                        add(vjp(node, g), node, a)
        return cotangents

    def add(self, c: Any, node: Node, a: Node) -> None:
        """Add ``c``, which the rule of ``node`` returned, to the cotangent of its operand ``a``."""
        try:
            if c.dtype is not a.dtype or c.shape != a.shape:
                c = fit(c, node, a)
        except AttributeError:  # a bare Fraction
            if c is None:
                raise ValueError(f"the rule of {node.primitive.name} returned None") from None
            c = fit(np.asarray(c, a.dtype), node, a)
        cotangents = self.cotangents
        if a not in cotangents:
            cotangents[a] = c
            if a.primitive and a.number >= self.since:
                heappush(self.waiting, (-a.number, a))
        elif a in self.owned and isinstance(c, _PLAIN):
            cotangents[a] += c
        else:
            cotangents[a] = cotangents[a] + c
            self.owned.add(a)

    def step(self, node: Node, g: Any) -> None:
        """One step for any node: several results or operands, or a gradient added in place."""
        primitive = node.primitive
        if primitive.part:
            self.add_part(g, node, node.first)
            return
        reached: tuple[bool, ...] = ()
        if node.dtype is None:  # zeros for the results that nothing depends on
            reached = tuple([c is not None for c in g])
            like = next((x for x in map(foreign, g) if x is not None), None)
            g = [zeros(s, d, like) if c is None else c for c, (s, d) in zip(g, node.shape)]
        if primitive.into is not None:
            self.add_into(g, node, node.first)
        elif primitive.variadic:
            gradients = list(primitive.vjps[0](node, g, reached))
            if len(gradients) != len(node.rest):
                raise ValueError(
                    f"the rule of {primitive.name} returned {len(gradients)} gradients "
                    f"for {len(node.rest)} arguments"
                )
            for a, c in zip(node.rest, gradients):
                if type(a) is Node:
                    self.add(c, node, a)
        else:
            for a, vjp in zip((node.first, node.second, *node.rest), primitive.vjps):
                if type(a) is Node:
                    self.add(vjp(node, g, reached), node, a)

    def add_part(self, g: Any, node: Node, whole: Node) -> None:
        """Put the cotangent of one of several results in its place among the others."""
        if whole not in self.cotangents:
            self.cotangents[whole] = [None] * len(whole.shape)
            heappush(self.waiting, (-whole.number, whole))
        self.cotangents[whole][node.options["part"]] = g

    def add_into(self, g: Any, node: Node, a: Node) -> None:
        """Like ``add`` for indexing, but without a dense array of zeros for every index."""
        if a in self.owned and type(self.cotangents[a]) is ndarray and isinstance(g, _PLAIN):
            node.primitive.into(self.cotangents[a], node, g)
        else:
            fresh = a not in self.cotangents
            self.add(node.primitive.vjps[0](node, g), node, a)
            if fresh:
                self.owned.add(a)


def fit(c: Any, node: Node, a: Node) -> Any:
    """Bring a gradient to the shape and dtype of the argument that it belongs to."""
    if c.shape != a.shape:
        axes = stretched(a.shape, c.shape) if node.primitive.broadcasts else None
        if axes is None:
            raise ValueError(
                f"the rule of {node.primitive.name} returned a gradient of shape {c.shape} "
                f"for an argument of shape {a.shape}"
            )
        c = unbroadcast(c, a.shape, axes)
    if c.dtype != a.dtype:
        if c.dtype.kind == "c" and a.dtype.kind != "c":
            c = c.real
        c = c.astype(a.dtype)
    return c


@lru_cache(2**12)
def stretched(shape: tuple[int, ...], to: tuple[int, ...]) -> tuple[int, ...] | None:
    """The axes that ``shape`` gets or stretches when it broadcasts to ``to``; None if it cannot."""
    extra = len(to) - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, to[extra:])):
        return None
    return (*range(extra), *(i for i in range(extra, len(to)) if shape[i - extra] != to[i]))


def unbroadcast(g: Any, shape: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    """Sum ``g`` over the axes along which an argument of ``shape`` was stretched."""
    total = np.add.reduce(g, axes) if type(g) is ndarray else g.sum(axis=axes)
    if not hasattr(total, "reshape"):  # a bare Fraction once more
        total = np.asarray(total, g.dtype)
    return total if total.shape == shape else total.reshape(shape)


def widened(g: Any, shape: tuple[int, ...]) -> Any:
    """``np.broadcast_to(g, shape)``, at a fifth of its price where ``g`` is plain."""
    if type(g) in NUMBERS and g:
        return _repeated(g, shape)
    if not isinstance(g, _PLAIN) or not g.flags.c_contiguous or g.dtype.hasobject:
        return np.broadcast_to(g, shape)
    strides = _strides(g.shape, shape, g.itemsize)
    if strides is None:
        return np.broadcast_to(g, shape)  # which says what is wrong
    view = ndarray(shape, g.dtype, np.asarray(g), 0, strides)
    view.flags.writeable = False
    return view


@lru_cache(2**10)
def _strides(of: tuple[int, ...], to: tuple[int, ...], step: int) -> tuple[int, ...] | None:
    """Those of a contiguous array of shape ``of`` that is widened; None if it cannot be."""
    if stretched(of, to) is None:
        return None
    strides = [0] * len(to)
    for i in range(-1, -1 - len(of), -1):
        strides[i] = step if of[i] > 1 else 0
        step *= of[i] or 1
    return tuple(strides)


@lru_cache(2**8, typed=True)
def _repeated(g: Any, shape: tuple[int, ...]) -> Any:
    """A number in all places.  Nearly every gradient begins at a total: its number is 1, or 1 / n.

    Zero has two signs, but one place in the cache, so it is kept out.
    """
    number = np.array(g)
    number.flags.writeable = False
    return ndarray(shape, number.dtype, number, 0, (0,) * len(shape))


def flipped(x: Any, axis: int) -> Any:
    """``np.flip(x, axis)``, at a fifth of its price where ``x`` is plain."""
    if type(x) is not ndarray:
        return np.flip(x, axis)
    return x[(slice(None),) * (axis % x.ndim) + (_BACK,)]
