"""Layers: dataclasses of plain arrays that can be called."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import pairwise
from types import FunctionType, MethodType
from typing import Any

import numpy as np

import autograd_lite as al
from nn.activations import relu
from nn.layers.initializers import Initializer, he, zeros

Array = Any


@al.primitive(inline=True)
def _linear_rows(x: Array, weight: Array, bias: Array) -> Array:
    return x @ weight.T + bias


def _columns(g: Array, x: Array) -> Array:
    """gᵀ x with all leading axes taken together."""
    return np.reshape(g, (-1, g.shape[-1])).T @ np.reshape(x, (-1, x.shape[-1]))


al.rule(
    _linear_rows,
    broadcasts=True,  # the bias is added to every row
    x=lambda g, weight: g @ weight,
    weight=lambda g, x: g.T @ x if g.ndim == 2 else _columns(g, x),
    bias=lambda g: g,
)


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """W x + b for one sample, X Wᵀ + b for samples in rows.  (LI 6.8 and 6.14)

    ``weight`` has shape (outputs, inputs), ``bias`` (outputs,) or is None, ``x`` (…, inputs).  With
    rows the gradient by W is dZᵀ Q, as in LI algorithm 6.1.  A ValueError for an ``x`` of another
    number of inputs, a TypeError for one that is no array.

    >>> import numpy as np, nn
    >>> nn.linear(np.array([1.0, 1.0]), np.array([[1.0, -1.0], [2.0, 3.0]]), np.array([1.0, 1.0]))
    array([1., 6.])
    """
    try:
        if bias is None:
            return weight @ x if len(x.shape) == 1 else x @ weight.T
        return weight @ x + bias if len(x.shape) == 1 else _linear_rows(x, weight, bias)
    except (AttributeError, ValueError):
        _explain(x, weight)
        raise


def _explain(x: Array, weight: Array) -> None:
    """Raise what is wrong with ``x``, if it is ``x``."""
    if not hasattr(x, "shape"):
        raise TypeError(
            f"linear: x is a {type(x).__name__}; give an array, such as np.array(x, float)"
        ) from None
    if np.shape(weight)[1:] != x.shape[-1:]:
        raise ValueError(
            f"linear: x has shape {x.shape}, and the layer with a weight of shape {weight.shape} "
            f"has {weight.shape[-1]} inputs: x needs shape (…, {weight.shape[-1]})"
        ) from None


@dataclass(init=False)
class Linear:
    """An affine layer: see `linear`.  With ``bias=None`` there is no bias.

    >>> import numpy as np, nn
    >>> layer = nn.Linear(2, 3, rng=np.random.default_rng(0))
    >>> layer(np.ones(2)).shape
    (3,)
    """

    weight: Array
    bias: Array | None

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

    def __call__(self, x: Array) -> Array:
        return linear(x, self.weight, self.bias)


@dataclass(init=False)
class MaskedLinear:
    """An affine layer with a fixed sparsity pattern.  (LN, "only nonzero entries of W")

    ``mask`` holds booleans (outputs, inputs), true where W may differ from 0.  Only those entries
    are parameters: ``weight`` has shape (number of them,), in the order of the rows of W.

    >>> import numpy as np, nn
    >>> layer = nn.MaskedLinear(np.tri(3, dtype=bool), rng=np.random.default_rng(0))
    >>> layer.weight.shape, layer(np.ones(3)).shape
    ((6,), (3,))
    """

    weight: Array
    bias: Array | None
    mask: Array = field(metadata={"static": True})

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
    def matrix(self) -> Array:
        """W, with zeros where the mask has them."""
        return al.at_add(np.zeros(self.mask.shape, self.weight.dtype), self.mask, self.weight)

    def __call__(self, x: Array) -> Array:
        return linear(x, self.matrix, self.bias)


@dataclass(frozen=True)
class Flatten:
    """All axes after the first made into one: (samples, …) becomes (samples, numbers).

    >>> import numpy as np, nn
    >>> nn.Flatten()(np.ones((10, 16, 4, 4))).shape
    (10, 256)
    """

    def __call__(self, x: Array) -> Array:
        return np.reshape(x, (x.shape[0], math.prod(x.shape[1:])))


def trained(layer: Any, x: Array, rng: np.random.Generator | None) -> Array:
    """``layer(x)`` in training, of which it is told, as of ``rng``, if it takes them."""
    given = {"training": True, "rng": rng}
    return layer(x, **{name: given[name] for name in _taken(layer)})


def _taken(layer: Any) -> tuple[str, ...]:
    """Which of the two a layer takes; what a partial function has fixed stays as it is."""
    if isinstance(layer, partial):
        return tuple(name for name in _taken(layer.func) if name not in layer.keywords)
    if isinstance(layer, MethodType):
        return _parameters(layer.__func__)
    return _parameters(layer if isinstance(layer, FunctionType) else type(layer).__call__)


@lru_cache(1024)  # with an end, since functions may be made anew for each call
def _parameters(function: Any) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters
    return tuple(name for name in ("training", "rng") if name in parameters)


@dataclass
class Sequential:
    """Layers and activation functions, one after the other.

    ``model(x)`` evaluates.  ``model(x, training=True, rng=rng)`` hands these on to the layers that
    take them, such as `nn.Dropout` and `nn.BatchNorm`; to the others, training makes no difference.
    In programs and graphs, what layer l computes is called z_l, what an activation makes of it a_l.

    >>> import numpy as np, nn
    >>> layer = nn.Linear.of(np.array([[1.0, -1.0]]), np.array([0.5]))
    >>> nn.Sequential([layer, nn.relu])(np.array([2.0, 1.0]))
    array([1.5])
    """

    layers: list[Any]

    def __call__(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> Array:
        number = 0
        for layer in self.layers:
            x = trained(layer, x, rng) if training else layer(x)
            if type(layer) is FunctionType:
                al.named(f"a{number}", x)
            elif hasattr(layer, "weight"):
                number += 1
                al.named(f"z{number}", x)
                if isinstance(layer, Linear):
                    al.named(f"W{number}", layer.weight)
                    if layer.bias is not None:
                        al.named(f"b{number}", layer.bias)
        return x


def MLP(
    sizes: Sequence[int],
    activation: Callable[[Array], Array] = relu,
    output: Callable[[Array], Array] | None = None,
    *,
    rng: np.random.Generator,
    weight: Initializer = he,
    bias: Initializer | None = zeros,
    dtype: Any = float,
) -> Sequential:
    """A fully connected network of layers of these sizes, the input first.  (LI 6.11)

    ``activation`` follows every layer but the last, which is followed by ``output`` if there is
    one: classifiers end in logits, and their losses take those.  A ValueError for less than two
    sizes.

    >>> import numpy as np, nn
    >>> net = nn.MLP([784, 200, 10], rng=np.random.default_rng(0))
    >>> sum(w.size for w in al.tree_leaves(net))
    159010
    """
    if len(sizes) < 2:
        raise ValueError(
            f"MLP: sizes {list(sizes)} are no layer; give the inputs and the outputs at least, as "
            f"in MLP([784, 10])"
        )
    layers: list[Any] = []
    for inputs, outputs in pairwise(sizes):
        layers.append(Linear(inputs, outputs, rng=rng, weight=weight, bias=bias, dtype=dtype))
        layers.append(activation)
    layers.pop()
    return Sequential([*layers, output] if output is not None else layers)
