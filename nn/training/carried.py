"""What the steps of a training carry on: what is trained, and the statistics that are measured.

What a layer such as `BatchNorm` measures is plain arrays all the same: the loss is called with
layers that tell what reached them, and the step after it writes the statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import autograd_lite as al
from nn.parameters.paths import parts, rebuilt
from nn.parameters.trainable import firsts, names_once, of_part, partition_by
from nn.training.steps import Descend, descent

#: A layer that measures: see `BatchNorm.watched`, `BatchNorm.still` and `BatchNorm.updated`.
Layer = Any

#: What reached the layer whose statistics have this path, in the order of the calls.
Seen = list[tuple[str, Any]]


@dataclass
class Part:
    """The trained arrays and the statistics by their paths; no optimiser moves the latter."""

    trained: dict[str, Any]
    measured: dict[str, Any] = field(metadata={"measured": True})


class Carried(NamedTuple):
    """What is carried at first, the model that is made of it, and how a loss is descended."""

    start: Any
    whole: Callable[[Any], Any]
    descent_of: Callable[[Callable[..., Any]], Descend]


def carried(
    model: Any,
    names: Sequence[str] | None,
    value_and_grad: Callable[..., Any] = al.value_and_grad,
) -> Carried:
    """What a training of these arrays carries on, or with None of the model as it is."""
    layers = measuring(model)
    if not layers:
        if names is None:
            return Carried(model, lambda model: model, lambda loss: descent(loss, value_and_grad))
        part, whole = partition_by(model, names)
        return Carried(part, whole, lambda loss: descent(of_part(loss, whole), value_and_grad))
    first, trained = firsts(model), [*(names_once(model) if names is None else names)]
    sources = {path: first[_at(path, "mean")].removesuffix("mean").rstrip(".") for path in layers}
    followed = {
        source: layers[path]
        for path, source in sources.items()
        if path == source and any(_at(path, name) in trained for name in ("weight", "bias"))
    }
    measured = [_at(path, name) for path in followed for name in ("mean", "variance")]
    leaves, whole_of = partition_by(model, [*trained, *measured])

    def model_of(part: Part) -> Any:
        return whole_of({**part.trained, **part.measured})

    def watched(model: Any, seen: Seen) -> Any:
        """The model with layers that keep what reaches them, or that stay as they are."""

        def change(layer: Layer, path: str) -> Layer:
            source = sources[path]
            note = lambda x: seen.append((source, al.stop_gradient(x)))
            return layer.watched(note) if source in followed else layer.still()

        return _replaced(model, change)

    def descent_of(loss: Callable[..., Any]) -> Descend:
        def step(optimizer: Any, part: Part, state: Any, batch: Any) -> Any:
            seen: Seen = []
            watching = of_part(loss, lambda part: watched(model_of(part), seen))
            value, gradient = al.value_and_grad(watching)(part, *batch)
            part, state = optimizer(part, gradient, state)
            return Part(part.trained, updated(part.measured, followed, seen)), state, value

        return step

    start = Part({n: leaves[n] for n in trained}, {n: leaves[n] for n in measured})
    return Carried(start, model_of, descent_of)


def updated(measured: dict[str, Any], layers: dict[str, Layer], seen: Seen) -> dict[str, Any]:
    """The statistics after what has reached the layers, each by its own momentum."""
    new = dict(measured)
    for path, x in seen:
        layer = copy(layers[path])
        if x.size <= x.shape[1]:  # one number per channel has no variance
            continue
        layer.mean, layer.variance = new[_at(path, "mean")], new[_at(path, "variance")]
        layer = layer.updated(x, layer.momentum)
        new[_at(path, "mean")], new[_at(path, "variance")] = layer.mean, layer.variance
    return new


def measuring(model: Any) -> dict[str, Layer]:
    """The layers that measure, by their paths."""
    found: dict[str, Layer] = {}

    def note(layer: Layer, path: str) -> Layer:
        found[path] = layer
        return layer

    _replaced(model, note)
    return found


def _replaced(tree: Any, change: Callable[[Layer, str], Any], path: str = "") -> Any:
    """The tree with ``change(layer, path)`` for each layer that measures; the rest stays."""
    if hasattr(type(tree), "watched"):
        return change(tree, path)
    old = parts(tree) or {}
    new = {step: _replaced(part, change, _at(path, str(step))) for step, part in old.items()}
    return tree if all(new[step] is old[step] for step in old) else rebuilt(tree, new)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
