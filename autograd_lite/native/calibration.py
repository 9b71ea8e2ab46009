"""Which expression a small product of matrices is on this machine: tried on drawn numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from functools import cache
from itertools import permutations, product
from math import copysign
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.native.flags import c_library

#: Sums of up to so many products are tried.
LONGEST = 4
#: On so many drawn matrices each expression has to be right.
TRIALS = 64


class Chain(NamedTuple):
    """u₀w₀ and then one product after the other, each added with one rounding or with two.

    ``order`` is that of the products; ``fused`` says for all but the first whether one rounding is
    enough.  ``from_zero`` says whether the sum begins with 0, which is never −0 then.
    """

    order: tuple[int, ...]
    fused: tuple[bool, ...]
    from_zero: bool

    def computed(self, u: Any, w: Any) -> float:
        first, *rest = self.order
        total = u[first] * w[first]
        total = total + 0.0 if self.from_zero else total
        for i, one in zip(rest, self.fused):
            total = fma(u[i], w[i], total) if one else total + u[i] * w[i]
        return float(total)

    def written(self, us: list[str], ws: list[str], put: Callable[[str], str], t: str) -> str:
        """The same as native code."""
        first, *rest = self.order
        total = put(f"fmul {t} {us[first]}, {ws[first]}")
        total = put(f"fadd {t} {total}, 0.0") if self.from_zero else total
        for i, one in zip(rest, self.fused):
            if one:
                bits = {"double": "f64", "float": "f32"}[t]
                total = put(f"call {t} @llvm.fma.{bits}({t} {us[i]}, {t} {ws[i]}, {t} {total})")
            else:
                total = put(f"fadd {t} {total}, {put(f'fmul {t} {us[i]}, {ws[i]}')}")
        return total


def load_fma() -> Callable[[float, float, float], float]:
    library = c_library()
    library.fma.restype = ctypes.c_double
    library.fma.argtypes = [ctypes.c_double] * 3
    found: Callable[[float, float, float], float] = library.fma
    return found


def fma(a: float, b: float, c: float) -> float:
    """a b + c with one rounding."""
    return load_fma_once()(a, b, c)


load_fma_once = cache(load_fma)


def chains(k: int) -> Iterator[Chain]:
    """The expressions for a sum of k products, the usual ones first."""
    orders = sorted(permutations(range(k)), key=lambda order: order != tuple(range(k)))
    for order in orders:
        for *fused, from_zero in product((False, True), repeat=k):
            yield Chain(order, tuple(fused), from_zero)


@cache
def tree_of(
    kind: str, sizes: tuple[int, int, int], axes: tuple[int, int], left: str, right: str
) -> Chain | None:
    """The expression of all elements of products of these sizes and layouts, if there is one.

    ``axes`` are how many each operand has: one of a vector.
    """
    m, k, p = sizes
    if k > LONGEST or kind != "d" or not {left, right} <= {"C", "F"}:
        return None
    rng = np.random.default_rng(0)
    cases = []
    for trial in range(TRIALS):
        a, b = matrix(rng, m, k, left), matrix(rng, k, p, right)
        if trial % 2:  # what is multiplied by 0 or −0 tells whether a sum begins with 0
            zeros = rng.choice([0.0, -0.0], size=a.shape)
            np.copyto(a, zeros, where=rng.random(a.shape) < (1.0 if trial % 4 == 1 else 0.5))
        c = (a[0] if axes[0] == 1 else a) @ (b[:, 0].copy() if axes[1] == 1 else b)
        cases.append((a, b, np.reshape(c, (m, p))))
    try:
        load_fma_once()
    except (OSError, AttributeError):
        return None
    for chain in chains(k):
        if all(
            is_same(chain.computed(a[i].tolist(), b[:, j].tolist()), float(c[i, j]))
            for a, b, c in cases
            for i in range(m)
            for j in range(p)
        ):
            return chain
    return None


def is_same(x: float, y: float) -> bool:
    """Whether two numbers are equal, the sign of a zero included."""
    return x == y and copysign(1, x) == copysign(1, y)


def matrix(rng: np.random.Generator, m: int, n: int, layout: str) -> Any:
    """A drawn matrix with numbers of several magnitudes."""
    x = rng.standard_normal((m, n)) * np.exp(rng.standard_normal((m, n)))
    return np.asfortranarray(x) if layout == "F" else x
