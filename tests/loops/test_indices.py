"""Loops over indices: ``X[i]`` with a traced ``i`` is a step, and so are `at_set` and `at_add`."""

import operator
from contextlib import suppress

import numpy as np
import pytest

import autograd_lite as al
from tests.support.compiled import check_compiled
from tests.support.equality import same_trees
from tests.support.errors import raises
from tests.support.loops import python_loop

X = np.random.default_rng(1).standard_normal((5, 3))
w = np.random.default_rng(2).standard_normal(3)
LABELS = np.array([2, 0, 1, 1, 0])
#: Some twice, some from the end.
INDICES = np.array([3, -1, 0, 3, 4])


def rows(X, w, i):
    return al.scan(lambda c, i: (c + np.sum(np.tanh(X[i] * w)), X[i, 1] * w[i % 3]), 0.0, i)


def taken(X, w, i):
    return al.scan(lambda c, i: (c * np.take(X, i, axis=0), np.take(X, i)), w, i)


def fetched(X, w, i):
    """Several elements for each turn."""
    return al.map(lambda i: X[np.stack([i, -i]), 1:] * w[0], i)


def changed(X, w, i):
    def step(X, i):
        return al.at_add(al.at_set(X, i, w * X[i]), (i, 0), X[0, 1]), X[i]

    return al.scan(step, X, i)


FUNCTIONS = [rows, taken, fetched, changed]


def python_map(f, xs):
    return python_loop(lambda _, x: (None, f(x)), None, xs)[1]


def number(f):
    return lambda X, w, i: sum(np.sum(np.sin(y)) for y in al.tree_leaves(f(X, w, i)))


def unrolled(f):
    """The same function with loops that are unrolled."""

    def run(*args):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(al, "scan", python_loop)
            patch.setattr(
                al, "map", lambda f, x: python_loop(lambda _, x: (None, f(x)), None, x)[1]
            )
            return f(*args)

    return run


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("order", range(3))
def test_programs_of_loops_over_indices(f, order):
    value = number(f)
    by_arrays = [
        lambda X, w, i: f(X, w, i),
        al.grad(value, (0, 1)),
        lambda X, w, i: al.hvp(lambda X, w: value(X, w, i), (X, w), (X, w)),
    ][order]
    expected = by_arrays(X, w, INDICES)
    program = al.trace(by_arrays, X, w, INDICES)
    others = INDICES[::-1] - 1
    for indices in (INDICES, others):
        assert same_trees(program(X, w, indices), by_arrays(X, w, indices))
    assert same_trees(al.trace(lambda X, w: by_arrays(X, w, INDICES), X, w)(X, w), expected)
    check_compiled(by_arrays, (X, w, INDICES), (X, w, others))
    check_compiled(lambda w: by_arrays(X, w, INDICES), (w,), (2 * w,))


@pytest.mark.parametrize("f", FUNCTIONS)
def test_texts_of_loops_over_indices(f):
    program = al.trace(al.grad(number(f), (0, 1)), X, w, INDICES)
    scope = {}
    exec(program.source(), scope)
    assert same_trees(scope["program"](X, w, INDICES), program(X, w, INDICES))


def test_the_text_says_the_index():
    program = al.trace(rows, X, w, INDICES)
    assert "for i_ in i:" in program.source() and "X[i_]" in program.source()
    assert "al.at_set(X_, i_, " in al.trace(changed, X, w, INDICES).source()


@pytest.mark.parametrize("f", FUNCTIONS)
def test_gradients_of_loops_over_indices(f):
    found = al.grad(number(f), (0, 1))(X, w, INDICES)
    expected = al.grad(number(unrolled(f)), (0, 1))(X, w, INDICES)
    assert all(np.allclose(a, b, rtol=1e-13, atol=1e-14) for a, b in zip(found, expected))


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("i", [5, -6])
def test_indices_are_checked_against_bounds(f, i):
    beyond = np.array([0, 1, 2, i, 3])
    with pytest.raises(IndexError) as eager:
        f(X, w, beyond)
    for g in (al.trace(f, X, w, INDICES), al.compile(f)):
        with raises(IndexError, str(eager.value)):
            g(X, w, beyond)


# ---- what is indexed has to be traced as well ----


def labelled(w, i):
    return X[i] * w


def counted(w, i):
    return w * LABELS[i]


def listed(pair, i):
    return pair[i]


def sliced(w, i):
    return w[i : i + 2]


def test_a_constant_cannot_be_indexed_by_what_is_traced():
    i = np.int64(1)
    with raises(
        TypeError,
        "X[i]",
        "asks for the numbers",
        "pass the plain array as an argument",
        "X[i] is a step",
    ):
        al.trace(labelled, w, i)
    for f in (al.trace, lambda f, *args: al.compile(f)(*args)):
        with raises(
            TypeError, "LABELS[i]", "pass the plain array as an argument", "LABELS[i] is a step"
        ):
            f(counted, w, i)
    assert same_trees(al.compile(labelled)(w, i), X[1] * w)  # which arrays of floats are in there
    with_labels = lambda w, i, labels: w * labels[i]
    assert same_trees(al.trace(with_labels, w, i, LABELS)(w, np.int64(3), LABELS), w * LABELS[3])
    check_compiled(with_labels, (w, i, LABELS), (w, np.int64(3), LABELS))


def test_what_is_no_whole_number_may_be_asked_for_an_index():
    """As it is by NumPy 2.0, which asks exponents, and goes on without."""

    def power(x):
        with suppress(TypeError):
            operator.index(x)
        return w**2 * x

    for x in (2.0, np.float32(2), w, LABELS[:3]):
        assert same_trees(al.trace(power, x)(x), power(x))
    with raises(TypeError, "an index", "constant"):
        al.trace(power, np.int64(2))


def test_lists_and_slices_cannot_be_indexed_by_what_is_traced():
    pair, i = [w, 2 * w], np.int64(1)
    for f, x in [(listed, pair), (sliced, w)]:
        with raises(TypeError, "an index", "np.take(X, i, axis=0)", "np.stack", "constant"):
            al.trace(f, x, i)
    stacked = al.trace(lambda pair, i: np.take(np.stack(pair), i, axis=0), pair, i)
    assert same_trees(stacked(pair, np.int64(0)), w)
    several = al.trace(lambda w, i: np.take(w, i + np.arange(2), axis=0), w, np.int64(0))
    assert same_trees(several(w, i), w[1:])
