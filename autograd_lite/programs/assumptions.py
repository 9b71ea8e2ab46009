"""What a trace takes for granted, and what tells that it may not."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.core.frames import ENGINE, frames, package, users_line

#: What only passes on who asks for a shape.
PASSING = frozenset(
    {"shape", "size", "nbytes", "__len__", "__iter__"}
    | {"write", "record", "call", "__array_function__"}
)


class Again(BaseException):  # which nobody catches
    """A trace has to run once more, with all turns of its loops."""


class Assumptions:
    """Whether numbers in a trace are not those of the program, since loops ran for one turn only.

    ``real`` says that loops run in full.  Nothing may be read of numbers that are assumed.
    ``shapes`` are those that the user's code has read, on which it may have branched.  ``failed``
    says what went wrong for these numbers only; if the user's code catches that, it branches.
    ``innermost`` is the trace of the body that is being written down, ``branch`` that of the branch
    around it, out of which no step may go.  ``aside`` says that these numbers do not take it.
    """

    def __init__(self) -> None:
        self.real = False
        self.made = False
        self.shapes: list[Any] = []
        self.failed = ""
        self.innermost: Any = None
        self.branch: Any = None
        self.aside = False
        self.warned: dict[str, Any] = {**np.geterr()}

    def settings(self) -> dict[str, Any] | None:
        """What NumPy does of numbers that are not finite, if the user's code has set it."""
        now: dict[str, Any] = {**np.geterr()}
        return {k: x for k, x in now.items() if x != self.warned[k]} if now != self.warned else None

    def shape(self, shape: Any) -> None:
        """Note a shape that is read, if it is the user's code that asks, and not for axes only."""
        for frame in frames():
            if frame.f_code.co_name == "ndim":
                return
            if package(frame) in ENGINE and frame.f_code.co_name in PASSING:
                continue
            if package(frame) not in ENGINE:
                self.shapes.append(shape)
            return

    def nothing(self) -> None:
        """Raise `Again` if numbers that are about to be read are assumed."""
        if self.made:
            raise Again

    def run(self, function: Callable[..., Any], args: Any, options: Any) -> Any:
        """Run a function; what goes wrong with numbers that are assumed says nothing."""
        if not self.made and not self.aside:
            return function(*args, **options)
        with np.errstate(all="ignore"):
            try:
                return function(*args, **options)
            except Exception:
                if not self.made:
                    raise
                raise Again from None


def raised(function: Any, error: Exception) -> str:
    """What is said of an error that depends on numbers, if the user's code has caught it."""
    name = getattr(function, "__name__", function)
    return (
        f"{name} raised {type(error).__name__} ({error}) at {users_line()} and this was caught: "
        f"a program is the same for all numbers, so it cannot go another way then; ask with "
        f"al.branch(condition) before"
    )
