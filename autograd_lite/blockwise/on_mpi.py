"""Blocks on MPI ranks: each holds consecutive blocks and sums what nodes of the tree they fill.

Those few sums are exchanged, and every rank finishes the same tree, so all have the same result.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from autograd_lite.blockwise.summing import Part, fold, runs
from autograd_lite.blockwise.work import Block, BlockError, Work


class Ranks:
    """The ranks of a communicator of mpi4py, all of which call what is computed."""

    def __init__(self, comm: Any) -> None:
        self.comm = comm

    def hold(self, blocks: Sequence[Block]) -> Any:
        rank, size, n = self.comm.Get_rank(), self.comm.Get_size(), len(blocks)
        own = n * rank // size, n * (rank + 1) // size
        return [(start, weight, blocks[start:stop]) for start, stop, weight in runs(*own, n)]

    def total(self, work: Work, held: Any, asked: Any, trees: Sequence[Any]) -> Part:
        """The sum of all blocks.

        A rank that fails says so where the others wait for its sums, so that all end.
        """
        comm, place, error = self.comm, f" (rank {self.comm.Get_rank()})", ""
        parts: list[tuple[int, Part]] = []
        try:
            for start, weight, blocks in held:
                parts.append((weight, work.of_blocks(asked, trees, start, blocks, place)))
        except BlockError as failed:
            error = str(failed)
        every = comm.allgather((error, asked, crc32(pickle.dumps(trees)), parts))
        for message, *_ in every:
            if message:
                raise BlockError(message)
        if len({(str(theirs), given) for _, theirs, given, _ in every}) > 1:
            raise BlockError(
                "the ranks were given different parameters, or asked for different derivatives; "
                "start from the same numbers, as comm.bcast(model) gives, and call on every rank"
            )
        return fold(node for *_, nodes in every for node in nodes)
