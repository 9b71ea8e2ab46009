"""The tape: records of what ran, their order, and the one loop that runs it backward."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

_next_number = count().__next__
_by_number = attrgetter("number")
_PLAIN = (np.ndarray, np.generic)


class SeveralResults(Exception):
    """A step returned a tuple: then each result gets a node, under one for the step itself."""


class Node:
    """What one step did: a record, never a closure.

    An operand is a Node where it is tracked; elsewhere it is the constant itself, or ``None`` if
    no rule will ask for it.  The first two operands have slots of their own because nearly every
    step has no more than two, and a tuple is one more object for the garbage collector to visit.
    ``value`` exists only if some rule will read it, ``name`` if somebody gave one, ``note`` only
    while debugging or tracing.  A leaf has no primitive.
    """

    __slots__ = (
        "primitive",
        "first",
        "second",
        "rest",
        "options",
        "shape",
        "dtype",
        "number",
        "value",
        "grad",
        "name",
        "note",
    )

    value: Any
    grad: Any
    name: str
    note: Any

    def __init__(
        self,
        primitive: Any,
        first: Any,
        second: Any,
        rest: tuple[Any, ...],
        options: dict[str, Any],
        result: Any,
    ) -> None:
        self.primitive = primitive
        self.first = first
        self.second = second
        self.rest = rest
        self.options = options
        self.number: int = _next_number()
        try:
            self.shape: tuple[Any, ...] = result.shape
            self.dtype: Any = result.dtype
        except AttributeError:  # a bare Fraction, which is what NumPy makes of 0-d object arrays
            if isinstance(result, (tuple, list)):
                raise SeveralResults from None
            among_objects = primitive is not None and isinstance(result, int)
            self.shape = ()
            self.dtype = np.asarray(result, object if among_objects else None).dtype

    def describe_several(self, results: Any) -> None:
        """Have the shape and dtype of each of several results, in a row."""
        self.shape = tuple((np.shape(r), np.result_type(r)) for r in results)
        self.dtype = None

    @property
    def operands(self) -> tuple[Any, ...]:
        """All operands in the order of the function's signature."""
        return (self.first, self.second, *self.rest)


def tape(outputs: Iterable[Node]) -> list[Node]:
    """The steps that ``outputs`` depend on, in the order in which they ran; no leaves."""
    nodes = [node for node in outputs if node.primitive]
    seen = set(nodes)
    for node in nodes:  # the list grows while it is read: a walk without recursion
        a = node.first
        if type(a) is Node and a.primitive and a not in seen:
            seen.add(a)
            nodes.append(a)
        a = node.second
        if type(a) is Node and a.primitive and a not in seen:
            seen.add(a)
            nodes.append(a)
        for a in node.rest:
            if type(a) is Node and a.primitive and a not in seen:
                seen.add(a)
                nodes.append(a)
    nodes.sort(key=_by_number)
    return nodes


def backward(cotangents: dict[Node, Any]) -> dict[Node, Any]:
    """From the cotangents of some outputs to the cotangents of the leaves under them.

    A node is let go as soon as it has been used, so that what it kept is freed on the way unless
    somebody else holds the tape.  The argument is used up.
    """
    nodes = tape(cotangents)
    owned: set[Node] = set()  # whose cotangent was summed here, so that nobody else can see it
    while nodes:
        node = nodes.pop()
        g = cotangents.pop(node, None)
        if g is None:  # what comes after this node is constant in it
            continue
        primitive = node.primitive
        if primitive.unusual:
            pull_back(node, g, cotangents, owned)
            continue
        pulls = primitive.pulls
        a = node.first
        if type(a) is Node:
            _add(pulls[0](node, g), node, a, cotangents, owned)
        a = node.second
        if type(a) is Node:
            _add(pulls[1](node, g), node, a, cotangents, owned)
    return cotangents


