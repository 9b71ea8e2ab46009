"""Affine layers: W x + b, dense or with a fixed sparsity pattern."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.calls import ARRAY, checked
from nn.calls import SIZE, WEIGHTS, need_array
from nn.display import Shown
from nn.layers.initializers import Initializer, he, zeros

Array = Any


@al.primitive(inline=True)
def linear_rows(x: Array, weight: Array, bias: Array) -> Array:
    return x @ weight.T + bias


def _product_of_rows(g: Array, x: Array) -> Array:
    """gᵀ x, where all leading axes count as rows."""
    return np.reshape(g, (-1, g.shape[-1])).T @ np.reshape(x, (-1, x.shape[-1]))


al.rule(
    linear_rows,
    broadcasts=True,  # the bias is added to every row
    x=lambda g, weight: g @ weight,
    weight=lambda g, x: g.T @ x if g.ndim == 2 else _product_of_rows(g, x),
    bias=lambda g: g,
)


def linear(x: Array, weight: Array, bias: Array | None = None) -> np.ndarray:
    """W x + b for one sample, X Wᵀ + b for samples in rows.  (LI 6.8 and 6.14)

    ``weight`` has shape (outputs, inputs), ``bias`` (outputs,) or is None, ``x`` (…, inputs).  With
    rows the gradient by W is dZᵀ Q, as in LI algorithm 6.1.  An ``x`` with another number of inputs
    raises a ValueError, and one that is no array a TypeError.

    >>> import numpy as np, nn
    >>> nn.linear(np.array([1.0, 1.0]), np.array([[1.0, -1.0], [2.0, 3.0]]), np.array([1.0, 1.0]))
    array([1., 6.])
    """
    try:
        if bias is None:
            return weight @ x if len(x.shape) == 1 else x @ weight.T
        return weight @ x + bias if len(x.shape) == 1 else linear_rows(x, weight, bias)
    except (AttributeError, ValueError):
        _explain(x, weight)
        raise


def _explain(x: Array, weight: Array) -> None:
    """Raise the error that names ``x``, if ``x`` is at fault."""
    need_array("linear", x)
    ARRAY.check("linear", "weight", weight)
    if np.shape(weight)[1:] != x.shape[-1:]:
        raise ValueError(
            f"linear: x has shape {x.shape}, and the layer with a weight of shape {weight.shape} "
            f"has {weight.shape[-1]} inputs: x needs shape (…, {weight.shape[-1]})"
        ) from None


@dataclass(init=False)
class Linear(Shown):
    """An affine layer: see `linear`.  With ``bias=None`` it has no bias.

    >>> import numpy as np, nn
    >>> layer = nn.Linear(2, 3, rng=np.random.default_rng(0))
    >>> layer(np.ones(2)).shape
    (3,)
    """

    weight: np.ndarray
    bias: np.ndarray | None

    @checked(inputs=SIZE, outputs=SIZE, **WEIGHTS)
    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: np.random.Generator,
        weight: Initializer = he,
        bias: Initializer | None = zeros,
        dtype: Any = float,
    ) -> None:
        self.weight = weight(rng, (outputs, inputs), dtype)
        self.bias = None if bias is None else bias(rng, (outputs,), dtype)

    @classmethod
    def of(cls, weight: Array, bias: Array | None) -> Linear:
        """The layer with these arrays.

        >>> import numpy as np, nn
        >>> nn.Linear.of(np.eye(2), np.zeros(2))(np.array([3.0, 4.0]))
        array([3., 4.])
        """
        layer = object.__new__(cls)
        layer.weight, layer.bias = weight, bias
        return layer

    def __call__(self, x: Array) -> np.ndarray:
        return linear(x, self.weight, self.bias)


@dataclass(init=False)
class MaskedLinear(Shown):
    """An affine layer with a fixed sparsity pattern.  (LN, "only nonzero entries of W")

    ``mask`` holds booleans (outputs, inputs), true where W may differ from 0.  Only those entries
    are parameters.  ``weight`` holds them in the order of the rows of W, and has shape (entries,).
    A mask of another dtype or number of axes raises a TypeError.

    >>> import numpy as np, nn
    >>> layer = nn.MaskedLinear(np.tri(3, dtype=bool), rng=np.random.default_rng(0))
    >>> layer.weight.shape, layer(np.ones(3)).shape
    ((6,), (3,))
    """

    weight: np.ndarray
    bias: np.ndarray | None
    mask: np.ndarray = field(metadata={"static": True})

    @checked(mask=ARRAY, **WEIGHTS)
    def __init__(
        self,
        mask: Array,
        *,
        rng: np.random.Generator,
        weight: Initializer = he,
        bias: Initializer | None = zeros,
        dtype: Any = float,
    ) -> None:
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.ndim != 2:
            raise TypeError(
                f"MaskedLinear: mask is {mask.dtype} of shape {mask.shape}, and needs booleans of "
                f"shape (outputs, inputs); use W != 0"
            )
        self.weight = weight(rng, mask.shape, dtype)[mask]
        self.bias = None if bias is None else bias(rng, mask.shape[:1], dtype)
        self.mask = mask

    @property
    def matrix(self) -> np.ndarray:
        """W, with zeros where the mask has them."""
        return al.at_add(np.zeros(self.mask.shape, self.weight.dtype), self.mask, self.weight)

    def __call__(self, x: Array) -> np.ndarray:
        return linear(x, self.matrix, self.bias)
