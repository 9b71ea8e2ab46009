"""Where a backward pass multiplies by the slope of an activation: f′(z) ∘ g for its rule."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value


class Slope(NamedTuple):
    """f′(z) ∘ g, by the steps that compute it; no ``incoming`` stands for a g of ones."""

    function: Callable[..., Any]
    at: Value
    incoming: Value | None
    steps: tuple[Step, ...]


def slopes(steps: Sequence[Step]) -> dict[Value, Slope]:
    """The results of pulling back through activations, each with the slope that it multiplies by.

    What is computed there element by element, and linear in g, can be nothing but f′(z) ∘ g.
    """
    found: dict[Value, Slope] = {}
    for step in steps:
        for value in pulled(step):
            slope = slope_of(value)
            if slope is not None:
                found[value] = slope
    return found


def pulled(step: Step) -> Iterable[Value]:
    """The result of a step that ends a pull, or what it adds of this pull to earlier ones."""
    through = step.through
    if through is None or through.step is None:
        return
    if step.function in of_kind("sum") and len(step.operands) == 2:
        mine = [v for v in step.operands if same_pull(v.step, step)]
        others = [v for v in step.operands if v not in mine]
        if len(mine) == 1 and not {*others} & {step.incoming, through, *through.step.operands}:
            yield mine[0]
            return
    if set(step.result.gradient_of) & set(through.step.operands):
        yield step.result


def same_pull(step: Step | None, other: Step) -> bool:
    return (
        step is not None
        and step.through is other.through
        and step.incoming is other.incoming
        and step is not other
    )


def slope_of(value: Value) -> Slope | None:
    step = value.step
    if step is None or step.through is None or step.through.step is None:
        return None
    call = step.through.step
    operands = call.operands
    if not has_prime(call) or len(operands) != 1 or operands[0].shape != call.result.shape:
        return None
    group = pull_of(step)
    incoming = step.incoming
    if not all(is_elementwise(s, call.result.shape) for s in group):
        return None
    used = {v for s in group for v in s.operands}
    constants = [v for v in used if v.is_constant]
    floats = [x for s in group for x in s.args if isinstance(x, (float, np.floating))]
    if incoming is None and (floats or not all(np.all(c.data == 1) for c in constants)):
        return None  # a seed that is not 1
    if incoming is not None and incoming not in used:
        return None
    return Slope(call.function, operands[0], incoming, group)


def has_prime(call: Step) -> bool:
    """Whether one writes f′ for it, as for σ and other functions that NumPy does not have."""
    home = (getattr(call.function, "__module__", "") or "").partition(".")[0]
    return call.function is np.tanh or (home not in {"numpy", "_operator", "operator", "builtins"}
                                        and not isinstance(call.function, np.ufunc))  # fmt: skip


def pull_of(last: Step) -> tuple[Step, ...]:
    """The steps of one pull that end with the given one."""
    steps, todo = [], [last]
    while todo:
        step = todo.pop()
        if step not in steps:
            steps.append(step)
            todo += [v.step for v in step.operands if v.step and same_pull(v.step, last)]
    return tuple(reversed(steps))


def is_elementwise(step: Step, shape: tuple[int, ...] | None) -> bool:
    f = step.function
    known = isinstance(f, np.ufunc) or f is np.where or getattr(f, "__module__", "") == "_operator"
    fits = all(v.shape in (shape, ()) for v in (*step.operands, step.result))
    return known and fits and f is not operator.getitem and f not in of_kind("matrix product")
