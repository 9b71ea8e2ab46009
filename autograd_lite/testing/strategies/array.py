"""Arrays as a rule meets them: in a domain, beside kinks or on them, of any layout in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd_lite.testing.strategies.domains import (
    MARGIN,
    Domain,
    contains,
    grid,
    kinks_and_ties,
    numbers,
)

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]

#: How the elements lie in memory: in rows, in columns, every other one, backwards.
LAYOUTS = ("C", "F", "strided", "reversed")


@st.composite
def arrays(
    draw: st.DrawFn,
    domain: Domain = "real",
    *,
    dtype: Any = np.float64,
    shape: Shape | st.SearchStrategy[Shape] | None = None,
    min_dims: int = 0,
    max_dims: int = 3,
    min_side: int = 0,
    max_side: int = 3,
    kinks: Any = (),
    at_kinks: bool = False,
    margin: float = MARGIN,
    layout: str | st.SearchStrategy[str] | None = None,
) -> Array:
    """Arrays of numbers of a domain.

    ``domain``: "real", "positive", "nonnegative", "nonzero", "unit" (−1 < x < 1), "probability"
    (0 < x < 1) or "above one".  It may also be a closed interval ``(low, high)``, or a function
    that says whether a number belongs to it.  Numbers are moderate, and at least ``margin`` away
    from poles and open ends; complex ones have their real part in the domain.

    ``kinks``: a number, or several, among which may be "ties" of equal elements.  All elements are
    at least ``margin`` away from these; with ``at_kinks`` at least one is exactly on one of them.

    ``dtype``: a dtype, ``Fraction`` (an array of objects), or a strategy of these.
    ``layout``: one of `LAYOUTS`, if not all of them.

    >>> from hypothesis import find
    >>> find(arrays("above one", shape=(2,)), lambda x: True)
    array([2., 2.])
    """
    if shape is None:
        least = max(min_side, 1) if at_kinks else min_side
        shape = hnp.array_shapes(
            min_dims=min_dims, max_dims=max_dims, min_side=least, max_side=max_side
        )
    (array,) = together(
        draw, [draw(_strategy(shape))], [domain], dtype, kinks, at_kinks, margin, layout
    )
    return array


@st.composite
def broadcastable(
    draw: st.DrawFn,
    n: int = 2,
    domain: Domain | list[Any] = "real",
    *,
    dtype: Any = np.float64,
    shapes: Sequence[Shape] | st.SearchStrategy[Sequence[Shape]] | None = None,
    signature: str | None = None,
    min_dims: int = 0,
    max_dims: int = 3,
    min_side: int = 0,
    max_side: int = 3,
    kinks: Any = (),
    at_kinks: bool = False,
    margin: float = MARGIN,
    layout: str | st.SearchStrategy[str] | None = None,
) -> tuple[Array, ...]:
    """Tuples of ``n`` arrays whose shapes broadcast together, or fit as a ``signature`` says.

    ``domain``: one for all of them, or a list with one for each.  ``signature``: core dimensions in
    the manner of NumPy, ``"(m,n),(n)"``.  Other options as for `arrays`; "ties" are also those of
    an element with one of another array.

    >>> from hypothesis import find
    >>> a, b = find(broadcastable(2, min_side=1), lambda pair: pair[0].shape != pair[1].shape)
    >>> sorted([a.shape, b.shape])
    [(), (1,)]
    """
    if shapes is None:
        sides: dict[str, Any] = {
            "min_side": max(min_side, 1) if at_kinks else min_side,
            "max_side": max_side,
        }
        if signature is None:
            fitting = hnp.mutually_broadcastable_shapes(
                num_shapes=n, min_dims=min_dims, max_dims=max_dims, **sides
            )
        else:
            loops = 2 if signature.startswith("...") else 0
            fitting = hnp.mutually_broadcastable_shapes(
                signature=signature.removeprefix("...") + "->()", max_dims=loops, **sides
            )
        shapes = fitting.map(lambda drawn: drawn.input_shapes)
    each: Sequence[Domain] = domain if isinstance(domain, list) else [domain] * n
    return together(draw, draw(_strategy(shapes)), each, dtype, kinks, at_kinks, margin, layout)


# ---- drawn together, because ties are between any two elements ----


def together(
    draw: st.DrawFn,
    shapes: Sequence[Shape],
    each: Sequence[Domain],
    dtype: Any,
    kinks: Any,
    at_kinks: bool,
    margin: float,
    layout: Any,
) -> tuple[Array, ...]:
    """One array for each shape and domain; the options are those of `arrays`."""
    points, ties = kinks_and_ties(kinks)
    dtype = draw(_strategy(dtype))
    n = len(shapes)
    drawn = []
    for i, (shape, domain) in enumerate(zip(shapes, each, strict=True)):
        on = [x for x in points if contains(domain, x)] if at_kinks else []
        if ties:
            # numbers of different arrays are on different grids, unless they are to meet
            offset = 0.0 if at_kinks else i * margin
            spacing = margin if at_kinks else n * margin
            spots = grid(domain, dtype, points, margin, spacing=spacing, offset=offset)
            assume(at_kinks or math.prod(shape) <= len(spots))
            elements = st.sampled_from(spots)
        else:
            elements = numbers(domain, dtype, points, margin)
        if on:
            elements = st.sampled_from([_kind(dtype)(x) for x in on]) | elements
        drawn.append(
            draw(
                hnp.arrays(
                    object if dtype is Fraction else dtype,
                    shape,
                    elements=elements,
                    unique=ties and not at_kinks,
                    fill=st.nothing(),
                )
            )
        )
    if at_kinks:
        _plant(draw, drawn, each, points, ties, _kind(dtype))
    layouts = st.sampled_from(LAYOUTS) if layout is None else _strategy(layout)
    return tuple(laid_out(x, draw(layouts)) if x.ndim else x for x in drawn)


def _plant(
    draw: st.DrawFn,
    drawn: list[Array],
    each: Sequence[Domain],
    points: Sequence[float],
    ties: bool,
    kind: Any,
) -> None:
    """Put one element on a kink, or make one equal to another."""
    if not points and not ties:
        raise ValueError("at_kinks=True asks for kinks to be on: give kinks=…")
    if not ties or (points and draw(st.booleans())):
        spots = [
            (i, x)
            for i, (a, domain) in enumerate(zip(drawn, each))
            for x in points
            if a.size and contains(domain, x)
        ]
        assume(spots)
        i, x = draw(st.sampled_from(spots))
        drawn[i].flat[draw(st.integers(0, drawn[i].size - 1))] = kind(x)
    elif len(drawn) > 1:
        # first elements meet in every way to broadcast
        i, j = draw(st.permutations(range(len(drawn))))[:2]
        assume(drawn[i].size and drawn[j].size and contains(each[j], drawn[i].flat[0].real))
        drawn[j].flat[0] = drawn[i].flat[0]
    else:
        (a,) = drawn
        axes = [axis for axis, side in enumerate(a.shape) if side > 1]
        assume(a.size and axes)
        along = np.moveaxis(a, draw(st.sampled_from(axes)), 0)
        i, j = draw(st.permutations(range(len(along))))[:2]
        column = tuple(draw(st.integers(0, side - 1)) for side in along.shape[1:])
        along[(i, *column)] = along[(j, *column)]


def _kind(dtype: Any) -> Any:
    return Fraction if dtype is Fraction else np.dtype(dtype).type


def _strategy(value: Any) -> st.SearchStrategy[Any]:
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


def source_of(x: Any) -> str:
    """A value as source; an array to the bit, but for its layout.

    >>> source_of(np.array([0.1, 2], "f4")), source_of(np.zeros((0, 2))), source_of(2)
    ('np.array([0.10000000149011612, 2.0], dtype="float32")', 'np.zeros((0, 2))', '2')
    """
    if not isinstance(x, np.ndarray):
        return repr(x)
    plain = x.dtype in (np.float64, np.int64, np.bool_)
    dtype = "" if plain else f', dtype="{x.dtype}"'
    return f"np.array({x.tolist()!r}{dtype})" if x.size else f"np.zeros({x.shape}{dtype})"


def laid_out(x: Array, layout: str) -> Array:
    """The same numbers, differently in memory.

    >>> laid_out(np.arange(3.0), "reversed").strides
    (-8,)
    """
    match layout:
        case "C":
            return np.ascontiguousarray(x)
        case "F":
            return np.asfortranarray(x)
        case "strided":
            wide = np.repeat(x, 2, axis=-1)
            return wide[..., ::2]
        case "reversed":
            backwards = (slice(None, None, -1),) * x.ndim
            return np.ascontiguousarray(x[backwards])[backwards]
    raise ValueError(f"{layout!r} is no layout; layouts are {', '.join(LAYOUTS)}")
