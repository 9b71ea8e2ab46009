"""Jacobians and Hessians: jvp and hvp multiply them by a vector, jacobian and hessian fill them."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.calls import ARGNUMS, ARGUMENTS, FUNCTION, checked, explained, told, typed
from autograd_lite.core.admission import admitted, foreign
from autograd_lite.core.tracked import strip
from autograd_lite.core.trees import leaves_beside, paths, rebuild, tree_leaves, tree_map
from autograd_lite.transforms.gradients import grad, pulled, vjp
from autograd_lite.transforms.levels import positions

if TYPE_CHECKING:
    from autograd_lite.transforms.typed import Gnvp, Hessian, Hvp, Jacobian, Jvp

Function = Callable[..., Any]


@typed(lambda: Jvp)
@checked(f=FUNCTION, args=ARGUMENTS, tangents=ARGUMENTS)
def jvp(
    f: Function, args: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of ``f(*args)`` and its derivative along ``tangents``: Jv.

    The pullback g ↦ Jᵀg is linear, so its own pullback is v ↦ Jv: no second table of rules.
    With ``has_aux`` the function returns a pair, and the other part comes third: see `grad`.

    >>> import numpy as np, autograd_lite as al
    >>> value, tangent = al.jvp(np.square, (3.0,), (1.0,))
    >>> float(value), float(tangent)
    (9.0, 6.0)
    """
    args, tangents = tuple(args), tuple(tangents)
    check_beside("jvp: tangents", args, tangents)
    value, push, *aux = pushforward(f, args, has_aux=has_aux)
    return value, push(tangents), *aux


