"""What is a number, and what an array without axes: as from the function itself, everywhere."""

import numpy as np
import pytest

import autograd_lite as al
from tests.support.equality import same_trees

FUNCTIONS = {
    "no second derivative": lambda w, b: np.sum(w * w) + 3.0 * b,
    "unused": lambda w, b: np.sum(w * w),
    "linear in one": lambda w, b: np.sum(w) * 1.0 + b * b,
    "product": lambda w, b: np.sum(w * b),
    "absolute": lambda w, b: np.sum(np.tanh(w)) + np.abs(b),
    "larger": lambda w, b: np.maximum(np.sum(w * w), b * 2.0),
    "passed on": lambda w, b: b,
}
DERIVATIVES = {
    "value": lambda f: f,
    "grad": lambda f: al.grad(f, (0, 1)),
    "vjp": lambda f: lambda w, b: al.vjp(f, w, b)[1](0.5),
    "jvp": lambda f: lambda w, b: al.jvp(f, (w, b), (w, b)),
    "hvp": lambda f: lambda w, b: al.hvp(f, (w, b), (w, b)),
    "hvp of one": lambda f: lambda w, b: al.hvp(lambda b: f(w, b), b, b),
    "hessian": lambda f: al.hessian(f, (0, 1)),
}
NUMBERS = [0.5, np.float64(0.5), np.float32(0.5), np.array(0.5)]


@pytest.mark.parametrize("derivative", DERIVATIVES.values(), ids=DERIVATIVES)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_numbers_and_arrays_without_axes(function, derivative):
    f = derivative(function)
    for w in (*NUMBERS, np.array([0.5, 1.0])):
        for b in NUMBERS:
            expected = f(w, b)
            runs = [al.trace(f, w, b), al.compile(f), al.compile(f, backend="numpy")]
            for run in runs:
                for _ in range(2):
                    found = run(w, b)
                    assert same_trees(found, expected)
                    assert kinds(found) == kinds(expected)


def kinds(tree):
    return [type(leaf) for leaf in al.tree_leaves(tree)]


def test_a_number_for_a_cotangent_gives_numbers():
    """So that ``x`` and ``1 * x`` have gradients of one kind."""
    for f in (lambda x: x, lambda x: 1.0 * x):
        assert type(al.vjp(f, 0.5)[1](0.25)[0]) is np.float64
        assert type(al.jvp(f, (0.5,), (0.25,))[1]) is np.float64
