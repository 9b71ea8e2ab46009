"""Recurrent layers: the same weights at every step of a sequence.

Sequences have shape (samples, time, inputs), as samples are rows everywhere.  A *state* is a tuple
of arrays (samples, size), of which the first is the output.  One product z = W x + b serves all
times, and a scan over time does the rest, ``step(z_t, state, Uᵀ)``.  With ``bias=None`` there is no
b, and in `GRU` no d.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import checked
from nn.activations import sigmoid
from nn.calls import INITIALIZER, SIZE, WEIGHTS, need_array
from nn.display import Shown
from nn.layers.initializers import Initializer, glorot, orthogonal, zeros
from nn.layers.linear import linear

Array = Any
State = tuple[Array, ...]


@dataclass(init=False)
class _Recurrent(Shown):
    """The weights of all gates, stacked, and the loop over time."""

    gates: ClassVar[int] = 1
    memories: ClassVar[int] = 1

    weight: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray | None

    @checked(inputs=SIZE, size=SIZE, recurrent=INITIALIZER, **WEIGHTS)
    def __init__(
        self,
        inputs: int,
        size: int,
        *,
        rng: np.random.Generator,
        weight: Initializer = glorot,
        recurrent: Initializer = orthogonal,
        bias: Initializer | None = zeros,
        dtype: Any = float,
    ) -> None:
        rows = self.gates * size
        self.weight = weight(rng, (rows, inputs), dtype)
        self.recurrent = recurrent(rng, (rows, size), dtype)
        self.bias = None if bias is None else bias(rng, (rows,), dtype)

    def __call__(self, x: Array, state: State | None = None) -> np.ndarray:
        return self.run(x, state)[0]

    def run(self, x: Array, state: State | None = None) -> tuple[Array, State]:
        """The outputs at all times, (samples, time, size), and the state after the last.

        An input or a state of another shape raises a ValueError.

        >>> import numpy as np, nn
        >>> layer = nn.RNN(2, 3, rng=np.random.default_rng(0))
        >>> y, state = layer.run(np.ones((1, 5, 2)))
        >>> bool(np.all(y[:, -1] == state[0]))
        True
        """
        need_array(type(self).__name__, x)
        if len(x.shape) != 3 or x.shape[2] != self.weight.shape[1] or not x.shape[1]:
            raise ValueError(
                f"{type(self).__name__}: x has shape {x.shape}, and this layer needs (samples, "
                f"time, {self.weight.shape[1]}), with a time of 1 at least; use x[None] for one "
                f"sequence"
            )
        shape = x.shape[0], self.recurrent.shape[1]
        if state is None:
            state = (np.zeros(shape, self.recurrent.dtype),) * self.memories
        self._check(state, shape)
        z, U = linear(x, self.weight, self.bias), self.recurrent.T

        def step(state: State, z: Array) -> tuple[State, Array]:
            state = self.step(z, state, U)
            return state, state[0]

        last, outputs = al.scan(step, tuple(state), np.swapaxes(z, 0, 1))
        return np.swapaxes(outputs, 0, 1), last

    def _check(self, state: State, shape: tuple[int, ...]) -> None:
        given = isinstance(state, (tuple, list)) and tuple(np.shape(a) for a in state)
        if given != (shape,) * self.memories:
            has = f"shapes {given}" if given else f"type {type(state).__name__}"
            raise ValueError(
                f"{type(self).__name__}: state has {has}, and must be a tuple of {self.memories} "
                f"of shape (samples, size) = {shape}, as `run` returns it; for one array give "
                f"state=(h,)"
            )

    def step(self, z: Array, state: State, U: Array) -> State:
        """The next state, from z = W x + b, the state before and Uᵀ, by which rows of it go."""
        raise NotImplementedError


def _gates(z: Array, n: int) -> list[Array]:
    size = z.shape[-1] // n
    return [z[:, k * size : (k + 1) * size] for k in range(n)]


class RNN(_Recurrent):
    """h ← tanh(W x + b + U h).  (Elman 1990)

    ``weight`` W has shape (size, inputs), ``recurrent`` U (size, size) and ``bias`` b (size,).
    ``x`` has shape (samples, time, inputs), the result (samples, time, size).

    >>> import numpy as np, nn
    >>> nn.RNN(2, 3, rng=np.random.default_rng(0))(np.ones((1, 5, 2))).shape
    (1, 5, 3)
    """

    def step(self, z: Array, state: State, U: Array) -> State:
        (h,) = state
        return (np.tanh(z + h @ U),)


class LSTM(_Recurrent):
    """c ← σ(f) c + σ(i) tanh(g), h ← σ(o) tanh(c).  (Hochreiter & Schmidhuber 1997; Gers 2000)

    (i, f, g, o) = W x + b + U h.  ``weight`` W has shape (4 size, inputs), ``recurrent`` U
    (4 size, size) and ``bias`` b (4 size,).  ``x`` has shape (samples, time, inputs), the result
    (samples, time, size).  The state is (h, c).

    >>> import numpy as np, nn
    >>> nn.LSTM(2, 3, rng=np.random.default_rng(0))(np.ones((1, 5, 2))).shape
    (1, 5, 3)
    """

    gates = 4
    memories = 2

    def step(self, z: Array, state: State, U: Array) -> State:
        h, c = state
        i, f, g, o = _gates(z + h @ U, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c


@dataclass(init=False)
class GRU(_Recurrent):
    """h ← (1 − z) n + z h, with n = tanh(aₙ + r (Uₙ h + d)).  (Cho et al. 2014)

    a = W x + b, r = σ(aᵣ + Uᵣ h), z = σ(a_z + U_z h), in the order (r, z, n).  ``weight`` W has
    shape (3 size, inputs), ``recurrent`` U (3 size, size), ``bias`` b (3 size,) and ``inner`` d
    (size,).  ``x`` has shape (samples, time, inputs), the result (samples, time, size).

    >>> import numpy as np, nn
    >>> nn.GRU(2, 3, rng=np.random.default_rng(0))(np.ones((1, 5, 2))).shape
    (1, 5, 3)
    """

    gates = 3

    inner: np.ndarray | None

    @checked(inputs=SIZE, size=SIZE, recurrent=INITIALIZER, **WEIGHTS)
    def __init__(
        self,
        inputs: int,
        size: int,
        *,
        rng: np.random.Generator,
        weight: Initializer = glorot,
        recurrent: Initializer = orthogonal,
        bias: Initializer | None = zeros,
        dtype: Any = float,
    ) -> None:
        super().__init__(
            inputs, size, rng=rng, weight=weight, recurrent=recurrent, bias=bias, dtype=dtype
        )
        self.inner = None if bias is None else bias(rng, (size,), dtype)

    def step(self, z: Array, state: State, U: Array) -> State:
        (h,) = state
        a_r, a_z, a_n = _gates(z, 3)
        u_r, u_z, u_n = _gates(h @ U, 3)
        r, update = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
        n = np.tanh(a_n + r * (u_n if self.inner is None else u_n + self.inner))
        return ((1 - update) * n + update * h,)
