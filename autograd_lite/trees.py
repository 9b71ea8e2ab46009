"""Nested containers of arrays: dicts, lists, tuples, named tuples and dataclasses.

A *leaf* is an array, a Tensor or a number.  Everything else that may stand in a model (a string,
None, a function such as an activation, a dataclass field marked ``metadata={"static": True}``) is
carried along unchanged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import repeat
from numbers import Number
from typing import Any

import numpy as np


def children(tree: Any) -> list[tuple[str, Any]] | None:
    """The parts of a container with the text that leads to each, or None for a leaf."""
    kind = type(tree)
    if kind is np.ndarray:
        return None
    if kind is list or kind is tuple:
        return [(f"[{i}]", part) for i, part in enumerate(tree)]
    if kind is dict:
        return [(f"[{key!r}]", part) for key, part in tree.items()]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [(f".{name}", getattr(tree, name)) for name in tree._fields]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = [f for f in dataclasses.fields(tree) if not f.metadata.get("static")]
        return [(f".{f.name}", getattr(tree, f.name)) for f in fields]
    return None


def is_leaf(x: Any) -> bool:
    """Whether ``x`` is a number or array, so that it can be differentiated by or refused."""
    return hasattr(x, "dtype") or isinstance(x, Number)


def paths(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path, such as ``.layers[0].weight``.

    >>> [path for path, _ in paths({"w": 1.0, "b": [2.0, 3.0]})]
    ["['w']", "['b'][0]", "['b'][1]"]
    """
    parts = children(tree)
    if parts is not None:
        for step, part in parts:
            yield from paths(part, prefix + step)
    elif is_leaf(tree):
        yield prefix, tree


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, in order.

    >>> tree_leaves({"w": 1.0, "b": (2.0, None)})
    [1.0, 2.0]
    """
    leaves: list[Any] = []
    rebuild(tree, leaves.append)
    return leaves


def rebuild(tree: Any, f: Callable[[Any], Any]) -> Any:
    """A tree of the same structure with ``f(leaf)`` in place of each leaf."""
    kind = type(tree)
    if kind is np.ndarray:
        return f(tree)
    if kind is list:
        return [rebuild(part, f) for part in tree]
    if kind is tuple:
        return tuple([rebuild(part, f) for part in tree])
    if kind is dict:
        return {key: rebuild(part, f) for key, part in tree.items()}
    parts = children(tree)
    if parts is None:
        return f(tree) if is_leaf(tree) else tree
    if isinstance(tree, tuple):
        return tree._make([rebuild(part, f) for _, part in parts])  # type: ignore[attr-defined]
    return dataclasses.replace(tree, **{step[1:]: rebuild(part, f) for step, part in parts})


def tree_map(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply ``f`` to the corresponding leaves of trees of one structure.

    >>> tree_map(lambda w, g: w - g, {"w": 3.0}, {"w": 1.0})
    {'w': 2.0}
    """
    flat = [tree_leaves(t) for t in others]
    n = len(tree_leaves(tree))
    if any(len(leaves) != n for leaves in flat):
        counts = " and ".join(str(len(leaves)) for leaves in flat)
        raise ValueError(f"tree_map: trees of different structure, with {n} and {counts} leaves")
    rest = zip(*flat) if flat else repeat(())
    return rebuild(tree, lambda leaf: f(leaf, *next(rest)))
