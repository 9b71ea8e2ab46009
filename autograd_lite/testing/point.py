"""One pullback at one point: what was put in, what came out, and how precise it can be."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from autograd_lite.testing.pair import Pair
from autograd_lite.testing.vectors import (
    Layout,
    Vector,
    dual,
    flat,
    precision,
    random_like,
    read_only,
)
from autograd_lite.trees import leaves_beside, rebuild, tree_leaves, tree_map


def arrays(tree: Any) -> Any:
    """The same tree of NumPy arrays, whatever package its leaves come from."""
    return rebuild(tree, np.asarray)


def like(pattern: Any, tree: Any) -> Any:
    """The same tree as arrays, with keys in the order of ``pattern``: some packages sort them."""
    try:
        leaves = iter(leaves_beside(pattern, tree))
    except ValueError:  # another structure: that will be reported
        return arrays(tree)
    return rebuild(pattern, lambda _: np.asarray(next(leaves)))


class Point:
    """The gradients Jᵀu of a function at ``args``, for a random u that cannot be written to.

    ``floor`` is the size of the terms of earlier orders: where they cancel their rounding stays.
    """

    def __init__(
        self,
        pair: Pair,
        args: Any,
        names: list[str],
        *,
        order: int,
        rtol: float | None,
        floor: float,
        rng: np.random.Generator,
    ) -> None:
        self.pair, self.order, self.rng, self.floor = pair, order, rng, floor
        self.args = read_only(args)
        self.layout = Layout(args, names)
        value, self.pull = pair.vjp(*self.args)
        self.value = arrays(value)
        self.plain = like(self.value, pair.f(*self.args))
        self.u, self.other_u = self.cotangent(), self.cotangent()
        self.kept = tree_map(np.array, self.u)
        self.gradients = self.pulled(self.u)
        self.g = dual(self.gradients)
        self.rtol, self.tiny = self._tolerances(rtol)

    def cotangent(self) -> Any:
        return read_only(tree_map(lambda y: random_like(y, self.rng), self.value))

    def pulled(self, u: Any) -> Any:
        """The gradients for a cotangent, as arrays."""
        return like(self.args, tuple(self.pull(u)))

    @cached_property
    def scale(self) -> float:
        """The size of the terms of ⟨u, f⟩, of this order or an earlier one."""
        terms = flat(self.value) * flat(self.u)
        return max(self.floor, 0.0 if terms.dtype.kind == "O" else float(np.linalg.norm(terms)))

    def _tolerances(self, rtol: float | None) -> tuple[float, float]:
        """What an element may be wrong by: in proportion, and where numbers become too small.

        The lowest precision counts: an argument in float32 is worked on in that, whatever else.
        """
        dtypes = [b.dtype for b in self.layout.blocks]
        dtypes += [y.dtype for y in tree_leaves(self.value)]
        floats = [np.finfo(d) for d in dtypes if d.kind in "fc"]
        eps = max([float(f.eps) for f in floats], default=0.0)
        smallest = max([float(f.smallest_subnormal) for f in floats], default=0.0)
        return eps ** (2 / 3) if rtol is None else rtol, 8 * smallest

    @cached_property
    def noise(self) -> Vector:
        """How much a gradient changes where the arguments change by little more than rounding."""
        layout, g, rng = self.layout, self.g, self.rng
        if g.dtype.kind == "O":
            return np.zeros(len(g))
        lengths = [b.stop - b.start for b in layout.blocks]
        eps = np.repeat([precision(b.dtype) for b in layout.blocks], lengths)
        scale = self.scale / np.maximum(np.abs(layout.vector), 1)
        # What cancels within a rule shows nowhere: 1 - y² of a tanh, say, and at its square in
        # the second derivative.
        worst = eps * scale * (1 if self.order == 1 else 8)
        for b in layout.blocks:
            here = slice(b.start, b.stop)
            worst[here] += eps[here] / 4 * np.max(np.abs(g[here]), initial=0)
        for _ in range(3):
            x = layout.vector * (1 + 4 * eps * rng.uniform(-1, 1, len(g)))
            _, pull = self.pair.vjp(*layout.at(x, wide=False))
            change = np.abs(dual(like(self.args, tuple(pull(self.u)))) - g)
            # To the other side of a kink: that is no rounding.
            jumped = (change > 0.01 * np.abs(g)) & (change > np.sqrt(eps) * scale)
            worst = np.fmax(worst, np.where(jumped, 0, change))
        return worst

    def jacobian(self) -> Vector:
        """All rows Jᵀe of the results."""
        rows = []
        leaves = [np.zeros_like(x) for x in tree_leaves(self.u)]

        def cotangent() -> Any:
            left = iter(leaves)
            return rebuild(self.u, lambda _: next(left))

        for leaf in leaves:
            for one in (1, -1j) if leaf.dtype.kind == "c" else (1,):
                for i in range(leaf.size):
                    leaf.flat[i] = one
                    rows.append(dual(self.pulled(cotangent())))
                    leaf.flat[i] = 0
        return np.array(rows)
