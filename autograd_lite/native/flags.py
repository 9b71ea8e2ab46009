"""What a processor says of division by zero, overflow and invalid numbers, for NumPy's warnings."""

import ctypes
import ctypes.util
import platform
import warnings
from functools import cache
from typing import Any

import numpy as np

from autograd_lite.native.code import Code

#: The flags of each kind of processor, by what NumPy calls them.
FLAGS = {
    "x86_64": {"invalid": 1, "divide": 4, "over": 8},
    "AMD64": {"invalid": 1, "divide": 4, "over": 8},
    "aarch64": {"invalid": 1, "divide": 2, "over": 4},
    "arm64": {"invalid": 1, "divide": 2, "over": 4},
}
WORDS = {"invalid": "invalid value", "divide": "divide by zero", "over": "overflow"}
#: A status has the flags from this bit on.
SHIFT = 8


@cache
def functions() -> dict[str, int]:
    """The addresses of C's functions for flags; none where they cannot be had."""
    if platform.machine() not in FLAGS:
        return {}
    try:
        library = ctypes.CDLL(ctypes.util.find_library("m") or None)
        names = ("feclearexcept", "fetestexcept")
        found = {n: ctypes.cast(getattr(library, n), ctypes.c_void_p).value or 0 for n in names}
    except (OSError, AttributeError):
        return {}
    return found


def mask() -> int:
    return sum(FLAGS[platform.machine()].values())


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
    """Warn, raise or call, as NumPy is set to, for the flags in a status."""
    settings: dict[str, Any] = dict(np.geterr())
    for name, flag in FLAGS[platform.machine()].items():
        text = f"{WORDS[name]} encountered in a native loop"
        if not status >> SHIFT & flag:
            continue
        if settings[name] == "raise":
            raise FloatingPointError(text)
        if settings[name] == "call":
            call: Any = np.geterrcall()
            call(WORDS[name], flag)
        elif settings[name] != "ignore":
            warnings.warn(text, RuntimeWarning, stacklevel=2)
