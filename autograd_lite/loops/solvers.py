"""Solvers as programs see them: one call of a function that is not written down."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Solve(NamedTuple):
    """A call ``function(**functions, **operands, **options)``, which returns a tuple of arrays.

    A program has it as one step called ``name``.  It writes the ``functions`` down, which may read
    what is traced: each is a pair with what makes examples of its arguments, by name.  ``operands``
    are arrays, and ``options`` are the same at each run.  ``direct`` records the same in another
    way, for functions that read nothing of the trace from outside.
    """

    name: str
    function: Callable[..., Any]
    functions: Mapping[str, Any]
    operands: Mapping[str, Any]
    options: Mapping[str, Any]
    direct: Callable[[], Any] | None = None
