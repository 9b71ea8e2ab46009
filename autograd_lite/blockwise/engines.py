"""Who computes the blocks: this thread, an executor, a Dask cluster or MPI ranks.

An engine has two methods.  ``hold`` is given the blocks once and puts them where they stay.
``total`` sums what a `Work` makes of them, in the tree of `summing`.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from os import getpid
from typing import Any, Protocol

from autograd_lite.blockwise.summing import Part, fold, grouped
from autograd_lite.blockwise.travelling import packed, unpacked
from autograd_lite.blockwise.work import Block, Work

#: So many groups of blocks at most are handed out at a time: enough to keep many workers busy.
GROUPS = 64


class Engine(Protocol):
    def hold(self, blocks: Sequence[Block]) -> Any: ...

    def total(self, work: Work, held: Any, asked: Any, trees: Sequence[Any]) -> Part: ...


class Serial:
    """One block after the other, here."""

    def hold(self, blocks: Sequence[Block]) -> Any:
        return blocks

    def total(self, work: Work, held: Any, asked: Any, trees: Sequence[Any]) -> Part:
        return work.of_blocks(asked, trees, 0, held)


class Pool:
    """An executor: threads, processes, loky, the ``get_executor()`` of a Dask client.

    Between processes blocks of arrays travel at each evaluation; callables are read over there.
    """

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def hold(self, blocks: Sequence[Block]) -> Any:
        n = grouped(len(blocks), GROUPS)
        return [(i, n, blocks[i : i + n]) for i in range(0, len(blocks), n)]

    def total(self, work: Work, held: Any, asked: Any, trees: Sequence[Any]) -> Part:
        submit = self.executor.submit
        futures: list[tuple[int, Future[Part]]]
        if isinstance(self.executor, ThreadPoolExecutor):
            futures = [(n, submit(work.of_blocks, asked, trees, i, b)) for i, n, b in held]
        else:
            mine, given = packed(work), packed(trees)
            futures = [(n, submit(there, mine, asked, given, i, b)) for i, n, b in held]
        try:
            return fold((n, future.result()) for n, future in futures)
        finally:
            for _, future in futures:  # of those that wait, when one has failed
                future.cancel()


def there(work: bytes, asked: Any, trees: bytes, start: int, blocks: Sequence[Block]) -> Part:
    """The sum of a run of blocks in another process."""
    return unpacked(work).of_blocks(
        asked, pickle.loads(trees), start, blocks, f" (process {getpid()})"
    )
