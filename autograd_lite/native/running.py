"""Steps that run natively: they look at their operands, call machine code, and else NumPy."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import combinations, starmap
from time import perf_counter
from typing import Any

import numpy as np

from autograd_lite.native.building import MachineCode
from autograd_lite.native.calling import callable_at, entry, is_laid_out, pointers
from autograd_lite.native.code import AGAIN, CannotLower, Code, View
from autograd_lite.native.elementwise import UFUNCS, copied
from autograd_lite.native.flags import at_users_line, clear, test, warn
from autograd_lite.native.lowering import (
    Lowering,
    copy_into,
    is_dense,
    layout_of,
    sees_order,
)
from autograd_lite.programs.apart import any_product
from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.steps import Step, Value

#: Turns run for so many seconds before Python may look for Ctrl-C.
SLICE = 0.02
#: So many turns are run by NumPy too, the first time, and compared.
TRIED = 8
#: Arrays up to this size are brought close before a loop begins.
CLOSE = 4096


def pointer_table(code: Code, n: int) -> list[str]:
    """The pointers that a function gets."""
    return [code.put(f"load ptr, ptr {code.at('%args', 8 * i)}") for i in range(n)]


def close(code: Code, base: str, like: Any) -> View:
    """An operand; a small one is copied, so that no store seems to change it."""
    view = View(base, 0, like)
    dense = like.size <= CLOSE and is_dense(like)
    return copied(code, view, np.empty_like(like)) if dense else view


class NativeScan:
    """A loop that runs natively.  ``operands`` are such as it was made for."""

    __name__ = "scan"
    fresh = True

    def __init__(self, scan: Scan, fallback: Callable[..., Any], operands: Sequence[Any]) -> None:
        self.scan, self.fallback = scan, fallback
        self.multiplies = any_product(scan.body)
        self.sees_order = sees_order(scan)
        a, b = scan.outside, scan.outside + scan.carried
        self.likes = [np.asarray(x) for x in operands]
        self.likes[a:b] = [np.array(x, order="K") for x in self.likes[a:b]]
        self.kinds = [(x.dtype, x.strides, x.shape) for x in self.likes]
        code = Code()
        body = scan.body
        m = len(body.outputs) - scan.carried
        bases = pointer_table(code, len(operands) + m)
        outside = [close(code, base, x) for base, x in zip(bases, self.likes[:a])]
        state = [View(base, 0, x) for base, x in zip(bases[a:b], self.likes[a:b])]
        carry = [copied(code, view, np.empty_like(view.like)) for view in state]
        over = [View(base, 0, x) for base, x in zip(bases[b:], self.likes[b:])]
        self.rows = [np.empty((1, *(v.shape or ())), v.dtype) for v in body.outputs[scan.carried :]]
        ys = [View(base, 0, row) for base, row in zip(bases[len(operands) :], self.rows)]
        ys = [
            View(
                y.base,
                0,
                np.lib.stride_tricks.as_strided(
                    y.like, strides=(y.like.nbytes, *y.like.strides[1:])
                ),
            )
            for y in ys
        ]
        clear(code)
        Lowering(code, {}).turns(scan, outside, carry, over, ys, ("%first", "%last", "%n"))
        for x, y in zip(carry, state):
            copy_into(code, x, y)
        test(code)
        self.function = MachineCode(code, "i32 @run(ptr %args, i64 %first, i64 %last, i64 %n)")
        call = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *[ctypes.c_int64] * 3)
        self.call = call(self.function.address)
        self.tried = False
        self.wrong = False
        self.per_turn = 1e-6

    def fits(self, operands: Sequence[Any]) -> bool:
        """Whether operands lie as those did for which the code was made."""
        a, b = self.scan.outside, self.scan.outside + self.scan.carried
        for i, (x, (dtype, strides, shape)) in enumerate(zip(operands, self.kinds)):
            x = np.asarray(x)
            if x.dtype != dtype or not x.flags.aligned or x.shape[i >= b :] != shape[i >= b :]:
                return False
            if not a <= i < b and x.strides != strides:
                return False
        matrices = [x for x in operands if np.ndim(x) > 1] if self.multiplies else []
        return not any(starmap(np.may_share_memory, combinations(matrices, 2)))

    def __call__(self, *operands: Any) -> Any:
        if self.wrong or not self.fits(operands):
            return self.fallback(*operands)
        if not self.tried:
            self.tried = True
            self.wrong = not self.is_right(operands)
            if self.wrong:
                return self.fallback(*operands)
        results = self.run(operands, len(self.scan.turns(operands)))
        return self.fallback(*operands) if results is None else results

    def run(self, operands: Sequence[Any], n: int, *, warns: bool = True) -> tuple[Any, ...] | None:
        """The results, or None if NumPy has to say what is wrong."""
        a, b = self.scan.outside, self.scan.outside + self.scan.carried
        ys = [np.empty((n, *row.shape[1:]), row.dtype) for row in self.rows]
        first, raised = 0, 0
        arrays = [np.asarray(x) for x in operands]
        if self.sees_order and not self.is_dense(arrays[a:b]):
            if n:
                arrays, first = [np.asarray(x) for x in self.begun(operands, ys)], 1
            if not self.is_dense(arrays[a:b]):
                return None
        carry = [np.array(x, order="K") for x in arrays[a:b]]
        if [x.strides for x in carry] != [x.strides for x in self.likes[a:b]]:
            return None
        arrays[a:b] = carry
        given = pointers([*arrays, *ys])
        table = ctypes.addressof(given)
        while first < n:
            last = min(n, first + max(1, int(SLICE / self.per_turn)))
            start = perf_counter()
            status = self.call(table, first, last, n)
            if status == AGAIN:
                return None
            raised |= status
            self.per_turn = max(1e-9, (perf_counter() - start) / (last - first))
            first = last
        if raised and warns:
            warn(raised)
        numbers = self.scan.body.outputs[: self.scan.carried]
        return (*[number(x, v) if v.number else x for x, v in zip(carry, numbers)], *ys)

    def is_dense(self, carry: Sequence[Any]) -> bool:
        """Whether what is carried lies as the copies do that native code has of it."""
        likes = self.likes[self.scan.outside :]
        return all(
            x.strides == like.strides or layout_of(x) == layout_of(like)
            for x, like in zip(carry, likes)
        )

    def begun(self, operands: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
        """The operands after a first turn by NumPy, whose results are put in their place.

        What is carried first may lie in any way, and what a turn makes of it does not.
        """
        scan, b = self.scan, self.scan.outside + self.scan.carried
        here = slice(-1, None) if scan.reverse else slice(1)
        length = None if scan.length is None else 1
        turn = Scan(scan.body, scan.outside, scan.carried, length, scan.reverse)
        made = turn(*operands[:b], *[x[here] for x in operands[b:]])
        for y, row in zip(ys, made[scan.carried :]):
            y[here] = row
        return [*operands[: scan.outside], *made[: scan.carried], *operands[b:]]

    def is_right(self, operands: Sequence[Any]) -> bool:
        """Whether a few turns give the bits that NumPy gives."""
        scan, b = self.scan, self.scan.outside + self.scan.carried
        n = min(TRIED, len(scan.turns(operands)))
        some = [*operands[:b], *[x[-n:] if scan.reverse else x[:n] for x in operands[b:]]]
        length = None if scan.length is None else n
        few = Scan(scan.body, scan.outside, scan.carried, length, scan.reverse)
        try:
            with np.errstate(all="ignore"):
                expected = few(*some)
        except Exception:
            return True  # NumPy will raise when it comes to that
        found = self.run(some, n, warns=False)
        return found is None or all(map(same_bits, expected, found))


class NativeBlock:
    """Steps without a loop that run natively; ``shown`` are the values that it returns."""

    __name__ = "native"
    fresh = True

    def __init__(
        self,
        code: Code,
        inputs: Sequence[Value],
        shown: Sequence[Value],
        steps: Sequence[Step],
        views: Sequence[View],
        operands: Sequence[Any],
    ) -> None:
        self.inputs, self.shown, self.steps = list(inputs), list(shown), list(steps)
        self.likes = [np.empty_like(view.like) for view in views]
        for i, (view, like) in enumerate(zip(views, self.likes)):
            base = code.put(f"load ptr, ptr {code.at('%args', 8 * (len(inputs) + i))}")
            copy_into(code, view, View(base, 0, like))
        test(code)
        self.kinds = [(np.asarray(x).shape, np.asarray(x).dtype) for x in operands]
        call = None
        if is_laid_out():
            with suppress(CannotLower):
                call = entry(code, operands, self.likes, [kind_of_number(v) for v in shown])
        self.function = MachineCode(code, "i32 @run(ptr %args)", call)
        self.call = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(self.function.address)
        self.entry = callable_at(self.function.entry, self.function) if call else None
        #: What Python calls: a tuple of results, or NotImplemented.  None until it is found right.
        self.fast: Callable[..., Any] | None = None
        self.strides: list[Any] | None = None
        self.wrong = False

    def by_numpy(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """The same, step by step."""
        values = dict(zip(self.inputs, operands))
        with at_users_line(lambda: getattr(UFUNCS.get(step.function), "__name__", step.name)):
            for step in self.steps:
                values |= {v: v.data for v in step.operands if v.is_constant}
                values[step.result] = step.run(values)
        found = [values[value] for value in self.shown]
        return tuple([as_it_lies(x) if type(x) is np.ndarray else x for x in found])

    def __call__(self, *operands: Any) -> Any:
        if self.fast is not None:
            found = self.fast(*operands)
            if found is not NotImplemented:
                return found
        arrays = [x if type(x) is np.ndarray else np.asarray(x) for x in operands]
        strides = [x.strides for x in arrays]
        if self.strides is None:  # the first call, whose arrays the code was made for
            self.strides = strides
            expected, found = self.by_numpy(operands), self.run(arrays)
            self.wrong = found is not None and not all(map(same_bits, expected, found))
            self.fast = None if self.wrong else self.entry
            return expected
        fit = strides == self.strides and [(x.shape, x.dtype) for x in arrays] == self.kinds
        if self.wrong or not fit or not all(x.flags.aligned for x in arrays):
            return self.by_numpy(operands)
        found = self.run(arrays)
        return self.by_numpy(operands) if found is None else found

    def run(self, arrays: Sequence[Any]) -> tuple[Any, ...] | None:
        """The results, or None if NumPy has to say what is wrong."""
        made = [np.empty_like(like) for like in self.likes]
        given = pointers([*arrays, *made])
        if self.call(ctypes.addressof(given)):
            return None  # or have NumPy warn
        return tuple([number(x, v) if v.number else x for x, v in zip(made, self.shown)])


def as_it_lies(x: Any) -> Any:
    """A copy that lies in memory as ``x`` does, for what comes after may round accordingly."""
    copy = np.copy(x, "K")
    if copy.strides == x.strides and x.flags.aligned:
        return copy
    low, high = np.lib.array_utils.byte_bounds(x)
    memory = np.empty(high - low + 64, np.uint8)  # of which what is not written to is never there
    first = (low - memory.ctypes.data) % 64
    copy = np.ndarray(x.shape, x.dtype, memory, first + x.ctypes.data - low, x.strides)
    np.copyto(copy, x)
    return copy


def kind_of_number(value: Value) -> str | None:
    """Whose number a value is, if it is no array."""
    if not value.number:
        return None
    return "Python's" if value.weak else "NumPy's"


def number(x: Any, value: Value) -> Any:
    """A number of NumPy's, or of Python's."""
    return x.item() if value.weak else x[()]


def same_bits(x: Any, y: Any) -> bool:
    x, y = np.asarray(x), np.asarray(y)
    return (x.shape, x.dtype) == (y.shape, y.dtype) and x.tobytes() == y.tobytes()
