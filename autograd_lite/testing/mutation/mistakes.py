"""The mistakes that people make in gradients, as functions: what `mutants` plants.

Some can be made in any gradient: a sign, a factor, a transpose, digits lost in float32.  Others
are made in a rule, by what it does with what it requests.  It leaves out a sum over stretched axes,
reads ``y`` for ``x``, takes the next axis, ignores an option, or overwrites an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.primitive import Primitive
from autograd_lite.core.signatures import SPECIAL, requested

Array = Any
Mistake = Callable[[Array], Array]

# ---- in any gradient ----


def one_element(c: Array) -> Array:
    """``c`` with its last element doubled: one wrong number among many right ones."""
    size = int(np.prod(c.shape, dtype=int))
    return c * np.reshape(1 + (np.arange(size) == size - 1), c.shape)


def float32(c: Array) -> Array:
    """``c`` rounded to half the digits: what is left after computing in float32 on the way."""
    half = {"d": np.float32, "D": np.complex64}.get(c.dtype.char)
    return c.astype(half).astype(c.dtype) if half else c


MISTAKES: dict[str, Mistake] = {
    "sign": lambda c: -c,
    "twice": lambda c: 2 * c,
    "half": lambda c: c / 2,
    "zero": lambda c: 0 * c,
    "one element": one_element,
    "transposed": lambda c: np.reshape(np.transpose(c), c.shape),
    "conjugated": lambda c: np.conj(c) if c.dtype.kind == "c" else c,
    "float32": float32,
}

# ---- in a rule ----


class Change(NamedTuple):
    """A mistake in a rule: ``wrong(right, given)`` in place of ``right(given)``.

    ``given`` are the values that the rule requests, by name, and those that ``besides`` names.
    """

    name: str
    wrong: Callable[[Callable[[dict[str, Any]], Any], dict[str, Any]], Any]
    besides: tuple[str, ...] = ()


def changes(primitive: Primitive, argument: str) -> Iterator[Change]:
    """Every mistake that can be made in the rule of a primitive for ``argument``."""
    names = requested(primitive.rules[argument])
    smooth = {name for name in primitive.arrays if primitive.rules[name]}
    values = [name for name in names if name in {*smooth, "y"}]
    shape = "shapes" if primitive.variadic else "shape"
    yield from (in_gradient(name, wrong, primitive.variadic) for name, wrong in MISTAKES.items())
    if primitive.broadcasts and getattr(primitive.function, "nin", 2) > 1:
        yield unsummed_in(shape)
    if not primitive.variadic:
        for name in values:
            yield reading(argument if name == "y" else "y", name)
            if name not in ("y", argument):
                yield reading(argument, name)
    for name in names:
        if name in AXES:
            yield too_far(name, shape)
        if name in primitive.defaults and name not in {*primitive.arrays, *SPECIAL}:
            yield ignoring(name, primitive.defaults[name])
    yield from map(writing, ("g", *values))


def in_gradient(name: str, mistake: Mistake, variadic: bool) -> Change:
    """A mistake in the gradient; if there are several, in the first."""

    def wrong(right: Any, given: dict[str, Any]) -> Any:
        c = right(given)
        if not variadic:
            return mistake(c)
        first, *others = c
        return [mistake(first), *others]

    return Change(name, wrong)


def unsummed(c: Array, shape: tuple[int, ...]) -> Array:
    """The gradient of the first of the elements that one was stretched to, for that of all."""
    if c.shape == shape or 0 in c.shape:
        return c
    sizes = (1,) * (c.ndim - len(shape)) + shape
    return np.reshape(c[tuple(slice(1) if n == 1 else slice(None) for n in sizes)], shape)


def unsummed_in(shape: str) -> Change:
    def wrong(right: Any, given: dict[str, Any]) -> Any:
        c = right(given)
        return unsummed(c, given[shape]) if shape == "shape" else [*map(unsummed, c, given[shape])]

    return Change("not summed", wrong, (shape,))


def reading(other: str, name: str) -> Change:
    """A value taken for another: ``x`` where the formula has ``y``."""
    return Change(
        f"{other} for {name}",
        lambda right, given: right(given | {name: given[other]}),
        (other,),
    )


def ignoring(name: str, default: Any) -> Change:
    """An option that the rule takes for its default."""
    return Change(f"{name} ignored", lambda right, given: right(given | {name: default}))


AXES = frozenset({"axes", "axis", "axis1", "axis2", "destination", "source", "start"})


def shifted(axis: Any, n: int) -> Any:
    """``axis`` too far by one, going round after ``n``; each of several axes."""
    if axis is None or n == 0:
        return axis
    return tuple(shifted(a, n) for a in axis) if np.ndim(axis) else (axis + 1) % n


def too_far(name: str, shape: str) -> Change:
    def wrong(right: Any, given: dict[str, Any]) -> Any:
        n = len(given[shape] if shape == "shape" else given[shape][0])
        return right(given | {name: shifted(given[name], n)})

    return Change(f"{name} + 1", wrong, (shape,))


def overwrite(x: Any) -> None:
    """Add 1 to an array in place, as a careless ``x += …`` does."""
    x = x[0] if isinstance(x, (list, tuple)) and x else x
    if isinstance(x, np.ndarray):
        x += np.ones((), x.dtype)


def writing(name: str) -> Change:
    def wrong(right: Any, given: dict[str, Any]) -> Any:
        c = right(given)
        overwrite(given[name])
        return c

    return Change(f"writes into {name}", wrong)
