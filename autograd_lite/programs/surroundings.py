"""What a function reads from outside: closures, globals, attributes, and what is in them."""

from __future__ import annotations

import os
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from functools import cached_property, partial
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MethodType,
    ModuleType,
)
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from autograd_lite.core.containers import LEAF, STATIC, structure
from autograd_lite.core.frames import ENGINE, is_known
from autograd_lite.core.trees import parts

#: So many places are looked at on each call; what lies beyond is frozen, and a warning says so.
LIMIT = 200
#: What has no places in it.
PLAIN = (
    *(int, float, complex, str, bytes, type(None), np.generic, np.dtype, np.ndarray),
    *(np.random.Generator, BuiltinFunctionType, np.ufunc),
)
#: What a class has in itself that leads to a function, and where.
DESCRIPTORS = {property: "fget", cached_property: "func"}
DESCRIPTORS |= {staticmethod: "__func__", classmethod: "__func__"}
#: What runs a function that it was given as ``f``: `al.compile` puts its kind here.
RUNNING: set[type] = set()
#: Where Python's own modules are.
STANDARD = os.path.dirname(os.__file__)
#: Where an object has its compiled methods, which read it and are none of its own.
OWN = "_compiled"
#: Modules of Python's whose objects refer to too much, and to nothing that a function computes by.
QUIET = {"logging", "threading", "unittest", "asyncio", "concurrent", "multiprocessing"}
QUIET |= {"importlib", "inspect", "io", "builtins"}
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


