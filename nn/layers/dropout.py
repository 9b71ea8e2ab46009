"""Dropout: in training, units are left out at random."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_lite.calls import ARRAY, checked
from nn.calls import PROBABILITY
from nn.display import Shown
from nn.parameters.hyperparameters import as_number

Array = Any


@checked(x=ARRAY, kept=ARRAY, rate=PROBABILITY)
def dropout(x: Array, kept: Array, rate: Any) -> np.ndarray:
    """x · kept / (1 − rate), whose mean is that of x.  (Srivastava et al. 2014)

    ``kept`` holds booleans of the shape of ``x``; another shape raises a ValueError.  It is an
    argument so that the function is pure, and `Dropout` draws it.  Shape and dtype of ``x``, exact
    on Fractions.

    >>> import numpy as np, nn
    >>> nn.dropout(np.array([1.0, 2.0]), np.array([True, False]), rate=0.5)
    array([2., 0.])
    """
    if np.shape(kept) != np.shape(x):
        raise ValueError(
            f"dropout: x has shape {np.shape(x)} and kept {np.shape(kept)}; every number is kept "
            f"or not by itself, so draw kept = rng.random(x.shape) >= rate"
        )
    return x * kept / (1 - as_number(rate))


@checked(rate=PROBABILITY)
@dataclass(frozen=True)
class Dropout(Shown):
    """In training each number becomes 0 with probability ``rate``; in evaluation nothing happens.

    The others are divided by 1 − rate: see `dropout`.  ``rng`` is needed in training only.  A rate
    outside of [0, 1) raises a ValueError.

    >>> import numpy as np, nn
    >>> layer = nn.Dropout(0.5)
    >>> layer(np.ones(3))
    array([1., 1., 1.])
    >>> layer(np.ones(3), training=True, rng=np.random.default_rng(0))
    array([2., 0., 0.])
    """

    rate: Any = field(metadata={"static": True})

    def __call__(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> np.ndarray:
        if not training:
            return x
        if not isinstance(rng, np.random.Generator):
            raise TypeError(
                "Dropout: training draws random numbers; call "
                "model(x, training=True, rng=np.random.default_rng(0))"
            )
        return dropout(x, rng.random(np.shape(x)) >= self.rate, self.rate)
