"""The value beside a gradient is that of the function: its bits and its dtype, for all numbers."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing.strategies import programs
from tests.support.effort import examples
from tests.support.equality import same
from tests.support.rows import EACH, of_our_scipy
from tests.support.rows.row import cases

DTYPES = ["f2", "f4", "f8", "g", "F", "D"]


def total(f):
    """One real number of all that ``f`` returns."""

    def summed(*args):
        y = f(*args)
        parts = y if isinstance(y, (list, tuple)) else [y]
        return sum(np.sum(np.real(part)) for part in parts)

    return summed


def check_value(f, args, bits=True):
    """Derivatives of whatever kind hand out the value that the function has."""
    every = tuple(range(len(args)))
    expected = f(*args)
    with_gradient, _ = al.value_and_grad(f, every)(*args)
    pulled, _ = al.vjp(f, *args)
    pushed, _ = al.jvp(f, args, tuple([np.ones_like(x) for x in args]))
    for value in (with_gradient, pulled, pushed):
        assert np.result_type(value) == np.result_type(expected)
        if bits:
            assert same(value, expected)


@EACH
@settings(max_examples=examples(0.3))
@given(data=st.data())
def test_of_every_row(row, data):
    dtypes = DTYPES if row.complex else DTYPES[:4]
    if of_our_scipy(row.function):
        dtypes = [d for d in dtypes if d not in ("f2", "g")]  # which SciPy has not
    dtype = data.draw(st.sampled_from(dtypes))
    try:
        f, args = data.draw(cases(row)).of(dtype).split()
        assume(np.result_type(total(f)(*args)).kind == "f")
    except TypeError:  # not every function is there for every precision
        reject()
    check_value(total(f), tuple(args), row.bits)


@given(program=programs(depth=6), dtype=st.sampled_from(DTYPES[:4]))
def test_of_programs(program, dtype):
    args = tuple([np.asarray(x, dtype) for x in program.inputs])
    check_value(total(program), args)


NUMBERS = [0.5, *(np.dtype(d).type(0.7) for d in DTYPES[:4]), np.array(0.3, "f4"), np.ones(3, "f4")]
OPERATIONS = {
    "number": lambda x: x * 2 + 0.1,
    "reflected": lambda x: 2 / x - 1,
    "power": lambda x: x**2 + x**0.5 + 2**x,
    "float32": lambda x: x * np.float32(0.1) + np.float32(2) ** x,
    "float16": lambda x: np.float16(0.1) / x,
    "array of float32": lambda x: x * np.ones(3, "f4"),
    "array of float16": lambda x: np.maximum(np.ones(3, "f2"), x),
    "array of whole numbers": lambda x: np.arange(3) * x,
    "complex": lambda x: np.abs(1j * x),
    "where": lambda x: np.where([True, False, True], x, 0),
    "clip": lambda x: np.clip(x, 0, 1),
    "mean": lambda x: np.mean(x) / 3,
    "stack": lambda x: np.stack([x, x * 0.1]),
    "joined": lambda x: np.concatenate([np.ravel(x), np.ones(2, "f4")]),
    "sum": lambda x: np.sum(x, dtype=np.float64),
    "product of matrices": lambda x: np.atleast_1d(x) @ np.ones((np.size(x), 2), "f4"),
}


@pytest.mark.parametrize("x", NUMBERS, ids=lambda x: f"{type(x).__name__}-{np.asarray(x).dtype}")
@pytest.mark.parametrize("name", OPERATIONS)
def test_of_numbers_of_every_kind(name, x):
    check_value(total(OPERATIONS[name]), (x,))


BUGS = {
    "another precision": lambda x: np.astype(x, float),
    "another rounding": lambda x: np.exp(np.log(np.abs(x))),
    "another order in memory": lambda x: np.copy(x, order="F"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug):
    """What is computed on Tensors alone differs by its dtype, its bits, or the bits of a sum."""

    def f(x, planted=True):
        return np.sum(np.tanh(BUGS[bug](x) if planted and isinstance(x, al.Tensor) else x))

    rng = np.random.default_rng(0)
    drawn = (rng.normal(size=(370, 110)).astype("f4") for _ in range(99))
    x = next(x for x in drawn if np.sum(np.tanh(x)) != np.sum(np.tanh(np.copy(x, order="F"))))
    check_value(partial(f, planted=False), (x,))
    with pytest.raises(AssertionError):
        check_value(f, (x,))
