"""Tables: lines of cells as text for the screen, and as a table for notebooks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

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


def as_html(lines: Sequence[Line], foot: str = "") -> str:
    """The same for a notebook.

    >>> as_html([("step",), ("<1>",)])
    '<table><tr><th>step</th></tr><tr><td>&lt;1&gt;</td></tr></table>'
    """

    def row(cells: Line, tag: str) -> str:
        return "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)

    head, *rest = lines
    body = "".join(f"<tr>{row(line, 'td')}</tr>" for line in rest)
    last = f'<tr><td colspan="{len(head)}">{escape(foot)}</td></tr>' if foot else ""
    return f"<table><tr>{row(head, 'th')}</tr>{body}{last}</table>"
