"""Activations that are spelt out: sigmoid, softmax, relu and others, known by what they compute."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import GUARDING, Step, Value

#: So many steps may spell out one activation.
LONGEST = 16
#: How near its numbers must be to those of the textbook, by the bytes of a number.
TOLERANCE = {8: 1e-10, 4: 1e-4}


class Recognised(NamedTuple):
    """``result = kind(argument)``, the steps that spell it out, and the axis along which it goes.

    The value before the activation is ``argument``, the one after it ``result``.
    """

    kind: str
    argument: Value
    result: Value
    steps: tuple[Step, ...]
    axis: int | None = None


def softmax(z: Any, axis: int) -> Any:
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(z: Any, axis: int) -> Any:
    largest = z.max(axis=axis, keepdims=True)
    return largest + np.log(np.exp(z - largest).sum(axis=axis, keepdims=True))


#: What goes element by element.
ELEMENTWISE: Mapping[str, Callable[[Any], Any]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.logaddexp(0, z),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "absolute": np.abs,
}
#: What goes along an axis; logsumexp has no such axis in its result, or one of length 1.
ALONG: Mapping[str, Callable[[Any, int], Any]] = {
    "softmax": softmax,
    "log_softmax": lambda z, axis: z - logsumexp(z, axis),
    "logsumexp": logsumexp,
}


#: Functions of which one is in each spelling.
TELLING = frozenset(
    {np.exp, np.exp2, np.expm1, np.tanh, np.sinh, np.cosh, np.logaddexp, np.log1p, np.sqrt}
    | {np.maximum, np.where, np.clip, *of_kind("absolute", "order", "power")}
)


def recognised(listing: Listing) -> dict[Value, Recognised]:
    """For each result of an activation, spelt out or in one step, which it is, and of what.

    Each stretch of steps that depends on one value is run for drawn numbers, and held against the
    textbook.  What only helps to spell out another one is left out.

    >>> import numpy as np, autograd_lite as al
    >>> program = al.trace(lambda x: np.sum(1 / (1 + np.exp(-al.named("z", 2 * x)))), np.ones(3))
    >>> [(r.kind, r.argument.name, len(r.steps)) for r in recognised(program).values()]
    [('sigmoid', 'z', 4)]
    """
    place = {step.result: i for i, step in enumerate(listing.steps)}
    found: dict[Value, Recognised] = {}
    for step in listing.steps:
        interior = {s.result for r in found.values() for s in r.steps[:-1]}
        for argument, steps in stretches(step, place):
            if argument not in interior and (known := what_it_is(argument, step.result, steps)):
                kind, axis = known  # the longest stretch is the last
                found[step.result] = Recognised(kind, argument, step.result, steps, axis)
    return {a: r for a, r in found.items() if not is_part(r, found, listing)}


def is_part(inner: Recognised, found: Mapping[Value, Recognised], listing: Listing) -> bool:
    """Whether an activation only helps to spell out another, as |z| does in (z + |z|) / 2.

    It does not if it is used elsewhere; and log softmax is made of a softmax.
    """
    for outer in found.values():
        if inner.result not in {s.result for s in outer.steps[:-1]}:
            continue
        others = [s for s in listing.steps if s not in outer.steps]
        used = inner.result in listing.outputs or any(inner.result in s.operands for s in others)
        apart = used or (inner.kind, outer.kind) == ("softmax", "log_softmax")
        if not apart or inner.argument is not outer.argument:
            return True
    return False


def stretches(last: Step, place: Mapping[Value, int]) -> Iterator[tuple[Value, tuple[Step, ...]]]:
    """Each value on which alone a step depends, and the steps from there on: the nearest first."""
    steps: list[Step] = []
    front = {last.result}
    while len(steps) < LONGEST:
        latest = max(front, key=lambda value: place.get(value, -1))
        if latest.step is None or latest.shape is None or latest.step.function in GUARDING:
            return
        steps.append(latest.step)
        front.remove(latest)
        front.update(value for value in latest.step.operands if not value.is_constant)
        if len(front) == 1:
            (argument,) = front
            if argument.shape is not None and argument.dtype.kind == "f":
                yield argument, tuple(reversed(steps))
        elif not front:
            return


def what_it_is(
    argument: Value, result: Value, steps: tuple[Step, ...]
) -> tuple[str, int | None] | None:
    """The activation that the steps compute of an argument, and its axis, if it is one."""
    if argument.dtype != result.dtype or result.dtype.itemsize not in TOLERANCE:
        return None
    if not any(is_telling(step) for step in steps):
        return None
    left = [*possible(argument, result)]
    rng = np.random.default_rng(0)
    for scale in (1.0, 3.0, -1.0, -0.3):  # of both signs, so that each way of a branch is met
        z = np.asarray(scale * rng.standard_normal(argument.shape), argument.dtype)
        with np.errstate(all="ignore"):
            try:
                a = rerun(steps, argument, z)
            except (ValueError, TypeError, IndexError, ArithmeticError):  # not for these numbers
                return None
            left = [(kind, axis) for kind, axis in left if near(textbook(kind, axis, z), a)]
        if not left:
            return None
    return left[0]


def is_telling(step: Step) -> bool:
    """Whether a step is of a kind that some activation has, be it an activation in one."""
    module = getattr(step.function, "__module__", None) or "numpy"
    numpys = module.partition(".")[0] in ("numpy", "operator", "_operator", "builtins")
    return step.function in TELLING or not (numpys or isinstance(step.function, np.ufunc))


def possible(argument: Value, result: Value) -> Iterator[tuple[str, int | None]]:
    """What a value may be of another, by their shapes."""
    if result.shape == argument.shape:
        yield from [(kind, None) for kind in ELEMENTWISE]
    shape = argument.shape or ()
    for axis in reversed(range(len(shape))):
        if shape[axis] >= 2:
            yield from [(kind, axis) for kind in ALONG]


def textbook(kind: str, axis: int | None, z: Any) -> Any:
    return ELEMENTWISE[kind](z) if axis is None else ALONG[kind](z, axis)


def rerun(steps: tuple[Step, ...], argument: Value, z: Any) -> Any:
    """What a stretch of steps makes of another argument."""
    values = {value: value.data for s in steps for value in s.operands if value.is_constant}
    values[argument] = z
    for step in steps:
        values[step.result] = step.run(values)
    return values[steps[-1].result]


def near(textbook: Any, a: Any) -> bool:
    """Whether the numbers are those of the textbook, but for axes of length one."""
    a = np.asarray(a)
    if textbook.size != a.size or [n for n in textbook.shape if n > 1] != [
        n for n in a.shape if n > 1
    ]:
        return False
    if a.dtype.kind != "f":
        return False
    tolerance = TOLERANCE[a.dtype.itemsize]
    return bool(np.allclose(textbook.reshape(a.shape), a, tolerance, tolerance / 100))
