"""The strategies: they reach what they claim to, keep what they promise, shrink, and repeat."""

import numbers
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing import strategies as draws
from autograd_lite.testing.strategies.domains import contains, pieces

SEARCH = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=2000,
    suppress_health_check=list(HealthCheck),
)
MARGIN = draws.MARGIN
SHAPE = (2, 3)


def some(strategy, predicate):
    return find(strategy, predicate, settings=settings(SEARCH, phases=[Phase.generate]))


def smallest(strategy, predicate=lambda drawn: True, size=lambda drawn: 0):
    """The least of three finds by ``size``, as shrinking may stop too early."""
    tries = [find(strategy, predicate, settings=SEARCH, random=random.Random(n)) for n in range(3)]
    return min(tries, key=size)


def stretched(pair):
    """Whether an axis of length 1 meets a longer one."""
    a, b = pair
    return any({n, m} - {1} and 1 in (n, m) and n != m for n, m in zip(a.shape, b.shape))


# ---- what is claimed is reached ----

PAIRS = draws.broadcastable(2)
KEYS = draws.indices(SHAPE)
PROGRAMS = draws.programs(depth=6, max_dims=2)
REACHED = {
    "0-d": (draws.arrays(), lambda x: x.ndim == 0),
    "3-d": (draws.arrays(), lambda x: x.ndim == 3 and x.size),
    "empty": (draws.arrays(), lambda x: x.size == 0),
    "an axis of length 1": (draws.arrays(), lambda x: 1 in x.shape and x.size > 1),
    "Fortran": (draws.arrays(), lambda x: x.flags.f_contiguous and not x.flags.c_contiguous),
    "strided": (draws.arrays(), lambda x: any(s > x.itemsize * x.size for s in x.strides)),
    "reversed": (draws.arrays(), lambda x: x.size > 1 and min(x.strides) < 0),
    "negative": (draws.arrays(), lambda x: np.any(x < -1)),
    "a fraction": (draws.arrays(dtype=Fraction), lambda x: np.any([f % 1 for f in x.flat])),
    "an imaginary part": (draws.arrays(dtype="c8"), lambda z: np.any(z.imag)),
    "one side of a kink": (draws.arrays(kinks=1), lambda x: np.any(x > 1) and np.any(x < 1)),
    "an element on a kink": (draws.arrays(kinks=[0, 2], at_kinks=True), lambda x: 2 in x),
    "all on kinks": (draws.arrays(kinks=0, at_kinks=True), lambda x: x.size > 2 and not x.any()),
    "a tie": (
        draws.arrays(kinks="ties", at_kinks=True),
        lambda x: x.max() > x.min() and np.sum(x == x.max()) > 1,
    ),
    "a tie of two arrays": (
        draws.broadcastable(2, kinks="ties", at_kinks=True),
        lambda pair: np.any(pair[0] == pair[1]),
    ),
    "the same shape": (PAIRS, lambda pair: pair[0].shape == pair[1].shape != ()),
    "an axis of length 1 stretched": (PAIRS, stretched),
    "an axis more": (PAIRS, lambda pair: pair[0].ndim > pair[1].ndim > 0),
    "a repeated index": (KEYS, lambda k: isinstance(k, np.ndarray) and k.tolist() == [1, 1]),
    "one place by two names": (draws.repeated_indices(SHAPE), lambda k: {1, -1} <= {*k.tolist()}),
    "a backward slice": (
        draws.indices((3,)),
        lambda k: isinstance(k, slice) and k.step is not None and k.step < 0,
    ),
    "a new axis": (draws.basic_indices(SHAPE), lambda k: isinstance(k, tuple) and None in k),
    "an ellipsis": (draws.basic_indices(SHAPE), lambda k: isinstance(k, tuple) and ... in k),
    "a mask": (KEYS, lambda k: isinstance(k, np.ndarray) and k.dtype == "?" and k.all()),
    "arrays that broadcast": (
        draws.advanced_indices(SHAPE),
        lambda key: len({k.shape for k in key if isinstance(k, np.ndarray)}) == 2,
    ),
    "a negative axis": (draws.axis(2), lambda a: a == -2),
    "no axes": (draws.axes(2), lambda a: a == ()),
    "all axes": (draws.axes(2), lambda a: isinstance(a, tuple) and {i % 2 for i in a} == {0, 1}),
    "a network of full size": (
        draws.networks(depth=3, width=4),
        lambda n: len(n.W) == 3 and max(n.W[0].shape) == 4 and len(n.X) == 5,
    ),
    "a shared value": (PROGRAMS, lambda p: any(s.operands == (2, 2) for s in p.steps)),
    "a long program": (PROGRAMS, lambda p: len(p.steps) == 6),
    "three inputs": (PROGRAMS, lambda p: len(p.inputs) == 3),
    **{
        word: (PROGRAMS, lambda p, word=word: word in str(p))
        for word in ["@", "axis=", "keepdims", "np.where", "reshape", "np.array([", "concatenate"]
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("what", REACHED)
def test_reached(what):
    strategy, predicate = REACHED[what]
    assert predicate(some(strategy, predicate))


# ---- what is promised is kept ----


def away(x, points):
    return all(np.all(abs(x - p) >= MARGIN) for p in points)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "c8", "c16", Fraction])
