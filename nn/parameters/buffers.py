"""Arrays of a model that are measured, not trained: fields with the metadata ``measured``.

They are parts of a model as others are, so that they are saved, traced and handed over with it, and
their gradient is 0.  What moves or weighs parameters by more than their gradient passes them over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import numpy as np

import autograd_lite as al


def measured(tree: Any) -> list[bool]:
    """For each leaf, in the order of `al.tree_leaves`, whether it is measured.

    >>> import nn
    >>> measured([nn.BatchNorm(2), 1.0])
    [False, False, True, True, False]
    """
    marks: list[bool] = []
    _mark(tree, marks)
    return marks


def _mark(tree: Any, marks: list[bool]) -> None:
    kind: Any = type(tree)
    parts = _parts(kind)
    if parts is not None:
        for name, is_measured in parts:
            if is_measured:
                marks.extend([True] * len(al.tree_leaves(getattr(tree, name))))
            else:
                _mark(getattr(tree, name), marks)
    elif isinstance(tree, (dict, list, tuple)):
        for part in tree.values() if isinstance(tree, dict) else tree:
            _mark(part, marks)
    else:
        marks.extend([False] if kind is np.ndarray else [False] * len(al.tree_leaves(tree)))


@cache
def _parts(kind: Any) -> list[tuple[str, bool]] | None:
    """The fields of a dataclass that are parts of the tree, and whether they are measured."""
    if not is_dataclass(kind):
        return None
    dynamic = [f for f in fields(kind) if not f.metadata.get("static")]
    return [(f.name, bool(f.metadata.get("measured"))) for f in dynamic]


def trained_leaves(tree: Any) -> list[Any]:
    """The leaves that are trained.

    >>> import nn
    >>> [w.tolist() for w in trained_leaves(nn.BatchNorm(2))]
    [[1.0, 1.0], [0.0, 0.0]]
    """
    return [leaf for leaf, no in zip(al.tree_leaves(tree), measured(tree), strict=True) if not no]


def map_trained(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """`al.tree_map` for the leaves that are trained; of the others, those of ``tree`` stay.

    >>> import nn
    >>> layer = map_trained(lambda w: w - 1, nn.BatchNorm(1))
    >>> layer.weight.tolist(), layer.variance.tolist()
    ([0.0], [1.0])
    """
    left = iter(measured(tree))
    return al.tree_map(lambda p, *rest: p if next(left) else f(p, *rest), tree, *others)
