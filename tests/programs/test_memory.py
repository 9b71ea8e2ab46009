"""What a program returns is the caller's own, in every reader, and is copied only where it must."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
import nn
from tests.support.effort import examples
from tests.support.programs import check_apart, with_gradients
from tests.support.rows import EACH
from tests.support.rows.row import cases


@EACH
@settings(max_examples=examples(0.4))
@given(data=st.data())
def test_every_row(row, data):
    case = data.draw(cases(row))
    f, args = case.split()
    both = with_gradients(f, args, case.rng)
    for g in (f, both):
        check_apart(g, args, al.trace(g, *args))


kept = np.arange(4.0).reshape(2, 2)


@al.primitive
def closes_over(x):
    return kept


@al.primitive
def passes_on(x):
    return x


VIEWS = {
    "itself": lambda x: x,
    "transpose": np.transpose,
    "a row": lambda x: x[0],
    "an element": lambda x: x[0, 0],
    "all": lambda x: x[...],
    "reshape": lambda x: np.reshape(x, -1),
    "ravel": np.ravel,
    "broadcast_to": lambda x: np.broadcast_to(x, (3, 2, 2)),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "real": np.real,
    "astype": lambda x: x.astype(float, copy=False),
    "diagonal": np.diagonal,
    "einsum": lambda x: np.einsum("ij->ji", x),
    "squeeze": lambda x: np.squeeze(x[None]),
    "a primitive": passes_on,
    "what a primitive closes over": closes_over,
    "a constant": lambda x: kept,
    "a view of a constant": lambda x: kept.T,
    "a view of a result": lambda x: np.broadcast_to(np.exp(x), (3, 2, 2)),
    "without axes": lambda x: np.reshape(x[:1, :1], ()),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_views_are_copied(view):
    x = np.ones((2, 2))

    def f(x):
        y = np.exp(x)
        return view(x), view(x), y, view(y), [view(y.T), y]

    program = al.trace(f, x)
    check_apart(f, (x,), program)


def test_numbers_of_every_kind():
    """A number without axes is copied if it is an array; one of Python's has no copy."""
    for x in (1.0, np.float64(1.0), np.array(1.0)):
        program = al.trace(lambda x: (x, x), x)
        for run in (program, program.compile()):
            assert [type(y) for y in run(x)] == [type(x)] * 2
        check_apart(None, (x,), program)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * 2,
        lambda x: x[np.array([0, 1])],
        lambda x: x[x > 0],
        lambda x: np.sum(x, axis=0),
        lambda x: x @ x,
        lambda x: np.exp(x).T,
        lambda x: np.stack((x, x)),
        lambda x: nn.relu(x * 2),
    ],
)
def test_what_is_fresh_is_not_copied(f):
    source = al.trace(f, np.ones((2, 2))).source()
    assert "copy" not in source, source
