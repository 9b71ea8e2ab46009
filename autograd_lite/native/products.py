"""Products of matrices: by NumPy's own loop, or by the expression that it was found to compute."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd_lite.native.calibration import tree_of
from autograd_lite.native.code import REGISTER, UNROLL, CannotLower, Code, View
from autograd_lite.native.elementwise import data, numbers, symbol_of, table
from autograd_lite.native.inner import Inner, call, inner_loop

#: How an array lies: its shape and strides.
Layout = tuple[tuple[int, ...], tuple[int, ...]]
#: So many products are drawn for each layout, and compared.
TRIALS = 64


def product(code: Code, function: Callable[..., Any], a: View, b: View, like: Any) -> View:
    """``function(a, b)``, a product of vectors and matrices."""
    if a.kind != b.kind or a.kind not in "df" or max(len(a.shape), len(b.shape)) > 2:
        raise CannotLower("a product of these kinds")
    if 0 in (*a.shape, *b.shape):
        raise CannotLower("a product of nothing")
    left = a if len(a.shape) == 2 else a.seen_as(a.like[None])
    right = b if len(b.shape) == 2 else b.seen_as(b.like[:, None])
    result = code.buffer(like)
    m, k = left.shape
    p = right.shape[1]
    whole = result.seen_as(result.like.reshape(m, p))
    tree = None
    if m * k * p <= 4 * UNROLL:
        axes = len(a.shape), len(b.shape)
        tree = tree_of(a.kind, (m, k, p), axes, layout(left), layout(right))
    if tree is not None:
        for i, j in np.ndindex(m, p):
            us = [code.load(left, i * left.strides[0] + q * left.strides[1]) for q in range(k)]
            ws = [code.load(right, q * right.strides[0] + j * right.strides[1]) for q in range(k)]
            x = tree.written(us, ws, lambda text: code.put(text), REGISTER[a.kind])
            code.store(x, whole, i * whole.strides[0] + j * whole.strides[1])
        return result
    inner = inner_loop(np.matmul, f"{a.kind}{a.kind}->{a.kind}")
    if inner is None:
        raise CannotLower("a product whose loop is not trusted")
    layouts = (a.shape, a.strides), (b.shape, b.strides)
    if not lies_as_its_loop_likes(function, inner, *layouts):
        raise CannotLower("a product that NumPy computes otherwise where arrays lie so")
    sizes, steps = sizes_and_steps(*layouts, a.like.itemsize)
    symbol = symbol_of(np.matmul, inner)
    pointers = table(code, "ptr", 3)
    for q, view in enumerate((left, right, whole)):
        code.do(f"store ptr {code.at_view(view, 0)}, ptr {code.at(pointers, 8 * q)}")
    code.call(
        symbol,
        inner.function,
        f"ptr {pointers}, ptr {numbers(code, sizes)}, "
        f"ptr {numbers(code, steps)}, ptr {data(code, symbol, inner)}",
    )
    return result


def sizes_and_steps(a: Layout, b: Layout, size: int) -> tuple[list[int], list[int]]:
    """What the loop of a product is told of its operands, and of a result in one piece."""
    (shape, strides), (other, others) = a, b
    m, k = shape if len(shape) == 2 else (1, *shape)
    p = other[1] if len(other) == 2 else 1
    left = strides if len(shape) == 2 else (0, *strides)
    right = others if len(other) == 2 else (*others, 0)
    return [1, m, k, p], [0, 0, 0, *left, *right, p * size, size]


@cache
def lies_as_its_loop_likes(
    function: Callable[..., Any], inner: Inner, left: Layout, right: Layout
) -> bool:
    """Whether the loop gives the bits of a function for operands that lie so.

    Functions copy some operands first, each in its own cases.
    """
    rng, kind = np.random.default_rng(0), inner.signature[0]
    for _ in range(TRIALS):
        a, b = lying(rng, kind, left), lying(rng, kind, right)
        with np.errstate(all="ignore"):
            expected = np.asarray(function(a, b))
        found = np.empty(expected.shape, kind)
        call(inner, [a, b, found], *sizes_and_steps(left, right, a.itemsize))
        if expected.tobytes() != found.tobytes():
            return False
    return True


def lying(rng: np.random.Generator, kind: str, layout: Layout) -> Any:
    """A drawn array that lies in memory in a given way."""
    shape, strides = layout
    size = np.dtype(kind).itemsize
    ends = [(n - 1) * stride // size for n, stride in zip(shape, strides)]
    first = -sum(end for end in ends if end < 0)
    memory = rng.standard_normal(first + sum(end for end in ends if end > 0) + 1).astype(kind)
    return np.lib.stride_tricks.as_strided(memory[first:], shape, strides)


def layout(matrix: View) -> str:
    """How the rows of a matrix lie: its kind as far as the order of a product depends on it."""
    x = matrix.like
    if x.flags.c_contiguous:
        return "C"
    return "F" if x.flags.f_contiguous else str(x.strides)
