"""A first call on numbers that round in no order tells nothing; later ones have NumPy's bits."""

import operator

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.compiled import LAYOUTS, in_single, laid_out, quietly
from tests.support.equality import same_trees
from tests.support.programs import with_gradients
from tests.support.rows import EACH
from tests.support.rows.row import cases

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

DTYPES = [np.float64, np.float32]


def in_quarters(x):
    """Numbers whose sums and products are exact, lying as those of ``x``."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "fc":
        return x
    low, high = np.lib.array_utils.byte_bounds(x)
    memory = np.zeros(high - low + 64, np.uint8)
    first = (low - memory.ctypes.data) % 64 + x.ctypes.data - low
    y = np.ndarray(x.shape, x.dtype, memory, first, x.strides)
    y[...] = np.round(4 * x) / 4
    return y


def check_later(f, args, calls=1):
    """Returns what was compiled."""
    compiled = al.compile(f, backend="native")
    quietly(compiled, al.tree_map(in_quarters, args))
    expected = quietly(f, args)
    for _ in range(calls):
        assert same_trees(expected, quietly(compiled, args)), compiled.programs[0].account.native
    return compiled


def account(compiled):
    return compiled.programs[0].account


# ---- sums ----

SEEN = {
    "whole": lambda x: x,
    "backward": lambda x: x[::-1],
    "transposed": lambda x: x.T,
    "every other": lambda x: x[..., ::2],
    "rows backward": lambda x: x[..., ::-1],
    "all backward": lambda x: np.flip(x),
    "turned": lambda x: x.T[::-1],
    "one row": lambda x: np.broadcast_to(x[:1], x.shape),
    "one column": lambda x: np.broadcast_to(x[..., :1], x.shape),
    "repeated": lambda x: np.broadcast_to(x, (3, *x.shape)),
}


@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
@pytest.mark.parametrize("shape", [(40,), (12, 12), (5, 40), (9, 2, 20)])
def test_sums_of_views(seen, shape, rng):
    for dtype in DTYPES:
        x = rng.normal(size=shape).astype(dtype)
        for axis in (None, *range(seen(x).ndim)):
            check_later(lambda x, axis=axis: np.sum(seen(x), axis=axis), (x,))


# ---- products ----

LIE = {
    "C": lambda x: x,
    "F": np.asfortranarray,
    "backward": lambda x: np.ascontiguousarray(x[::-1])[::-1],
    "rows backward": lambda x: np.ascontiguousarray(x[..., ::-1])[..., ::-1],
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "every other row": lambda x: np.repeat(x, 2, axis=0)[::2],
}


@pytest.mark.parametrize("product", [operator.matmul, np.dot])
@pytest.mark.parametrize("left", LIE.values(), ids=LIE)
@pytest.mark.parametrize("right", ["C", "F", "backward", "every other"])
def test_products_of_views(product, left, right, rng):
    for shapes in (((3, 4), (4, 2)), ((2, 4), (4,)), ((4,), (4, 3)), ((4,), (4,)), ((5, 7), (7,))):
        for dtype in DTYPES:
            a, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
            check_later(product, (left(a), LIE[right](b)))


def test_products_by_pointer_and_by_expression_stay_native(rng):
    """What lies in one piece is not left to NumPy out of caution."""
    for shapes in (((3, 4), (4, 2)), ((20, 30), (30, 10)), ((32, 32), (32,))):
        for dtype in DTYPES:
            args = tuple([rng.normal(size=shape).astype(dtype) for shape in shapes])
            compiled = check_later(lambda a, b: np.tanh(a @ b), args)
            assert not account(compiled).numpy


# ---- what is carried ----


def passed_on(W, a, x):
    return al.scan(lambda c, x: ((c[0] * 0.5 + x, c[1]), (W @ c[1], c[0] @ W)), (a, a), x)


def mapped(W, a, x):
    return al.scan(lambda c, x: (W @ c * x, np.sum(c)), a, x)


def nested(W, a, x):
    def outer(c, x):
        h, ys = al.scan(lambda h, _: (W @ h, np.sum(h)), a * x, length=3)
        return c + np.sum(ys), W @ h

    return al.scan(outer, 0.0, x)


def spread_inside(W, a, x):
    def outer(c, x):
        first = np.broadcast_to(x, (len(W),))
        return c + np.sum(al.scan(lambda h, _: (W @ h, None), first, length=3)[0]), None

    return al.scan(outer, 0.0, x)[0]


def gradient_inside(W, a, x):
    def cost(W):
        return np.sum(al.scan(lambda h, y: (W @ h, y), a, a)[0])

    return al.scan(lambda c, x: (c + 1.0, al.grad(cost)(W) @ a * x), 0.0, x)


def turned_around(W, a, x):
    return al.scan(lambda c, x: (c[::-1], W @ c * x), a, x)


def transposed(W, a, x):
    return al.scan(lambda c, x: (c.T, c @ a * x), W, x)


LOOPS = [passed_on, mapped, nested, spread_inside, gradient_inside, turned_around, transposed]
CARRIED = {
    "dense": lambda a: a,
    "every other": lambda a: np.repeat(a, 2)[::2],
    "backward": lambda a: a[::-1],
    "one number": lambda a: np.broadcast_to(a[0], a.shape),
    "a column": lambda a: np.ascontiguousarray(np.outer(a, a))[:, 1],
}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("lie", CARRIED.values(), ids=CARRIED)
def test_what_is_carried_may_lie_in_any_way(loop, lie, rng):
    n = 17
    W, a, x = 0.3 * rng.normal(size=(n, n)), rng.normal(size=n), rng.normal(size=9)
    compiled = check_later(loop, (W, lie(a), x))
    if loop in (mapped, nested, spread_inside):
        assert account(compiled).native


# ---- rows ----


@EACH
@settings(
    max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)  # a failing case takes long to shrink, for each trial is compiled
@given(data=st.data(), single=st.booleans(), layout=st.sampled_from([None, None, *LAYOUTS]))
@pytest.mark.slow
def test_every_row(row, data, single, layout):
    case = data.draw(cases(row))
    f, args = case.split()
    both, args = with_gradients(f, args, case.rng), tuple(args)
    args = in_single(args) if single else args
    args = laid_out(args, layout) if layout else args
    try:
        quietly(both, al.tree_map(in_quarters, args))
        quietly(both, args)
    except (TypeError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return
    found = account(check_later(both, args, calls=2))
    assert not [why for _, why in found.numpy if why.startswith("LLVM")]


# ---- what has no native form ----


def test_complex_views_are_left_to_numpy(rng):
    """Also where the steps before and after them are native."""
    x = rng.normal(size=(3, 3))
    f = lambda x: np.sum(np.abs(np.linalg.eig(x * 2.0 + 1.0)[1].T[0, ::-1]))
    check_later(f, (x,), calls=2)
    check_later(al.grad(f), (x,), calls=2)


def test_a_product_of_numbers_of_two_kinds():
    check_later(np.dot, (0.25, np.float32(1.5)), calls=2)
