"""Asking: who asks for the plain numbers of a Tensor, as NumPy does for a list that holds one.

NumPy hands a call to us for a Tensor among the arguments, not for Tensors in a list.  It makes an
array of such a list first, and asks each of them.  What the user called is in the frames above,
and so is what `advice` looks for: the line, the expression, and what to write instead.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.core.admission import refusal
from autograd_lite.core.frames import frames, is_library, is_users, module, package, public

if TYPE_CHECKING:
    from autograd_lite.core.advice.site import Site

#: The modules of NumPy that users name, by their parts of the names of private ones.
MODULES = {"linalg": np.linalg, "fft": np.fft, "ma": np.ma}


class Detached(TypeError):
    """The error for whoever asks a Tensor for what would leave the tape."""


def detached(what: str = "the plain numbers") -> Detached:
    """The error for whoever asks a Tensor for ``what`` of it."""
    return Asker().refused(what)


class Asker:
    """Who asks: NumPy, or a function of another package, and the user who called it.

    Raises TypeError by name if it is a method of an array that cannot stand among Tensors.
    """

    def __init__(self) -> None:
        below: Any = None
        above = frames()
        for frame in above:
            refuse_method(frame)
            if is_users(frame):
                break
            below = frame
        self.numpys = called(below)
        self.asks = self.numpys or written(frame) or "np.array"
        self.within, self.users = "", frame
        passed, callers = [frame], []
        for other in above:  # it may be another package that was called, not a user
            if package(other) != package(frame):
                callers.append(other)
                if not is_library(other):
                    break
            refuse_method(other)
            passed += [] if callers else [other]
        self.another = bool(callers) and is_library(frame)
        if self.another:
            self.users = callers[0] if is_library(callers[-1]) else callers[-1]
            called_there = home(passed, self.users)
            inner = self.asks.startswith("np.")  # other names are private ones of that package
            self.asks = self.asks if inner else called_there
            self.within = f", in {called_there}," if inner else ""

    @property
    def line(self) -> str:
        """The user's line."""
        return f"{self.users.f_code.co_filename}:{self.users.f_lineno}"

    def refused(self, what: str) -> Detached:
        """The error, with what to write instead, and where."""
        from autograd_lite.core.advice.remedies import advice
        from autograd_lite.core.advice.site import Site

        site = Site(self.users)
        names = [site.call, self.numpys] if self.another else [self.numpys, site.call]
        told = advice(names, site, self.another)
        return refused(f"{self.asks}{self.within}", what, site, *told)


def refused(asks: str, what: str, site: Site, sentence: str, code: str = "") -> Detached:
    """The error of one who asks at a site: a sentence and lines of code say what works."""
    data = "" if "data" in sentence or "item()" in sentence else ", or t.data for the value"
    return Detached(
        f"{asks} asks for {what} of a Tensor, which would silently leave the tape; {sentence}"
        f"{data}\n  at {site.place}{code and chr(10)}{code}"
    )


def home(passed: list[Any], caller: Any) -> str:
    """What a caller called, and the module it is in; helpers may stand between."""
    from autograd_lite.core.advice.site import Site

    site = Site(caller)
    parts = site.call.split(".")
    known = [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
    names = [public(module(frame)) for frame in passed]
    frames_say = next((name for name in reversed(names) if "." in name), names[-1])
    name = next((name for name in known if name in sys.modules), frames_say)
    return site.words if site.words.startswith(f"{name}.") else f"{site.words} of {name}"


def refuse_method(frame: Any) -> None:
    """Raise if a frame is of a method of an array that cannot stand among Tensors."""
    code = frame.f_code
    if code.co_argcount and code.co_name not in ("__init__", "__new__"):
        own = frame.f_locals.get(code.co_varnames[0])
        error = refusal(type(own))
        if error is not None and hasattr(type(own), code.co_name):
            from autograd_lite.core.advice.placing import placed

            raise placed(error, own)


def called(frame: Any) -> str:
    """The public function of NumPy that a frame is of; nothing if it is of none."""
    if package(frame) != "numpy":
        return ""
    name = frame.f_code.co_name
    part = module(frame).partition(".")[2].partition(".")[0]
    found = hasattr(MODULES.get(part, np), name) and not name.startswith("_")
    return ("np." if part not in MODULES else f"np.{part}.") + name if found else ""


def written(frame: Any) -> str:
    """What a frame is calling, in the words of its source; nothing if that is not known."""
    from autograd_lite.core.advice.site import Site

    return Site(frame).words
