"""Letting large arrays go as soon as no line needs them, as an eager run does."""

import re
from collections.abc import Sequence

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
    after: dict[int, list[str]] = {}
    for name, i in last.items():
        while i + 1 < len(lines) and lines[i + 1].startswith((" ", ")", "else:")):
            i += 1
        if 0 <= i < len(lines) and not lines[i].startswith("return"):
            after.setdefault(i, []).append(name)
    result = []
    for i, line in enumerate(lines):
        result.append(line)
        result += [f"del {', '.join(after[i])}"] if i in after else []
    return result
