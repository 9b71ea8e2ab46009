"""The gradient of a cross-entropy by its logits, p − y times a constant, known by its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.textbook import sigmoid
from autograd_lite.programs.recognition import softmax

#: How near a target must be to a whole number, or to an argument.
NEAR = 1e-6


class Entropy(NamedTuple):
    """``dz = k * (p - y)``, where p is the softmax or the sigmoid of the logits z."""

    kind: str
    k: float
    p: Any
    y: Any
    axis: int | None = None

    def elsewhere(self, z: Any, dz: Any) -> Entropy:
        """The same cross-entropy for other logits, where its labels may not tell the constant."""
        p = sigmoid(z) if self.axis is None else softmax(z, self.axis)
        return self._replace(p=p, y=p - dz / self.k)


def entropy(z: Any, dz: Any, data: list[Any], sizes: list[int]) -> Entropy | None:
    """The cross-entropy that has this gradient by z, if it is one, with targets in the data."""
    if np.ndim(z) < 1 or np.shape(z) != np.shape(dz) or not np.all(np.isfinite(dz)):
        return None
    constants = [1.0, *(1 / n for n in (*sizes, np.size(z), len(z)))]
    activations = {f"softmax along {i}": softmax(z, i) for i in range(np.ndim(z)) if z.shape[i] > 1}
    for kind, p in {**activations, "sigmoid": sigmoid(z)}.items():
        for k in (*constants, float(np.max(dz / p))):
            if k > 0 and is_target(y := p - dz / k, kind, data):
                name, _, axis = kind.partition(" along ")
                return Entropy(name, k, p, y, int(axis) if axis else None)
    return None


def is_target(y: Any, kind: str, data: list[Any]) -> bool:
    """Whether these are labels: one of the data, or one-hot rows, or zeros and ones."""
    if any(np.shape(x) == y.shape and np.allclose(x, y, atol=NEAR) for x in data):
        return True
    whole = np.all(np.abs(y - np.round(y)) < NEAR) and np.all((y > -NEAR) & (y < 1 + NEAR))
    if not whole or kind == "sigmoid":
        return bool(whole and 0.5 < np.sum(y) < y.size - 0.5)
    return bool(np.all(np.abs(y.sum(axis=int(kind[-1])) - 1) < NEAR))


def instead() -> Iterator[tuple[str, Callable[[Entropy, Any], Any]]]:
    """What students have in place of p − y: a sentence for their p, y and z, and the numbers."""
    yield (
        "the term -{y}, which is -1 for the right class, is missing: the gradient of cross-entropy "
        "by the logits is {p} - {y}",
        lambda e, z: e.p,
    )
    yield "the term {p} is missing: the gradient of cross-entropy is {p} - {y}", lambda e, z: -e.y
    yield (
        "a factor {p} * (1 - {p}) too much: {kind} and cross-entropy together give {p} - {y}",
        lambda e, z: (e.p - e.y) * e.p * (1 - e.p),
    )
    yield "the sign is wrong in {p} - {y}: here it is {p} + {y}", lambda e, z: e.p + e.y
    yield (
        "the logits {z} are in place of {p}: the gradient of cross-entropy is {p} - {y}",
        lambda e, z: z - e.y,
    )
    yield (
        "the slope of {kind} is missing: -{y} / {p} is the gradient by {p}, and by {z} it is "
        "{p} - {y}",
        lambda e, z: -e.y / e.p + ((1 - e.y) / (1 - e.p) if e.kind == "sigmoid" else 0),
    )
    yield (
        "only the diagonal of the slope of softmax is there, p * (1 - p): the terms -p_i * p_j "
        "are missing",
        lambda e, z: -e.y * (1 - e.p),
    )
    yield (
        "{p} - {y} is rounded to whole numbers: {p} are probabilities",
        lambda e, z: np.round(e.p) - e.y,
    )
