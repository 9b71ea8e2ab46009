"""What is shown of a layer, an optimiser or data: its fields, and how large they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.display import brief, heading, notebook, table

LONGEST = 200  # characters of a field
Line = Sequence[str]
HEAD = ("", "shape", "dtype", "value")


class Shown:
    """A dataclass that notebooks show as a table of its fields, and `print` if it has arrays."""

    def _told(self) -> dict[str, Any]:
        made: Any = self
        return {field.name: getattr(self, field.name) for field in fields(made) if field.repr}

    @notebook
    def _repr_html_(self) -> str:
        return heading(type(self).__name__, numbers_in(self)) + fields_table(self._told())

    def __str__(self) -> str:
        return self._table() if numbers_in(self) else repr(self)

    def _table(self) -> str:
        head = ", ".join(filter(None, (type(self).__name__, numbers_in(self))))
        return f"{head}\n{fields_text(self._told())}"


def fields_lines(told: dict[str, Any]) -> list[Line]:
    """A head, and a line for each: an array by its shape, dtype and range, all else by its text."""
    lines = [(name, *described(x)) for name, x in told.items()]
    kept = [i for i in range(len(HEAD)) if any(line[i] for line in lines)]
    return [[line[i] for i in kept] for line in (HEAD, *lines)]


def fields_text(told: dict[str, Any]) -> str:
    """The same as a table of the screen."""
    lines = fields_lines(told)
    return as_text(lines, left=range(len(lines[0])))


def fields_table(told: dict[str, Any]) -> str:
    """The same as a table of a notebook."""
    head, *rest = fields_lines(told)
    return table(head, rest, range(len(head))) if rest else ""


def described(x: Any) -> tuple[str, str, str]:
    """Shape, dtype and value of a field.

    >>> described(np.zeros((2, 5))), described(0.5)
    (('2×5', 'float64', 'from 0 to 0, mean 0'), ('', '', '0.5'))
    """
    if isinstance(x, np.ndarray):
        return "×".join(map(str, x.shape)) or "scalar", str(x.dtype), brief(x)
    if named := getattr(x, "__name__", ""):
        return "", "", str(named)
    if brief_text := getattr(x, "_in_brief", ""):
        return "", "", f"{type(x).__name__}, {brief_text}"
    if inside := numbers_in(x):
        return "", "", f"{type(x).__name__}, {inside}"
    told = repr(x)
    return "", "", told if len(told) <= LONGEST else f"{told[:LONGEST]}…"


def numbers_in(x: Any) -> str:
    """How many numbers the arrays in a tree hold; nothing where there are none."""
    sizes = [leaf.size for leaf in al.tree_leaves(x) if isinstance(leaf, np.ndarray)]
    return f"{sum(sizes):,} numbers" if sizes else ""


def as_text(lines: Sequence[Line], left: Collection[int] = (), foot: str = "") -> str:
    """Columns of equal width, to the right but for those in ``left``; the first line is the head.

    >>> print(as_text([("step", "loss"), ("1", "0.25"), ("10", "0.5")], foot="2 reports"))
    step  loss
       1  0.25
      10   0.5
    2 reports
    """
    widths = [max(map(len, column)) for column in zip(*lines)]
    shown = [
        "  ".join(
            cell.ljust(n) if i in left else cell.rjust(n)
            for i, (cell, n) in enumerate(zip(line, widths))
        )
        for line in lines
    ]
    return "\n".join(map(str.rstrip, [*shown, foot] if foot else shown))
