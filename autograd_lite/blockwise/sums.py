"""A loss summed over blocks as a differentiable function, one step of the tape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd_lite.blockwise.choosing import engine
from autograd_lite.blockwise.work import BOTH, VALUE, Block, Work
from autograd_lite.calls import FUNCTION, Kind, checked, maybe, whole
from autograd_lite.core.custom import recorded
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.tracked import Tracked
from autograd_lite.core.trees import rebuild, tree_leaves

Function = Callable[..., Any]


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
    loss: Function, blocks: Sequence[Block], *, on: Any = None, seed: int | None = None
) -> Function:
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
    loss: Function, blocks: Sequence[Block], *, on: Any = None, seed: int | None = None
) -> Function:
    """The function p ↦ Σᵢ loss(p, *blockᵢ), such as a log likelihood: see `mean_over`.

    A penalty inside the loss counts once for each block; add it to the sum instead.

    >>> import numpy as np, autograd_lite as al
    >>> total = al.sum_over(lambda p, x: np.sum((x - p) ** 2), al.blocks(np.arange(6.0), rows=4))
    >>> float(total(2.0))
    19.0
    """
    return Total(loss, blocks, on, mean=False, seed=seed)


class Total:
    """A loss summed over blocks: a function of one tree of parameters.

    ``passes`` counts how many times the data were gone through.
    """

    def __init__(
        self, loss: Function, blocks: Sequence[Block], on: Any, *, mean: bool, seed: int | None
    ) -> None:
        self.on = on
        blocks, who = [*blocks], "mean_over" if mean else "sum_over"
        if not blocks:
            raise ValueError(f"{who}: there are no blocks; give some, as in blocks=al.blocks(X, y)")
        self.__name__ = self.__qualname__ = getattr(loss, "__name__", "loss")
        self.work = Work(loss, len(blocks), mean=mean, seed=seed)
        self.engine = engine(on, who)
        self.held = self.engine.hold(blocks)
        self.passes = 0
        self.read = all(map(callable, blocks))  # what a function reads never changes
        self.known: tuple[list[bytes], list[Any]] | None = None  # the latest, and of what
        self.alone = recorded_step(self.total, self.back_of_value)
        self.with_slopes = recorded_step(self.total_and_slopes, self.back_of_value)
        self.steps: list[Function] = []

    def __repr__(self) -> str:
        how = "mean" if self.work.mean else "sum"
        return f"<{how} of {self.__name__} over {self.work.count} blocks>"

    def over(self, blocks: Sequence[Block]) -> Total:
        """The same over other blocks, such as those of the next batch; what is compiled stays.

        >>> total = sum_over(lambda p, x: np.sum(p * x), [np.ones(2)])
        >>> float(total(2.0)), float(total.over([np.ones(3), np.ones(4)])(2.0))
        (4.0, 14.0)
        """
        work = self.work
        other = Total(work.loss, blocks, self.on, mean=work.mean, seed=work.seed)
        other.work.compiled = work.compiled
        return other

    def __call__(self, p: Any) -> Any:
        leaves, tree = tree_leaves(p), rebuild(p, lambda _: 0.0)
        varies = any(isinstance(leaf, Tracked) for leaf in leaves)
        return (self.with_slopes if varies else self.alone)(*leaves, tree=tree)

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
        """The value, in a pass that computes the slopes, too, since they are asked for next."""
        found = self.known_at(leaves) if self.read else None
        if found is None:
            found = self.pass_over(BOTH, leaves, tree)
            self.known = [key(leaf) for leaf in leaves], found
        return found[0]

    def slopes(self, *leaves: Any, tree: Any) -> Any:
        """The gradient, which is known if it was computed with the latest value."""
        found = self.known_at(leaves)
        if found is None:
            return tuple(self.pass_over(1, leaves, tree))
        return tuple([np.copy(s) for s in found[1:]])

    def known_at(self, leaves: Sequence[Any]) -> list[Any] | None:
        """The latest value and slopes if they were computed at these parameters."""
        known = self.known
        if known is None or known[0] != [key(leaf) for leaf in leaves]:
            return None
        return known[1]

    # ---- derivatives ----

    def back_of_value(self, g: Any, leaves: list[Any], tree: Any) -> list[Any]:
        return [g * s for s in self.order(1)(*leaves, tree=tree)]

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

        return recorded_step(self.slopes if k == 1 else pullbacks, back)


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
