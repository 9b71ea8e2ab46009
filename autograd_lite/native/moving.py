"""Steps that only move elements: views of the same memory, or copies in another order."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.native.code import UNROLL, CannotLower, Code, View, address, literal
from autograd_lite.native.elementwise import converted, copied
from autograd_lite.rules.indexing import at_set, scatter

#: Functions that put elements elsewhere, and compute nothing.  Where nothing is put is zero.
MOVES: set[Any] = {
    *(np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.rollaxis, np.expand_dims),
    *(np.squeeze, np.broadcast_to, np.flip, np.fliplr, np.flipud, np.rot90, np.roll, np.tile),
    *(np.repeat, np.take, np.diag, np.diagonal, np.diagflat, np.tril, np.triu, np.copy, np.stack),
    *(np.concatenate, np.hstack, np.vstack, np.dstack, np.column_stack, np.block, np.atleast_1d),
    *(np.atleast_2d, np.atleast_3d, np.append, np.delete, np.insert, np.resize, np.permute_dims),
    *(np.matrix_transpose, np.linalg.matrix_transpose, np.linalg.diagonal, np.asarray, np.real),
    *(np.ascontiguousarray, np.asfortranarray, operator.getitem, scatter, at_set, np.compress),
    *(np.take_along_axis, np.extract, np.trim_zeros, np.array_split, np.split, np.hsplit),
    *(np.vsplit, np.dsplit, np.broadcast_arrays, np.fill_diagonal, np.kron),
    *([np.unstack] if hasattr(np, "unstack") else []),  # since NumPy 2.1
} - {np.fill_diagonal, np.kron, np.trim_zeros}


def moved(code: Code, operands: Sequence[View], call: Callable[[list[Any]], Any]) -> Any:
    """What a function of moves makes of views; ``call`` runs it on arrays in place of these."""
    seen = call([view.like for view in operands])
    if isinstance(seen, (tuple, list)):
        parts = [part_of(code, operands, call, i, x) for i, x in enumerate(seen)]
        return parts
    return part_of(code, operands, call, None, np.asanyarray(seen))


def part_of(code: Code, operands: Sequence[View], call: Any, i: int | None, seen: Any) -> View:
    for view in operands:
        if seen.size and np.may_share_memory(seen, view.like) and seen.dtype == view.like.dtype:
            return view.seen_as(seen)
    if seen.size > UNROLL:
        return gathered(code, operands, call, i, seen)
    places, sources = placed(operands, call, i)
    result = code.buffer(np.empty_like(seen))
    for index in np.ndindex(*seen.shape):
        k = int(places[index])
        x = literal(0, result.kind)
        if k:
            view, offset = sources(k)
            x = converted(code, code.load(view, offset), view.kind, result.kind)
        code.store(x, result, sum(map(int.__mul__, index, result.strides)))
    return result


def placed(
    operands: Sequence[View], call: Callable[[list[Any]], Any], i: int | None
) -> tuple[Any, Callable[[int], tuple[View, int]]]:
    """Which number of which operand is at each place of a result, and what says where it lies."""
    ids, source = numbered(operands)

    def result(given: list[Any]) -> Any:
        found = call(given)
        return np.asarray(found if i is None else found[i])

    places = result(ids)
    for j, x in enumerate(ids):  # without its numbers, all others are to stay where they are
        rest = np.where(np.isin(places, x), 0, places)
        if not np.array_equal(result([*ids[:j], np.zeros_like(x), *ids[j + 1 :]]), rest):
            raise CannotLower("what numbers pick")
    return places, source


def numbered(operands: Sequence[View]) -> tuple[list[Any], Callable[[int], tuple[View, int]]]:
    """Arrays of numbers from 1 in place of the operands, and what says where each is from."""
    ids: list[Any] = []
    first = [1]
    for view in operands:
        n = view.like.size
        ids.append(np.arange(first[-1], first[-1] + n).reshape(view.shape))
        first.append(first[-1] + n)

    def source(k: int) -> tuple[View, int]:
        j = int(np.searchsorted(first, k, "right")) - 1
        view = operands[j]
        index = np.unravel_index(k - first[j], view.shape) if view.shape else ()
        return view, sum(int(a) * b for a, b in zip(index, view.strides))

    return ids, source


def gathered(code: Code, operands: Sequence[View], call: Any, i: int | None, seen: Any) -> View:
    """A large array whose elements come from elsewhere: by blocks, or by a table of places."""
    places, source = placed(operands, call, i)
    result = code.buffer(np.empty_like(seen))
    if result.like.size > 2**12:
        raise CannotLower("a large array in another order")
    kinds = {view.kind for view in operands}
    if kinds != {result.kind} or len(operands) > 8:
        raise CannotLower("a large array of several kinds")
    zero = code.buffer(np.zeros((), result.like.dtype))
    code.store(literal(0, result.kind), zero, 0)
    order = np.argsort(
        [sum(map(int.__mul__, index, result.strides)) for index in np.ndindex(*seen.shape)]
    )
    flat = places.ravel()[order].tolist()
    at = 0
    while at < len(flat):  # stretches that lie in one line, in the source as in the result
        view, offset = source(flat[at]) if flat[at] else (zero, 0)
        stride, n = 0, 1
        while at + n < len(flat):
            other, there = source(flat[at + n]) if flat[at + n] else (zero, 0)
            step = there - offset if n == 1 else stride
            if other is not view or there != offset + n * step:
                break
            stride, n = step, n + 1
        size = result.like.itemsize
        line = np.lib.stride_tricks.as_strided(view.like, (n,), (stride,))
        target = np.lib.stride_tricks.as_strided(result.like, (n,), (size,))
        copy_line(
            code,
            View(view.base, view.offset + offset, line),
            View(result.base, result.offset + at * size, target),
        )
        at += n
    return result


def added_at(code: Code, x: View, key: Any, value: Any, like: Any) -> View:
    """``x`` with ``value`` added at a key that picks each place once."""
    result = copied(code, x, like)
    picked = result.like[basic(key)]
    target = result.seen_as(picked)
    views = [target]
    if isinstance(value, View):
        views = [value.seen_as(np.broadcast_to(value.like, picked.shape)), target]
    instruction = {"d": "fadd double", "f": "fadd float"}.get(result.kind)
    if instruction is None or any(view.kind != result.kind for view in views):
        raise CannotLower("numbers of several kinds")

    def run(at: list[Any]) -> None:
        more = code.load(views[0], at[0]) if len(views) > 1 else literal(value, result.kind)
        total = code.put(f"{instruction} {code.load(target, at[-1])}, {more}")
        code.store(total, target, at[-1])

    code.each(views, run)
    return result


def basic(key: Any) -> tuple[Any, ...]:
    """An index of slices and whole numbers, which gives a view."""
    key = key if isinstance(key, tuple) else (key,)
    if not all(k is None or k is ... or type(k) in (int, slice) for k in key):
        raise CannotLower("indices that are arrays")
    return key if any(k is ... for k in key) else (*key, ...)


def copy_line(code: Code, source: View, target: View) -> None:
    code.each([source, target], lambda at: code.store(code.load(source, at[0]), target, at[1]))


def as_row(code: Code, x: View, index: str, rest: Any) -> View:
    """The row of an array at an index that is computed, already within bounds."""
    row = x.like[basic((0, *rest))]
    offset = code.put(f"mul i64 {index}, {x.strides[0]}")
    base = code.at(code.at(x.base, x.offset), offset)
    return View(base, address(row) - address(x.like), row)
