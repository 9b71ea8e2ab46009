"""Arrays cut into blocks of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from autograd_lite.blockwise.work import Block
from autograd_lite.calls import checked, maybe, told, whole

#: A block holds about so many bytes unless its rows are given: many more than a task costs.
BYTES = 16_000_000


@checked(rows=maybe(whole(1, "10_000")))
def blocks(*arrays: Any, rows: int | None = None) -> list[Block]:
    """Arrays of n rows each as blocks of ``rows`` rows, the last one shorter.

    Blocks of arrays are views.  Of a memory map, a block is a function that opens the file and
    reads its rows, so it can go to another process and memory stays flat.  Of Dask arrays it is the
    part of them, computed where it is needed; ``rows`` are then the first array's chunks unless
    given.  Else, ``rows`` are as many as 16 MB hold.

    Raises ValueError for arrays of different lengths, and TypeError for a tuple of arrays in place
    of one.

    >>> import autograd_lite as al
    >>> [len(x) for x, y in al.blocks(np.zeros((10, 3)), np.zeros(10), rows=4)]
    [4, 4, 2]
    """
    if not arrays:
        raise TypeError("blocks of which arrays? as in al.blocks(X, y, rows=10_000)")
    for a in arrays:
        if isinstance(a, (tuple, list)) and any(
            np.ndim(part) for part in a if hasattr(part, "shape")
        ):
            raise TypeError(
                f"blocks: {told(a)} is given as one array; give its arrays one by one, as in "
                f"al.blocks(X, y, rows=10_000), or al.blocks(*arrays)"
            )
    shaped = [a if hasattr(a, "shape") else np.asarray(a) for a in arrays]
    lengths = [a.shape[0] if a.shape else 0 for a in shaped]
    if len({*lengths}) > 1 or not all(a.shape for a in shaped):
        raise ValueError(
            f"blocks: the arrays have {lengths} rows; all must have the same number, as in "
            f"al.blocks(X, y) with len(X) == len(y)"
        )
    n = lengths[0]
    edges = [*range(0, n, rows or rows_of(shaped)), n]
    if rows is None and hasattr(shaped[0], "chunks") and shaped[0].chunks:
        edges = [0, *np.cumsum(shaped[0].chunks[0]).tolist()]
    cuts = [*map(cutter, shaped)]
    made = []
    for start, stop in pairwise(edges):
        parts = [cut(start, stop) for cut in cuts]
        late = any(map(callable, parts))
        made.append(Late(start, stop, parts) if late else tuple(parts))
    return made


def rows_of(arrays: Sequence[Any]) -> int:
    row: int = sum(a.dtype.itemsize * prod(a.shape[1:]) for a in arrays)
    return max(1, BYTES // max(1, row))


@dataclass(frozen=True, repr=False)
class Late:
    """The arrays of a block, of which some are to be read: a function without arguments."""

    start: int
    stop: int
    parts: Sequence[Any]

    def __call__(self) -> tuple[Any, ...]:
        return tuple([part() if callable(part) else part for part in self.parts])

    def __repr__(self) -> str:
        files = [Path(part.args[0]).name for part in self.parts if callable(part)]
        return f"<rows {self.start}:{self.stop} of {', '.join(files)}>"


def cutter(a: Any) -> Any:
    """What makes a block of rows of an array."""
    root = mapped(a)
    if root is None:
        return lambda start, stop: a[start:stop]
    row = a.dtype.itemsize * prod(a.shape[1:])
    began = root.offset + a.ctypes.data - root.ctypes.data
    read = partial(rows_in, str(root.filename), a.dtype.str, a.shape[1:])
    return lambda start, stop: partial(read, began + start * row, stop - start)


def mapped(a: Any) -> Any:
    """The memory map of a whole file that an array is a run of, None if it is not."""
    if not isinstance(a, np.ndarray) or not a.flags.c_contiguous or a.dtype.hasobject:
        return None
    root: Any = a
    while isinstance(root.base, np.ndarray):
        root = root.base
    named = isinstance(root, np.memmap) and root.filename is not None
    return root if named and a.dtype.names is None else None


def rows_in(path: str, dtype: str, shape: tuple[int, ...], offset: int, count: int) -> Any:
    """Rows of an array in a file.  Raises ValueError, naming the file, if they are not there."""
    try:
        return np.asarray(np.memmap(path, dtype, "r", offset, (count, *shape)))
    except (ValueError, OSError) as error:
        raise ValueError(f"{path} no longer has the rows it had: {error}") from error
