"""The verdict on each gradient of a hand version, and on the derivation as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from autograd_lite.testing.checking.exact import floating, same_bits, ulps_of_largest
from autograd_lite.testing.checking.patterns import patterns, worded

#: What is said of each pattern; the other patterns are no diagnosis here.
WORDS = {
    "sign": "the sign is wrong",
    "twice": "a factor 2 too much: the derivative of ½ e² is e",
    "half": "a factor 2 is missing: the derivative of e² is 2 e",
    "sum": "off by N = {size}: sum against mean",
    "mean": "off by 1/N: mean against sum (N = {size})",
    "minus sum": "the sign is wrong, and off by N = {size}: sum against mean",
    "transposed": "is the transpose",
    "reshaped": "has to be reshaped",
    "unsummed": "is not summed over the batch",
    "unaveraged": "is not averaged over the batch",
    "reduced": "is summed over an axis that the argument has",
    "foreign": "has the wrong shape",
}


@dataclass
class Verdict:
    """What is to be said of one gradient of the hand version.

    ``ulps`` is 0 for the same bits, None if the gradient is wrong.  ``follows`` says that it would
    be right if the earlier ones were.
    """

    name: str
    ulps: int | None
    text: str
    follows: bool = False

    @property
    def right(self) -> bool:
        return self.ulps is not None


@dataclass
class Derivation:
    """A derivation by hand, judged: what `al.compare` returns.

    ``verdicts`` are on its gradients and intermediates, in the order of the backward pass;
    ``derivation["dw"]`` is the one on ``dw``.  It prints as text, and as a table in a notebook.
    """

    name: str
    verdicts: list[Verdict]

    @property
    def right(self) -> bool:
        """Whether everything is right, up to rounding."""
        return all(v.right for v in self.verdicts)

    @property
    def first_wrong(self) -> str | None:
        """The name of the first wrong one in the order of the backward pass."""
        return next((v.name for v in self.verdicts if not v.right), None)

    def __getitem__(self, name: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.name == name:
                return verdict
        raise KeyError(f"{name}; there are {', '.join(v.name for v in self.verdicts)}")

    @property
    def summary(self) -> str:
        """One line: how many are wrong and which is the first, or how well all agree."""
        wrong = sum(not v.right for v in self.verdicts)
        if wrong:
            count = f"{wrong} of {len(self.verdicts)} wrong"
            return f"{count}; the first in the backward pass is {self.first_wrong}"
        worst = max((v.ulps or 0 for v in self.verdicts), default=0)
        how = f"within {worst} ulp" if worst else "to the bit"
        return f"all {len(self.verdicts)} agree with the engine {how}"

    def __str__(self) -> str:
        width = max([len(v.name) for v in self.verdicts], default=0)
        lines = [f"  {' ' if v.right else '✗'} {v.name:<{width}}  {v.text}" for v in self.verdicts]
        return "\n".join([f"{self.name}: {self.summary}", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{'✓' if v.right else '✗'}</td><td><code>{escape(v.name)}</code></td>"
            f"<td>{escape(v.text)}</td></tr>"
            for v in self.verdicts
        )
        return f"<p><b>{escape(self.name)}</b>: {escape(self.summary)}</p><table>{rows}</table>"


def judged(name: str, hand: Any, engine: Any) -> Verdict:
    """The verdict on numbers alone: the same bits, equal up to rounding, or wrong."""
    ulps = ulps_of_largest(hand, engine)
    hand, engine = floating(hand), floating(engine)
    if ulps != 0:
        text = "wrong" if ulps is None else f"equal within {ulps} ulp"
    elif hand.dtype != engine.dtype or hand.dtype.kind == "O":
        text = "equal" if hand.dtype == engine.dtype else f"equal, in {hand.dtype}"
    else:
        text = "same bits" if same_bits(hand, engine) else "equal; zeros differ in sign"
    return Verdict(name, ulps, text)


def mistake(hand: Any, engine: Any, batches: Iterable[int]) -> str:
    """What is wrong with a gradient, as far as it shows in its own numbers."""
    hand, engine = floating(hand), floating(engine)
    shapes = f": shape {hand.shape} for {engine.shape}" if hand.shape != engine.shape else ""
    with np.errstate(all="ignore"):
        for pattern in patterns(hand, engine, near, batches):
            if pattern.kind in WORDS:
                return worded(pattern, WORDS) + shapes
    error = np.abs(hand - engine).astype(float)
    i = tuple(map(int, np.unravel_index(np.argmax(error), error.shape)))
    return f"wrong: no simple mistake explains it; at {i} it is {hand[i]} and should be {engine[i]}"


def agree(hand: Any, engine: Any) -> bool:
    """Whether two arrays are equal up to rounding."""
    return ulps_of_largest(hand, engine) is not None


def near(hand: Any, engine: Any) -> bool:
    """Whether two arrays agree and say something: zeros agree with zeros under any mistake."""
    return agree(hand, engine) and bool(np.any(engine))
