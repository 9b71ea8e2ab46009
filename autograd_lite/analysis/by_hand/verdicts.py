"""The verdict on each gradient of a hand version, and on the derivation as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_lite.display import heading, notebook, notes, table
from autograd_lite.testing.checking.exact import ROUNDING_ULPS, floating, same_bits, ulps_of_largest
from autograd_lite.testing.checking.patterns import of_shape, patterns, worded

#: So many times the spread of the shaken runs is still rounding.
TIMES = 16
#: What is said of each pattern; the other patterns are no diagnosis here.
WORDS = {
    "sign": "the sign is wrong",
    "twice": "a factor 2 too much: the derivative of ½ e² is e",
    "half": "a factor 2 is missing: the derivative of e² is 2 e",
    "sum": "off by N = {size}: sum against mean",
    "mean": "off by 1/N: mean against sum (N = {size})",
    "minus sum": "the sign is wrong, and off by N = {size}: sum against mean",
    "conjugate": "is the complex conjugate: the convention is df = Re(Σ g dz)",
    "transposed": "is the transpose",
    "reshaped": "has to be reshaped",
    "unsummed": "is not summed over the batch",
    "unaveraged": "is not averaged over the batch",
    "reduced": "is summed over an axis that the argument has",
    "foreign": "has the wrong shape",
}
#: What is said of a shape where the numbers are wrong as well.
SHAPES = {
    "transposed": "has the shape of the transpose, and its numbers are wrong too",
    "reshaped": "has to be reshaped, and its numbers are wrong too",
    "unsummed": "has the shape of what it is to be summed from, and its numbers are wrong too",
}


@dataclass
class Verdict:
    """What is to be said of one gradient of the hand version.

    ``ulps`` is 0 for the same bits, None if the gradient is wrong.  ``follows`` says that it would
    be right if the earlier ones were.  ``line`` is the line of the loss where the mistake belongs,
    and ``digits`` says how many agree where rounding is amplified.
    """

    name: str
    ulps: int | None
    text: str
    follows: bool = False
    line: str = ""
    digits: int | None = None

    @property
    def right(self) -> bool:
        return self.ulps is not None


@dataclass
class Derivation:
    """A derivation by hand, judged: what `al.compare` returns.

    ``verdicts`` are on its gradients and intermediates, in the order of the backward pass;
    ``derivation["dw"]`` is the one on ``dw``.  ``notes`` tell what could not be judged, and what
    the given numbers hide.  It is true where everything is right, so that it can be asserted.  It
    prints as text, and as a table in a notebook.
    """

    name: str
    verdicts: list[Verdict]
    notes: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether everything is right, up to rounding."""
        return all(v.right for v in self.verdicts)

    def __bool__(self) -> bool:
        return self.right

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
        digits = [v.digits for v in self.verdicts if v.digits is not None]
        worst = max((v.ulps or 0 for v in self.verdicts), default=0)
        how = f"within {worst} ulp" if worst else "to the bit"
        if digits:
            how = f"within amplified rounding, {min(digits)} digits agree"
        return f"all {len(self.verdicts)} agree with the engine {how}"

    def __str__(self) -> str:
        width = max([len(v.name) for v in self.verdicts], default=0)
        lines = []
        for v in self.verdicts:
            lines.append(f"  {' ' if v.right else '✗'} {v.name:<{width}}  {v.text}")
            if v.line:
                lines.append(f"    {'':<{width}}  at {v.line}")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join([f"{self.name}: {self.summary}", *lines])

    __repr__ = __str__

    @notebook
    def _repr_html_(self) -> str:
        lines = [
            ("✓" if v.right else "✗", v.name, v.text + (f"\nat {v.line}" if v.line else ""))
            for v in self.verdicts
        ]
        wrong = [i for i, v in enumerate(self.verdicts) if not v.right]
        verdicts = table((), lines, range(3), wrong=wrong)
        said = [f"note: {note}" for note in self.notes]
        return heading(self.name, self.summary) + verdicts + notes(said)


