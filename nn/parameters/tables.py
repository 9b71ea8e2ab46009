"""Tables: lines of cells as text for the screen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

Line = Sequence[str]


def as_text(lines: Sequence[Line], left: Collection[int] = (), foot: str = "") -> str:
    """Columns of equal width, to the right but for those in ``left``; the first line is the head.

    >>> print(as_text([("step", "loss"), ("1", "0.25"), ("10", "0.5")], foot="2 reports"))
    step  loss
       1  0.25
      10   0.5
    2 reports
    """
    widths = [max(map(len, column)) for column in zip(*lines)]
    shown = [
        "  ".join(
            cell.ljust(n) if i in left else cell.rjust(n)
            for i, (cell, n) in enumerate(zip(line, widths))
        )
        for line in lines
    ]
    return "\n".join([*shown, foot] if foot else shown)
