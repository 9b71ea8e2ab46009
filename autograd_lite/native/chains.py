"""Chains of elementwise steps on large arrays: one pass over memory, all between in registers.

Steps that are instructions become one loop, which LLVM makes vectors of.  NumPy's own loops are
called in between, block by block, on what the first have stored.
"""

from __future__ import annotations

import ctypes
import operator
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from autograd_lite.native.building import MachineCode
from autograd_lite.native.calling import pointers
from autograd_lite.native.code import (
    MEMORY,
    REGISTER,
    STACK,
    CannotLower,
    Code,
    View,
    kind_of,
    literal,
)
from autograd_lite.native.elementwise import (
    INSTRUCTIONS,
    UFUNCS,
    WAYS,
    converted,
    data,
    instructed,
    loop_kinds,
    numbers,
    symbol_of,
    table,
)
from autograd_lite.native.flags import clear, test
from autograd_lite.native.inner import inner_loop
from autograd_lite.native.running import same_bits
from autograd_lite.programs.fusing import Fused
from autograd_lite.programs.steps import Step, Value

#: So many elements are in a block, which is as long as what is stored stays close.
BLOCK = 512
#: Loads and stores of a loop that meet in no other turn: results are new arrays.
APART = ", !llvm.access.group !0"
#: What says so of a loop.
METADATA = (
    "!0 = distinct !{}",
    "!1 = distinct !{!1, !2}",
    '!2 = !{!"llvm.loop.parallel_accesses", !0}',
)


