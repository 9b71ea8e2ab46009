"""Chains of elementwise steps in blocks: the bits of the whole, in every layout, by every ufunc."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.compiling import compiled
from autograd_lite.programs import fusing
from tests.support.compiled import BACKENDS, LAYOUTS, check_compiled, laid_out, quietly
from tests.support.effort import examples
from tests.support.equality import same_trees

UFUNCS = sorted(
    {x for x in vars(np).values() if isinstance(x, np.ufunc) and x.nout == 1 and not x.signature},
    key=lambda ufunc: ufunc.__name__,
)
DTYPES = [np.float64, np.float32, np.complex128, np.bool_, np.int64, np.int8, np.float16]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, np.inf, -np.inf, np.nan, 5e-324, 1e300, 3.0, 127.0]
NUMBERS = [2, 2.0, 0.5, -1, -1.0, 0, 3, 1.5, True, np.float64(2), np.float32(0.5), np.int8(3)]


@pytest.fixture(autouse=True, params=BACKENDS)
def small_blocks(request, monkeypatch):
    """Blocks that end where there are numbers, and the backend that is the best installed."""
    monkeypatch.setattr(fusing, "BLOCK", 8)
    monkeypatch.setattr(fusing, "LARGE", 20)
    monkeypatch.setattr(compiled, "is_installed", lambda: request.param == "native")
    if request.param == "native":
        from autograd_lite.native import chains

        monkeypatch.setattr(chains, "BLOCK", 8)


def numbers(size, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=size) * 3
    x[: len(SPECIAL)] = SPECIAL[:size]
    rng.shuffle(x)
    with np.errstate(all="ignore"):
        return np.nan_to_num(x).astype(dtype) if np.dtype(dtype).kind in "bi" else x.astype(dtype)


def chains_in(compiled):
    """How many chains run in blocks in the programs of a compiled function."""
    found = 0
    for program in compiled.programs:
        steps = fusing.fuse(program.listing.steps, program.listing.outputs)
        found += sum(isinstance(step.function, fusing.Fused) for step in steps)
    return found


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_every_ufunc(ufunc):
    """Between two others, of every dtype and with numbers of every kind."""
    met = 0
    for dtype in DTYPES:
        x, y = numbers(37, dtype), numbers(37, dtype, 1)
        for more in ((), (y,), (2,), (dtype(1),), (np.broadcast_to(dtype(2), 37),)):
            if len(more) != ufunc.nin - 1:
                continue

            def f(x, ufunc=ufunc, more=more):
                z = ufunc(x == x, *more) if x.dtype == bool else ufunc(x + x, *more)
                return z, z == z, np.where(z == z, z, x)

            try:
                quietly(f, (x,))
            except (TypeError, ValueError):
                continue  # there is no such step
            met += bool(chains_in(check_compiled(f, (x,), (x[::-1],))))
    assert met or ufunc is np.isnat


@st.composite
def chains(draw):
    """A function of three arrays that goes element by element, with several results."""
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from([*UFUNCS, np.where, "pow", "real", "sum", "guard", "astype"]),
                st.lists(st.integers(0, 30), min_size=3, max_size=3),
                st.sampled_from(NUMBERS),
                st.booleans(),
            ),
            min_size=3,
            max_size=12,
        )
    )
    results = draw(st.lists(st.integers(0, 30), min_size=1, max_size=3))

    def chain(*args):
        made = list(args)
        for f, places, number, plain in steps:
            a, b, c = (made[i % len(made)] for i in places)
            b = number if plain else b
            try:
                if f == "pow":
                    made.append(a**b)
                elif f == "sum":
                    made.append(a - np.sum(np.nan_to_num(c * 1.0)))
                elif f == "real":
                    made.append(np.real(a))
                elif f == "guard":
                    al.branch(np.all(np.isfinite(a * 1.0)))
                elif f == "astype":
                    made.append(a.astype(np.float32) if a.dtype.kind in "fbi" else a)
                elif f is np.where:
                    made.append(np.where(c, a, b))
                else:
                    made.append(f(a) if f.nin == 1 else f(a, b))
            except (TypeError, ValueError, OverflowError):
                continue  # there is no such step
        return [made[-1], *[made[i % len(made)] * 1 for i in results]]

    return chain


@settings(max_examples=examples(6))
@given(
    chain=chains(),
    kinds=st.lists(st.sampled_from(DTYPES), min_size=3, max_size=3),
    shape=st.sampled_from([(37,), (40,), (5, 8), (3, 4, 5), (24, 1)]),
    layout=st.sampled_from(LAYOUTS),
)
def test_chains(chain, kinds, shape, layout):
    size = int(np.prod(shape))
    args = tuple([numbers(size, kind, i).reshape(shape) for i, kind in enumerate(kinds)])
    check_compiled(chain, args, laid_out(args, layout), laid_out(args[:1], layout) + args[1:])


@settings(max_examples=examples(1))
@given(layout=st.sampled_from(LAYOUTS), width=st.sampled_from([1, 5, 8]))
def test_gradients_of_chains(layout, width):
    def f(x, w):
        y = np.tanh(x * w) / (1 + np.exp(-x)) + np.where(x > w, x**2, abs(x) ** 0.5)
        return np.sum(np.log1p(y**2) * np.sqrt(abs(y) + 1))

    rng = np.random.default_rng(0)
    args = rng.normal(size=(9, width)), rng.normal(size=(9, width))
    compiled = check_compiled(al.grad(f, argnums=(0, 1)), args, laid_out(args, layout))
    assert width * 9 < 20 or chains_in(compiled)


def test_results_lie_in_memory_as_eager_ones(rng):
    def f(x, y):
        return (x + y) * 2, np.exp(x * 1.5)

    compiled = al.compile(f)
    x, y = rng.normal(size=(6, 7)), rng.normal(size=(6, 7))
    for layout in LAYOUTS:
        for args in ((x, y), laid_out((x, y), layout), (*laid_out((x,), layout), y)):
            for a, b in zip(f(*args), compiled(*args)):
                assert a.strides == b.strides and a.flags.writeable == b.flags.writeable


def test_a_guard_ends_a_chain():
    """What fails only where the guard does not hold is not run before it."""

    def f(x, a):
        y = np.exp(x) + 1
        if al.branch(np.sum(y) > 0):
            return np.linalg.inv(a)[0, 0] * (y + 1) * 2
        return y * 3

    good, bad = np.full(30, 1.0), np.full(30, np.nan)
    check_compiled(f, (good, np.eye(2)), (bad, np.zeros((2, 2))), (good, 2 * np.eye(2)))


def test_chains_apart_and_what_lies_between():
    """What the second chain reads of the first, and steps before, between and after them."""

    def f(x):
        z = x.astype(np.float32) * np.float32(2)
        y = np.exp(z - np.max(z))
        p = y / np.sum(y) + 1
        return np.cumsum(p * p + z), x - np.mean(p), np.linalg.norm(x) * (x + 1) * 2

    compiled = check_compiled(f, (numbers(41, float)[13:] * 1e-3,))
    assert chains_in(compiled) >= 2


@settings(max_examples=examples(1))
@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=4, max_size=14))
def test_chains_of_several_shapes_that_need_each_other(drawn):
    """By products of matrices and sums, in any order: what is computed early may be needed late."""

    def f(*args):
        values = [*args]
        for i, j, kind in drawn:
            x, y = values[-1 - i % len(values)], values[-1 - j % len(values)]
            if x.shape != y.shape and x.shape[1] == y.shape[0]:
                values.append(0.1 * (x @ y))
                continue
            y = y if x.shape == y.shape else np.sum(y)
            values.append((x * y, x + y, np.tanh(x), x - 2.0, y * x, np.exp(-x * x))[kind])
        return values[-1]

    shapes = (4, 8), (8, 5), (5, 4)
    args = [np.linspace(-1, 1, m * n).reshape(m, n) for m, n in shapes]
    check_compiled(lambda *args: f(*args), args)
    check_compiled(al.grad(lambda *args: np.sum(f(*args)), (0, 1, 2)), args)


def test_a_product_needs_chains_of_two_shapes():
    def f(x, y):
        return np.tanh(np.tanh(x) * 2.0) @ np.exp(np.exp(y) * 0.5)

    check_compiled(f, (np.ones((4, 8)), np.ones((8, 5))))


def test_a_wrong_register_is_found(monkeypatch):
    monkeypatch.setattr(fusing.Registers, "release", lambda self, values: self.free.setdefault(
        np.dtype(float), ["b0"]))  # fmt: skip

    def f(x):
        y = x + 1
        z = y * x
        return z * (y - x) + (z + y)

    x = numbers(30, float)
    with np.errstate(all="ignore"), pytest.raises(TypeError, match="its program differ"):
        al.compile(f)(x)


def test_large_ones():
    """At the sizes that are the users', with a short block at the end."""
    fusing.BLOCK, fusing.LARGE = 2**14, 2**16
    x = np.random.default_rng(0).normal(size=2**16 + 123)

    def f(x):
        y = x
        for _ in range(4):
            y = np.tanh(y) * 1.5 + np.exp(-y * y)
        return np.sum(y * x)

    assert chains_in(check_compiled(al.value_and_grad(f), (x,), (x[::-1],)))


@pytest.mark.parametrize("backend", ["numpy", None])
@pytest.mark.parametrize("layer", [nn.RNN, nn.GRU, nn.LSTM])
def test_large_arrays_in_loops_are_let_go(layer, backend):
    """After the loop: in its body there are empty lines between the steps of both directions."""
    rng = np.random.default_rng(0)
    net, x = layer(2, 32, rng=rng, dtype=np.float32), rng.normal(size=(50, 6, 2)).astype("f")
    f = al.value_and_grad(lambda net, x: np.sum(net(x)[:, -1] ** 2))
    compiled = al.compile(f, backend=backend)
    for _ in range(2):
        assert same_trees(compiled(net, x), f(net, x))
