"""Whose something is: the user's, who may change it, or another package's, which stays as it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from autograd_lite.core.containers import LEAF, STATIC, structure
from autograd_lite.core.frames import is_known
from autograd_lite.core.trees import parts

#: Where Python's own modules are.
STANDARD = os.path.dirname(os.__file__)
#: Where an object has its compiled methods, which read it and are none of its own.
OWN = "_compiled"


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
    if isinstance(x, FunctionType):  # whose module may be said to be that of what it wraps
        return str(x.__globals__.get("__name__", "")).partition(".")[0]
    owner = x if isinstance(x, (ModuleType, type)) else type(x)
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


def is_foreign(x: Any, home: str) -> bool:
    """Whether a function, module or class is another package's, and does not change."""
    top = package_of(x)
    if is_known(top):
        return True
    if top in ("__main__", home):
        return False
    file = str(getattr(sys.modules.get(top), "__file__", None) or "")
    return is_pythons(top) or "site-packages" in file or "dist-packages" in file


def is_pythons(top: str) -> bool:
    """Whether a package is Python's own, and not a file of the user's of the same name."""
    file = getattr(sys.modules.get(top), "__file__", None)
    return top in sys.stdlib_module_names and (file is None or file.startswith(STANDARD))
