"""What a notebook shows of a program: its formulas, and below them its source."""

from autograd_lite.display import folded, heading, notes, plain
from autograd_lite.programs.listing import Listing
from autograd_lite.readers.formula import mathml
from autograd_lite.readers.formula.equations import equations
from autograd_lite.readers.source.module import source_text

#: At most so many equations are shown.
LINES = 40


def shown(listing: Listing) -> str:
    """Name, inputs and number of steps; the formulas, typeset by the browser; the source."""
    inputs = ", ".join(dict.fromkeys(listing.names[value] for value in listing.inputs))
    steps = len(listing.steps)
    head = heading(f"{listing.name}({inputs})", f"{steps:,} step{'s' * (steps != 1)}")
    return head + formulas(listing) + folded("NumPy source", plain(source_text(listing)))


def formulas(listing: Listing) -> str:
    """The equations of a program, of a long one the first; nothing where they cannot be made."""
    try:
        found = equations(listing)
    except Exception as error:
        return notes([f"no formulas: {type(error).__name__}: {error}"])
    rest = len(found) - LINES
    more = [f"{rest} more equations: print(program.latex())"] if rest > 0 else []
    return mathml.aligned(found[:LINES]) + notes(more)
