"""The pullback of one step of a program, found by tracing its rule."""

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.analysis.costs import operations
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.program import Program, trace
from autograd_lite.programs.bodies import Bodied, Scan
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.simplify import alive
from autograd_lite.programs.steps import GUARDING, Step, Value
from autograd_lite.readers.source.spelling import CannotSpell, Spelling, Written, nested
from autograd_lite.transforms.gradients import vjp

LONG = 80  # characters; of a derivative that takes more, it is said that its rule gives it
SMALL = 4  # elements of a constant that is written out
SUMS, PRODUCTS = of_kind("sum"), of_kind("product")
#: What is linear in its first operand, the other being constant.
LINEAR = of_kind("product", "quotient", "negative")


class Pullback:
    """What the rule of a step does: from a cotangent ``g`` of its result to those of ``live``.

    ``derivatives`` are texts by operand.  ``kept`` are the arrays of the forward pass that the
    backward pass reads, by name; ``operations`` are those of the backward pass.  ``varies`` says
    whether the step is more than locally constant.
    """

    def __init__(
        self,
        step: Step,
        live: Sequence[Value],
        arrays: Mapping[Value, Any],
        names: Mapping[Value, str],
    ) -> None:
        operands = list(dict.fromkeys(step.operands))
        y = tree_leaves(arrays[step.result])
        program = traced(step, operands, live, arrays)
        self.gs, inputs = program.inputs[: len(y)], program.inputs[len(y) :]
        results, self.gradients = program.outputs[: len(y)], program.outputs[len(y) :]
        known = {v: names[v] for v in operands} | {step.result: names[step.result]}
        texts = {v: constant(v.data, k) for k, v in enumerate(program.constants, 1)}
        texts |= dict.fromkeys(self.gs, "g")
        texts |= zip(inputs, [known[v] for v in operands])
        if len(y) == 1:
            texts |= dict.fromkeys(results, known[step.result])
        self.texts = {value: Written(text) for value, text in texts.items()}
        self.factors = dict.fromkeys(self.gs, Written("1"))
        for inner in program.steps:
            if inner.result not in self.texts:
                bodied = isinstance(inner.function, Bodied)
                text = Written("…") if bodied else abridged(nested(inner, self.texts))
                self.texts[inner.result] = text
            if factor := self.factor(inner):
                self.factors[inner.result] = abridged(factor)

        steps = [inner for inner in program.steps if inner.function not in GUARDING]
        forward = {inner.result for inner in alive(steps, results)}
        again: set[Value] = set()
        for inner in steps:  # what a loop keeps is a result of it that only its pullback reads
            if is_part_of_loop(inner) and inner.args[0] in forward:
                forward.add(inner.result)
                again.update([inner.result] if is_there_anyway(inner) else [])
                self.texts[inner.result] = Written(kept_by(inner))
        back = [inner for inner in steps if inner.result not in forward]
        stored = {*inputs, *forward}.difference(self.gs)
        read = dict.fromkeys(v for inner in back for v in inner.operands if v in stored - again)
        found = program.values() | dict(zip(inputs, [arrays[v] for v in operands]))
        found |= zip(results, y)
        self.kept = {self.texts[v].text: found[v] for v in read}
        self.operations = sum(map(operations, back))
        varying = set(self.gs)
        for inner in steps:
            if not varying.isdisjoint(inner.operands):
                varying.add(inner.result)
        self.varying = varying.intersection(self.gradients)
        self.varies = bool(self.varying)
        self.derivatives = {names[v]: self.text(g) for v, g in zip(live, self.gradients)}

    def text(self, gradient: Value) -> str:
        """A gradient as text: the factor of ``g``, if that is what it is."""
        if gradient not in self.varying:
            return "0"
        text = self.factors.get(gradient, self.texts[gradient]).text
        return text if "…" not in text and len(text) <= LONG else "by its rule"

    def factor(self, step: Step) -> Written | None:
        """What ``g`` is multiplied by, element by element, to give the result of a step."""
        if step.options or step.result.shape != self.gs[0].shape:
            return None
        first, *others = [self.factors.get(value) for value in step.operands]
        if step.function in SUMS and first and all(others) and others:
            return nested(step, self.factors)
        if first is None or any(others) or step.args[0] is not step.operands[0]:
            return None
        if step.function in PRODUCTS and first.text == "1" and others:
            return self.texts[step.operands[1]]
        if step.function in LINEAR:
            return nested(step, {**self.texts, step.args[0]: first})
        return None


def traced(
    step: Step, operands: Sequence[Value], live: Sequence[Value], arrays: Mapping[Value, Any]
) -> Program:
    """The program from ``g`` and the operands to the result and the gradients by those alive."""

    def forward_and_back(g: Any, *values: Any) -> Any:
        given = dict(zip(operands, values))

        def forward(*varying: Any) -> Any:
            return step.run(given | dict(zip(live, varying)))

        value, pullback = vjp(forward, *(given[v] for v in live))
        return value, pullback(g)

    g = tree_map(np.ones_like, arrays[step.result])
    return trace(forward_and_back, g, *(arrays[v] for v in operands))


def is_part_of_loop(step: Step) -> bool:
    """Whether a step takes one of the results of a loop."""
    made = step.args[0].step if step.function is operator.getitem else None
    return made is not None and isinstance(made.function, Scan)


def is_there_anyway(part: Step) -> bool:
    """Whether a loop keeps this in any case: what it goes over, and what it carried before."""
    scan, place = part.args[0].step.function, part.args[1]
    value, made, start = scan.body.outputs[place], scan.body.outputs, scan.outside
    if value not in scan.body.inputs[start:]:
        return False
    k = scan.body.inputs.index(value) - start
    return k >= scan.carried or made[k] in made[scan.carried :]


def kept_by(part: Step) -> str:
    """What a loop keeps, as text: h in all turns."""
    body = part.args[0].step.function.body
    value = body.outputs[part.args[1]]
    return f"{body.names.get(value, '…')} in all turns"


def constant(x: Any, k: int) -> str:
    """A constant of the rule as text: itself if it is short, else by number."""
    try:
        return Spelling().value(x) if np.size(x) <= SMALL else f"k{k}"
    except CannotSpell:
        return f"k{k}"


def abridged(text: Written) -> Written:
    """Text that does not grow without bound where a value is used again and again."""
    return text if len(text.text) <= 4 * LONG else Written("…")
