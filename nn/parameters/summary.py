"""A model as a table: its layers, the shapes of what they return, and their parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.calls import ARRAY, checked, maybe
from autograd_lite.display import heading, notebook, table
from nn.calls import SAVED
from nn.display import as_text
from nn.parameters.buffers import are_buffers
from nn.parameters.paths import named_leaves, parts
from nn.parameters.trainable import firsts

Row = tuple[str, str, str, str]
HEAD: Row = ("", "layer", "output", "parameters")
OUTPUT = 2  # the column of shapes


@dataclass(frozen=True)
class Summary:
    """The table that `summary` makes: printed as text, and in notebooks as a table.

    ``rows`` hold the place of a layer, its name, the shape that it returned, and the number of its
    parameters.  ``parameters`` counts those of the model, ``measured`` its statistics.
    """

    rows: tuple[tuple[str, str, tuple[int, ...] | None, int], ...]
    parameters: int
    measured: int

    @property
    def total(self) -> str:
        """The last line."""
        measured = f", and {self.measured:,} measured numbers" if self.measured else ""
        return f"{self.parameters:,} parameters in all{measured}"

    def _kept(self) -> list[list[str]]:
        """The head and the lines, with a column of shapes where any is known."""
        lines = [HEAD] + [
            (place, name, "" if shape is None else str(shape), f"{count:,}")
            for place, name, shape, count in self.rows
        ]
        known = any(shape is not None for _, _, shape, _ in self.rows)
        kept = [i for i in range(len(HEAD)) if known or i != OUTPUT]
        return [[line[i] for i in kept] for line in lines]

    def __str__(self) -> str:
        lines = self._kept()
        return as_text(lines, left=range(1, len(lines[0]) - 1), foot=self.total)

    __repr__ = __str__

    @notebook
    def _repr_html_(self) -> str:
        return self._html("Summary")

    def _html(self, name: str) -> str:
        head, *lines = self._kept()
        left = range(1, len(head) - 1)
        return heading(name, self.total) + table(head, lines, left)


@checked(model=SAVED, x=maybe(ARRAY))
def summary(model: Any, x: Any = None) -> Summary:
    """A table of the layers of a model, their parameters and, for an ``x``, their output shapes.

    The rows are the layers of an `nn.Sequential`, or the parts of another tree.  An array that
    stands in several places is counted at the first.  With ``x`` the layers of a `Sequential` are
    called one after the other, as in evaluation; ``x`` has the shape that the model takes, samples
    first.  A model of another kind gives no shapes.

    >>> import numpy as np, nn
    >>> net = nn.MLP([2, 3, 1], rng=np.random.default_rng(0))
    >>> nn.summary(net, np.ones((5, 2)))
       layer   output  parameters
    0  Linear  (5, 3)           9
    1  relu    (5, 3)           0
    2  Linear  (5, 1)           4
    13 parameters in all
    """
    layers = getattr(model, "layers", None)
    listed = isinstance(layers, (list, tuple))
    places = parts(layers if listed else model) or {"": model}
    counts = _counts(model, "layers." if listed else "", places)
    shapes: dict[Any, Any] = dict.fromkeys(places)
    if x is not None and listed:
        for place, layer in places.items():
            x = layer(x)
            shapes[place] = np.shape(x)
    rows = [(str(p), name_of(part), shapes[p], counts[p]) for p, part in places.items()]
    leaves, once = named_leaves(model), firsts(model)
    sizes = [np.size(leaf) if once[name] == name else 0 for name, leaf in leaves.items()]
    measured = sum(size for size, mark in zip(sizes, are_buffers(model)) if mark)
    return Summary(tuple(rows), sum(sizes) - measured, measured)


def _counts(model: Any, prefix: str, places: Any) -> dict[Any, int]:
    """The number of trained numbers at each place, each array counted once."""
    counts = dict.fromkeys(places, 0)
    leaves, once, measured = named_leaves(model), firsts(model), are_buffers(model)
    by_name = {str(place): place for place in places}
    for (name, leaf), mark in zip(leaves.items(), measured):
        place = by_name.get(name.removeprefix(prefix).partition(".")[0])
        if once[name] == name and not mark and place is not None:
            counts[place] += np.size(leaf)
    return counts


def name_of(layer: Any) -> str:
    """What a reader calls a layer: a function by its name, all else by its class.

    >>> import nn
    >>> name_of(nn.relu), name_of(nn.MaxPool(2))
    ('relu', 'MaxPool')
    """
    if isinstance(layer, partial):
        return name_of(layer.func)
    return str(getattr(layer, "__name__", type(layer).__name__))
