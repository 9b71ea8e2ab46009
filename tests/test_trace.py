"""Traced programs: they say what the function says, to the bit, and refuse what they cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing.strategies import programs
from tests.checks import direction, unflat
from tests.rows import ROWS
from tests.rows.row import cases
from tests.test_rules import same as same_bits


def leaves(tree):
    return [np.asarray(x) for x in al.tree_leaves(tree)]


def same(a, b):
    """The same bits, or the same numbers of the same kind if they are objects."""
    if a.dtype == object == b.dtype:
        numbers = list(zip(a.ravel(), b.ravel()))
        return a.shape == b.shape and all(x == y and type(x) is type(y) for x, y in numbers)
    return same_bits(a, b)


def check(f, args):
    """Eager, interpreted and as source: all the same, to the bit."""
    expected = leaves(f(*args))
    program = al.trace(f, *args)
    for run in (program, program.compile()):
        results = leaves(run(*args))
        assert len(results) == len(expected)
        assert all(map(same, results, expected)), program.source()
    return program


def pulled(f, args, rng):
    """The value of ``f`` and the gradients of ⟨u, f⟩ for a random u."""
    value, _ = al.vjp(f, *args)
    u = unflat(value, [direction(y, rng) if rng else y for y in al.tree_leaves(value)])

    def both(*args):
        value, pullback = al.vjp(f, *args)
        return value, pullback(u)

    return both


@pytest.mark.parametrize("row", ROWS, ids=repr)
@settings(max_examples=4)
@given(data=st.data())
def test_every_row(row, data):
    """Every function with a rule can be traced, and so can its rule."""
    case = data.draw(cases(row))
    f, args = case.split()
    check(pulled(f, args, case.rng), args)


@given(program=programs(depth=6))
def test_programs(program):
    check(pulled(program, program.inputs, np.random.default_rng(0)), program.inputs)


@given(program=programs(depth=6, rational=True))
def test_programs_of_fractions(program):
    check(pulled(program, program.inputs, None), program.inputs)
