"""Who computes the blocks: this thread, an executor, a Dask cluster or MPI ranks.

An engine has two methods.  ``hold`` is given the blocks once and puts them where they stay.
``total`` sums what a `Work` makes of them, in the tree of `summing`.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from os import getpid
from typing import Any, Protocol

from autograd_lite.blockwise.summing import Part, fold, grouped
from autograd_lite.blockwise.travelling import packed, unpacked
from autograd_lite.blockwise.work import Block, Work

#: So many groups of blocks at most are handed out at a time: enough to keep many workers busy.
GROUPS = 64
#: What is said of a pool that has lost a process, and of one that is closed.
BROKEN = (
    "A process of the pool has died: it was killed, ran out of memory, or was spawned by a script "
    'without `if __name__ == "__main__":`. A broken pool runs nothing more: make another one and '
    "al.mean_over(…, on=pool) with it, and go on from the last parameters."
)
CLOSED = "The pool is closed: evaluate the loss within `with ProcessPoolExecutor(2) as pool:`."


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
        mine, given = (work, trees) if self.is_here else (packed(work), packed(trees))
        run = of_run if self.is_here else there
        futures: list[tuple[int, Future[Part]]] = []
        try:
            for i, n, b in held:
                futures.append((n, self.submitted(run, mine, asked, given, i, b)))
            return fold((n, future.result()) for n, future in futures)
        except BrokenExecutor as error:
            error.add_note(BROKEN)
            raise
        finally:
            for _, future in futures:  # of those that wait, when one has failed
                future.cancel()

    @property
    def is_here(self) -> bool:
        return isinstance(self.executor, ThreadPoolExecutor)

    def submitted(self, *call: Any) -> Future[Part]:
        try:
            return self.executor.submit(*call)
        except BrokenExecutor:
            raise
        except RuntimeError as error:
            error.add_note(CLOSED)
            raise


def of_run(work: Work, asked: Any, trees: Any, start: int, blocks: Sequence[Block]) -> Part:
    """The sum of a run of blocks in this process."""
    return work.of_blocks(asked, trees, start, blocks)


def there(work: bytes, asked: Any, trees: bytes, start: int, blocks: Sequence[Block]) -> Part:
    """The sum of a run of blocks in another process."""
    return unpacked(work).of_blocks(
        asked, pickle.loads(trees), start, blocks, f" (process {getpid()})"
    )
