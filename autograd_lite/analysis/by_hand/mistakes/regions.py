"""Where a gradient is wrong, in words: a row, a column, an index, or elements that are zero."""

from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.verdicts import agreeing
from autograd_lite.testing.checking.exact import floating

#: So many digits agree where the mistake is a small number, such as an epsilon.
MANY = 4


def of_region(hand: Any, engine: Any, slack: float) -> str | None:
    """What is said of a gradient that is right in a part of its elements."""
    hand, engine = floating(hand), floating(engine)
    if hand.shape != engine.shape or "O" in (hand.dtype.kind, engine.dtype.kind):
        return None
    if not np.all(np.isfinite(hand)):
        return not_finite(hand, engine)
    largest = np.max(np.abs(engine), initial=0)
    tolerance = (slack + 1e3 * np.finfo(hand.dtype).eps) * largest
    wrong = np.abs(hand - engine) > tolerance
    count, size = int(wrong.sum()), wrong.size
    if not np.any(hand) and np.any(engine):
        return "it is zero everywhere: no path back leads to it"
    zeros = wrong & (hand == 0)
    where = part(wrong)
    if 0 < count < size and np.all(zeros == wrong):
        rest = f", {where}" if where else ""
        return (
            f"zero in {count} of {size} elements{rest}, where it should not be; right in the rest"
        )
    if 0 < count < size and np.all(engine[wrong] == 0):
        rest = f", {where}" if where else ""
        return (
            f"not zero in {count} of {size} elements{rest}, where it should be; right in the rest"
        )
    if not np.any(engine[~wrong]):  # zeros are right whatever else is
        count = size
    if 0 < count < size and where:
        found = constant(hand[wrong], engine[wrong])
        return f"right except {where}{found}"
    if 0 < count <= size // 2:
        found = constant(hand[wrong], engine[wrong])
        return f"right except in {count} of {size} elements{found}"
    digits = agreeing(hand, engine)
    if digits >= MANY:
        return (
            f"nearly right, {digits} digits agree: a small number, such as an epsilon, is in one "
            f"of the two only"
        )
    return None


def constant(hand: Any, engine: Any) -> str:
    """The factor by which some elements are off, if it is one."""
    with np.errstate(all="ignore"):
        ratios = hand / engine
    if ratios.size > 1 and np.all(np.isfinite(ratios)) and np.ptp(ratios) < 1e-6 * abs(ratios[0]):
        return f", where it is off by the factor {ratios[0]:.6g}"
    return ""


def part(wrong: Any) -> str:
    """The rows or columns, or the single element, in which all of the wrong elements are."""
    if not wrong.any() or wrong.all():
        return ""
    if wrong.sum() == 1:
        (index,) = np.argwhere(wrong)
        return f"at index {tuple(map(int, index)) if len(index) != 1 else int(index[0])}"
    for axis in range(wrong.ndim):
        others = tuple(i for i in range(wrong.ndim) if i != axis)
        hit = np.flatnonzero(wrong.any(axis=others)) if others else np.flatnonzero(wrong)
        n = wrong.shape[axis]
        if len(hit) <= max(n // 2, 1) and len(hit) < n:
            name = {0: "row", wrong.ndim - 1: "column"}.get(axis, f"axis {axis},")
            name = "element" if wrong.ndim == 1 else name
            return f"in {named(name, [int(i) for i in hit], n)}"
    return ""


def named(name: str, places: list[int], n: int) -> str:
    """One row, some rows, or all rows up to one, or from one on."""
    if len(places) == 1:
        return f"{name} {places[0]}"
    if places == list(range(places[0], places[-1] + 1)) and len(places) > 2:
        return f"{name}s {places[0]} to {places[-1]}"
    return f"{name}s {', '.join(map(str, places))}"


def not_finite(hand: Any, engine: Any) -> str | None:
    bad = ~np.isfinite(hand) & np.isfinite(engine)
    if not bad.any():
        return None
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"not finite in {int(bad.sum())} of {bad.size} elements: at {index} it is {hand[index]}"