def judged(name: str, hand: Any, engine: Any, spread: Any = 0.0) -> Verdict:
    """The verdict on numbers alone: the same bits, equal up to rounding, or wrong.

    ``spread`` is how far rounding moves each number of the engine's.
    """
    ulps = ulps_of_largest(hand, engine)
    hand, engine = floating(hand), floating(engine)
    if ulps is None:
        return amplified(name, hand, engine, spread)
    if ulps != 0:
        text = f"equal within {ulps} ulp"
    elif hand.dtype != engine.dtype or hand.dtype.kind == "O":
        text = "equal" if hand.dtype == engine.dtype else f"equal, in {hand.dtype}"
    else:
        text = "same bits" if same_bits(hand, engine) else "equal; zeros differ in sign"
    return Verdict(name, ulps, text)


def amplified(name: str, hand: Any, engine: Any, spread: Any) -> Verdict:
    """The verdict where the numbers differ by more than a few ulps."""
    wrong = Verdict(name, None, "wrong")
    if hand.shape != engine.shape or "O" in (hand.dtype.kind, engine.dtype.kind):
        return wrong
    lost = ~np.isfinite(engine)
    if np.any(~np.isfinite(hand) & ~lost):
        return wrong
    if np.any(lost):
        where = np.count_nonzero(lost)
        rest = judged(name, hand[~lost], engine[~lost], np.broadcast_to(spread, lost.shape)[~lost])
        text = (
            f"the engine's own is not finite in {where} of {lost.size} elements, where the loss as "
            f"it is written overflows; {'the others are' if where < lost.size else 'none is'} "
        )
        rest.text = text + (rest.text if where < lost.size else "compared")
        return rest
    unit = max(float(np.spacing(np.max(np.abs(engine)))), np.finfo(engine.dtype).tiny)
    coarse = max((hand.dtype, engine.dtype), key=lambda d: np.finfo(d).eps)
    ulps = ROUNDING_ULPS[min(np.finfo(coarse).dtype.itemsize, 16)]
    rounding = ulps * np.finfo(coarse).eps * float(np.max(np.abs(engine)))
    error = np.abs(hand - engine)
    if not np.all(error <= TIMES * np.asarray(spread) + rounding):
        return wrong
    largest = float(np.max(error))
    digits = agreeing(hand, engine)
    if digits:
        text = f"equal within amplified rounding, {digits} digits agree: the loss as it is written "
        text += "loses the others"
    else:
        text = "nothing can be said here: rounding in the loss as it is written is as large"
    return Verdict(name, int(min(largest / unit, 2**62)), text, digits=digits)


def agreeing(hand: Any, engine: Any) -> int:
    """How many digits agree, of the largest number."""
    largest = float(np.max(np.abs(engine), initial=0))
    error = float(np.max(np.abs(hand - engine), initial=0))
    if not error:
        return 16
    return max(int(np.floor(-np.log10(error / largest))), 0) if largest else 0


def mistake(hand: Any, engine: Any, batches: Iterable[int]) -> str | None:
    """What is wrong with a gradient, as far as it shows in its own numbers."""
    hand, engine = floating(hand), floating(engine)
    shapes = f": shape {hand.shape} for {engine.shape}" if hand.shape != engine.shape else ""
    with np.errstate(all="ignore"):
        for pattern in patterns(hand, engine, near, batches):
            if pattern.kind in WORDS and pattern.kind != "foreign":
                return worded(pattern, WORDS) + shapes
    if not shapes:
        return None
    kind = next(of_shape(hand.shape, engine.shape)).kind
    return SHAPES.get(kind, WORDS["foreign"]) + shapes


def agree(hand: Any, engine: Any) -> bool:
    """Whether two arrays are equal up to rounding."""
    return ulps_of_largest(hand, engine) is not None


def near(hand: Any, engine: Any) -> bool:
    """Whether two arrays agree and say something: zeros agree with zeros under any mistake."""
    return agree(hand, engine) and bool(np.any(engine))
