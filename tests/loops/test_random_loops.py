"""Random loops: a scan is the loop that one would write, and its gradient the reverse scan."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing.strategies import loops
from tests.support.compiled import check_compiled
from tests.support.effort import examples
from tests.support.equality import same, same_trees
from tests.support.loops import python_loop, reverse_scan, summed

DTYPES = st.sampled_from([np.float64, np.float32, np.complex128, Fraction])
FLOATS = st.sampled_from([np.float64, np.float32])
ALL = (0, 1, 2)


def scanned(loop, **options):
    """The results of a loop as a function of what it reads, begins with and goes over."""

    def run(outside, carry, xs):
        return al.scan(loop.step(*outside), carry, xs, reverse=loop.reverse, **options)

    return run


def weights(loop):
    """Cotangents of the results, other numbers for each."""
    results = scanned(loop)(loop.outside, loop.carry, loop.xs)
    rng = np.random.default_rng(0)

    def drawn(x):
        w = rng.integers(-4, 5, np.shape(x)) / 4
        if np.asarray(x).dtype == object:
            return np.array([Fraction(v) for v in np.ravel(w)], object).reshape(np.shape(x))[()]
        return w.astype(x.dtype)[()]

    return al.tree_map(drawn, results)


def weighted(loop, w, run=scanned):
    """One number as a function of the same."""
    real = np.real if loop.outside[0].dtype.kind == "c" else lambda x: x
    return lambda *given: real(summed(run(loop)(*given), w))


def unrolled(loop):
    return lambda outside, carry, xs: python_loop(
        loop.step(*outside), carry, xs, reverse=loop.reverse
    )


def alike(a, b):
    """Whether all leaves are the same to the bit; Fractions and whole numbers are to be equal."""
    pairs = []
    al.tree_map(lambda *pair: pairs.append([*map(np.asarray, pair)]), a, b)
    return all(np.array_equal(x, y) if x.dtype == object else same(x, y) for x, y in pairs)


def given_to(loop):
    return loop.outside, loop.carry, loop.xs


@given(DTYPES.flatmap(lambda dtype: loops(dtype=dtype, min_turns=1)))
@settings(max_examples=examples(5))
def test_scan_is_the_loop(loop):
    assert alike(scanned(loop)(*given_to(loop)), unrolled(loop)(*given_to(loop)))


@given(DTYPES.flatmap(lambda dtype: loops(dtype=dtype, min_turns=1)))
@settings(max_examples=examples(5))
def test_gradient_is_the_reverse_scan(loop):
    (g_carry, g_ys) = w = weights(loop)
    found = al.vjp(scanned(loop), *given_to(loop))[1](w)
    expected = reverse_scan(loop.step, *given_to(loop), g_carry, g_ys, reverse=loop.reverse)
    assert alike(found, expected)


@given(FLOATS.flatmap(lambda dtype: loops(dtype=dtype, min_turns=1)))
@settings(max_examples=examples(5))
def test_gradient_is_nearly_that_of_the_unrolled_loop(loop):
    w = weights(loop)
    found = al.grad(weighted(loop, w), ALL)(*given_to(loop))
    expected = al.grad(weighted(loop, w, unrolled), ALL)(*given_to(loop))
    eps = 200 * np.finfo(loop.outside[0].dtype).eps
    scale = max(np.max(abs(x)) for x in al.tree_leaves(expected))
    close = lambda a, b: bool(np.all(abs(a - b) <= eps * max(1, scale)))
    assert all(map(close, al.tree_leaves(found), al.tree_leaves(expected)))


@given(loops(dtype=Fraction, min_turns=1, turns=3, depth=4))
@settings(max_examples=examples(2))
def test_gradient_of_fractions_is_that_of_the_unrolled_loop(loop):
    w = weights(loop)
    found = al.grad(weighted(loop, w), ALL)(*given_to(loop))
    expected = al.grad(weighted(loop, w, unrolled), ALL)(*given_to(loop))
    assert alike(found, expected)


@given(DTYPES.flatmap(lambda dtype: loops(dtype=dtype, min_turns=1)), st.integers(1, 6))
@settings(max_examples=examples(3))
def test_checkpoints_change_no_bit(loop, k):
    w = weights(loop)
    plain, kept = scanned(loop), scanned(loop, checkpoint=k)
    value, pull = al.vjp(kept, *given_to(loop))
    assert same_trees(value, plain(*given_to(loop)))
    assert same_trees(pull(w), al.vjp(plain, *given_to(loop))[1](w))


@given(DTYPES.flatmap(lambda dtype: loops(dtype=dtype)))
@settings(max_examples=examples(3))
def test_traced(loop):
    check_traced(scanned(loop), given_to(loop))


@given(FLOATS.flatmap(lambda dtype: loops(dtype=dtype)))
@settings(max_examples=examples(3))
def test_traced_gradients(loop):
    check_traced(al.value_and_grad(weighted(loop, weights(loop)), ALL), given_to(loop))


@given(loops(min_turns=0, turns=3, depth=4))
@settings(max_examples=examples(2))
def test_traced_hvp(loop):
    f = curved(weighted(loop, weights(loop)))
    check_traced(lambda *given: al.hvp(f, given, given), given_to(loop))


@given(loops(min_turns=1, turns=3, depth=3, side=2))
@settings(max_examples=examples(1))
def test_traced_hessians(loop):
    """But for the sign of a zero, as `al.scan` says."""
    f = weighted(loop, weights(loop))
    outside, carry, xs = given_to(loop)
    hessian = al.hessian(lambda outside: f(outside, carry, xs))
    check_traced(lambda outside: al.tree_map(lambda x: x + 0.0, hessian(outside)), (outside,))


@given(loops(min_turns=1), st.booleans())
@settings(max_examples=examples(4))
def test_compiled(loop, gradient):
    f = weighted(loop, weights(loop))
    f = al.grad(f, ALL) if gradient else scanned(loop)
    longer = al.tree_map(lambda x: np.concatenate([x, x[::-1]]), loop.xs)
    outside, carry, xs = given_to(loop)
    if gradient:
        check_compiled(f, (outside, carry, xs))
    else:
        check_compiled(f, (outside, carry, xs), (outside, carry, longer))


@given(loops(min_turns=1, turns=3, depth=4))
@settings(max_examples=examples(1))
def test_compiled_hvp(loop):
    f = curved(weighted(loop, weights(loop)))
    check_compiled(lambda *given: al.hvp(f, given, given), given_to(loop))


def curved(f):
    """The same and a cube of each number, so that none has no second derivative at all."""
    return lambda *given: f(*given) + sum([np.sum(x * x * x) for x in al.tree_leaves(given)])


def check_traced(f, args):
    """The program of ``f``, its text and ``f`` itself give the same bits."""
    program = al.trace(f, *args)
    expected = f(*args)
    assert same_trees(program(*args), expected)
