"""Recompute instead of keeping: memory against time."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from autograd_lite.core.custom import recorded
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.tracked import Tracked
from autograd_lite.core.trees import rebuild, tree_leaves
from autograd_lite.transforms.gradients import vjp


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, of which the tape keeps the arguments only; backward runs it once more.

    Arguments and results may be trees.  ``f`` must be pure: what it draws or reads from outside
    could be another number the second time, so pass random masks as arguments.  Raises TypeError
    if ``f`` uses a tracked value that is not an argument, since its gradient would be lost.
    (Griewank & Walther 2008, ch. 12)

    >>> import numpy as np, autograd_lite as al
    >>> block = al.checkpoint(lambda x: np.sin(np.exp(x)))
    >>> bool(al.grad(block)(0.5) == al.grad(lambda x: np.sin(np.exp(x)))(0.5))
    True
    """

    def run(leaves: Sequence[Any], tree: Any) -> Any:
        left = iter(leaves)
        args, options = rebuild(tree, lambda _: next(left))
        return f(*args, **options)

    def block(*leaves: Any, tree: Any, structure: list[Any]) -> Any:
        result = run(leaves, tree)
        if any(isinstance(r, Tracked) for r in tree_leaves(result)):
            raise TypeError(
                f"checkpoint({getattr(f, '__name__', f)}) uses a tracked value that is not among "
                f"its arguments, and its gradient would be lost; pass it as an argument"
            )
        structure[:] = [rebuild(result, lambda _: 0.0)]
        return tuple(tree_leaves(result))

    def back(g: list[Any], leaves: list[Any], tracked: list[bool], tree: Any) -> list[Any]:
        def of_tracked(*values: Any) -> Any:
            given = iter(values)
            result = run([next(given) if t else x for x, t in zip(leaves, tracked)], tree)
            return tuple(tree_leaves(result))

        _, pullback = vjp(of_tracked, *[x for x, t in zip(leaves, tracked) if t])
        gradients = iter(pullback(tuple(g)))
        return [next(gradients) if t else None for t in tracked]

    # The primitive is not in the table: it goes when the checkpointed function goes.
    primitive = Primitive(block, {"leaves": back})
    primitive.custom = primitive.inline = True
    step = recorded(block, primitive)

    @wraps(f)
    def checkpointed(*args: Any, **options: Any) -> Any:
        tree, structure = (args, options), []  # type: tuple[Any, Any], list[Any]
        results = step(*tree_leaves(tree), tree=rebuild(tree, lambda _: 0.0), structure=structure)
        left = iter(results)
        return rebuild(structure[0], lambda _: next(left))

    return checkpointed
