"""Recompute instead of keeping: memory against time."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from autograd_lite.calls import FUNCTION, checked
from autograd_lite.core.admission import chunked
from autograd_lite.core.custom import recorded
from autograd_lite.core.gathering import returned
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.tracked import Symbol, Tracked, strip
from autograd_lite.core.trees import rebuild, tree_leaves
from autograd_lite.transforms.gradients import vjp

P = ParamSpec("P")
R = TypeVar("R")

#: So many numbers of a result are compared, to see that the second run is as the first was.
SAMPLED = 1000


@checked(f=FUNCTION)
def checkpoint(f: Callable[P, R]) -> Callable[P, R]:
    """The same function, of which the tape keeps the arguments only; backward runs it once more.

    Arguments and results may be trees.  ``f`` must be pure: what it draws or reads from outside
    could be another number the second time, so pass random masks as arguments.  Raises TypeError
    if ``f`` uses a tracked value that is not an argument, since its gradient would be lost.  Raises
    RuntimeError if the second run gives other numbers than the first: some 1000 of each result are
    compared.  (Griewank & Walther 2008, ch. 12)

    >>> import numpy as np, autograd_lite as al
    >>> block = al.checkpoint(lambda x: np.sin(np.exp(x)))
    >>> bool(al.grad(block)(0.5) == al.grad(lambda x: np.sin(np.exp(x)))(0.5))
    True
    """

    def run(leaves: Sequence[Any], tree: Any) -> Any:
        left = iter(leaves)
        args, options = rebuild(tree, lambda _: next(left))
        return f(*args, **options)

    name = getattr(f, "__name__", str(f))

    def block(*leaves: Any, tree: Any, structure: list[Any], first: list[Any]) -> Any:
        result = rebuild(run(leaves, tree), returned)
        if any(isinstance(r, Tracked) for r in tree_leaves(result)):
            raise TypeError(
                f"checkpoint({name}) uses a tracked value that is not among "
                f"its arguments, and its gradient would be lost; pass it as an argument"
            )
        structure[:] = [rebuild(result, lambda _: 0.0)]
        first[:] = map(sample, tree_leaves(result))
        return tuple(tree_leaves(result))

    def back(
        g: list[Any], leaves: list[Any], tracked: list[bool], tree: Any, first: list[Any]
    ) -> list[Any]:
        def of_tracked(*values: Any) -> Any:
            given = iter(values)
            result = run([next(given) if t else x for x, t in zip(leaves, tracked)], tree)
            return tuple(tree_leaves(result))

        again, pullback = vjp(of_tracked, *[x for x, t in zip(leaves, tracked) if t])
        if not all(map(same, first, map(sample, again))):
            raise RuntimeError(
                f"checkpoint({name}) gave other numbers when it ran again for the backward pass, "
                f"so it is not pure: it draws random numbers, or reads what has changed since; "
                f"pass these as arguments"
            )
        gradients = iter(pullback(tuple(g)))
        return [next(gradients) if t else None for t in tracked]

    # The primitive is not in the table: it goes when the checkpointed function goes.
    primitive = Primitive(block, {"leaves": back})
    primitive.custom = primitive.inline = True
    step = recorded(block, primitive)

    @wraps(f)
    def checkpointed(*args: P.args, **options: P.kwargs) -> Any:
        tree, structure = (args, options), []  # type: tuple[Any, Any], list[Any]
        results = step(
            *tree_leaves(tree), tree=rebuild(tree, lambda _: 0.0), structure=structure, first=[]
        )
        left = iter(results)
        return rebuild(structure[0], lambda _: next(left))

    return checkpointed


def sample(x: Any) -> Any:
    """Some of the numbers of a result, evenly spaced; none where those are not known yet."""
    x = strip(x)
    if isinstance(x, Symbol) or chunked(x) is not None:
        return None
    x = np.ravel(x)
    return x[:: max(1, len(x) // SAMPLED)].copy()


def same(x: Any, y: Any) -> bool:
    return x is None or y is None or np.array_equal(x, y, equal_nan=x.dtype.kind in "fc")
