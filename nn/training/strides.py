"""Several steps of a training at once: one loop, which is compiled."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import autograd_lite as al
from nn.training.checks import is_sound
from nn.training.steps import Advance, Descend

LEAST = 16  # steps between reports, for fewer of which one by one is as fast
SMALL = 2**13  # numbers in a model, from which a step takes much longer than its calls
FIRST = 64  # steps at once in the beginning; then twice as many each time
SECONDS = 0.25  # for at most so long, since Ctrl-C gives back what was before
BYTES = 2**24  # of batches that are stacked


def can_go_ahead(batches: Any, model: Any, every: int) -> bool:
    """Whether the batches can be stacked, and whether that is worthwhile."""
    size = sum(np.size(x) for x in al.tree_leaves(model))
    return every >= LEAST and size <= SMALL and hasattr(batches, "mark")


def several_at_once(
    batches: Any,
    descend: Descend,
    optimizer: Any,
    first: Advance,
    single: Advance,
    guarded: bool = False,
) -> Advance:
    """The steps of stacked batches as one loop; ``single`` where that is not possible.

    The ``first`` step runs eagerly: it settles which numbers become arrays.  If ``guarded``, a loop
    that meets numbers which are not finite is gone through again one by one.
    """
    loop = compiled_loop(descend, optimizer)
    begun, most, fails, alone = False, FIRST, False, 0

    def advance(model: Any, state: Any, room: int) -> tuple[Any, Any, Any, int]:
        nonlocal begun, most, fails, alone
        if not begun:
            begun = True
            return first(model, state, 1)
        if fails or alone or room == 1:
            alone = max(0, alone - 1)
            return single(model, state, 1)
        go_back = batches.mark()
        stacked = batches.ahead(min(room, most))
        if stacked is None:
            return single(model, state, 1)
        n = len(stacked[0])
        start = perf_counter()
        try:
            new, after, values = loop(model, state, stacked)
        except (TypeError, ValueError):  # one by one they work, or say what is wrong
            fails = True
        else:
            if not guarded or (np.all(np.isfinite(values)) and is_sound(new)):
                per_step = (perf_counter() - start) / n
                largest = sum(x.nbytes for x in stacked) // n
                most = min(2 * most, int(SECONDS / per_step) + 1, BYTES // (largest + 1) + 1)
                return new, after, values[-1], n
            alone = n - 1
        go_back()
        return single(model, state, 1)

    return advance


def compiled_loop(descend: Descend, optimizer: Any) -> Callable[..., Any]:
    """``model, state, values = loop(model, state, stacked)``, with the loss of each batch.

    The rates of a schedule are looped over too.
    """

    def step(carry: Any, x: Any) -> Any:
        (model, state), (rate, batch) = carry, x
        at_rate = optimizer if rate is None else optimizer.with_rate(rate)
        model, state, value = descend(at_rate, model, state, batch)
        return (model, state), value

    program = al.compile(lambda carry, xs: al.scan(step, carry, xs))
    next_rates = getattr(optimizer, "next_rates", lambda state, n: None)

    def loop(model: Any, state: Any, stacked: tuple[Any, ...]) -> tuple[Any, Any, Any]:
        rates = next_rates(state, len(stacked[0]))
        xs = (None if rates is None else np.array(rates), stacked)
        before = model, state
        after, values = program(before, xs)
        return *al.tree_map(as_it_was, before, after), values

    return loop


def as_it_was(before: Any, after: Any) -> Any:
    """What was a number of Python's is one again, of which a loop makes one of NumPy's."""
    return type(before)(after) if type(before) in (int, float) else after
