"""A model as a tree: what its containers hold, how they are rebuilt, the paths of its leaves."""

from __future__ import annotations

from copy import copy
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import autograd_lite as al
from autograd_lite.calls import checked
from nn.calls import SAVED


@cache
def field_names(kind: Any, *marks: str) -> tuple[str, ...] | None:
    """The fields of a dataclass without these marks in their metadata; None for other types."""
    if not is_dataclass(kind):
        return None
    return tuple(f.name for f in fields(kind) if not any(map(f.metadata.get, marks)))


def parts(tree: Any, *, statics: bool = False) -> dict[Any, Any] | None:
    """The parts of a container by key, index or field name; None for what is no container.

    Static fields of a dataclass are no parts, unless ``statics`` asks for them.

    >>> parts(["a", None])
    {0: 'a', 1: None}
    """
    kind: Any = type(tree)
    names = field_names(kind) if statics else field_names(kind, "static")
    if names is not None:
        return {name: getattr(tree, name) for name in names}
    if isinstance(tree, (list, tuple)):
        return dict(zip(tree._fields, tree) if hasattr(tree, "_fields") else enumerate(tree))
    return tree if isinstance(tree, dict) else None


def rebuilt(tree: Any, new: dict[Any, Any]) -> Any:
    """The container ``tree`` with ``new`` for its parts; its static fields stay.

    >>> rebuilt((1, 2), {0: 3, 1: 4})
    (3, 4)
    """
    if isinstance(tree, (list, tuple)):
        return tree._make(new.values()) if hasattr(tree, "_make") else type(tree)(new.values())
    tree = copy(tree)  # a constructor may do more than store, and may not take these arguments
    if isinstance(tree, dict):
        tree.update(new)
    else:
        for name, part in new.items():
            object.__setattr__(tree, name, part)  # also on a frozen dataclass
    return tree


def named_parts(tree: Any) -> dict[str, Any] | None:
    """`parts` by the text of their keys.

    Raises ValueError if two keys of a dict are the same text.
    """
    inner = parts(tree)
    if inner is None:
        return None
    named = {str(key): part for key, part in inner.items()}
    if len(named) < len(inner):
        raise ValueError(f"two keys of {list(tree)} are the same text; rename one of them")
    return named


@checked(tree=SAVED)
def named_leaves(tree: Any) -> dict[str, Any]:
    """Every array and number of a tree by its path, whose steps are joined by dots.

    Raises ValueError if two paths are the same text.

    >>> import numpy as np, nn
    >>> [*nn.named_leaves(nn.MLP([2, 3, 1], rng=np.random.default_rng(0)))]
    ['layers.0.weight', 'layers.0.bias', 'layers.2.weight', 'layers.2.bias']
    """
    found: dict[str, Any] = {}

    def collect(part: Any, name: str) -> None:
        inner = named_parts(part)
        if inner is None and al.tree_leaves(part):
            if name in found:
                raise ValueError(f"two leaves of this tree are both called {name!r}")
            found[name] = part
        for step, item in (inner or {}).items():
            collect(item, f"{name}.{step}" if name else step)

    collect(tree, "")
    return found
