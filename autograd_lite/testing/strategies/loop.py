"""Random loops: the step is its source, plain NumPy, and carries a vector and a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import CodeType
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from autograd_lite.testing.strategies.array import Array, arrays, source_of

#: What a line may say: {v} and {w} are vectors, {s} is a number; W and b are read from outside.
RATIONAL_VECTORS = (
    *("W @ {v}", "{v} @ W", "{v} + {w}", "{v} - b", "{v} * {w}", "{s} * {v}", "{v}[::-1]"),
    *("W[0] * {v}", "np.cumsum({v})", "{v} / (2 + {w} * {w})", "np.stack([{v}, {w}])[1]", "-{v}"),
    *("np.broadcast_to({s}, {v}.shape) * b", "np.concatenate([{v}[1:], {w}[:1]])"),
)
VECTORS = (
    *RATIONAL_VECTORS,
    *("np.tanh({v})", "np.sin({v} + {s})", "np.exp(-{v} * {v})", "np.arctan2({v}, 2 + {w} * {w})"),
)
RATIONAL_NUMBERS = ("np.sum({v})", "{v} @ {w}", "{s} * {v}[-1]", "np.sum(W @ {v}) + {s}", "b[0]")
NUMBERS = (*RATIONAL_NUMBERS, "np.tanh({s})", "np.sqrt(1 + {v} @ {v})", "np.mean(W) + {s}")
#: What has no pole among complex numbers either, and stays small.
COMPLEX_VECTORS = tuple(text for text in VECTORS if not any(f in text for f in ("/", "tan", "exp")))
COMPLEX_NUMBERS = tuple(text for text in NUMBERS if not any(f in text for f in ("tanh", "sqrt")))
#: What keeps the numbers small that are carried.
BOUNDED = "{0} / (1 + {0} * {0})"
COMPLEX_BOUNDED = "{0} / (1 + np.real({0} * np.conj({0})))"


class Part(NamedTuple):
    """A line of the step, and whether it makes a vector, else a number."""

    text: str
    vector: bool


@dataclass(frozen=True, eq=False, repr=False)
class RandomLoop:
    """A step in lines, with what it reads from outside, begins with and goes over.

    ``loop.step(W, b)`` is the function of a carry ``(h, s)`` and of ``(x, c)``, which returns the
    next carry and a result.  It runs its source, which is ``str(loop)``.

    >>> one, two = np.ones(1), np.ones((1, 1))
    >>> lines = (Part("h + x", True), Part("s * c", False))
    >>> loop = RandomLoop((two, one), (one, one[0]), (two, one), lines, "a1", False)
    >>> print(loop)
    def step(carry, xs):
        h, s = carry
        x, c = xs
        a0 = h + x
        a1 = s * c
        return (a0 / (1 + a0 * a0), a1 / (1 + a1 * a1)), a1
    >>> loop.step(two, one)((one, 2.0), (one, 1.0))[1]
    2.0
    """

    outside: tuple[Array, ...]
    carry: tuple[Any, ...]
    xs: tuple[Array, ...]
    lines: tuple[Part, ...]
    result: str
    reverse: bool

    def step(self, *outside: Any) -> Callable[[Any, Any], Any]:
        """The step of a loop that reads these from outside."""
        scope = {"np": np, **dict(zip(("W", "b"), outside, strict=True))}
        exec(self._code, scope)
        step: Any = scope["step"]
        return step  # type: ignore[no-any-return]

    def __str__(self) -> str:
        bounded = COMPLEX_BOUNDED if self.outside[0].dtype.kind == "c" else BOUNDED
        carried = [bounded.format(last(self.lines, vector)) for vector in (True, False)]
        lines = ["h, s = carry", "x, c = xs"]
        lines += [f"a{i} = {part.text}" for i, part in enumerate(self.lines)]
        lines.append(f"return ({', '.join(carried)}), {self.result}")
        return "\n    ".join(["def step(carry, xs):", *lines])

    def __repr__(self) -> str:
        names = ("W", "b", "h", "s", "X", "C")
        given = (*self.outside, *self.carry, *self.xs)
        lines = [f"{name} = {source_of(x)}" for name, x in zip(names, given)]
        return "\n".join(["", str(self), "", *lines, f"reverse = {self.reverse}"])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # how Hypothesis shows an example
        printer.text(repr(self))

    @cached_property
    def _code(self) -> CodeType:
        return compile(str(self), "<random loop>", "exec")


def last(lines: Sequence[Part], vector: bool) -> str:
    """The name of the latest vector or number."""
    names = [f"a{i}" for i, part in enumerate(lines) if part.vector is vector]
    return names[-1] if names else "h" if vector else "s"


@st.composite
def loops(
    draw: st.DrawFn,
    *,
    depth: int = 6,
    turns: int = 4,
    min_turns: int = 0,
    side: int = 3,
    dtype: Any = np.float64,
    layout: str | st.SearchStrategy[str] | None = None,
) -> RandomLoop:
    """Loops of up to ``turns`` turns, whose step has up to ``depth`` lines and no kinks.

    ``dtype`` is one of floats or complex numbers, or ``Fraction``, with which loops compute
    exactly.  What they go over has any ``layout`` in memory.  There are no poles and no overflow.

    A loop shrinks to few turns and lines.

    >>> from hypothesis import find
    >>> print(find(loops(), lambda loop: True))
    def step(carry, xs):
        h, s = carry
        x, c = xs
        return (h / (1 + h * h), s / (1 + s * s)), h
    """
    n, t = draw(st.integers(1, side)), draw(st.integers(min_turns, turns))
    tables: tuple[tuple[str, ...], tuple[str, ...]]
    if dtype is Fraction:
        tables = RATIONAL_VECTORS, RATIONAL_NUMBERS
    elif np.dtype(dtype).kind == "c":
        tables = COMPLEX_VECTORS, COMPLEX_NUMBERS
    else:
        tables = VECTORS, NUMBERS

    def array(*shape: int, layout: Any = "C") -> Array:
        return draw(arrays((-1, 1), dtype=dtype, shape=shape, layout=layout))

    outside = array(n, n), array(n)
    carry = array(n), array(1)[0]
    xs = array(t, n, layout=layout), array(t, layout=layout)
    lines: list[Part] = []
    vectors, numbers = ["h", "x"], ["s", "c"]
    for _ in range(draw(st.integers(0, depth))):
        vector = draw(st.booleans())
        template = draw(st.sampled_from(tables[not vector]))
        names = {
            "v": draw(st.sampled_from(vectors)),
            "w": draw(st.sampled_from(vectors)),
            "s": draw(st.sampled_from(numbers)),
        }
        (vectors if vector else numbers).append(f"a{len(lines)}")
        lines.append(Part(template.format(**names), vector))
    result = draw(st.sampled_from([last(lines, True), last(lines, False)]))
    return RandomLoop(outside, carry, xs, tuple(lines), result, draw(st.booleans()))
