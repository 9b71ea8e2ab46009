"""Places that a function reads: how each is read, and what tells whether it has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.programs.matching import defined

MISSING = object()


class Place(NamedTuple):
    """Where a function reads something: ``read(owner, key)`` gives what is there now."""

    read: Callable[[Any, Any], Any]
    owner: Any
    key: Any
    value: Any
    text: str


def of_cell(cell: Any, _: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not yet filled
        return MISSING


def of_dict(owner: Any, key: Any) -> Any:
    return owner.get(key, MISSING)


def of_sequence(owner: Any, key: int) -> Any:
    return owner[key] if key < len(owner) else MISSING


def of_attribute(owner: Any, key: str) -> Any:
    return getattr(owner, key, MISSING)


def of_variable(owner: Any, _: Any) -> Any:
    try:
        return owner.get() if isinstance(owner, ContextVar) else owner()
    except LookupError:
        return MISSING


def length(owner: Any) -> Any:
    return len(owner)


def order(owner: Any) -> Any:
    return tuple(owner)


def elements(owner: Any) -> Any:
    return frozenset(owner)


def content(owner: Any) -> Any:
    """An array as what tells whether it changed, in place too."""
    if not isinstance(owner, np.ndarray):
        return memoryview(owner).tobytes()
    numbers = tuple(owner.flat) if owner.dtype.hasobject else owner.tobytes()
    return numbers, owner.shape, owner.strides, owner.dtype


def is_floats(x: Any) -> bool:
    """Whether something is an array by which one may differentiate."""
    return type(x) is np.ndarray and x.dtype.kind in "fc"


def bits(x: Any) -> Any:
    """Something as what tells whether it changed: numbers by their bits, the rest by itself."""
    if isinstance(x, (float, complex, np.generic)) and not isinstance(x, (str, bytes)):
        return np.asarray(x).tobytes()
    return x if isinstance(x, (int, str, bytes, np.dtype)) else id(x)


#: How a place is read, written out: `reading` puts in owner and key.
FORMS: dict[Any, str] = {
    of_dict: "{o}.get({k}, missing)",
    of_attribute: "getattr({o}, {k}, missing)",
}


def reading(place: Place, given: Callable[[Any], str]) -> str:
    """The expression that reads a place; ``given`` names an object for the code."""
    read, owner, key, value, _ = place
    if read is of_cell and value is not MISSING:
        return f"{given(owner)}.cell_contents"
    form = FORMS.get(read, "{r}({o}, {k})")
    names = {"o": given(owner), "k": given(key)}
    return form.format(r=given(read) if read not in FORMS else "", **names)


def unmoved(places: Sequence[Place], given: Callable[[Any], str]) -> str:
    """The condition that the very same objects are still in these places."""
    tests = [f"{reading(place, given)} is {given(place.value)}" for place in places]
    return " and ".join(tests) or "True"


def identical(places: Sequence[Place]) -> Callable[[], bool]:
    """The function that says whether the very same objects are still in these places."""
    scope: dict[str, Any] = {"missing": MISSING}

    def given(x: Any) -> str:
        scope[f"k{len(scope)}"] = x
        return f"k{len(scope) - 1}"

    return defined("same()", [f"return {unmoved(places, given)}"], scope)
