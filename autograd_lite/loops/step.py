"""What a loop is on the tape: one step, and values that only its own pullback comes to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from autograd_lite.core.primitive import Primitive
from autograd_lite.core.tape import Node


class Operands:
    """What a loop computes with: what its turns read from outside, and what it was given."""

    __slots__ = ("sections",)

    def __init__(self, sections: Any) -> None:
        self.sections = sections

    def __iter__(self) -> Iterator[Node | None]:
        return chain(self.sections.reads(), self.sections.first, self.sections.over)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def turns(*operands: Any, sections: Any) -> Any:
    """Stands for the loop itself, which has run before it is recorded."""
    raise NotImplementedError


def refuse(g: Any) -> Any:
    """Stands for the rule of what a turn read: only the loop's own pullback comes here."""
    raise TypeError(
        "a Tensor that was made inside of a scan's step is used outside of it, where its gradient "
        "would be lost; return it from step, as a part of the carry or as y"
    )


SCAN = Primitive(turns, {"operands": lambda g, sections: sections.pull(g)}, "scan")
BEHIND = Primitive(turns, {"operands": refuse}, "a value inside of a scan")
