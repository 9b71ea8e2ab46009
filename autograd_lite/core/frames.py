"""Frames: whose line it was, the user's among those of the engine and of libraries."""

import os
import sys
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

#: Packages whose frames are the engine's or only pass calls on.
ENGINE = frozenset({__name__.partition(".")[0], "numpy", "contextlib", "functools"})

#: Where Python's own modules lie.
STANDARD = os.path.dirname(os.__file__) + os.sep


def frames() -> Iterator[Any]:
    """The frames above the caller's, the innermost first."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def module(frame: Any) -> str:
    """The name of the module that the code of a frame belongs to."""
    return str(frame.f_globals.get("__name__", ""))


def public(module: str) -> str:
    """The part of the name of a module that users know it by."""
    parts = module.split(".")
    return ".".join(takewhile(lambda part: part != "core" and not part.startswith("_"), parts))


def package(frame: Any) -> str:
    """The name of its package."""
    return module(frame).partition(".")[0]


def is_engine(frame: Any) -> bool:
    """Whether a frame is the engine's."""
    return package(frame) in ENGINE


def is_users(frame: Any) -> bool:
    """Whether a frame is the user's: not the engine's, nor that of a package on top of it.

    Such a package says so by a global ``__tracebackhide__ = True``.
    """
    return not is_known(package(frame))


def is_known(name: str) -> bool:
    """Whether a package is the engine's, or stands on top of it."""
    return name in ENGINE or getattr(sys.modules.get(name), "__tracebackhide__", False)


def is_engines(function: Any) -> bool:
    """Whether a function is NumPy's, the engine's, or that of a package on top of it."""
    module = getattr(function, "__module__", None) or "numpy"
    return is_known(module.partition(".")[0]) or module in ("operator", "_operator", "builtins")


def is_library(frame: Any) -> bool:
    """Whether a frame is of a package that was installed, or of Python's own."""
    path = frame.f_code.co_filename
    installed = "site-packages" in path or "dist-packages" in path
    return installed or path.startswith((STANDARD, "<frozen"))


def users_line() -> str:
    """``file:line`` of the innermost frame that is the user's."""
    frame: Any = None
    for frame in frames():
        if is_users(frame):
            break
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def levels_up() -> int:
    """The ``stacklevel`` by which the caller of this has `warnings.warn` name the user's line."""
    users = [*map(is_users, frames())]
    return users.index(True) if True in users else 1
