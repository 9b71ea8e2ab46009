"""A loss over blocks is the loss: its value and derivatives of every order, in one step."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.blocks import loss, parameters, recipes, rows
from tests.support.equality import same_trees

X, Y = rows(0, 203)
P = parameters()
WHOLE = lambda p: loss(p, X, Y)
MEAN = al.mean_over(loss, al.blocks(X, Y, rows=25))
SUM = al.sum_over(lambda p, x, y: len(x) * loss(p, x, y), al.blocks(X, Y, rows=25))
"""As floats these agree up to rounding, which some hundred terms of about 1 bound."""
NEAR = {"rtol": 1e-13, "atol": 1e-14}


def near(a, b):
    for x, y in zip(al.tree_leaves(a), al.tree_leaves(b), strict=True):
        assert np.shape(x) == np.shape(y) and x.dtype == y.dtype
        np.testing.assert_allclose(x, y, **NEAR)


@pytest.mark.parametrize(("total", "factor"), [(MEAN, 1), (SUM, len(X))])
def test_value_gradient_and_products_of_the_hessian(total, factor):
    scaled = lambda p: factor * WHOLE(p)
    rng = np.random.default_rng(1)
    v = al.tree_map(lambda w: rng.standard_normal(w.shape), P)
    np.testing.assert_allclose(total(P), scaled(P), rtol=1e-13)
    value, gradient = al.value_and_grad(total)(P)
    assert value == total(P)
    for a, b in zip(al.tree_leaves(gradient), al.tree_leaves(al.grad(scaled)(P)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13 * factor)
    products = al.hvp(total, P, v), al.hvp(scaled, P, v)
    for a, b in zip(*map(al.tree_leaves, products), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13 * factor)


def test_third_derivatives():
    def third(f):
        slope = lambda p: np.sum(al.grad(f)(p)["W"] ** 2)
        return al.grad(lambda p: np.sum(al.grad(slope)(p)["v"] ** 3))(P)

    near(third(MEAN), third(WHOLE))


def test_exact_numbers_are_equal():
    x = np.array([Fraction(k, 3) for k in range(7)], dtype=object)
    square = lambda p, x: np.sum((x - p) ** 2) / len(x)
    total, p = al.mean_over(square, al.blocks(x, rows=3)), Fraction(1, 7)
    assert total(p) == square(p, x)
    assert al.grad(total)(p) == al.grad(lambda p: square(p, x))(p)
    assert all(type(found) is Fraction for found in al.value_and_grad(total)(p))


@given(st.integers(1, 40), st.integers(1, 45))
def test_sums_of_whole_numbers_are_equal_however_they_are_cut(n, size):
    x = np.arange(float(n))
    total = al.sum_over(lambda p, x: np.sum(p * x), al.blocks(x, rows=size))
    assert total(2.0) == n * (n - 1) and al.grad(total)(2.0) == n * (n - 1) / 2


def test_blocks_are_views_in_order():
    cut = al.blocks(X, Y, rows=50)
    assert [len(x) for x, _ in cut] == [50, 50, 50, 50, 3]
    assert all(np.shares_memory(x, X) for x, _ in cut)
    assert np.array_equal(np.concatenate([y for _, y in cut]), Y)
    assert len(al.blocks(X, Y)) == 1


def test_float32_stays():
    single = lambda t: al.tree_map(lambda w: w.astype(np.float32), t)
    total = al.mean_over(loss, al.blocks(*single((X, Y)), rows=25))
    value, gradient = al.value_and_grad(total)(single(P))
    assert value.dtype == np.float32
    assert {g.dtype for g in al.tree_leaves(gradient)} == {np.dtype(np.float32)}


def test_a_part_of_the_parameters_and_what_stands_around():
    around = lambda f: lambda W: np.exp(f({**P, "W": W * 2})) + np.sum(W**2)
    near(al.grad(around(MEAN))(P["W"]), al.grad(around(WHOLE))(P["W"]))


# ---- passes over the data ----


def test_passes_over_the_data():
    total = al.mean_over(loss, recipes())

    def passes(f, *args):
        before = total.passes
        f(*args)
        return total.passes - before

    assert passes(total, P) == 1
    assert passes(al.value_and_grad(total), P) == 1
    assert passes(al.hvp, total, P, P) == 1  # value and slopes are known
    assert passes(al.trace(al.value_and_grad(total), P), al.tree_map(np.negative, P)) == 1


def test_arrays_may_change_between_two_calls():
    x = np.ones(4)
    total = al.mean_over(lambda p, x: np.mean(p * x), al.blocks(x, rows=2))
    assert al.value_and_grad(total)(3.0) == (3.0, 1.0)
    x[:] = 2
    assert al.value_and_grad(total)(3.0) == (6.0, 2.0)


@pytest.mark.parametrize("changes", ["arrays", "parameters", "both"])
@pytest.mark.parametrize("of", ["grad", "hvp"])
@pytest.mark.parametrize("how", ["eager", "program", "compiled", "after a value alone"])
def test_what_has_changed_is_seen(changes, of, how):
    """A value that nobody needs is no reason to take the slopes of an earlier one."""
    x = np.ones(4)
    total = al.mean_over(lambda p, x: np.mean(p * p * p * x), al.blocks(x, rows=2))
    derivative = {"grad": al.grad, "hvp": lambda f: lambda p: al.hvp(f, p, p)}[of]
    f = derivative(total)
    f = {"program": lambda f: al.trace(f, 3.0), "compiled": al.compile}.get(how, lambda f: f)(f)
    expected = derivative(lambda p: np.mean(p * p * p * x))
    p = 3.0
    for _ in range(3):
        if how == "after a value alone":
            al.vjp(total, p)  # a pass whose slopes nobody asks for
        f(p)
        if changes != "parameters":
            np.multiply(x, 2, out=x)
        if changes != "arrays":
            p += 1.0
        assert f(p) == expected(p)


def test_threads_do_not_take_the_values_of_others():
    total = al.mean_over(lambda p, x: np.mean(p * p * x), [partial(np.ones, 2)] * 3)
    both = al.value_and_grad(total)
    with ThreadPoolExecutor(4) as pool:
        for p, (value, gradient) in enumerate(pool.map(both, map(float, range(200)))):
            assert (value, gradient) == (p * p, 2 * p)


def test_a_program_has_one_step():
    program = al.trace(MEAN, P)
    assert len(program.steps) == 1 and program.source().count("= total(") == 1
    assert same_trees(program(P), MEAN(P))
    both = al.trace(al.value_and_grad(MEAN), P)
    assert same_trees(both(P), al.value_and_grad(MEAN)(P))


def test_a_loss_that_programs_cannot_have_runs_as_it_is():
    branching = lambda p, x: np.mean(p * x if x[0] > 2 else p * p * x)
    total = al.mean_over(branching, al.blocks(np.arange(6.0), rows=3))
    assert total(3.0) == (9 + 12) / 2
    assert al.grad(total)(3.0) == (6 * 1 + 4) / 2


# ---- randomness ----


def test_each_block_draws_its_own_numbers_again_and_again():
    def noisy(p, x, rng):
        return np.mean(p * x * rng.standard_normal(len(x)))

    total = al.mean_over(noisy, al.blocks(np.ones(8), rows=4), seed=3)
    assert total(1.0) == total(1.0) != al.mean_over(noisy, al.blocks(np.ones(8), rows=4), seed=4)(1)
    drawn = [np.random.default_rng([3, i]).standard_normal(4) for i in range(2)]
    np.testing.assert_allclose(al.grad(total)(1.0), np.mean(drawn), rtol=1e-14)


# ---- errors ----


def test_errors_name_the_block():
    def touchy(p, x):
        if x[0] == 4:
            raise KeyError("x")
        return np.mean(p * x)

    total = al.mean_over(touchy, al.blocks(np.arange(8.0), rows=2))
    with pytest.raises(RuntimeError, match="block 2 of 4: KeyError: 'x'"):
        total(1.0)
    holes = al.mean_over(lambda p, x: np.mean(p * x), al.blocks(np.array([1.0, np.nan]), rows=1))
    with pytest.raises(RuntimeError, match=r"block 1 of 2: .* NaN; .* al.debug\(\)"):
        al.grad(holes)(1.0)
    infinite = al.mean_over(lambda p, x: np.mean(p * x), [(np.array([np.inf]),)])
    assert infinite(1.0) == np.inf  # as searches may meet it


def test_no_rows_at_all():
    total = al.mean_over(lambda p, x: np.mean(p * x), [(np.zeros(0),), (np.zeros(0),)])
    with pytest.raises(ValueError, match="all 2 blocks are empty"):
        total(1.0)
