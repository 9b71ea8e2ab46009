"""Buffers: arrays of a model that are measured, not trained; fields with metadata ``measured``.

A buffer is a leaf of the model like any other, so it is saved and traced, and its gradient is 0.
Momentum, weight decay and penalties pass it over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_lite as al
from nn.parameters.paths import field_names, parts


def are_buffers(tree: Any) -> list[bool]:
    """Whether each leaf is a buffer, in the order of `al.tree_leaves`.

    >>> import nn
    >>> are_buffers([nn.BatchNorm(2), 1.0])
    [False, False, True, True, False]
    """
    if type(tree) is np.ndarray:
        return [False]
    inner = parts(tree)
    if inner is None:
        return [False] * len(al.tree_leaves(tree))
    kind: Any = type(tree)
    trained = field_names(kind, "measured")
    marks: list[bool] = []
    for name, part in inner.items():
        if trained is None or name in trained:
            marks += are_buffers(part)
        else:
            marks += [True] * len(al.tree_leaves(part))
    return marks


def trained_leaves(tree: Any) -> list[Any]:
    """The leaves that are trained: those that are no buffers.

    >>> import nn
    >>> [w.tolist() for w in trained_leaves(nn.BatchNorm(2))]
    [[1.0, 1.0], [0.0, 0.0]]
    """
    marks = are_buffers(tree)
    return [leaf for leaf, mark in zip(al.tree_leaves(tree), marks, strict=True) if not mark]


def map_trained(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """`al.tree_map` over the leaves that are trained; the buffers of ``tree`` stay.

    >>> import nn
    >>> layer = map_trained(lambda w: w - 1, nn.BatchNorm(1))
    >>> layer.weight.tolist(), layer.variance.tolist()
    ([0.0], [1.0])
    """
    marks = iter(are_buffers(tree))
    return al.tree_map(lambda p, *rest: p if next(marks) else f(p, *rest), tree, *others)