def pull_back(node: Node, g: Any, cotangents: dict[Node, Any], owned: set[Node]) -> None:
    """One step of `backward` for any node: several results or operands, or a gradient in place."""
    primitive = node.primitive
    if primitive.part:
        parts = cotangents.setdefault(node.first, [None] * len(node.first.shape))
        parts[node.options["part"]] = g
        return
    if node.dtype is None:  # zeros for the results that nothing depends on
        g = [np.zeros(s, d) if c is None else c for c, (s, d) in zip(g, node.shape)]
    if primitive.into is not None:
        _add_into(g, node, node.first, cotangents, owned)
        return
    if primitive.variadic:
        gradients = list(primitive.pulls[0](node, g))
        if len(gradients) != len(node.rest):
            raise ValueError(
                f"the rule of {primitive.name} returned {len(gradients)} gradients "
                f"for {len(node.rest)} arguments"
            )
        for a, c in zip(node.rest, gradients):
            if type(a) is Node:
                _add(c, node, a, cotangents, owned)
        return
    for a, pull in zip((node.first, node.second, *node.rest), primitive.pulls):
        if type(a) is Node:
            _add(pull(node, g), node, a, cotangents, owned)


def _add(c: Any, node: Node, a: Node, cotangents: dict[Node, Any], owned: set[Node]) -> None:
    """Add ``c``, which the rule of ``node`` returned, to the cotangent of its operand ``a``."""
    try:
        if c.dtype is not a.dtype or c.shape != a.shape:
            c = _fit(c, node, a)
    except AttributeError:  # a bare Fraction again
        if c is None:
            raise ValueError(f"the rule of {node.primitive.name} returned None") from None
        c = _fit(np.asarray(c, a.dtype), node, a)
    if a not in cotangents:
        cotangents[a] = c
    elif a in owned and isinstance(c, _PLAIN):
        cotangents[a] += c
    else:
        cotangents[a] = cotangents[a] + c
        owned.add(a)


def _add_into(g: Any, node: Node, a: Node, cotangents: dict[Node, Any], owned: set[Node]) -> None:
    """Like ``_add`` for indexing, but without a dense array of zeros for every index."""
    if a in owned and type(cotangents[a]) is np.ndarray and isinstance(g, _PLAIN):
        node.primitive.into(cotangents[a], node, g)
    else:
        fresh = a not in cotangents
        _add(node.primitive.pulls[0](node, g), node, a, cotangents, owned)
        if fresh:
            owned.add(a)


def _fit(c: Any, node: Node, a: Node) -> Any:
    """Bring a gradient to the shape and dtype of the argument that it belongs to."""
    if c.shape != a.shape:
        if not (node.primitive.broadcasts and _stretches(a.shape, c.shape)):
            raise ValueError(
                f"the rule of {node.primitive.name} returned a gradient of shape {c.shape} "
                f"for an argument of shape {a.shape}"
            )
        c = unbroadcast(c, a.shape)
    if c.dtype != a.dtype:
        if c.dtype.kind == "c" and a.dtype.kind != "c":
            c = c.real
        c = c.astype(a.dtype)
    return c


def _stretches(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether an array of ``shape`` broadcasts to the shape ``to``."""
    tail = to[len(to) - len(shape) :]
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(shape, tail))


def own(c: Any, taken: set[int]) -> Any:
    """``c``, or a copy of it if it cannot be written to or shares memory that is ``taken``."""
    if type(c) is np.ndarray:
        base = c.base
        owner = id(c if base is None else base)
        if owner in taken or not (base is None or c.flags.writeable):
            return c.copy()
        taken.add(owner)
    return c


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``g`` over the axes along which an argument of ``shape`` was stretched."""
    extra = len(g.shape) - len(shape)
    stretched = [i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1]
    total = g.sum(axis=(*range(extra), *stretched))
    if not hasattr(total, "reshape"):  # a bare Fraction once more
        total = np.asarray(total, g.dtype)
    return total.reshape(shape)
