"""The tests are tested: every rule of the table is made wrong in every way, and is found."""

from fnmatch import fnmatchcase

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.primitive import Primitive, no_derivative
from autograd_lite.core.registry import PRIMITIVES, known
from autograd_lite.testing import adapters, check_grads, kill_table, mutants, mutants_of
from tests.support.effort import PROFILE

pytest.importorskip("scipy")

#: Mutations that may make no difference in any call of a rule: nothing is stretched, there are no
#: matrices, or no complex numbers.
NOT_EVERYWHERE = {"not summed", "transposed", "conjugated"}

#: The rows of the table before other tests add some.
OURS = [
    row
    for f, row in PRIMITIVES.items()
    if getattr(f, "__module__", "numpy").startswith(("autograd_lite", "numpy", "scipy"))
]


@pytest.fixture(scope="module")
def table():
    from tests.support.kill_table import table

    return table()


# ---- the kill table ----


@pytest.mark.slow
def test_every_mutant_is_killed(table):
    assert not [str(fate) for fate in table.of("survived")]


@pytest.mark.slow
def test_every_mutant_makes_a_difference(table):
    idle = [str(fate) for fate in table.of("idle") if fate.mutation not in NOT_EVERYWHERE]
    assert not idle, "no call in the rows or in kill_table.py shows these mistakes"


@pytest.mark.slow
def test_every_rule_is_in_the_table(table):
    from tests.support.rows import ROWS, of_our_scipy

    like_others = {known(row.function) for row in ROWS if row.slow}
    rules = {
        row.name
        for row in OURS
        if {*row.rules.values()} - {None, no_derivative} and row not in like_others
        if PROFILE == "full" or not of_our_scipy(row.function)
    }
    assert rules <= {fate.primitive for fate in table.fates}


@pytest.mark.slow
def test_equivalent_mutants_are_equivalent(table):
    assert not [str(fate) for fate in table.of("killed") if fate.reason]


@pytest.mark.slow
def test_every_reason_is_needed(table):
    from tests.support.kill_table import REASONS

    names = [str(fate) for fate in table.of("equivalent")]
    assert not [p for p in REASONS if not any(fnmatchcase(name, p) for name in names)]


# ---- and it is tested ----

PRODUCT = lambda: (np.multiply, (np.array([[0.5], [2.0]]), np.array([1.0, 3.0])))


def test_a_blind_check_kills_nothing():
    table = kill_table([PRODUCT], check=lambda f, args: None)
    assert set(table.totals) == {"survived", "idle"}


def test_mutations_are_left_out():
    names = {fate.mutation for fate in kill_table([PRODUCT]).fates}
    some = kill_table([PRODUCT], without=("sign", "zero"))
    assert {fate.mutation for fate in some.fates} == names - {"sign", "zero"}


def test_a_check_of_the_first_argument_overlooks_the_second():
    table = kill_table([PRODUCT], check=lambda f, args: check_grads(f, args, argnums=0, order=1))
    assert {fate.argument for fate in table.of("survived")} == {"x2"}
    assert "SURVIVED" in str(table)


def test_ones_hide_a_transpose():
    def check(f, args):
        value, pullback = al.vjp(f, *args)
        (given,) = pullback(np.ones_like(value))
        assert np.allclose(given, np.cos(args[0]))

    table = kill_table([lambda: (np.sin, (np.ones((2, 2)),))], check)
    assert "transposed" in {fate.mutation for fate in table.of("survived")}


def test_a_check_that_always_fails_is_refused():
    def check(f, args):
        raise AssertionError

    with pytest.raises(ValueError, match="without any mutant"):
        kill_table([PRODUCT], check)


# ---- mutants ----


@pytest.mark.parametrize("function", [np.tanh, np.matmul, np.sum, np.where])
def test_the_table_of_rules_is_restored(function):
    row = PRIMITIVES[function]
    before = {slot: getattr(row, slot) for slot in Primitive.__slots__}
    for mutant in mutants(function):
        with pytest.raises(KeyError), mutant.installed():
            raise KeyError
    assert all(getattr(row, slot) is value for slot, value in before.items())


def test_only_functions_with_rules_have_mutants():
    with pytest.raises(TypeError, match="made of other functions"):
        list(mutants(np.concatenate))
    with pytest.raises(TypeError, match="no derivative rule"):
        list(mutants(np.busday_count))


def affine(W, x, b):
    return W @ x + b


def affine_back(W, x, b, g):
    return g @ x.T, W.T @ g, g.sum(1, keepdims=True)


AFFINE = [
    np.random.default_rng(k).normal(size=shape) for k, shape in enumerate([(2, 3), (3, 4), (2, 1)])
]


@pytest.mark.parametrize("vjp", [None, adapters.by_hand(affine_back)], ids=["engine", "by hand"])
@pytest.mark.parametrize("argnum", [0, 1, 2])
def test_mutants_of_a_backward_pass_are_killed(vjp, argnum):
    assert check_grads(affine, AFFINE, vjp=vjp).ok
    wrong = list(mutants_of(vjp, affine, AFFINE, argnum))
    assert len(wrong) >= 8
    for adapter in wrong:
        with pytest.raises(AssertionError):
            check_grads(affine, AFFINE, vjp=adapter)
