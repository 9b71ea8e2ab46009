"""Loops that can be differentiated, and are one step of a program: scan and map."""

from collections.abc import Callable
from operator import index, itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.calls import FUNCTION, checked, explained, maybe, told, typed
from autograd_lite.calls import whole as whole_number
from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.gathering import OBJECT, returned
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.tape import dtype_of
from autograd_lite.core.tracked import PLAIN, Tracked, example
from autograd_lite.core.trees import is_leaf, leaves_beside, paths, rebuild, tree_leaves
from autograd_lite.loops.sections import run
from autograd_lite.loops.turns import Loop, Made

if TYPE_CHECKING:
    from autograd_lite.loops.typed import MapLoop, ScanLoop

Step = Callable[[Any, Any], tuple[Any, Any]]


@typed(lambda: ScanLoop)
@checked(step=FUNCTION, length=maybe(whole_number(0)), checkpoint=maybe(whole_number(1)))
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

    A program gives the bits of values, gradients and second derivatives, but for the sign of a zero
    in the latter; third ones may differ in rounding.  In a program ``X[i]`` with an i from ``xs``
    is a step if X is an argument.

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
    called, over = argument_names(step, 2)
    names = [f"{called}{p}" for p, _ in paths(carry)], [f"{over}{p}" for p, _ in paths(xs)]
    return loop(step, carry, xs, turns("scan", xs, length), reverse, checkpoint, names)


def loop(
    step: Step,
    carry: Any,
    xs: Any,
    n: int,
    reverse: bool,
    checkpoint: int | None,
    names: tuple[list[str], list[str]],
) -> tuple[Any, Any]:
    """A loop of ``n`` turns, whose values are called by these names: see `scan`."""
    columns = tree_leaves(xs)
    into, out_of, over = packer(carry), unpacker(carry), packer(xs)
    first = tree_leaves(carry)
    kinds = [kind_of(x) for x in first]
    last: list[Any] = []

    def turn(t: int, carried: list[Any], parts: list[Any]) -> Made:
        made = step(into(carried), over(parts))
        if type(made) is not tuple or len(made) != 2:
            raise TypeError(
                f"scan: step returned {described(made)}; it returns a pair: carry, y; "
                f"write return carry, y"
            )
        after, y = out_of(made[0]), made[1]
        for i, x in enumerate(after):
            shape, dtype, _ = kinds[i]
            if not hasattr(x, "dtype") or x.shape != shape or x.dtype != dtype:
                kinds[i] = changed(kinds[i], kind_of(x), names[0][i])
        last[:] = [y]
        return after, [y] if stands(y) else [returned(part) for part in tree_leaves(y)], []

    if n == 0:
        return nothing(turn, first, columns, carry, last)
    values, ys = run(Loop(turn, first, columns, n, reverse, names), checkpoint)
    following = iter(ys)
    return into(values), rebuild(last[0], lambda _: next(following))


def turns(who: str, xs: Any, length: int | None) -> int:
    """How many turns a loop has."""
    found = {}
    for path, x in paths(xs):
        if np.ndim(x) == 0:
            raise ValueError(
                f"{who}: xs{path} is a single number, {told(x)}; a loop goes over the first "
                f"axis of arrays, so give np.array([…]) for a list of numbers"
            )
        found[path] = np.shape(x)[0]
    if length is not None:
        found["length"] = index(length)
    if not found:
        raise TypeError(
            f"{who}: xs = {told(xs)}: a loop over nothing needs its number of turns: give xs or "
            f"length=…"
        )
    if len(set(found.values())) > 1:
        raise ValueError(
            f"{who}: the loop goes over arrays of different lengths: "
            + ", ".join(
                f"xs{p} has {n}" if p != "length" else f"length={n}" for p, n in found.items()
            )
            + "; make them one"
        )
    return int(next(iter(found.values())))


def whole(turns: Any, called: str = "length") -> int:
    """A number of turns that a user gave."""
    try:
        n = index(turns)
    except TypeError:
        raise TypeError(
            f"{called}={turns!r} is no whole number; give one such as {called}=9"
        ) from None
    if n < 0:
        raise ValueError(f"{called}={n} is negative; give one such as {called}=9")
    return n


def kind_of(x: Any) -> tuple[tuple[int, ...], Any, bool]:
    """Shape, dtype and weakness of a value: a number of Python's leaves other dtypes alone."""
    x = example(x)
    return np.shape(x), dtype_of(x), type(x) in (int, float, complex)


