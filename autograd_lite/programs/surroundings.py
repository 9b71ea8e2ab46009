"""What a function reads from outside: closures, globals, attributes, and what is in them."""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import cached_property, partial
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any
from weakref import ref

import numpy as np

from autograd_lite.core.admission import is_matrix
from autograd_lite.core.frames import ENGINE, is_known
from autograd_lite.programs.owners import (
    attributes,
    home,
    is_foreign,
    is_pythons,
    names_in,
    package_of,
)
from autograd_lite.programs.places import (
    Place,
    bits,
    content,
    elements,
    identical,
    is_floats,
    length,
    of_attribute,
    of_cell,
    of_dict,
    of_sequence,
    of_variable,
    order,
)

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
#: Modules of Python's whose objects refer to too much, and to nothing that a function computes by.
QUIET = {"logging", "threading", "unittest", "asyncio", "concurrent", "multiprocessing"}
QUIET |= {"importlib", "inspect", "io", "builtins"}


#: What Python makes for the fields of a class, and reads nothing else.
MADE = (MemberDescriptorType, GetSetDescriptorType, type(Place.key))


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
        self.fixed: set[int] = set()  # places of the engine's own, which stay as they are
        self.named: set[str] = set()
        self.scopes: list[tuple[Any, str, set[str]]] = []
        self.waiting: deque[tuple[Any, str]] = deque([(f, getattr(f, "__name__", "f"))])
        self.waiting += [(x, getattr(x, "__name__", "argument")) for x in roots]
        while not self.frozen and (self.waiting or self.look_at_scopes()):
            if self.waiting:
                self.look(*self.waiting.popleft())
        lifted = self.reached()
        self.arrays = [p for p in self.places if is_floats(p.value) and id(p) in lifted]
        inputs = set(map(id, self.arrays)) | self.fixed
        self.others = [p for p in self.places if id(p) not in inputs]
        arrays = {id(p.value): p.value for p in self.others if isinstance(p.value, np.ndarray)}
        for x in arrays.values():
            self.snapshots.append((content, x, content(x)))
        self.others = [
            p for p in self.others if type(p.owner) is not tuple
        ]  # and it holds the same

    def unchanged(self) -> bool:
        """Whether all but the arrays of floats is as it was."""
        if not self.identical() and self.different():
            return False
        return not self.snapshots or all(read(owner) == was for read, owner, was in self.snapshots)

    @cached_property
    def identical(self) -> Callable[[], bool]:
        """Whether the very same objects are there: written out, since each call asks."""
        return identical(self.others)

    def different(self) -> bool:
        """Whether something else is there: equal numbers are not, whatever objects they are."""
        for read, owner, key, value, _ in self.others:
            found = read(owner, key)
            if found is not value and (
                type(found) is not type(value) or bits(found) != bits(value)
            ):
                return True
        return False

    def changed(self) -> str | None:
        """What the function has written to, or read for the first time, since; None if nothing."""
        for read, owner, key, value, text in self.places:
            found = read(owner, key)
            if found is not value and (is_floats(value) or bits(found) != bits(value)):
                return text
        for look, owner, was in self.snapshots:
            if look(owner) != was:
                return f"a {type(owner).__name__}"
        known = {p.text for p in self.places}
        new = [p.text for p in Surroundings(self.f, self.roots).places if p.text not in known]
        return new[0] if new else None

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
            if kind is not tuple:  # which is as long as it was
                self.note(length, x)
            for i in range(len(x)):
                self.add(None if isinstance(x, deque) else x, of_sequence, x, i, f"{text}[{i}]")
        elif isinstance(x, (dict, MappingProxyType)) and not is_matrix(x):  # dok_array is a dict
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
            if package_of(f) in ENGINE and self.places and self.places[-1].owner is cell:
                self.fixed.add(id(self.places[-1]))
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
                if name not in seen and self.is_wanted(owner, name, names[name]):
                    seen.add(name)
                    within = owner if isinstance(owner, ModuleType) else None
                    self.add(within, of_dict, names, name, f"{text}.{name}")
        return len(self.places) > before

    def is_wanted(self, owner: Any, name: str, value: Any) -> bool:
        """Whether code may read a name of a module or class: it says so, or Python does it."""
        if isinstance(value, MADE):
            return False
        if isinstance(owner, type) and name[:2] == "__":
            made = getattr(value, "__code__", None)  # of a dataclass's, which read nothing
            return (
                made is not None and made.co_filename[0] != "<" and not is_foreign(value, self.home)
            )
        return name in self.named

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
