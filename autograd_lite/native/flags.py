"""What a processor says of division by zero, overflow and invalid numbers, for NumPy's warnings."""

import ctypes
import ctypes.util
import platform
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from autograd_lite.core.frames import levels_up
from autograd_lite.native.code import Code

#: The flags of each kind of processor, by what NumPy calls them; Windows has numbers of its own.
FLAGS = {
    "Windows": {"invalid": 16, "divide": 8, "over": 4},
    "x86_64": {"invalid": 1, "divide": 4, "over": 8},
    "aarch64": {"invalid": 1, "divide": 2, "over": 4},
    "arm64": {"invalid": 1, "divide": 2, "over": 4},
}
#: Those of NumPy, for functions that it calls.
NUMPYS = {"invalid": 8, "divide": 1, "over": 2}
WORDS = {"invalid": "invalid value", "divide": "divide by zero", "over": "overflow"}
NAMES = {word: name for name, word in WORDS.items()} | {"underflow": "under"}
#: A status has the flags from this bit on.
SHIFT = 8


def c_library() -> ctypes.CDLL:
    """The library that has C's mathematics; an OSError where there is none to be had."""
    windows = platform.system() == "Windows"
    return ctypes.CDLL("ucrtbase" if windows else ctypes.util.find_library("m"))


def flags() -> dict[str, int]:
    """The flags of this machine; none where they are not known."""
    machine = "Windows" if platform.system() == "Windows" else platform.machine()
    return FLAGS.get(machine, {})


@cache
def functions() -> dict[str, int]:
    """The addresses of C's functions for flags; none where they cannot be had."""
    if not flags():
        return {}
    try:
        library = c_library()
        names = ("feclearexcept", "fetestexcept")
        found = {n: ctypes.cast(getattr(library, n), ctypes.c_void_p).value or 0 for n in names}
    except (OSError, AttributeError):
        return {}
    return found


def mask() -> int:
    return sum(flags().values())


def clear(code: Code) -> None:
    """Have the code begin without flags; to ask for them costs less than to take them down."""
    if functions():
        code.functions |= functions()
        found = code.put(f"call i32 @fetestexcept(i32 {mask()})")
        up, on = code.fresh(), code.fresh()
        code.do(f"br i1 {code.put(f'icmp ne i32 {found}, 0')}, label %{up}, label %{on}")
        code.lines.append(f"{up}:")
        code.put(f"call i32 @feclearexcept(i32 {mask()})")
        code.do(f"br label %{on}")
        code.lines.append(f"{on}:")


def test(code: Code) -> None:
    """Have the code return the flags that are up at its end."""
    if functions():
        code.functions["fetestexcept"] = functions()["fetestexcept"]
        found = code.put(f"call i32 @fetestexcept(i32 {mask()})")
        code.do(f"ret i32 {code.put(f'shl i32 {found}, {SHIFT}')}")
        code.lines.append(f"{code.fresh()}:")


def warn(status: int) -> None:
    """Warn, raise or whatever NumPy is set to do, for the flags in a status."""
    settings: dict[str, Any] = dict(np.geterr())
    for name, flag in flags().items():
        if status >> SHIFT & flag:
            say(settings[name], name, f"{WORDS[name]} encountered in a native loop")


def say(way: str, name: str, text: str) -> None:
    """Say something of numbers in one of the ways of `np.errstate`."""
    call: Any = np.geterrcall()
    if way == "raise":
        raise FloatingPointError(text)
    if way == "call":
        call(WORDS[name], NUMPYS[name])
    elif way == "log":
        call.write(f"Warning: {text}\n")
    elif way == "print":
        print(f"Warning: {text}", file=sys.stderr)
    elif way == "warn":
        warnings.warn(text, RuntimeWarning, stacklevel=levels_up())


@contextmanager
def at_users_line(doing: Callable[[], str]) -> Iterator[None]:
    """What NumPy warns of meanwhile names the user's line, and not one of the engine's.

    ``doing`` gives the name of what runs.
    """
    before: dict[str, Any] = dict(np.geterr())
    theirs: Any = np.geterrcall()
    warned = [name for name, way in before.items() if way == "warn"]
    if not warned or "log" in before.values():  # which calls an object that writes
        yield
        return

    def hear(error: str, flag: int) -> None:
        if NAMES[error] in warned:
            text = f"{error} encountered in {doing()}"
            warnings.warn(text, RuntimeWarning, stacklevel=levels_up())
        else:
            theirs(error, flag)

    instead: dict[str, Any] = dict.fromkeys(warned, "call")
    with np.errstate(**instead, call=hear):
        yield