class ChainWriter:
    """The text of a chain while it is written.

    ``places`` has the pointers of what is in memory, and ``numbers`` the registers of single
    numbers, which are the same all along.
    """

    def __init__(self, fused: Fused, operands: Sequence[Any]) -> None:
        self.fused, self.code = fused, Code()
        self.size = prod(fused.outputs[0].shape or ())
        self.places: dict[Value, str] = {}
        self.numbers: dict[Value, str] = {}
        self.kinds: dict[Value, str] = {}
        self.outputs: set[Value] = set(fused.outputs)
        self.weak = {v: type(x) for v, x in zip(fused.inputs, operands) if v.weak}
        steps = [(step, self.instruction(step)) for step in fused.steps]
        whole = all(instruction is not None for _, instruction in steps)
        self.block = self.size if whole else BLOCK
        self.write(steps)

    def write(self, steps: Sequence[tuple[Step, str | None]]) -> None:
        code, fused = self.code, self.fused
        code.constants += METADATA
        clear(code)
        for i, value in enumerate((*fused.inputs, *fused.outputs)):
            base = code.put(f"load ptr, ptr {code.at('%args', 8 * i)}")
            kind = self.kind(value)
            if value.shape:
                self.places[value] = base
            else:
                x = code.put(f"load {MEMORY[kind]}, ptr {base}")
                self.numbers[value] = code.put(f"icmp ne i8 {x}, 0") if kind == "?" else x
        size = code.variable()
        with code.loop(-(-self.size // self.block)) as k:
            first = code.put(f"mul i64 {k}, {self.block}")
            left = code.put(f"sub i64 {self.size}, {first}")
            short = code.put(f"icmp slt i64 {left}, {self.block}")
            n = code.put(f"select i1 {short}, i64 {left}, i64 {self.block}")
            code.do(f"store i64 {n}, ptr {size}")
            self.here = {v: self.moved(v, place, first) for v, place in self.places.items()}
            group: list[tuple[Step, str]] = []
            for i, (step, instruction) in enumerate(steps):
                if instruction is not None:
                    group.append((step, instruction))
                else:
                    self.together(group, [s for s, _ in steps[i:]], n)
                    group = []
                    self.called(step, size)
            self.together(group, [], n)
        test(code)

    def moved(self, value: Value, place: str, first: str) -> str:
        """The pointer to where a block begins."""
        size = np.dtype(value.dtype).itemsize
        return self.code.at(place, self.code.put(f"mul i64 {first}, {size}"))

    def kind(self, value: Value) -> str:
        if value not in self.kinds:
            self.kinds[value] = kind_of(value.dtype)
        return self.kinds[value]

    def ufunc(self, step: Step) -> Any:
        """The ufunc of a step, which some powers of arrays have of their own."""
        f = step.function
        if f is operator.pow:
            k = step.args[1]
            x = step.args[0]
            if type(k) in (int, float) and k in WAYS and isinstance(x, Value) and x.shape:
                return WAYS[k]
        return UFUNCS.get(f, f)

    def operands(self, step: Step) -> list[Any]:
        """The arguments of the ufunc of a step."""
        ufunc = self.ufunc(step)
        return list(step.args[: ufunc.nin] if isinstance(ufunc, np.ufunc) else step.args)

    def loop(self, step: Step) -> list[str]:
        """The kinds that the loop of a step takes and makes."""
        seen = [View("", 0, np.empty((), x.dtype), self.weak.get(x)) if isinstance(x, Value) else x
                for x in self.operands(step)]  # fmt: skip
        kinds = loop_kinds(self.ufunc(step), seen)
        if kinds[-1] != self.kind(step.result):
            raise CannotLower(f"{step.name} in another dtype")
        return kinds

    def instruction(self, step: Step) -> str | None:
        """The instruction that a step is; None if it is one of NumPy's loops."""
        if step.function is np.where:
            return "select"
        kinds = self.loop(step)
        same = len({*kinds[:-1]}) == 1
        return INSTRUCTIONS[kinds[0]].get(self.ufunc(step)) if same else None

    # ---- instructions ----

    def together(self, group: Sequence[tuple[Step, str]], after: Sequence[Step], n: str) -> None:
        """One loop for all these steps, which stores what comes out or is needed after it."""
        if not group:
            return
        code = self.code
        needed = self.outputs.union(*[step.operands for step in after])
        counter = code.variable()
        head, body, end = code.fresh(), code.fresh(), code.fresh()
        code.do(f"store i64 0, ptr {counter}")
        code.do(f"br label %{head}")
        code.lines.append(f"{head}:")
        i = code.put(f"load i64, ptr {counter}")
        code.do(f"br i1 {code.put(f'icmp slt i64 {i}, {n}')}, label %{body}, label %{end}")
        code.lines.append(f"{body}:")
        found = dict(self.numbers)
        for step, instruction in group:
            found[step.result] = self.computed(step, instruction, found, i)
        for step, _ in group:
            if step.result in needed:
                self.store(step.result, found[step.result], i)
        code.do(f"store i64 {code.put(f'add i64 {i}, 1')}, ptr {counter}")
        code.do(f"br label %{head}, !llvm.loop !1")
        code.lines.append(f"{end}:")

    def computed(self, step: Step, instruction: str, found: dict[Value, str], i: str) -> str:
        """The register of a step's result."""
        code = self.code
        args = self.operands(step)
        if step.function is np.where:
            kind = self.kind(step.result)
            condition, *choices = args
            if not isinstance(condition, Value) or self.kind(condition) != "?":
                raise CannotLower("where on numbers")
            yes, no = [self.register(x, kind, found, i) for x in choices]
            t = REGISTER[kind]
            chosen = self.register(condition, "?", found, i)
            return code.put(f"select i1 {chosen}, {t} {yes}, {t} {no}")
        kind = self.loop(step)[0]
        return instructed(code, instruction, kind, [self.register(x, kind, found, i) for x in args])

    def register(self, x: Any, kind: str, found: dict[Value, str], i: str) -> str:
        """An operand as a number of some kind."""
        if not isinstance(x, Value):
            return literal(x, kind)
        if x not in found:
            found[x] = self.load(x, i)
        return converted(self.code, found[x], self.kind(x), kind)

    def at(self, value: Value, i: str) -> str:
        kind = MEMORY[self.kind(value)]
        return self.code.put(f"getelementptr {kind}, ptr {self.here[value]}, i64 {i}")

    def load(self, value: Value, i: str) -> str:
        kind = self.kind(value)
        x = self.code.put(f"load {MEMORY[kind]}, ptr {self.at(value, i)}{APART}")
        return self.code.put(f"icmp ne i8 {x}, 0") if kind == "?" else x

    def store(self, value: Value, x: str, i: str) -> None:
        kind = self.kind(value)
        self.keep(value)
        x = self.code.put(f"zext i1 {x} to i8") if kind == "?" else x
        self.code.do(f"store {MEMORY[kind]} {x}, ptr {self.at(value, i)}{APART}")

    def keep(self, value: Value) -> None:
        """A place for a block of a value."""
        if value not in self.here:
            code, kind = self.code, self.kind(value)
            code.stack += BLOCK * np.dtype(value.dtype).itemsize
            if code.stack > STACK:
                raise CannotLower("a chain that stores too much")
            self.here[value] = f"%{code.fresh()}"
            memory = f"[{BLOCK} x {MEMORY[kind]}], align 64"
            code.entry.append(f"  {self.here[value]} = alloca {memory}")

    # ---- NumPy's loops ----

    def called(self, step: Step, size: str) -> None:
        """Call one of NumPy's loops on a block."""
        code, ufunc, kinds = self.code, self.ufunc(step), self.loop(step)
        if not isinstance(ufunc, np.ufunc) or ufunc.nout != 1:
            raise CannotLower(f"{step.name} in a chain")
        signature = f"{''.join(kinds[:-1])}->{kinds[-1]}"
        inner = inner_loop(ufunc, signature)
        if inner is None:
            raise CannotLower(f"{ufunc.__name__} of {signature}")
        self.keep(step.result)
        places, strides = [], []
        for x, kind in zip(self.operands(step), kinds):
            if isinstance(x, Value) and x.shape:
                if self.kind(x) != kind:
                    raise CannotLower("numbers of several kinds")
                places.append(self.here[x])
                strides.append(np.dtype(kind).itemsize)
            else:
                places.append(self.alone(x, kind))
                strides.append(0)
        places.append(self.here[step.result])
        strides.append(np.dtype(kinds[-1]).itemsize)
        listed = table(code, "ptr", len(places))
        for k, place in enumerate(places):
            code.do(f"store ptr {place}, ptr {code.at(listed, 8 * k)}")
        symbol = symbol_of(ufunc, inner)
        code.call(
            symbol,
            inner.function,
            f"ptr {listed}, ptr {size}, ptr {numbers(code, strides)}, "
            f"ptr {data(code, symbol, inner)}",
        )

    def alone(self, x: Any, kind: str) -> str:
        """The place of a single number."""
        code = self.code
        found = self.register(x, kind, self.numbers, "0")
        place = code.variable(MEMORY[kind])
        found = code.put(f"zext i1 {found} to i8") if kind == "?" else found
        code.do(f"store {MEMORY[kind]} {found}, ptr {place}")
        return place


class NativeChain:
    """A chain that runs natively where its operands lie in one piece, and else by NumPy."""

    __name__ = "chain"
    fresh = True

    def __init__(self, fused: Fused, operands: Sequence[Any]) -> None:
        self.fused = fused
        self.kinds = [(type(x), np.asarray(x).dtype, np.shape(x)) for x in operands]
        self.function = MachineCode(ChainWriter(fused, operands).code, "i32 @run(ptr %args)")
        self.call = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(self.function.address)
        self.is_right: bool | None = None

    def __call__(self, *operands: Any) -> Any:
        if self.is_right is None:
            expected = self.fused(*operands)
            found = self.run(operands)
            if found is not None:
                self.is_right = all(map(same_bits, expected, found))
            return expected
        found = self.run(operands) if self.is_right else None
        return self.fused(*operands) if found is None else found

    def run(self, operands: Sequence[Any]) -> tuple[Any, ...] | None:
        """The results, or None if NumPy has to run, or to say what is wrong."""
        arrays = []
        for x, (kind, dtype, shape) in zip(operands, self.kinds):
            array = np.asarray(x)
            if type(x) is not kind or array.dtype != dtype or array.shape != shape:
                return None
            if not (array.flags.c_contiguous and array.flags.aligned):
                return None
            arrays.append(array)
        made = [np.empty(v.shape or (), v.dtype) for v in self.fused.outputs]
        given = pointers([*arrays, *made])
        if self.call(ctypes.addressof(given)) and {*np.geterr().values()} != {"ignore"}:
            return None
        return tuple(made)
