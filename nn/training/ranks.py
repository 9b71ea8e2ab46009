"""Training on several ranks of MPI: each takes its rows of a batch, and all make the same step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zlib import crc32

import numpy as np

import autograd_lite as al
from nn.training.carried import measuring

Array = Any
Function = Callable[..., Any]


class Alone:
    """One process, which agrees with itself."""

    first = True
    value_and_grad: Function = staticmethod(al.value_and_grad)

    def same(self, tree: Any) -> Any:
        return tree

    def said(self, what: Any) -> Any:
        return what

    def compare(self, model: Any, step: int) -> None:
        pass


class Ranks(Alone):
    """The ranks of a communicator of mpi4py, which train one model together.

    Each computes the gradient of the mean over its rows of the batch.  The sums of these, weighted
    by the rows, are formed in one buffer for each dtype.  With ``leaf``, the batch is cut into
    blocks of so many rows instead, whose sums have the same bits for any number of ranks.
    """

    def __init__(self, comm: Any, leaf: int | None, *, compiled: bool) -> None:
        self.comm, self.leaf, self.compiled = comm, leaf, compiled
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.first = self.rank == 0
        self.batch: tuple[Any, ...] = ()

    # ---- what all have in common ----

    def same(self, tree: Any) -> Any:
        """A tree with the arrays of rank 0."""
        leaves = iter(self.comm.bcast([np.asarray(leaf) for leaf in al.tree_leaves(tree)]))
        return al.tree_map(lambda leaf: like(leaf, next(leaves)), tree)

    def said(self, what: Any) -> Any:
        """What rank 0 says."""
        return self.comm.bcast(what)

    def compare(self, model: Any, step: int) -> None:
        """Raise RuntimeError unless all ranks have the same model and the same latest batch."""
        mine = (bits(model), bits(self.batch))
        every = self.comm.allgather(mine)
        for what, found in zip(("model", "batch"), zip(*every)):
            if len({*found}) > 1:
                raise RuntimeError(
                    f"fit: after step {step:,} the ranks do not have the same {what}; give each "
                    f"the same generator, as in nn.Batches(…, rng=np.random.default_rng(0)), and "
                    f"a loss that draws nothing"
                )

    # ---- gradients ----

    def value_and_grad(self, loss: Function) -> Function:
        """The mean over a whole batch and its gradient, as every rank has them."""
        if self.leaf is not None:
            return self.by_leaves(loss, self.leaf)
        alone = al.value_and_grad(loss)
        of: Function = al.compile(alone) if self.compiled else alone

        def together(model: Any, *batch: Any) -> tuple[Any, Any]:
            rows = self.rows(batch)
            lo, hi = rows * self.rank // self.size, rows * (self.rank + 1) // self.size
            error: Exception | None = None
            value, gradient = 0.0, al.tree_map(np.zeros_like, model)
            if hi > lo:
                try:
                    value, gradient = of(model, *[part[lo:hi] for part in batch])
                except Exception as failed:  # the others wait for this rank
                    error = failed
            return self.total(value, gradient, (hi - lo) / rows, error)

        return together

    def by_leaves(self, loss: Function, leaf: int) -> Function:
        """The same in a tree of sums over blocks of so many rows."""
        total: Any = None

        def together(model: Any, *batch: Any) -> tuple[Any, Any]:
            nonlocal total
            self.rows(batch)
            blocks = al.blocks(*batch, rows=leaf)
            if total is None:
                total = al.mean_over(loss, blocks, on=self.comm)
            found: tuple[Any, Any] = al.value_and_grad(total.over(blocks))(model)
            return found

        return together

    def rows(self, batch: tuple[Any, ...]) -> int:
        """How many rows a batch has."""
        self.batch = batch
        try:
            (rows,) = {len(part) for part in batch}
        except (TypeError, ValueError):
            raise TypeError(
                "fit: with comm= a batch is cut by rows, so it is arrays of the same number of "
                "rows, as nn.Batches(x, y, size=…) gives; read all else from outside"
            ) from None
        return rows

    def total(
        self, value: Any, gradient: Any, weight: float, error: Exception | None
    ) -> tuple[Any, Any]:
        """The weighted sums over all ranks.  Raises on all what one of them raised."""
        leaves = [np.asarray(leaf) for leaf in al.tree_leaves(gradient)]
        dtypes = sorted({leaf.dtype for leaf in leaves}, key=str)
        parts: dict[Any, Any] = {}
        failed = 0.0
        for n, dtype in enumerate(dtypes):
            own = [np.ravel(leaf) * dtype.type(weight) for leaf in leaves if leaf.dtype == dtype]
            if n == 0:  # the value, and how many ranks have failed
                own.append(np.array([value * weight, error is not None], dtype))
            own_sums = np.concatenate(own)
            buffer = np.empty_like(own_sums)
            self.comm.Allreduce(own_sums, buffer)
            if n == 0:
                value, failed, buffer = buffer[-2], buffer[-1], buffer[:-2]
            parts[dtype] = iter(np.split(buffer, ends(leaves, dtype)))
        if failed:
            self.raise_together(error)
        shaped = iter([next(parts[leaf.dtype]).reshape(leaf.shape) for leaf in leaves])
        return value, al.tree_map(lambda leaf: like(leaf, next(shaped)), gradient)

    def raise_together(self, error: Exception | None) -> None:
        mine = None if error is None else f"{type(error).__name__}: {error}"
        said = [(i, text) for i, text in enumerate(self.comm.allgather(mine)) if text]
        rank, text = said[0]
        raise RuntimeError(f"fit: rank {rank} of {self.size} failed: {text}") from error


def ends(leaves: list[Array], dtype: Any) -> Array:
    return np.cumsum([leaf.size for leaf in leaves if leaf.dtype == dtype])[:-1]


def like(leaf: Any, x: Array) -> Any:
    """An array as the kind of number that the leaf was."""
    if isinstance(leaf, np.ndarray):
        return x
    return x[()] if isinstance(leaf, np.generic) else type(leaf)(x)


def bits(tree: Any) -> int:
    """A checksum of all the arrays of a tree."""
    total = 0
    for leaf in al.tree_leaves(tree):
        total = crc32(np.ascontiguousarray(leaf).tobytes(), total)
    return total


def team(comm: Any, leaf: int | None, model: Any, *, compiled: bool) -> Alone:
    """Who trains.  Raises TypeError for what is no communicator, or measures whole batches."""
    if comm is None:
        if leaf is not None:
            raise TypeError("fit: leaf= says how ranks sum; give it with comm=MPI.COMM_WORLD")
        return Alone()
    if not (hasattr(comm, "Allreduce") and hasattr(comm, "allgather")):
        raise TypeError(
            f"fit: comm = {comm!r} is no communicator; give one of mpi4py, as in "
            f"comm=MPI.COMM_WORLD"
        )
    if layers := measuring(model):
        raise TypeError(
            f"fit: with comm= no rank sees a whole batch, over which {next(iter(layers)) or 'the '}"
            f"{'' if next(iter(layers)) else 'model'} normalises; use nn.LayerNorm"
        )
    return Ranks(comm, leaf, compiled=compiled)


def resumed(ranks: Alone, training: Any) -> Any:
    """Where a training stands, as rank 0 has it."""
    if training is None or not isinstance(ranks, Ranks):
        return training
    model, state, best = ranks.same((training.model, training.state, training.best))
    history = ranks.said(training.history)
    return replace(training, model=model, state=state, best=best, history=history)