class Surroundings:
    """The places that a function may read from outside, with what was there.

    ``roots`` are what it gets besides: functions, and kinds of containers whose methods it calls.
    ``arrays`` are the places of arrays of floats that become inputs of a program.  All ``others``
    are compared.  Among them are arrays of whole numbers, which may be shapes or indices, and what
    classes have.  ``frozen`` says that there were too many places.
    """

    def __init__(self, f: Any, roots: Sequence[Any] = ()) -> None:
        self.f, self.roots = f, roots
        self.home = home(f)
        self.places: list[Place] = []
        self.into: dict[int, list[Place]] = {}  # by what they are in
        self.snapshots: list[tuple[Callable[[Any], Any], Any, Any]] = []
        self.owners: dict[int, Any] = {}
        self.frozen = False
        self.named: set[str] = set()
        self.scopes: list[tuple[Any, str, set[str]]] = []
        self.waiting: deque[tuple[Any, str]] = deque([(f, getattr(f, "__name__", "f"))])
        self.waiting += [(x, getattr(x, "__name__", "argument")) for x in roots]
        while not self.frozen and (self.waiting or self.look_at_scopes()):
            if self.waiting:
                self.look(*self.waiting.popleft())
        lifted = self.reached()
        self.arrays = [p for p in self.places if is_floats(p.value) and id(p) in lifted]
        inputs = set(map(id, self.arrays))
        self.others = [p for p in self.places if id(p) not in inputs]
        arrays = {id(p.value): p.value for p in self.others if isinstance(p.value, np.ndarray)}
        for x in arrays.values():
            self.snapshots.append((content, x, content(x)))

    def unchanged(self) -> bool:
        """Whether all but the arrays of floats is as it was."""
        for read, owner, key, value, _ in self.others:
            found = read(owner, key)
            if found is not value and (
                type(found) is not type(value) or bits(found) != bits(value)
            ):
                return False
        return all(read(owner) == was for read, owner, was in self.snapshots)

    def changed(self) -> str | None:
        """What has been written to, or found, since the places were looked at; None if nothing."""
        for read, owner, key, value, text in self.places:
            if read(owner, key) is not value and (
                is_floats(value) or bits(read(owner, key)) != bits(value)
            ):
                return text
        if not self.unchanged():
            return "a container"
        again = Surroundings(self.f, self.roots)
        return again.places[-1].text if len(again.places) > len(self.places) else None

    @property
    def now(self) -> list[Any]:
        """The arrays of floats as they are now."""
        return [read(owner, key) for read, owner, key, _, _ in self.arrays]

    def add(self, within: Any, read: Any, owner: Any, key: Any, text: str) -> None:
        """Note a place, and look at what is there; it can be filled anew only ``within`` a copy."""
        value = read(owner, key)
        if isinstance(value, ModuleType) and is_foreign(value, self.home):
            return
        if len(self.places) + len(self.snapshots) >= LIMIT:
            self.frozen = True
            return
        place = Place(read, owner, key, value, text)
        self.places.append(place)
        if within is not None:
            self.into.setdefault(id(within), []).append(place)
        self.waiting.append((value, text))

    def note(self, read: Callable[[Any], Any], owner: Any) -> None:
        """Note what is to stay as it is."""
        self.snapshots.append((read, owner, read(owner)))

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
        elif type(x) in RUNNING:
            self.add(x, of_attribute, x, "f", text)
        elif isinstance(x, FunctionType):
            self.look_at_function(x)
        elif isinstance(x, (type, ModuleType)):
            self.look_at_names(x, text)
        else:
            self.look_at_object(x, text)

    def look_at_object(self, x: Any, text: str) -> None:
        """Note what an object holds, what its attributes are, and what its class has."""
        kind: Any = type(x)
        if isinstance(x, (list, tuple, deque)):
            self.note(length, x)
            for i in range(len(x)):
                self.add(None if isinstance(x, deque) else x, of_sequence, x, i, f"{text}[{i}]")
        elif isinstance(x, (dict, MappingProxyType)):
            self.note(order, x)
            for key in x:
                self.add(x if isinstance(x, dict) else None, of_dict, x, key, f"{text}[{key!r}]")
        elif isinstance(x, (ContextVar, ref)):
            self.add(None, of_variable, x, None, text)
        elif isinstance(x, (set, frozenset)):
            self.note(elements, x)
            self.waiting += [(part, text) for part in x]
        elif isinstance(x, (bytearray, memoryview, array)):
            self.note(content, x)
        elif kind in DESCRIPTORS:
            self.add(None, of_attribute, x, DESCRIPTORS[kind], text)
            return
        top = package_of(x)
        if top in ENGINE or (top in QUIET and is_pythons(top)):
            return
        if hasattr(x, "__dict__"):
            self.note(length, vars(x))
        copied = is_pythons(top) or is_known(top) or not is_foreign(kind, self.home)
        for name in attributes(x):
            self.add(x if copied else None, of_attribute, x, name, f"{text}.{name}")
        self.waiting.append((kind, kind.__name__))

    def look_at_function(self, f: FunctionType) -> None:
        """Note what a function has in cells and defaults, and the globals that it names.

        A primitive is called as it is, and reads for itself; its rules are traced.
        """
        primitive: Any = getattr(f, "__primitive__", None)
        if primitive is not None and primitive.function is f:
            rules = [*(primitive.rules or {}).values(), primitive.residuals, primitive.into]
            inner = [getattr(f, "__wrapped__", None)] if primitive.inline else []
            self.waiting += [(rule, f.__name__) for rule in (*rules, *inner) if rule]
            return
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            self.add(f, of_cell, cell, None, name)
        if is_foreign(f, self.home):
            return
        for name in ("__defaults__", "__kwdefaults__"):
            if getattr(f, name):
                self.add(f, of_attribute, f, name, f"{f.__name__}.{name}")
        named = {*names_in(f.__code__)}
        self.named |= named
        for name in sorted(named & f.__globals__.keys()):
            self.add(f, of_dict, f.__globals__, name, name)
        here = f.__globals__.get("__package__") or ""
        for name in sorted(named):  # imported inside of the function
            for path in (name, f"{here}.{name}"):
                if path in sys.modules:
                    self.waiting.append((sys.modules[path], name))

    def look_at_names(self, x: Any, text: str) -> None:
        """Note that of a module or class some names are read, those that code mentions."""
        for kind in x.__mro__ if isinstance(x, type) else (x,):
            if not is_foreign(kind, self.home):
                self.scopes.append((kind, text, set()))

    def look_at_scopes(self) -> bool:
        """Note the names in modules and classes that code has mentioned since; whether any were."""
        before = len(self.places)
        for owner, text, seen in self.scopes:
            names = vars(owner)
            for name in [*names]:
                special = isinstance(owner, type) and name[:2] == "__"
                wanted = isinstance(names[name], FunctionType) if special else name in self.named
                if wanted and name not in seen:
                    seen.add(name)
                    within = owner if isinstance(owner, ModuleType) else None
                    self.add(within, of_dict, names, name, f"{text}.{name}")
        return len(self.places) > before

    # ---- what may be filled anew in a copy of the function ----

    def reached(self) -> set[int]:
        """The places that a copy of the function has of its own, by their ids."""
        found: set[int] = set()
        waiting, seen = [self.f], set()
        while waiting:
            owner = waiting.pop()
            if id(owner) not in seen:
                seen.add(id(owner))
                inside = self.into.get(id(owner), ())
                found.update(map(id, inside))
                waiting += [place.value for place in inside]
        return found


