"""How weights start: functions ``(rng, shape, dtype) -> array`` for a shape (outputs, inputs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Initializer = Callable[[np.random.Generator, tuple[int, ...], Any], Any]


def zeros(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
    """All zero, as biases usually start.

    >>> import numpy as np, nn
    >>> nn.zeros(np.random.default_rng(0), (2,), float)
    array([0., 0.])
    """
    return np.zeros(shape, dtype)


def normal(scale: float) -> Initializer:
    """Normally distributed with mean 0 and standard deviation ``scale``; 0.5 in HH19.

    >>> import numpy as np, nn
    >>> nn.normal(0.5)(np.random.default_rng(0), (3, 2), np.float32).dtype
    dtype('float32')
    """

    def initialize(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
        return (scale * rng.standard_normal(shape)).astype(dtype)

    return initialize


def he(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
    """Normally distributed with variance 2 / inputs, which suits ReLU.  (He et al. 2015)

    >>> import numpy as np, nn
    >>> nn.he(np.random.default_rng(0), (3, 2), float).shape
    (3, 2)
    """
    return normal(float(np.sqrt(2 / np.prod(shape[1:]))))(rng, shape, dtype)
