"""Whole programs against differentiators that share nothing with the engine.

Graphs grow one random operation at a time and are differentiated at random moments; the slopes to
which they are held were carried forward with the values.  Fractions must agree exactly, floats to
8 units in the last place for each operation so far, of what the same sums would be if nothing in
them cancelled.  Random programs are then held against dual numbers, and against JAX.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

import autograd_lite as al
from autograd_lite.testing import mutants
from autograd_lite.testing.strategies import programs
from tests.support.effort import examples

# ---- graphs, by a naive differentiator: numbers that carry their slopes along ----


class Number:
    """A number ``v`` with its slopes ``s`` by all inputs; arrays of such do the rest.

    ``V`` and ``S`` are what both would be if nothing cancelled: rounding errors are in proportion.
    """

    def __init__(self, v, s, V, S):
        self.v, self.s, self.V, self.S = v, s, V, S

    def __add__(self, b):
        return Number(self.v + b.v, self.s + b.s, self.V + b.V, self.S + b.S)

    def __neg__(self):
        return Number(-self.v, -self.s, self.V, self.S)

    def __sub__(self, b):
        return self + -b

    def __mul__(self, b):
        s, S = self.s * b.v + self.v * b.s, self.S * b.V + self.V * b.S
        return Number(self.v * b.v, s, self.V * b.V, S)

    def through(self, f, slope):
        """``f`` of this number, where |f| ≤ 1 + |x| and neither f′ nor f″ exceeds 2."""
        s, S = self.s * slope(self.v), self.S * 2 * (1 + self.V)
        return Number(f(self.v), s, 1 + self.V, S)


def of(name):
    """One of the four parts of every number in an array."""
    return np.frompyfunc(lambda number: getattr(number, name), 1, 1)


QUICK = {"database": None, "derandomize": True, "phases": [Phase.generate]}
SMOOTH = {
    "damped": (lambda x: 1 / (1 + x * x), lambda x: -2 * x / ((1 + x * x) * (1 + x * x))),
    "sin": (np.sin, np.cos),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
}
MOVES = {
    "sum": np.sum,
    "sum of columns": lambda x: np.sum(x, axis=0, keepdims=True),
    "sum of rows": lambda x: np.sum(x, axis=-1),
    "transposed": np.transpose,
    "reversed": lambda x: x[::-1],
    "repeated": lambda x: x[[0, -1, 0]],
    "flat": np.ravel,
    "row": lambda x: x[None],
    "joined": lambda x: np.concatenate([x, x[:1]]),
}
SHAPES = [(), (3,), (1, 3), (2, 1), (2, 3)]


class Graphs(RuleBasedStateMachine):
    """Pairs of a Tensor and an array of Numbers, from which more are computed."""

    values = Bundle("values")
    smooth = sorted(SMOOTH)

    @initialize(target=values, data=st.data())
    def leaves(self, data):
        shapes = data.draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
        sizes = [int(np.prod(shape)) for shape in shapes]
        n = sum(sizes)
        quarters = data.draw(st.lists(st.integers(-8, 8), min_size=n, max_size=n))
        x = [self.number(q) / 4 for q in quarters]
        one = np.array([[self.number(int(i == j)) for j in range(n)] for i in range(n)])
        numbers = [Number(v, e, abs(v), e) for v, e in zip(x, one)]
        self.leaves, pairs, start = [], [], 0
        for shape, size in zip(shapes, sizes):
            own = slice(start, start + size)
            tensor = al.Tensor(np.reshape(np.array(x[own]), shape))
            pairs.append((tensor, np.reshape(np.array(numbers[own], object), shape)))
            self.leaves.append((tensor, own))
            start += size
        self.steps = 1
        return multiple(*pairs)

    @rule(target=values, a=values, b=values, f=st.sampled_from([np.add, np.subtract, np.multiply]))
    def arithmetic(self, a, b, f):
        try:
            np.broadcast_shapes(a[0].shape, b[0].shape)
        except ValueError:
            b = [np.sum(part) for part in b]
        return self.pair(*map(f, a, b))

    @rule(target=values, a=values, b=values)
    def product(self, a, b):
        if a[0].ndim != 2:
            return multiple()
        fits = b[0].ndim == 2 and b[0].shape[0] == a[0].shape[1]
        b = b if fits else [np.transpose(part) for part in a]
        return self.pair(*(x @ y for x, y in zip(a, b)))

    @rule(target=values, a=values, data=st.data())
    def function(self, a, data):
        f, slope = SMOOTH[data.draw(st.sampled_from(self.smooth))]
        return self.pair(f(a[0]), np.frompyfunc(lambda x: x.through(f, slope), 1, 1)(a[1]))

    @rule(target=values, a=values, move=st.sampled_from(list(MOVES)))
    def moved(self, a, move):
        if a[0].ndim == 0 and move not in ("sum", "transposed", "flat"):
            return multiple()
        return self.pair(*map(MOVES[move], a))

    def pair(self, tensor, numbers):
        """A new pair, unless it grew too large."""
        self.steps += 1
        numbers = np.asarray(numbers, object)
        assert (type(tensor), tensor.shape) == (al.Tensor, numbers.shape)
        self.compare(tensor.data, of("v")(numbers), of("V")(numbers))
        small = tensor.size <= 12 and tensor.ndim <= 3 and np.all(self.is_small(numbers))
        return (tensor, numbers) if small else multiple()

    @rule(a=values, seed=st.integers(0, 99))
    def differentiate(self, a, seed):
        tensor, numbers = a
        u = np.random.default_rng(seed).integers(-8, 9, numbers.shape)
        before = [leaf.grad for leaf, _ in self.leaves]
        tensor.backward(np.reshape(np.array([self.number(int(n)) for n in u.flat]), u.shape))
        slope = sum((n.s * int(k) for n, k in zip(numbers.flat, u.flat)), 0)
        bound = sum((n.S * abs(int(k)) for n, k in zip(numbers.flat, u.flat)), 0)
        for (leaf, own), old in zip(self.leaves, before):
            if leaf.grad is old:  # it is not under this value, which therefore has slope 0
                assert not np.any(slope[own])
            else:
                self.compare(np.ravel(leaf.grad), slope[own], bound[own])


class Floats(Graphs):
    number = float

    def is_small(self, numbers):
        return of("V")(numbers) < 1e4

    def compare(self, got, expected, bound):
        got, expected, bound = (np.asarray(x, float) for x in (got, expected, bound))
        assert np.all(abs(got - expected) <= 8 * self.steps * np.finfo(float).eps * bound)


class Fractions(Graphs):
    number = Fraction
    smooth = ("damped",)

    def is_small(self, numbers):
        return np.frompyfunc(lambda n: n.v.denominator < 1e9 and abs(n.v) < 1e9, 1, 1)(numbers)

    def compare(self, got, expected, bound):
        assert np.all(got == expected)


TestFloats, TestFractions = Floats.TestCase, Fractions.TestCase
TestFloats.settings = TestFractions.settings = settings(stateful_step_count=30)


@pytest.mark.slow
@pytest.mark.parametrize("function", [np.add, np.multiply, np.transpose])
@pytest.mark.parametrize("mistake", ["sign", "not summed"])
def test_a_wrong_rule_is_found(function, mistake):
    for mutant in (m for m in mutants(function) if m.mutation == mistake):
        with mutant.installed(), pytest.raises(AssertionError):
            run_state_machine_as_test(Fractions, settings=settings(max_examples=800, **QUICK))


# ---- programs of fractions, by dual numbers ----


def lifted(f):
    """An operator of two dual numbers, for numbers as well; arrays are left to NumPy."""

    def operator(a, b):
        if isinstance(b, np.ndarray):
            return NotImplemented
        return f(a, b if isinstance(b, Dual) else Dual(b))

    return operator


class Dual:
    """v + s ε with ε² = 0; both may be dual numbers again, and then there are second slopes."""

    def __init__(self, v, s=0):
        self.v, self.s = v, s

    __add__ = __radd__ = lifted(lambda a, b: Dual(a.v + b.v, a.s + b.s))
    __sub__ = lifted(lambda a, b: Dual(a.v - b.v, a.s - b.s))
    __rsub__ = lifted(lambda a, b: b - a)
    __mul__ = __rmul__ = lifted(lambda a, b: Dual(a.v * b.v, a.s * b.v + a.v * b.s))
    __truediv__ = lifted(lambda a, b: Dual(a.v / b.v, (a.s * b.v - a.v * b.s) / (b.v * b.v)))
    __rtruediv__ = lifted(lambda a, b: b / a)
    __gt__ = lifted(lambda a, b: a.v > b.v)
    __ge__ = lifted(lambda a, b: a.v >= b.v)
    __lt__ = lifted(lambda a, b: a.v < b.v)
    __le__ = lifted(lambda a, b: a.v <= b.v)

    def __neg__(self):
        return Dual(-self.v, -self.s)

    def __abs__(self):
        return -self if self.v < 0 else self


def numbers_of(array):
    return np.asarray(array, object).ravel()


def directions(inputs):
    """Each input with 1 at one place and 0 elsewhere, for every place."""
    for k, x in enumerate(inputs):
        for i in range(x.size):
            e = [np.full(x.shape, Fraction(0)) for x in inputs]
            e[k].flat[i] = Fraction(1)
            yield e


def dual(x, e):
    return np.frompyfunc(Dual, 2, 1)(x, e)


@given(program=programs(rational=True))
def test_programs_of_fractions(program):
    value, pullback = al.vjp(program, *program.inputs)
    u = np.reshape([Fraction(k + 1, 3) for k in range(np.size(value))], np.shape(value))
    gradient = np.concatenate([numbers_of(g) for g in pullback(u)])
    for g, e in zip(gradient, directions(program.inputs), strict=True):
        result = numbers_of(program(*map(dual, program.inputs, e)))
        assert g == sum(k * r.s for k, r in zip(u.ravel(), result))


@given(program=programs(rational=True, scalar=True, depth=5))
def test_second_derivatives_of_programs_of_fractions(program):
    v = [np.reshape([Fraction(k + 1) for k in range(x.size)], x.shape) for x in program.inputs]
    product = al.hvp(program, program.inputs, tuple(v))
    product = np.concatenate([numbers_of(p) for p in product])
    moving = [*map(dual, program.inputs, v)]
    for p, e in zip(product, directions(program.inputs), strict=True):
        (result,) = numbers_of(program(*map(dual, moving, e)))
        assert p == (result.s.s if isinstance(result.s, Dual) else 0)


# ---- programs of floats, by JAX ----


@pytest.fixture
def jax():
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield jax
    jax.config.update("jax_enable_x64", before)


def test_programs_of_floats(jax):
    @settings(max_examples=examples(0.5))  # JAX compiles for every shape anew
    @given(program=programs(scalar=True, depth=6))
    def check(program):
        def theirs(*inputs):
            return program(*inputs, xp=jax.numpy)

        inputs = program.inputs
        places = tuple(range(len(inputs)))
        v = tuple(np.cos(np.arange(x.size) + 1.0).reshape(x.shape) for x in inputs)
        gradient = jax.grad(theirs, places)
        expected, product = jax.jvp(gradient, inputs, v)
        ours = (al.grad(program, places)(*inputs), al.hvp(program, inputs, v))
        for a, b in zip(ours, (expected, product)):
            for x, y in zip(a, b, strict=True):
                np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-9 * (1 + np.abs(y).max()))

    check()
