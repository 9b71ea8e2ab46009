"""Compiled functions say what the functions say, to the bit: rules, random programs, loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing.strategies import programs
from tests.support.compiled import LAYOUTS, check_compiled, in_single, laid_out, quietly
from tests.support.effort import examples
from tests.support.programs import with_gradients
from tests.support.rows import EACH
from tests.support.rows.row import cases


@EACH
@settings(max_examples=examples(0.1))
@given(data=st.data(), single=st.booleans(), layout=st.sampled_from(LAYOUTS))
def test_every_row(row, data, single, layout):
    """Every function with a rule, and its pullback, on arrays that lie in memory in all ways."""
    case = data.draw(cases(row))
    f, args = case.split()
    both = with_gradients(f, args, case.rng)
    calls = [tuple(args)]
    for other in (in_single(calls[0]) if single else calls[0], laid_out(calls[0], layout)):
        try:
            quietly(both, other)
        except (TypeError, ValueError, ArithmeticError, np.linalg.LinAlgError):
            continue  # no function of such numbers
        calls.append(other)
    check_compiled(both, *calls)


@given(program=programs(depth=6), layout=st.sampled_from(LAYOUTS))
def test_programs(program, layout):
    both = with_gradients(program, program.inputs, np.random.default_rng(0))
    args = tuple(program.inputs)
    check_compiled(both, args, laid_out(args, layout))


@settings(max_examples=examples(0.5))
@given(program=programs(depth=4), turns=st.integers(1, 4), data=st.data())
def test_programs_in_loops(program, turns, data):
    """A map over a random program, and a scan that carries its value."""
    inputs = [np.asarray(x) for x in program.inputs]
    rng = np.random.default_rng(0)
    columns = tuple([np.stack([x * (1 + t / 8) for t in range(turns)]) for x in inputs])
    columns = tuple([x.astype(was.dtype) for x, was in zip(columns, inputs)])

    def looped(*columns):
        return al.map(program, *columns)

    def carried(*columns):
        def step(total, x):
            y = sum(np.sum(leaf * 1.0) for leaf in al.tree_leaves(program(*x)))
            return total * 0.5 + y, total

        return al.scan(step, 0.0, columns)

    f = data.draw(st.sampled_from([looped, carried]))
    try:
        both = with_gradients(f, columns, rng)
        quietly(both, columns)
    except (TypeError, ValueError):
        return  # turns of different kinds, or nothing to differentiate by
    check_compiled(both, columns)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_orders(order):
    f = lambda x: np.sum(np.tanh(x) * x)
    for _ in range(order):
        f = (lambda g: lambda x: np.sum(g(x) ** 2))(al.grad(f))
    check_compiled(al.grad(f), (np.array([0.3, -2.0]),))
