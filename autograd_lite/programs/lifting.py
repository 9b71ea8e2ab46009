"""The same function with something else in the places that it reads: a copy, as deep as needed."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from autograd_lite.programs.surroundings import (
    MISSING,
    RUNNING,
    Place,
    Surroundings,
    is_floats,
    of_attribute,
    of_cell,
    of_dict,
    of_sequence,
)


def lifted(surroundings: Surroundings, instead: Callable[[Place], Any]) -> Any:
    """The function with ``instead(place)`` for each array of floats that becomes an input."""
    reaching = leading(surroundings)
    made: dict[int, Any] = {}

    def lift(x: Any) -> Any:
        if id(x) in made or id(x) not in reaching:
            return made.get(id(x), x)
        return rebuilt(x, made, surroundings.into[id(x)], value)

    def value(place: Place) -> Any:
        return instead(place) if is_floats(place.value) else lift(place.value)

    return lift(surroundings.f)


def leading(surroundings: Surroundings) -> set[int]:
    """What leads to an array of floats, by its id."""
    found: set[int] = set()
    before = -1
    while len(found) > before:
        before = len(found)
        for owner, places in surroundings.into.items():
            if any(is_floats(p.value) or id(p.value) in found for p in places):
                found.add(owner)
    return found


def rebuilt(
    x: Any, made: dict[int, Any], places: list[Place], value: Callable[[Place], Any]
) -> Any:
    """A copy of something with ``value(place)`` in each of its places."""
    new: Any
    if type(x) in RUNNING:
        return made.setdefault(id(x), value(places[0]))
    if isinstance(x, FunctionType):
        cells = tuple([CellType() for _ in x.__closure__ or ()])
        names = dict(x.__globals__)
        new = made[id(x)] = FunctionType(x.__code__, names, x.__name__, x.__defaults__, cells)
        new.__dict__.update(x.__dict__)
        new.__kwdefaults__, new.__module__ = x.__kwdefaults__, x.__module__
        owned = dict(zip([id(cell) for cell in x.__closure__ or ()], cells))
        for place in places:
            if place.read is of_cell:
                if place.value is not MISSING:
                    owned[id(place.owner)].cell_contents = value(place)
            elif place.read is of_dict:
                names[place.key] = value(place)
            else:
                setattr(new, place.key, value(place))
        return new
    if isinstance(x, (MethodType, partial)):
        found = {place.key: value(place) for place in places}
        if isinstance(x, MethodType):
            new = MethodType(found["__func__"], found["__self__"])
        else:
            new = partial(found["func"], *found["args"], **found["keywords"])
        return made.setdefault(id(x), new)
    if isinstance(x, (list, tuple)):
        parts = [value(place) for place in places if place.read is of_sequence]
        if isinstance(x, list):
            new = made[id(x)] = copy(x)
            new[:] = parts
            return new
        new = x._make(parts) if hasattr(x, "_make") else type(x)(parts)
        return made.setdefault(id(x), new)
    if isinstance(x, ModuleType):
        new = made[id(x)] = ModuleType(x.__name__)
        vars(new).update(vars(x))
        vars(new).update({place.key: value(place) for place in places})
        return new
    new = made[id(x)] = copy(x)
    for place in places:
        if place.read is of_dict:
            new[place.key] = value(place)
        elif place.read is of_attribute:
            object.__setattr__(new, place.key, value(place))
    return new
