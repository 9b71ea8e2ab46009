"""What is computed where a block is: the loss, its gradient, and pullbacks of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.blockwise.summing import Part, fold
from autograd_lite.calls import told
from autograd_lite.compiling.compiled import Compiled
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.transforms.gradients import grad, value_and_grad, vjp

Block = Any
Function = Callable[..., Any]

#: What is asked of a block beside derivatives of order k, which are asked for by k.
VALUE, BOTH = "value", "both"


class BlockError(RuntimeError):
    """A block that could not be computed, by its number and the place where it was."""


class Work:
    """Derivatives of a loss on one block, times the block's rows if the loss is a mean.

    A pickle of it is the loss; what is compiled stays where it was compiled.
    """

    def __init__(self, loss: Function, count: int, *, mean: bool, seed: int | None) -> None:
        self.loss, self.count, self.mean, self.seed = loss, count, mean, seed
        self.compiled: dict[Any, Function] = {}

    def __reduce__(self) -> Any:
        return restored, (self.loss, self.count, self.mean, self.seed)

    def of_blocks(
        self, asked: Any, trees: Sequence[Any], start: int, blocks: Sequence[Block], place: str = ""
    ) -> Part:
        """The sum of a run of blocks, of which the first has the number ``start``."""
        each = enumerate(blocks, start)
        return fold((1, self.of_block(asked, trees, i, b, place)) for i, b in each)

    def of_block(self, asked: Any, trees: Sequence[Any], i: int, block: Block, place: str) -> Part:
        where = f"block {i} of {self.count}{place}"
        try:
            arrays = read(block)
            rows = len(arrays[0])
            if not rows:
                return None
            results = self.run(asked, trees, arrays, i)
            if asked == VALUE and (len(results) != 1 or np.shape(results[0])):
                found = told(results[0] if len(results) == 1 else results)
                raise TypeError(f"the loss returned {found}; it must return one number")
        except BlockError:
            raise
        except Exception as error:
            raise BlockError(f"{where}: {type(error).__name__}: {error}") from error
        if any(np.isnan(r).any() for r in map(np.asarray, results) if r.dtype.kind in "fc"):
            raise BlockError(
                f"{where}: the loss or its derivative is NaN; run loss(p, *block) on this block "
                f"under al.debug(), which names the line"
            )
        return (rows, *[rows * r for r in results]) if self.mean else (rows, *results)

    def run(self, asked: Any, trees: Sequence[Any], arrays: Sequence[Any], i: int) -> list[Any]:
        """The leaves of what is asked for."""
        if self.seed is not None:  # no program draws numbers
            rng = np.random.default_rng([self.seed, i])
            return tree_leaves(self.function(asked, {"rng": rng})(*trees, *arrays))
        f = self.compiled.get(asked)
        if f is None:
            eager = self.function(asked)
            try:
                found, f = (compiled := Compiled(eager))(*trees, *arrays), compiled
            except Exception:  # such as a branch on numbers, which only programs cannot have
                found, f = eager(*trees, *arrays), eager
            self.compiled[asked] = f
            return tree_leaves(found)
        return tree_leaves(f(*trees, *arrays))

    def function(self, asked: Any, options: dict[str, Any] | None = None) -> Function:
        """What is asked for, of trees of parameters and of the arrays of a block."""
        loss, options = self.loss, options or {}

        def of(p: Any, *block: Any) -> Any:
            return loss(p, *block, **options)

        if asked == VALUE:
            return of
        if asked == BOTH:
            return value_and_grad(of)
        return pulled(of, asked)


def pulled(f: Function, order: int) -> Function:
    """The pullback of the pullback … of ``f``, of so many orders.

    The first is the gradient.  The next takes what was an argument, and cotangents of what was a
    result, all of them trees with the structure of p.
    """
    if order == 1:
        return lambda p, *block: (grad(f)(p, *block),)
    before, n = pulled(f, order - 1), arguments(order - 1)

    def pullback(*given: Any) -> Any:
        at, cotangents = given[:n], given[n : arguments(order)]
        block = given[arguments(order) :]
        return vjp(lambda *at: before(*at, *block), *at)[1](cotangents)

    return pullback


def arguments(order: int) -> int:
    """How many trees a pullback takes: p; p and v; p, v and u; then 5, 8, …"""
    a, b = 1, 1
    for _ in range(order - 1):
        a, b = a + b, a
    return a


def read(block: Block) -> tuple[Any, ...]:
    """The arrays of a block, aligned: NumPy adds up those at odd addresses in another order."""
    arrays = block() if callable(block) else block
    arrays = arrays if isinstance(arrays, (tuple, list)) else (arrays,)
    return tuple([tree_map(aligned, a) for a in arrays])


def aligned(a: Any) -> Any:
    return np.require(a, requirements="A") if hasattr(a, "__array__") else a


def restored(loss: Function, count: int, mean: bool, seed: int | None) -> Work:
    """What a pickle of a `Work` becomes."""
    return Work(loss, count, mean=mean, seed=seed)
