"""Blocks on a Dask cluster: a task for each group of blocks, and a tree of sums.

All is in the graph, so what was lost with a worker is computed again, to the same bits.  Callables
are read by the task that needs them, and arrays are kept on the workers.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

from dask.base import is_dask_collection
from dask.delayed import delayed

from autograd_lite.blockwise.engines import GROUPS
from autograd_lite.blockwise.summing import Part, fold, grouped
from autograd_lite.blockwise.travelling import packed, unpacked
from autograd_lite.blockwise.work import Block, Work

#: So many partial sums are added by one task.
FAN = 8


class Cluster:
    """The workers of a `dask.distributed.Client`."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def hold(self, blocks: Sequence[Block]) -> Any:
        n = grouped(len(blocks), GROUPS)
        groups = [list(blocks[i : i + n]) for i in range(0, len(blocks), n)]
        return n, [self.group(blocks) for blocks in groups]

    def group(self, blocks: list[Block]) -> Any:
        """A group as bytes that say what to read, or as arrays that stay on a worker."""
        if all(map(callable, blocks)):
            return packed(blocks)
        if any(is_dask_collection(a) for b in blocks if isinstance(b, (tuple, list)) for a in b):
            return delayed([tuple(b) if isinstance(b, list) else b for b in blocks])
        return self.client.persist(delayed(blocks, traverse=False))

    def total(self, work: Work, held: Any, asked: Any, trees: Sequence[Any]) -> Part:
        n, groups = held
        given = delayed((packed(work), asked, packed(trees)), traverse=False)
        one, several = delayed(summed, pure=False), delayed(tree, pure=False)
        parts = [one(given, i * n, group) for i, group in enumerate(groups)]
        while len(parts) > 1:
            parts = [several(parts[i : i + FAN]) for i in range(0, len(parts), FAN)]
        result: Part = self.client.compute(parts[0]).result()
        return result


def summed(given: tuple[bytes, Any, bytes], start: int, group: Any) -> Part:
    """The sum of a group, in a worker."""
    from distributed import get_worker

    work, asked, trees = given
    blocks = pickle.loads(group) if isinstance(group, bytes) else group
    place = f" (worker {get_worker().address})"
    return unpacked(work).of_blocks(asked, pickle.loads(trees), start, blocks, place)


def tree(parts: Sequence[Part]) -> Part:
    return fold((1, part) for part in parts)
