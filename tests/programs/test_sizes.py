"""Shapes and dtypes that depend on numbers: a guard stands where one was read, in every reader."""

import numpy as np
import pytest

import autograd_lite as al
from tests.support.equality import same
from tests.support.programs import from_text

A, B = np.array([1.0, 2.0, -3.0, -4.0]), np.array([1.0, 2.0, 3.0, -4.0])


@al.primitive
def positive(x):
    return x[x > 0]


al.rule(positive, x=lambda g, x: al.at_set(0 * x, x > 0, g))

SIZED = {
    "mask": lambda x: x[x > 0],
    "mask among slices": lambda x: np.stack((x, x))[:, x > 0],
    "flatnonzero": lambda x: np.flatnonzero(x > 0),
    "nonzero": lambda x: np.nonzero(x > 0)[0],
    "where": lambda x: np.where(x > 0)[0],
    "argwhere": lambda x: np.argwhere(x > 0),
    "unique": lambda x: np.unique(np.sign(x) * (x > 2.5)),
    "unique with counts": lambda x: np.unique(x > 2.5, return_counts=True)[1],
    "bincount": lambda x: np.bincount((np.sum(x > 0) * np.ones(2)).astype(int)),
    "compress": lambda x: np.compress(x > 0, x),
    "extract": lambda x: np.extract(x > 0, x),
    "repeat": lambda x: np.repeat(x, (x > 0).astype(int)),
    "trim_zeros": lambda x: np.trim_zeros(x * (x > 0)),
    "union1d": lambda x: np.union1d(x * (x > 0), [0.0]),
    "delete": lambda x: np.delete(x, np.flatnonzero(x > 0)),
    "a primitive": positive,
    "what follows": lambda x: np.exp(x[x > 0])[::1] * 2,
    "picked by what follows": lambda x: x[np.flatnonzero(x > 0) + 0],
}
READ = {
    "size": lambda y: np.asarray(y.size),
    "len": lambda y: np.asarray(len(y)),
    "shape": lambda y: np.asarray(y.shape),
    "np.shape": lambda y: np.asarray(np.shape(y)),
    "np.size": lambda y: np.asarray(np.size(y)),
    "iteration": sum,
    "zip": lambda y: sum(a for a, _ in zip(y, range(9))),
}


def agrees(f, args, others):
    """Whether all readers of the program of ``f`` run for others, or all refuse them alike."""
    program = al.trace(f, *args)
    refused = []
    for run in (program, program.compile(), program.compile(check=False), from_text(program)):
        assert same(run(*args), f(*args))
        try:
            assert same(run(*others), f(*others)), program.source()
        except ValueError as error:
            assert str(error).startswith("trace it again for these numbers")
            refused.append(str(error))
    assert len(refused) in (0, 4) and len(set(refused)) <= 1
    assert same(al.trace(f, *others)(*others), f(*others))  # the remedy
    return not refused


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize("size", SIZED)
def test_a_size_that_is_read_is_guarded(size, read):
    if size == "mask among slices" and read not in ("shape", "size"):
        return

    def f(x):
        return np.sum(x) + READ[read](SIZED[size](x))

    assert not agrees(f, (A,), (B,))


@pytest.mark.parametrize("size", SIZED)
def test_a_size_that_merely_occurs_is_not(size):
    assert agrees(lambda x: np.sum(SIZED[size](x) * 1.5), (A,), (B,))
    assert agrees(lambda x: SIZED[size](x), (A,), (B,))


@pytest.mark.parametrize("size", ["mask", "compress", "a primitive", "what follows"])
def test_gradients_are_right_or_refused(size):
    for f in (al.grad, al.value_and_grad):
        agrees(lambda x, f=f: f(lambda x: np.sum(SIZED[size](x) ** 2))(x)[-1], (A,), (B,))
    f = al.grad(lambda x: np.sum(x * x) / len(SIZED[size](x)))
    assert not agrees(f, (A,), (B,))


REAL = np.array([[1.0, 2.0, 0.3], [0.5, 3.0, 0.1], [0.2, 0.1, -1.0]])
COMPLEX = np.array([[1.0, -2.0, 0.3], [2.0, 1.0, 0.1], [0.2, 0.1, -1.0]])
TYPED = {
    "eigvals": np.linalg.eigvals,
    "eig": lambda x: np.linalg.eig(x)[1],
    "real_if_close": lambda x: np.real_if_close(x + (x - REAL) * 1j),
    "emath": lambda x: np.emath.sqrt(2 * x[0, 1] + x),
    "what follows": lambda x: np.exp(np.linalg.eigvals(x)),
}
#: NumPy 2.5 has them complex always, so that their dtype tells nothing.
OF_EIGENVALUES = ["eigvals", "eig", "what follows"]
ALWAYS_COMPLEX = np.iscomplexobj(np.linalg.eigvals(REAL))


@pytest.mark.parametrize("name", TYPED)
def test_a_dtype_that_is_read_is_guarded(name):
    if ALWAYS_COMPLEX and name in OF_EIGENVALUES:
        pytest.skip("eigenvalues are complex always with this NumPy")
    f = TYPED[name]
    assert same(al.trace(f, REAL)(REAL), f(REAL)) and f(REAL).dtype != f(COMPLEX).dtype
    assert agrees(lambda x: np.sum(np.abs(f(x)) ** 2), (REAL,), (COMPLEX,))
    for read in (lambda y: y.dtype.kind == "c", np.iscomplexobj, lambda y: y.dtype == float):
        assert not agrees(lambda x, read=read: np.sum(x) * read(f(x)), (REAL,), (COMPLEX,))


@pytest.mark.skipif(ALWAYS_COMPLEX, reason="eigenvalues are complex always with this NumPy")
@pytest.mark.parametrize("name", OF_EIGENVALUES)
def test_gradients_through_a_dtype_are_refused(name):
    f = al.grad(lambda x: np.sum(np.abs(TYPED[name](x)) ** 3))
    assert not agrees(f, (REAL,), (COMPLEX,))


def test_what_does_not_depend_on_numbers_has_no_guard():
    def f(x, i):
        y = np.exp(x)[i] * np.take(x, i)
        return np.sum(y) / y.size, np.where(x > 0, x, 0.0).shape[0] * x, np.sum(x[x > 0]).shape

    assert "raise" not in al.trace(f, A, np.array([0, 1])).source()
