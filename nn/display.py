"""What a notebook shows of a layer, an optimiser or data: its fields, and how large they are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.display import brief, heading, notebook, table

LONGEST = 200  # characters of a field
HEAD = ("", "shape", "dtype", "value")


class Shown:
    """A dataclass that notebooks show as a table of its fields."""

    @notebook
    def _repr_html_(self) -> str:
        made: Any = self
        told = {field.name: getattr(self, field.name) for field in fields(made) if field.repr}
        return heading(type(self).__name__, numbers_in(self)) + fields_table(told)


def fields_table(told: dict[str, Any]) -> str:
    """A line for each of these: an array by its shape, dtype and range, all else by its text."""
    lines = [(name, *described(x)) for name, x in told.items()]
    kept = [i for i in range(len(HEAD)) if any(line[i] for line in lines)]
    head, *rest = [[line[i] for i in kept] for line in (HEAD, *lines)]
    return table(head, rest, range(len(kept))) if lines else ""


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
