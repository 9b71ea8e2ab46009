"""Sums in NumPy's own order: pairwise along memory, else row after row."""

from itertools import pairwise as pairwise_of
from typing import Any

import numpy as np

from autograd_lite.native.code import REGISTER, UNROLL, CannotLower, Code, View, literal
from autograd_lite.native.elementwise import copied, data, elementwise, numbers, symbol_of, table
from autograd_lite.native.inner import inner_loop

#: The ufuncs by which one reduces, and what each begins with where NumPy begins with a number.
FIRST = {np.add: 0.0, np.multiply: 1.0}


def reduced(code: Code, ufunc: Any, view: View, axes: tuple[int, ...], like: Any) -> View:
    """The reduction of an array over some axes, where its order is known."""
    if view.kind not in "df" or not view.like.size:
        raise CannotLower(f"{ufunc.__name__}.reduce of kind {view.kind}")
    if like.dtype != view.like.dtype:
        raise CannotLower("a reduction in another dtype")
    result = code.buffer(like)
    x = view.like
    axes = tuple(sorted(a % x.ndim for a in axes))
    kept = [i for i in range(x.ndim) if i not in axes]
    over = [i for i in axes if x.shape[i] > 1]
    rest = [i for i in kept if x.shape[i] > 1]
    if not over:
        same = copied(code, view.seen_as(x.reshape(like.shape)), like)
        return (
            elementwise(code, np.add, [same, like.dtype.type(0)], like) if ufunc is np.add else same
        )
    if len(over + rest) > 1 and any(x.strides[i] <= 0 for i in over + rest):
        raise CannotLower("a sum of what lies backward, or again and again in one place")
    line = in_line(x, over)
    if line is None:
        if len(over) == 1 and not rest:
            line = x.shape[over[0]], x.strides[over[0]]
        elif len(over) == 1 and x.strides[over[0]] > max(x.strides[i] for i in rest):
            return by_rows(code, ufunc, view, over[0], result)
        else:
            raise CannotLower("a sum in an order of its own")
    elif rest and min(x.strides[i] for i in rest) < line[1] * line[0]:
        if len(over) == 1 and x.strides[over[0]] > max(x.strides[i] for i in rest):
            return by_rows(code, ufunc, view, over[0], result)
        raise CannotLower("a sum in an order of its own")
    n, stride = line
    keep = x[(*[slice(None) if i in kept else 0 for i in range(x.ndim)], ...)]
    places = view.seen_as(keep)
    target = result.seen_as(result.like.reshape(keep.shape))
    code.each(
        [places, target], lambda at: one(code, ufunc, places, at[0], n, stride, target, at[1])
    )
    return result


def in_line(x: Any, axes: list[int]) -> tuple[int, int] | None:
    """The length and stride of axes that go on in memory, one after the other."""
    order = sorted(axes, key=lambda i: -x.strides[i])
    for a, b in pairwise_of(order):
        if x.strides[a] != x.shape[b] * x.strides[b]:
            return None
    if x.strides[order[-1]] != x.itemsize:
        return None
    return int(np.prod([x.shape[i] for i in axes])), x.strides[order[-1]]


def one(
    code: Code, ufunc: Any, view: View, at: Any, n: int, stride: int, result: View, to: Any
) -> None:
    """Reduce one line of numbers."""
    kind = view.kind
    if n <= UNROLL and ufunc is np.add:
        items = [code.load(view, plus(code, at, k * stride)) for k in range(n)]
        total = pairwise(code, items, kind)
        total = code.put(f"fadd {REGISTER[kind]} {literal(0.0, kind)}, {total}")
        code.store(total, result, to)
        return
    inner = inner_loop(ufunc, f"{kind}{kind}->{kind}")
    if inner is None:
        raise CannotLower(f"{ufunc.__name__}.reduce")
    if ufunc in FIRST:
        code.store(literal(FIRST[ufunc], kind), result, to)
    else:
        code.store(code.load(view, at), result, to)
        at, n = plus(code, at, stride), n - 1
    symbol = symbol_of(ufunc, inner)
    pointers = table(code, "ptr", 3)
    x, y = code.at_view(view, at), code.at_view(result, to)
    for k, p in enumerate((y, x, y)):
        code.do(f"store ptr {p}, ptr {code.at(pointers, 8 * k)}")
    sizes, steps = numbers(code, [n]), numbers(code, [0, stride, 0])
    code.call(
        symbol,
        inner.function,
        f"ptr {pointers}, ptr {sizes}, ptr {steps}, ptr {data(code, symbol, inner)}",
    )


def plus(code: Code, offset: Any, more: int) -> Any:
    if isinstance(offset, int):
        return offset + more
    return code.put(f"add i64 {offset}, {more}") if more else offset


def pairwise(code: Code, items: list[str], kind: str) -> str:
    """The sum of up to 128 numbers in NumPy's order: eight at once, or one by one if fewer."""

    def add(a: str, b: str) -> str:
        return code.put(f"fadd {REGISTER[kind]} {a}, {b}")

    if len(items) < 8:
        total = add(literal(-0.0, kind), items[0])
        for x in items[1:]:
            total = add(total, x)
        return total
    lanes, whole = items[:8], len(items) - len(items) % 8
    for k in range(8, whole, 8):
        lanes = [add(a, b) for a, b in zip(lanes, items[k : k + 8])]
    halves = [add(add(lanes[i], lanes[i + 1]), add(lanes[i + 2], lanes[i + 3])) for i in (0, 4)]
    total = add(*halves)
    for x in items[whole:]:
        total = add(total, x)
    return total


def by_rows(code: Code, ufunc: Any, view: View, axis: int, result: View) -> View:
    """Row after row, as NumPy goes where the rows lie together."""
    instruction = {np.add: "fadd", np.multiply: "fmul"}.get(ufunc)
    if instruction is None:
        raise CannotLower(f"{ufunc.__name__}.reduce by rows")
    x = np.moveaxis(view.like, axis, 0)
    target = result.seen_as(result.like.reshape(x.shape[1:]))
    first = view.seen_as(x[0])
    begin = literal(FIRST[ufunc], view.kind)

    def enter(at: list[Any]) -> None:
        x = code.load(first, at[0])
        code.store(code.put(f"{instruction} {REGISTER[view.kind]} {begin}, {x}"), target, at[1])

    code.each([first, target], enter)

    def add(row: View, extra: Any) -> None:
        def run(at: list[Any]) -> None:
            place = at[0] if extra is None else plus_register(code, at[0], extra)
            total = code.load(target, at[1])
            total = code.put(
                f"{instruction} {REGISTER[view.kind]} {total}, {code.load(row, place)}"
            )
            code.store(total, target, at[1])

        code.each([row, target], run)

    if x.size <= UNROLL:
        for k in range(1, len(x)):
            add(view.seen_as(x[k]), None)
    else:
        with code.loop(len(x), 1) as i:
            add(first, code.put(f"mul i64 {i}, {x.strides[0]}"))
    return result


def plus_register(code: Code, offset: Any, more: str) -> str:
    return more if offset == 0 else code.put(f"add i64 {offset}, {more}")
