"""Whose line it was: the user's, among the frames of the engine and of NumPy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

#: Packages whose frames are not the user's.
OURS = frozenset({"autograd_lite", "nn", "numpy", "contextlib", "functools"})


def frames() -> Iterator[Any]:
    """The frames above the caller's, the innermost first."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def is_ours(frame: Any) -> bool:
    return frame.f_globals.get("__name__", "").partition(".")[0] in OURS


def users_line() -> str:
    """``file:line`` of the innermost frame that is neither ours nor NumPy's."""
    frame: Any = None
    for frame in frames():
        if not is_ours(frame):
            break
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
