"""Gradients and pullbacks: grad, value_and_grad, vjp.

Each wraps its arguments at a fresh level, runs the function, and runs the tape backward.  Nested
calls nest levels, which is all there is to higher derivatives.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd_lite.calls import ARGNUMS, FUNCTION, checked, explained
from autograd_lite.core import errors
from autograd_lite.core.gathering import returned
from autograd_lite.core.ownership import copied
from autograd_lite.core.tape import Node
from autograd_lite.core.trees import is_leaf, leaves_beside, rebuild, tree_leaves, tree_map
from autograd_lite.transforms.levels import Level, one, seed

Function = Callable[..., Any]


@checked(f=FUNCTION, argnums=ARGNUMS)
def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The gradient of a function whose result is one number.

    ``grad(f)(*args)`` has the structure, shapes and dtypes of ``args[argnums]``, or is a tuple of
    such if ``argnums`` is one.  Arguments may be arrays, numbers, or nested dicts, lists, tuples
    and dataclasses of them; keyword arguments are passed on.  For complex arguments the gradient g
    satisfies df = Re(Σ g dz).  Raises TypeError for integer arguments, for results that are no
    single float, and for a constant made of a value that was taken off the tape.

    >>> import numpy as np, autograd_lite as al
    >>> al.grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    several, numbers = _numbers(argnums)

    @wraps(f)
    def gradient(*args: Any, **options: Any) -> Any:
        gradients = _value_and_gradients(f, numbers, args, options)[1]
        return gradients if several else gradients[0]

    return gradient


@checked(f=FUNCTION, argnums=ARGNUMS)
def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The value of a function and its gradient, at the price of one run: see `grad`.

    >>> import autograd_lite as al
    >>> value, gradient = al.value_and_grad(lambda p: p["x"] * p["x"])({"x": 3.0})
    >>> float(value), float(gradient["x"])
    (9.0, 6.0)
    """

    several, numbers = _numbers(argnums)

    @wraps(f)
    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        value, gradients = _value_and_gradients(f, numbers, args, options)
        return value, gradients if several else gradients[0]

    return value_and_gradient


def _numbers(argnums: int | Sequence[int]) -> tuple[bool, tuple[int, ...]]:
    several = isinstance(argnums, Sequence)
    return several, tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)


def _value_and_gradients(
    f: Function, numbers: tuple[int, ...], args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[Any, tuple[Any, ...]]:
    level = Level(args, numbers, f)
    out = level.run(options)
    varies = level.holds(out)
    if not varies and is_leaf(out):
        out = returned(out)
        varies = level.holds(out)
    cotangents: dict[Node, Any] = {}
    value = out
    if varies:
        node, value = out.node, copied(out.raw)
        del out  # so that the tape is ours alone, and freed while it runs
        if node.shape != ():
            raise errors.not_scalar(node.shape)
        if node.dtype.kind == "c":
            raise errors.complex_result()
        cotangents[node] = one(node.dtype, value)
        del node
        cotangents = level.kind.backward_pass(cotangents).run()
    elif not is_leaf(out):
        raise errors.not_a_number(out)
    elif np.shape(out) != ():
        raise errors.not_scalar(np.shape(out))
    else:
        errors.check_constant(out, level.left, exact=level.is_exact)
    return value, level.gradients(cotangents)


@explained(f=FUNCTION)
def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """The value of ``f(*args)``, and its pullback from cotangents of that to gradients of ``args``.

    ``pullback(g)`` is a tuple with one gradient per argument: Jᵀg.  It may be called any number of
    times, and differentiated.  ``g`` has the structure and shapes of the value.  Value and
    gradients are arrays of the caller's own.

    >>> import numpy as np, autograd_lite as al
    >>> value, pullback = al.vjp(np.sin, np.array([0.0, np.pi]))
    >>> pullback(np.array([1.0, 10.0]))
    (array([  1., -10.]),)
    """
    return pulled(f, args, tuple(range(len(args))), {})


def pulled(
    f: Function, args: tuple[Any, ...], numbers: tuple[int, ...], options: dict[str, Any]
) -> tuple[Any, Function]:
    """What `vjp` returns, for the arguments of these numbers."""
    level = Level(args, numbers, f)
    out = rebuild(level.run(options), returned)
    nodes = [r.node if level.holds(r) else None for r in tree_leaves(out)]
    value = tree_map(lambda r: copied(r.raw) if level.holds(r) else r, out)
    del out
    if not any(nodes):
        errors.check_left(level.left)

    def pullback(g: Any) -> tuple[Any, ...]:
        try:
            given = [g] if is_leaf(value) else leaves_beside(value, g)
        except ValueError as error:
            raise ValueError(
                f"the cotangent is not like the result, {error}; give one of its structure"
            ) from None
        roots: dict[Node, Any] = {}
        for node, c in zip(nodes, given):
            if node is not None:
                c = seed(c, node)
                roots[node] = roots[node] + c if node in roots else c
        return level.gradients(level.kind.backward_pass(roots).run())

    return value, pullback
