"""Gradients and pullbacks: grad, value_and_grad, vjp.

Each wraps its arguments at a fresh level, runs the function, and runs the tape backward.  Nested
calls nest levels, which is all there is to higher derivatives.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.calls import ARGNUMS, FUNCTION, checked, explained, told, typed
from autograd_lite.core import errors
from autograd_lite.core.admission import foreign
from autograd_lite.core.gathering import returned
from autograd_lite.core.ownership import copied
from autograd_lite.core.tape import Node
from autograd_lite.core.tracked import PLAIN
from autograd_lite.core.trees import is_leaf, leaves_beside, rebuild, tree_leaves
from autograd_lite.transforms.levels import Level, one, seed

if TYPE_CHECKING:
    from autograd_lite.transforms.typed import Grad, ValueAndGrad, Vjp

Function = Callable[..., Any]


@typed(lambda: Grad)
@checked(f=FUNCTION, argnums=ARGNUMS)
def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The gradient of a function whose result is one number.

    ``grad(f)(*args)`` has the structure, shapes and dtypes of ``args[argnums]``, or is a tuple of
    such if ``argnums`` is one.  Arguments may be arrays, numbers, or nested dicts, lists, tuples
    and dataclasses of them; keyword arguments are passed on.  For complex arguments the gradient g
    satisfies df = Re(Σ g dz).  With ``has_aux`` the function returns a pair, of which only the
    first is differentiated; ``grad(f)(*args)`` is then the gradient and the other, without Tensors.
    Raises TypeError for integer arguments, for results that are no single float, and for a constant
    made of a value that was taken off the tape.

    >>> import numpy as np, autograd_lite as al
    >>> al.grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    array([2., 4.])
    >>> al.grad(lambda x: (np.sum(x**2), x + 1), has_aux=True)(np.array([1.0, 2.0]))
    (array([2., 4.]), array([2., 3.]))
    """
    several, numbers = _numbers(argnums)

    @wraps(f)
    def gradient(*args: Any, **options: Any) -> Any:
        _, gradients, aux = _value_and_gradients(f, numbers, args, options, has_aux)
        found = gradients if several else gradients[0]
        return (found, aux) if has_aux else found

    return gradient


@typed(lambda: ValueAndGrad)
@checked(f=FUNCTION, argnums=ARGNUMS)
def value_and_grad(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Function:
    """The value of a function and its gradient, at the price of one run: see `grad`.

    With ``has_aux`` the value is the pair that the function returns.

    >>> import autograd_lite as al
    >>> value, gradient = al.value_and_grad(lambda p: p["x"] * p["x"])({"x": 3.0})
    >>> float(value), float(gradient["x"])
    (9.0, 6.0)
    """

    several, numbers = _numbers(argnums)

    @wraps(f)
    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        value, gradients, aux = _value_and_gradients(f, numbers, args, options, has_aux)
        return (value, aux) if has_aux else value, gradients if several else gradients[0]

    return value_and_gradient


def _numbers(argnums: int | Sequence[int]) -> tuple[bool, tuple[int, ...]]:
    several = isinstance(argnums, Sequence)
    return several, tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)


def _value_and_gradients(
    f: Function,
    numbers: tuple[int, ...],
    args: tuple[Any, ...],
    options: dict[str, Any],
    has_aux: bool,
) -> tuple[Any, tuple[Any, ...], Any]:
    level = Level(args, numbers, f)
    out, aux = level.run(options), None
    if has_aux:
        out, aux = parted(out, level)
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
    return value, level.gradients(cotangents), aux


def parted(out: Any, level: Level) -> tuple[Any, Any]:
    """The result to differentiate and what comes beside it, in which no Tensor of the level is."""
    if type(out) not in (tuple, list) or len(out) != 2:
        raise TypeError(
            f"with has_aux=True a function returns a pair, the result to differentiate and "
            f"anything else, and this one returned {told(out)}; write return result, other"
        )
    return out[0], plain(out[1], level)


def plain(out: Any, level: Level) -> Any:
    """``out`` with values in place of the Tensors of a level."""
    return rebuild(out, lambda r: copied(r.raw) if level.holds(r) else r)


@typed(lambda: Vjp)
@explained(f=FUNCTION)
def vjp(f: Function, *args: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of ``f(*args)``, and its pullback from cotangents of that to gradients of ``args``.

    ``pullback(g)`` is a tuple with one gradient per argument: Jᵀg.  It may be called any number of
    times, and differentiated.  ``g`` has the structure and shapes of the value.  Value and
    gradients are arrays of the caller's own.  With ``has_aux`` the function returns a pair, and
    the other part of it comes third: see `grad`.

    >>> import numpy as np, autograd_lite as al
    >>> value, pullback = al.vjp(np.sin, np.array([0.0, np.pi]))
    >>> pullback(np.array([1.0, 10.0]))
    (array([  1., -10.]),)
    """
    return pulled(f, args, tuple(range(len(args))), {}, has_aux)


def pulled(
    f: Function,
    args: tuple[Any, ...],
    numbers: tuple[int, ...],
    options: dict[str, Any],
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """What `vjp` returns, for the arguments of these numbers."""
    level = Level(args, numbers, f)
    out, aux = level.run(options), None
    if has_aux:
        out, aux = parted(out, level)
    out = rebuild(out, returned)
    nodes = [r.node if level.holds(r) else None for r in tree_leaves(out)]
    value = plain(out, level)
    kinds = [None if type(r) in PLAIN else foreign(r) for r in tree_leaves(value)]
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
        for node, c, like in zip(nodes, given, kinds):
            if node is not None:
                c = seed(c, node, like)
                roots[node] = roots[node] + c if node in roots else c
        return level.gradients(level.kind.backward_pass(roots).run())

    return (value, pullback, aux) if has_aux else (value, pullback)
