"""The statistics of `BatchNorm`, measured in a pass of their own."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from nn.layers.linear import trained
from nn.layers.normalization import BatchNorm

Array = Any
Model = TypeVar("Model")


class _Watched(BatchNorm):
    """A `BatchNorm` that trains, and keeps what it is given."""

    seen: list[Array]

    def __init__(self, layer: BatchNorm) -> None:
        vars(self).update(vars(layer), seen=[])

    def __call__(self, x: Array, *, training: bool = True) -> Array:
        self.seen.append(x)
        return super().__call__(x, training=True)


def _replaced(tree: Any, change: Callable[[BatchNorm, str], Any], path: str = "model") -> Any:
    """The tree with ``change(layer, path)`` for each `BatchNorm`; what holds none stays itself."""

    def part(old: Any, step: str) -> Any:
        return _replaced(old, change, path + step)

    if isinstance(tree, BatchNorm):
        return change(tree, path)
    if isinstance(tree, dict):
        new = {key: part(old, f"[{key!r}]") for key, old in tree.items()}
        same = all(new[key] is tree[key] for key in tree)
        return tree if same else _with_items(tree, new)
    if isinstance(tree, (list, tuple)):
        parts = [part(old, f"[{i}]") for i, old in enumerate(tree)]
        if all(a is b for a, b in zip(parts, tree)):
            return tree
        return tree._make(parts) if hasattr(tree, "_make") else type(tree)(parts)
    if is_dataclass(tree) and not isinstance(tree, type):
        new = {f.name: part(getattr(tree, f.name), f".{f.name}") for f in fields(tree)}
        changed = {name: value for name, value in new.items() if value is not getattr(tree, name)}
        return _with_fields(tree, changed) if changed else tree
    return tree


def _with_items(tree: Any, items: Any) -> Any:
    tree = copy(tree)
    tree.update(items)
    return tree


def _with_fields(tree: Any, values: Any) -> Any:
    """Not by the constructor: it may not take these arguments; and a model may be frozen."""
    tree = copy(tree)
    for name, value in values.items():
        object.__setattr__(tree, name, value)
    return tree


def update_statistics(
    model: Model,
    x: Array,
    *,
    momentum: float = 1.0,
    rng: np.random.Generator | None = None,
) -> Model:
    """The model with the statistics of its `BatchNorm` layers measured on ``x``.

    Wherever they are in the model, they keep what reaches them while ``model(x)`` is called in
    training; one that is called several times is updated as often.  Once after training, on as many
    samples as fit into memory, this gives the statistics of the final weights; with a small
    ``momentum``, after each step, the usual running means.  A function of its own, so that calling
    a model and training it stay pure.  ``rng`` is for `Dropout`.  A TypeError for a model that
    cannot be called, a ValueError, naming the part, if nothing reaches one of the layers.

    >>> import numpy as np, nn
    >>> net = nn.Sequential([nn.BatchNorm(1), nn.tanh])
    >>> nn.update_statistics(net, np.array([[1.0], [3.0]])).layers[0].mean
    array([2.])
    """
    if not callable(model):
        raise TypeError(
            f"update_statistics: calls model(x) to measure, and a {type(model).__name__} cannot be "
            f"called; make the model an nn.Sequential, or a dataclass with a method __call__"
        )
    watched: list[_Watched] = []

    def watch(layer: BatchNorm, path: str) -> _Watched:
        watched.append(_Watched(layer))
        return watched[-1]

    trained(_replaced(model, watch), x, rng)
    seen = iter([layer.seen for layer in watched])

    def measured(layer: BatchNorm, path: str) -> BatchNorm:
        batches = next(seen)
        if not batches:
            raise ValueError(
                f"update_statistics: nothing reached {path} while model(x) was called; measure the "
                f"part of the model that uses it"
            )
        for batch in batches:
            layer = layer.updated(batch, momentum)
        return layer

    return _replaced(model, measured)  # type: ignore[no-any-return]
