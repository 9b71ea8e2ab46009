"""Sums in a fixed binary tree over the index of the block, whoever computes which part.

Neighbours (0, 1), (2, 3), … are added, then their sums, and so on; an odd last one moves up.  A run
of blocks that is a node of this tree can be summed apart, so the tree has the same bits for all.
"""

from collections.abc import Iterable, Iterator
from typing import Any

#: What a block gives: the number of its rows, and arrays.  None: it has no rows.
Part = tuple[Any, ...] | None


def add(a: Part, b: Part) -> Part:
    """The sum of two parts; None is nothing."""
    if a is None or b is None:
        return b if a is None else a
    return tuple([x + y for x, y in zip(a, b, strict=True)])


def fold(nodes: Iterable[tuple[int, Part]]) -> Part:
    """The sum of consecutive nodes of the tree, each with the number of its leaves.

    The first is the tree's first, too, and the last may have fewer leaves than it says.  Of n
    nodes at most log₂ n partial sums are held at a time.

    >>> fold([(1, (1,)), (1, (2,)), (1, (4,))])
    (7,)
    """
    stack: list[tuple[int, Part]] = []
    for size, part in nodes:
        while stack and stack[-1][0] == size:
            part = add(stack.pop()[1], part)
            size *= 2
        stack.append((size, part))
    total: Part = None
    while stack:
        total = add(stack.pop()[1], total)
    return total


def runs(start: int, stop: int, count: int) -> Iterator[tuple[int, int, int]]:
    """The largest nodes of the tree over ``count`` leaves that lie in [start, stop).

    Each is (first leaf, leaf after the last, number of leaves it stands for): at the end of the
    tree a node has fewer leaves than it stands for.

    >>> [*runs(1, 7, 7)]
    [(1, 2, 1), (2, 4, 2), (4, 7, 4)]
    """
    while start < stop:
        size = 1
        while start % (2 * size) == 0:
            fits = start + 2 * size <= stop or start + size < stop == count
            if not fits:
                break
            size *= 2
        yield start, min(start + size, stop), size
        start += size


def grouped(count: int, most: int) -> int:
    """How many blocks go together, a power of two, so that there are at most ``most`` groups."""
    size = 1
    while size * most < count:
        size *= 2
    return size
