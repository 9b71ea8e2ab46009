"""Chains of elementwise steps on large arrays, run block by block, as long as these are cached.

Each block goes through the same ufuncs as the whole would, so every number has the same bits.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.programs.matching import defined
from autograd_lite.programs.operators import OPERATORS, is_elementwise
from autograd_lite.programs.simplify import alive
from autograd_lite.programs.steps import GUARDING, Step, Value

#: So many elements are in a block, and so many make blocks worth their while.
BLOCK, LARGE = 2**14, 2**16
UFUNCS = {o.function: o.ufunc for o in OPERATORS}


class Fused:
    """The function of a step that runs others, block by block where its operands are contiguous."""

    __name__ = "fused"
    fresh = True

    def __init__(self, steps: Sequence[Step], outputs: Sequence[Value]) -> None:
        self.steps, self.outputs = steps, outputs
        made = {step.result for step in steps}
        used = dict.fromkeys(v for step in steps for v in step.operands)
        self.inputs = [v for v in used if v not in made]
        self.blocks = in_blocks(self)

    def __call__(self, *operands: Any) -> tuple[Any, ...]:
        large = [x for x in operands if np.ndim(x)]
        if all(type(x) is np.ndarray and is_plain(x.flags) for x in large):
            blocks: tuple[Any, ...] = self.blocks(*operands)
            return blocks
        values = dict(zip(self.inputs, operands))
        for step in self.steps:
            values[step.result] = step.run(values)
        return tuple([values[value] for value in self.outputs])


def is_plain(flags: Any) -> bool:
    """Whether an array lies in one piece, as its blocks do then."""
    return bool(flags.c_contiguous and flags.aligned)


def in_blocks(fused: Fused) -> Callable[..., Any]:
    """The loop over blocks, written out."""
    shape = fused.outputs[0].shape or ()
    scope: dict[str, Any] = {"copyto": np.copyto, "empty": np.empty}
    names: dict[Value, str] = {}
    lines = []
    for i, value in enumerate(fused.inputs):
        names[value] = f"x{i}"
        if value.shape:
            lines.append(f"w{i} = x{i}.reshape(-1)")
    for i, value in enumerate(fused.outputs):
        scope[f"d{i}"] = value.dtype
        lines += [f"y{i} = empty({shape}, d{i})", f"v{i} = y{i}.reshape(-1)"]
    registers = Registers(fused, names, scope)
    body = [f"x{i} = w{i}[i:j]" for i, value in enumerate(fused.inputs) if value.shape]
    for k, step in enumerate(fused.steps):
        body += registers.lines(k, step)
    lines += [f"b{i} = empty({BLOCK}, t{i})" for i in range(registers.count)]
    size = int(np.prod(shape))
    lines.append(f"for i in range(0, {size}, {BLOCK}):")
    lines.append(f"    j = i + {BLOCK}")
    if size % BLOCK:
        short = "; ".join(f"b{i} = b{i}[:{size % BLOCK}]" for i in range(registers.count))
        if short:
            lines.append(f"    if j > {size}: {short}")
    lines += [f"    {line}" for line in body]
    lines.append(f"return ({''.join(f'y{i}, ' for i in range(len(fused.outputs)))})")
    arguments = ", ".join(f"x{i}" for i in range(len(fused.inputs)))
    return defined(f"blocks({arguments})", lines, scope)


class Registers:
    """Which buffer each value of a block is in; one is used again when its value is no more."""

    def __init__(self, fused: Fused, names: dict[Value, str], scope: dict[str, Any]) -> None:
        self.names, self.scope = names, scope
        self.count = 0
        self.free: dict[Any, list[str]] = {}
        self.last = {v: k for k, step in enumerate(fused.steps) for v in step.operands}
        self.results = {value: f"v{i}[i:j]" for i, value in enumerate(fused.outputs)}

    def lines(self, k: int, step: Step) -> list[str]:
        """The lines that run a step on a block."""
        f, value = step.function, step.result
        args = [self.names[a] if isinstance(a, Value) else self.given(a) for a in step.args]
        ended = [v for v in dict.fromkeys(step.operands) if self.last[v] == k]
        if f is operator.pow:  # which has ways of its own for some exponents
            self.release(ended)
            self.names[value] = f"p{k}"
            power = f"p{k} = {args[0]} ** {args[1]}"
            result = self.results.get(value)
            return [power, f"{result} = p{k}"] if result else [power]
        if f is not np.where:  # a ufunc may write where it reads
            self.release(ended)
        name = self.names[value] = f"z{k}" if value in self.results else self.register(value.dtype)
        lines = [f"{name} = {self.results[value]}"] if value in self.results else []
        if f is not np.where:
            ufunc = self.given(UFUNCS.get(f, f))
            return [*lines, f"{ufunc}({', '.join(args)}, out={name})"]
        condition, yes, no = args
        self.release(ended)
        return [*lines, f"copyto({name}, {no})", f"copyto({name}, {yes}, where={condition})"]

    def register(self, dtype: Any) -> str:
        """A buffer that is free, or a new one."""
        if self.free.get(dtype):
            return self.free[dtype].pop()
        self.scope[f"t{self.count}"] = dtype
        self.count += 1
        return f"b{self.count - 1}"

    def release(self, values: list[Value]) -> None:
        """Let the buffers of values be used again."""
        for value in values:
            if self.names[value][0] == "b":
                self.free.setdefault(value.dtype, []).append(self.names[value])

    def given(self, x: Any) -> str:
        name = f"k{len(self.scope)}"
        self.scope[name] = x
        return name


def fuse(steps: Sequence[Step], outputs: Sequence[Value]) -> list[Step]:
    """The steps with one in place of each chain of elementwise steps on large arrays.

    What does not need the chain runs before it, what needs it afterwards.
    """
    spread = spread_numbers(steps)
    for step in steps:
        if is_elementwise(step.function) and step.result.shape and not step.options:
            args = tuple([spread.get(a, a) if isinstance(a, Value) else a for a in step.args])
            if any(isinstance(a, Value) and a.shape == step.result.shape for a in args):
                step.args = args
    return fused(alive(steps, outputs), outputs)


def fused(steps: Sequence[Step], outputs: Sequence[Value]) -> list[Step]:
    first = next((i for i, step in enumerate(steps) if is_large(step)), None)
    if first is None:
        return list(steps)
    shape = steps[first].result.shape
    before, members, after = [], [], []  # type: list[Step], list[Step], list[Step]
    mine: set[Value] = set()
    tainted: set[Value] = set()
    ended = False
    for step in steps[first:]:
        if ended or not tainted.isdisjoint(step.operands):
            after.append(step)
            tainted.add(step.result)
            ended = ended or step.function in GUARDING  # what follows may hold only if it does
        elif is_large(step) and step.result.shape == shape:
            members.append(step)
            mine.add(step.result)
        elif not mine.isdisjoint(step.operands):
            after.append(step)
            tainted.add(step.result)
            ended = step.function in GUARDING
        else:
            before.append(step)
    if len(members) == 1:
        return [*steps[: first + 1], *fused(steps[first + 1 :], outputs)]
    elsewhere = {v for step in after for v in step.operands}.union(outputs)
    chain = Fused(members, [step.result for step in members if step.result in elsewhere])
    whole = Value(None, None)
    whole.step = Step(chain, tuple(chain.inputs), {}, whole, members[0].line)
    parts = [Step(operator.getitem, (whole, i), {}, value) for i, value in enumerate(chain.outputs)]
    later = {v for step in (*members, *after) for v in step.operands}
    ready = [*steps[:first], *fused(before, [*later.union(outputs)])]
    return [*ready, whole.step, *parts, *fused(after, outputs)]


def is_large(step: Step) -> bool:
    """Whether a step goes element by element over arrays large enough to be worth it."""
    f, value = step.function, step.result
    if step.options or value.shape is None or value.sized or value.typed:
        return False
    if np.prod(value.shape) < LARGE or value.dtype.kind not in "fcbiu":
        return False
    if not is_choice(step) and not (is_elementwise(f) and one_result(f)):
        return False
    shapes = [v.shape for v in step.operands]
    return value.shape in shapes and all(s in ((), value.shape) for s in shapes)


def is_choice(step: Step) -> bool:
    """Whether a step picks by truth values between two."""
    return step.function is np.where and len(step.args) == 3 and is_truth(step.args[0])


def is_truth(x: Any) -> bool:
    return x.dtype == bool if isinstance(x, Value) else isinstance(x, (bool, np.bool_))


def one_result(function: Any) -> bool:
    return bool(UFUNCS.get(function, function).nout == 1)


def spread_numbers(steps: Sequence[Step]) -> dict[Value, Value]:
    """For each array that has one number everywhere, that number."""
    found: dict[Value, Value] = {}
    for step in steps:
        for value in step.operands:
            x = value.data
            if isinstance(x, np.ndarray) and x.size and x.ndim and not any(x.strides):
                number = x[(0,) * x.ndim]
                found[value] = Value((), x.dtype, data=number, number=True)
        if step.function is np.broadcast_to and isinstance(step.args[0], Value):
            value = step.args[0]
            if value.shape == () and not value.weak:
                found[step.result] = value
    return found
