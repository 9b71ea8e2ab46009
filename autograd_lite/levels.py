"""A level of differentiation: the arguments that vary, and the gradients that come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from autograd_lite import errors
from autograd_lite.record import leaf, strip
from autograd_lite.tape import Node
from autograd_lite.tensor import Tensor
from autograd_lite.trees import paths, rebuild

_next_level = count(1).__next__


class Level:
    """A fresh level: ``wrapped`` are the arguments with a Tensor for every leaf that varies.

    A level that starts inside another has the higher number, so that a primitive, which unwraps
    the highest level it meets, never confuses the perturbations of the two.
    """

    __slots__ = ("args", "leaves", "number", "wrapped")

    def __init__(self, args: tuple[Any, ...], argnums: Sequence[int]) -> None:
        self.number = _next_level()
        self.args = args
        self.wrapped = list(args)
        self.leaves: list[tuple[int, list[Node]]] = []
        for i in positions(args, argnums):
            nodes: list[Node] = []

            def wrap(x: Any, nodes: list[Node] = nodes) -> Tensor:
                t = leaf(Tensor, x, self.number)
                if t.node.dtype.kind not in errors.DIFFERENTIABLE:
                    place = next(path for path, value in paths(args) if value is x)
                    raise errors.not_float(f"argument {place}", t.node.dtype)
                nodes.append(t.node)
                return t

            self.wrapped[i] = rebuild(args[i], wrap)
            self.leaves.append((i, nodes))

    def holds(self, x: Any) -> bool:
        return isinstance(x, Tensor) and x.level == self.number

    def gradients(self, cotangents: dict[Node, Any], seeds: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Cotangents in the structure of the arguments, each an array of the caller's own."""
        taken = {_owner(seed) for seed in seeds if type(seed) is np.ndarray}

        def own(nodes: Iterator[Node], x: Any) -> Any:
            node = next(nodes)
            c = cotangents[node] if node in cotangents else np.zeros_like(x)
            if type(c) is np.ndarray:
                if _owner(c) in taken or not (c.base is None or c.flags.writeable):
                    c = c.copy()
                taken.add(_owner(c))
            return c

        return tuple([rebuild(self.args[i], partial(own, iter(nodes))) for i, nodes in self.leaves])


def positions(args: tuple[Any, ...], argnums: Sequence[int]) -> list[int]:
    """``argnums`` counted from the front."""
    for i in argnums:
        if not -len(args) <= i < len(args):
            raise TypeError(f"argnums has {i}, and the call has {len(args)} positional arguments")
    return [i % len(args) for i in argnums]


def one(dtype: Any, value: Any) -> Any:
    """The seed of a gradient: 1 in the dtype of the result, and a Fraction among Fractions."""
    if dtype.kind != "O":
        return dtype.type(1)
    kind = type(np.asarray(strip(value)).item())
    return Fraction(1) if kind is int else kind(1)


def seed(c: Any, node: Node) -> Any:
    """A cotangent that a user gave, in the dtype of the result that it belongs to."""
    if not hasattr(c, "dtype"):
        c = np.asarray(c, node.dtype)
    if c.shape != node.shape:
        raise ValueError(f"a cotangent of shape {c.shape} for a result of shape {node.shape}")
    return c if c.dtype == node.dtype else c.astype(node.dtype)


def _owner(c: Any) -> int:
    """Identifies the memory that an array is a view of."""
    return id(c if c.base is None else c.base)