def stands(x: Any) -> bool:
    """Whether ``x`` is a leaf that may stand on the tape as it is: this answers for most."""
    if type(x) is np.ndarray:
        return x.dtype is not OBJECT
    return type(x) in PLAIN or isinstance(x, Tracked)


def changed(was: Any, kind: Any, name: str) -> Any:
    """The new kind of a value that is carried, if a number of Python's became it; else an error."""
    (shape, dtype, weak), (new_shape, new_dtype, _) = was, kind
    if was == kind or (dtype.kind == "O" and shape == new_shape):
        return kind
    if weak and new_shape == () and np.can_cast(dtype, new_dtype, "same_kind"):
        return kind
    if weak and new_shape == () and dtype.kind == "i":
        return kind
    if shape != new_shape:
        fix = f"begin with an array of shape {new_shape}, or keep the shape {shape}"
    else:
        fix = f"begin with dtype {new_dtype}, or return {name}.astype({dtype.name!r})"
    raise TypeError(
        f"step got {name} of shape {shape} and dtype {dtype}, and returned shape "
        f"{new_shape} and dtype {new_dtype}; what is carried keeps its kind: {fix}"
    )


def described(x: Any) -> str:
    """A tree in a few words, with the shapes of its arrays."""
    if is_leaf(x):
        return f"an array of shape {np.shape(x)}" if np.ndim(x) else "a number"
    return f"{type(x).__name__} with {', '.join(p for p, _ in paths(x)) or 'no array'}"


def nothing(
    turn: Any, first: list[Any], columns: list[Any], carry: Any, last: list[Any]
) -> tuple[Any, Any]:
    """The result of a loop of no turns: what it began with, and nothing of the right shape."""
    with np.errstate(all="ignore"):
        parts = [np.zeros(np.shape(x)[1:], kind_of(x)[1]) for x in columns]
        _, ys, _ = turn(0, stop_gradient(first), parts)
    empty = iter([np.zeros((0, *np.shape(y)), kind_of(y)[1]) for y in ys])
    return carry, rebuild(last[0], lambda _: next(empty))


def packer(tree: Any) -> Callable[[list[Any]], Any]:
    """What puts leaves into the structure of a tree."""
    if is_leaf(tree):
        return itemgetter(0)
    if type(tree) is tuple and all(is_leaf(x) for x in tree):
        return tuple

    def pack(leaves: list[Any]) -> Any:
        following = iter(leaves)
        return rebuild(tree, lambda _: next(following))

    return pack


def unpacker(tree: Any, called: str = "carry") -> Callable[[Any], list[Any]]:
    """What takes apart what a turn carries on, which has the structure of ``tree``."""
    n = len(tree) if type(tree) is tuple and all(is_leaf(x) for x in tree) else -1
    single = is_leaf(tree)

    def unpack(after: Any) -> list[Any]:
        if single and stands(after):
            return [after]
        if type(after) is tuple and len(after) == n and all(stands(x) for x in after):
            return [*after]
        if single and is_leaf(after):
            return [returned(after)]
        try:
            leaves_beside(tree, after)
            leaves_beside(after, tree)
        except ValueError as error:
            raise TypeError(
                f"step got {called} = {described(tree)} and returned {described(after)}; what is "
                f"carried keeps its structure, so return the same ({error})"
            ) from None
        return [returned(x) for x in tree_leaves(after)]

    return unpack


@typed(lambda: MapLoop)
@explained(f=FUNCTION)
def map(f: Callable[..., Any], *xs: Any) -> Any:
    """``f(x)`` for each x along the first axis of ``xs``, stacked: a scan that carries nothing.

    Several arrays or trees are gone over side by side, as by Python's own.  ``al.map`` of a
    gradient gives the gradients of all samples.

    >>> import numpy as np, autograd_lite as al
    >>> al.map(al.grad(lambda x: np.sum(x**2)), np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[2., 4.],
           [6., 8.]])
    """
    called = argument_names(f, len(xs))
    names = [f"{name}{path}" for name, x in zip(called, xs) for path, _ in paths(x)]
    step = lambda nothing, x: (nothing, f(*x))
    return loop(step, (), xs, turns("map", xs, None), False, None, ([], names))[1]
