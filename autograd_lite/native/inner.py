"""NumPy's own inner loops, found by their pointers, and tried before they are trusted.

A ufunc has a loop for each kind of operands: void loop(char **args, npy_intp *n, npy_intp *steps,
void *data).  Whoever calls it gets the very bits of the ufunc.  (NumPy, `PyUFuncObject`)
"""

import ctypes
from functools import cache
from typing import Any, NamedTuple

import numpy as np


class UFuncObject(ctypes.Structure):
    """The first fields of NumPy's `PyUFuncObject`."""

    _fields_ = (
        ("refcount", ctypes.c_ssize_t),
        ("type", ctypes.c_void_p),
        ("nin", ctypes.c_int),
        ("nout", ctypes.c_int),
        ("nargs", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("ntypes", ctypes.c_int),
        ("reserved", ctypes.c_int),
        ("name", ctypes.c_char_p),
    )


class Inner(NamedTuple):
    """The addresses of a loop and of its data, and the kinds of its operands, as in ``dd->d``."""

    function: int
    data: int
    signature: str


CALL = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)


def inner_loop(ufunc: np.ufunc, signature: str) -> Inner | None:
    """The inner loop of a ufunc for operands of these kinds, if it has one that can be trusted."""
    found = pointer(ufunc, signature)
    return found if found is not None and is_trusted(ufunc, found) else None


@cache
def pointer(ufunc: np.ufunc, signature: str) -> Inner | None:
    """Where a loop is, if the object looks as it should."""
    seen = UFuncObject.from_address(id(ufunc))
    expected = ufunc.nin, ufunc.nout, ufunc.nargs, ufunc.ntypes
    if (seen.nin, seen.nout, seen.nargs, seen.ntypes) != expected or signature not in ufunc.types:
        return None
    if seen.name is None or seen.name.decode() != ufunc.__name__:
        return None
    k = ufunc.types.index(signature)
    function = seen.functions[k]
    return Inner(function, seen.data[k] or 0 if seen.data else 0, signature) if function else None


@cache
def is_trusted(ufunc: np.ufunc, inner: Inner) -> bool:
    """Whether a loop gives the bits of its ufunc for drawn numbers, alone and side by side."""
    if ufunc.signature is not None and ufunc is not np.matmul:
        return False
    if ufunc is np.matmul:
        return products_are_the_same(ufunc, inner)
    rng = np.random.default_rng(0)
    kinds, _, made = inner.signature.partition("->")
    with np.errstate(all="ignore"):
        for n in (1, 2, 3, 7, 8, 9, 17, 64, 1001):
            xs = [drawn(rng, n, kind) for kind in kinds]
            expected = ufunc(*xs)
            results = expected if isinstance(expected, tuple) else (expected,)
            found = [np.empty(n, kind) for kind in made]
            call(inner, [*xs, *found], [n], [x.itemsize for x in (*xs, *found)])
            if any(a.tobytes() != b.tobytes() for a, b in zip(results, found)):
                return False
    return True


def products_are_the_same(ufunc: np.ufunc, inner: Inner) -> bool:
    """Whether the loop of a product of matrices gives its bits."""
    rng = np.random.default_rng(0)
    kind = inner.signature[0]
    for m, k, p in ((1, 1, 1), (2, 3, 1), (3, 2, 4), (1, 5, 3), (32, 32, 1), (20, 30, 10)):
        a, b = drawn(rng, m * k, kind).reshape(m, k), drawn(rng, k * p, kind).reshape(k, p)
        found, size = np.empty((m, p), kind), a.itemsize
        call(inner, [a, b, found], [1, m, k, p], [0] * 3 + [k * size, size] + [p * size, size] * 2)
        if found.tobytes() != ufunc(a, b).tobytes():
            return False
    return True


def drawn(rng: np.random.Generator, n: int, kind: str) -> Any:
    """Numbers of a kind, large and small, some of them special."""
    if kind in "fd":
        x = rng.standard_normal(n) * np.exp(3 * rng.standard_normal(n))
        x[rng.random(n) < 0.05] = 0.0
        x[rng.random(n) < 0.02] = -0.0
        return x.astype(kind)
    return rng.integers(0, 2 if kind == "?" else 100, n).astype(kind)


def call(inner: Inner, arrays: list[Any], n: list[int], steps: list[int]) -> None:
    """Call a loop on arrays."""
    pointers = (ctypes.c_void_p * len(arrays))(*[x.ctypes.data for x in arrays])
    sizes, strides = (ctypes.c_ssize_t * len(n))(*n), (ctypes.c_ssize_t * len(steps))(*steps)
    addresses = [ctypes.addressof(x) for x in (pointers, sizes, strides)]
    CALL(inner.function)(*addresses, inner.data)
