"""Attention: each query gets a mean of the values, weighted by how it matches their keys."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.calls import ARRAY, checked, explained
from nn.activations import softmax
from nn.calls import FLAG, SIZE, WEIGHTS, need_array
from nn.display import Shown
from nn.layers.initializers import Initializer, glorot, zeros
from nn.layers.linear import Linear

Array = Any
Sizes = tuple[int, ...]


@explained(query=ARRAY, key=ARRAY, value=ARRAY, causal=FLAG)
def attention(
    query: Array, key: Array, value: Array, mask: Array | None = None, *, causal: bool = False
) -> np.ndarray:
    """softmax(Q Kᵀ / √d) V.  (Vaswani et al. 2017, eq. 1)

    ``query`` has shape (…, m, d), ``key`` (…, n, d), ``value`` (…, n, e), the result (…, m, e).
    ``mask``, booleans that broadcast to (…, m, n), says which keys a query may see.  With
    ``causal`` query i sees the keys up to i only, so that m = n.  Another dtype raises a TypeError.
    A query that may see no key raises a ValueError, since a mean of nothing is no number.

    >>> import numpy as np, nn
    >>> nn.attention(np.zeros((1, 2)), np.ones((2, 2)), np.array([[1.0], [3.0]]))
    array([[2.]])
    """
    if causal:
        mask = _past(query.shape[-2], key.shape[-2], mask)
    scores = query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = np.where(visible(mask), scores, -np.inf)
    return softmax(scores) @ value


def _past(queries: int, keys: int, mask: Array | None) -> Array:
    """The mask of the keys up to the query's own, and of those that ``mask`` shows."""
    if queries != keys:
        raise ValueError(
            f"attention: causal=True needs a key for each query, and there are {queries} queries "
            f"and {keys} keys; say what is seen by mask=, as in np.tri({queries}, {keys}, "
            f"{keys - queries}, dtype=bool)"
        )
    past = np.tri(queries, dtype=bool)
    return past if mask is None else past & visible(mask)


@al.primitive
def visible(mask: Array) -> Array:
    """The mask itself; a primitive, so that each run of a program checks it."""
    mask = mask if hasattr(mask, "dtype") else np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(
            f"attention: mask is {mask.dtype}, and needs booleans, true where a query may see a "
            f"key; from numbers to be added to the scores make mask > -np.inf, from 0 and 1 "
            f"mask == 1"
        )
    if not np.all(mask.any(axis=-1) if mask.ndim else mask):
        raise ValueError(
            f"attention: of a mask of shape {mask.shape} some row is all false, so a query may see "
            f"no key; let it see one, such as itself, and leave its result out of the loss"
        )
    return mask


def fits(shape: Sizes, wanted: Sizes) -> bool:
    """Whether an array of this shape broadcasts to the wanted one, of as many axes."""
    return all(n in (1, m) for n, m in zip(shape, wanted, strict=True))


@dataclass(init=False)
class MultiHeadAttention(Shown):
    """`attention` in several subspaces at once, joined by a linear map.  (Vaswani et al., 3.2.2)

    ``x`` and the result have shape (samples, time, size), and ``heads`` divides ``size``.  Keys and
    values come from ``context``, (samples, n, size), if it is given, else from ``x``.  ``mask`` is
    that of `attention` for all heads, of shape (time, n) or (samples, 1, time or 1, n).  With
    ``causal`` no time sees a later one.  Other shapes raise a ValueError.

    >>> import numpy as np, nn
    >>> layer = nn.MultiHeadAttention(8, heads=2, causal=True, rng=np.random.default_rng(0))
    >>> layer(np.ones((1, 5, 8))).shape
    (1, 5, 8)
    """

    query: Linear
    key: Linear
    value: Linear
    output: Linear
    heads: int = field(metadata={"static": True})
    causal: bool = field(metadata={"static": True})

    @checked(size=SIZE, heads=SIZE, causal=FLAG, **WEIGHTS)
    def __init__(
        self,
        size: int,
        heads: int,
        *,
        rng: np.random.Generator,
        causal: bool = False,
        weight: Initializer = glorot,
        bias: Initializer | None = zeros,
        dtype: Any = float,
    ) -> None:
        if heads < 1 or size % heads:
            raise ValueError(f"MultiHeadAttention: {heads} heads do not divide a size of {size}")
        self.query, self.key, self.value, self.output = (
            Linear(size, size, rng=rng, weight=weight, bias=bias, dtype=dtype) for _ in range(4)
        )
        self.heads, self.causal = heads, causal

    def __call__(
        self, x: Array, context: Array | None = None, *, mask: Array | None = None
    ) -> np.ndarray:
        seen = x if context is None else context
        size = self.output.weight.shape[0]
        need_array("MultiHeadAttention", x)
        for name, a in (("x", x), ("context", seen)):
            if len(a.shape) != 3 or a.shape[2] != size:
                raise ValueError(
                    f"MultiHeadAttention: {name} has shape {a.shape}, and needs (samples, time, "
                    f"{size}); use {name}[None] for one sequence"
                )
        if mask is not None:
            self._check_mask(np.shape(mask), x.shape, seen.shape)
        q, k, v = self._split(self.query(x)), self._split(self.key(seen)), self.value(seen)
        joined = attention(q, k, self._split(v), mask, causal=self.causal)
        return self.output(np.reshape(np.swapaxes(joined, 1, 2), x.shape))

    def _check_mask(self, shape: Sizes, x: Sizes, seen: Sizes) -> None:
        samples, pair = x[0], (x[1], seen[1])
        if len(shape) == 2 and fits(shape, pair):
            return
        if len(shape) == 4 and fits(shape, (samples, self.heads, *pair)):
            return
        fix = ""
        if shape == (samples, seen[1]):
            fix = "; use mask[:, None, None] for that"
        elif shape == (samples, *pair):
            fix = "; use mask[:, None] for that"
        raise ValueError(
            f"MultiHeadAttention: mask has shape {shape}, and needs (time, n) = {pair}, or with a "
            f"mask for each sample (samples, 1, time or 1, n) = {(samples, 1, *pair)}{fix}"
        )

    def _split(self, x: Array) -> Array:
        """(samples, heads, time, size / heads)"""
        n, time, size = x.shape
        return np.swapaxes(np.reshape(x, (n, time, self.heads, size // self.heads)), 1, 2)
