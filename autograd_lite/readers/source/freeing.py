"""Letting large arrays go as soon as no line needs them, as an eager run does."""

import re
from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise

#: So many elements make an array large.
LARGE = 2**12


def freed(lines: Sequence[str], names: Sequence[str]) -> list[str]:
    """The lines of a function, with `del` after the last that mentions each of the names.

    In a loop the last line is that of the loop.

    >>> freed(["t1 = x + 1", "t2 = t1 * t1", "return t2"], ["t1"])
    ['t1 = x + 1', 't2 = t1 * t1', 'del t1', 'return t2']
    """
    last = dict.fromkeys(names, -1)
    for i, line in enumerate(lines):
        last |= dict.fromkeys(last.keys() & set(re.findall(r"\w+", line)), i)
    statements = spans(lines)
    starts = [first for first, _ in statements]
    after: dict[int, list[str]] = {}
    for name, i in last.items():
        if i >= 0:
            start, end = statements[bisect(starts, i) - 1]
            if not lines[start].startswith("return"):
                after.setdefault(end, []).append(name)
    result = []
    for i, line in enumerate(lines):
        result.append(line)
        result += [f"del {', '.join(after[i])}"] if i in after else []
    return result


def spans(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The first and the last line of each statement, which may have empty lines inside.

    >>> spans(["for x in xs:", "    y = x", "", "    z = y", "", "return z"])
    [(0, 3), (5, 5)]
    """
    goes_on = (" ", ")", "else:")
    starts = [i for i, line in enumerate(lines) if line and not line.startswith(goes_on)]
    found = []
    for first, following in pairwise([*starts, len(lines)]):
        last = following - 1
        while not lines[last]:
            last -= 1
        found.append((first, last))
    return found
