"""Arrays that hold one number are numbers in a program: same bits, and a text that runs alone."""

import operator
from itertools import product

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.programs import filled
from tests.support.programs import check_program, from_text

FUNCTIONS = [np.multiply, np.divide, np.power, np.where, operator.sub, operator.pow, np.less]
NUMBERS = [*(np.dtype(d).type(0.1) for d in "efdgF"), np.int64(7), np.True_]
NUMBERS += [np.float64(-0.0), np.float64(np.nan), np.float64(2)]
SHAPES = [(3, 4), (4,), (1, 4)]
LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
}


def check_filled(function, dtype):
    """Beside a constant of one number, of any dtype, shape and layout, no reader errs by a bit."""
    x = (1 + np.arange(12).reshape(3, 4) / 3).astype(dtype)
    for number, shape, layout, swapped in product(NUMBERS, SHAPES, LAYOUTS, (False, True)):
        c = LAYOUTS[layout](np.full(shape, number))

        def f(x, c=c, swapped=swapped):
            pair = (c, x) if swapped else (x, c)
            y = function(x > 2, *pair) if function is np.where else function(*pair)
            return y, np.sum(y), np.ravel(y, order="K")  # which see its order in memory

        for argument in (x, np.asfortranarray(x)):
            with np.errstate(all="ignore"):
                try:
                    f(argument)
                except (TypeError, ValueError):
                    continue
                check_program(f, (argument,))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["f", "d", "i8"])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_no_bit_is_another(function, dtype):
    check_filled(function, dtype)


BUGS = {
    "as Python's": ("spelled", lambda x, dtype: x.flat[0].item()),
    "in any order": ("has_no_order", lambda value: True),
    "in any function": ("EXACT", frozenset(FUNCTIONS)),
    "in place of any shape": ("is_led", lambda *args: True),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug, monkeypatch):
    monkeypatch.setattr(filled, *BUGS[bug])
    for function, dtype in product((np.multiply, operator.pow), "fd"):
        try:
            check_filled(function, dtype)
        except Exception:
            return
    raise AssertionError("nothing shows it")


# ---- what it is for ----


def loss(w, X, y):
    return np.mean((X @ w - y) ** 2)


@pytest.mark.parametrize("n", [5, 5000])
def test_the_text_of_a_loss_runs_on_its_own(n, rng):
    """1/N and the counts are numbers in it, however many rows there are."""
    args = rng.normal(size=3), rng.normal(size=(n, 3)), rng.normal(size=n)
    program = check_program(al.value_and_grad(loss), args)
    text = program.source()
    assert "full" not in text and "array" not in text and "broadcast" not in text
    assert f"{1 / n!r} * (2 * " in text and "def loss(w, X, y):" in text
    scope = {}
    exec(text, scope)
    value, gradient = scope["loss"](*args)
    assert value == loss(*args) and np.array_equal(gradient, al.grad(loss)(*args))


def test_a_few_equal_numbers_are_written_as_one():
    text = al.trace(lambda x: np.exp(x) @ np.full((40, 1), 0.1), np.ones(40)).source()
    assert "c1 = np.full((40, 1), 0.1)" in text
    assert "np.array([0.1])" in al.trace(lambda x: x @ np.array([0.1]), np.ones(1)).source()


def test_beside_what_depends_on_numbers_the_size_is_checked():
    """The constant has the size that was traced; a number would fit any."""
    two, three = np.array([1.0, 2.0, -3.0]), np.array([1.0, 2.0, 3.0])
    program = al.trace(lambda x: np.sum(x[x > 0] * np.full(2, 3.0)), two)
    for run in (program, program.compile(), from_text(program)):
        assert run(two) == 9
        with pytest.raises(ValueError, match="broadcast"):
            run(three)
