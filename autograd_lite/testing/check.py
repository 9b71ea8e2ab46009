"""check_grads: is a pullback the transpose of the derivative, and does it keep its promises?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache, partial
from inspect import signature
from typing import Any

import numpy as np

from autograd_lite.levels import positions
from autograd_lite.testing import adapters, promises
from autograd_lite.testing.compare import Comparison
from autograd_lite.testing.oracles import Function
from autograd_lite.testing.promises import arrays
from autograd_lite.testing.report import Failure, Report
from autograd_lite.testing.vectors import (
    Layout,
    Vector,
    as_fractions,
    dual,
    flat,
    precision,
    random_like,
    read_only,
    varies,
)
from autograd_lite.trees import rebuild, tree_leaves, tree_map

Kinks = Sequence[float] | Callable[[Any], Any]
ORACLES = (None, "exact", "complex step", "differences")


def check_grads(
    f: Callable[..., Any],
    args: Any,
    *,
    order: int = 2,
    vjp: Callable[..., Any] | None = None,
    rng: np.random.Generator | None = None,
    argnums: int | Sequence[int] | None = None,
    kinks: Kinks = (),
    rtol: float | None = None,
    oracle: str | None = None,
) -> Report:
    """Check that ``vjp`` differentiates ``f`` at ``args``: ⟨Jᵀu, v⟩ = ⟨u, Jv⟩, order by order.

    ``vjp(f, *args)`` returns the value and the pullback u ↦ Jᵀu, by default the engine's; see
    `autograd_lite.testing.adapters` for backward passes written by hand and for other packages.
    Jv is found without it: exactly, for arrays of Fractions or with ``oracle="exact"``; by a
    ``"complex step"`` where that is valid; else by ``"differences"``, and at a kink every number
    between the slopes to the left and the right is accepted.  ``kinks`` declares more of them: the
    values of the elements where they lie, or a function from an array to a mask.  Complex
    gradients satisfy df = Re(Σ g dz).  ``rtol`` is eps^(2/3) of the argument's dtype unless given.
    Arguments with integers are skipped.

    Checked too: shape and dtype of gradients, linearity, that nothing is written to, that calls
    repeat to the bit, that the value is that of ``f``, that Hessians are symmetric.  Every random
    number comes from ``rng``, so that two runs say the same.  Raises AssertionError with the
    report as its text.

    >>> import numpy as np
    >>> wrong = adapters.by_hand(lambda x, g: -np.sin(x) * g * 2)
    >>> try:
    ...     _ = check_grads(np.cos, (np.array([0.5]),), vjp=wrong)
    ... except AssertionError as error:
    ...     print(str(error).splitlines()[2].strip())
    likely cause: a factor 2 too much: ratio 2
    """
    if oracle not in ORACLES:
        raise ValueError(f"oracle={oracle!r}: give one of {ORACLES}")
    args = tuple(args) if isinstance(args, (tuple, list)) else (args,)
    if argnums is not None:
        argnums = positions(args, argnums if isinstance(argnums, Sequence) else (argnums,))
    numbers = [i for i, a in enumerate(args) if varies(a) and (argnums is None or i in argnums)]
    if not numbers:
        raise TypeError("check_grads: no argument has floats to differentiate by; use 2.0 for 2")
    if oracle == "exact":
        args = tuple(as_fractions(a) if i in numbers else a for i, a in enumerate(args))
    adapter = adapters.of(vjp)
    report = Report(getattr(f, "__name__", None) or repr(f))
    names = [_names(f, len(args))[i] for i in numbers]
    check = _Check(report, rng or np.random.default_rng(0), kinks, rtol, oracle)
    pair = Pair.of(f, args, numbers, adapter)
    chosen = tuple(args[i] for i in numbers)
    for n in range(1, order + 1):
        try:
            cotangent = check.once(n, pair, chosen, names)
        except Exception as error:
            if n == 1 or adapter.nests is not None:
                raise
            report.notes.append(f"order {n} not checked: {adapter.name} does not nest ({error!r})")
            break
        report.order = n
        if cotangent is None or n == order:
            break
        if adapter.nests is False:
            report.notes.append(f"order {n + 1} not checked: {adapter.name} gives first derivatives")
            break
        pair = pair.transposed(len(chosen))
        chosen, names = (*chosen, cotangent), [*names, f"cotangent {n}"]
    if report.failures:
        raise AssertionError(str(report))
    return report


class Pair:
    """A function and its vjp, both of the arguments that vary alone."""

    def __init__(self, f: Any, vjp: Any, adapter: adapters.Adapter) -> None:
        self.f, self.vjp, self.adapter = f, vjp, adapter

    @classmethod
    def of(cls, f: Any, args: Any, numbers: list[int], adapter: adapters.Adapter) -> Pair:
        def full(chosen: Any) -> list[Any]:
            every = list(args)
            for i, a in zip(numbers, chosen):
                every[i] = a
            return every

        def bound(*chosen: Any) -> Any:
            return f(*full(chosen))

        if not adapter.whole:
            inner = f if len(numbers) == len(args) else bound
            return cls(partial(adapter.call, inner), partial(adapter.vjp, inner), adapter)

        def vjp(*chosen: Any) -> Any:
            value, pullback = adapter.vjp(f, *full(chosen))

            def pull(g: Any) -> tuple[Any, ...]:
                gradients = pullback(g)
                if len(gradients) == len(args):
                    return tuple(gradients[i] for i in numbers)
                return tuple(gradients)

            return value, pull

        return cls(partial(adapter.call, bound), vjp, adapter)

    def transposed(self, n: int) -> Pair:
        """(args, u) ↦ Jᵀu, which is differentiated for the next order."""

        def pulled(*args: Any) -> Any:
            return tuple(self.vjp(*args[:n])[1](args[n]))

        adapter = self.adapter
        return Pair(partial(adapter.call, pulled), partial(adapter.vjp, pulled), adapter)


class _Check:
    """The settings of one call, and what one order of it does."""

    def __init__(
        self,
        report: Report,
        rng: np.random.Generator,
        kinks: Kinks,
        rtol: float | None,
        oracle: str | None,
    ) -> None:
        self.report, self.rng, self.kinks = report, rng, kinks
        self.rtol, self.wanted = rtol, oracle
        self.scale = 0.0

    def once(self, order: int, pair: Pair, args: Any, names: list[str]) -> Any:
        """Check one order; return the cotangent that was used, or None if it makes no sense to
        go on.
        """
        kept, seen = tree_map(np.array, args), read_only(args)
        record = partial(self.report.record, order)
        stage = "an argument"
        try:
            with np.errstate(all="ignore"):
                plain = arrays(pair.f(*seen))
                value, pull = pair.vjp(*seen)
                value = arrays(value)
                u = read_only(tree_map(lambda y: random_like(y, self.rng), value))
                w = read_only(tree_map(lambda y: random_like(y, self.rng), value))
                kept_u = tree_map(np.array, u)
                stage = "an argument or the incoming gradient"
                gradients = arrays(tuple(pull(u)))
                kept_value = promises.value_kept(order, value, plain, self.report.notes)
                record("value unchanged", kept_value)
                if kept_value:
                    return None
                layout = Layout(args, names)
                before = self.scale
                # Where terms cancel, their rounding stays: also that of the orders before.
                self.scale = max(self.scale, _norm(flat(value) * flat(u)))
                fit = promises.form(order, layout, gradients)
                record("shape and dtype", fit)
                if fit:
                    return None
                record("repeatable", promises.repeatable(order, pair.vjp, seen, pull, u, gradients))
                rtols = self.tolerances(layout, value)

                @cache
                def noise() -> Vector:
                    return _noise(pair, layout, u, self.scale, dual(gradients), self.rng)

                record("linear", promises.linear(order, pull, u, w, gradients, rtols, noise))
                with warnings.catch_warnings():  # that f is not defined nearby is no news
                    warnings.simplefilter("ignore")
                    failures = self.compare(order, pair, layout, pull, u, gradients, rtols, noise, before)
                record("gradients", failures)
                if order > 1 and not failures:
                    record("symmetric", self.symmetric(order, args, pull, rtols, noise))
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            record("", [promises.modified(order, f"{stage} ({error})")])
            return None
        after = promises.untouched(order, "an argument", kept, args)
        record("nothing modified", after + promises.untouched(order, "g", kept_u, u))
        return None if self.report.failures else u

    def tolerances(self, layout: Layout, value: Any) -> Vector:
        """The relative tolerance of each element: rounding of its dtype, or of the results'."""
        coarse = [precision(y.dtype) for y in tree_leaves(value)]
        rtol = np.zeros(len(layout.vector))
        for b in layout.blocks:
            eps = max([precision(b.dtype), *coarse])
            rtol[b.start : b.stop] = eps ** (2 / 3) if self.rtol is None else self.rtol
        return rtol

    def compare(
        self,
        order: int,
        pair: Pair,
        layout: Layout,
        pull: Any,
        u: Any,
        gradients: Any,
        rtol: Vector,
        noise: Callable[[], Vector],
        floor: float,
    ) -> list[Failure]:
        g = dual(gradients)
        kinked = self.kinked(layout) if order == 1 else np.zeros(len(g), bool)
        f = Function(lambda *a: arrays(pair.f(*a)), layout)
        settings: dict[str, Any] = {"rtol": rtol, "noise": noise, "kinked": kinked, "floor": floor}
        settings["few"] = 16 if order == 1 else 4
        c = Comparison(f, g, dual(u), rng=self.rng, **settings)
        failures = []
        for block in layout.blocks:
            oracle = c.oracle(block, self.wanted)
            if order == 1:
                self.report.oracles[block.name] = oracle.name
            wrong = c.wrong(oracle, block)
            if wrong:
                matrix = partial(_rows, pull, u)
                failures.append(c.failure(order, oracle, block, wrong, matrix))
        if order == 1 and c.met_kinks and not failures:
            failures = c.ties()
        return failures

    def kinked(self, layout: Layout) -> Vector:
        """The coordinates where a kink is declared."""
        if not callable(self.kinks):
            return np.isin(layout.vector, np.asarray(self.kinks, float))
        masks = [self.kinks(np.asarray(x)) for x in tree_leaves(layout.args)]
        spread = [
            np.tile(np.broadcast_to(m, b.shape).ravel(), 2 if b.dtype.kind == "c" else 1)
            for m, b in zip(masks, layout.blocks)
        ]
        return np.concatenate(spread).astype(bool)

    def symmetric(
        self, order: int, args: Any, pull: Any, rtol: Vector, noise: Callable[[], Vector]
    ) -> list[Failure]:
        if order > 2:  # there the arguments are cotangents too
            return []
        layout = Layout(args[:-1], [""] * (len(args) - 1))
        v, w = (tree_map(lambda x: random_like(x, self.rng), args[:-1]) for _ in range(2))
        worst = float(np.max(rtol, initial=0))
        return promises.symmetric(order, layout, pull, v, w, worst, noise)


