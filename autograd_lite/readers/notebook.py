"""What a notebook shows of a program: its formulas, and below them its source."""

from __future__ import annotations

from autograd_lite.display import folded, heading, notebook, notes, plain
from autograd_lite.programs.listing import Listing
from autograd_lite.readers.formula import mathml
from autograd_lite.readers.formula.equations import equations
from autograd_lite.readers.formula.latex import latex
from autograd_lite.readers.source.module import source_text

#: At most so many equations are shown.
LINES = 40


class Formulas(str):
    """The formulas of a program as LaTeX, which a notebook typesets."""

    asked: tuple[Listing, str, bool]

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)

    def _repr_latex_(self) -> str:
        return f"$$\n{self}\n$$"

    @notebook
    def _repr_html_(self) -> str:
        return formulas(*self.asked)


def in_latex(listing: Listing, convention: str = "column", expand: bool = False) -> Formulas:
    """The formulas, in this convention, each step as it is computed if ``expand``."""
    made = Formulas(latex(listing, convention, expand))
    made.asked = listing, convention, expand
    return made


def shown(listing: Listing) -> str:
    """Name, inputs and number of steps; the formulas, typeset by the browser; the source."""
    inputs = ", ".join(dict.fromkeys(listing.names[value] for value in listing.inputs))
    steps = len(listing.steps)
    head = heading(f"{listing.name}({inputs})", f"{steps:,} step{'s' * (steps != 1)}")
    return head + formulas(listing) + folded("NumPy source", plain(source_text(listing)))


def formulas(listing: Listing, convention: str = "column", expand: bool = False) -> str:
    """The equations of a program, of a long one the first; nothing where they cannot be made."""
    try:
        found = equations(listing, convention, expand)
    except Exception as error:
        return notes([f"no formulas: {type(error).__name__}: {error}"])
    rest = len(found) - LINES
    more = [f"{rest} more equations: print(program.latex())"] if rest > 0 else []
    return mathml.aligned(found[:LINES]) + notes(more)
