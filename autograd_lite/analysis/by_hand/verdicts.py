"""How near two arrays are, and which simple pattern a wrong one shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

#: So many units in the last place are rounding, by the bytes of a number; more is an error.
ROUNDING = {2: 8, 4: 64, 8: 256, 16: 256}


@dataclass
class Verdict:
    """What is to be said of one gradient of the hand version.

    ``ulps`` is 0 for the same bits, None if it is wrong; ``follows`` says that it would be right if
    what comes before it were.
    """

    name: str
    ulps: int | None
    text: str
    follows: bool = False

    @property
    def right(self) -> bool:
        return self.ulps is not None


def array(x: Any) -> Any:
    x = np.asarray(x)
    return x if x.dtype.kind in "fcO" else x.astype(float)


def distance(hand: Any, engine: Any) -> int | None:
    """How many units in the last place of the largest number two arrays differ; None if too many.

    Fractions and other objects are equal or not.
    """
    hand, engine = array(hand), array(engine)
    if hand.shape != engine.shape:
        return None
    if engine.size == 0:
        return 0
    if "O" in (hand.dtype.kind, engine.dtype.kind):
        return 0 if bool(np.all(hand == engine)) else None
    if np.array_equal(hand, engine, equal_nan=True):
        return 0
    coarse = min((hand.dtype, engine.dtype), key=lambda d: np.finfo(d).precision)
    scale = np.max(np.abs(engine)).astype(np.finfo(coarse).dtype)
    if not (np.isfinite(scale) and np.all(np.isfinite(hand))):
        return None
    unit = max(float(np.spacing(scale)), float(np.finfo(coarse).tiny))
    limit = ROUNDING[coarse.itemsize // (2 if coarse.kind == "c" else 1)]
    n = int(min(np.ceil(float(np.max(np.abs(hand - engine))) / unit), 2 * limit))
    return n if n <= limit else None


def judged(name: str, hand: Any, engine: Any) -> Verdict:
    n = distance(hand, engine)
    if n == 0:
        a, b = array(hand), array(engine)
        if a.dtype != b.dtype or a.dtype.kind == "O":
            return Verdict(name, 0, "equal" if a.dtype == b.dtype else f"equal, in {a.dtype}")
        same = bool(np.all(np.signbit(a.real) == np.signbit(b.real)))
        return Verdict(name, 0, "same bits" if same else "equal; zeros differ in sign")
    return Verdict(name, n, "wrong" if n is None else f"equal within {n} ulp")


# ---- patterns ----


def pattern(hand: Any, engine: Any, batches: Iterable[int]) -> str:
    """Why a gradient is wrong, if that shows in its shape or by a factor; else an empty text."""
    hand, engine = array(hand), array(engine)
    if hand.shape != engine.shape:
        return of_shape(hand, engine)
    if engine.ndim == 2 and engine.shape[0] == engine.shape[1] and same(hand.T, engine):
        return "is the transpose"
    for factor, text in factors(batches):
        if same(hand, factor * engine):
            return text
    return ""


def of_shape(hand: Any, engine: Any) -> str:
    shapes = f"shape {hand.shape} for {engine.shape}"
    if hand.ndim == 2 and same(hand.T, engine):
        return f"is the transpose: {shapes}"
    if hand.size == engine.size and same(hand.reshape(engine.shape), engine):
        return f"has to be reshaped: {shapes}"
    if hand.ndim > engine.ndim and hand.shape[hand.ndim - engine.ndim :] == engine.shape:
        axes = tuple(range(hand.ndim - engine.ndim))
        for summed, what in ((hand.sum(axes), "summed"), (hand.mean(axes), "averaged")):
            if same(summed, engine):
                return f"is not {what} over the batch: {shapes}"
    if np.ndim(hand) < np.ndim(engine):
        return f"is summed over an axis that the argument has: {shapes}"
    return f"has the wrong shape: {shapes}"


def factors(batches: Iterable[int]) -> Iterable[tuple[float, str]]:
    """Factors by which a gradient is often wrong, each with what is behind it."""
    yield -1.0, "the sign is wrong"
    yield 2.0, "a factor 2 too much: the derivative of ½ e² is e"
    yield 0.5, "a factor 2 is missing: the derivative of e² is 2 e"
    for n in sorted({n for n in batches if n > 1}):
        yield float(n), f"off by N = {n}: sum against mean"
        yield 1 / n, f"off by 1/N: mean against sum (N = {n})"
        yield -float(n), f"the sign is wrong, and off by N = {n}: sum against mean"


def same(hand: Any, engine: Any) -> bool:
    """Whether two arrays are equal up to rounding, and not all zero."""
    return distance(hand, engine) is not None and bool(np.any(engine))
