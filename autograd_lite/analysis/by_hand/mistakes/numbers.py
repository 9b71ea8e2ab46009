"""What the numbers of a gradient show, where no change of the backward pass explains them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.regions import of_region
from autograd_lite.analysis.by_hand.sayings import Sayings
from autograd_lite.analysis.by_hand.scenes import Item, Scene
from autograd_lite.analysis.by_hand.verdicts import judged, mistake
from autograd_lite.testing.checking.exact import floating

#: How near factors must be to each other.
NEAR = 1e-9
#: What a student may divide by in place of the number of samples.
MEASURES: dict[str, Callable[[Any], Any]] = {
    "sum({x})": np.sum,
    "mean({x})": np.mean,
    "max({x})": np.max,
    "norm({x})": lambda x: np.sqrt(np.sum(x * x)),
    "sum({x} ** 2)": lambda x: np.sum(x * x),
    "sum(abs({x}))": lambda x: np.sum(np.abs(x)),
    "std({x})": np.std,
    "var({x})": np.var,
}


def in_numbers(name: str, scenes: list[Scene], says: Sayings, sizes: list[int]) -> str:
    """What is said of an item that is wrong in the first of the scenes, and maybe in others."""
    found = [(item, scene) for scene in scenes if (item := scene.item(name))]
    item = found[0][0]
    text = mistake(item.hand, item.engine, sizes)
    text = text or proportional(found, says) or of_region(item.hand, item.engine, item.slack)
    if text:
        return text
    for other, _ in reversed(found):  # the author's own numbers, if they are wrong too
        if not judged(name, other.hand, other.engine, other.spread).right:
            item = other
            break
    hand, engine = floating(item.hand), floating(item.engine)
    error = np.abs(hand - engine).astype(float)
    i = tuple(map(int, np.unravel_index(np.argmax(error), error.shape)))
    numbers = f"at {i} it is {hand[i]} and should be {engine[i]}"
    return f"wrong: no simple mistake explains it; {numbers}"


def proportional(found: list[tuple[Item, Scene]], says: Sayings) -> str | None:
    """What is said where all elements are off by one factor, which is no constant."""
    ratios = []
    for item, scene in found:
        c = ratio(item.hand, item.engine) if scene.finite else None
        if c is None or abs(c - 1) < NEAR:
            return None
        ratios.append((c, scene))
    if len(ratios) < 2:
        return None
    several = np.size(found[0][0].hand) > 1
    otherwise = f"off by a factor that is no constant, {ratios[-1][0]:.6g} for these arguments"
    near = max(closeness(item.hand) for item, _ in found)
    return measured(ratios, says, near) or (otherwise if several else None)


def closeness(x: Any) -> float:
    """How near numbers of this dtype must be."""
    return max(NEAR, 100 * float(np.finfo(floating(x).dtype).eps))


def ratio(hand: Any, engine: Any) -> float | None:
    """What the hand version is a multiple by, if it is a multiple of the engine's."""
    hand, engine = floating(hand), floating(engine)
    if hand.shape != engine.shape or (hand.dtype.kind, engine.dtype.kind) != ("f", "f"):
        return None
    norm = float(np.sum(np.abs(engine) ** 2))
    c = float(np.sum(hand * engine) / norm) if norm else 0.0
    largest = float(np.max(np.abs(hand), initial=0))
    return c if c and np.all(np.abs(hand - c * engine) <= closeness(hand) * largest) else None


def measured(ratios: list[tuple[float, Scene]], says: Sayings, near: float) -> str | None:
    """A factor that is a sum or a norm of an argument, in place of a constant."""
    for value in (v for v in says.listing.inputs if v.shape):
        for text, f in MEASURES.items():
            pairs = []
            for c, scene in ratios:
                place = [v.path for v in scene.program.inputs].index(value.path)
                pairs.append((c, float(f(np.asarray(scene.leaves[place], float)))))
            word = text.format(x=says.text(value))
            over = [c * m for c, m in pairs]
            if over[0] and np.isfinite(over[0]) and np.ptp(over) <= near * abs(over[0]):
                return f"a factor that is no constant: divided by {word} in place of {over[0]:.6g}"
            times = [c / m if m else np.nan for c, m in pairs]
            if times[0] and np.isfinite(times[0]) and np.ptp(times) <= near * abs(times[0]):
                return f"a factor that is no constant: multiplied by {word}"
    return None
