"""Trees: nested dicts, lists, tuples, named tuples and dataclasses of arrays.

A *leaf* is an array, a Tensor or a number.  Everything else that may stand in a model is carried
along unchanged: a string, None, a function such as an activation, a dataclass field marked
``metadata={"static": True}``.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, overload

import numpy as np

from autograd_lite.calls import FUNCTION, told
from autograd_lite.core.containers import DICT, LEAF, STATIC, container, structure

#: What type checkers know of leaves: a function that makes others of them keeps the tree's type.
Leaf = TypeVar("Leaf", bound=np.ndarray | np.generic | complex)
Tree = TypeVar("Tree")


def is_leaf(x: Any) -> bool:
    """Whether ``x`` is a number or array, so that it can be differentiated by or refused."""
    kind: Any = type(x)
    return structure(kind) is LEAF


def children(tree: Any) -> list[tuple[str, Any]]:
    """The parts of a container, each with the text that leads to it."""
    kind: Any = type(tree)
    how = structure(kind)
    return list(zip(how.steps(tree), how.parts(tree)))


def parts(tree: Any) -> Iterator[Any]:
    """Everything in a tree, itself included."""
    yield tree
    for _, part in children(tree):
        yield from parts(part)


def paths(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path, such as ``.layers[0].weight``.

    >>> [path for path, _ in paths({"w": 1.0, "b": [2.0, 3.0]})]
    ["['w']", "['b'][0]", "['b'][1]"]
    """
    if is_leaf(tree):
        yield prefix, tree
    for step, part in children(tree):
        yield from paths(part, prefix + step)


def statics(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What is carried along in a tree, with its path: strings, functions, static fields.

    >>> list(statics([1.0, "mean"]))
    [('[1]', 'mean')]
    """
    kind: Any = type(tree)
    how = structure(kind)
    if how is STATIC:
        yield prefix, tree
    yield from ((f"{prefix}.{name}", getattr(tree, name)) for name in how.static)
    for step, part in children(tree):
        yield from statics(part, prefix + step)


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, in order.

    >>> tree_leaves({"w": 1.0, "b": (2.0, None)})
    [1.0, 2.0]
    """
    leaves: list[Any] = []
    _collect(tree, leaves)
    return leaves


def _collect(tree: Any, leaves: list[Any]) -> None:
    kind = type(tree)
    how = LEAF if kind is np.ndarray else container(kind)
    if how is LEAF:
        leaves.append(tree)
    else:
        for part in how.parts(tree):
            _collect(part, leaves)


def leaves_beside(tree: Any, other: Any) -> list[Any]:
    """What ``other`` has where ``tree`` has its leaves, in the order of ``tree``.

    Raises ValueError, naming the path, if the containers are not the same.
    """
    leaves: list[Any] = []
    try:
        _collect_beside(tree, other, leaves)
    except ValueError:
        where, why = mismatch(tree, other)
        raise ValueError(f"trees of different structure{where}: {why}") from None
    return leaves


def mismatch(tree: Any, other: Any, path: str = "") -> tuple[str, str]:
    """Where two trees of different structure differ first, and how."""
    kind: Any = type(tree)
    if structure(kind) is STATIC or (is_leaf(tree) and is_leaf(other)):
        return "", ""
    at = f" at {path}" if path else ""
    if type(other) is not kind:
        return at, f"{told(tree)} and {told(other)}"
    mine, its = dict(children(tree)), dict(children(other))
    if isinstance(tree, dict) and tree.keys() != other.keys():
        return at, f"keys {[*tree]} and {[*other]}"
    if len(mine) != len(its):
        return at, f"{len(mine)} and {len(its)} parts"
    for step, part in mine.items():
        where, why = mismatch(part, its[step], path + step)
        if why:
            return where, why
    return "", ""


def _collect_beside(tree: Any, other: Any, leaves: list[Any]) -> None:
    kind = type(tree)
    how = LEAF if kind is np.ndarray else container(kind)
    if how is STATIC:
        return
    if how is LEAF and is_leaf(other):
        leaves.append(other)
        return
    if type(other) is not kind:
        raise ValueError
    parts, beside = how.parts(tree), how.parts(other)
    if how is DICT:
        if tree.keys() != other.keys():
            raise ValueError
        beside = map(other.__getitem__, tree)
    elif len(parts) != len(beside):  # type: ignore[arg-type]
        raise ValueError
    for part, another in zip(parts, beside):
        _collect_beside(part, another, leaves)


def rebuild(tree: Any, f: Callable[[Any], Any]) -> Any:
    """A tree of the same structure with ``f(leaf)`` in place of each leaf."""
    kind = type(tree)
    if kind is np.ndarray:
        return f(tree)
    how = container(kind)
    if how is LEAF:
        return f(tree)
    if how is STATIC:
        return tree
    parts = [f(x) if type(x) is np.ndarray else rebuild(x, f) for x in how.parts(tree)]
    return how.build(tree, parts)


def _of_argument(i: int, tree: Any, other: Any) -> list[Any]:
    try:
        return leaves_beside(tree, other)
    except ValueError as error:
        text = f"tree_map: argument {i} is not like argument 2, {error}"
        raise ValueError(f"{text}; give trees of the same structure") from None


@overload
def tree_map(f: Callable[..., Leaf], tree: Tree, *others: Any) -> Tree: ...
@overload
def tree_map(f: Callable[..., Any], tree: Any, *others: Any) -> Any: ...


def tree_map(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply ``f`` to the corresponding leaves of trees of one structure.

    >>> tree_map(lambda w, g: w - g, {"w": 3.0}, {"w": 1.0})
    {'w': 2.0}
    """
    if not callable(f):
        FUNCTION.check("tree_map", "f", f)
    if not others:
        return rebuild(tree, f)
    beside = zip(*[_of_argument(i, tree, other) for i, other in enumerate(others, 3)])
    return rebuild(tree, lambda leaf: f(leaf, *next(beside)))
