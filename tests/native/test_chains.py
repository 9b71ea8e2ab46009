"""Chains on large arrays: which steps run natively, and that NumPy runs where they should not."""

import operator

import numpy as np
import pytest

import autograd_lite as al
from tests.support.equality import same_trees

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

from autograd_lite.native import chains, elementwise
from autograd_lite.programs import fusing

SIZE = 2**16 + 122
X = np.random.default_rng(0).normal(size=SIZE)
Y = np.random.default_rng(1).normal(size=SIZE)
BINARY = [
    *(operator.add, operator.sub, operator.mul, operator.truediv, np.add, np.maximum, np.minimum),
    *(np.hypot, np.arctan2, np.copysign, np.fmax, np.logaddexp, np.remainder, np.power),
]
UNARY = [
    *(np.exp, np.tanh, np.sin, np.cos, np.log1p, np.expm1, np.sqrt, np.square, np.abs, np.floor),
    *(np.sign, np.reciprocal, np.negative, np.rint, np.cbrt, np.arctan, np.sinh, np.isnan),
    *(lambda x: x**2, lambda x: x**0.5, lambda x: x**-1, lambda x: x > 0.5, np.isfinite),
]


def natively(f, *args):
    """The compiled function after two calls with the bits of the function, and its chains."""
    compiled = al.compile(f, backend="native")
    with np.errstate(all="ignore"):
        for _ in range(2):
            assert same_trees(compiled(*args), f(*args))
    return compiled, compiled.report()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("f", [*UNARY, *BINARY], ids=lambda f: getattr(f, "__name__", "f"))
def test_what_runs_natively(f, dtype):
    """Alone among others, as the first, the last and in between."""
    x, y = abs(X).astype(dtype), Y.astype(dtype)
    of = (lambda x, y: f(x)) if f in UNARY else f

    def chain(x, y):
        z = of(x + 1, y)
        return of(x * (y + z), z * dtype(2)), np.where(x > y, z, y), z

    report = natively(chain, x, y)[1]
    assert "NumPy: chain" not in report and "where" in report, report


def test_a_chain_of_everything():
    """Numbers of several kinds, from several places, single ones among them."""

    def f(x, y, a, k):
        z = np.exp(-x * a) * k + (x > y) * 0.5 - np.float32(1) * y
        w = np.where(z > 0, z, np.tanh(x)) ** 2
        return w, np.where(x > y, w / 3, 1.5), w > z, (w * z).astype(np.float32) * np.float32(3)

    compiled, report = natively(f, X, Y, np.array(0.5), 3.0)
    assert "NumPy: chain" not in report
    assert same_trees(compiled(Y, X, np.array(0.25), 7.0), f(Y, X, np.array(0.25), 7.0))
    for args in ((X[::-1], Y), (X, Y.astype(">f8").astype(">f8")), (X[:, None][:, 0], Y)):
        assert same_trees(compiled(*args, np.array(0.5), 3.0), f(*args, np.array(0.5), 3.0))


def test_matrices_and_gradients():
    x, y = X.reshape(3, -1), Y.reshape(3, -1)
    f = al.grad(lambda x, y: np.sum(np.tanh(x * y) * np.exp(-y) + x**2), (0, 1))
    compiled, report = natively(f, x, y)
    assert "NumPy: chain" not in report
    for order in (np.asfortranarray, np.flip):
        assert same_trees(compiled(order(x), order(y)), f(order(x), order(y)))


def test_warnings_are_numpys():
    f = lambda x: x * 1e300 * x + x
    compiled, _ = natively(f, X)
    with pytest.warns(RuntimeWarning, match="overflow encountered in multiply"):
        compiled(1e10 * X)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        compiled(1e10 * X)
    with np.errstate(all="ignore"):
        assert same_trees(compiled(1e10 * X), f(1e10 * X))


@pytest.mark.parametrize("plant", ["fsub {t} {0}, {1}", "fadd reassoc nsz {t} {1}, {one}"])
def test_a_wrong_instruction_is_noticed(monkeypatch, plant):
    made, build = [], chains.NativeChain.__init__
    monkeypatch.setitem(elementwise.FLOATS, np.add, plant)
    monkeypatch.setattr(
        chains.NativeChain,
        "__init__",
        lambda self, *args: (build(self, *args), made.append(self))[0],
    )
    f = lambda x, y: (x + y) * 2
    compiled = al.compile(f, backend="native")
    for _ in range(3):
        assert same_trees(compiled(X, Y), f(X, Y))
    assert [chain.is_right for chain in made] == [False]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 511, 512, 513, 1024])
def test_blocks_of_every_length(monkeypatch, size):
    monkeypatch.setattr(fusing, "LARGE", 1)
    f = lambda x, y: (np.exp(x) * y + 1) * (np.exp(x) - y)
    report = natively(f, X[:size], Y[:size])[1]
    assert "NumPy: chain" not in report