def roots(tree: Any) -> list[Any]:
    """What runs or is read besides the leaves of arguments: functions, and kinds of containers."""
    found = []
    for x in parts(tree):
        kind: Any = type(x)
        how = structure(kind)
        if how is STATIC:
            found.append(x)
        elif how is not LEAF and kind not in (list, tuple, dict):
            found += [kind, *[getattr(x, name) for name in how.static]]
    return found


def home(f: Any) -> str:
    """The package of a function that a user gave, which may be installed as others are."""
    while True:
        if isinstance(f, partial):
            f = f.func
        elif isinstance(f, MethodType):
            f = f.__func__
        elif hasattr(f, "__wrapped__"):
            f = f.__wrapped__
        else:
            return package_of(f)


def package_of(x: Any) -> str:
    """The package that something belongs to: a function, module or class, or the class of it."""
    owner = x if isinstance(x, (FunctionType, ModuleType, type)) else type(x)
    name = None if isinstance(x, ModuleType) else getattr(owner, "__module__", None)
    return str(name or getattr(owner, "__name__", "")).partition(".")[0]


def names_in(code: CodeType) -> Iterator[str]:
    """The names and texts that code mentions, nested functions included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)
        elif isinstance(constant, str) and constant.isidentifier():
            yield constant


def attributes(x: Any) -> list[str]:
    """The attributes that an object has itself, and arrays that its class has."""
    found = dict.fromkeys(getattr(x, "__dict__", ()))
    for kind in type(x).__mro__:
        slots = vars(kind).get("__slots__", ())
        names = [slots] if isinstance(slots, str) else [*slots]
        names += [name for name, value in vars(kind).items() if isinstance(value, np.ndarray)]
        found |= dict.fromkeys(name for name in names if hasattr(x, name))
    found.pop(OWN, None)
    return [*found]


def is_floats(x: Any) -> bool:
    """Whether something is an array by which one may differentiate."""
    return type(x) is np.ndarray and x.dtype.kind in "fc"


def is_foreign(x: Any, home: str) -> bool:
    """Whether a function, module or class is another package's, and does not change."""
    top = package_of(x)
    if top in ENGINE:
        return True
    if top in ("__main__", home):
        return False
    file = str(getattr(sys.modules.get(top), "__file__", None) or "")
    return is_known(top) or is_pythons(top) or "site-packages" in file or "dist-packages" in file


def is_pythons(top: str) -> bool:
    """Whether a package is Python's own, and not a file of the user's of the same name."""
    file = getattr(sys.modules.get(top), "__file__", None)
    return top in sys.stdlib_module_names and (file is None or file.startswith(STANDARD))


def bits(x: Any) -> Any:
    """Something as what tells whether it changed: numbers by their bits, the rest by itself."""
    if isinstance(x, (float, complex, np.generic)) and not isinstance(x, (str, bytes)):
        return np.asarray(x).tobytes()
    return x if isinstance(x, (int, str, bytes, np.dtype)) else id(x)
