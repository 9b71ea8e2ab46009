"""Each broken engine of the gallery violates a property that the right one has."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from autograd_lite.testing.mutation.gallery import GALLERY, Variable

#: One example that fails is as good as the smallest.
QUICK = settings(max_examples=10, database=None, derandomize=True, phases=[Phase.generate])
NUMBERS = st.integers(-8, 8).filter(bool).map(lambda n: n / 4)  # products are exact


def filled(shape):
    size = int(np.prod(shape, dtype=int))
    return st.lists(NUMBERS, min_size=size, max_size=size).map(lambda x: np.reshape(x, shape))


# ---- the properties; all arithmetic in them is exact ----


@QUICK
@given(x=NUMBERS)
def every_use_counts(engine, x):
    """A value that is used twice gets the gradients of both uses: (x²)′ = 2x."""
    a = engine(x)
    (a * a).backward()
    assert a.grad == 2 * x


@QUICK
@given(x=NUMBERS, n=st.integers(2, 4))
def every_path_counts_once(engine, x, n):
    """Of a value in the middle, each path through it counts once: 2ⁿx has slope 2ⁿ."""
    a = y = engine(x)
    for _ in range(n):
        y = y + y
    y.backward()
    assert a.grad == 2**n


@QUICK
@given(x=filled((3,)), y=filled((2, 3)))
def stretched_along_new_axes(engine, x, y):
    """An operand that got more axes gets the sum over them."""
    a = engine(x)
    (a * engine(y)).backward()
    assert a.grad.shape == x.shape
    assert np.array_equal(a.grad, y.sum(0))


@QUICK
@given(x=filled((2, 1)), y=filled((1, 3)))
def stretched_along_axes_of_length_one(engine, x, y):
    """An operand with axes of length one that were stretched gets the sum over them."""
    a, b = engine(x), engine(y)
    (a * b).backward()
    assert (a.grad.shape, b.grad.shape) == (x.shape, y.shape)
    assert np.array_equal(a.grad, np.full((2, 1), y.sum()))
    assert np.array_equal(b.grad, np.full((1, 3), x.sum()))


@QUICK
@given(x=NUMBERS, y=NUMBERS)
def twice_is_the_same(engine, x, y):
    """Going backward a second time gives the same gradients."""
    a, b = engine(x), engine(y)
    c = a * b
    for _ in range(2):
        c.backward()
        assert (a.grad, b.grad) == (y, x)


@QUICK
@given(x=filled((2,)), y=filled((2,)))
def gradients_are_apart(engine, x, y):
    """What one value still receives does not show in the gradient of another."""
    a, b = engine(x), engine(y)
    (a + (a + b)).backward()
    assert np.array_equal(a.grad, [2, 2])
    assert np.array_equal(b.grad, [1, 1])


PROPERTIES = (
    every_use_counts,
    every_path_counts_once,
    stretched_along_new_axes,
    stretched_along_axes_of_length_one,
    twice_is_the_same,
    gradients_are_apart,
)

#: All that an engine violates; first the property that is about its mistake.
VIOLATED = {
    "recursion without order": [every_path_counts_once],
    "= for +=": [every_use_counts, every_path_counts_once, gradients_are_apart],
    "no un-broadcast": [stretched_along_new_axes, stretched_along_axes_of_length_one],
    "un-broadcast without axes of length one": [stretched_along_axes_of_length_one],
    "stale gradients": [twice_is_the_same],
    "a shared gradient": [gradients_are_apart],
}


def holds(statement, engine):
    try:
        statement(engine)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("statement", PROPERTIES, ids=lambda p: p.__name__)
def test_the_right_engine(statement):
    statement(Variable)


@pytest.mark.parametrize("mistake", GALLERY)
def test_a_broken_engine(mistake):
    violated = [p for p in PROPERTIES if not holds(p, GALLERY[mistake])]
    assert set(violated) == set(VIOLATED[mistake])
