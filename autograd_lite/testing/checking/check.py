"""check_grads: is a pullback the transpose of the derivative, and does it keep its promises?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.calls import FUNCTION, Kind, checked, maybe
from autograd_lite.core.tracked import strip
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.testing import adapters, calling
from autograd_lite.testing.checking import promises
from autograd_lite.testing.checking.point import WIDE, Pair, Point, cast
from autograd_lite.testing.checking.report import Failure, Report
from autograd_lite.testing.checking.screening import Screening
from autograd_lite.testing.checking.vectors import Vector, as_fractions, random_like, varies
from autograd_lite.transforms.levels import positions
from autograd_lite.transforms.typed import P

Kinks = Sequence[float] | Callable[[Any], Any]
ORACLES = (None, "exact", "complex step", "differences")
VJP = Kind("a function vjp(f, *args) -> (value, pullback)", "adapters.torch", callable)


@checked()
def check_grads(
    f: Callable[P, Any],
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

    ``vjp(f, *args)`` returns the value and the pullback u ↦ Jᵀu; by default it is the engine's.
    `autograd_lite.testing.adapters` has those of other packages and of backward passes by hand.
    Jv is found without it: exactly, for arrays of Fractions or with ``oracle="exact"``; by a
    ``"complex step"`` where that is valid; else by ``"differences"``.  At a kink every number
    between the slopes to the left and the right is accepted.  ``kinks`` declares more of them: the
    values of the elements where they lie, or a function from an array to a mask.  Complex
    gradients satisfy df = Re(Σ g dz).  ``rtol`` is eps^(2/3) of the argument's dtype unless given.
    Arguments with integers are skipped.  They may be arrays of the adapter's package, too.

    More promises are checked.  Gradients have the shape and dtype of their arguments and are linear
    in u, and Hessians are symmetric.  Nothing is written to, calls repeat to the bit, and the value
    is that of ``f``.  Every random number comes from ``rng``, so that two runs say the same.
    Where no wrong gradient would show, since f is not finite or all slopes are 0, the report says
    "nothing was learned", and ``report.ok`` is False.

    Raises AssertionError with the report as its text, and TypeError if no argument has floats.
    ``order`` is 1 or more, or a ValueError.

    >>> import numpy as np
    >>> wrong = adapters.by_hand(lambda x, g: -np.sin(x) * g * 2)
    >>> try:
    ...     _ = check_grads(np.cos, (np.array([0.5]),), vjp=wrong)
    ... except AssertionError as error:
    ...     print(str(error).splitlines()[2].strip())
    likely cause: a factor 2 too much: ratio 2
    """
    __tracebackhide__ = True
    refuse_order(order)
    _refuse_options(f, vjp, rng, kinks, rtol, oracle)
    adapter = adapters.of(vjp)
    ours = adapter is adapters.engine
    args = tuple(args) if isinstance(args, (tuple, list)) else (args,)
    args = calling.as_arrays(args, adapter, ours=ours)
    if argnums is not None:
        argnums = positions(
            len(args), tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
        )
    numbers = [i for i, a in enumerate(args) if varies(a) and (argnums is None or i in argnums)]
    if not numbers:
        raise TypeError("check_grads: no argument has floats to differentiate by; use 2.0 for 2")
    if oracle == "exact":
        args = tuple(as_fractions(a) if i in numbers else a for i, a in enumerate(args))
    report = Report(calling.name_of(f))
    called = calling.names_of(f, len(args))
    if adapter.whole:
        missing = left_out(f, args, numbers, adapter)
        report.unlearned |= {called[i]: f"{adapter.name} returned no gradient" for i in missing}
        numbers = [i for i in numbers if i not in missing]
    if not numbers:
        return report
    names = [called[i] for i in numbers]
    check = _Check(report, rng or np.random.default_rng(0), kinks, rtol, oracle)
    pair = Pair.of(f, args, numbers, adapter)
    chosen = tuple(args[i] for i in numbers)
    for n in range(1, order + 1):
        try:
            cotangent = check.once(n, pair, chosen, names)
        except Exception as error:
            if n == 1 or adapter.nests is not None:
                if told := calling.told_of(f, error, args, adapter, ours=ours):
                    error.add_note(told)
                raise
            report.notes.append(
                f"order {n} not checked: the backward pass cannot be differentiated by "
                f"{adapter.name} ({error!r})"
            )
            break
        report.order = n
        if cotangent is None or n == order:
            break
        if adapter.nests is False:
            report.notes.append(
                f"order {n + 1} not checked: {adapter.name} gives first derivatives"
            )
            break
        if not varies(cotangent):
            report.notes.append(f"order {n + 1} not checked: some results are integers")
            break
        pair = pair.transposed(len(chosen))
        chosen, names = (*chosen, cotangent), [*names, f"cotangent {n}"]
    if report.failures:
        report.notes += _hints(report, f, args, numbers, called, vjp)
        raise AssertionError(str(report))
    return report


