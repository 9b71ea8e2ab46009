"""A special notation stands only where it says all of what is computed; else the call does."""

import re
from itertools import combinations

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import special
from autograd_lite.programs.steps import guard
from autograd_lite.readers.formula.equations import step_equations
from autograd_lite.readers.formula.latex import formula, printed
from autograd_lite.readers.formula.tree import number
from tests.support.latex_parsers import check_latex

X = np.array([0.1, -0.5, 0.9])
M = np.array([[0.3, -0.7, 0.2], [1.1, 0.4, -0.6], [0.8, 0.5, 1.3]])
T = np.sin(np.arange(27.0)).reshape(3, 3, 3)
Z = X + 1j * X[::-1] ** 2
MASK = np.array([True, False, True])


def written(f, *args, convention="column"):
    """The right side of the last equation of a program."""
    text = al.trace(f, *args).latex(convention)
    check_latex(text)
    return text.removesuffix("\n\\end{aligned}").rpartition(" &= ")[2]


EXPECTED = {
    "where of a sum": (lambda x: np.sum(x, where=MASK), X, r"sum(x, \mathrm{where} = c_{1})"),
    "initial": (lambda x: np.sum(x, initial=3.0), X, r"sum(x, \mathrm{initial} = 3)"),
    "largest": (lambda x: np.max(x, initial=3.0), X, r"\max(x, \mathrm{initial} = 3)"),
    "mean": (lambda x: np.mean(x, where=MASK), X, r"mean(x, \mathrm{where} = c_{1})"),
    "squares": (lambda x: np.sum(x**2), X, r"\|x\|^{2}"),
    "complex": (lambda z: np.sum(z**2), Z, r"\sum_{i} (z^{\circ 2})_{i}"),
    "vdot": (lambda z: np.vdot(z, z), Z, r"(z^{*})^{\mathsf{T}} z"),
    "vdot, real": (lambda x: np.vdot(x, x), X, r"x^{\mathsf{T}} x"),
    "inner": (lambda z: np.inner(z, z), Z, r"z^{\mathsf{T}} z"),
    "norm": (lambda x: np.linalg.norm(x, np.inf), X, r"\|x\|_{\infty}"),
    "-norm": (lambda x: np.linalg.norm(x, -np.inf), X, r"\|x\|_{- \infty}"),
    "1-norm": (lambda x: np.linalg.norm(x, ord=1), X, r"\|x\|_{1}"),
    "Frobenius": (lambda A: np.linalg.norm(A, "fro"), M, r"\|A\|_{F}"),
    "norms": (lambda A: np.linalg.norm(A, axis=0), M, r"norm(A, \mathrm{axis} = 0)"),
    "stacks": (lambda A: A @ A, T, "matmul(A, A)"),
    "stack and matrix": (lambda A, B: A @ B, (T, M), "matmul(A, B)"),
    "dot of stacks": (lambda A: np.dot(A, A), T, "dot(A, A)"),
    "axes": (lambda A: np.transpose(A, (2, 0, 1)), T, "transpose(A, (2, 0, 1))"),
    "the same axes": (lambda A: np.transpose(A, (0, 1)), M, "A"),
    "other axes": (lambda A: np.swapaxes(A, 1, -2), M, r"A^{\mathsf{T}}"),
    "vector": (lambda A: np.reshape(A, (9,)), M, "reshape_{9}(A)"),
    "by columns": (lambda A: np.reshape(A, (9,), order="F"), M, "vec(A)"),
    "ravel": (lambda A: np.ravel(A, "F"), M, "vec(A)"),
    "list": (lambda A: np.take(A, [0, 1], axis=1), M, r"take(A, (0, 1), \mathrm{axis} = 1)"),
    "nan": (lambda x: x + np.nan, X, r"x + \mathrm{nan}"),
    "imaginary": (lambda z: z * 1j, Z, "i z"),
    "integers": (lambda x: np.astype(x, int), X, r"astype(x, \mathrm{int})"),
    "floats": (lambda x: np.astype(x, np.float32), X, "x"),
    "softmax": (lambda A: special.softmax(A, axis=0), M, r"softmax(A, \mathrm{axis} = 0)"),
    "of rows": (lambda A: special.softmax(A, axis=-1), M, "softmax(A)"),
    "inverses": (lambda A: np.linalg.inv(A), np.eye(2) + np.zeros((3, 2, 2)), "inv(A)"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_options_are_written(name):
    f, x, expected = EXPECTED[name]
    args = x if type(x) is tuple else (x,)
    assert re.sub(r"\\operatorname\{(\w+)\}", r"\1", written(f, *args)) == expected


#: Calls of one array; which of them compute the same, their results say.
CALLS = [
    *[lambda x, o=o: np.sum(x, **o) for o in (
        {}, {"axis": 0}, {"axis": 1}, {"initial": 2.0}, {"where": MASK}, {"axis": (0, 1)})],
    *[lambda x, o=o: np.max(x, **o) for o in (
        {}, {"axis": 0}, {"initial": 2.0}, {"initial": -1.0, "where": MASK})],
    *[lambda x, o=o: np.mean(x, **o) for o in ({}, {"axis": 1}, {"where": MASK})],
    *[lambda x, o=o: np.sum(x**2, **o) for o in ({}, {"axis": 0}, {"initial": 1.0})],
    *[lambda x, a=a: np.linalg.norm(x, *a) for a in (
        (), (1,), (2,), (np.inf,), (-np.inf,), ("nuc",), (None, 0), (1, 0), (1, 1))],
    *[lambda x, a=a: np.transpose(x, a) for a in (None, (0, 1), (1, 0))],
    *[lambda x, o=o: np.reshape(x, (9,), order=o) for o in "CF"],
    *[lambda x, o=o: np.reshape(x, (1, 9), order=o) for o in "CF"],
    lambda x: np.swapaxes(x, 0, 0), lambda x: np.swapaxes(x, 0, -1),
    lambda x: np.astype(x, int), lambda x: np.astype(x, bool),
    lambda x: np.trace(x), lambda x: np.trace(x, 1), lambda x: np.diag(x), lambda x: np.diag(x, 1),
    lambda x: np.cumsum(x), lambda x: np.cumsum(x, 0), lambda x: np.outer(x, x), lambda x: x @ x,
    lambda x: np.take(x, [0, 1], 1), lambda x: np.take(x, [0, 1], 0), lambda x: np.vdot(x, x),
    lambda x: np.concatenate([x, x], 0), lambda x: np.concatenate([x, x], 1),
    *[lambda x, a=a: special.softmax(x, axis=a) for a in (0, 1)],
]  # fmt: skip


def test_what_differs_is_written_differently():
    found = [(written(f, M), np.asarray(f(M))) for f in CALLS]
    for (a, x), (b, y) in combinations(found, 2):
        assert a != b or (x.shape == y.shape and np.allclose(x, y)), a


@pytest.mark.parametrize(
    ("x", "text"),
    [(1j, "i"), (-1j, "- i"), (2 - 1j, "2 - i"), (2 + 3j, "2 + 3 i"), (np.complex64(0.5j), "0.5 i"),
     (-np.inf, r"- \infty"), (np.nan, r"\mathrm{nan}")],
)  # fmt: skip
def test_numbers(x, text):
    assert printed(number(x)) == text


def test_a_branch_is_no_equation_of_values():
    program = al.trace(al.grad(np.prod), X)
    guards = [step for step in program.steps if step.function is guard]
    assert guards  # the rule asks whether there is a zero
    assert "guard" not in program.latex() and program.latex().count("&=") == 1
    (text,) = [formula(e) for e in step_equations(program) if e.steps[0] in guards]
    check_latex(text)
    assert text.endswith(r" = \mathrm{true}")
