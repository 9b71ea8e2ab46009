"""Products of matrices: by NumPy's own loop, or by the expression that it was found to compute."""

from typing import Any

import numpy as np

from autograd_lite.native.calibration import tree_of
from autograd_lite.native.code import REGISTER, UNROLL, CannotLower, Code, View
from autograd_lite.native.elementwise import data, numbers, symbol_of, table
from autograd_lite.native.inner import inner_loop


def product(code: Code, a: View, b: View, like: Any) -> View:
    """``a @ b`` for vectors and matrices."""
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
    size = a.like.itemsize
    steps = [
        *(left.strides if len(a.shape) == 2 else (0, a.strides[0])),
        *(right.strides if len(b.shape) == 2 else (b.strides[0], 0)),
        *(p * size, size),
    ]
    symbol = symbol_of(np.matmul, inner)
    pointers = table(code, "ptr", 3)
    for q, view in enumerate((left, right, whole)):
        code.do(f"store ptr {code.at_view(view, 0)}, ptr {code.at(pointers, 8 * q)}")
    code.call(
        symbol,
        inner.function,
        f"ptr {pointers}, ptr {numbers(code, [1, m, k, p])}, "
        f"ptr {numbers(code, [0, 0, 0, *steps])}, ptr {data(code, symbol, inner)}",
    )
    return result


def layout(matrix: View) -> str:
    """How the rows of a matrix lie: its kind as far as the order of a product depends on it."""
    x = matrix.like
    if x.flags.c_contiguous or 1 in x.shape:
        return "C"
    return "F" if x.flags.f_contiguous else str(x.strides)
