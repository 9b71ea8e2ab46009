"""How a gradient is wrong: patterns of mistakes, found by holding it against the right one.

A `Pattern` is data.  Every caller has a table of words by kind, of which `worded` makes sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

Shape = tuple[int, ...]
#: Whether an array is the right one, up to the precision in which a caller compares.
Near = Callable[[Any, Any], bool]


class Pattern(NamedTuple):
    """A mistake that shows in a gradient.

    ``factor`` is the wrong gradient divided by the right one, ``size`` the N of a sum or a mean.
    ``axes`` are those that a sum is missing over.  ``error`` is relative to the largest number.
    """

    kind: str
    factor: float = 1.0
    size: int = 0
    axes: Shape = ()
    error: float = 0.0


def worded(pattern: Pattern, words: Mapping[str, str], **more: Any) -> str:
    """The sentence for a pattern: its fields, and what is given besides, fill the gaps of a text.

    >>> worded(Pattern("sum", factor=8.0, size=8), {"sum": "off by N = {size}"})
    'off by N = 8'
    """
    return words[pattern.kind].format(**pattern._asdict(), **more)


def factors(sizes: Iterable[int]) -> list[Pattern]:
    """The factors by which a gradient is often wrong; ``sizes`` are those of possible batches."""
    found = [Pattern("sign", -1.0), Pattern("twice", 2.0), Pattern("half", 0.5)]
    for n in (n for n in sizes if n > 1):
        found += [Pattern("sum", float(n), n), Pattern("mean", 1 / n, n)]
        found += [Pattern("minus sum", -float(n), n)]
    return found


# ---- shapes ----

#: How a gradient of the wrong shape is put right, where that can be done.
REMEDIES: dict[str, Callable[[Any, Shape], Any]] = {
    "unsummed": lambda g, axes: g.sum(axes),
    "unaveraged": lambda g, axes: g.mean(axes),
    "transposed": lambda g, axes: g.T,
    "reshaped": lambda g, axes: g,
}


def of_shape(got: Shape, shape: Shape) -> Iterator[Pattern]:
    """What the shape of a gradient suggests, for an argument of another ``shape``.

    >>> [pattern.kind for pattern in of_shape((3, 4), (4, 3))]
    ['transposed', 'reshaped', 'foreign']
    """
    added = len(got) - len(shape)
    padded = (1,) * added + shape
    if got == shape[::-1]:
        yield Pattern("transposed")
    if np.prod(got, dtype=int) == np.prod(shape, dtype=int):
        yield Pattern("reshaped")
    elif added >= 0 and all(n in (1, m) for n, m in zip(padded, got)):
        axes = tuple(i for i, m in enumerate(got) if i < added or padded[i] != m)
        yield Pattern("unsummed", axes=axes)
        yield Pattern("unaveraged", axes=axes)
    left = iter(shape)
    if all(n in left for n in got if n != 1):
        yield Pattern("reduced")
    yield Pattern("foreign")


# ---- numbers ----


def patterns(
    got: Any,
    expected: Any,
    near: Near,
    sizes: Iterable[int] = (),
    wrong: Any = ...,
    dtype: Any = None,
) -> Iterator[Pattern]:
    """All patterns that a wrong gradient shows, the most telling first.

    ``wrong`` marks the elements that differ, by default all.  It has an axis in front: of length 1,
    or 2 for real and imaginary parts.  ``dtype`` is the argument's, by default that of ``got``.

    >>> W = np.arange(6.0).reshape(2, 3)
    >>> [pattern.kind for pattern in patterns(W.T, W, np.array_equal)]
    ['transposed', 'foreign']
    """
    if got.shape != expected.shape:
        for pattern in of_shape(got.shape, expected.shape):
            remedy = REMEDIES.get(pattern.kind)
            put_right = remedy and np.reshape(remedy(got, pattern.axes), expected.shape)
            if remedy is None or near(put_right, expected):
                yield pattern
        return
    yield from _of_numbers(got, expected, near, sizes, wrong, dtype or got.dtype)
    if got.ndim >= 2:
        turned = np.swapaxes(expected, -1, -2)
        if near(got, turned):
            yield Pattern("transposed")
        elif near(got.ravel(), turned.ravel()):
            yield Pattern("transposed, reshaped")
    if near(np.sort(got, None), np.sort(expected, None)):
        yield Pattern("order")
    if any(near(got, np.full_like(got, total)) for total in (expected.sum(), expected.mean())):
        yield Pattern("collapsed")


def _of_numbers(
    got: Any, expected: Any, near: Near, sizes: Iterable[int], wrong: Any, dtype: Any
) -> Iterator[Pattern]:
    """The patterns that the wrong elements show one by one, wherever they stand."""
    conjugate = got.dtype.kind == "c" and near(np.conj(got), expected)
    got, expected = (
        np.stack([x.real, x.imag]) if x.dtype.kind == "c" else x[None] for x in (got, expected)
    )
    a, b = got[wrong], expected[wrong]
    x, y = a.astype(float), b.astype(float)
    with np.errstate(all="ignore"):
        error = float(np.max(np.abs(x - y)) / np.max(np.abs(y)))
        ratio = float(np.median(x / y))
    for kind, shows in (
        ("not finite", not np.all(np.isfinite(x))),
        ("undefined", not np.all(np.isfinite(y))),
        ("zero", not np.any(x)),
        ("not zero", not np.any(y)),
        ("conjugate", conjugate),
        ("single precision", dtype.char in "dD" and 1e-9 < error < 1e-6),
        ("rounding", dtype.kind in "fc" and error < min(0.05, 1e3 * np.finfo(dtype).eps)),
    ):
        if shows:
            yield Pattern(kind, error=error)
    rest = "element" if a.size == 1 < got.size else "factor"
    for pattern in (*factors(sizes), Pattern(rest, ratio)):
        if near(a, pattern.factor * b):
            yield pattern
