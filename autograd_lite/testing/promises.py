"""What a backward pass promises besides the right numbers; none of it needs differences."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from autograd_lite.testing import diagnosis
from autograd_lite.testing.exact import same_bits
from autograd_lite.testing.report import Failure, spoken
from autograd_lite.testing.vectors import Layout, Vector, dual, flat, precision, read_only
from autograd_lite.trees import leaves_beside, rebuild, tree_leaves

Pull = Callable[..., Any]


def arrays(tree: Any) -> Any:
    """The same tree of NumPy arrays, whatever package its leaves come from."""
    return rebuild(tree, np.asarray)


def form(order: int, layout: Layout, gradients: Any) -> list[Failure]:
    """Every gradient has the structure, shape and dtype of its argument."""
    try:
        leaves = leaves_beside(layout.args, gradients)
    except ValueError as error:
        return [Failure(order, f"the gradients have not the structure of the arguments: {error}")]
    failures = []
    for block, g in zip(layout.blocks, leaves):
        shape, dtype = np.shape(g), np.result_type(g)
        if (shape, dtype) != (block.shape, block.dtype):
            what = (
                f"{spoken(block.name)} has shape {block.shape} and dtype {block.dtype}, "
                f"its gradient shape {shape} and dtype {dtype}"
            )
            cause = diagnosis.of_form(block, g)
            failures.append(Failure(order, what, cause, argument=block.name))
    return failures


def value_kept(order: int, value: Any, plain: Any, notes: list[str]) -> list[Failure]:
    """Differentiation leaves the value as it is; another rounding is only noted."""
    a, b = tree_leaves(value), tree_leaves(plain)
    if len(a) == len(b) and all(map(same_bits, a, b)):
        return []
    x, y = flat(a), flat(b)
    if [(v.shape, v.dtype) for v in a] == [(v.shape, v.dtype) for v in b]:
        eps = max(precision(v.dtype) for v in a)
        if np.allclose(x, y, rtol=16 * eps, atol=16 * eps * np.max(np.abs(y)), equal_nan=True):
            notes.append(f"order {order}: the value under differentiation is rounded otherwise")
            return []
    cause = "the forward pass of the vjp computes something else, or f is not deterministic"
    return [Failure(order, "the value under differentiation is not that of f(*args)", cause)]


def untouched(order: int, what: str, before: Any, after: Any) -> list[Failure]:
    """Nothing that was handed over was written to."""
    if all(map(same_bits, tree_leaves(before), tree_leaves(after))):
        return []
    return [modified(order, what)]


def modified(order: int, what: str) -> Failure:
    cause = "modified input: an assignment or an augmented one (+=) works in place; copy first"
    return Failure(order, f"{what} was changed, or would have been", cause)


def repeatable(order: int, vjp: Pull, args: Any, pull: Pull, u: Any, first: Any) -> list[Failure]:
    """The same call gives the same bits, also after a call with other arguments."""
    failures = []
    again = dual(arrays(pull(u)))
    if not same_bits(dual(first), again):
        cause = "stale: the pullback keeps state, such as a sum that is never reset or a random draw"
        failures.append(_differs(order, "a second call of the pullback", first, again, cause))
    with suppress(Exception), np.errstate(all="ignore"):  # it need not be defined elsewhere
        vjp(*rebuild(args, _elsewhere))
    if not failures and not same_bits(dual(first), later := dual(arrays(pull(u)))):
        cause = "stale: the pullback reads values that a later forward pass has overwritten"
        failures.append(_differs(order, "the pullback after another vjp", first, later, cause))
    if not failures and not same_bits(dual(first), fresh := dual(arrays(vjp(*args)[1](u)))):
        cause = "stale: a random draw, or state kept from one call to the next"
        failures.append(_differs(order, "a second vjp", first, fresh, cause))
    return failures


def _elsewhere(x: Any) -> Any:
    x = np.asarray(x)
    return x if x.dtype.kind == "O" else np.asarray(x * 0.984375, x.dtype)


def _differs(order: int, what: str, first: Any, second: Vector, cause: str) -> Failure:
    return Failure(order, f"{what} gives other gradients", cause, details=f"{dual(first)}\n{second}")


def linear(
    order: int,
    pull: Pull,
    u: Any,
    w: Any,
    gradients: Any,
    rtol: Vector,
    noise: Callable[[], Vector],
) -> list[Failure]:
    """pullback(a·u + b·w) = a·pullback(u) + b·pullback(w)."""
    a, b = (2, -3) if any(np.asarray(x).dtype.kind == "O" for x in tree_leaves(u)) else (0.75, -1.5)
    others = leaves_beside(u, w)
    left = iter([np.asarray(a * x + b * y, np.result_type(x)) for x, y in zip(tree_leaves(u), others)])
    mixed = dual(arrays(pull(read_only(rebuild(u, lambda _: next(left))))))
    one, other = dual(gradients), dual(arrays(pull(read_only(w))))
    expected = a * one + b * other
    size = np.abs(a * one) + np.abs(b * other)
    allowed = rtol * (4 * size + np.max(size, initial=0) * 0.25)
    wrong = ~(np.abs(mixed - expected) <= allowed) & ~((mixed != mixed) & (expected != expected))
    if np.any(wrong):
        wrong &= ~(np.abs(mixed - expected) <= allowed + 16 * noise())
    if not np.any(wrong):
        return []
    i = int(np.argmax(wrong))
    if abs(mixed[i] - expected[i]) < 1e-5 * np.max(size):
        cause = "rounding: a step of the backward pass computes in a lower precision"
    else:
        cause = "the incoming gradient enters other than as a factor: squared, clipped, added to"
    what = f"the pullback is not linear in g: element {i} is {mixed[i]}, expected {expected[i]}"
    return [Failure(order, what, cause)]


def symmetric(
    order: int, layout: Layout, pull: Pull, v: Any, w: Any, rtol: float, noise: Callable[[], Vector]
) -> list[Failure]:
    """⟨Hv, w⟩ = ⟨Hw, v⟩ for the Hessian H of ⟨u, f⟩, by two pullbacks of the gradient."""
    n = len(layout.args)
    one, other = (
        dual(arrays(tuple(pull(read_only(a))[:n]))) * flat(b) for a, b in ((v, w), (w, v))
    )
    gap = abs(np.sum(one) - np.sum(other))
    allowed = 8 * rtol * np.sum(np.abs(one) + np.abs(other))
    if gap <= allowed or not np.isfinite(float(gap)):
        return []
    if gap <= allowed + 16 * np.sum(noise()[: len(one)] * (np.abs(flat(v)) + np.abs(flat(w)))):
        return []
    what = f"the Hessian is not symmetric: ⟨Hv, w⟩ = {np.sum(one)}, ⟨Hw, v⟩ = {np.sum(other)}"
    return [Failure(order, what, "the derivative of the backward pass is wrong")]
