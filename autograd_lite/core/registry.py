"""The three tables: derivative rules, compositions, constants.  Nothing is implicit.

A rule is one plain NumPy function per argument, and requests by *name* what it needs::

    rule(np.tanh, x=lambda g, y: g * (1 - y * y))

The names are read when the rule is first needed: see `autograd_lite.core.primitive`.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any

from autograd_lite.core.primitive import Primitive
from autograd_lite.core.signatures import Function

PRIMITIVES: dict[Function, Primitive] = {}
COMPOSED: dict[Function, Function] = {}
CONSTANT: set[Function] = set()

#: Packages whose rules are read when one of their functions first meets a Tensor.
LATE: dict[str, Callable[[], Any]] = {}

#: Other modules of ours that have functions under SciPy's names, by their own, with these names.
HOMES: dict[str, Callable[[], Iterable[str]]] = {}

#: The function of an operand and a sparse matrix of SciPy's that is their product.
PRODUCTS: list[Function] = []

#: What can be said in a rule besides the derivatives.
SETTINGS = ("broadcasts", "into", "residuals", "forward")


def rule(function: Function, **statement: Any) -> None:
    """State derivatives in the rule table; `al.rule` is the same for users, and checks them."""
    settings = [statement.pop(name, None) for name in SETTINGS]
    PRIMITIVES[function] = primitive_of(function)
    PRIMITIVES[function].state(statement, *settings)


def known(function: Function) -> Primitive | None:
    """The primitive of ``function``, if there is one.

    A custom function carries its own, so that both are freed together; all others are in the table.
    """
    own: Primitive | None = getattr(function, "__primitive__", None)
    if own is not None and own.function is function:  # and not that of a function it wraps
        return own
    return PRIMITIVES.get(function)


def primitive_of(function: Function) -> Primitive:
    """The primitive of ``function``, made when there is none."""
    return known(function) or PRIMITIVES.setdefault(function, Primitive(function))


def composed(function: Function, composition: Function) -> None:
    """Say that ``function`` is made of others: ``composition`` is called in its place."""
    COMPOSED[function] = composition


def constant(*functions: Function) -> None:
    """Say that the results of ``functions`` do not vary: they leave the tape."""
    CONSTANT.update(functions)


def read_late(function: Any) -> bool:
    """Read the rules of the package that ``function`` comes from; whether it then has one."""
    name = getattr(function, "__name__", "")
    for package, read in LATE.items():
        if getattr(sys.modules.get(package), name, None) is function:
            read()
    return function in PRIMITIVES or function in COMPOSED or function in CONSTANT
