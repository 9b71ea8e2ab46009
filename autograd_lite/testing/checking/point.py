"""A function with its vjp, and what the vjp gives at one point: gradients, and their precision."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograd_lite.core.tracked import Tracked, strip
from autograd_lite.core.trees import leaves_beside, rebuild, tree_leaves, tree_map
from autograd_lite.testing import adapters
from autograd_lite.testing.checking.shaken import Shaking
from autograd_lite.testing.checking.vectors import (
    Layout,
    Vector,
    dual,
    flat,
    precision,
    random_like,
    read_only,
)

#: What rounding an element may have in proportion to the largest, if doubles are used.
ROUNDING = 4e-15
SINGLE = float(np.finfo(np.float32).eps)
NARROW = {"d": np.float32, "D": np.complex64}
WIDE = {"e": np.float64, "f": np.float64, "F": np.complex128}


def cast(tree: Any, to: dict[str, Any]) -> Any:
    """The same tree in another precision."""
    return rebuild(tree, lambda x: np.asarray(x, to.get(np.asarray(x).dtype.char)))


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


class Pair:
    """A function and its vjp, both as functions of the arguments that vary and no others."""

    def __init__(self, f: Any, vjp: Any, adapter: adapters.Adapter) -> None:
        self.f, self.vjp, self.adapter = f, vjp, adapter
        self.made: list[Any] = []  # the results as the engine's tape holds them

    @classmethod
    def of(cls, f: Any, args: Any, numbers: list[int], adapter: adapters.Adapter) -> Pair:
        def constant(x: Any) -> Any:
            return adapter.constant(x) if isinstance(x, np.ndarray) else x

        constants = [a if i in numbers else rebuild(a, constant) for i, a in enumerate(args)]

        def full(chosen: Any) -> list[Any]:
            every = list(constants)
            for i, a in zip(numbers, chosen):
                every[i] = a
            return every

        def bound(*chosen: Any) -> Any:
            return f(*full(chosen))

        if not adapter.whole:
            inner = f if len(numbers) == len(args) else bound

            def watched(*chosen: Any) -> Any:
                y = inner(*chosen)
                pair.made = [r for r in tree_leaves(y) if isinstance(r, Tracked)]
                return y

            seen = watched if adapter is adapters.engine else inner
            pair = cls(partial(adapter.call, inner), partial(adapter.vjp, seen), adapter)
            return pair

        def vjp(*chosen: Any) -> Any:
            value, pullback = adapter.vjp(f, *full(chosen))

            def pull(g: Any) -> tuple[Any, ...]:
                gradients = pullback(g)
                return tuple(gradients[i] for i in numbers)

            return value, pull

        return cls(partial(adapter.call, bound), vjp, adapter)

    def transposed(self, n: int) -> Pair:
        """(args, u) ↦ Jᵀu, which is differentiated for the next order."""

        def pulled(*args: Any) -> Any:
            return tuple(self.vjp(*args[:n])[1](args[n]))

        adapter = self.adapter
        return Pair(partial(adapter.call, pulled), partial(adapter.vjp, pulled), adapter)


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
        self.made = [(r, np.copy(strip(r))) for r in pair.made]
        self.plain = like(self.value, pair.f(*self.args))
        self.u, self.other_u = self.cotangent(), self.cotangent()
        self.kept = tree_map(np.array, self.u)
        self.gradients = self.pulled(self.u)
        self.g = dual(self.gradients)
        # The lowest precision counts: an argument in float32 is worked on in that, whatever else.
        dtypes = [b.dtype for b in self.layout.blocks]
        dtypes += [y.dtype for y in tree_leaves(self.value)]
        self.eps = max(map(precision, dtypes), default=0.0)
        #: What an element may be wrong by: in proportion, and where numbers become too small.
        self.rtol = self.eps ** (2 / 3) if rtol is None else rtol
        subnormal = [np.finfo(d).smallest_subnormal for d in dtypes if d.kind in "fc"]
        self.tiny = 8 * float(max(subnormal, default=0.0))

    def cotangent(self) -> Any:
        """Random numbers; 0 for a result that is not finite, so that the others can be judged."""

        def judged(u: Any, y: Any) -> Any:
            return np.where(np.isfinite(y), u, u * 0) if y.dtype.kind in "fc" else u

        return read_only(tree_map(judged, random_like(self.value, self.rng), self.value))

    @cached_property
    def finite(self) -> bool:
        """Whether all results are finite."""
        found = [np.all(np.isfinite(y)) for y in tree_leaves(self.value) if y.dtype.kind in "fc"]
        return all(found)

    def pulled(self, u: Any) -> Any:
        """The gradients for a cotangent, as arrays."""
        return like(self.args, tuple(self.pull(u)))

    @cached_property
    def scale(self) -> float:
        """The size of the terms of ⟨u, f⟩, of this order or an earlier one."""
        terms = flat(self.value) * flat(self.u)
        return max(self.floor, 0.0 if terms.dtype.kind == "O" else float(np.linalg.norm(terms)))

    @cached_property
    def noise(self) -> Vector:
        """How much a gradient changes where arguments and arithmetic change by about rounding."""
        layout, g, rng = self.layout, self.g, self.rng
        if g.dtype.kind == "O":
            return np.zeros(len(g))
        scale = self.scale / np.maximum(np.abs(layout.vector), 1)
        worst = self.eps * scale * (1 if self.order == 1 else 8)
        rounding = np.zeros(len(g))
        for b in layout.blocks:
            here = slice(b.start, b.stop)
            rounding[here] = precision(b.dtype)
            worst[here] += max(self.eps / 4, ROUNDING) * np.max(np.abs(g[here]), initial=0)
        moved = (4 * rounding * rng.uniform(-1, 1, len(g)) for _ in range(3))
        near = [(layout.at(layout.vector * (1 + d), wide=False), 1.0) for d in moved]
        # What cancels within a rule, such as 1 - y² of a tanh, shows in another precision only.
        if self.eps < SINGLE:
            near.append((cast(self.args, NARROW), self.eps / SINGLE))
        else:
            near.append((cast(self.args, WIDE), 1.0))
        for args, share in near:
            with suppress(Exception):  # where f is not defined, or not in that precision
                worst = np.fmax(worst, self._without_jumps(share * self._change(args), scale))
        return np.fmax(worst, self._shaken(scale))

    def _shaken(self, scale: Vector) -> Vector:
        """How much a gradient changes by arithmetic that rounds at random."""
        little, more = Shaking(self.rng, self.eps), Shaking(self.rng, 64 * self.eps)
        try:
            change = self._shakes(little)
            jumped = change > self._without_jumps(change, scale)
            if np.any(jumped):  # but rounding grows with its cause, and a jump does not
                change[jumped & ~(self._shakes(more) > 8 * change)] = 0
        except Exception:  # it is not of NumPy
            return self._elsewhere()
        return change if little.moved else self._elsewhere()

    def _shakes(self, shaking: Shaking) -> Vector:
        still = self._pulled(Shaking(self.rng, 0).wrapped(self.args))  # the same way through rules
        changes = [np.abs(self._pulled(shaking.wrapped(self.args)) - still) for _ in range(3)]
        worst: Vector = np.max(changes, axis=0)
        return np.where(np.isfinite(worst), worst, 0)

    def _elsewhere(self) -> Vector:
        """The rounding of gradients nearer to 0, where an activation is not saturated."""
        worst = np.zeros(len(self.g))
        for share in (0.25, 0.0625):
            args = self.layout.at(self.layout.vector * share, wide=False)
            with suppress(Exception):
                pulled = self._pulled(args)
                pulled = np.where(np.isfinite(pulled), np.abs(pulled), 0)
                worst = np.fmax(worst, 16 * self.eps * pulled)
        return worst

    def _change(self, args: Any) -> Vector:
        change: Vector = np.abs(self._pulled(args) - self.g)
        return change

    def _pulled(self, args: Any) -> Vector:
        """The gradients at other arguments."""
        value, pull = self.pair.vjp(*args)
        u = tree_map(lambda c, y: np.asarray(c, np.asarray(y).dtype), self.u, like(self.u, value))
        return dual(like(self.args, tuple(pull(u))))

    def _without_jumps(self, change: Vector, scale: Vector) -> Vector:
        """A change to the other side of a kink is no rounding, nor is an overflow."""
        jumped = (change > 0.01 * np.abs(self.g)) & (change > np.sqrt(self.eps) * scale)
        kept: Vector = np.where(jumped | ~np.isfinite(change), 0, change)
        return kept

    def jacobian(self) -> Vector:
        """All rows Jᵀe of the results."""
        layout = Layout((self.value,), [""])
        units = (layout.at(e, wide=False) for e in np.eye(len(layout.vector), dtype=object))
        return np.array([dual(self.pulled(tree_map(np.conj, u))) for (u,) in units])
