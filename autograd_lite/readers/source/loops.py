"""A loop as the `for` that one would have written by hand."""

from typing import Any

from autograd_lite.programs.bodies import Bodied, Scan
from autograd_lite.programs.handed import Handed
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.source.spelling import Written


def functions_in(steps: Any) -> dict[Any, None]:
    """The functions of all steps, in bodies too."""
    found: dict[Any, None] = {}
    for step in steps:
        if isinstance(step.function, Bodied):
            for body in step.function.bodies:
                found |= functions_in(body.steps)
            if isinstance(step.function, Handed):
                found[step.function.call.function] = None
        else:
            found[step.function] = None
    return found


def write_loop(module: Any, step: Step, scan: Scan) -> list[Written]:
    """Write a loop down; what each of its results is called afterwards.

    What is carried has a name of its own, which all turns assign to, at their end.
    """
    body = scan.body
    outside, carried = scan.outside, scan.outside + scan.carried
    operands = operands_of(module, step)
    module.uses.update(body.outputs)
    for inner in body.steps:
        module.uses.update(inner.operands)
    module.text.update(zip(body.inputs[:outside], operands))
    names = [module.free(body.names[value]) for value in body.inputs[outside:]]
    module.text |= {v: Written(name) for v, name in zip(body.inputs[outside:], names)}
    lists = [module.free("ys") for _ in body.outputs[scan.carried :]]
    if module.lines and module.lines[-1]:
        module.lines.append("")
    for name, operand in zip(names, operands[outside:carried]):
        module.lines.append(f"{name} = {operand.text}")
    module.lines += [f"{name} = []" for name in lists]
    over = [module.spelling.inside(operand, 50) for operand in operands[carried:]]
    module.lines.append(heading(scan, names[scan.carried :], over))
    before, module.lines = module.lines, []
    constants = dict.fromkeys(v for v in body.constants if v not in module.text)
    module.text |= {v: Written(module.literal(v)) for v in constants}
    for inner in body.steps:
        module.add(inner)
    made = [module.text[value].text for value in body.outputs]
    module.lines += [f"{name}.append({x})" for name, x in zip(lists, made[scan.carried :])]
    changed = [(a, b) for a, b in zip(names, made[: scan.carried]) if a != b]
    if changed:
        left, right = zip(*changed)
        module.lines.append(f"{', '.join(left)} = {', '.join(right)}")
    lines = module.lines or ["pass"]
    module.lines = [*before, *[f"    {line}" if line else "" for line in lines], ""]
    rows = "[::-1]" if scan.reverse else ""
    module.lines += [f"{name} = np.stack({name}{rows})" for name in lists]
    return [Written(name) for name in (*names[: scan.carried], *lists)]


def operands_of(module: Any, step: Step) -> list[Written]:
    """What the operands of a step are called; what has no line of its own gets one."""
    for value in step.operands:
        if value in module.inlined:
            module.assign(value)
    return [
        module.text[v] if isinstance(v, Value) else Written(module.spelling.value(v))
        for v in step.args
    ]


def heading(scan: Scan, names: list[str], over: list[str]) -> str:
    """The line that a loop begins with."""
    if not over:
        return f"for _ in range({scan.length}):"
    backward = "[::-1]" if scan.reverse else ""
    over = [f"{x}{backward}" for x in over]
    if len(over) == 1:
        return f"for {names[0]} in {over[0]}:"
    return f"for {', '.join(names)} in zip({', '.join(over)}):"
