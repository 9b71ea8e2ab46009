"""What may have gone wrong on the way to a gradient, the simplest first."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.backward import Mistake, Pass
from autograd_lite.analysis.by_hand.mistakes.entropy import Entropy, entropy, instead
from autograd_lite.analysis.by_hand.mistakes.exchanges import (
    added_too_much,
    exchanged,
    slopes_elsewhere,
    too_much,
    updated,
)
from autograd_lite.analysis.by_hand.mistakes.paths import constant, forgotten, pairs, scaled
from autograd_lite.analysis.by_hand.mistakes.places import Places, Suspect
from autograd_lite.analysis.by_hand.mistakes.rules import altered
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import Step, Value
from autograd_lite.rules.indexing import scatter

#: What takes two operands, and what is missing where one of them was forgotten.
FORGETTABLE = dict.fromkeys(of_kind("sum", "difference"), "term")
FORGETTABLE |= dict.fromkeys(of_kind("product", "quotient"), "factor")


def suspects(at: Places) -> Iterator[Suspect]:
    """All suspects for a gradient: the simplest first, then the nearest."""
    for kind in KINDS:
        yield from kind(at)


def mistaken(at: Places) -> Iterator[Suspect]:
    """A rule that is wrong, or left out."""
    for edges in at.each:
        for text, how in altered(edges[0], at.says):
            yield at.change(edges, text, how)


# ---- cross-entropy ----


def entropies(at: Places) -> Iterator[Suspect]:
    """Something in place of p − y, the gradient of a cross-entropy by its logits."""
    for value in at.values:
        if not value.shape or value.step is None:
            continue
        try:
            found = entropy_at(at, value)
        except ValueError:
            continue
        p, y = called(at, found, value)
        for text, rule in instead():

            def how(run: Pass, v: Value, _: Any, rule: Any = rule, e: Entropy = found) -> Any:
                z = run.values[v]
                return e.k * rule(e.elsewhere(z, run.gradients[v]), z)

            told = text.format(p=p, y=y, z=at.says.text(value), kind=found.kind)
            yield Mistake(at.of(value) + told, sums={value: how}, step=value.step)


def entropy_at(at: Places, value: Value) -> Entropy:
    """The cross-entropy of which a value is the logits; ValueError if it is none."""
    run = at.healthy
    data = [run.values[v] for v in at.graph.listing.inputs if v.shape == value.shape]
    found = entropy(run.values[value], run.gradients[value], data, at.factors.sizes)
    if found is None:
        raise ValueError("no cross-entropy")
    return found


def called(at: Places, found: Entropy, logits: Value) -> tuple[str, str]:
    """What the author calls the probabilities and the targets."""
    values = at.healthy.values

    def name(x: Any, known: Sequence[Value], otherwise: str) -> str:
        same = (v for v in known if v.shape == logits.shape and np.allclose(values[v], x))
        return next((at.says.text(v) for v in same), otherwise)

    inputs = at.graph.listing.inputs
    return name(found.p, [*at.says.known], "p"), name(found.y, inputs, "y")


# ---- the forward pass ----


def left_out(at: Places) -> Iterator[Suspect]:
    """A step of the forward pass that is left out: a term, a factor, an activation."""
    steps = at.graph.listing.steps
    for step in reversed(steps):
        for kept, lost in losses(step):
            what = at.says.inside(lost) if isinstance(lost, Value) else repr(lost)
            what = f"the {FORGETTABLE[step.function]} {what}" if lost is not None else step.name
            text = f"in the forward pass, {what} is missing"
            yield Mistake(text, forward=without(steps, step, kept), step=step)


def losses(step: Step) -> Iterator[tuple[Value, Any]]:
    """The operand that is left, and the one that is forgotten; None for the function itself."""
    shape = step.result.shape
    if step.function in FORGETTABLE and len(step.args) == 2:
        for kept, lost in (step.args, step.args[::-1]):
            if isinstance(kept, Value) and kept.shape == shape:
                yield kept, lost
    elif (
        len(step.operands) == 1
        and step.operands[0].shape == shape
        and is_elementwise(step.function)
        and step.function is not scatter
    ):
        yield step.operands[0], None


def without(steps: Sequence[Step], left: Step, kept: Value) -> Callable[[Any], Any]:
    """The values of the forward pass without one of its steps."""

    def forward(values: Any) -> Any:
        values, touched = {**values, left.result: values[kept]}, {left.result}
        for step in steps:
            if step is not left and not touched.isdisjoint(step.operands):
                values[step.result] = step.run(values)
                touched.add(step.result)
        return values

    return forward


#: The kinds of mistakes, the simplest and most common first.
KINDS: tuple[Callable[[Places], Iterator[Suspect]], ...] = (
    scaled,
    entropies,
    forgotten,
    mistaken,
    constant,
    slopes_elsewhere,
    exchanged,
    updated,
    added_too_much,
    too_much,
    left_out,
    pairs,
)
