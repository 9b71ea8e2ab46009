"""Arrays in chunks, larger than memory: derivatives are graphs in the chunks of the operands.

Building them makes nothing of an operand's size here, and computes nothing.  What cannot be done
so is refused by name.
"""

import tracemalloc

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import special
from tests.support.chunks import gradient_of, never, small

da = pytest.importorskip("dask.array")
dask = pytest.importorskip("dask")

ROWS = 10**9
LARGE = 10_000_000  # bytes, a hundredth of one for each row; a graph takes up to one million


def large(chunks=4):
    """Numbers that nobody computes."""
    pieces = (ROWS // chunks, 2)
    return da.random.default_rng(0).uniform(0.5, 1.5, (ROWS, 2), chunks=pieces)


def above(x):
    """A mask as a user makes one, of the numbers alone."""
    return al.stop_gradient(x) > 1


#: Functions of a tall matrix x to which something of its size belongs on the way back, by what
#: that comes from.  Where a name has a number behind it, the kind has several.
RELATIVES = {
    # the seed, and what a reduction spreads
    "sum": lambda x: np.sum(x),
    "sum of rows": lambda x: np.sum(np.sum(x, axis=0) ** 2),
    "sum of columns": lambda x: np.sum(np.sum(x, axis=1, keepdims=True) ** 2),
    "negative": lambda x: np.sum(-x),
    "mean": lambda x: np.mean(x),
    "mean of columns": lambda x: np.sum(np.mean(x, axis=1) ** 2),
    "nansum": lambda x: np.nansum(x),
    "nanmean": lambda x: np.sum(np.nanmean(x, axis=0)),
    "max": lambda x: np.max(x),
    "min of rows": lambda x: np.sum(np.min(x, axis=0)),
    "ptp": lambda x: np.ptp(x),
    "var": lambda x: np.var(x),
    "std": lambda x: np.sum(np.std(x, axis=0, ddof=1)),
    "nanvar": lambda x: np.sum(np.nanvar(x, axis=0)),
    "prod": lambda x: np.sum(np.prod(x, axis=1)),
    "norm": lambda x: np.linalg.norm(x),
    "norms of columns": lambda x: np.sum(np.linalg.norm(x, axis=1)),
    "average": lambda x: np.average(x, weights=x * 2),
    "cov": lambda x: np.sum(np.cov(x.T)),
    "logsumexp": lambda x: special.logsumexp(x),
    "softmax": lambda x: np.sum(special.softmax(x, axis=1) ** 2),
    "log_softmax": lambda x: np.sum(special.log_softmax(x, axis=1) ** 2),
    # zeros for what was not picked
    "x[i, j]": lambda x: x[3, 1] * 2,
    "x[i]": lambda x: np.sum(x[-1] ** 2),
    "x[:, j]": lambda x: np.sum(x[:, 0] * x[..., 1]),
    "x[a:b]": lambda x: np.sum(x[2:6]),
    "x[::-2]": lambda x: np.sum(x[::-2] ** 2),
    "x[None]": lambda x: np.sum(x[None, 1:] ** 2),
    "neighbours": lambda x: np.sum((x[1:] - x[:-1]) ** 2),
    "diff": lambda x: np.sum(np.diff(x, axis=0) ** 2),
    "x[list]": lambda x: np.sum(x[[1, 5, 5, 5, 0]] ** 2),
    "x[-1, list]": lambda x: np.sum(x[-1][[1, 0, 1]] ** 2),
    "take": lambda x: np.sum(np.take(x, [1, 7, 1], axis=0) ** 2),
    "compress": lambda x: np.sum(np.compress([False, True], x, axis=1)),
    "diagonal": lambda x: np.sum(np.diagonal(x) ** 2),
    "trace": lambda x: np.trace(x, -1),
    "diag": lambda x: np.sum(np.diag(x.T, 1)),
    "triangle": lambda x: np.sum(np.tril(x)),
    "at_set": lambda x: np.sum(al.at_set(x, slice(2, 5), 1.0) ** 2),
    "at_add": lambda x: np.sum(al.at_add(x, 3, x[0]) ** 2),
    "split": lambda x: np.sum(x[: len(x) // 2]) + np.sum(x[len(x) // 2 :] ** 2),
    "one of two results": lambda x: np.sum(np.modf(x)[0]),
    "singular values": lambda x: np.sum(np.linalg.svd(x, full_matrices=False)[1]),
    # zeros for what was not chosen
    "where": lambda x: np.sum(np.where(above(x), x, 0.0)),
    "where of two": lambda x: np.sum(np.where(above(x), x * x, x)),
    "maximum": lambda x: np.sum(np.maximum(x, 1.0)),
    "clip": lambda x: np.sum(np.clip(x, 0.7, 1.2)),
    "choose": lambda x: np.sum(np.choose(above(x) * 1, [x, x * x])),
    "select": lambda x: np.sum(np.select([above(x)], [x * x], 0)),
    "nan_to_num": lambda x: np.sum(np.nan_to_num(x)),
    # joined, repeated, stretched, moved
    "concatenate": lambda x: np.sum(np.concatenate([x, x * x])),
    "stack": lambda x: np.sum(np.stack([x, x * x], axis=1)),
    "block": lambda x: np.sum(np.block([[x, x * x]]) ** 2),
    "pad": lambda x: np.sum(np.pad(x, 1) ** 2),
    "tile": lambda x: np.sum(np.tile(x, (2, 1))),
    "repeat": lambda x: np.sum(np.repeat(x, 2, axis=0)),
    "broadcast_to": lambda x: np.sum(np.broadcast_to(x, (3, *x.shape))),
    "meshgrid": lambda x: np.sum(np.meshgrid(x[:, 0], np.ones(2))[0]),
    "a stretched row": lambda x: np.sum(x * x[0]),
    "reshape": lambda x: np.sum(np.reshape(x, (-1,)) ** 2),
    "transpose": lambda x: np.sum(x.T),
    "flip": lambda x: np.sum(np.flip(x, 0)),
    "roll": lambda x: np.sum(np.roll(x, 1, axis=0)),
    "a copy": lambda x: np.sum(x.copy() * 2),
    "full_like": lambda x: np.sum(x * np.full_like(x, 3.0)),
    "another dtype": lambda x: np.sum(x.astype("f4")),
    "complex": lambda x: np.sum(np.real(x * 1j)),
    # products, in which an axis is only on one side
    "einsum": lambda x: np.sum(np.einsum("ij->j", x)),
    "einsum of two": lambda x: np.einsum("ij,ij->", x, x),
    "einsum of all": lambda x: np.einsum("ij,k->k", x, np.ones(2))[1],
    "matmul": lambda x: np.sum(x @ np.array([1.0, 2.0])),
    "Gram": lambda x: np.sum(np.linalg.inv(x.T @ x)),
    "solve": lambda x: np.sum(np.linalg.solve(x.T @ x, np.ones(2))),
    "cumsum": lambda x: np.sum(np.cumsum(x, axis=0) ** 2),
}


@pytest.mark.parametrize("name", RELATIVES)
def test_gradients_of_what_is_larger_than_memory_are_graphs(name):
    x = large()
    gradient_of(RELATIVES[name], x)  # what Dask imports when it is first needed is not counted
    tracemalloc.start()
    try:
        g = gradient_of(RELATIVES[name], x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < LARGE, f"{peak:,} bytes"
    assert type(g) is type(x) and g.chunks == x.chunks and g.dtype == x.dtype


@pytest.mark.parametrize("name", RELATIVES)
def test_gradients_are_those_of_plain_arrays(name):
    f = RELATIVES[name]
    for chunks in (1, 2):
        x, lazy = small(chunks)
        expected, found = al.grad(f)(x), gradient_of(f, lazy)
        with dask.config.set(scheduler="synchronous"):
            g = found.compute()
        if chunks == 1:
            assert np.array_equal(g, expected)
        np.testing.assert_allclose(g, expected, rtol=1e-12, atol=1e-13)


# ---- what a user gives, and what is asked in other ways ----


def squares(x):
    return x * x


@pytest.mark.parametrize("chunks", [1, 2])
def test_cotangents_become_arrays_in_chunks(chunks):
    x, lazy = small(chunks)
    total = lambda x: np.sum(squares(x)) * 2
    ones = np.ones_like(x)
    with dask.config.set(scheduler=never):
        found = [
            al.vjp(total, lazy)[1](1.0)[0],
            al.vjp(squares, lazy)[1](ones)[0],
            al.jvp(squares, (lazy,), (ones,))[1],
            al.hvp(total, lazy, ones),
            al.gnvp(squares, total, lazy, ones),
            al.jacobian(lambda x: np.sum(x[:3], axis=0))(lazy),
            al.grad(lambda x: np.sum(al.grad(total)(x) ** 2))(lazy),
        ]
        for y, g in (total, None), (squares, ones), (squares, lazy):
            t = al.Tensor(lazy)
            y(t).backward(g)
            found.append(t.grad)
    expected = [
        al.vjp(total, x)[1](1.0)[0],
        al.vjp(squares, x)[1](ones)[0],
        al.jvp(squares, (x,), (ones,))[1],
        al.hvp(total, x, ones),
        al.gnvp(squares, total, x, ones),
        al.jacobian(lambda x: np.sum(x[:3], axis=0))(x),
        al.grad(lambda x: np.sum(al.grad(total)(x) ** 2))(x),
        *(4 * x, 2 * x, 2 * x * x),
    ]
    for a, b in zip(found, expected, strict=True):
        assert isinstance(a, da.Array)
        np.testing.assert_allclose(a.compute(scheduler="synchronous"), b, rtol=1e-12)


def test_second_derivatives_of_what_is_larger_than_memory():
    x = large()
    f = lambda x: np.sum(np.sum(x[1:] * x[:-1], axis=0) ** 2) + np.mean(np.max(x, axis=1) ** 3)
    slope = lambda x: np.sum(al.grad(f)(x) * x)
    gradient_of(slope, x)
    tracemalloc.start()
    try:
        g = gradient_of(slope, x)
        assert tracemalloc.get_traced_memory()[1] < LARGE
    finally:
        tracemalloc.stop()
    assert g.chunks == x.chunks
    x, lazy = small(2)
    found = gradient_of(slope, lazy).compute(scheduler="synchronous")
    np.testing.assert_allclose(found, al.grad(slope)(x), rtol=1e-12)


def test_parameters_of_the_client_stay_small():
    x, lazy = small(2)
    w = np.array([0.5, -1.0, 2.0])
    parts = {
        "numbers": lambda w, x: np.sum((w[0] + w[1] * x[:, 0] + w[2] * x[:, 1]) ** 2),
        "a list": lambda w, x: np.sum((x @ w[[2, 0]]) ** 2) + np.sum(x * w[[1, 1]]),
        "a table": lambda w, x: np.sum((x @ np.reshape(w, (3, 1))[[[0, 1], [1, 1]], 0]) ** 2),
        "a mask": lambda w, x: np.sum((x @ w[np.array([True, False, True])]) ** 2),
    }
    for name, f in parts.items():
        with dask.config.set(scheduler=never):
            g = al.grad(f)(w, lazy)
        g = g.compute(scheduler="synchronous")
        np.testing.assert_allclose(g, al.grad(f)(w, x), rtol=1e-12, err_msg=name)


def test_a_tensor_is_shown_as_a_graph():
    lazy = small(2)[1]
    t = al.Tensor(lazy)
    np.sum(t * t).backward()
    with dask.config.set(scheduler=never):
        assert repr(t) == f"Tensor({lazy!r})"
        page = t._repr_html_()
    assert page.count("dask.array") == 2 and "a leaf of the tape" in page  # it and its gradient


def test_a_checkpoint_and_a_compiled_function_are_the_functions():
    x, lazy = small(2)
    f = lambda x: np.sum(np.sin(x) ** 2)
    inside = al.compile(al.grad(lambda w: np.sum((lazy @ w) ** 2)))
    with dask.config.set(scheduler=never):
        found = gradient_of(al.checkpoint(f), lazy), al.compile(al.grad(f))(lazy)
        by_weights = inside(np.ones(2))
    for g in found:
        np.testing.assert_allclose(g.compute(scheduler="synchronous"), al.grad(f)(x), rtol=1e-12)
    expected = al.grad(lambda w: np.sum((x @ w) ** 2))(np.ones(2))
    np.testing.assert_allclose(by_weights.compute(scheduler="synchronous"), expected, rtol=1e-12)


# ---- what is refused, by name, and what its error says to write instead ----


REFUSED = {
    "x[key] by a key that is not computed yet": (
        lambda x: np.sum(x[above(x)] ** 2),
        lambda x: np.sum(np.where(above(x), x, 0) ** 2),
    ),
    "write np.where(mask, x, 0) for x[mask]": (
        lambda x: np.sum(np.extract(above(x), x)),
        lambda x: np.sum(np.where(above(x), x, 0)),
    ),
    "cumprod goes one way or another by numbers that are not computed yet": (
        lambda x: np.sum(np.cumprod(x, axis=0)),
        None,
    ),
    "piecewise goes one way or another": (
        lambda x: np.sum(np.piecewise(x, [above(x)], [np.sin, np.cos])),
        lambda x: np.sum(np.where(above(x), np.sin(x), np.cos(x))),
    ),
    "a quantile of an array in chunks has no derivative": (
        lambda x: np.sum(np.median(x, axis=0)),
        None,
    ),
    "all of the 16 elements in memory at once": (
        lambda x: np.sum(np.nanquantile(x, 0.3, axis=0)),
        None,
    ),
    "write np.concatenate([x[:i], values, x[i:]])": (
        lambda x: np.sum(np.insert(x, 1, 2.0, axis=0) ** 2),
        lambda x: np.sum(np.concatenate([x[:1], np.full((1, 2), 2.0), x[1:]]) ** 2),
    ),
    "write np.concatenate([x[:i], x[i + 1 :]])": (
        lambda x: np.sum(np.delete(x, 1, axis=0) ** 2),
        lambda x: np.sum(np.concatenate([x[:1], x[2:]]) ** 2),
    ),
    "write np.concatenate([x[:1], x, x[-1:]])": (
        lambda x: np.sum(np.pad(x, [(1, 1), (0, 0)], "edge") ** 2),
        lambda x: np.sum(np.concatenate([x[:1], x, x[-1:]]) ** 2),
    ),
    "write np.stack([x[:-1], x[1:]], axis=-1)": (
        lambda x: np.sum(np.lib.stride_tricks.sliding_window_view(x, 2, axis=0) ** 2),
        lambda x: np.sum(np.stack([x[:-1], x[1:]], axis=-1) ** 2),
    ),
    "write np.sum(np.where((low <= x) & (x < high), w, 0))": (
        lambda x: np.histogram(al.stop_gradient(x), [0.5, 1.0, 9.0], weights=x)[0][0],
        lambda x: np.sum(np.where((x >= 0.5) & (x < 1.0), x, 0)),
    ),
    "al.grad(lambda x: np.sum(f(x))) is the same": (
        lambda x: np.sum(al.derivative(squares)(x)),
        lambda x: np.sum(al.grad(lambda x: np.sum(squares(x)))(x)),
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_needs_the_numbers_says_so_and_what_to_write(said):
    f, instead = REFUSED[said]
    x, lazy = small(2)
    with pytest.raises(TypeError) as error:
        gradient_of(f, lazy)
    assert said in str(error.value)
    expected = al.grad(f)(x)
    if instead is None:
        found = al.grad(f)(lazy.compute(scheduler="synchronous"))
    else:
        found = gradient_of(instead, lazy).compute(scheduler="synchronous")
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_branch_of_a_users_own_says_which_way_is_right_for_all():
    either = lambda x: np.sum(x) if al.branch(np.all(x > 0), later=True) else np.sum(abs(x))
    x, lazy = small(2)
    assert np.array_equal(gradient_of(either, lazy).compute(scheduler="synchronous"), x * 0 + 1)
    assert al.grad(either)(-x)[0, 0] == -1
    with pytest.raises(TypeError, match="not computed yet"):
        al.branch(lazy[0, 0] > 0)
