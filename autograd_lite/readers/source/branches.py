"""Steps with bodies as the `for`, `if` and `while` that one would have written by hand."""

from typing import Any

from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.branches import Cond
from autograd_lite.programs.handed import Handed
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.repeated import While
from autograd_lite.programs.steps import Step
from autograd_lite.readers.source.loops import operands_of, write_loop
from autograd_lite.readers.source.spelling import Written


def write_bodies(module: Any, step: Step) -> list[Written]:
    """Write a step with bodies down; what each of its results is called afterwards."""
    if isinstance(step.function, Scan):
        return write_loop(module, step, step.function)
    if isinstance(step.function, While):
        return write_while(module, step, step.function)
    if isinstance(step.function, Handed):
        return write_handed(module, step, step.function)
    assert isinstance(step.function, Cond)
    return write_cond(module, step, step.function)


def write_cond(module: Any, step: Step, cond: Cond) -> list[Written]:
    """Write branches down, each of which assigns to the same names at its end."""
    operands = operands_of(module, step)
    if module.lines and module.lines[-1]:
        module.lines.append("")
    names = [temporary(module) for _ in cond.bodies[0].outputs]
    before = module.lines
    for line, body in zip((f"if {operands[0].text}:", "else:"), cond.bodies):
        made = write_body(module, body, operands[1:])
        module.lines.append(f"{', '.join(names)} = {', '.join(x.text for x in made)}")
        before += [line, *indented(module.lines)]
    module.lines = [*before, ""]
    return [Written(name) for name in names]


def write_while(module: Any, step: Step, function: While) -> list[Written]:
    """Write a loop down that goes on while a condition holds; its state has names of its own."""
    n, loop, (test, body) = function.outside, function.loop, function.bodies
    operands = operands_of(module, step)
    names = [module.free(body.names[value]) for value in body.inputs[n:]]
    inside = [*operands[:n], *map(Written, names)]
    if module.lines and module.lines[-1]:
        module.lines.append("")
    before = [*module.lines, *[f"{name} = {x.text}" for name, x in zip(names, operands[n:])]]
    (flag,) = write_body(module, test, inside)
    head, lines = f"while {flag.text}:", []
    if module.lines:
        head, lines = "while True:", [*module.lines, f"if not ({flag.text}):", "    break"]
    made = [x.text for x in write_body(module, body, inside)]
    if loop.limit is not None:
        turns = module.free("turns")
        before.append(f"{turns} = 0")
        change = f"{{float({names[loop.shown]}):.3g}}"
        said = repr(loop.said.format(limit=loop.limit, change=change))
        said = f"f{said}" if change in said else said
        lines += [f"if {turns} == {loop.limit}:", f"    raise RuntimeError({said})"]
        module.lines.append(f"{turns} += 1")
    changed = [(a, b) for a, b in zip(names, made) if a != b]
    if changed:
        left, right = zip(*changed)
        module.lines.append(f"{', '.join(left)} = {', '.join(right)}")
    module.lines = [*before, head, *indented(lines + (module.lines or ["pass"])), ""]
    return [*map(Written, names)]


def write_handed(module: Any, step: Step, function: Handed) -> list[Written]:
    """Write the functions down that a solver gets, and the call."""
    n, call, given = function.outside, function.call, []
    operands = operands_of(module, step)
    if module.lines and module.lines[-1]:
        module.lines.append("")
    before = module.lines
    for argument, body in zip(call.given, function.bodies):
        name, names = module.free(argument), [module.free(body.names[v]) for v in body.inputs[n:]]
        made = write_body(module, body, [*operands[:n], *map(Written, names)])
        lines = [*module.lines, f"return {', '.join(x.text for x in made)}"]
        before = [*before, f"def {name}({', '.join(names)}):", *indented(lines), ""]
        given.append(f"{argument}={name}")
    module.lines = before
    given += [f"{name}={x.text}" for name, x in zip(call.operands, operands[n:])]
    given += [f"{name}={module.spelling.value(x)}" for name, x in call.options.items()]
    names = [temporary(module) for _ in range(function.count)]
    called = f"{module.functions[call.function]}({', '.join(given)})"
    module.lines.append(f"{', '.join(names)}{',' * (len(names) == 1)} = {called}")
    return [Written(name) for name in names]


def write_body(module: Any, body: Listing, operands: list[Written]) -> list[Written]:
    """Have the lines of the module be those of a body; what its outputs are called."""
    module.uses.update(body.outputs)
    for inner in body.steps:
        module.uses.update(inner.operands)
    module.text.update(zip(body.inputs, operands))
    module.lines = []
    constants = dict.fromkeys(v for v in body.constants if v not in module.text)
    module.text |= {v: Written(module.literal(v)) for v in constants}
    known = {*module.names}
    for inner in body.steps:
        module.add(inner)
    for value in [v for v in module.names if v not in known]:  # which may never be made
        del module.names[value]
    return [module.text[value] for value in body.outputs]


def temporary(module: Any) -> str:
    """The next of t1, t2, …"""
    name: str = next(t for t in module.temporaries if t not in module.taken)
    module.taken.add(name)
    return name


def indented(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    return [f"    {line}" if line else "" for line in lines]
