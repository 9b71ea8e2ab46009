"""The three tables: derivative rules, compositions, constants.  Nothing is implicit.

A rule is one plain NumPy function per argument, and asks by *name* for what it needs::

    rule(np.tanh, x=lambda g, y: g * (1 - y * y))

The names are read once, when the rule is stated: see `autograd_lite.core.primitive`.
"""

from __future__ import annotations

import difflib
from copy import copy
from types import FunctionType

import numpy as np

from autograd_lite.core.gaps import read_late
from autograd_lite.core.primitive import Function, Primitive, parameters_of

PRIMITIVES: dict[Function, Primitive] = {}
COMPOSED: dict[Function, Function] = {}
CONSTANT: set[Function] = set()


def primitive_of(function: Function) -> Primitive:
    """The row of ``function`` in the rule table, made when there is none."""
    if function not in PRIMITIVES:
        PRIMITIVES[function] = Primitive(function)
    return PRIMITIVES[function]


def rule(
    function: Function,
    *,
    broadcasts: bool | None = None,
    into: Function | None = None,
    aside: Function | None = None,
    fused: Function | None = None,
    **rules: Function | None,
) -> None:
    """State the derivative of ``function``, one plain NumPy function per argument.

    A rule asks by name for the incoming gradient ``g``, the result ``y``, any argument or option
    of the function, or the ``shape`` and ``dtype`` of the argument that it differentiates by.
    ``None`` in place of a rule says that the function is locally constant in that argument.  The
    engine sums over stretched axes where ``broadcasts`` is true, as it is for every ufunc.
    ``into(total, node, g)`` may add the gradient of the first argument to ``total`` in place.

    A rule may also ask for ``aside``: what the function of that name computes from the arguments
    that it asks for in its turn.  If the function computes that on its own way to the result, say
    so by ``fused(*arrays)``, which returns the result and it: then it is kept, not computed again.
    ``fused`` is called where all arguments are plain arrays and floats and no option is given; the
    others, derivatives of derivatives and traces use the other two, so all three must agree.
    Raises TypeError for a rule that asks for something else; then the rule before still holds.

    >>> import numpy as np, autograd_lite as al
    >>> @al.primitive
    ... def cube(x):
    ...     return x * x * x
    >>> al.rule(cube, x=lambda g, x: g * (3 * x * x))
    >>> float(al.grad(cube)(2.0))
    12.0
    """
    read_late(function)  # so that this rule prevails
    if isinstance(function, FunctionType) and function not in PRIMITIVES:
        raise TypeError(
            f"{function.__name__} would never use its rule, since its body is recorded step by "
            f"step; decorate it with @al.primitive first"
        )
    row = PRIMITIVES.get(function) or Primitive(function)
    settings = {"broadcasts": broadcasts, "into": into, "aside": aside, "fused": fused}
    for name, given in settings.items():
        if given is not None and name in row.defaults:
            raise TypeError(
                f"rule({row.name}, {name}=…) has a meaning of its own, and is no rule for the "
                f"argument {name!r} of {row.name}; rename the argument"
            )
    new = copy(row)  # so that a rule which is refused leaves the one before as it was
    new.into, new.aside, new.fused = into, aside, fused
    new.define(rules)
    if broadcasts is not None:
        new.broadcasts = broadcasts
    for slot in Primitive.__slots__:
        setattr(row, slot, getattr(new, slot))
    PRIMITIVES[function] = row  # last, for another thread may look


def composed(function: Function, composition: Function) -> None:
    """Say that ``function`` is made of others: ``composition`` is called in its place."""
    COMPOSED[function] = composition


def constant(*functions: Function) -> None:
    """Say that the results of ``functions`` do not vary: they leave the tape."""
    CONSTANT.update(functions)


def missing(function: Function) -> TypeError:
    """The error for a function that stands in none of the tables."""
    name = getattr(function, "__name__", repr(function))
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        name = f"{owner.__name__}.{name}"
    known = {f.__name__ for f in (*PRIMITIVES, *COMPOSED) if hasattr(f, "__name__")}
    near = difflib.get_close_matches(name, known, n=3)
    hint = f" Near it are: {', '.join(near)}." if near else ""
    first = next(iter(parameters_of(function)), None)
    x = first.name if first else "x"
    return TypeError(
        f"autograd_lite has no derivative rule for {name}.{hint} To add one:\n"
        f"    import autograd_lite as al\n"
        f"    al.rule({_spelled(function)}, {x}=lambda g, {x}: g * …)"
        f"   # g: incoming gradient; ask by name for y, {x}, options\n"
        f"Or wrap a function of your own with @al.primitive and give that a rule."
    )


def _spelled(function: Function) -> str:
    module = (getattr(function, "__module__", None) or "").replace("numpy", "np", 1)
    return f"{module}.{getattr(function, '__name__', function)}".lstrip(".")
