"""Initial weights: functions ``(rng, shape, dtype) -> array`` for a shape (outputs, inputs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.calls import checked
from nn.calls import DTYPE, GENERATOR, NOT_NEGATIVE, SHAPE

Initializer = Callable[[np.random.Generator, tuple[int, ...], Any], Any]


@checked(shape=SHAPE, dtype=DTYPE)
def zeros(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
    """All zero, as biases usually are at first.

    >>> import numpy as np, nn
    >>> nn.zeros(np.random.default_rng(0), (2,), float)
    array([0., 0.])
    """
    return np.zeros(shape, dtype)


@checked(scale=NOT_NEGATIVE)
def normal(scale: float) -> Initializer:
    """Normally distributed with mean 0 and standard deviation ``scale``, which is 0.5 in HH19.

    >>> import numpy as np, nn
    >>> nn.normal(0.5)(np.random.default_rng(0), (3, 2), np.float32).dtype
    dtype('float32')
    """

    @checked(rng=GENERATOR, shape=SHAPE, dtype=DTYPE)
    def initialize(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
        return (scale * rng.standard_normal(shape)).astype(dtype)

    return initialize


@checked(rng=GENERATOR, shape=SHAPE, dtype=DTYPE)
def he(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
    """Normally distributed with variance 2 / inputs, which suits ReLU.  (He et al. 2015)

    >>> import numpy as np, nn
    >>> nn.he(np.random.default_rng(0), (3, 2), float).shape
    (3, 2)
    """
    return normal(float(np.sqrt(2 / np.prod(shape[1:]))))(rng, shape, dtype)


@checked(limit=NOT_NEGATIVE)
def uniform(limit: float) -> Initializer:
    """Uniformly distributed on (−``limit``, ``limit``).

    >>> import numpy as np, nn
    >>> bool(np.all(abs(nn.uniform(0.5)(np.random.default_rng(0), (3, 2), float)) < 0.5))
    True
    """

    @checked(rng=GENERATOR, shape=SHAPE, dtype=DTYPE)
    def initialize(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
        return rng.uniform(-limit, limit, shape).astype(dtype)

    return initialize


@checked(rng=GENERATOR, shape=SHAPE, dtype=DTYPE)
def glorot(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
    """Uniformly distributed with limit √(6 / (inputs + outputs)), which suits tanh.

    The variance is 2 / (inputs + outputs), where each position of a convolution's kernel counts.
    (Glorot & Bengio 2010, eq. 16)

    >>> import numpy as np, nn
    >>> bool(np.all(abs(nn.glorot(np.random.default_rng(0), (4, 2), float)) < 1))
    True
    """
    inputs, outputs = np.prod(shape[1:]), shape[0] * np.prod(shape[2:])
    return uniform(float(np.sqrt(6 / (inputs + outputs))))(rng, shape, dtype)


@checked(rng=GENERATOR, shape=SHAPE, dtype=DTYPE)
def orthogonal(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Any:
    """A random matrix with orthonormal rows, or columns if there are fewer of them.

    The axes after the first count as one.  The matrix is uniformly distributed among all such ones.
    It is Q of the QR factorisation of a normal matrix, with signs that make the diagonal of R
    positive.  (Saxe et al. 2014; Mezzadri 2007)

    >>> import numpy as np, nn
    >>> W = nn.orthogonal(np.random.default_rng(0), (2, 3), float)
    >>> bool(np.allclose(W @ W.T, np.eye(2)))
    True
    """
    rows, columns = shape[0], int(np.prod(shape[1:]))
    tall = (max(rows, columns), min(rows, columns))
    q, r = np.linalg.qr(rng.standard_normal(tall))
    q = q * np.sign(np.diagonal(r))
    return np.reshape(q if rows >= columns else q.T, shape).astype(dtype)
