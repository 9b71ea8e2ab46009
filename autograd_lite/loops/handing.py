"""A function of another package that gets functions of ours: a solver, below all levels.

In a program that is one step, with a body for each function that is handed over.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd_lite.core.tracked import Symbol

Function = Callable[..., Any]


class Given(NamedTuple):
    """A function that is handed over, of arrays like these examples, with what they are called."""

    function: Function
    examples: Sequence[Any]
    names: Sequence[str]


class Handover(NamedTuple):
    """A call ``function(*given, *operands, **options)`` with so many ``results``, as a tuple.

    What is given returns one array below all levels, and may read others from outside.
    ``otherwise`` is called in place of ``function`` where a program is differentiated that has the
    step; without it all results are constants there.
    """

    function: Function
    given: Sequence[Given]
    operands: Sequence[Any]
    options: dict[str, Any]
    results: int
    otherwise: Function | None = None


class StoppedBySymbol(Exception):
    """What stops a solver that meets a value which stands for arrays in a trace."""

    def __init__(self, symbol: Symbol) -> None:
        super().__init__("a traced value")
        self.symbol = symbol


def met(x: Any) -> Any:
    """``x`` for a solver, unless that is to be written down."""
    if isinstance(x, Symbol):
        raise StoppedBySymbol(x)
    return x


def hand(call: Handover) -> tuple[Any, ...]:
    """The results of a call, or what stands for them where it meets what is traced."""
    try:
        for x in call.operands:
            met(x)
        given = [watched(each.function) for each in call.given]
        return tuple(call.function(*given, *call.operands, **call.options))
    except StoppedBySymbol as found:
        symbol: Any = found.symbol
    return tuple(symbol.hand(call))


def watched(function: Function) -> Function:
    return lambda *args: met(function(*args))
