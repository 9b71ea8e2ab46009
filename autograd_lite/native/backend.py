"""The native backend: a program with native steps in place of others, as far as that goes."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.native.chains import NativeChain
from autograd_lite.native.code import CannotLower, Code, View, kind_of
from autograd_lite.native.flags import clear
from autograd_lite.native.lowering import FAULTS, Lowering, layout_of
from autograd_lite.native.reasons import in_words
from autograd_lite.native.running import NativeBlock, NativeScan
from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.fusing import Fused
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.source.module import compiled

#: Arrays in a block of native code have at most so many elements; larger ones are NumPy's.
SMALL = 4096
#: What is said of a step that takes one of several results.
PARTS = "several results"
#: A block has so many steps at least.
WORTHWHILE = 2
#: What is said of a block of fewer.
ALONE = "a step by itself is not worth a call of native code"


class Account:
    """What runs natively, and what does not, each with the reason."""

    def __init__(self) -> None:
        self.native: list[str] = []
        self.numpy: list[tuple[str, str]] = []
        self.alone: list[str] = []  # steps with none beside them

    def __str__(self) -> str:
        times = Counter(self.native)
        native = [f"{name} ×{n}" if n > 1 else name for name, n in times.items()]
        why = in_words(sorted((name, met) for name, met in self.numpy if met != PARTS))
        if self.alone:
            why.append(f"NumPy: {', '.join(sorted({*self.alone}))}: {ALONE}")
        return "\n".join([f"native: {', '.join(native) or 'nothing'}", *why])


def native_listing(listing: Listing, leaves: Sequence[Any], report: Account) -> Any:
    """The function of leaves that runs a program natively: a block, or a listing for NumPy's text.

    ``leaves`` are what it is called with the first time.
    """
    values: dict[Value, Any] = dict(zip(listing.inputs, leaves))
    values |= {v: v.data for v in listing.constants}
    if not any(isinstance(step.function, Scan) for step in listing.steps):
        for step in listing.steps:
            values[step.result] = step.run(values)
        block = whole_block(listing.inputs, listing.steps, listing.outputs, values)
        if block is not None:
            report.native += [step.name for step in listing.steps]
            return block
    steps = native_steps(listing.steps, listing.outputs, values, report)
    args, parameters = listing.args, listing.parameters
    return Listing(
        listing.name, parameters, args, listing.inputs, steps, listing.outputs, listing.result
    )


def native_steps(
    steps: Sequence[Step], outputs: Sequence[Value], values: dict[Value, Any], report: Account
) -> list[Step]:
    """The steps with native ones in place of what can be.

    ``values`` has those of the inputs and constants; the others are computed here, step by step.
    """
    result: list[Step] = []
    waiting: list[Step] = []
    for step in steps:
        make = MAKERS.get(type(step.function))
        if make is not None:
            result += in_blocks(waiting, outputs, steps, values, report)
            waiting = []
            step = make(step, values, report)
            result.append(step)
        else:
            waiting.append(step)
        if step.result not in values:
            values[step.result] = step.run(values)
    return result + in_blocks(waiting, outputs, steps, values, report)


def whole_block(
    inputs: Sequence[Value],
    steps: Sequence[Step],
    outputs: Sequence[Value],
    values: dict[Value, Any],
) -> NativeBlock | None:
    """A program as one block of native code, if it has a native form throughout."""
    code = Code()
    clear(code)
    known: dict[Value, Any] = {}
    given: list[Value] = []
    try:
        for value in inputs:
            known[value] = argument(code, given, value, values)
        lowering = Lowering(code, known)
        for step in steps:
            small(step, values)
        lowering.steps(steps)
        made = {step.result for step in steps}
        if not steps or not made.issuperset(outputs) or len({*outputs}) < len(outputs):
            return None
        views = [known[value] for value in outputs]
        if not all(isinstance(x, View) and lies_dense(x.like) for x in views):
            return None
        operands = [values[value] for value in inputs]
        return NativeBlock(code, given, outputs, steps, views, operands)
    except CannotLower:
        return None


def native_scan(step: Step, values: dict[Value, Any], report: Account) -> Step:
    """A loop as native code, if all that its turns do has a native form."""
    operands = [values[x] if isinstance(x, Value) else x for x in step.args]
    scan: Any = step.function
    try:
        native = NativeScan(scan, by_numpy(step, operands), operands)
    except CannotLower as why:
        report.numpy.append(("scan", str(why)))
        return step
    report.native.append(f"scan of {len(scan.body.steps)} steps")
    return Step(native, step.args, step.options, step.result, step.line)


def native_chain(step: Step, values: dict[Value, Any], report: Account) -> Step:
    """A chain on large arrays as native code, if all its steps have a native form."""
    operands = [values[x] if isinstance(x, Value) else x for x in step.args]
    chain: Any = step.function
    try:
        native = NativeChain(chain, operands)
    except FAULTS as why:
        report.numpy.append(("chain", str(why)))
        return step
    report.native += [inner.name for inner in chain.steps]
    return Step(native, step.args, step.options, step.result, step.line)


#: What makes native code of steps that are many.
MAKERS: dict[type, Callable[..., Step]] = {Scan: native_scan, Fused: native_chain}


def by_numpy(step: Step, operands: Sequence[Any]) -> Callable[..., Any]:
    """What runs a loop by NumPy, made when it is first needed."""
    made: list[Callable[..., Any]] = []

    def run(*given: Any) -> Any:
        if not made:
            scan: Any = step.function
            inputs = [Value(np.shape(x), np.asarray(x).dtype, path=f"x{i}", number=np.ndim(x) == 0)
                      for i, x in enumerate(operands)]  # fmt: skip
            whole = Value(None, None)
            whole.step = Step(scan, tuple(inputs), {}, whole)
            shown = [Value(v.shape, v.dtype, number=v.number) for v in scan.body.outputs]
            parts = [Step(operator.getitem, (whole, i), {}, v) for i, v in enumerate(shown)]
            names = [f"x{i}" for i in range(len(inputs))]
            listing = Listing(
                "scan",
                names,
                (0.0,) * len(names),
                inputs,
                [whole.step, *parts],
                shown,
                (0.0,) * len(shown),
            )
            made.append(compiled(listing, False))
        found = made[0](*given)
        return found if isinstance(found, tuple) else (found,)

    return run


def in_blocks(
    steps: Sequence[Step],
    outputs: Sequence[Value],
    everything: Sequence[Step],
    values: dict[Value, Any],
    report: Account,
) -> list[Step]:
    """Steps on small arrays as few blocks of native code."""
    result: list[Step] = []
    block: list[Step] = []
    code = Code()
    clear(code)
    known: dict[Value, Any] = {}
    inputs: list[Value] = []

    def finish() -> None:
        nonlocal code, known, inputs
        made = {step.result for step in block}
        mine = {id(step) for step in block}
        wanted = {v for step in everything if id(step) not in mine for v in step.operands}
        shown = [v for step in block for v in [step.result] if v in wanted or v in outputs]
        shown = [v for v in shown if isinstance(known.get(v), View) and lies_dense(known[v].like)]
        missing = [
            v for v in made & (wanted | set(outputs)) if v not in shown and v.dtype is not None
        ]
        if len(block) < WORTHWHILE or missing or not shown:
            result.extend(block)
            report.alone.extend(step.name for step in block)
        else:
            try:
                result.extend(block_steps(code, inputs, shown, list(block), known, values))
                report.native.extend(step.name for step in block)
            except CannotLower as why:
                result.extend(block)
                report.numpy.extend((step.name, str(why)) for step in block)
        block.clear()
        code, known, inputs = Code(), {}, []
        clear(code)

    for step in steps:
        marks = len(code.lines), len(code.entry), len(code.constants), code.stack
        before, entered = dict(known), list(inputs)
        try:
            small(step, values)
            for value in step.operands:
                if value not in known and not value.is_constant:
                    known[value] = argument(code, inputs, value, values)
            lowering = Lowering(code, known)
            known[step.result] = lowering.step(step)
            block.append(step)
        except FAULTS as why:
            known, inputs[:] = before, entered
            del code.lines[marks[0] :], code.entry[marks[1] :], code.constants[marks[2] :]
            code.stack = marks[3]
            report.numpy.append((step.name, str(why)))
            finish()
            result.append(step)
    finish()
    return result


def block_steps(
    code: Code,
    inputs: list[Value],
    shown: list[Value],
    block: list[Step],
    known: dict[Value, Any],
    values: dict[Value, Any],
) -> list[Step]:
    """The step that runs a block, and those that take its results apart."""
    native = NativeBlock(
        code, inputs, shown, block, [known[v] for v in shown], [values[v] for v in inputs]
    )
    whole = Value(None, None)
    whole.step = Step(native, tuple(inputs), {}, whole, block[0].line)
    parts = [Step(operator.getitem, (whole, i), {}, value) for i, value in enumerate(shown)]
    return [whole.step, *parts]


def lies_dense(x: Any) -> bool:
    """Whether a new array would lie as this one does."""
    return bool(layout_of(np.empty_like(x)) == layout_of(x))


def small(step: Step, values: dict[Value, Any]) -> None:
    """Raise CannotLower for a step on large arrays, which NumPy is as fast for."""
    for value in (step.result, *step.operands):
        found: Any = values.get(value, 0)
        if not isinstance(found, (tuple, list)) and np.size(found) > SMALL:
            raise CannotLower("large arrays")


def argument(code: Code, inputs: list[Value], value: Value, values: dict[Value, Any]) -> Any:
    """The view of an operand of the block."""
    found = values[value]
    if isinstance(found, (tuple, list)):
        raise CannotLower(PARTS)
    kind_of(np.asarray(found).dtype)
    base = code.put(f"load ptr, ptr {code.at('%args', 8 * len(inputs))}")
    inputs.append(value)
    return View(base, 0, np.asarray(found), type(found) if value.weak else None)
