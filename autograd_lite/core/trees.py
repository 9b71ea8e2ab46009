"""Nested containers of arrays: dicts, lists, tuples, named tuples and dataclasses.

A *leaf* is an array, a Tensor or a number.  Everything else that may stand in a model (a string,
None, a function such as an activation, a dataclass field marked ``metadata={"static": True}``) is
carried along unchanged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from copy import copy
from enum import Enum
from functools import cache, partial
from numbers import Number
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

#: What may stand in a tree without being a part of it.
STATIC = (
    *(str, bytes, type(None), type(...), type, slice, Enum, np.dtype, np.ufunc, partial),
    *(FunctionType, BuiltinFunctionType, MethodType),
)
_set = object.__setattr__  # also on frozen dataclasses


@cache
def structure(kind: Any) -> Any:
    """How values of a type are taken apart; for a dataclass the names of its parts and statics."""
    if dataclasses.is_dataclass(kind):
        names: tuple[list[str], list[str]] = ([], [])
        for f in dataclasses.fields(kind):
            names[bool(f.metadata.get("static"))].append(f.name)
        return names
    if kind in (list, tuple):
        return kind.__name__
    if issubclass(kind, dict):
        return "dict"
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return "named tuple"
    if issubclass(kind, (str, bytes)):  # those of NumPy have a dtype
        return "static"
    array = hasattr(kind, "dtype") or hasattr(kind, "__array_function__")
    if array or issubclass(kind, Number):
        return "leaf"
    return "static" if issubclass(kind, STATIC) else "unknown"


def no_container(kind: type) -> TypeError:
    return TypeError(
        f"{kind.__name__} is no container that can be differentiated by: use a dict, list, tuple, "
        f"named tuple or dataclass (with metadata={{'static': True}} for fields that are constants)"
    )


def is_leaf(x: Any) -> bool:
    """Whether ``x`` is a number or array, so that it can be differentiated by or refused."""
    kind: Any = type(x)
    return bool(structure(kind) == "leaf")


def children(tree: Any) -> list[tuple[str, Any]]:
    """The parts of a container, each with the text that leads to it."""
    kind: Any = type(tree)
    how = structure(kind)
    if how == "list" or how == "tuple":
        return [(f"[{i}]", part) for i, part in enumerate(tree)]
    if how == "dict":
        return [(f"[{key!r}]", part) for key, part in tree.items()]
    if how == "named tuple":
        return [(f".{name}", getattr(tree, name)) for name in tree._fields]
    return [(f".{name}", getattr(tree, name)) for name in how[0]] if type(how) is tuple else []


def paths(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path, such as ``.layers[0].weight``.

    >>> [path for path, _ in paths({"w": 1.0, "b": [2.0, 3.0]})]
    ["['w']", "['b'][0]", "['b'][1]"]
    """
    if is_leaf(tree):
        yield prefix, tree
    for step, part in children(tree):
        yield from paths(part, prefix + step)


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, in order.

    >>> tree_leaves({"w": 1.0, "b": (2.0, None)})
    [1.0, 2.0]
    """
    leaves: list[Any] = []
    _collect(tree, leaves)
    return leaves


def _collect(tree: Any, leaves: list[Any]) -> None:
    kind: Any = type(tree)
    how = "leaf" if kind is np.ndarray else structure(kind)
    if how == "leaf":
        leaves.append(tree)
    elif how == "list" or how == "tuple" or how == "named tuple":
        for part in tree:
            _collect(part, leaves)
    elif how == "dict":
        for part in tree.values():
            _collect(part, leaves)
    elif how == "unknown":
        raise no_container(kind)
    elif how != "static":
        for name in how[0]:
            _collect(getattr(tree, name), leaves)


def statics(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What is carried along in a tree, with its path: strings, functions, static fields.

    >>> list(statics([1.0, "mean"]))
    [('[1]', 'mean')]
    """
    kind: Any = type(tree)
    how = structure(kind)
    if how == "static":
        yield prefix, tree
    elif type(how) is tuple:
        yield from ((f"{prefix}.{name}", getattr(tree, name)) for name in how[1])
    for step, part in children(tree):
        yield from statics(part, prefix + step)


def leaves_beside(tree: Any, other: Any) -> list[Any]:
    """What ``other`` has where ``tree`` has its leaves, in the order of ``tree``.

    Raises ValueError if the containers are not the same.
    """
    leaves: list[Any] = []
    _collect_beside(tree, other, leaves)
    return leaves


def _collect_beside(tree: Any, other: Any, leaves: list[Any]) -> None:
    kind: Any = type(tree)
    how = "leaf" if kind is np.ndarray else structure(kind)
    if how == "static":
        return
    if how == "unknown":
        raise no_container(kind)
    if how == "leaf" and is_leaf(other):
        leaves.append(other)
    elif type(other) is not kind:
        raise ValueError(
            f"trees of different structure: {kind.__name__} and {type(other).__name__}"
        )
    elif how == "dict":
        if tree.keys() != other.keys():
            raise ValueError(f"trees of different structure: keys {[*tree]} and {[*other]}")
        for key in tree:
            _collect_beside(tree[key], other[key], leaves)
    elif type(how) is tuple:
        for name in how[0]:
            _collect_beside(getattr(tree, name), getattr(other, name), leaves)
    else:
        if len(tree) != len(other):
            raise ValueError(f"trees of different structure: {len(tree)} and {len(other)} parts")
        for part, beside in zip(tree, other):
            _collect_beside(part, beside, leaves)


def rebuild(tree: Any, f: Callable[[Any], Any]) -> Any:
    """A tree of the same structure with ``f(leaf)`` in place of each leaf."""
    kind: Any = type(tree)
    if kind is np.ndarray:
        return f(tree)
    how = structure(kind)
    if how == "leaf":
        return f(tree)
    if type(how) is tuple:
        # Not the constructor: it may do more than store, and may not take these arguments.
        new = object.__new__(kind)
        for name in how[0]:
            part = getattr(tree, name)
            _set(new, name, f(part) if type(part) is np.ndarray else rebuild(part, f))
        for name in how[1]:
            _set(new, name, getattr(tree, name))
        return new
    if how == "static":
        return tree
    if how == "list":  # most often of arrays, so these are spared a call
        return [f(part) if type(part) is np.ndarray else rebuild(part, f) for part in tree]
    if how == "tuple":
        return tuple([rebuild(part, f) for part in tree])
    if how == "dict":
        parts = {key: rebuild(part, f) for key, part in tree.items()}
        if kind is dict:
            return parts
        new = copy(tree)
        new.update(parts)
        return new
    if how == "unknown":
        raise no_container(kind)
    return tree._make([rebuild(part, f) for part in tree])  # a named tuple


def tree_map(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply ``f`` to the corresponding leaves of trees of one structure.

    >>> tree_map(lambda w, g: w - g, {"w": 3.0}, {"w": 1.0})
    {'w': 2.0}
    """
    if not others:
        return rebuild(tree, f)
    beside = zip(*[leaves_beside(tree, other) for other in others])
    return rebuild(tree, lambda leaf: f(leaf, *next(beside)))
