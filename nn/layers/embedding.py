"""Embedding: a vector for each thing of a finite set, such as words, and for each position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.calls import checked
from nn.calls import COUNT, DTYPE, GENERATOR, INITIALIZER, SIZE, need_array
from nn.display import Shown
from nn.layers.initializers import Initializer, normal

Array = Any


@al.primitive
def embedding(ids: Array, weight: Array) -> np.ndarray:
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
class Embedding(Shown):
    """A layer of `embedding`: ``count`` vectors of ``size`` numbers, N(0, 1) at the start.

    >>> import numpy as np, nn
    >>> nn.Embedding(10, 4, rng=np.random.default_rng(0))(np.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    weight: np.ndarray

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

    def __call__(self, ids: Array) -> np.ndarray:
        return embedding(ids, self.weight)


# ---- positions ----


@checked(length=COUNT, size=SIZE)
def positional_encoding(length: int, size: int) -> np.ndarray:
    """sin(t ωⱼ) and cos(t ωⱼ) in turn for the times t, with ωⱼ = 10000^(−2j / size).

    The result has shape (length, size).  Shifting t by a fixed number turns each pair by a fixed
    angle.  (Vaswani et al. 2017, 3.5)

    >>> import nn
    >>> nn.positional_encoding(2, 4).round(2)
    array([[0.  , 1.  , 0.  , 1.  ],
           [0.84, 0.54, 0.01, 1.  ]])
    """
    column = np.arange(size)
    angle = np.arange(length)[:, None] * 10000.0 ** (-(column - column % 2) / size)
    return np.where(column % 2, np.cos(angle), np.sin(angle))


@checked()
@dataclass(frozen=True)
class PositionalEncoding(Shown):
    """x + `positional_encoding`, which has no parameters and is for sequences of any length.

    ``x`` and the result have shape (…, time, size).

    >>> import numpy as np, nn
    >>> nn.PositionalEncoding()(np.zeros((1, 5, 4))).shape
    (1, 5, 4)
    """

    def __call__(self, x: Array) -> np.ndarray:
        time, size = _times(type(self).__name__, x)
        return x + positional_encoding(time, size).astype(x.dtype)


@dataclass(init=False)
class PositionalEmbedding(Shown):
    """x + a learnt vector for each time.  (Gehring et al. 2017; Vaswani et al. 2017, 3.5)

    ``x`` and the result have shape (…, time, size), with a time of at most ``length``; a longer one
    raises a ValueError.  ``weight`` has shape (length, size), N(0, 0.02²) at the start.

    >>> import numpy as np, nn
    >>> layer = nn.PositionalEmbedding(8, 4, rng=np.random.default_rng(0))
    >>> layer(np.zeros((1, 5, 4))).shape
    (1, 5, 4)
    """

    weight: np.ndarray

    @checked(length=SIZE, size=SIZE, rng=GENERATOR, weight=INITIALIZER, dtype=DTYPE)
    def __init__(
        self,
        length: int,
        size: int,
        *,
        rng: np.random.Generator,
        weight: Initializer = normal(0.02),  # noqa: B008 (a pure function)
        dtype: Any = float,
    ) -> None:
        self.weight = weight(rng, (length, size), dtype)

    def __call__(self, x: Array) -> np.ndarray:
        time, size = _times(type(self).__name__, x)
        length, ours = self.weight.shape
        if time > length or size != ours:
            raise ValueError(
                f"PositionalEmbedding: x has shape {x.shape}, and this layer is for (…, time, "
                f"{ours}) with a time of at most {length}; make it PositionalEmbedding({time}, "
                f"{size}), or give the last times alone, x[..., -{length}:, :]"
            )
        return x + self.weight[:time]


def _times(name: str, x: Array) -> tuple[int, int]:
    need_array(name, x)
    if len(x.shape) < 2:
        raise ValueError(
            f"{name}: x has shape {x.shape}, and needs (…, time, size); use x[None] for one time"
        )
    return x.shape[-2], x.shape[-1]
