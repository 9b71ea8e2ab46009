"""From the steps of a program to native code: what each function becomes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace as dataclass_replace
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from autograd_lite.core.trees import tree_leaves
from autograd_lite.native.code import AGAIN, INT64, CannotLower, Code, View, kind_of
from autograd_lite.native.elementwise import LOWERED, UFUNCS, copied, elementwise
from autograd_lite.native.moving import MOVES, added_at, as_row, moved
from autograd_lite.native.numbers import check_divisor, check_size, power_of_numbers
from autograd_lite.native.products import product
from autograd_lite.native.sums import reduced
from autograd_lite.programs.apart import any_product, turns_meet
from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import GUARDING, Step, Value, guard, replace, values_in
from autograd_lite.programs.surroundings import Surroundings
from autograd_lite.programs.tracing import output, write_down
from autograd_lite.rules.indexing import at_add

PRODUCTS = of_kind("matrix product") | {np.dot}
REDUCTIONS = {np.sum: np.add, np.prod: np.multiply, np.max: np.maximum, np.min: np.minimum}
#: What a function may read and have native code: that is the same at each call.
UNCHANGING = (FunctionType, BuiltinFunctionType, np.ufunc, type, ModuleType, np.dtype)
#: What NumPy computes of numbers as Python does, by the kind of their dtype.
EXACT = {
    "i": (np.add, np.subtract),
    "f": (np.add, np.subtract, np.multiply, np.divide, np.negative),
}
#: What goes wrong with a step that has no native form.
FAULTS = (CannotLower, TypeError, ValueError, IndexError)


class Lowering:
    """Native code for steps: ``known`` has a view for each value that has been computed."""

    def __init__(self, code: Code, known: dict[Value, Any]) -> None:
        self.code, self.known = code, known

    def view(self, x: Any) -> Any:
        """Where a value is; a number that is the same each time is itself."""
        if not isinstance(x, Value):
            return x
        if x not in self.known:
            if not x.is_constant:
                raise CannotLower("a value that is computed elsewhere")
            number = x.number or not isinstance(x.data, np.ndarray)
            self.known[x] = x.data if number else self.code.constant(x.data)
        return self.known[x]

    def steps(self, steps: Sequence[Step]) -> None:
        for step in steps:
            try:
                self.known[step.result] = self.step(step)
            except FAULTS as why:
                raise CannotLower(f"{step.name}: {why}") from None

    def step(self, step: Step) -> Any:
        """What a step becomes: the view of its result."""
        f, code = step.function, self.code
        if f in GUARDING:
            return self.guard(step)
        if isinstance(f, Scan):
            return self.scan(f, [self.view(x) for x in step.args])
        if f is operator.getitem and step.args[0] in self.known:
            whole = self.known[step.args[0]]
            if isinstance(whole, list):
                return whole[step.args[1]]
        if f is operator.getitem and values_in(step.args[1]):
            return self.row(step)
        if step.result.dtype is None:
            raise CannotLower("several results")
        if getattr(f, "needs_numbers", False):
            raise CannotLower("a solver, which is not run to see how its result lies")
        args = [self.view(x) for x in step.args]
        if f is operator.pow and are_numbers(step.args) and not step.options:
            return self.power(step, args)
        if step.result.weak:
            return self.weak(step, args)
        operands = [a for a in args if isinstance(a, View)]
        if f in MOVES:
            return moved(code, *self.call_of(step))
        like = self.like(step)
        if f is at_add and not values_in(step.args[1]) and isinstance(args[0], View):
            return added_at(code, args[0], step.args[1], args[2], like)
        if f in PRODUCTS and len(args) == 2 and not step.options:
            a, b = args
            if isinstance(a, View) and isinstance(b, View) and a.shape and b.shape:
                return product(code, f, a, b, like)
            f = np.multiply
        if f is np.outer and not step.options:
            a, b = [x.seen_as(x.like.reshape(-1)) for x in args]
            row, column = a.seen_as(a.like[:, None]), b.seen_as(b.like[None])
            return elementwise(code, np.multiply, [row, column], like)
        if f in LOWERED and not step.options:
            return LOWERED[f](code, args, like)
        reducing = getattr(f, "__self__", None)
        if isinstance(reducing, np.ufunc) and step.name == "reduce":
            return self.reduction(reducing, step, like)
        if f in REDUCTIONS:
            return self.reduction(REDUCTIONS[f], step, like)
        if f is np.mean:
            total = self.reduction(np.add, step, like)
            n = operands[0].like.size // max(1, like.size)
            return elementwise(code, np.divide, [total, like.dtype.type(n)], like)
        if f in (np.astype, np.positive) and len(operands) == 1:
            return copied(code, operands[0], like)
        ufunc = UFUNCS.get(f, f)
        if isinstance(ufunc, np.ufunc) and ufunc.signature is None and not step.options:
            return elementwise(code, ufunc, args, like)
        if getattr(f, "__primitive__", None) is not None:
            return self.inlined(step, args)
        raise CannotLower("no native form")

    def weak(self, step: Step, args: list[Any]) -> Any:
        """A number of Python's, where it is what NumPy makes of it: else NumPy runs instead."""
        exact = EXACT.get(step.result.dtype.kind, ())
        ufunc = UFUNCS.get(step.function, step.function)
        if ufunc not in exact or step.options:
            raise CannotLower("a number of Python's")
        if step.result.dtype.kind == "i":
            check_size(self.code, args)
        if ufunc is np.divide:
            check_divisor(self.code, args)
        made = elementwise(self.code, ufunc, args, np.empty((), step.result.dtype))
        return as_weak(made, step.result)

    def power(self, step: Step, args: list[Any]) -> Any:
        """A power of single numbers."""
        made = power_of_numbers(self.code, *args, weak=step.result.weak)
        return as_weak(made, step.result)

    def like(self, step: Step) -> Any:
        """An array that lies as the result of a step does."""
        args, options = replace((step.args, step.options), Value, self.sample)
        with np.errstate(all="ignore"):
            result = step.function(*args, **options)
        if isinstance(result, (tuple, list)):
            raise CannotLower("several results")
        result = np.asanyarray(result)
        kind_of(result.dtype)
        return result

    def sample(self, value: Value) -> Any:
        """An array that lies as a value does, or the number that it is."""
        found = self.view(value)
        if not isinstance(found, View):
            return found
        if value.number:
            x = found.like[()]
            return x.item() if value.weak else x
        return found.like

    def call_of(self, step: Step) -> tuple[list[View], Callable[[list[Any]], Any]]:
        """The views among the arguments of a step, and what runs it on other arrays."""
        values = [v for v in dict.fromkeys(step.operands) if isinstance(self.view(v), View)]

        def call(arrays: list[Any]) -> Any:
            instead = dict(zip(values, arrays))
            args, options = replace(
                (step.args, step.options), Value, lambda v: instead.get(v, self.view(v))
            )
            return step.function(*args, **options)

        return [self.view(v) for v in values], call

    def guard(self, step: Step) -> Any:
        """A condition on numbers is looked at when the code runs; shapes are as they are."""
        if step.function is not guard:
            return True
        condition, answer = step.args
        found = self.view(condition)
        if not isinstance(found, View):
            return None
        x = self.code.load(found, 0)
        if found.kind != "?":
            raise CannotLower("a guard on numbers")
        self.code.leave_if(self.code.put(f"xor i1 {x}, true") if answer else x, AGAIN)
        return None

    def row(self, step: Step) -> Any:
        """``x[i]`` for an index that is computed: beyond the bounds, NumPy says what is wrong."""
        x, key = self.view(step.args[0]), step.args[1]
        first, *rest = key if isinstance(key, tuple) else (key,)
        if not isinstance(x, View) or not isinstance(first, Value) or values_in(tuple(rest)):
            raise CannotLower("indices that are arrays")
        i = self.view(first)
        if not isinstance(i, View) or i.shape or i.kind != INT64:
            raise CannotLower("indices that are arrays")
        code, n = self.code, x.shape[0]
        index = code.load(i, 0)
        negative = code.put(f"icmp slt i64 {index}, 0")
        index = code.put(
            f"select i1 {negative}, i64 {code.put(f'add i64 {index}, {n}')}, i64 {index}"
        )
        code.leave_if(code.put(f"icmp uge i64 {index}, {n}"), AGAIN)
        return as_row(code, x, index, tuple(rest))

    def reduction(self, ufunc: Any, step: Step, like: Any) -> View:
        """A sum or the like over axes that are given as usual."""
        options = dict(step.options)
        axis = options.pop("axis", step.args[1] if len(step.args) > 1 else None)
        if hasattr(step.function, "__self__") and "axis" not in step.options and len(step.args) < 2:
            axis = 0
        keepdims = options.pop("keepdims", False)
        if options or len(step.args) > 2:
            raise CannotLower("options of a reduction")
        view = self.view(step.args[0])
        if not isinstance(view, View):
            raise CannotLower("a reduction of a number")
        axes = range(len(view.shape)) if axis is None else axis
        axes = tuple(axes) if not isinstance(axes, int) else (axes,)
        bare = (
            like.reshape([n for i, n in enumerate(like.shape) if i not in axes])
            if keepdims
            else like
        )
        result = reduced(self.code, ufunc, view, axes, bare)
        return result.seen_as(result.like.reshape(like.shape)) if keepdims else result

    def inlined(self, step: Step, args: list[Any]) -> Any:
        """A function of somebody's own: the steps that it takes itself."""
        primitive = step.function.__primitive__  # type: ignore[attr-defined]
        samples = [self.sample(x) if isinstance(x, Value) else x for x in step.args]
        places = [i for i, x in enumerate(step.args) if isinstance(x, Value)]
        if values_in(step.options):
            raise CannotLower("options that vary")

        function = primitive.function.__wrapped__
        read = Surroundings(without_errstate(function), []).places
        if any(not isinstance(place.value, UNCHANGING) for place in read):
            raise CannotLower("it reads something from outside")

        def bare(*values: Any) -> Any:
            given = list(samples)
            for i, x in zip(places, values):
                given[i] = x
            return function(*given, **step.options)

        try:
            trace, result = write_down(bare, tuple(samples[i] for i in places))
        except TypeError as error:
            raise CannotLower(f"cannot be traced ({error})") from None
        steps, outputs = simplify(trace.steps, [output(x) for x in tree_leaves(result)])
        inner = Lowering(self.code, dict(zip(trace.inputs, [args[i] for i in places])))
        inner.steps(steps)
        if len(outputs) != 1:
            raise CannotLower("several results")
        return inner.view(outputs[0])

    def scan(self, scan: Scan, args: list[Any]) -> list[Any]:
        """A loop inside: the views of its results."""
        code = self.code
        outside, rest = args[: scan.outside], args[scan.outside :]
        first, over = rest[: scan.carried], rest[scan.carried :]
        bases = [x.base for x in args if isinstance(x, View) and len(x.shape) > 1]
        if len({*bases}) < len(bases) and any_product(scan.body):
            raise CannotLower("matrices in one place, which a product may see")
        if not all(isinstance(x, View) for x in over):
            raise CannotLower("a loop over numbers")
        n = len(over[0].like) if scan.length is None else scan.length
        likes = scan.body.outputs[scan.carried :]
        ys = [code.buffer(np.empty((n, *(v.shape or ())), v.dtype)) for v in likes]
        begun = 0
        if n and sees_order(scan) and not all(map(is_dense, first)):
            made, begun = self.turn(scan, (outside, first, over, ys), "0", n), 1
            if not all(map(is_dense, made)):
                raise CannotLower("what is carried comes to lie otherwise in memory")
            first = made
        carry = [self.memory(x) for x in first]
        self.turns(scan, outside, carry, over, ys, (begun, n, n))
        return [*carry, *ys]

    def memory(self, x: Any) -> View:
        """A buffer of its own that begins as ``x``."""
        if not isinstance(x, View):
            x = self.code.constant(np.asarray(x))
        return copied(self.code, x, np.empty_like(x.like))

    def turns(
        self,
        scan: Scan,
        outside: list[Any],
        carry: list[View],
        over: list[View],
        ys: list[View],
        numbers: tuple[Any, Any, Any],
    ) -> None:
        """The turns of a loop, from the first to before the last of so many."""
        code, body = self.code, scan.body
        if any_product(body) and turns_meet(body, scan.outside, scan.carried):
            raise CannotLower("matrices in one place, which a product may see")
        first, last, n = numbers
        with code.loop(last, first) as k:
            made = self.turn(scan, (outside, carry, over, ys), k, n)
            kept = {x.base for x in carry}
            after = [
                self.memory(x) if x.base in kept and not is_same(x, was) else x
                for x, was in zip(made, carry)
            ]
            for x, was in zip(made if sees_order(scan) else after, carry):
                if layout_of(x.like) != layout_of(was.like) or x.kind != was.kind:
                    raise CannotLower("what is carried comes to lie otherwise in memory")
            for x, was in zip(after, carry):
                if not is_same(x, was):
                    copy_into(code, x, was)

    def turn(
        self,
        scan: Scan,
        operands: tuple[list[Any], list[Any], list[View], list[View]],
        k: str,
        n: Any,
    ) -> list[View]:
        """One turn, whose results are stored: what it carries on."""
        code, body = self.code, scan.body
        outside, carry, over, ys = operands
        t = code.put(f"sub i64 {code.put(f'sub i64 {n}, {k}')}, 1") if scan.reverse else k
        rows = [as_row(code, x, t, ()) for x in over]
        given = zip(body.inputs, [*outside, *carry, *rows])
        inner = Lowering(code, {v: as_weak(x, v) for v, x in given})
        inner.steps(body.steps)
        made = [inner.view(v) for v in body.outputs]
        made = [x if isinstance(x, View) else code.constant(np.asarray(x)) for x in made]
        for x, y in zip(made[scan.carried :], ys):
            copy_into(code, x, as_row(code, y, t, ()))
        return made[: scan.carried]


