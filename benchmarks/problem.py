"""One network to be trained, for everybody the same but for the functions that it is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import nn
from benchmarks.contestants import HAND, MAKERS, Contestant, installed, on_arrays


def of_nn(*names):
    """These functions of nn, or nothing while one of them is missing."""
    found = [getattr(nn, name, None) for name in names]
    return found if all(found) else ()


@dataclass
class Problem:
    """Parameters, data, rate, the gradient by hand, and the network in everybody's dialect.

    ``network(*parts)`` is a loss; ``dialects[maker]()`` are the parts that the maker brings along.
    """

    p: list[Any]
    data: tuple[Any, ...]
    rate: float
    by_hand: Callable[..., list[Any]]
    network: Callable[..., Callable[..., Any]]
    dialects: dict[str, Callable[[], Any]]
    tolerance: float
    exact: bool

    def contestants(self, peers):
        """All who can take part, hand-written NumPy first, each with its gradient checked."""
        entries = [on_arrays(HAND, self.by_hand, self.p, self.rate, self.data)]
        for who in ("ours", "nn", *installed(peers)):
            if who in self.dialects and (parts := self.dialects[who]()):
                entries.append(MAKERS[who](self.network(*parts), self.p, self.rate, self.data))
                self.check(entries[-1], exact=self.exact and who in ("ours", "nn"))
        return entries

    def check(self, entry: Contestant, exact: bool):
        """Compare a contestant's first gradient with the one by hand, bit for bit if ``exact``."""
        for g, by_hand in zip(entry.gradient(), self.by_hand(self.p, *self.data), strict=True):
            g = np.asarray(g)
            assert (g.shape, g.dtype) == (by_hand.shape, by_hand.dtype), entry.name
            if exact:
                assert (g == by_hand).all(), f"{entry.name} differs from the gradient by hand"
            else:
                np.testing.assert_allclose(
                    g, by_hand, self.tolerance, self.tolerance, err_msg=entry.name
                )
