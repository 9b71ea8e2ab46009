"""The table of what a random program may do in a step, as NumPy source with gaps.

``{0}``, ``{1}``, ``{2}`` stand for operands, words in braces for options drawn to fit the first
operand.  No step has a pole: denominators and logarithms are kept away from 0 by their form.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from string import Formatter
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd_lite.testing.strategies.array import source_of
from autograd_lite.testing.strategies.indexing import (
    axis,
    basic_indices,
    reductions,
    repeated_indices,
)

MAX_SIZE = 32


class Template:
    """The source of a step with gaps, and the operands that it is made for.

    ``limit`` bounds the absolute values of the operands, lest results grow without end.  ``kinks``
    is the distance of operands from the nearest kink, if there are any.  ``shapes`` says whether
    the shapes of operands fit.
    """

    def __init__(
        self,
        text: str,
        *,
        limit: float = 100,
        kinks: Callable[..., Any] | None = None,
        shapes: Callable[..., bool] | None = None,
        rational: bool = False,
    ) -> None:
        self.text = text
        self.limit, self.kinks, self.rational = limit, kinks, rational
        fields = {name for _, name, _, _ in Formatter().parse(text) if name}
        self.options = sorted(fields - {"0", "1", "2"})
        self.arity = len(fields) - len(self.options)
        self.shapes = shapes or _broadcast

    def __repr__(self) -> str:
        return self.text

    def fits(self, operands: tuple[Any, ...], margin: float) -> bool:
        """Whether these operands are in the domain, and at a margin from kinks."""
        operands = operands[: self.arity]
        return (
            all(np.max(abs(x)) <= self.limit for x in operands)
            and self.shapes(*map(np.shape, operands))
            and (self.kinks is None or np.min(self.kinks(*operands), initial=inf) >= margin)
        )

    def source(self, draw: st.DrawFn, shape: tuple[int, ...]) -> str:
        """The text, with all but the operands filled in."""
        chosen = {name: draw(OPTIONS[name](shape)) for name in self.options}
        return self.text.format("{0}", "{1}", "{2}", **chosen)


# ---- which shapes fit ----


def _broadcast(*shapes: tuple[int, ...]) -> bool:
    try:
        return int(np.prod(np.broadcast_shapes(*shapes), dtype=int)) <= MAX_SIZE
    except ValueError:
        return False


def _matrices(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    fit = 1 <= len(a) <= 2 and 1 <= len(b) <= 2 and a[-1] == b[0]
    return fit and int(np.prod(a[:-1] + b[1:], dtype=int)) <= MAX_SIZE


def _alike(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a == b and 2 * int(np.prod(a, dtype=int)) <= MAX_SIZE


def _alike_with_axes(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return bool(a) and _alike(a, b)


def _with_axes(a: tuple[int, ...]) -> bool:
    return len(a) >= 1


def _matrix(a: tuple[int, ...]) -> bool:
    return len(a) >= 2


# ---- options, drawn as source ----


def _reduction(shape: tuple[int, ...]) -> st.SearchStrategy[str]:
    return reductions(len(shape)).map(
        lambda options: "".join(f", {name}={value}" for name, value in options.items())
    )


def _new_shape(shape: tuple[int, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    size = int(np.prod(shape, dtype=int))
    factors = [n for n in range(1, size + 1) if size % n == 0]
    return st.sampled_from([(size,)] + [(n, size // n) for n in factors])


def _key(shape: tuple[int, ...]) -> st.SearchStrategy[str]:
    basic = basic_indices(shape).filter(lambda key: np.zeros(shape)[key].size > 0)
    return st.one_of(basic, repeated_indices(shape)).map(key_source)


def key_source(key: Any) -> str:
    """A key as one writes it between brackets.

    >>> key_source((slice(None, 2), ..., None, np.array([0, 0])))
    ':2, ..., None, np.array([0, 0])'
    """
    match key:
        case slice():
            ends = ["" if end is None else str(end) for end in (key.start, key.stop, key.step)]
            return ":".join(ends if ends[2] else ends[:2])
        case tuple():
            inside = ", ".join(map(key_source, key))
            return inside + "," * (len(key) == 1) if key else "()"
    return "..." if key is ... else source_of(key)


OPTIONS: dict[str, Callable[[tuple[int, ...]], st.SearchStrategy[Any]]] = {
    "reduction": _reduction,
    "key": _key,
    "shape": _new_shape,
    "axis": lambda shape: axis(len(shape)),
    "new_axis": lambda shape: axis(len(shape) + 1),
    "order": lambda shape: st.permutations(range(len(shape))).map(tuple),
}


# ---- distances from kinks ----


def _gaps(x: Any) -> Any:
    return np.diff(np.sort(np.ravel(x)))


def _apart(x: Any, y: Any) -> Any:
    return abs(x - y)


# ---- the table: what is simple comes first ----

OPERATIONS = [
    # arithmetic
    Template("{0} + {1}", rational=True),
    Template("{0} - {1}", rational=True),
    Template("{0} * {1}", limit=8, rational=True),
    Template("-{0}", limit=inf, rational=True),
    Template("np.square({0})", limit=8, rational=True),
    Template("1 / (1 + {0} * {0})", limit=inf, rational=True),
    Template("{0} / (1 + {1} * {1})", limit=inf, rational=True),
    # smooth functions
    Template("np.sin({0})"),
    Template("np.cos({0})"),
    Template("np.tanh({0})", limit=inf),
    Template("np.arctan({0})", limit=inf),
    Template("np.arcsinh({0})", limit=inf),
    Template("np.exp({0})", limit=3),
    Template("np.expm1({0})", limit=3),
    Template("np.log1p({0} * {0})"),
    Template("np.sqrt(1 + {0} * {0})"),
    Template("np.logaddexp({0}, {1})"),
    Template("np.arctan2({0}, 1 + {1} * {1})"),
    # functions with kinks
    Template("abs({0})", kinks=abs, limit=inf, rational=True),
    Template("np.maximum({0}, 0)", kinks=abs),
    Template("np.clip({0}, -1, 1)", kinks=lambda x: abs(abs(x) - 1), limit=inf),
    Template("np.maximum({0}, {1})", kinks=_apart, rational=True),
    Template("np.minimum({0}, {1})", kinks=_apart, rational=True),
    Template("np.where({0} > 0, {1}, {2})", kinks=lambda x, *_: abs(x), rational=True),
    # reductions
    Template("np.sum({0}{reduction})", shapes=_with_axes, rational=True),
    Template("np.mean({0}{reduction})", shapes=_with_axes, limit=inf, rational=True),
    Template("np.prod({0}{reduction})", shapes=_with_axes, limit=1.25),
    Template("np.max({0}{reduction})", shapes=_with_axes, limit=inf, kinks=_gaps),
    Template("np.cumsum({0}, axis={axis})", shapes=_with_axes),
    # products
    Template("{0} @ {1}", shapes=_matrices, limit=8, rational=True),
    Template("{0} @ {1}.T", shapes=lambda a, b: _matrices(a, b[::-1]), limit=8, rational=True),
    # shapes
    Template("np.reshape({0}, {shape})", shapes=_with_axes, limit=inf, rational=True),
    Template("np.expand_dims({0}, {new_axis})", shapes=_with_axes, limit=inf, rational=True),
    Template("np.transpose({0}, {order})", shapes=_matrix, limit=inf, rational=True),
    Template("{0}[{key}]", shapes=_with_axes, limit=inf, rational=True),
    Template(
        "np.concatenate([{0}, {1}], axis={axis})",
        shapes=_alike_with_axes,
        limit=inf,
        rational=True,
    ),
    Template("np.stack([{0}, {1}], axis={new_axis})", shapes=_alike, limit=inf, rational=True),
]