@pytest.mark.parametrize("domain", [*draws.DOMAINS, (0.1, 0.7), lambda x: x > 1 / 3])
@given(data=st.data())
def test_domain_and_dtype(domain, dtype, data):
    x = data.draw(draws.arrays(domain, dtype=dtype, kinks=0.5))
    assert x.dtype == (object if dtype is Fraction else np.dtype(dtype))
    assert all(type(v) is Fraction for v in x.flat) or dtype is not Fraction
    real = x if dtype is Fraction else x.real
    holes = draws.DOMAINS[domain][2:] if isinstance(domain, str) else ()
    assert all(contains(domain, v) for v in real.flat)
    assert away(real, [0.5, *holes])


@given(draws.arrays(kinks=["ties", 0], max_dims=2), draws.broadcastable(2, kinks="ties"))
def test_no_ties(x, pair):
    assert away(x, [0])
    for together in (x.ravel(), np.concatenate([np.ravel(a) for a in pair])):
        assert np.all(np.diff(np.sort(together)) >= MARGIN)


@given(draws.arrays("nonnegative", kinks=[0, 1, -3], at_kinks=True))
def test_on_a_kink_or_well_away(x):
    assert 0 in x or 1 in x
    assert not np.any((abs(x) < MARGIN) & (x != 0)) and not np.any((abs(x - 1) < MARGIN) & (x != 1))


@given(draws.arrays(kinks="ties", at_kinks=True))
def test_a_tie_and_no_near_miss(x):
    gaps = np.diff(np.sort(x.ravel()))
    assert 0 in gaps and np.all((gaps == 0) | (gaps >= MARGIN))


@given(draws.broadcastable(3, [(-1, 1), "positive", "above one"], dtype="f4"))
def test_broadcastable(three):
    np.broadcast_shapes(*(x.shape for x in three))
    for x, (low, high) in zip(three, [(-1, 1), (0, 5), (1, 5)]):
        assert x.dtype == np.float32 and np.all((low <= x) & (x <= high))


@given(draws.broadcastable(2, signature="...(m,n),(n,k)"))
def test_signature(pair):
    np.matmul(*pair)


@given(st.data())
def test_keys_are_valid(data):
    x = data.draw(draws.arrays())
    x[data.draw(draws.indices(x.shape))]
    np.sum(x, **data.draw(draws.reductions(x.ndim)))


