"""The same function with something else in the places that it reads: a copy, as deep as needed."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from autograd_lite.programs.places import (
    MISSING,
    Place,
    is_floats,
    of_attribute,
    of_cell,
    of_dict,
    of_sequence,
)
from autograd_lite.programs.surroundings import RUNNING, Surroundings


class Lifted:
    """A function with ``instead(place)`` for each array of floats that becomes an input: ``run``.

    It has copies of all that leads to one.  What it writes to these is lost, so `written` looks.
    """

    def __init__(self, surroundings: Surroundings, instead: Callable[[Place], Any]) -> None:
        self.into, self.instead = surroundings.into, instead
        self.reaching = leading(surroundings)
        self.made: dict[int, Any] = {}
        self.filled: list[Place] = []
        self.run = self.lift(surroundings.f)
        self.sizes = [(x, size(x)) for x in self.made.values()]

    def written(self) -> str | None:
        """Where something has been written to since; None if nowhere."""
        for read, owner, key, value, text in self.filled:
            if read(owner, key) is not value:
                return text
        grown = [x for x, was in self.sizes if size(x) != was]
        return f"a {type(grown[0]).__name__}" if grown else None

    def lift(self, x: Any) -> Any:
        if id(x) in self.made or id(x) not in self.reaching:
            return self.made.get(id(x), x)
        return self.rebuilt(x, self.into[id(x)])

    def value(self, place: Place) -> Any:
        return self.instead(place) if is_floats(place.value) else self.lift(place.value)

    def fill(self, read: Any, owner: Any, key: Any, place: Place) -> None:
        """Put into a copy what stands for that in a place."""
        value = self.value(place)
        if read is of_cell:
            owner.cell_contents = value
        elif read is of_attribute:
            object.__setattr__(owner, key, value)
        else:
            owner[key] = value
        self.filled.append(Place(read, owner, key, value, place.text))

    def rebuilt(self, x: Any, places: list[Place]) -> Any:
        """A copy of something with others in its places."""
        if type(x) in RUNNING:
            return self.made.setdefault(id(x), self.value(places[0]))
        if isinstance(x, FunctionType):
            return self.rebuilt_function(x, places)
        if isinstance(x, MethodType):
            function, owner = map(self.value, places)
            return self.made.setdefault(id(x), MethodType(function, owner))
        if isinstance(x, partial):
            function, args, options = map(self.value, places)
            return self.made.setdefault(id(x), partial(function, *args, **options))
        if isinstance(x, tuple):
            parts = [self.value(place) for place in places if place.read is of_sequence]
            new = x._make(parts) if hasattr(x, "_make") else type(x)(parts)
            return self.made.setdefault(id(x), new)
        new = self.made[id(x)] = ModuleType(x.__name__) if isinstance(x, ModuleType) else copy(x)
        if isinstance(x, ModuleType):
            vars(new).update(vars(x))
        for place in places:
            within = vars(new) if isinstance(x, ModuleType) else new
            self.fill(place.read, within, place.key, place)
        return new

    def rebuilt_function(self, f: FunctionType, places: list[Place]) -> FunctionType:
        cells = tuple([CellType() for _ in f.__closure__ or ()])
        names = dict(f.__globals__)
        new = self.made[id(f)] = FunctionType(f.__code__, names, f.__name__, f.__defaults__, cells)
        new.__dict__.update(f.__dict__)
        new.__kwdefaults__, new.__module__ = f.__kwdefaults__, f.__module__
        owned = dict(zip([id(cell) for cell in f.__closure__ or ()], cells))
        for place in places:
            if place.read is of_cell:
                if place.value is not MISSING:
                    self.fill(of_cell, owned[id(place.owner)], None, place)
            elif place.read is of_dict:
                self.fill(of_dict, names, place.key, place)
            else:
                self.fill(of_attribute, new, place.key, place)
        return new


def size(x: Any) -> Any:
    """How much something holds, which grows where a name or an item is added."""
    if isinstance(x, FunctionType):
        return len(x.__globals__)
    return len(x) if isinstance(x, (list, dict)) else len(getattr(x, "__dict__", ()))


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
