"""Custom functions of containers of Tensors: recorded as functions of all their leaves.

Lists and tuples of Tensors of one shape are gathered, as everywhere; all other containers reach the
function, and its rules, as they are.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_lite.core import errors
from autograd_lite.core.gathering import is_sequence
from autograd_lite.core.primitive import Primitive, no_derivative
from autograd_lite.core.record import apply
from autograd_lite.core.signatures import requested
from autograd_lite.core.tracked import Tracked
from autograd_lite.core.trees import is_leaf, leaves_beside, parts, rebuild, tree_leaves


def is_packed(x: Any) -> bool:
    """Whether ``x`` is a container with Tensors in it that cannot be gathered into one."""
    if is_leaf(x) or not any(isinstance(leaf, Tracked) for leaf in tree_leaves(x)):
        return False
    if not all(is_leaf(part) or is_sequence(part) for part in parts(x)):
        return True
    return len({np.shape(leaf) for leaf in tree_leaves(x)}) > 1


def refill(tree: Any, leaves: Iterator[Any]) -> Any:
    """``tree`` with these leaves."""
    return rebuild(tree, lambda _: next(leaves))


def concerns(args: tuple[Any, ...]) -> bool:
    """Whether a call has containers among its array arguments, and Tensors in any of them."""
    if any(map(is_packed, args)):
        return True
    contained = any(not is_sequence(x) and not is_leaf(x) and tree_leaves(x) for x in args)
    return contained and any(isinstance(leaf, Tracked) for leaf in tree_leaves(args))


def call(
    primitive: Primitive, args: tuple[Any, ...], options: dict[str, Any], ready: Any = None
) -> Any:
    """A call of a custom function whose arguments or result are containers.

    ``ready`` is what it returned for the values of the highest level, if that is known.
    """
    names = primitive.arrays[: len(args)]
    for name, arg in zip(names, args):
        if primitive.rules[name] is no_derivative and is_packed(arg):
            raise errors.no_closed_form(primitive.name, name)
    made: list[Any] = []  # what the function returned

    def run(*operands: Any) -> Any:
        nonlocal ready
        y, ready = ready, None
        if y is None:
            y = primitive.function(*refill(args, iter(operands)), **options)
        made[:] = [y]
        leaves = tree_leaves(y)
        return y if is_leaf(y) else tuple(leaves)

    def given(g: Any, y: Any, operands: Any) -> dict[str, Any]:
        """What a rule may request, in the containers of the call."""
        found = primitive.defaults | options
        found |= zip(names, refill(args, iter(operands)))
        for name, value in (("g", g), ("y", y)):
            found[name] = value if is_leaf(made[0]) else refill(made[0], iter(value))
        if primitive.residuals is not None:
            wanted = requested(primitive.residuals)
            found["residuals"] = primitive.residuals(*[found[name] for name in wanted])
        return found

    def vjp(g: Any, y: Any, operands: Any, tracked: Any) -> Iterator[Any]:
        values, flags = given(g, y, operands), iter(tracked)
        for name, arg in zip(names, args):
            mine = [next(flags) for _ in tree_leaves(arg)]
            rule: Any = primitive.rules[name]
            if rule is None or not any(mine):
                leaves = tree_leaves(values[name])
                yield from (np.zeros_like(x) if flag else None for x, flag in zip(leaves, mine))
                continue
            about: Any = {"shape": np.shape, "dtype": np.result_type}
            own = {word: about[word](values[name]) for word in about if is_leaf(arg)}
            gradient: Any = rule(*[(values | own)[word] for word in requested(rule)])
            beside = [gradient] if is_leaf(arg) else leaves_beside(arg, gradient)
            yield from (part if flag else None for part, flag in zip(beside, mine))

    step = Primitive(run, {"operands": vjp}, primitive.name, primitive.broadcasts)
    step.custom = True
    result = apply(step, tuple(tree_leaves(args)), {})
    if is_leaf(made[0]):
        return result
    return refill(made[0], iter(result if isinstance(result, (list, tuple)) else [result]))
