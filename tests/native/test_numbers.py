"""Single numbers, Python's and NumPy's: their powers are C's, to the bit; Python's stay so."""

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.compiled import quietly
from tests.support.equality import same_trees

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

from autograd_lite.native import numbers
from autograd_lite.native.backend import PARTS
from autograd_lite.native.code import CannotLower, kind_of

RNG = np.random.default_rng(0)
NUMBERS = [float, np.float64, np.float32]
EXPONENTS = [0, 1, 2, 3, -1, 0.5, 2.5, np.float64(2), np.float32(1.7), np.int64(2)]
#: Their squares by C's pow are an ulp off x * x, on machines with glibc.
ROUGH = [x for x in 3 * RNG.standard_normal(20_000) if x**2 != x * x][:8]


def is_one_loop(account):
    """Whether all but taking results apart is one native loop."""
    reasons = [why for _, why in account.numpy if why != PARTS]
    return len(account.native) == 1 and account.native[0].startswith("scan") and not reasons


def check(f, *args):
    compiled = al.compile(f, backend="native")
    for _ in range(2):
        assert same_trees(quietly(compiled, args), quietly(f, args))
    return compiled.programs[0].account


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("k", EXPONENTS, ids=repr)
def test_constant_exponents(kind, k):
    zeros = [] if kind is float and k == -1 else [0.0]  # which Python divides by
    for x in (*zeros, 1.0, 0.3, -1.5, 1e30, np.inf, *ROUGH):
        check(lambda x: (x * kind(1)) ** k, kind(x))


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_that_vary(kind):
    xs = (3 * RNG.standard_normal((40, 2))).astype(kind)
    step = lambda c, x: (c * kind(0.5) + x[0] ** 2, x[1] ** x[0])
    assert is_one_loop(check(lambda xs: al.scan(step, kind(0), xs), xs))
    account = check(al.grad(lambda x: x[0] ** 2 * x[1] ** 3 - x[0]), xs[0])
    assert "pow" in account.native


def test_counts_of_turns():
    """As Adam has them: ``0.9 ** t`` for a number of Python's that is carried."""
    for base in (0.9, 0.999, 1.0, 2.0):
        f = lambda x, base=base: al.scan(
            lambda c, x: ((c[0] + 1, c[1] + x / (1 - base ** (c[0] + 1) / 2)), None), (0, 0.0), x
        )
        assert is_one_loop(check(f, RNG.standard_normal(1000)))


def test_numbers_of_pythons_come_out_as_such():
    def f(n, a, x):
        return n + 1, a - 1.5, (n - 2) * a / (a + 3.0), -a, x * (a * n), x + n**a

    compiled = al.compile(f, backend="native")
    x = RNG.standard_normal(3)
    for n in (1, 0, 7, 10**6, 2**40, 2**62 - 1, 2**62, 2**63 - 1, 2**63, -(2**62) - 1, -(2**80), 3):
        for a in (0.5, 2.0, -3.0, 1e300, 4.0):
            try:
                expected = quietly(f, (n, a, x))
            except (ArithmeticError, TypeError) as error:
                with pytest.raises(type(error)):
                    quietly(compiled, (n, a, x))
                continue
            found = quietly(compiled, (n, a, x))
            assert same_trees(found, expected)
            assert [type(leaf) for leaf in found] == [type(leaf) for leaf in expected]
    assert "pow" in compiled.programs[0].account.native
    assert not [why for _, why in compiled.programs[0].account.numpy if why != PARTS]


def test_a_single_step_of_adam_is_native():
    model = nn.MLP([2, 3, 1], rng=np.random.default_rng(1))
    x, optimizer = RNG.standard_normal((4, 2)), nn.Adam(0.01)
    step = al.compile(lambda model, gradient, state: optimizer(model, gradient, state))
    gradient = al.grad(lambda m: np.sum(m(x) ** 2))(model)
    ours, eager = optimizer.start(model), optimizer.start(model)
    for _ in range(5):
        ours, eager = step(model, gradient, ours)[1], optimizer(model, gradient, eager)[1]
        assert same_trees(ours, eager) and type(ours.steps) is type(eager.steps)
    assert not step.programs[0].account.numpy


def test_where_python_has_an_answer_of_its_own():
    """Errors and complex numbers are the function's: native code leaves them to it."""
    f = lambda base, xs: al.scan(lambda t, x: (t + 1, x * (base**t)), 0, xs)
    xs = np.ones(2000)
    for base in (2.0, 0.0, -0.5, -2.0, 0.5):
        compiled = al.compile(f, backend="native")
        try:
            expected = quietly(f, (base, xs))
        except OverflowError:
            with pytest.raises(OverflowError):
                compiled(base, xs)
        else:
            assert same_trees(quietly(compiled, (base, xs)), expected)


@pytest.mark.parametrize("plant", [lambda x, k: np.nextafter(x**k, 9), lambda x, k: k**x])
def test_another_power_is_noticed(monkeypatch, plant):
    right = numbers.function("d")

    def wrong(x, k):
        try:
            return float(plant(np.float64(x), np.float64(k)))
        except ArithmeticError:
            return right(x, k)

    numbers.is_c_function.cache_clear()
    monkeypatch.setattr(numbers, "function", lambda kind: wrong)
    try:
        assert not numbers.is_c_function("d", float, int)
        assert not numbers.is_c_function("d", np.float64, float)
        f = lambda xs: al.scan(lambda t, x: (t + 1, x * (0.9**t)), 0, xs)
        account = check(f, np.ones(9))
        assert ("scan", "pow: a power that is not that of C") in account.numpy
    finally:
        numbers.is_c_function.cache_clear()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "optimizer",
    [
        *(nn.Adam(0.01), nn.AdamW(0.01), nn.Clipped(nn.Adam(0.01), 1.0)),
        nn.Adam(lambda t: 0.1 / (1 + t)),
    ],
)
def test_a_training_with_adam_is_one_native_loop(monkeypatch, optimizer, dtype):
    made, compile = [], al.compile

    def spy(f):
        made.append(compile(f))
        return made[-1]

    monkeypatch.setattr(al, "compile", spy)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((32, 2)).astype(dtype)
    runs = []
    for flag in (True, False):
        model = al.tree_map(dtype, nn.MLP([2, 3, 1], rng=np.random.default_rng(1)))
        batches = nn.Batches(x, x[:, :1].copy(), size=4, rng=np.random.default_rng(2))
        loss = lambda m, x, y: nn.squared_error(m(x), y)
        options = {"steps": 60, "every": 30, "progress": False, "compile": flag}
        runs.append(nn.fit(model, loss, batches, optimizer, **options))
    assert same_trees(runs[0][0], runs[1][0]) and runs[0][1].losses == runs[1][1].losses
    accounts = [p.account for c in made for p in c.programs]
    assert accounts and all(is_one_loop(a) for a in accounts if a.native or a.numpy)


def test_whole_numbers_have_64_bits_whatever_they_are_called():
    for letter in np.typecodes["AllInteger"]:
        if np.dtype(letter) == np.int64:
            assert np.dtype(kind_of(letter)).itemsize == 8
        else:
            with pytest.raises(CannotLower):
                kind_of(letter)
