"""A matrix times its own transpose rounds in a way of its own, which every program keeps to."""

import numpy as np
import pytest

import autograd_lite as al
from tests.support.compiled import BACKENDS, check_compiled

X = np.linspace(0.5, 1.0, 5)


def looped(step, second):
    return lambda a: al.scan(step, (a, second(a)), X)[1]


def returned_twice(c, x):
    y = c[0] * x
    return (y, y), c[0] @ c[1].T


def returned_with_its_transpose(c, x):
    y = c[0] * x
    return (y, y.T), c[0] @ c[1]


FUNCTIONS = {
    "computed twice": lambda a: (a * 2) @ (a * 2).T,
    "a copy": lambda a: (lambda m: m @ np.copy(m).T)(np.sin(a)),
    "times one": lambda a: (lambda m: np.dot(m, (m * 1).T))(np.sin(a)),
    "inner": lambda a: (lambda m: np.inner(m, np.copy(m)))(np.sin(a)),
    "tensordot": lambda a: (lambda m: np.tensordot(m, np.copy(m), ((1,), (1,))))(np.sin(a)),
    "itself": lambda a: (lambda m: m @ m.T)(np.sin(a)),
    "by turns": looped(lambda c, x: ((c[0] * x, c[0] * x), c[0] @ c[1].T), lambda a: a * 2),
    "carried twice": looped(returned_twice, lambda a: a * 2),
    "carried and transposed": looped(returned_with_its_transpose, lambda a: a.T * 2),
    "passed on": looped(lambda c, x: (c, c[0] @ c[1].T), lambda a: a),
    "swapped": looped(lambda c, x: (c[::-1], c[0] @ c[1].T), lambda a: a * 2),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_what_lies_apart_stays_apart(f, backend):
    """First on numbers whose products are exact, so that nothing shows when it is compared."""
    a = np.random.default_rng(0).normal(size=(30, 40))
    program = al.trace(f, a)
    for run in (program, program.compile()):
        assert np.array_equal(run(a), f(a))
    check_compiled(f, (np.round(a),), (a,), compiled=al.compile(f, backend=backend))


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_array_as_two_arguments(backend):
    """Only at a later call do two arguments lie in one place."""
    a, b = np.random.default_rng(0).normal(size=(2, 30, 40))

    def looped(a, b, x):
        return al.scan(lambda c, x: (c * 0.5 + x * (a @ b.T), None), np.zeros((30, 30)), x)[0]

    for f, more in ((lambda a, b: a @ b.T, ()), (looped, (X,))):
        check_compiled(f, (a, b, *more), (a, a, *more), compiled=al.compile(f, backend=backend))
