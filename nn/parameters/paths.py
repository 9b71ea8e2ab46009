"""The leaves of a model by readable names, such as ``layers.0.weight``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import autograd_lite as al


def parts(tree: Any) -> dict[str, Any] | None:
    """What a container holds, by the text that leads to it; None for what is no container.

    Static fields of a dataclass are no part of the tree.  Raises ValueError if two keys of a dict
    are the same text.

    >>> parts(["a", None])
    {'0': 'a', '1': None}
    """
    if isinstance(tree, dict):
        texts = {str(key): part for key, part in tree.items()}
        if len(texts) < len(tree):
            raise ValueError(f"two keys of {list(tree)} are the same text; rename one of them")
        return texts
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return {name: getattr(tree, name) for name in tree._fields}
    if isinstance(tree, (list, tuple)):
        return {str(i): part for i, part in enumerate(tree)}
    if is_dataclass(tree) and not isinstance(tree, type):
        return {f.name: getattr(tree, f.name) for f in fields(tree) if not f.metadata.get("static")}
    return None


def named_leaves(tree: Any) -> dict[str, Any]:
    """Every array and number of a tree by its path, the steps of which are joined by dots.

    Raises ValueError if two paths are the same text.

    >>> import numpy as np, nn
    >>> [*nn.named_leaves(nn.MLP([2, 3, 1], rng=np.random.default_rng(0)))]
    ['layers.0.weight', 'layers.0.bias', 'layers.2.weight', 'layers.2.bias']
    """
    found: dict[str, Any] = {}

    def collect(part: Any, name: str) -> None:
        inner = parts(part)
        if inner is None and al.tree_leaves(part):
            if name in found:
                raise ValueError(f"two leaves of this tree are both called {name!r}")
            found[name] = part
        for step, item in (inner or {}).items():
            collect(item, f"{name}.{step}" if name else step)

    collect(tree, "")
    return found
