"""A whole call in one function: where machine code does all the work, the rest is what it costs.

Python takes the leaves out of the arguments, looks at what is read from outside, and puts results
into their structure.  Machine code looks at the arrays, which it is asked to anyway.
"""

from collections.abc import Callable
from typing import Any

from autograd_lite.programs.matching import Writer, build, defined
from autograd_lite.programs.places import MISSING, reading, unmoved
from autograd_lite.programs.surroundings import Surroundings


def direct(
    args: tuple[Any, ...], surroundings: Surroundings, native: Callable[..., Any], structure: Any
) -> Callable[[tuple[Any, ...]], Any]:
    """The function of arguments that returns what a program does, or None if anything is new.

    ``native`` returns a tuple, or NotImplemented for leaves that it was not made for.  The other
    ways to run a program find out what is new, which may be an equal number elsewhere in memory.
    """
    writer = Writer(looks=False)
    writer.scope |= {"missing": MISSING, "native": native, "NotImplemented": NotImplemented}
    writer.arguments(args)
    writer.demand(unmoved(surroundings.others, writer.given))
    for read, owner, was in surroundings.snapshots:
        writer.demand(f"{writer.given(read)}({writer.given(owner)}) == {writer.given(was)}")
    hidden = [reading(place, writer.given) for place in surroundings.arrays]
    writer.lines.append(f"made = native({', '.join([*writer.leaves, *hidden])})")
    writer.demand("made is not NotImplemented")
    writer.leaves = []
    result = build(structure, writer)
    writer.lines += [f"{', '.join(writer.leaves)}, = made", f"return {result}"]
    return defined("direct(args)", writer.lines, writer.scope)
