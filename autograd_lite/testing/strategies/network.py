"""Networks with everything that is needed to differentiate their loss: the delta tests' subject."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

Array = np.ndarray[Any, Any]
Function = Callable[..., Any]

ACTIVATIONS: dict[str, Function] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "square": np.square,
    "softsign": lambda z: z / (1 + abs(z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
}
LOSSES: dict[str, Function] = {
    "half squared error": lambda a, y: np.sum(np.square(a - y)) / 2 / len(y),
    "absolute error": lambda a, y: np.sum(abs(a - y)) / len(y),
}
#: What can be computed in fractions, and what does not overflow in floats.
RATIONAL = ("identity", "relu", "square", "softsign")
REAL = ("identity", "relu", "softsign", "sigmoid", "tanh")


@dataclass(frozen=True, eq=False)
class Network:
    """a = σ(a Wᵀ + b), layer by layer, for a sample in each row of ``X``; its loss against ``Y``.

    Calling it with other weights gives their loss: ``value_and_grad(network, (0, 1))(W, b)``.
    """

    W: list[Array]
    b: list[Array]
    activations: tuple[str, ...]
    loss: str
    X: Array
    Y: Array
    functions: Mapping[str, Function] = field(default_factory=ACTIVATIONS.copy, repr=False)

    def __call__(self, W: Any, b: Any) -> Any:
        return LOSSES[self.loss](self.output(W, b, self.X), self.Y)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # how Hypothesis shows an example
        printer.text(repr(self))

    def output(self, W: Any, b: Any, a: Any) -> Any:
        """What the last layer makes of samples in rows."""
        for W_l, b_l, name in zip(W, b, self.activations, strict=True):
            a = self.functions[name](a @ W_l.T + b_l)
        return a


@st.composite
def networks(
    draw: st.DrawFn,
    kind: Any = np.float64,
    *,
    depth: int = 5,
    width: int = 6,
    batch: Sequence[int] = (1, 2, 3, 4, 5),
    activations: Sequence[str] | Mapping[str, Function] | None = None,
    losses: Sequence[str] = tuple(LOSSES),
) -> Network:
    """Networks of up to ``depth`` layers of up to ``width`` neurons, each layer σ of its own.

    ``kind``: a dtype of floats, or ``Fraction``, in which all is exact.  ``activations``: names
    among `ACTIVATIONS`, or a dictionary of functions by name.  Networks shrink to few layers,
    neurons and samples; their weights are drawn by NumPy from a seed, and do not shrink.

    >>> from hypothesis import find
    >>> network = find(networks(depth=3), lambda n: n.activations[0] == "tanh")
    >>> [W.shape for W in network.W], network.X.shape, network.activations, network.loss
    ([(1, 1)], (1, 1), ('tanh',), 'half squared error')
    """
    chosen = activations or (RATIONAL if kind is Fraction else REAL)
    functions = {**ACTIVATIONS, **chosen} if isinstance(chosen, Mapping) else ACTIVATIONS
    layers = draw(st.integers(1, depth))
    sizes = draw(st.lists(st.integers(1, width), min_size=layers + 1, max_size=layers + 1))
    names = draw(st.lists(st.sampled_from([*chosen]), min_size=layers, max_size=layers))
    n = draw(st.sampled_from(list(batch)))
    loss = draw(st.sampled_from(list(losses)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Network(
        W=[_weights(kind, rng, m, k) for k, m in itertools.pairwise(sizes)],
        b=[_weights(kind, rng, m) for m in sizes[1:]],
        activations=tuple(names),
        loss=loss,
        X=_weights(kind, rng, n, sizes[0]),
        Y=_weights(kind, rng, n, sizes[-1]),
        functions=functions,
    )


def _weights(kind: Any, rng: np.random.Generator, *shape: int) -> Array:
    if kind is not Fraction:
        return (0.6 * rng.standard_normal(shape)).astype(kind)  # so small that no exp overflows
    tops, bottoms = rng.integers(-6, 7, shape), rng.integers(1, 5, shape)
    values = [Fraction(int(t), int(b)) for t, b in zip(tops.flat, bottoms.flat)]
    return np.array(values, dtype=object).reshape(shape)
