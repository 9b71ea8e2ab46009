"""Native code: loops, what is tried before it is trusted, and what NumPy runs instead."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.effort import examples
from tests.support.equality import same_trees

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

from autograd_lite.native import building, chains, inner, running

W = 0.3 * np.random.default_rng(0).normal(size=(3, 3))


def natively(f, *args):
    """What the native program returns at its first and second call; and the program."""
    compiled = al.compile(f, backend="native")
    first, second = compiled(*args), compiled(*args)
    assert same_trees(first, second)
    return second, compiled.programs[0]


def recurrent(W, X, reverse=False):
    def step(h, x):
        h = np.tanh(W @ h + x)
        return h, np.sum(h * h)

    h, outputs = al.scan(step, np.zeros(len(W)), X, reverse=reverse)
    return np.sum(outputs) + np.sum(h)


# ---- loops ----


@settings(max_examples=examples(0.1))
@given(
    n=st.integers(1, 12),
    size=st.integers(1, 5),
    single=st.booleans(),
    reverse=st.booleans(),
    seed=st.integers(0, 99),
)
def test_gradients_of_loops(n, size, single, reverse, seed):
    rng = np.random.default_rng(seed)
    W, X = 0.4 * rng.normal(size=(size, size)), rng.normal(size=(n, size))
    if single:
        W, X = W.astype(np.float32), X.astype(np.float32)
    f = al.value_and_grad(lambda W, X: np.sum(recurrent(W, X, reverse)), (0, 1))
    if single:
        f = al.value_and_grad(lambda W, X: carried_in_single(W, X), (0, 1))
    found, program = natively(f, W, X)
    assert same_trees(found, f(W, X))
    assert any(line.startswith("scan") for line in program.account.native)


def carried_in_single(W, X):
    step = lambda h, x: (np.tanh(W @ h + x), np.sum(h))
    h, outputs = al.scan(step, np.zeros(len(W), np.float32), X)
    return np.sum(outputs) + np.sum(h)


CARRIES = {
    "swapped": lambda c, x: ((c[1], c[0] + x), c[0]),
    "passed on": lambda c, x: ((c[0], c[1] * x), c[1]),
    "the same twice": lambda c, x: ((c[0] + x, c[0] + x), None),
    "rolled": lambda c, x: ((np.roll(c[0], 1), c[1] + c[0]), c[0][0]),
}


@pytest.mark.parametrize("step", CARRIES.values(), ids=CARRIES)
@pytest.mark.parametrize("spread", [False, True])
def test_what_is_carried(step, spread):
    first = np.broadcast_to(0.5, (3,)) if spread else np.array([0.5, -1.0, 2.0])
    f = lambda a, xs: al.scan(step, (a, a * 2.0), xs)
    args = first, np.linspace(-1, 1, 6)
    assert same_trees(natively(f, *args)[0], f(*args))


def test_another_length_and_another_layout():
    compiled = al.compile(al.grad(recurrent), backend="native")
    rng = np.random.default_rng(1)
    for n in (5, 9, 1, 40):
        X = rng.normal(size=(n, 3))
        for other in (X, np.asfortranarray(X), X[::-1], rng.normal(size=(2 * n, 3))[::2]):
            assert same_trees(compiled(W, other), al.grad(recurrent)(W, other))
    assert len(compiled.programs) <= 2  # a single turn may have one of its own


# ---- trust ----


def a_bit_off(found):
    wrong = found.copy()
    wrong.flat[-1] = np.nextafter(wrong.flat[-1], np.inf)
    return wrong


@pytest.mark.parametrize("plant", [a_bit_off, lambda found: found[::-1].copy()])
def test_a_wrong_inner_loop_is_noticed(monkeypatch, plant):
    right = inner.call

    def call(loop, arrays, n, steps):
        right(loop, arrays, n, steps)
        arrays[-1][...] = plant(arrays[-1])

    found = inner.pointer(np.exp, "d->d")
    inner.is_trusted.cache_clear()
    monkeypatch.setattr(inner, "call", call)
    try:
        assert not inner.is_trusted(np.exp, found)
    finally:
        inner.is_trusted.cache_clear()
    monkeypatch.undo()
    assert inner.is_trusted(np.exp, found)


def test_swapped_operands_of_a_product_are_noticed(monkeypatch):
    right = inner.call

    def call(loop, arrays, n, steps):
        right(loop, arrays, n, steps)
        arrays[-1][...] = np.dot(arrays[1].T, arrays[0].T).T + 1e-15

    inner.is_trusted.cache_clear()
    monkeypatch.setattr(inner, "call", call)
    try:
        assert not inner.is_trusted(np.matmul, inner.pointer(np.matmul, "dd->d"))
    finally:
        inner.is_trusted.cache_clear()


@pytest.mark.parametrize("kind", [running.NativeScan, running.NativeBlock, chains.NativeChain])
def test_a_program_with_other_bits_is_not_used(monkeypatch, kind):
    """Whatever went wrong in the code: the first call shows it, and NumPy runs."""
    right = kind.run

    def run(self, *args, **options):
        found = right(self, *args, **options)
        return None if found is None else tuple([a_bit_off(np.asarray(x)) for x in found])

    monkeypatch.setattr(kind, "run", run)
    f = recurrent if kind is running.NativeScan else lambda W, X: np.sum(np.tanh(X @ W) + 1)
    n = 2**16 if kind is chains.NativeChain else 5
    X = np.random.default_rng(2).normal(size=(n, 3))
    assert same_trees(natively(f, W, X)[0], f(W, X))


# ---- what NumPy says ----


def test_overflow_is_reported():
    f = lambda x: al.scan(lambda c, _: (c * c, None), x, length=12)[0]
    compiled = al.compile(f, backend="native")
    with np.errstate(all="ignore"):
        assert np.isinf(compiled(np.full(2, 10.0))).all()
    with pytest.warns(RuntimeWarning, match="overflow encountered in a native loop"):
        compiled(np.full(2, 10.0))
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        compiled(np.full(2, 10.0))


def test_bounds_and_guards_are_numpys():
    X = np.arange(12.0).reshape(4, 3)
    f = lambda X, idx: al.scan(lambda c, i: (c + X[i], None), np.zeros(3), idx)[0]
    compiled = al.compile(f, backend="native")
    for idx in ([0, 3, -1], [1, 1, 1]):
        assert same_trees(compiled(X, np.array(idx)), f(X, np.array(idx)))
    with pytest.raises(IndexError, match="index 4 is out of bounds"):
        compiled(X, np.array([0, 4, 1]))
    g = lambda x: np.sum(x) if al.branch(np.all(x > 0)) else np.sum(-x)
    compiled = al.compile(g, backend="native")
    for x in (np.ones(2), -np.ones(2), np.ones(2)):
        assert compiled(x) == g(x)


# ---- life ----


SIZED = {
    "mask": lambda x: x[x > 0],
    "compress": lambda x: np.compress(x > 0, x),
    "extract": lambda x: np.extract(x > 0, x),
    "take": lambda x: x[np.flatnonzero(x > 0)],
    "rows": lambda x: np.stack([x, x], 1)[x > 0],
}


@pytest.mark.parametrize("pick", SIZED.values(), ids=SIZED)
@pytest.mark.parametrize("wrap", [lambda f: f, al.grad])
def test_blocks_hold_for_one_size_of_what_numbers_size(pick, wrap):
    def f(x):
        y = pick(x)
        z = 2.0 * np.concatenate([y, np.zeros_like(y[:1])])
        return np.sum(z * z[:1]) * len(y)

    f = wrap(f)
    compiled = al.compile(f, backend="native")
    for x in ([3, 2, 1, 1], [1, 2, -1, 4], [1, -2, -1, 1], [3, 2, 1, -1]):
        x = np.array(x, float)
        assert same_trees(compiled(x), f(x))


def test_threads():
    compiled = al.compile(al.grad(recurrent), backend="native")
    X = np.random.default_rng(3).normal(size=(8, 3))
    expected, found = al.grad(recurrent)(W, X), []
    threads = [threading.Thread(target=lambda: found.append(compiled(W, X))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(same_trees(x, expected) for x in found)


def test_interrupts_end_a_loop():
    script = textwrap.dedent(
        """
        import numpy as np, autograd_lite as al
        f = al.compile(lambda x: al.scan(lambda c, _: (c * 0.5 + 1.0, None), x, length=10**10)[0])
        f(np.ones(2))
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, encoding="utf-8"
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors


def test_the_cache_of_object_code(monkeypatch, tmp_path):
    """Kept, found again, and not used where it is damaged; a folder that cannot be is no matter."""
    f = al.grad(lambda x: np.sum(np.sin(x) * x))
    x = np.array([0.5, -1.0])
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", str(tmp_path))
    natively(f, x)
    (kept,) = tmp_path.iterdir()
    assert building.load(kept.stem) is not None
    for damage in (b"", kept.read_bytes()[:-1], bytes(100)):
        kept.write_bytes(damage)
        assert building.load(kept.stem) is None
        assert same_trees(natively(f, x)[0], f(x))
        assert building.load(kept.stem) is not None
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in ("off", str(tmp_path / "file" / "below")):
        monkeypatch.setenv("AUTOGRAD_LITE_CACHE", place)
        assert same_trees(natively(f, x)[0], f(x))
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_without_llvmlite(monkeypatch):
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    with pytest.raises(ImportError, match=r'pip install "autograd_lite\[native\]"'):
        al.compile(np.sin, backend="native")
    assert al.compile(np.sin).backend == "numpy"
