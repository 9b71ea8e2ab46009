"""A loss summed over blocks as a differentiable function, one step of the tape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import numpy as np

from autograd_lite.blockwise.choosing import engine
from autograd_lite.blockwise.work import BOTH, VALUE, Block, Work
from autograd_lite.calls import FUNCTION, Kind, checked, maybe, whole
from autograd_lite.core.custom import recorded
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.tracked import Tracked
from autograd_lite.core.trees import rebuild, tree_leaves

Function = Callable[..., Any]
X = TypeVar("X", bound=Any)
P = ParamSpec("P")
R = TypeVar("R")
Loss = Callable[Concatenate[X, P], R]

#: Stands for the number of a pass where there was none.
NO_PASS = np.int64(-1)


def are_blocks(x: Any) -> bool:
    """Whether these may be several blocks; a tuple of arrays is one, and so is an array."""
    alike = isinstance(x, Iterable) and not isinstance(x, (str, bytes, dict))
    return alike and not hasattr(x, "shape") and not (type(x) is tuple and hasattr(x[0], "shape"))


BLOCKS = Kind(
    "a list of blocks, each with the arguments of one call", "al.blocks(X, y)", are_blocks
)
SEED = maybe(whole(0, "0"))


@checked(loss=FUNCTION, blocks=BLOCKS, seed=SEED)
def mean_over(
    loss: Loss[X, P, R], blocks: Sequence[Block], *, on: Any = None, seed: int | None = None
) -> Total[X, R]:
    """The function p ↦ Σᵢ nᵢ loss(p, *blockᵢ) / Σᵢ nᵢ, where block i has nᵢ rows.

    ``loss`` is a mean over the rows of its block, so this is the mean over all rows.  A block is an
    array, a tuple of arrays, or a function without arguments that returns or reads these; its rows
    are those of the first.  `blocks` cuts arrays.  ``on`` computes the blocks: nobody else, or a
    `concurrent.futures.Executor`, a `dask.distributed.Client`, a communicator of mpi4py.  With a
    ``seed``, the loss is given ``rng=``, a Generator for each block, the same one at each call.

    The function is differentiable at every order: value and gradient take one pass over the data,
    a product of the Hessian and a vector one more.  Sums follow a binary tree over the index of the
    block, so the bits do not depend on who computed what.  p may be a tree of floats.

    Raises BlockError, a RuntimeError, where a block fails or gives NaN: it names the block and the
    place.  Raises ValueError if there are no rows.

    >>> import numpy as np, autograd_lite as al
    >>> x = np.arange(6.0)
    >>> loss = al.mean_over(lambda p, x: np.mean((x - p) ** 2), al.blocks(x, rows=4))
    >>> float(loss(2.0)), float(al.grad(loss)(2.0))
    (3.1666666666666665, -1.0)
    """
    return Total(loss, blocks, on, mean=True, seed=seed)


@checked(loss=FUNCTION, blocks=BLOCKS, seed=SEED)
def sum_over(
    loss: Loss[X, P, R], blocks: Sequence[Block], *, on: Any = None, seed: int | None = None
) -> Total[X, R]:
    """The function p ↦ Σᵢ loss(p, *blockᵢ), such as a log likelihood: see `mean_over`.

    A penalty inside the loss counts once for each block; add it to the sum instead.

    >>> import numpy as np, autograd_lite as al
    >>> total = al.sum_over(lambda p, x: np.sum((x - p) ** 2), al.blocks(np.arange(6.0), rows=4))
    >>> float(total(2.0))
    19.0
    """
    return Total(loss, blocks, on, mean=False, seed=seed)


class Total(Generic[X, R]):
    """A loss summed over blocks: a function of one tree of parameters.

    ``passes`` counts how many times the data were gone through.
    """

    def __init__(
        self, loss: Loss[X, P, R], blocks: Sequence[Block], on: Any, *, mean: bool, seed: int | None
    ) -> None:
        self.on = on
        blocks, who = [*blocks], "mean_over" if mean else "sum_over"
        if not blocks:
            raise ValueError(f"{who}: there are no blocks; give some, as in blocks=al.blocks(X, y)")
        self.__name__ = self.__qualname__ = getattr(loss, "__name__", "loss")
        self.work = Work(loss, len(blocks), mean=mean, seed=seed)
        self.engine = engine(on, who)
        self.held = self.engine.hold(blocks)
        self.passes, self.numbers = 0, count()
        self.read = all(map(callable, blocks))  # what a function reads never changes
        self.known: tuple[int, list[bytes], list[Any]] | None = None  # of the latest pass for both
        self.alone = recorded_step(self.total, self.back_of_alone)
        self.with_slopes = recorded_step(self.total_and_slopes, self.back_of_both)
        self.steps: list[Function] = []

    def __repr__(self) -> str:
        how = "mean" if self.work.mean else "sum"
        return f"<{how} of {self.__name__} over {self.work.count} blocks>"

    def over(self, blocks: Sequence[Block]) -> Total[X, R]:
        """The same over other blocks, such as those of the next batch; what is compiled stays.

        >>> total = sum_over(lambda p, x: np.sum(p * x), [np.ones(2)])
        >>> float(total(2.0)), float(total.over([np.ones(3), np.ones(4)])(2.0))
        (4.0, 14.0)
        """
        work = self.work
        other = Total(work.loss, blocks, self.on, mean=work.mean, seed=work.seed)
        other.work.compiled = work.compiled
        return other

    def __call__(self, p: X) -> R:
        leaves, tree = tree_leaves(p), rebuild(p, lambda _: 0.0)
        if any(isinstance(leaf, Tracked) for leaf in leaves):
            return self.with_slopes(*leaves, tree=tree)[0]  # type: ignore[no-any-return]
        return self.alone(*leaves, tree=tree)  # type: ignore[no-any-return]

    # ---- passes over the data ----

    def pass_over(self, asked: Any, leaves: Sequence[Any], tree: Any) -> list[Any]:
        """What is asked for, summed over all blocks."""
        left = iter(leaves)
        n = len(tree_leaves(tree))
        trees = [rebuild(tree, lambda _: next(left)) for _ in range(len(leaves) // n if n else 1)]
        self.passes += 1
        part = self.engine.total(self.work, self.held, asked, trees)
        if part is None:
            raise ValueError(f"{self!r}: all {self.work.count} blocks are empty")
        rows, *sums = part
        return [np.divide(s, rows) for s in sums] if self.work.mean else sums

    def total(self, *leaves: Any, tree: Any) -> Any:
        return self.pass_over(VALUE, leaves, tree)[0]

    def total_and_slopes(self, *leaves: Any, tree: Any) -> Any:
        """The value, in a pass that computes the slopes, too, since they are asked for next.

        The number of the pass goes with it, by which `slopes` knows that they are of this value.
        Arrays may change between two calls, and what is kept must not outlive that.
        """
        now = [key(leaf) for leaf in leaves]
        known = self.known  # which another thread may exchange meanwhile
        if known is None or not self.read or known[1] != now:
            found = self.pass_over(BOTH, leaves, tree)
            known = self.known = next(self.numbers), now, found
        number, _, found = known
        return found[0], np.int64(number)

    def slopes(self, *leaves: Any, tree: Any) -> Any:
        """The gradient at p, which is known if it was computed in the pass of this number."""
        *leaves, number = leaves  # type: ignore[assignment]
        known = self.known
        if known is None or known[0] != number or known[1] != [key(leaf) for leaf in leaves]:
            return tuple(self.pass_over(1, leaves, tree))
        return tuple([np.copy(s) for s in known[2][1:]])

    # ---- derivatives ----

    def back_of_alone(self, g: Any, leaves: list[Any], tree: Any) -> list[Any]:
        return [g * s for s in self.order(1)(*leaves, NO_PASS, tree=tree)]

    def back_of_both(self, g: Any, y: Any, leaves: list[Any], tree: Any) -> list[Any]:
        return [g[0] * s for s in self.order(1)(*leaves, y[1], tree=tree)]

    def order(self, k: int) -> Function:
        """The pullbacks of this order, a step of the tape like the value."""
        while len(self.steps) < k:
            self.steps.append(self.made(len(self.steps) + 1))
        return self.steps[k - 1]

    def made(self, k: int) -> Function:
        def pullbacks(*leaves: Any, tree: Any) -> Any:
            return tuple(self.pass_over(k, leaves, tree))

        def back(g: list[Any], leaves: list[Any], tree: Any) -> list[Any]:
            return list(self.order(k + 1)(*leaves, *g, tree=tree))

        def back_of_slopes(g: list[Any], leaves: list[Any], tree: Any) -> list[Any]:
            return [*self.order(2)(*leaves[:-1], *g, tree=tree), None]

        if k == 1:
            return recorded_step(self.slopes, back_of_slopes)
        return recorded_step(pullbacks, back)


def recorded_step(function: Function, back: Function) -> Function:
    """A function of leaves as a step of the tape, which goes when its owner goes."""
    primitive = Primitive(function, {"leaves": back})
    primitive.custom = True
    return recorded(function, primitive)


def key(leaf: Any) -> bytes:
    """The bits of a leaf, by which the same parameters are known again."""
    leaf = np.asarray(leaf)
    if leaf.dtype.hasobject:  # exact numbers
        return repr(leaf.tolist()).encode()
    bits: bytes = leaf.dtype.str.encode() + leaf.tobytes()
    return bits