def _hints(
    report: Report, f: Any, args: Any, numbers: list[int], called: list[str], vjp: Any
) -> list[str]:
    """What may be behind a failure besides a wrong formula."""
    failed = {failure.argument for failure in report.failures if failure.order == 1}
    hints = [
        f"{called[i]} is the number {args[i]}: if it is an option, and is not differentiated by, "
        f"leave it out of argnums={tuple(j for j in numbers if j != i)}"
        for i in numbers
        if called[i] in failed and isinstance(args[i], float) and len(numbers) > 1
    ]
    if failed and any(_is_narrow(leaf) for i in numbers for leaf in tree_leaves(args[i])):
        wide = tuple(cast(a, WIDE) if i in numbers else a for i, a in enumerate(args))
        with suppress(Exception):
            if check_grads(f, wide, order=1, vjp=vjp, argnums=numbers).ok:
                hints.append(
                    "in float64 it passes: the formula is right, and loses digits in a lower "
                    "precision, as a difference of near numbers does"
                )
    return hints


def _is_narrow(x: Any) -> bool:
    return np.asarray(x).dtype.char in WIDE


def refuse_order(order: Any) -> None:
    """An order is 1 or more: otherwise nothing would be checked, and nothing found."""
    if not isinstance(order, int | np.integer) or isinstance(order, bool):
        raise TypeError(f"order={order!r}: give a whole number, 1 for first derivatives")
    if order < 1:
        raise ValueError(f"order={order}: derivatives are checked from order 1 on; give 1 or more")


def _refuse_options(f: Any, vjp: Any, rng: Any, kinks: Any, rtol: Any, oracle: Any) -> None:
    """What `check_grads` cannot work with is refused before anything is checked."""
    calling.refuse_class("check_grads", f)
    FUNCTION.check("check_grads", "f", f)
    maybe(VJP).check("check_grads", "vjp", vjp)
    if oracle not in ORACLES:
        raise ValueError(f"oracle={oracle!r}: give one of {ORACLES}")
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng={rng!r}: give a generator, such as np.random.default_rng(0)")
    if rtol is not None and not (isinstance(rtol, int | float | np.number) and 0 < rtol < 1):
        raise ValueError(f"rtol={rtol!r}: give a number between 0 and 1, or None for the dtype's")
    if isinstance(kinks, str):
        raise TypeError(f"kinks={kinks!r}: give numbers where f has kinks, or a function to a mask")


def left_out(f: Any, args: Any, numbers: list[int], adapter: adapters.Adapter) -> list[int]:
    """The arguments of which a backward pass by hand returns no gradient."""
    with np.errstate(all="ignore"):
        value, pullback = adapter.vjp(f, *tree_map(np.array, args))
        gradients = pullback(random_like(value, np.random.default_rng(0)))
    return [i for i in numbers if gradients[i] is None]


class _Check:
    """The settings of one call of `check_grads`, and what it does at each order."""

    def __init__(
        self,
        report: Report,
        rng: np.random.Generator,
        kinks: Kinks,
        rtol: float | None,
        oracle: str | None,
    ) -> None:
        self.report, self.rng, self.kinks = report, rng, kinks
        self.rtol, self.requested = rtol, oracle
        self.scale = 0.0

    def once(self, order: int, pair: Pair, args: Any, names: list[str]) -> Any:
        """Check one order; return the cotangent used, or None if there is no use in going on."""
        record = partial(self.report.record, order)
        kept = tree_map(np.array, args)
        try:
            with np.errstate(all="ignore"):
                at = Point(
                    pair, args, names, order=order, rtol=self.rtol, floor=self.scale, rng=self.rng
                )
                if not record("value unchanged", promises.value_kept(at, self.report.notes)):
                    return None
                if not record("shape and dtype", promises.form(at)):
                    return None
                record("repeatable", promises.repeatable(at))
                record("linear", promises.linear(at))
                if record("gradients", self.compare(at)) and order == 2:
                    record("symmetric", promises.symmetric(at))
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            what = f"an argument or the incoming gradient would be written to ({error})"
            record("nothing modified", [promises.modified(order, what)])
            return None
        touched = promises.untouched(order, "an argument", kept, args)
        touched += promises.untouched(order, "the incoming gradient", at.kept, at.u)
        made = [[y for _, y in at.made], [strip(r) for r, _ in at.made]]
        touched += promises.untouched(order, "a result that the tape keeps", *made)
        record("nothing modified", touched)
        self.scale = at.scale
        return None if self.report.failures or not self.report.learned else at.u

    def compare(self, at: Point) -> list[Failure]:
        """The gradients against an oracle for each argument."""
        c = Screening(at, self.kinked(at))
        failures = []
        with warnings.catch_warnings():  # that f is not defined nearby is no news
            warnings.simplefilter("ignore")
            for block in at.layout.blocks:
                oracle = c.oracle(block, self.requested)
                wrong = c.wrong(oracle, block)
                if wrong:
                    failures.append(c.failure(oracle, block, wrong))
                if at.order == 1:
                    self.report.oracles[block.name] = oracle.name
                    if why := c.unlearned(block):
                        self.report.unlearned[block.name] = why
            if at.order == 1 and c.met_kinks and not failures:
                failures = c.ties()
        return failures

    def kinked(self, at: Point) -> Vector:
        """The coordinates where a kink is declared."""
        layout = at.layout
        if at.order > 1:
            return np.zeros(len(layout.vector), bool)
        if not callable(self.kinks):
            return np.isin(layout.vector, np.asarray(self.kinks, float))
        masks = [self.kinks(np.asarray(x)) for x in tree_leaves(layout.args)]
        spread = [
            np.tile(np.broadcast_to(m, b.shape).ravel(), 2 if b.dtype.kind == "c" else 1)
            for m, b in zip(masks, layout.blocks)
        ]
        return np.concatenate(spread).astype(bool)