def sees_order(scan: Scan) -> bool:
    """Whether a turn may round according to the order in memory of what is carried."""
    return not all(is_elementwise(step.function) for step in scan.body.steps)


def is_same(x: View, y: View) -> bool:
    """Whether two views are of the same numbers in the same order."""
    return (x.base, x.offset) == (y.base, y.offset) and layout_of(x.like) == layout_of(y.like)


def is_dense(x: Any) -> bool:
    """Whether a copy of an array lies as it does."""
    like = x.like if isinstance(x, View) else np.asarray(x)
    return bool(layout_of(like) == layout_of(np.empty_like(like)))


def are_numbers(xs: Sequence[Any]) -> bool:
    """Whether all are single numbers, and no arrays without axes."""
    return all(x.number if isinstance(x, Value) else np.isscalar(x) for x in xs)


def as_weak(x: Any, value: Value) -> Any:
    """The view of a value, which says if that is a number of Python's."""
    if not value.weak or not isinstance(x, View):
        return x
    return dataclass_replace(x, weak=type(x.like[()].item()))


def without_errstate(f: Any) -> Any:
    """The function that ``np.errstate(…)`` decorates, which reads nothing but these settings."""
    cells = [cell.cell_contents for cell in getattr(f, "__closure__", None) or ()]
    return f.__wrapped__ if any(isinstance(x, np.errstate) for x in cells) else f


def layout_of(x: Any) -> Any:
    """Shape and strides, as far as they matter."""
    return x.shape, [s for s, n in zip(x.strides, x.shape) if n > 1]


def copy_into(code: Code, source: View, target: View) -> None:
    if source.shape != target.shape or source.kind != target.kind:
        raise CannotLower("results of different kinds")
    code.each([source, target], lambda at: code.store(code.load(source, at[0]), target, at[1]))
