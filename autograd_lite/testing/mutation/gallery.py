"""A gallery of broken engines, with the mistakes that everybody's first engine has.

`Variable` is a whole engine of thirty lines: arrays with ``+``, ``*``, ``sum`` and ``backward``.
Each of the others differs from it by one method, which is wrong.  The tests have a property for
each that it violates.

>>> x = Variable([1.0, 2.0])
>>> (x * x).sum().backward()
>>> x.grad
array([2., 4.])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
VJP = Callable[[Array], Array]


class Variable:
    """An array that remembers its parents, each with the VJP of this array by it."""

    def __init__(self, data: Any, *parents: tuple[Any, VJP]) -> None:
        self.data = np.asarray(data, float)
        self.parents = parents
        self.grad: Array = np.zeros_like(self.data)

    def __add__(self, other: Variable) -> Variable:
        return type(self)(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other: Variable) -> Variable:
        a, b = self.data, other.data
        return type(self)(a * b, (self, lambda g: g * b), (other, lambda g: g * a))

    def sum(self) -> Variable:
        shape = self.data.shape
        return type(self)(self.data.sum(), (self, lambda g: np.broadcast_to(g, shape)))

    def backward(self) -> None:
        """Leave in ``grad`` of every value under this one the gradient of this one's sum."""
        for node in self.history():
            node.grad = np.zeros_like(node.data)
        self.grad = np.ones_like(self.data)
        self.propagate()

    def propagate(self) -> None:
        """Send gradients on, each node after all nodes that use it."""
        for node in reversed(self.history()):
            node.send()

    def history(self) -> list[Variable]:
        """This value and all under it, each after its parents."""
        order: dict[Variable, None] = {}

        def visit(node: Variable) -> None:
            if node not in order:
                for parent, _ in node.parents:
                    visit(parent)
                order[node] = None

        visit(self)
        return list(order)

    def send(self) -> None:
        for parent, vjp in self.parents:
            parent.receive(vjp(self.grad))

    def receive(self, g: Array) -> None:
        self.grad = self.grad + summed(g, self.data.shape)


def summed(g: Array, shape: tuple[int, ...]) -> Array:
    """``g``, summed over the axes along which an array of ``shape`` was stretched."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


class Recursive(Variable):
    """Sends on at once what has arrived by then, and all of it again at every other use."""

    def propagate(self) -> None:
        self.send()
        for parent, _ in self.parents:
            parent.propagate()


class Overwriting(Variable):
    """``=`` for ``+=``: of several uses of a value, the last one counts."""

    def receive(self, g: Array) -> None:
        self.grad = summed(g, self.data.shape)


class Unsummed(Variable):
    """Forgets that an operand was stretched to the shape of the result."""

    def receive(self, g: Array) -> None:
        self.grad = self.grad + g


class HalfSummed(Variable):
    """Sums over the axes that were put in front, and forgets those of length one."""

    def receive(self, g: Array) -> None:
        self.grad = self.grad + g.sum(axis=tuple(range(g.ndim - self.data.ndim)))


class Stale(Variable):
    """Does not reset: a second ``backward`` adds to the gradients of the first."""

    def backward(self) -> None:
        self.grad = np.ones_like(self.data)
        self.propagate()


class Shared(Variable):
    """Keeps the first gradient that arrives, and adds to it in place: it may be another's too."""

    def receive(self, g: Array) -> None:
        g = g if g.shape == self.data.shape else summed(g, self.data.shape)
        if self.grad.any():
            self.grad += g
        else:
            self.grad = g


#: The broken ones, by what is wrong with them.
GALLERY: dict[str, type[Variable]] = {
    "recursion without order": Recursive,
    "= for +=": Overwriting,
    "no un-broadcast": Unsummed,
    "un-broadcast without axes of length one": HalfSummed,
    "stale gradients": Stale,
    "a shared gradient": Shared,
}
