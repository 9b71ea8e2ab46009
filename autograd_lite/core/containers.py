"""Containers: how values of a type are taken apart, and put together again."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from numbers import Number
from operator import attrgetter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.admission import is_array

#: What may stand in a tree without being a part of it.
STATIC_TYPES = (
    *(str, bytes, type(None), type(...), type, slice, Enum, np.dtype, np.ufunc, partial),
    *(FunctionType, BuiltinFunctionType, MethodType),
)
_set = object.__setattr__  # also on frozen dataclasses


class Structure(NamedTuple):
    """How values of a type are taken apart, and put together again from other parts.

    ``steps`` are the texts that lead to the parts; ``static`` names the fields that are constants.
    """

    parts: Callable[[Any], Iterable[Any]] = lambda tree: ()
    build: Callable[[Any, list[Any]], Any] = lambda tree, parts: tree
    steps: Callable[[Any], list[str]] = lambda tree: []
    static: tuple[str, ...] = ()


LEAF, STATIC, UNKNOWN = Structure(), Structure(), Structure()


def _numbered(tree: Any) -> list[str]:
    return [f"[{i}]" for i in range(len(tree))]


def _in_dict(tree: Any, parts: list[Any]) -> Any:
    if type(tree) is dict:
        return dict(zip(tree, parts))
    new = copy(tree)
    new.update(zip(tree, parts))
    return new


LIST = Structure(lambda tree: tree, lambda tree, parts: parts, _numbered)
TUPLE = Structure(lambda tree: tree, lambda tree, parts: tuple(parts), _numbered)
NAMED_TUPLE = Structure(
    lambda tree: tree,
    lambda tree, parts: tree._make(parts),
    lambda tree: [f".{name}" for name in tree._fields],
)
DICT = Structure(lambda tree: tree.values(), _in_dict, lambda tree: [f"[{key!r}]" for key in tree])


def _of_dataclass(kind: Any) -> Structure:
    names = tuple(f.name for f in fields(kind) if not f.metadata.get("static"))
    static = tuple(f.name for f in fields(kind) if f.metadata.get("static"))
    get: Any = attrgetter(*names) if len(names) > 1 else None

    def build(tree: Any, parts: list[Any]) -> Any:
        # Not the constructor: it may do more than store, and may not take these arguments.
        new = object.__new__(kind)
        for name, part in zip(names, parts):
            _set(new, name, part)
        for name in static:
            _set(new, name, getattr(tree, name))
        return new

    return Structure(
        get or (lambda tree: [getattr(tree, name) for name in names]),
        build,
        lambda tree: [f".{name}" for name in names],
        static,
    )


@cache
def structure(kind: Any) -> Structure:
    """How values of a type are taken apart: LEAF, STATIC, UNKNOWN, or as a container is."""
    if is_dataclass(kind):
        return _of_dataclass(kind)
    if kind in (list, tuple):
        return LIST if kind is list else TUPLE
    if issubclass(kind, dict) and not hasattr(kind, "shape"):  # as SciPy's dok_array has
        return DICT
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return NAMED_TUPLE
    if issubclass(kind, (str, bytes)):  # those of NumPy have a dtype
        return STATIC
    if hasattr(kind, "dtype") or is_array(kind) or issubclass(kind, Number):
        return LEAF
    return STATIC if issubclass(kind, STATIC_TYPES) else UNKNOWN


def container(kind: Any) -> Structure:
    """The structure of a type; TypeError if it is no container that can stand in a tree."""
    found = structure(kind)
    if found is UNKNOWN:
        raise TypeError(
            f"{kind.__name__} is no container that can be differentiated by: use a dict, list, "
            f"tuple, named tuple or dataclass (with metadata={{'static': True}} for fields that "
            f"are constants)"
        )
    return found
