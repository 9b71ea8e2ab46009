"""What a function reads from outside: closures, globals, attributes, and what is in them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.frames import ENGINE, is_known

#: So many places are looked at on each call; what lies beyond is frozen, and a warning says so.
LIMIT = 200
#: What has no places in it.
PLAIN = (
    *(int, float, complex, str, bytes, type(None), np.generic, np.dtype, np.ndarray, type),
    *(np.random.Generator, BuiltinFunctionType, np.ufunc),
)
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


def of_dict(owner: dict[Any, Any], key: Any) -> Any:
    return owner.get(key, MISSING)


def of_sequence(owner: Any, key: int) -> Any:
    return owner[key] if key < len(owner) else MISSING


def of_attribute(owner: Any, key: str) -> Any:
    return getattr(owner, key, MISSING)


def length(owner: Any, _: Any) -> Any:
    return len(owner)


class Surroundings:
    """The places that a function may read from outside, with what was there.

    ``arrays`` are those among them that hold an array of floats; arrays of whole numbers may be
    shapes or indices, so they are compared ``whole``.  ``frozen`` says that there were too many.
    """

    def __init__(self, f: Any) -> None:
        self.f = f
        self.places: list[Place] = []
        self.into: dict[int, list[Place]] = {}  # by what they are in
        self.owners: dict[int, Any] = {}
        self.frozen = False
        self.waiting: list[tuple[Any, str]] = [(f, getattr(f, "__name__", "f"))]
        while self.waiting and not self.frozen:
            self.look(*self.waiting.pop())
        self.arrays = [p for p in self.places if is_floats(p.value)]
        self.others = [p for p in self.places if not is_floats(p.value)]
        whole = [p.value for p in self.others if isinstance(p.value, np.ndarray)]
        self.whole, self.copies = whole, [x.copy() for x in whole]

    def unchanged(self) -> bool:
        """Whether all but the arrays of floats is as it was."""
        for read, owner, key, value, _ in self.others:
            found = read(owner, key)
            if found is not value and (
                type(found) is not type(value) or bits(found) != bits(value)
            ):
                return False
        return all(map(np.array_equal, self.whole, self.copies))

    @property
    def now(self) -> list[Any]:
        """The arrays of floats as they are now."""
        return [read(owner, key) for read, owner, key, _, _ in self.arrays]

    def add(self, within: Any, read: Any, owner: Any, key: Any, text: str) -> None:
        """Note a place, and look at what is there."""
        value = read(owner, key)
        if isinstance(value, ModuleType) and is_foreign(value):
            return
        if len(self.places) >= LIMIT:
            self.frozen = True
            return
        place = Place(read, owner, key, value, text)
        self.places.append(place)
        self.into.setdefault(id(within), []).append(place)
        self.waiting.append((value, text))

    def look(self, x: Any, text: str) -> None:
        """Note the places inside of something."""
        if id(x) in self.owners or isinstance(x, PLAIN):
            return
        self.owners[id(x)] = x  # which keeps it alive, lest an id be given twice
        if isinstance(x, MethodType):
            self.add(x, of_attribute, x, "__func__", text)
            self.add(x, of_attribute, x, "__self__", text.rpartition(".")[0] or "self")
        elif isinstance(x, partial):
            for name in ("func", "args", "keywords"):
                self.add(x, of_attribute, x, name, f"{text}.{name}")
        elif isinstance(x, FunctionType):
            self.look_at_function(x)
        elif isinstance(x, (list, tuple)):
            self.add(x, length, x, None, f"len({text})")
            for i in range(len(x)):
                self.add(x, of_sequence, x, i, f"{text}[{i}]")
        elif isinstance(x, dict):
            self.add(x, length, x, None, f"len({text})")
            for key in x:
                self.add(x, of_dict, x, key, f"{text}[{key!r}]")
        elif not is_foreign(x):
            for name in attributes(x):
                self.add(x, of_attribute, x, name, f"{text}.{name}")

    def look_at_function(self, f: FunctionType) -> None:
        """Note what a function has in cells and defaults, and the globals that it names.

        A primitive is called as it is, and reads for itself.
        """
        if hasattr(f, "__primitive__"):
            return
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            self.add(f, of_cell, cell, None, name)
        if is_foreign(f):
            return
        for name in ("__defaults__", "__kwdefaults__"):
            if getattr(f, name):
                self.add(f, of_attribute, f, name, f"{f.__name__}.{name}")
        named = {*names_in(f.__code__)}
        for name in sorted(named & f.__globals__.keys()):
            self.add(f, of_dict, f.__globals__, name, name)
            value = f.__globals__[name]
            if isinstance(value, ModuleType) and not is_foreign(value):
                for part in sorted(named & vars(value).keys()):
                    self.add(value, of_dict, vars(value), part, f"{name}.{part}")

    # ---- the same function with something else in its places ----

    def lifted(self, instead: Callable[[Place], Any]) -> Any:
        """The function with ``instead(place)`` for each array of floats that it reads."""
        reaching = self.reaching()
        made: dict[int, Any] = {}

        def lift(x: Any) -> Any:
            if id(x) in made or id(x) not in reaching:
                return made.get(id(x), x)
            return rebuilt(x, made, self.into[id(x)], value)

        def value(place: Place) -> Any:
            return instead(place) if is_floats(place.value) else lift(place.value)

        return lift(self.f)

    def reaching(self) -> set[int]:
        """What leads to an array of floats."""
        found: set[int] = set()
        before = -1
        while len(found) > before:
            before = len(found)
            for owner, places in self.into.items():
                if any(is_floats(p.value) or id(p.value) in found for p in places):
                    found.add(owner)
        return found


def rebuilt(
    x: Any, made: dict[int, Any], places: list[Place], value: Callable[[Place], Any]
) -> Any:
    """A copy of something with ``value(place)`` in each of its places."""
    new: Any
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


def names_in(code: CodeType) -> Iterator[str]:
    """The global names and attributes that code mentions, nested functions included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def attributes(x: Any) -> list[str]:
    """The attributes that an object has itself, and arrays that its class has."""
    found = dict.fromkeys(getattr(x, "__dict__", ()))
    for kind in type(x).__mro__:
        slots = vars(kind).get("__slots__", ())
        names = [slots] if isinstance(slots, str) else [*slots]
        names += [name for name, value in vars(kind).items() if isinstance(value, np.ndarray)]
        found |= dict.fromkeys(name for name in names if hasattr(x, name))
    return [*found]


def is_floats(x: Any) -> bool:
    """Whether something is an array by which one may differentiate."""
    return isinstance(x, np.ndarray) and x.dtype.kind in "fc"


def is_foreign(x: Any) -> bool:
    """Whether something is the engine's, Python's or another package's, and does not change."""
    owner = x if isinstance(x, (FunctionType, ModuleType)) else type(x)
    name = getattr(owner, "__module__", None) or getattr(owner, "__name__", "")
    top = str(name).partition(".")[0]
    if top == "__main__":
        return False
    if top in ENGINE or top in sys.stdlib_module_names:
        return True
    if is_known(top):  # a package on top of the engine, whose models hold arrays
        return isinstance(owner, (FunctionType, ModuleType))
    file = getattr(sys.modules.get(top), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def bits(x: Any) -> Any:
    """Something as what tells whether it changed: numbers by their bits, the rest by itself."""
    if isinstance(x, (float, complex, np.generic)) and not isinstance(x, (str, bytes)):
        return np.asarray(x).tobytes()
    return x if isinstance(x, (int, str, bytes, np.dtype)) else id(x)
