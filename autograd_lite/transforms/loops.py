"""Loops that can be differentiated, and are one step of a program: scan and map."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import numpy as np

from autograd_lite.core.gathering import returned
from autograd_lite.core.tracked import example
from autograd_lite.core.trees import is_leaf, leaves_beside, paths, rebuild, tree_leaves, tree_map
from autograd_lite.transforms.sections import Loop, Made, run

Step = Callable[[Any, Any], tuple[Any, Any]]


def scan(
    step: Step,
    carry: Any,
    xs: Any = None,
    *,
    length: int | None = None,
    reverse: bool = False,
    checkpoint: int | None = None,
) -> tuple[Any, Any]:
    """A loop that carries values from turn to turn: ``carry, y = step(carry, x)`` for each x.

    Returns the last ``carry``, and the ``y`` of all turns, stacked.  ``xs`` are arrays, or a tree
    of such, over whose first axis the loop goes; without them it has ``length`` turns, and x is
    None.  ``reverse`` begins with the last.  ``step`` may read arrays and Tensors from outside.  On
    plain arrays this is the loop that one would write.  In a program it is one step, and so is its
    gradient.  What is carried keeps its structure, shapes and dtypes.

    The gradient of what all turns read is summed within a turn first, then over the turns, from the
    last to the first.  Nothing is computed twice, unless ``checkpoint=k`` says to keep only what
    every k-th turn carries, and to run the others again.

    Raises TypeError where a step does not return such a pair, or carries something else than it
    got; ValueError if the arrays are not of one length.  (Griewank & Walther 2008, ch. 12)

    >>> import numpy as np, autograd_lite as al
    >>> def step(total, x):
    ...     return total + x, total
    >>> total, before = al.scan(step, 0.0, np.array([1.0, 2.0, 3.0]))
    >>> float(total), before.tolist()
    (6.0, [0.0, 1.0, 3.0])
    """
    columns = tree_leaves(xs)
    n = turns(xs, length)
    names = [f"carry{path}" for path, _ in paths(carry)], [f"x{path}" for path, _ in paths(xs)]
    into, over = packer(carry), packer(xs)
    first = tree_leaves(carry)
    kinds = [*map(kind_of, first)]
    last: list[Any] = []

    def turn(t: int, carried: list[Any], parts: list[Any]) -> Made:
        made = step(into(carried), over(parts))
        if type(made) is not tuple or len(made) != 2:
            raise TypeError(f"step returned {described(made)}; it returns a pair: carry, y")
        after = leaves_of(made[0], carry)
        for i, x in enumerate(after):
            kind = kind_of(x)
            if kind != kinds[i]:
                kinds[i] = changed(kinds[i], kind, names[0][i], first[i])
        last[:] = [made[1]]
        return after, [*map(returned, tree_leaves(made[1]))], []

    if n == 0:
        return nothing(turn, first, columns, carry, last)
    values, ys = run(Loop(turn, first, columns, n, reverse, names))
    following = iter(ys)
    return into(values), rebuild(last[0], lambda _: next(following))


def turns(xs: Any, length: int | None) -> int:
    """How many turns a loop has."""
    found = {}
    for path, x in paths(xs):
        if np.ndim(x) == 0:
            raise ValueError(
                f"xs{path} is a single number; a loop goes over the first axis of arrays, so give "
                f"np.array([…]) for a list of numbers"
            )
        found[path] = np.shape(x)[0]
    if length is not None:
        found["length"] = operator_index(length)
    if not found:
        raise TypeError("a loop over nothing needs its number of turns: give xs or length=…")
    if len(set(found.values())) > 1:
        raise ValueError(
            "the loop goes over arrays of different lengths: "
            + ", ".join(f"xs{p} has {n}" if p != "length" else f"length={n}" for p, n in found.items())
        )
    return next(iter(found.values()))
