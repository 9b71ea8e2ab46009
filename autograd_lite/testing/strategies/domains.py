"""The numbers that a function is tested on: its domain, without what is near a kink.

A domain is an interval and the points to stay away from: poles, and ends that do not belong to it.
Kinks are more such points.  What is left is a list of closed intervals.  A number is drawn from one
of them, so that none needs to be drawn twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

#: "real", an interval (low, high) with its ends, or a function that says whether it has a number.
Domain = str | tuple[float, float] | Callable[[float], bool]
Interval = tuple[float, float]

#: Names of domains, as an interval and the points in it (or at its ends) which it lacks.
#: Numbers are small: exp of them is no overflow, and a step of 0.001 is no rounding error.
DOMAINS: dict[str, tuple[float, ...]] = {
    "real": (-5, 5),
    "positive": (0, 5, 0),
    "nonnegative": (0, 5),
    "nonzero": (-5, 5, 0),
    "unit": (-1, 1, -1, 1),
    "probability": (0, 1, 0, 1),
    "above one": (1, 5, 1),
}

#: The least distance from a kink, and between numbers that are not to be tied.
MARGIN = 2.0**-4
#: Numbers smaller than this are drawn as 0: their powers would underflow, which tests nothing.
TINY = 2.0**-10

TIES = "ties"


def kinks_and_ties(kinks: Any) -> tuple[list[float], bool]:
    """Declared kinks: a number, or several, among which may be "ties" of equal elements.

    >>> kinks_and_ties(0), kinks_and_ties([0, 1, "ties"])
    (([0], False), ([0, 1], True))
    """
    one = isinstance(kinks, str) or not isinstance(kinks, Iterable)
    several: list[Any] = [kinks] if one else list(kinks)
    unknown = [k for k in several if isinstance(k, str) and k != TIES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no kink: a kink is a number, or {TIES!r}")
    return [k for k in several if k != TIES], TIES in several


def pieces(domain: Domain, holes: Sequence[float] = (), margin: float = MARGIN) -> list[Interval]:
    """A domain as closed intervals, at a distance from its holes.

    >>> pieces("nonzero", margin=0.5), pieces("real", [0, 1], margin=1)
    ([(-5, -0.5), (0.5, 5)], [(-5, -1), (2, 5)])
    """
    low, high, *lacking = _described(domain)
    left: list[Interval] = [(low, high)]
    for hole in [*lacking, *holes]:
        left = [
            part
            for a, b in left
            for part in ((a, min(b, hole - margin)), (max(a, hole + margin), b))
            if part[0] <= part[1]
        ]
    left = sorted(set(left))
    if not left:
        raise ValueError(f"nothing of {domain!r} is left {margin} away from {[*lacking, *holes]}")
    return left


def contains(domain: Domain, x: float) -> bool:
    """Whether a number belongs to a domain, at whatever distance from its ends.

    >>> contains("positive", 0), contains("nonnegative", 0)
    (False, True)
    """
    low, high, *lacking = _described(domain)
    return low <= x <= high and x not in lacking and (not callable(domain) or bool(domain(x)))


def _described(domain: Domain) -> tuple[float, ...]:
    if callable(domain):
        return DOMAINS["real"]
    if not isinstance(domain, str):
        return domain
    if domain not in DOMAINS:
        raise ValueError(
            f"{domain!r} is no domain; domains are {', '.join(map(repr, DOMAINS))}, "
            "an interval (low, high), and functions that say whether a number belongs"
        )
    return DOMAINS[domain]


# ---- drawn ----


def numbers(
    domain: Domain, dtype: Any, holes: Sequence[float] = (), margin: float = MARGIN
) -> st.SearchStrategy[Any]:
    """Numbers of a domain, of a NumPy dtype or fractions; complex ones have their real part there.

    They shrink towards small whole numbers.
    """
    exact = dtype is Fraction
    if not exact and np.dtype(dtype).kind == "c":
        part = np.zeros(0, dtype).real.dtype
        return st.builds(complex, numbers(domain, part, holes, margin), numbers((-1, 1), part))
    between = _fractions if exact else _integers if np.dtype(dtype).kind in "iu" else _floats
    drawn = st.one_of([between(a, b, dtype) for a, b in pieces(domain, holes, margin)])
    if not callable(domain):
        return drawn

    has = domain

    def inside(x: Any) -> bool:  # at the ends, which are not known, a margin is kept too
        return all(has(near) for near in (x, x - margin, x + margin))

    return drawn.filter(inside)


def _floats(low: float, high: float, dtype: Any) -> st.SearchStrategy[float]:
    low, high = (_inward(x, y, dtype) for x, y in [(low, high), (high, low)])
    width: Any = min(64, 8 * np.dtype(dtype).itemsize)
    drawn = st.floats(low, high, width=width, allow_subnormal=False)
    return drawn.map(lambda x: x if abs(x) >= TINY else 0.0) if low <= 0 <= high else drawn


def _inward(x: float, towards: float, dtype: Any) -> float:
    """A number of a dtype that is not beyond ``x``."""
    near = np.asarray(x, dtype)[()]
    beyond = near < x if towards > x else near > x
    return float(np.nextafter(near, near.dtype.type(towards)) if beyond else near)


def _integers(low: float, high: float, dtype: Any) -> st.SearchStrategy[int]:
    return st.integers(math.ceil(low), math.floor(high))


def _fractions(low: float, high: float, dtype: Any) -> st.SearchStrategy[Fraction]:
    n = 16
    ends = Fraction(math.ceil(low * n), n), Fraction(math.floor(high * n), n)
    return st.fractions(*ends, max_denominator=n)


def grid(
    domain: Domain,
    dtype: Any,
    holes: Sequence[float] = (),
    margin: float = MARGIN,
    *,
    spacing: float,
    offset: float = 0,
) -> list[Any]:
    """The multiples of ``spacing``, moved by ``offset``, that belong to a domain; small ones first.

    >>> grid((-1, 2), float, [0], 0.5, spacing=0.5)
    [0.5, -0.5, 1.0, -1.0, 1.5, 2.0]
    """
    kind = Fraction if dtype is Fraction else float
    points = [
        n * spacing + offset
        for a, b in pieces(domain, holes, margin)
        for n in range(math.ceil((a - offset) / spacing), math.floor((b - offset) / spacing) + 1)
    ]
    kept = [x for x in points if not callable(domain) or domain(x)]
    return [kind(x) for x in sorted(kept, key=lambda x: (abs(x), x < 0))]
