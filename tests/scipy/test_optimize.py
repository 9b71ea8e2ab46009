"""scipy.optimize: every solver and method, against closed forms, eagerly and as programs."""

import numpy as np
import pytest
from hypothesis import settings

import autograd_lite as al

theirs = pytest.importorskip("scipy.optimize")

from autograd_lite.loops import handing  # noqa: E402
from autograd_lite.scipy import optimize as ours  # noqa: E402
from autograd_lite.scipy.optimize import minima, roots, slopes, solving, squares  # noqa: E402
from tests.support.optimizing import FIRST, PROBLEMS, THETA  # noqa: E402
from tests.support.planted import planted  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of SciPy's own numbers


def has_method(name):
    """Whether this SciPy has the method: COBYQA came with 1.14."""
    return "COBYQA" not in name or hasattr(theirs, "_cobyqa_py")


FULL = settings.default.max_examples >= 200
EACH = pytest.mark.parametrize(
    "problem",
    [p for p in PROBLEMS if (FULL and has_method(p.name)) or p.name in FIRST],
    ids=lambda problem: problem.name,
)


def test_each_mechanism_has_a_problem():
    assert {problem.name for problem in PROBLEMS} > FIRST
    public = set(ours.__all__) - {"linear_sum_assignment", "linprog"}
    assert {problem.name.partition(":")[0] for problem in PROBLEMS} == public


def loss_of(run):
    """One number, of which all that was found is a part."""
    return lambda p: np.sum(np.sin(run(p)))


def close(found, expected, tol):
    np.testing.assert_allclose(found, expected, rtol=tol, atol=tol)


@EACH
def test_derivatives_are_those_of_the_closed_form(problem):
    run, tol = (lambda p: problem.run(ours, p)), problem.tol
    close(run(THETA), problem.known(THETA), tol)
    f, known = loss_of(run), loss_of(problem.known)
    close(al.grad(f)(THETA), al.grad(known)(THETA), 20 * tol)
    close(al.hessian(f)(THETA), al.hessian(known)(THETA), 500 * tol)


@EACH
def test_programs(problem):
    """What is traced has the values and derivatives of what is not, for other numbers too."""
    f, tol = loss_of(lambda p: problem.run(ours, p)), problem.tol
    program, gradient = al.trace(f, THETA), al.trace(al.grad(f), THETA)
    for p in (THETA, THETA * [1.02, 0.98]):
        close(program(p), f(p), tol)
        expected = al.grad(f)(p)
        for run in (gradient, gradient.compile(), al.grad(program)):
            close(run(p), expected, 20 * tol)


# ---- mistakes in the code ----

MISTAKES = [
    (minima.Bounds.held, "x - finite(self.low), free", "g, free", "a bound that varies"),
    (minima.Bounds.held, "push >= bend * to_low", "push >= to_low", "steep"),
    (minima.Bounds.held, "x - finite(self.high), g", "g, g", "a bound that varies"),
    (minima.by_minimize, 'found["fun"] = single(f(found["x"]))', "pass", "minimize: fun"),
    (squares.whitened, "r / sigma", "r", "sigma of one"),
    (squares.whitened, "np.linalg.cholesky(sigma)", "sigma", "sigma of two"),
    (squares.covariance, "- np.shape(p)[0]", "", "curve_fit: pcov"),
    (squares.covariance, "if absolute", "if not absolute", "absolute_sigma"),
    (squares.by_curve_fit, "(-1,)) - y", "(-1,)) - strip(y)", "curve_fit: popt"),
    (squares.cost_of, "np.sum(r * r) / 2", "np.sum(r * r)", "least_squares: cost"),
    (handing.Watch.seen, "self.met = next", "_ = next", "read from outside"),
    (handing.recorded, "(Tracked, Symbol)", "Symbol", "brentq: args"),
    (solving.solved, "if finish is not None", "if False", "curve_fit: pcov"),
    (roots.scalar, "f(x)[0]", "f(x)[1]", "fprime=True"),
    (roots.fixed, "f(x) - x", "f(x)", "fixed_point: del2"),
    (slopes.jacobian, "axis=1", "axis=0", "curve_fit: pcov"),
]  # fmt: skip


@pytest.mark.parametrize("function, old, new, where", MISTAKES)
def test_a_planted_mistake_is_noticed(function, old, new, where, monkeypatch):
    wrong = planted(function, old, new)
    owners = [solving, roots, minima, squares, slopes, handing, handing.Watch, minima.Bounds]
    for owner in owners:
        if vars(owner).get(function.__name__) is function:
            monkeypatch.setattr(owner, function.__name__, wrong)
    for name, solver in solving.SOLVERS.items():
        if solver is function:
            monkeypatch.setitem(solving.SOLVERS, name, wrong)
    problems = [problem for problem in PROBLEMS if where in problem.name]
    assert any(fails(test, problem) for problem in problems for test in TESTS)


TESTS = (test_derivatives_are_those_of_the_closed_form, test_programs)


def fails(test, problem):
    try:
        test(problem)
    except Exception:
        return True
    return False
