"""The text of native code while it is written: LLVM's language, buffers, loops, loads and stores.

Every value of a program is in memory: a buffer, or a view of one with NumPy's own strides.  LLVM
makes registers of small ones by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

#: What NumPy calls whole numbers of 64 bits: where a long has fewer, as on Windows, it is not "l".
INT64 = np.dtype(np.int64).char
#: For the kinds of numbers that native code has: how they are called in registers, and in memory.
REGISTER = {"d": "double", "f": "float", INT64: "i64", "?": "i1"}
MEMORY = REGISTER | {"?": "i8"}
#: Arrays up to this size are written out element by element; others are looped over.
UNROLL = 32
#: Native code needs this much memory of its own at most, for it is on the stack.
STACK = 2**18

#: What a function of native code returns: that all is well, or that NumPy has to run instead.
DONE, AGAIN = 0, 1


class CannotLower(Exception):
    """A step has no native form; the message says why."""


def kind_of(dtype: Any) -> str:
    """The letter of a dtype that native code has."""
    dtype = np.dtype(dtype)
    letter = INT64 if dtype == np.int64 else dtype.char
    if letter not in REGISTER or not dtype.isnative:
        raise CannotLower(f"numbers of dtype {dtype}")
    return letter


@dataclass(frozen=True, eq=False)
class View:
    """Where an array is: bytes from a pointer, with strides; ``like`` is an array that lies so.

    ``weak`` is the type of a number of Python's, which leaves the dtype of arrays what it is.
    """

    base: str
    offset: int
    like: Any
    weak: type | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.like.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.like.shape  # type: ignore[no-any-return]

    @property
    def strides(self) -> tuple[int, ...]:
        return self.like.strides  # type: ignore[no-any-return]

    def seen_as(self, other: Any) -> View:
        """The same memory seen as ``other``, a view of ``like``."""
        if self.like.size and not np.may_share_memory(other, self.like):
            raise CannotLower("what should be a view is none")
        return View(self.base, self.offset + address(other) - address(self.like), other)


def address(x: Any) -> int:
    return int(x.__array_interface__["data"][0])


class Code:
    """One function, line by line; ``entry`` is what runs first, ``constants`` what lies beside it.

    ``symbols`` are the addresses outside that it calls, by the names that it has for them.
    """

    def __init__(self) -> None:
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.constants: list[str] = []
        self.symbols: dict[str, int] = {}
        self.functions: dict[str, int] = {}
        self.count = 0
        self.stack = 0

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def put(self, expression: str) -> str:
        """Compute something: the name of the result."""
        name = f"%{self.fresh()}"
        self.lines.append(f"  {name} = {expression}")
        return name

    def do(self, instruction: str) -> None:
        self.lines.append(f"  {instruction}")

    # ---- memory ----

    def variable(self, kind: str = "i64") -> str:
        """A variable of one register."""
        name = f"%{self.fresh()}"
        self.entry.append(f"  {name} = alloca {kind}")
        return name

    def buffer(self, like: Any) -> View:
        """Memory for a new array that lies as ``like`` does."""
        kind = kind_of(like.dtype)
        self.stack += like.nbytes
        if self.stack > STACK:
            raise CannotLower("arrays too large for the stack")
        name = f"%{self.fresh()}"
        size = max(1, like.size)
        self.entry.append(f"  {name} = alloca [{size} x {MEMORY[kind]}], align 64")
        return View(name, 0, like)

    def constant(self, x: Any) -> View:
        """An array that is written into the code, with the memory around it as far as it goes."""
        kind = kind_of(x.dtype)
        low, high = np.lib.array_utils.byte_bounds(x)
        if not x.flags.aligned or any(s % x.itemsize for s in x.strides):
            raise CannotLower("a constant that is not aligned")
        if high - low > STACK:
            raise CannotLower("a large constant")
        first = x[(*[slice(None, None, -1 if s < 0 else 1) for s in x.strides], ...)]
        n = (high - low) // x.itemsize
        memory = np.lib.stride_tricks.as_strided(first, (n,), (x.itemsize,))
        name = f"@{self.fresh()}"
        numbers = ", ".join(f"{MEMORY[kind]} {literal(n, kind, memory=True)}" for n in memory)
        self.constants.append(
            f"{name} = private unnamed_addr constant [{memory.size} x {MEMORY[kind]}] [{numbers}]"
        )
        return View(name, address(x) - address(first), x)

    def at(self, base: str, offset: int | str) -> str:
        """A pointer some bytes further on."""
        if offset == 0:
            return base
        return self.put(f"getelementptr i8, ptr {base}, i64 {offset}")

    def load(self, view: View, offset: int | str) -> str:
        """The number at some bytes from where a view begins."""
        kind = view.kind
        x = self.put(f"load {MEMORY[kind]}, ptr {self.at_view(view, offset)}")
        return self.put(f"icmp ne i8 {x}, 0") if kind == "?" else x

    def store(self, x: str, view: View, offset: int | str) -> None:
        kind = view.kind
        if kind == "?":
            x = self.put(f"zext i1 {x} to i8")
        self.do(f"store {MEMORY[kind]} {x}, ptr {self.at_view(view, offset)}")

    def at_view(self, view: View, offset: int | str) -> str:
        if isinstance(offset, int):
            return self.at(view.base, view.offset + offset)
        return self.at(self.at(view.base, view.offset), offset)

    # ---- loops ----

    @contextmanager
    def loop(self, n: int | str, first: int | str = 0) -> Iterator[str]:
        """A loop that counts: the name of the counter."""
        counter, labels = self.variable(), [f"{self.fresh()}" for _ in range(3)]
        head, body, end = labels
        self.do(f"store i64 {first}, ptr {counter}")
        self.do(f"br label %{head}")
        self.lines.append(f"{head}:")
        i = self.put(f"load i64, ptr {counter}")
        more = self.put(f"icmp slt i64 {i}, {n}")
        self.do(f"br i1 {more}, label %{body}, label %{end}")
        self.lines.append(f"{body}:")
        yield i
        self.do(f"store i64 {self.put(f'add i64 {i}, 1')}, ptr {counter}")
        self.do(f"br label %{head}")
        self.lines.append(f"{end}:")

    def leave_if(self, condition: str, status: int) -> None:
        """Return a status from the function if a condition holds."""
        away, on = self.fresh(), self.fresh()
        self.do(f"br i1 {condition}, label %{away}, label %{on}")
        self.lines.append(f"{away}:")
        self.do(f"ret i32 {status}")
        self.lines.append(f"{on}:")

    def each(self, views: Sequence[View], run: Callable[[list[Any]], None]) -> None:
        """Run something at each place of arrays of one shape: it gets an offset for each."""
        shape = views[0].shape
        if prod(shape) <= UNROLL:
            for index in np.ndindex(*shape):
                run([sum(map(int.__mul__, index, view.strides)) for view in views])
            return
        axes = merged(shape, [view.strides for view in views])
        self.nest(axes, [0] * len(views), run)

    def nest(self, axes: Any, offsets: list[Any], run: Callable[[list[Any]], None]) -> None:
        """A nest of loops over axes, each with the strides of all views along it."""
        if not axes:
            run(offsets)
            return
        (n, strides), *rest = axes
        with self.loop(n) as i:
            further = []
            for offset, stride in zip(offsets, strides):
                step = self.put(f"mul i64 {i}, {stride}") if stride else None
                if step is None:
                    further.append(offset)
                else:
                    further.append(step if offset == 0 else self.put(f"add i64 {offset}, {step}"))
            self.nest(rest, further, run)

    def call(self, symbol: str, address_: int, arguments: str) -> None:
        """Call something outside."""
        self.symbols[symbol] = address_
        self.do(f"call void @{symbol}({arguments})")


def merged(shape: Sequence[int], strides: Sequence[Sequence[int]]) -> list[tuple[int, list[int]]]:
    """The axes of a nest of loops, outermost first, those that go on in all arrays made one."""
    order = sorted(range(len(shape)), key=lambda i: -strides[-1][i])
    axes = [(shape[i], [s[i] for s in strides]) for i in order if shape[i] > 1]
    result: list[tuple[int, list[int]]] = []
    for n, steps in axes:
        if result and all(a == n * b for a, b in zip(result[-1][1], steps)):
            result[-1] = (result[-1][0] * n, steps)
        else:
            result.append((n, steps))
    return result


def literal(x: Any, kind: str, *, memory: bool = False) -> str:
    """A number as LLVM writes it, to the bit."""
    if kind in "df":
        number = float(np.float32(x)) if kind == "f" else float(x)
        return f"0x{struct.unpack('>Q', struct.pack('>d', number))[0]:016X}"
    if kind == "?":
        return str(int(bool(x))) if memory else str(bool(x)).lower()
    return str(int(x))
