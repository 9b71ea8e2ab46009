"""What is to be said besides: what the arguments hide, and what could not be judged."""

from collections.abc import Iterator

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.search import MISFITS
from autograd_lite.analysis.by_hand.points import hiding
from autograd_lite.analysis.by_hand.sayings import Sayings
from autograd_lite.analysis.by_hand.scenes import Scene, is_fixed
from autograd_lite.core.trees import paths
from autograd_lite.program import Program
from autograd_lite.programs.bodies import bodies_in
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import gradient_name
from autograd_lite.programs.recognition import recognised


def notes(says: Sayings, given: Scene, other: Scene | None, why: str) -> Iterator[str]:
    """Remarks on a comparison, one sentence each."""
    yield from stretched_rows(says)
    if other is None:
        yield f"judged for the given arguments alone: {why}"
    elif is_fixed(given, other):
        yield (
            "the hand version returns the same numbers for other arguments, so that it was "
            "judged for the given ones alone; let it compute from its arguments"
        )
        other = None
    hidden = [*hidden_by(given, says), *dead_units(says, given)]
    if not any(np.any(item.engine) for item in given.items):
        hidden.append("all gradients are 0")
    if hidden:
        too = "; judged for others, too" if other else ""
        yield f"these arguments hide mistakes: {', '.join(hidden)}{too}"


def hidden_by(given: Scene, says: Sayings) -> Iterator[str]:
    """The arguments that hide mistakes, and what they are."""
    for i in given.numbers:
        for path, x in paths(given.args[i], says.listing.parameters[i]):
            if found := hiding(path, x):
                yield found


def dead_units(says: Sayings, scene: Scene) -> Iterator[str]:
    """The relus that let nothing through for any sample."""
    try:
        values = says.listing.run(says.listing.leaves(scene.args))
    except MISFITS:
        return
    for r in recognised(says.listing).values():
        active = np.asarray(values[r.result] != 0)
        if r.kind == "relu" and active.size > 1:
            if not active.any():
                yield f"no unit of {says.text(r.result)} is active"
            elif active.ndim == 2 and (dead := np.sum(~active.any(axis=0))):
                units = "1 unit" if dead == 1 else f"{dead} units"
                yield f"{units} of {says.text(r.result)} active for no sample"


def stretched_rows(says: Sayings) -> Iterator[str]:
    """Columns against rows, (N, 1) against (N,): where the loss makes a square of them."""
    for step in says.listing.steps:
        shapes = {v.shape for v in step.operands}
        n = (step.result.shape or (0,))[0]
        if n > 1 and step.result.shape == (n, n) and shapes == {(n, 1), (n,)}:
            one, two = step.operands
            yield (
                f"{says.text(one)} of shape {one.shape} against {says.text(two)} of shape "
                f"{two.shape} makes {step.result.shape}, at {says.line(step)}: reshape one of them"
            )


def gradient_names_in(body: Listing) -> set[str]:
    """What the values in the body of a loop, and their gradients, are called."""
    names = set(body.names.values())
    return names | {gradient_name(name) for name in names}


def no_such(program: Program, name: str) -> str:
    """What is said of an intermediate that is no value of the loss."""
    if any(name in gradient_names_in(body) for body in bodies_in(program)):
        return (
            f"{name} is in a loop, so that each turn has its own; to compare them, add to it in "
            f"each turn a row of an argument that is zeros, in the hand version too: the gradient "
            f"of that has all of theirs"
        )
    known = [
        program.names[p]
        for s in program.steps
        for p in s.result.gradient_of
        if p.name and p in program.names
    ]
    return (
        f"no value of the loss has this name; there are {', '.join(dict.fromkeys(known)) or 'none'}"
        f": name one by al.named({name!r}, …)"
    )
