"""Embedding: a learnt vector for each thing of a finite set, such as words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.calls import checked
from nn.calls import DTYPE, GENERATOR, INITIALIZER, SIZE
from nn.layers.initializers import Initializer, normal

Array = Any


@al.primitive
def embedding(ids: Array, weight: Array) -> Array:
    """weight[ids]: for each integer of ``ids`` that row of ``weight``.

    ``weight`` has shape (count, size), the result (*ids.shape, size).  The gradient of a row is the
    sum over its uses.  Ids that are no integers raise a TypeError.  An id outside of 0 … count − 1
    raises a ValueError: none is counted from the end.

    >>> import numpy as np, nn
    >>> nn.embedding(np.array([1, 1, 0]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[3., 4.],
           [3., 4.],
           [1., 2.]])
    """
    ids = np.asarray(ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"embedding: ids are integers, and got {ids.dtype}; use ids.astype(int)")
    if ids.size and not 0 <= ids.min() <= ids.max() < len(weight):
        worst = ids.min() if ids.min() < 0 else ids.max()
        raise ValueError(
            f"embedding: id {worst} is not in 0 … {len(weight) - 1}; ids are rows of weight, "
            f"counted from 0, so give one of these, or make an Embedding of more"
        )
    return weight[ids]


al.rule(
    embedding,
    ids=None,
    weight=lambda g, ids, shape, dtype: al.at_add(np.zeros(shape, dtype), ids, g),
)


@dataclass(init=False)
class Embedding:
    """A layer of `embedding`: ``count`` vectors of ``size`` numbers, N(0, 1) at the start.

    >>> import numpy as np, nn
    >>> nn.Embedding(10, 4, rng=np.random.default_rng(0))(np.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    weight: Array

    @checked(count=SIZE, size=SIZE, rng=GENERATOR, weight=INITIALIZER, dtype=DTYPE)
    def __init__(
        self,
        count: int,
        size: int,
        *,
        rng: np.random.Generator,
        weight: Initializer = normal(1.0),  # noqa: B008 (a pure function)
        dtype: Any = float,
    ) -> None:
        self.weight = weight(rng, (count, size), dtype)

    def __call__(self, ids: Array) -> Array:
        return embedding(ids, self.weight)