@pytest.mark.parametrize("kind", ["f4", "f8", Fraction])
@given(data=st.data())
def test_networks(kind, data):
    network = data.draw(draws.networks(kind, depth=3, width=3))
    loss, (dW, db) = al.value_and_grad(network, (0, 1))(network.W, network.b)
    assert loss == network(network.W, network.b)
    assert [d.shape for d in [*dW, *db]] == [p.shape for p in [*network.W, *network.b]]
    assert isinstance(loss, Fraction if kind is Fraction else np.dtype(kind).type)


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": "imaginary"},
        {"domain": "unit", "kinks": 0, "margin": 2.0},
        {"kinks": "corner"},
        {"at_kinks": True},
        {"layout": "sparse", "shape": (2,)},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        smallest(draws.arrays(**wrong))


def test_a_domain_in_pieces():
    assert pieces((0, 4), [2], 1) == [(0, 1), (3, 4)]


# ---- programs ----


def same_bits(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return (a.shape, a.dtype) == (b.shape, b.dtype) and (
        np.array_equal(a, b) if a.dtype == object else a.tobytes() == b.tobytes()
    )


def run_as_source(program):
    """The result of what is printed: inputs included, if of ``repr``."""
    scope = {"np": np, "Fraction": Fraction}
    exec(repr(program), scope)
    return scope["f"](*[scope[name] for name in program.names[: len(program.inputs)]])


@pytest.mark.parametrize("rational", [False, True])
@given(data=st.data())
def test_program_is_its_source(rational, data):
    program = data.draw(draws.programs(rational=rational))
    value = program(*program.inputs)
    assert same_bits(value, run_as_source(program))
    assert len(str(program).splitlines()) == 1 + len(program.steps)
    if rational:
        assert all(isinstance(v, numbers.Rational) for v in np.asarray(value).flat)
    else:
        assert np.all(np.isfinite(value))


@given(draws.programs(scalar=True))
def test_programs_are_differentiable(program):
    value, gradients = al.value_and_grad(program, range(len(program.inputs)))(*program.inputs)
    assert same_bits(value, program(*program.inputs))
    assert all(np.all(np.isfinite(g)) for g in gradients)


@given(draws.programs(smooth=True))
def test_smooth_programs(program):
    assert not any(word in str(program) for word in ["abs(", "max(", "imum(", "clip", "where"])


@given(draws.programs(dtype="f4", depth=3, inputs=2))
def test_options_of_programs(program):
    assert len(program.steps) <= 3 and len(program.inputs) <= 2
    assert np.asarray(program(*program.inputs)).dtype == np.float32


# ---- counterexamples are small ----


class Faulty:
    """NumPy, with an error planted in one function."""

    def __init__(self, name, function):
        self.name, self.function = name, function

    def __getattr__(self, name):
        return self.function if name == self.name else getattr(np, name)


FAULTS = {
    "a wrong function": Faulty("tanh", np.sin),
    "axis ignored": Faulty("sum", lambda x, axis=None, keepdims=False: np.sum(x)),
    "wrong on matrices": Faulty("mean", lambda x, **how: np.mean(x, **how) + (np.ndim(x) == 2)),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_program_shrinks(fault):
    def fails(program):
        wrong = program(*program.inputs, xp=FAULTS[fault])
        return not same_bits(wrong, program(*program.inputs))

    program = smallest(draws.programs(depth=3, inputs=2), fails, lambda p: len(p.steps))
    assert len(program.steps) <= 2, program
    assert all(set(x.flat) <= {0, 1} for x in program.inputs)


def test_numbers_shrink():
    assert smallest(draws.arrays(shape=(2,)), lambda x: x[0] > 1.3).tolist() == [2, 0]


def test_draws_are_reproducible():
    def run():
        seen = []

        @settings(max_examples=20, derandomize=True, database=None)
        @given(st.tuples(PROGRAMS, PAIRS, KEYS, draws.networks()))
        def collect(drawn):
            seen.append(repr(drawn))

        collect()
        return seen

    assert run() == run()
