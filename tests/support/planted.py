"""Mistakes planted in the code itself, to see that the tests notice."""

import inspect
import sys
import textwrap
from types import FunctionType


def planted(function: FunctionType, old: str, new: str) -> FunctionType:
    """The same function with ``new`` in place of ``old`` in its text, which is there once."""
    text = textwrap.dedent(inspect.getsource(function))
    assert text.count(old) == 1, f"{old!r} is not once in {function.__qualname__}"
    scope = dict(vars(sys.modules[function.__module__]))
    exec(compile(text.replace(old, new), f"<{function.__qualname__}>", "exec"), scope)
    made: FunctionType = scope[function.__name__]
    return FunctionType(
        made.__code__, function.__globals__, made.__name__, made.__defaults__, function.__closure__
    )