def pushforward(f: Function, args: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    """The value of ``f(*args)``, and what makes Jv of tangents v, any number of times.

    With ``has_aux``, what f returned beside its value comes last.
    """
    value, pullback, *aux = pulled(f, args, tuple(range(len(args))), {}, has_aux)
    _, push = vjp(pullback, tree_map(any_cotangent, value))
    return value, lambda tangents: push(tangents)[0], *aux


def check_beside(what: str, args: tuple[Any, ...], vectors: Any) -> None:
    """Raise ValueError or TypeError unless there is a vector like each argument."""
    fix = "give one array, of the same shape, for each in the arguments"
    try:
        beside = leaves_beside(args, vectors)
    except ValueError as error:
        raise ValueError(f"{what} = {told(vectors)} is not like the args, {error}; {fix}") from None
    for (path, x), v in zip(paths(args), beside):
        if np.shape(x) != np.shape(admitted(v)):
            raise ValueError(
                f"{what}{path} has shape {np.shape(v)}, and args{path} {np.shape(x)}; {fix}"
            )


def any_cotangent(x: Any) -> Any:
    """Numbers without a pattern, so that no rule takes them for the cotangent of a special loss."""
    dtype = np.result_type(strip(x))
    if dtype.kind not in "fc" or np.ndim(x) == 0 or foreign(x) is not None:
        return np.ones_like(x)
    return np.asarray(1 + np.arange(np.size(x)) * 0.618 % 1, dtype).reshape(np.shape(x))


@typed(lambda: Hvp)
@explained(f=FUNCTION)
def hvp(f: Function, args: Any, v: Any) -> Any:
    """The Hessian of ``f`` at ``args`` times ``v``, at the price of a few gradients.

    ``args`` and ``v`` are tuples, one entry per argument; for one argument they may be bare.

    >>> import numpy as np, autograd_lite as al
    >>> al.hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    (array([ 6., 12.]),)
    """
    bare = type(args) is not tuple  # a named tuple is one argument
    args, v = ((args,), (v,)) if bare else (args, v)
    ARGUMENTS.check("hvp", "args", args)
    check_beside("hvp: v", args, v)
    _, pullback = pulled(grad(f, range(len(args))), args, tuple(range(len(args))), {})
    product = pullback(v)
    return product[0] if bare else product


@typed(lambda: Gnvp)
@explained(f=FUNCTION, loss=FUNCTION)
def gnvp(f: Function, loss: Function, args: Any, v: Any) -> Any:
    """The Gauss-Newton matrix JᵀHJ of ``loss(f(*args))`` times ``v``, at the price of `hvp`.

    J is the Jacobian of ``f``, and H the Hessian of ``loss`` at what ``f`` returns, which it takes
    whole.  The matrix is the Hessian less what bends in ``f``: it has no negative eigenvalue if
    the loss is convex, and for log likelihoods of natural parameters it is Fisher's.  ``args`` and
    ``v`` are as for `hvp`.

    >>> import numpy as np, autograd_lite as al
    >>> half = lambda r: np.sum(r * r) / 2
    >>> al.gnvp(lambda x: x**2, half, np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 4., 16.])
    """
    bare = type(args) is not tuple
    args, v = ((args,), (v,)) if bare else (args, v)
    ARGUMENTS.check("gnvp", "args", args)
    check_beside("gnvp: v", args, v)
    value, pullback = vjp(f, *args)
    _, push = vjp(pullback, tree_map(any_cotangent, value))
    (curved,) = hvp(loss, (value,), push(v))
    product = pullback(curved)
    return product[0] if bare else product


@typed(lambda: Jacobian)
@checked(f=FUNCTION, argnums=ARGNUMS)
def jacobian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """All derivatives of an array by an array: shape ``result.shape + argument.shape``.

    One pullback for each element of the result.  Arguments may be trees, as for `grad`; so it is
    with ``has_aux``.

    >>> import numpy as np, autograd_lite as al
    >>> al.jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    several = isinstance(argnums, Sequence)

    @wraps(f)
    def jacobian_of(*args: Any, **options: Any) -> Any:
        numbers = positions(
            len(args), tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
        )

        value, pullback, *aux = pulled(f, args, tuple(numbers), options, has_aux)
        results = tree_leaves(value)
        blocks = []
        for k, result in enumerate(results):
            rows = [row(pullback, value, results, k, e) for e in _basis(result)]
            parts = [_stack(result, args[i], [r[j] for r in rows]) for j, i in enumerate(numbers)]
            blocks.append(tuple(parts) if several else parts[0])
        left = iter(blocks)
        found = rebuild(value, lambda _: next(left))
        return (found, *aux) if has_aux else found

    return jacobian_of


@typed(lambda: Hessian)
@checked(f=FUNCTION, argnums=ARGNUMS)
def hessian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The second derivatives of a function whose result is one number: shape ``x.shape * 2``.

    For an argument that is a tree, a tree of trees.  With ``has_aux`` as for `grad`.

    >>> import numpy as np, autograd_lite as al
    >>> al.hessian(lambda x: x[0] * x[0] * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums, has_aux), argnums, has_aux)


def _basis(result: Any) -> list[Any]:
    shape, dtype = np.shape(result), np.result_type(strip(result))
    rows = np.eye(int(np.prod(shape, dtype=int)), dtype=dtype)
    return [row.reshape(shape) for row in rows]


def row(pullback: Function, value: Any, results: list[Any], k: int, e: Any) -> tuple[Any, ...]:
    """One row; a complex result of real arguments needs its real and its imaginary part."""

    def pull(e: Any) -> tuple[Any, ...]:
        seeds = [e if i == k else np.zeros_like(strip(r)) for i, r in enumerate(results)]
        left = iter(seeds)
        return pullback(rebuild(value, lambda _: next(left)))  # type: ignore[no-any-return]

    if e.dtype.kind != "c":
        return pull(e)
    pairs = zip(pull(e), pull(-1j * e))
    return tuple(tree_map(_join, *pair) for pair in pairs)


def _join(re: Any, im: Any) -> Any:
    if re.dtype.kind != "c":
        return re + 1j * im
    if not np.allclose(strip(im), -1j * strip(re), rtol=1e-3):
        raise TypeError(
            "a complex function that is not holomorphic has no complex derivatives; use al.jvp, "
            "or differentiate by the real and the imaginary part"
        )
    return re


def _stack(result: Any, arg: Any, rows: list[Any]) -> Any:
    shape = np.shape(result)
    if not rows:
        return tree_map(lambda x: np.zeros(shape + np.shape(x), np.result_type(x)), arg)
    return tree_map(lambda *r: np.reshape(np.stack(r), shape + np.shape(r[0])), *rows)
