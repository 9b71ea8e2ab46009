"""Where a backward pass goes back through an activation: f′(z) ∘ g for its rule."""

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.textbook.known import Known
from autograd_lite.transforms.gradients import vjp


class Slope(NamedTuple):
    """f′(z) ∘ g, by the steps that compute it; ``operands`` are z and g, or z where g is ones."""

    function: Callable[..., Any]
    operands: list[Value]
    steps: tuple[Step, ...]


def slopes(steps: Sequence[Step]) -> dict[Value, Slope]:
    """The results of pulling back through activations, each with the slope that it multiplies by.

    What is computed there element by element, and linear in g, can be nothing but f′(z) ∘ g.
    """
    ends = dict.fromkeys(value for step in steps for value in pull_results(step))
    return {value: slope for value in ends if (slope := slope_of(value))}


def pull_results(step: Step) -> list[Value]:
    """The result of a step that ends a pull, or what it adds of this pull to earlier ones."""
    through = step.through
    if through is None or through.step is None:
        return []
    if step.function in of_kind("sum") and len(step.operands) == 2:
        mine = [v for v in step.operands if same_pull(v.step, step)]
        others = {v for v in step.operands if v not in mine}
        if len(mine) == 1 and not others & {step.incoming, through, *through.step.operands}:
            return mine
    return [step.result] if {*step.result.gradient_of} & {*through.step.operands} else []


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
    call, incoming = step.through.step, step.incoming
    if not has_prime(call) or [v.shape for v in call.operands] != [call.result.shape]:
        return None
    group = pull_of(step)
    if not all(is_by_element(s, call.result.shape) for s in group):
        return None
    used = {v for s in group for v in s.operands}
    if incoming is not None:
        return Slope(call.function, [*call.operands, incoming], group) if incoming in used else None
    floats = any(isinstance(x, (float, np.floating)) for s in group for x in s.args)
    ones = all(np.all(v.data == 1) for v in used if v.is_constant)
    return Slope(call.function, call.operands, group) if ones and not floats else None


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


def is_by_element(step: Step, shape: tuple[int, ...] | None) -> bool:
    """Whether a step goes element by element, over arrays of one shape and numbers."""
    fits = all(v.shape in (shape, ()) for v in (*step.operands, step.result))
    return fits and (step.function is np.where or is_elementwise(step.function))


# ---- through functions that are spelt out ----


class Pull(NamedTuple):
    """The gradient of what a known function is of: by its result ``y``, and the gradient of that.

    That is a number where the program has no value for it.
    """

    known: Known
    y: Value
    gradient: Value | Fraction


def pulls(listing: Listing, known: Mapping[Value, Known]) -> dict[Value, Pull]:
    """The gradients that go back through known functions, and through nothing else.

    So nothing else reads what the function is of, nor what is computed in between.
    """
    claims: dict[Value, list[Value]] = {}
    uses: dict[Value, list[Step]] = {}
    for step in listing.steps:
        for primal in step.result.gradient_of:
            claims.setdefault(primal, []).append(step.result)
        if step.through is not None and step.through.step and is_backward(step.through.step):
            return {}  # gradients of gradients go other ways as well
        for value in step.operands if not is_backward(step) else ():
            uses.setdefault(value, []).append(step)
    numbers: dict[Value, Any] = {}
    found = {}
    for y, function in known.items():
        region = {*function.region}
        between = [function.z, *[s.result for s in function.region if s.result is not y]]
        closed = all(s in region for v in between for s in uses.get(v, ()))
        mine, theirs = claims.get(function.z, []), claims.get(y, [])
        if not closed or len(mine) != 1 or mine == theirs or {*between[1:]} & {*listing.outputs}:
            continue
        if len(theirs) == 1:
            found[mine[0]] = Pull(function, y, theirs[0])
        elif not theirs:
            with np.errstate(all="ignore"):
                numbers = numbers or listing.values()
                seed = seed_of(function, numbers[function.z], np.asarray(numbers[mine[0]]))
            if seed is not None:
                found[mine[0]] = Pull(function, y, seed)
    return found


def ties(listing: Listing, befores: set[Value]) -> set[Value]:
    """The truths z ≥ 0 by which gradients go back through a ReLU, and that nothing else reads."""
    found = {
        s.result for s in listing.steps
        if s.function in (np.greater_equal, operator.ge) and s.through is not None
        and s.args[0] in befores and not isinstance(s.args[1], Value) and s.args[1] == 0
    }  # fmt: skip
    others = [s for s in listing.steps if s.function not in of_kind("product")]
    return found.difference(listing.outputs, *[s.operands for s in others])


def is_backward(step: Step) -> bool:
    return bool(step.through or step.incoming)


def seed_of(known: Known, z: Any, gradient: Any) -> Fraction | None:
    """The number that a cotangent is everywhere, from the gradient that it leads to."""
    y, pullback = vjp(lambda z: known.function(z, **known.options), z)
    unit = np.asarray(pullback(np.ones_like(y))[0])
    ratios = (gradient / unit)[(unit != 0) & (gradient != 0)]
    if not ratios.size or not np.all(np.isfinite(ratios)):
        return None
    number = Fraction(float(np.median(ratios))).limit_denominator(1000)
    exact = 256 * float(np.finfo(gradient.dtype).eps)
    return number if np.allclose(gradient, float(number) * unit, rtol=exact, atol=0) else None
