"""What a backward pass promises besides the right numbers; none of it needs differences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from autograd_lite.core.trees import leaves_beside, rebuild, tree_leaves, tree_map
from autograd_lite.testing.checking import diagnosis
from autograd_lite.testing.checking.exact import same_bits
from autograd_lite.testing.checking.point import Point, like
from autograd_lite.testing.checking.report import Failure, spoken
from autograd_lite.testing.checking.vectors import (
    Vector,
    dual,
    flat,
    precision,
    random_like,
    read_only,
)


def form(at: Point) -> list[Failure]:
    """Every gradient has the structure, shape and dtype of its argument."""
    try:
        leaves = leaves_beside(at.args, at.gradients)
    except ValueError as error:
        what = f"the gradients have not the structure of the arguments: {error}"
        return [Failure(at.order, what)]
    failures = []
    for block, g in zip(at.layout.blocks, leaves):
        if (g.shape, g.dtype) != (block.shape, block.dtype):
            what = (
                f"{spoken(block.name)} has shape {block.shape} and dtype {block.dtype}, "
                f"its gradient shape {g.shape} and dtype {g.dtype}"
            )
            cause = diagnosis.of_form(g, block.shape, block.dtype)
            failures.append(Failure(at.order, what, cause, argument=block.name))
    return failures


def value_kept(at: Point, notes: list[str]) -> list[Failure]:
    """Differentiation leaves the value as it is; another rounding is only noted."""
    a, b = tree_leaves(at.value), tree_leaves(at.plain)
    if len(a) == len(b) and all(map(same_bits, a, b)):
        return []
    if [(v.shape, v.dtype) for v in a] == [(v.shape, v.dtype) for v in b]:
        x, y, eps = flat(a), flat(b), 16 * max(precision(v.dtype) for v in a)
        if eps and np.allclose(x, y, rtol=eps, atol=eps * np.max(np.abs(y)), equal_nan=True):
            notes.append(f"order {at.order}: the value under differentiation is rounded otherwise")
            return []
    cause = (
        "the forward pass of the vjp computes something else, or f draws at random; then let f set "
        "the seed"
    )
    return [Failure(at.order, "the value under differentiation is not that of f(*args)", cause)]


def untouched(order: int, what: str, before: Any, after: Any) -> list[Failure]:
    """Nothing that was handed over was written to."""
    if all(map(same_bits, tree_leaves(before), tree_leaves(after))):
        return []
    return [modified(order, f"{what} was changed")]


def modified(order: int, what: str) -> Failure:
    cause = "modified input: an assignment or an augmented one (+=) works in place; copy first"
    return Failure(order, what, cause)


def repeatable(at: Point) -> list[Failure]:
    """The same call gives the same bits, also after a call with other arguments."""
    for what, again, cause in _repeated(at):
        if not same_bits(at.g, again):
            what, details = f"{what} gives other gradients", f"first  {at.g}\nsecond {again}"
            return [Failure(at.order, what, cause, details=details)]
    return []


def _repeated(at: Point) -> Iterator[tuple[str, Vector, str]]:
    """The gradients computed again, in several ways, and what it means if they are others."""
    cause = "stale: the pullback keeps state, such as a sum never reset, or draws at random"
    yield "a second call of the pullback", dual(at.pulled(at.u)), cause
    with suppress(Exception), np.errstate(all="ignore"):  # it need not be defined elsewhere
        at.pair.vjp(*rebuild(at.args, _elsewhere))
    cause = "stale: the pullback reads values that a later forward pass has overwritten"
    yield "the pullback after another vjp", dual(at.pulled(at.u)), cause
    cause = "stale: a random draw, or state kept from one call to the next"
    fresh = like(at.args, tuple(at.pair.vjp(*at.args)[1](at.u)))
    yield "a second vjp", dual(fresh), cause


def _elsewhere(x: Any) -> Any:
    x = np.asarray(x)
    return x if x.dtype.kind == "O" else np.asarray(x * 0.984375, x.dtype)


def linear(at: Point) -> list[Failure]:
    """pullback(a·u + b·w) = a·pullback(u) + b·pullback(w)."""
    exact = at.g.dtype.kind == "O"
    a, b = (2, -3) if exact else (0.75, -1.5)
    mix = tree_map(lambda x, y: np.asarray(a * x + b * y, np.result_type(x)), at.u, at.other_u)
    got, other = dual(at.pulled(read_only(mix))), dual(at.pulled(at.other_u))
    expected = a * at.g + b * other
    size = np.abs(a * at.g) + np.abs(b * other)
    largest = np.max(size, where=size < np.inf, initial=0)
    allowed = at.rtol * (4 * size + largest / 4) + at.tiny
    nan = (got != got) & (expected != expected)
    wrong = ~nan & (got != expected if exact else ~(np.abs(got - expected) <= allowed))
    if np.any(wrong):
        wrong &= ~(np.abs(got - expected) <= 16 * at.noise + allowed * (not exact))
    if not np.any(wrong):
        return []
    i = int(np.argmax(wrong))
    if abs(got[i] - expected[i]) < 1e-5 * np.max(size):
        cause = "rounding: a step of the backward pass computes in a lower precision"
    else:
        cause = "the incoming gradient enters other than as a factor: squared, clipped, added to"
    what = f"the pullback is not linear in g: element {i} is {got[i]}, expected {expected[i]}"
    return [Failure(at.order, what, cause)]


def symmetric(at: Point) -> list[Failure]:
    """⟨Hv, w⟩ = ⟨Hw, v⟩ for the Hessian H of ⟨u, f⟩, by two pullbacks of the gradient.

    ``at`` is a point of the gradient, whose last argument is u.
    """
    x = at.args[:-1]
    v, w = (random_like(x, at.rng) for _ in range(2))
    one, other = (dual(at.pulled(read_only(a))[: len(x)]) * flat(b) for a, b in ((v, w), (w, v)))
    gap = abs(np.sum(one) - np.sum(other))
    allowed = 8 * at.rtol * np.sum(np.abs(one) + np.abs(other))
    if gap <= allowed or not np.isfinite(float(gap)):
        return []
    rounding = (at.noise + at.tiny)[: len(one)] * (np.abs(flat(v)) + np.abs(flat(w)))
    if gap <= allowed + 16 * np.sum(rounding):
        return []
    what = f"the Hessian is not symmetric: ⟨Hv, w⟩ = {np.sum(one)}, ⟨Hw, v⟩ = {np.sum(other)}"
    return [Failure(at.order, what, "the derivative of the backward pass is wrong")]
