"""Arithmetic that rounds at random: how much of a result is rounding, measured and not estimated.

A `Shaken` array stands for an array.  Every number that NumPy computes from it is moved by about
one unit in the last place; what is only selected, or moved about, stays, so that ties do.  It lies
below all levels of differentiation, so that a backward pass is shaken as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.core.methods import ArrayMethods
from autograd_lite.core.tracked import Symbol
from autograd_lite.core.trees import rebuild


class Shaking:
    """A source of rounding, ``eps`` relatively; ``moved`` counts the results that it touched.

    It is that of the arguments: a step in a lower precision is to be seen, and not to be excused.
    """

    def __init__(self, rng: np.random.Generator, eps: float) -> None:
        self.rng, self.eps = rng, eps
        self.moved = 0

    def wrapped(self, tree: Any) -> Any:
        """The same tree of arrays that shake."""
        return rebuild(tree, lambda x: Shaken(np.asarray(x), self))

    def run(self, function: Any, args: Any, options: Any) -> Any:
        """A function of NumPy on the arrays, its result moved by about an ulp."""
        given: list[Any] = []

        def plain(x: Any) -> Any:
            x = x.array if isinstance(x, Shaken) else x
            if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc":
                given.append(x)
            return x

        args, options = replaced((args, options), plain)
        result = function(*args, **options)
        several = isinstance(result, (tuple, list))
        parts = list(result) if several else [result]
        known = np.concatenate([np.zeros(1), *(np.ravel(np.abs(x)) for x in given)])
        chosen = [_chosen(x, known) for x in parts]
        if not all(map(np.all, chosen)) and sums(function):  # it rounds within, before terms cancel
            args, options = replaced((args, options), self.moves)
            result = function(*args, **options)
            parts = list(result) if several else [result]
        parts = [self.out(x, stays) for x, stays in zip(parts, chosen)]
        if not several:
            return parts[0]
        return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)

    def out(self, x: Any, stays: Any) -> Any:
        """A result, moved where it is a number that was computed."""
        if np.asarray(x).dtype.kind not in "fc":
            return x
        if np.all(stays):
            return Shaken(np.asarray(x), self)
        self.moved += 1
        return Shaken(np.where(stays, x, self.moves(np.asarray(x))), self)

    def moves(self, x: Any) -> Any:
        """Numbers, each moved by about an ulp; what is no array of floats stays."""
        if not isinstance(x, (np.ndarray, np.generic)) or x.dtype.kind not in "fc":
            return x
        by = self.eps * self.rng.uniform(0.5, 1, x.shape) * self.rng.choice([-1.0, 1.0], x.shape)
        return np.asarray(x * (1 + by), x.dtype)


def _chosen(x: Any, known: Any) -> Any:
    """Which numbers of a result are among those that were given, up to the sign."""
    x = np.asarray(x)
    return np.isin(np.abs(x), known) if x.dtype.kind in "fc" else np.True_


def sums(function: Any) -> bool:
    """Whether a function computes more than one number from one, as products of matrices do."""
    return getattr(function, "signature", None) is not None or not isinstance(function, np.ufunc)


def replaced(x: Any, by: Any) -> Any:
    """Arguments, in containers of Python, with something else in place of each."""
    if isinstance(x, (tuple, list)):
        return type(x)(replaced(y, by) for y in x)
    if isinstance(x, dict):
        return {name: replaced(y, by) for name, y in x.items()}
    return by(x)


class Shaken(Symbol, ArrayMethods, np.lib.mixins.NDArrayOperatorsMixin):
    """An array with rounding of its own."""

    __slots__ = ("array", "shaking")

    def __init__(self, array: Any, shaking: Shaking) -> None:
        self.array = array
        self.shaking = shaking

    def record(self, function: Any, args: Any, options: Any = {}) -> Any:  # noqa: B006
        return self.shaking.run(function, args, options)

    def branch(self) -> bool:
        return bool(self.array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.array, dtype)  # for what does not follow NumPy's protocols

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        return self.array.dtype

    def __getitem__(self, key: Any) -> Any:
        return self.record(lambda x, key: x[key], (self, key))

    def __bool__(self) -> bool:
        return bool(self.array)

    def __float__(self) -> float:
        return float(self.array)

    def __int__(self) -> int:
        return int(self.array)

    def __index__(self) -> int:
        return int(self.array.__index__())
