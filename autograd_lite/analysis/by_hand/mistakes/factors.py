"""Factors by which a gradient is wrong: which N may be that of a mean, and what is said of each."""

from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.verdicts import WORDS
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Value
from autograd_lite.testing.checking.patterns import factors, worded

#: How near a number must be to one of a table, by the bytes of those it was found from.
NEAR = {2: 1e-2, 4: 1e-4, 8: 1e-7, 16: 1e-7}


def batches(weights: Iterable[Any], data: Iterable[Any]) -> list[int]:
    """The numbers that may be those of the samples: what the data share, and no weight has.

    Samples lie in rows, or in columns.

    >>> batches([np.ones((5, 4))], [np.ones((4, 6)), np.ones((1, 6))])
    [6]
    """
    shapes = [np.shape(x) for x in data if np.ndim(x)]
    sides = {n for x in weights for n in np.shape(x)}
    shared = []
    for i, one in enumerate(shapes):
        for two in shapes[i + 1 :]:
            pairs = [*zip(one, two), *zip(one[::-1], two[::-1])]
            shared += [n for n, m in pairs if n == m > 1]
    found = set(shared) or {n for shape in shapes[:1] for n in shape if n > 1}
    best = found - sides or {shape[0] for shape in shapes if shape[0] in found} or found
    return sorted(best)


class Factors:
    """What is to be said of a factor, in a loss; ``near`` is how exactly it is known."""

    near = NEAR[8]

    def __init__(self, listing: Listing, sizes: list[int]) -> None:
        averaged = []
        for step in listing.steps:
            if step.function is np.mean:
                before, after = (prod(v.shape or ()) for v in (step.operands[0], step.result))
                averaged.append(before // max(after, 1))
        self.sizes = list(dict.fromkeys([*sizes, *averaged]))
        self.literals = []
        for step in listing.steps:
            for x in step.args:
                if isinstance(x, Value) and x.is_constant and x.shape == ():
                    x = x.data
                if isinstance(x, (int, float)) and not isinstance(x, bool) and abs(x) not in (0, 1):
                    self.literals.append(x)

    def simple(self, c: float) -> str | None:
        """What is said of a sign, of 2 and of N; None for another number."""
        for p in factors(self.sizes):
            if abs(c - p.factor) <= self.near * abs(p.factor):
                return worded(p, WORDS)
        for p in factors(self.sizes):
            if p.factor > 0 and abs(c + p.factor) <= self.near * abs(p.factor):
                return f"the sign is wrong, and {worded(p, WORDS)}"
        return None

    def any(self, c: float) -> str | None:
        """What is said of any other constant."""
        if self.simple(c) or abs(c) <= self.near or abs(c - 1) <= self.near or not np.isfinite(c):
            return None
        for k in self.literals:
            if abs(c - k) <= self.near * abs(k):
                return f"a constant factor {k:g} too much"
            if abs(c * k - 1) <= self.near:
                return f"the constant factor {k:g} is missing"
        return f"a constant factor {c:.6g} too much"