def _norm(x: Vector) -> float:
    return 0.0 if x.dtype.kind == "O" else float(np.linalg.norm(x))


def _noise(
    pair: Pair, layout: Layout, u: Any, size: float, g: Vector, rng: np.random.Generator
) -> Vector:
    """How much a gradient changes where the arguments are changed by little more than rounding."""
    if g.dtype.kind == "O":
        return np.zeros(len(g))
    lengths = [b.stop - b.start for b in layout.blocks]
    eps = np.repeat([precision(b.dtype) for b in layout.blocks], lengths)
    scale = size / np.maximum(np.abs(layout.vector), 1)
    worst = eps * scale
    for _ in range(3):
        x = layout.vector.astype(float)
        x *= 1 + 4 * eps * rng.uniform(-1, 1, len(x))
        moved = dual(arrays(tuple(pair.vjp(*layout.at(x, wide=False))[1](u))))
        change = np.abs(moved - g)
        # To the other side of a kink: that is no rounding.
        jumped = (change > 0.01 * np.abs(g)) & (change > np.sqrt(eps) * scale)
        worst = np.fmax(worst, np.where(jumped, 0, change))
    return worst


def _rows(pull: Any, u: Any) -> Vector:
    """The Jacobian by one pullback for each result."""
    rows = []
    leaves = [np.zeros_like(x) for x in tree_leaves(u)]
    for leaf in leaves:
        for one in (1, -1j) if leaf.dtype.kind == "c" else (1,):
            for i in range(leaf.size):
                leaf.flat[i] = one
                left = iter(leaves)
                rows.append(dual(arrays(tuple(pull(rebuild(u, lambda _, left=left: next(left)))))))
                leaf.flat[i] = 0
    return np.array(rows)


def _names(f: Any, n: int) -> list[str]:
    """What the arguments are called."""
    try:
        parameters = [*signature(f).parameters.values()]
    except (TypeError, ValueError):
        parameters = []
    called = [p.name for p in parameters if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return [called[i] if i < len(called) else f"argument {i}" for i in range(n)]
