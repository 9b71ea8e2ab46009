"""How functions are written that NumPy does not know: as a symbol, or as a formula of their own."""

from collections.abc import Callable
from typing import Any

from autograd_lite.calls import FUNCTION, checked

Function = Callable[..., Any]

SYMBOLS: dict[Function, str] = {}
BODIES: dict[Function, Function] = {}


@checked(function=FUNCTION)
def notation(function: Function, written: str | Function) -> None:
    """Say how ``function`` is written in formulas: its symbol, or a plain NumPy formula for it.

    A symbol, such as ``"σ"``, is printed as σ(z), and as σ′(z) in backward passes.  A formula is a
    function of the same arguments, written down in place of the call.  It runs on ones only, to
    show what it consists of.  Anything else raises TypeError.

    >>> import numpy as np, autograd_lite as al
    >>> @al.primitive
    ... def affine(x, weight, bias):
    ...     return x @ weight.T + bias
    >>> al.notation(affine, lambda x, weight, bias: x @ weight.T + bias)
    >>> Q, W, b = np.ones((5, 3)), np.ones((2, 3)), np.ones(2)
    >>> print(al.trace(lambda Q, W, b: al.named("Z", affine(Q, W, b)), Q, W, b).latex("row"))
    \\begin{aligned}
    Z &= Q W^{\\mathsf{T}} + b
    \\end{aligned}
    """
    if isinstance(written, str):
        SYMBOLS[function] = written
    elif callable(written):
        BODIES[function] = written
    else:
        raise TypeError(
            f"al.notation: {getattr(function, '__name__', function)} is written as a symbol such "
            f'as "σ", or as a function made of plain NumPy; got {type(written).__name__}'
        )


def symbol(function: Function) -> str:
    """What stands in front of the parentheses."""
    return SYMBOLS.get(function) or str(getattr(function, "__name__", function))
