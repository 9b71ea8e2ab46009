"""A table of results, as aligned text and as Markdown."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """A title, column headings, rows of cells, and notes to be read with them.

    The first ``words`` columns stand to the left, the others are numbers and stand to the right.
    """

    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    words: int = 1

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def lines(self):
        """Every line as padded cells; the second is Markdown's rule under the headings."""
        grid = [self.columns, *self.rows]
        widths = [max(3, *map(len, column)) for column in zip(*grid)]
        sides = [str.ljust] * self.words + [str.rjust] * (len(widths) - self.words)
        head, *rows = [[side(*c) for side, *c in zip(sides, row, widths)] for row in grid]
        ends = ["-"] * self.words + [":"] * (len(widths) - self.words)
        return [head, ["-" * (n - 1) + end for n, end in zip(widths, ends)], *rows]

    def text(self):
        head, _, *rows = ["  ".join(cells).rstrip() for cells in self.lines()]
        return "\n".join([self.title, "", head, "-" * len(head), *rows, *self._notes("")])

    def markdown(self):
        rows = [f"| {' | '.join(cells)} |" for cells in self.lines()]
        return "\n".join([f"## {self.title}", "", *rows, *self._notes("\n")])

    def _notes(self, above):
        return [f"{above}{note}" for note in self.notes]


def race_table(title, best, notes=()):
    """The times of a race, the first contestant = 1."""
    table = Table(title, ["", "µs per step", "ratio"], notes=list(notes))
    unit = next(iter(best.values()))
    for name, time in best.items():
        table.add(name, f"{time * 1e6:.1f}", f"{time / unit:.2f}")
    return table
