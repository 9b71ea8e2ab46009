"""Streams of training data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

BLOCK = 4096  # indices drawn at a time, since a generator takes microseconds per call


def samples(
    x: Any, y: Any, rng: np.random.Generator, steps: int | None = None
) -> Iterator[tuple[Any, Any]]:
    """Single samples drawn with replacement, for ever or ``steps`` times.  (BU, "vanilla" SGD)

    >>> import numpy as np, nn
    >>> x, y = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    >>> all(b - a == 1 for a, b in nn.samples(x, y, np.random.default_rng(0), steps=5))
    True
    """
    if len(x) != len(y):
        raise ValueError(f"samples: {len(x)} inputs and {len(y)} targets")
    rows = list(zip(x, y))
    while steps is None or steps > 0:
        n = BLOCK if steps is None else min(BLOCK, steps)
        for i in rng.integers(len(rows), size=n).tolist():
            yield rows[i]
        if steps is not None:
            steps -= n
