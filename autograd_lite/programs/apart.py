"""Values that have to lie apart in memory, for a product of matrices sees whether they do.

NumPy computes ``x @ x.T`` in another way than ``x @ y.T``, even where y is equal to x: half of it,
by BLAS's ``syrk``.  The two may round otherwise.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.memory import is_fresh
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value

PRODUCTS = of_kind("matrix product") | {
    *(np.dot, np.inner, np.tensordot, np.einsum, np.linalg.multi_dot, np.linalg.matmul),
    np.linalg.tensordot,
}


def is_product(step: Step) -> bool:
    """Whether a step multiplies a matrix by another."""
    return step.function in PRODUCTS and sum(map(is_matrix, step.operands)) > 1


def is_matrix(value: Value) -> bool:
    return len(value.shape or ()) > 1


def any_product(listing: Listing) -> bool:
    """Whether a program multiplies matrices, in a loop of its own perhaps."""
    return any(
        is_product(step) or any(map(any_product, getattr(step.function, "bodies", ())))
        for step in listing.steps
    )


def turns_meet(body: Listing, outside: int, carried: int) -> bool:
    """Whether a turn of a loop may find two matrices in one place that another turn put there."""
    found = sources(body.steps)
    results = [v for v in body.outputs[:carried] if is_matrix(v)]
    places = [found.get(v, {v}) for v in results] + [{v} for v in body.inputs[:outside]]
    return any(not a.isdisjoint(b) for a, b in combinations(places, 2))


def sources(
    steps: Sequence[Step], passes: Callable[[Step], bool] = lambda step: not is_fresh(step)
) -> dict[Value, set[Value]]:
    """For each value those from which it was passed on, itself included."""
    found: dict[Value, set[Value]] = {}
    for step in steps:
        before = step.operands if passes(step) else []
        found[step.result] = {step.result}.union(*[found.get(v, {v}) for v in before])
    return found


def copies_to_keep(steps: Sequence[Step], copies: Callable[[Step], bool]) -> set[Value]:
    """What tells the operands of a product apart, if one may be a copy of the other."""
    products = [step for step in steps if is_product(step)]
    if not products:
        return set()
    found = sources(steps, lambda step: copies(step) or not is_fresh(step))
    pairs = [pair for step in products for pair in combinations(step.operands, 2)]
    both = [(found.get(a, {a}), found.get(b, {b})) for a, b in pairs]
    return set().union(*[a ^ b for a, b in both if not a.isdisjoint(b)])


def brought_together(
    before: tuple[Sequence[Step], Sequence[Value]], after: tuple[Sequence[Step], Sequence[Value]]
) -> set[Value]:
    """What a program made one of, so that a product finds both its operands in one place.

    Two results of a loop's turn are the operands of the next.
    """
    products = {step.result: step for step in after[0] if is_product(step)}
    if not products:
        return set()
    old, new = sources(before[0]), sources(after[0])
    pairs = [*combinations(zip(before[1], after[1]), 2)]
    for step in before[0]:
        if step.result in products:
            pairs += combinations(zip(step.operands, products[step.result].operands), 2)
    met = set()
    for (a, c), (b, d) in pairs:
        first, second = old.get(a, {a}), old.get(b, {b})
        if first.isdisjoint(second) and not new.get(c, {c}).isdisjoint(new.get(d, {d})):
            met |= first | second
    return met
