"""Calls of scipy.optimize: SciPy's bits on plain arrays, what is handed to it, what is refused."""

import math
import warnings
from collections import OrderedDict, deque

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.optimize")

from autograd_lite.scipy import optimize as ours  # noqa: E402
from tests.support.equality import same_trees  # noqa: E402

cube = lambda x: x**3 - 2
opaque = lambda x: math.exp(float(x[0])) - 2 * float(x[0]) + float(x[1]) ** 2
T = [0.0, 1.0, 2.0, 3.0]
Y = [1.0, 2.0, 5.0, 6.0]
line = lambda t, a, b: a * t + b

PLAIN = {
    **{
        name: lambda o, name=name: getattr(o, name)(cube, 0, 3)
        for name in ("brentq", "brenth", "bisect", "ridder", "toms748")
    },
    "by keywords": lambda o: o.brentq(f=cube, a=0, b=3, full_output=True),
    "no change of sign": lambda o: o.brentq(cube, 3, 4),
    "too few turns": lambda o: o.bisect(cube, 0, 3, maxiter=2),
    "too few turns, a flag": lambda o: o.ridder(cube, 0, 3, (), 1e-9, 1e-9, 1, True, False),
    "an argument is missing": lambda o: o.brentq(cube, 1),
    "an unknown argument": lambda o: o.brentq(cube, 0, 3, turns=1),
    "root_scalar": lambda o: o.root_scalar(cube, bracket=[0, 3]),
    "root_scalar: x0 alone": lambda o: o.root_scalar(cube, x0=2.0),
    "root_scalar: nothing": lambda o: o.root_scalar(cube),
    "newton": lambda o: o.newton(cube, 1.0, full_output=True),
    "newton: too few": lambda o: o.newton(cube, 100.0, maxiter=2),
    "newton: a list": lambda o: o.newton(lambda x, a: x**3 - a, [1.0, 2.0], args=(np.ones(2),)),
    "fixed_point": lambda o: o.fixed_point(np.cos, [1.0, 2.0]),
    "fixed_point: none": lambda o: o.fixed_point(lambda x: x + 1, 1.0, maxiter=5),
    "root: opaque": lambda o: o.root(lambda x: [math.exp(x[0]) - 2], [1]),
    "root: krylov": lambda o: o.root(lambda x, a: x**3 - a, [1.0, 2.0], args=(3,), method="krylov"),
    "root: 2-point": lambda o: o.root(cube, [1.0], **({"jac": "2-point"} if o is ours else {})),
    "fsolve: opaque": lambda o: o.fsolve(lambda x: [math.exp(float(x[0])) - 2], 1.0),
    "minimize: opaque": lambda o: o.minimize(opaque, [1, 2]),
    "minimize: Powell": lambda o: o.minimize(opaque, [1, 2], method="Powell"),
    "minimize: bounds": lambda o: o.minimize(opaque, [1.0, 2], bounds=[(0, None), (1, 5)]),
    "minimize: constraints": lambda o: o.minimize(
        opaque, [1.0, 2], constraints={"type": "eq", "fun": lambda x: x[0] + x[1] - 1}
    ),
    "minimize: no such method": lambda o: o.minimize(opaque, [1.0, 2], method="none"),
    "minimize: dogleg": lambda o: o.minimize(opaque, [1.0, 2], method="dogleg"),
    "minimize: 2-point": lambda o: o.minimize(lambda x: np.sum((x - 1) ** 4), [3.0], jac="2-point"),
    "minimize_scalar": lambda o: o.minimize_scalar(lambda x: (x - 2) ** 4),
    "minimize_scalar: bounds": lambda o: o.minimize_scalar(lambda x: (x - 2) ** 4, bounds=(0, 1)),
    "least_squares: opaque": lambda o: o.least_squares(lambda x: [float(x[0]) ** 3 - 2], [1.0]),
    "least_squares: 2-point": lambda o: o.least_squares(cube, [1.0, 2.0], jac="2-point"),
    "least_squares: bounds": lambda o: o.least_squares(cube, [1.0], jac="3-point", bounds=(0, 1.1)),
    "curve_fit: opaque": lambda o: o.curve_fit(
        lambda t, a: np.array([math.exp(float(a) * s) for s in t]), T, Y
    ),
    "curve_fit: 2-point": lambda o: o.curve_fit(line, T, Y, bounds=(0, 4), jac="2-point"),
    "curve_fit: 2-point by lm": lambda o: o.curve_fit(
        line, T, Y, sigma=Y, full_output=True, **({"jac": "2-point"} if o is ours else {})
    ),
    "curve_fit: how many?": lambda o: o.curve_fit(lambda t, *p: t, T, Y),
    "curve_fit: NaN": lambda o: o.curve_fit(line, T, [*Y[:3], np.nan]),
    "curve_fit: too few": lambda o: o.curve_fit(line, [0.0], [1.0]),
    "bounds that are none": lambda o: o.minimize(opaque, [1.0, 2.0], bounds=[1, 2]),
    "bounds of one": lambda o: o.minimize(opaque, [1.0, 2.0], bounds=[(0, 1)]),
    "bounds of nothing": lambda o: o.minimize_scalar(cube, bounds=5),
    "a bracket of nothing": lambda o: o.root_scalar(cube, bracket=5),
    "a text for a number": lambda o: o.brentq(cube, "0", 3),
    "least_squares: bounds of three": lambda o: o.least_squares(cube, [1.0], bounds=(0, 1, 2)),
    "curve_fit: bounds of three": lambda o: o.curve_fit(line, T, Y, bounds=(0, 1, 2)),
    "curve_fit: ragged": lambda o: o.curve_fit(line, [T, 1.0], Y),
    "curve_fit: differences of a size": lambda o: o.curve_fit(line, T, Y, epsfcn=1e-4),
    "minimize: differences of a size": lambda o: o.minimize(
        lambda x: np.sum((x - 1) ** 4), [3.0], method="BFGS", options={"eps": 1e-4}
    ),
    "least_squares: differences of a size": lambda o: o.least_squares(cube, [3.0], diff_step=1e-4),
    "least_squares: jac=None": lambda o: o.least_squares(cube, [3.0], jac=None),
    "fsolve: 2-point": lambda o: o.fsolve(
        cube, 1.0, **({"fprime": "2-point"} if o is ours else {})
    ),
    "minimize: None given": lambda o: o.minimize(opaque, [1.0, 2], (), None, None, bounds=None).x,
    "nnls: ragged": lambda o: o.nnls([[1, 0], [0]], [1, -1]),
    "nnls": lambda o: o.nnls([[1, 0], [0, 1]], [1, -1]),
    "linear_sum_assignment": lambda o: o.linear_sum_assignment([[1, 2], [3, 1]], maximize=True),
    "linprog": lambda o: o.linprog([1, 2], A_eq=[[1, 1]], b_eq=[1]),
    "of SciPy's own": lambda o: o.golden(lambda x: (x - 1) ** 2),
}


def outcome(run, o):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            made = run(o)
        except Exception as error:
            made = (type(error).__name__, str(error))
    return made, sorted({str(w.message) for w in told})


def alike(a, b):
    """Whether two results have the same class, fields and bits."""
    if type(a).__name__ != type(b).__name__:
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, (np.ndarray, np.generic, float)):
        return same_trees(a, b)
    return a == b or not isinstance(a, (int, str))


@pytest.mark.parametrize("name", PLAIN)
def test_on_plain_arrays_it_is_scipy(name):
    """Class, bits, warnings and errors are SciPy's, where no Jacobian is handed over.

    A warning of ours says so, unless that was asked for.
    """
    (found, said), expected = outcome(PLAIN[name], ours), outcome(PLAIN[name], theirs)
    own = [text for text in said if "took differences" in text]
    said = [text for text in said if text not in own]
    assert alike((found, said), expected), (found, said, expected)
    assert len(own) == (name in BY_DIFFERENCES), own


BY_DIFFERENCES = {
    *("root: opaque", "fsolve: opaque", "minimize: opaque", "minimize: bounds"),
    *("minimize: constraints", "least_squares: opaque", "curve_fit: opaque", "bounds of one"),
    "minimize: None given",
}


def test_a_warning_names_the_cause_and_a_remedy():
    f = lambda x: [math.exp(x[0]) - 2]
    with pytest.warns(UserWarning, match=r"(?s)root: .*differences.*use np.exp.*jac=.2-point."):
        ours.root(f, [1.0])
    with pytest.warns(
        UserWarning, match=r"(?s)fsolve: .*NumPy.s functions.*, or say fprime=.2-point."
    ) as told:
        ours.fsolve(f, [1.0])
    assert told[0].filename == __file__
    ours.root(f, [1.0], jac="2-point")
    ours.fsolve(f, [1.0], fprime="2-point")
    ours.root(lambda x: np.exp(x) - 2, [1.0])
    kinked = lambda x: np.sum(np.sqrt(np.abs(x - 1)))
    told = pytest.warns(UserWarning, match="not finite where the solver begins; begin elsewhere")
    with np.errstate(divide="ignore", invalid="ignore"), told:
        ours.minimize(kinked, [1.0])
    ours.minimize(kinked, [1.5])


def test_names_and_signatures_are_those_of_scipy():
    import inspect

    for name in ours.__all__:
        if name != "linear_sum_assignment":  # which tells none in C
            declared = inspect.signature(getattr(theirs, name))
            assert inspect.signature(getattr(ours, name)) == declared, name
        assert getattr(ours, name).__name__ == name
    assert ours.Bounds is theirs.Bounds
    with pytest.raises(AttributeError, match="nothing"):
        ours.nothing  # noqa: B018


class Model:
    """What is no tree."""

    def __init__(self, a):
        self.a = a


THINGS = [object(), Model(2.0), {1, 2}, deque([1.0]), OrderedDict(a=1.0), "text", None, range(3)]
THINGS += [np.random.default_rng(0), abs, np.array([1, None], object), 1j, float, frozenset(), b"x"]


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_args_may_be_anything(thing):
    for run in (
        lambda o: o.brentq(lambda x, a: x - (a is thing), 0, 3, args=(thing,)),
        lambda o: o.root(lambda x, a, b: x - (a is thing), [0.0], (thing, [thing])).x,
        lambda o: o.minimize(opaque_with, [0.0, 1.0], (thing,)).x,
        lambda o: o.curve_fit(lambda t, b: b * np.arange(3.0), thing, [0, 1, 2.5], jac=None)[0],
    ):
        found, expected = outcome(run, ours), outcome(run, theirs)
        assert alike(found, expected) or np.allclose(found[0], expected[0], rtol=1e-12)


def opaque_with(x, thing):
    return opaque(x)


def test_tensors_in_objects_are_found():
    f = lambda c: ours.brentq(lambda x, model: x**3 - model.a, 0.0, 9.0, args=(Model(c),))
    assert al.grad(f)(8.0) == pytest.approx(1 / 12)
    assert al.trace(al.grad(f), 1.0)(8.0) == pytest.approx(1 / 12)


# ---- exact Jacobians on the way ----


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_exact_derivatives_are_handed_over():
    """Fewer calls than by differences, and solutions that are exact to rounding."""
    x0 = np.zeros(4)
    own, exact = theirs.minimize(rosenbrock, x0), ours.minimize(rosenbrock, x0)
    assert exact.nfev < own.nfev / 3 and np.abs(exact.x - 1).max() < np.abs(own.x - 1).max()
    own, exact = theirs.root(cube, x0 + 1), ours.root(cube, x0 + 1)
    assert exact.nfev < own.nfev and exact.njev >= 1
    wave = lambda x: np.exp(x) - np.arange(1.0, 5.0)
    own, exact = theirs.least_squares(wave, x0), ours.least_squares(wave, x0)
    np.testing.assert_allclose(exact.jac, np.diag(np.exp(exact.x)), rtol=1e-14, atol=0)
    assert np.abs(own.jac - np.diag(np.exp(own.x))).max() > 1e-10
    for method in ("dogleg", "trust-exact"):  # which want a Hessian
        assert ours.minimize(rosenbrock, x0, method=method).success
    model = lambda t, a, k: a * np.exp(-k * t)
    t = np.linspace(0, 3, 7)
    (_, _, info, _, _) = ours.curve_fit(model, t, model(t, 2.0, 0.7), full_output=True)
    (_, _, differences, _, _) = theirs.curve_fit(model, t, model(t, 2.0, 0.7), full_output=True)
    assert info["nfev"] < differences["nfev"]


def test_a_gradient_that_is_not_finite_is_not_handed_over():
    """√|x| has a slope at 0 that is no number; SciPy's differences go past it."""
    f = lambda x: np.sum(np.sqrt(np.abs(x - 1))) + np.sum((x - 1) ** 2)
    assert alike(outcome(lambda o: o.minimize(f, [1.0]), ours)[0], theirs.minimize(f, [1.0]))


def test_where_numbers_leave_the_tape_nothing_is_handed_over():
    """Half a gradient would be a wrong one."""
    half = lambda x: x[0] ** 2 + math.sin(x[1].item()) ** 2
    assert alike(outcome(lambda o: o.minimize(half, [1.0, 1.0]), ours)[0],
                 theirs.minimize(half, [1.0, 1.0]))  # fmt: skip
    late = lambda x: np.sum(x**2) + (math.sin(x[1].item()) if type(x[0]) is al.Tensor and
                                     abs(x[1] - 1) > 1e-9 else 0.0)  # fmt: skip
    with pytest.raises(TypeError, match=r"taken off the tape.*jac='2-point'"):
        ours.minimize(late, [1.0, 1.0])
    assert ours.minimize(late, [1.0, 1.0], jac="2-point").success


def test_an_error_of_the_users_is_the_users():
    def f(x):
        raise KeyError("mine")

    for solve in (lambda o: o.minimize(f, [1.0]), lambda o: o.brentq(f, 0, 1)):
        with pytest.raises(KeyError, match="mine"):
            solve(ours)


# ---- results ----


def test_results_keep_their_class():
    c = al.Tensor(2.0)
    root, result = ours.brentq(lambda x: x**3 - c, 0, 3, full_output=True)
    assert isinstance(root, al.Tensor) and type(result) is theirs.RootResults
    assert result.converged and result.root is root and type(result.iterations) is int
    found = ours.minimize(lambda x: np.sum((x - c) ** 2), [0.0])
    assert type(found) is theirs.OptimizeResult and found.success is True
    assert isinstance(found.x, al.Tensor) and isinstance(found.fun, al.Tensor)
    assert type(found.jac) is np.ndarray
    several = ours.newton(lambda x: x**3 - c, [1.0, 1.5], full_output=True)
    assert type(several).__name__ == "result" and isinstance(several.root, al.Tensor)
    assert several.converged.all()
    popt, pcov = ours.curve_fit(line, T, c * np.array(Y))
    assert isinstance(popt, al.Tensor) and isinstance(pcov, al.Tensor)


def test_no_tensor_in_no_tensor_out():
    """Within a gradient, what reads no Tensor is SciPy's alone."""

    def f(p):
        assert type(ours.brentq(cube, 0, 3)) is float
        assert type(ours.minimize(rosenbrock, np.zeros(2)).x) is np.ndarray
        return p * ours.root(cube, [1.0]).x[0]

    assert al.grad(f)(1.0) == pytest.approx(2 ** (1 / 3))


def test_guesses_and_brackets_have_no_derivative():
    f = lambda a, b, c: ours.brentq(lambda x: x**3 - c, a, b)
    assert al.grad(f, (0, 1))(0.0, 3.0, 2.0) == (0.0, 0.0)
    g = lambda x0, c: ours.root(lambda x: x**3 - c, np.stack([x0, x0])).x[1]
    assert al.grad(g, 0)(1.0, 2.0) == 0
    assert al.grad(g, 1)(1.0, 2.0) == pytest.approx(2 ** (-2 / 3) / 3)
    program = al.trace(f, 0.0, 3.0, 2.0)
    assert program(1.0, 2.0, 2.0) == ours.brentq(cube, 1.0, 2.0)


def test_roots_of_many_numbers_need_two_pullbacks():
    """Each is its own: 20,000 numbers would not fit into a Jacobian."""
    c = np.linspace(1.0, 9.0, 20_000)
    f = lambda c: np.sum(ours.newton(lambda x: x * x - c, np.ones_like(c)) ** 3)
    np.testing.assert_allclose(al.grad(f)(c), 1.5 * np.sqrt(c), rtol=1e-7)
    np.testing.assert_allclose(al.hvp(f, c, np.ones_like(c)), 0.75 / np.sqrt(c), rtol=1e-7)
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        al.grad(lambda c: np.sum(ours.newton(lambda x: (x - 1) ** 3 * c, np.ones(2))))(c[:2])


def test_equations_that_belong_together_are_refused_by_newton_and_the_remedy_works():
    """Else the sums of the columns of a Jacobian would pass for its diagonal."""
    turned = np.array([[9.0, -0.2, -0.1], [-0.2, 9.0, -0.1], [-0.1, -0.1, 9.0]])
    f = lambda x, c: turned @ x + x**3 - c
    c = np.array([1.0, 2.0, 3.0])
    wrong = lambda c: np.sum(ours.newton(lambda x: f(x, c), np.ones(3)) ** 2)
    for run in (al.grad(wrong), al.compile(al.grad(wrong)), lambda c: al.trace(al.grad(wrong), c)):
        with pytest.raises(ValueError, match="depends on several numbers; use root"):
            run(c)
    right = lambda c: np.sum(ours.root(lambda x: f(x, c), np.ones(3)).x ** 2)
    found = ours.root(lambda x: f(x, c), np.ones(3)).x
    expected = np.linalg.solve(turned + np.diag(3 * found**2), 2 * found)
    np.testing.assert_allclose(al.grad(right)(c), expected, rtol=1e-9)


#: Solvers of SciPy's own, and what to use in place of each.  (The first only compares numbers, so
#: that a gradient through it would be 0.)
OTHERS = {
    "golden": (
        "minimize_scalar",
        lambda c: ours.golden(lambda x: (x - c) ** 2, brack=(0, 1)),
        lambda c: ours.minimize_scalar(lambda x: (x - c) ** 2).x,
    ),
    "fmin": (
        "minimize",
        lambda c: ours.fmin(lambda x: (x[0] - c) ** 2, [1.0], disp=0)[0],
        lambda c: ours.minimize(lambda x: (x[0] - c) ** 2, [1.0]).x[0],
    ),
    "leastsq": (
        "least_squares",
        lambda c: ours.leastsq(lambda x, c: x - c, [1.0], args=(c,))[0][0],
        lambda c: ours.least_squares(lambda x, c: x - c, [1.0], args=(c,)).x[0],
    ),
    "broyden1": (
        "root",
        lambda c: ours.broyden1(lambda x: x - c, [1.0])[0],
        lambda c: ours.root(lambda x: x - c, [1.0]).x[0],
    ),
    "brute": (
        "al.implicit",
        lambda c: ours.brute(lambda x: (x[0] - c) ** 2, ((0, 3),), Ns=4)[0],
        al.implicit(lambda x, c: 2 * (x - c), tol=1e-3)(
            lambda c: ours.brute(lambda x: (x[0] - c) ** 2, ((0, 3),), Ns=4)[0]
        ),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_solvers_refuse_tensors_and_the_remedies_work(name):
    use, wrong, right = OTHERS[name]
    for run in (al.grad(wrong), al.compile(al.grad(wrong))):
        with pytest.raises(TypeError, match=rf"optimize.{name} has no derivative.*; use {use}"):
            run(1.5)
    np.testing.assert_allclose(wrong(1.5), 1.5, atol=1e-3)
    np.testing.assert_allclose(al.grad(right)(1.5), 1.0, atol=1e-6)


def test_tensors_of_their_own():
    c = al.Tensor(8.0)
    ours.brentq(lambda x: x**3 - c, 0.0, 9.0).backward()
    assert c.grad == pytest.approx(1 / 12)


def test_compiled_functions_read_what_is_outside_now():
    fast = al.compile(al.grad(lambda c: ours.brentq(lambda x: SCALE * x**3 - c, 0.0, 9.0)))
    for scale in (1.0, 2.0):
        SCALE[...] = scale
        assert fast(8.0 * scale) == pytest.approx(1 / (12 * scale), rel=1e-9)


SCALE = np.array(1.0)


def test_options_of_compiled_calls():
    """A callback is another function in each trace, and a bound an array."""

    def f(c):
        seen = []
        cost = lambda x: np.sum(np.exp(x) - c * x)
        bounds = theirs.Bounds(-np.ones(2), 9 * np.ones(2))
        found = ours.minimize(cost, np.zeros(2), bounds=bounds, callback=lambda x: seen.append(x))
        return np.sum(found.x)

    fast = al.compile(al.grad(f))
    for c in (2.0, 3.0):
        assert fast(c) == pytest.approx(2 / c, rel=1e-4)
    assert len(fast.programs) == 1


def test_trees_among_the_args():
    f = lambda p: ours.root(lambda x, q: q["a"] * x**3 - q["b"][0], [1.0], args=(p,)).x[0]
    p = {"a": np.float64(2.0), "b": [np.float64(3.0)]}
    by = al.grad(f)(p)
    x = 1.5 ** (1 / 3)
    np.testing.assert_allclose([by["a"], by["b"][0]], [-x / 6, x / 9], rtol=1e-9)


def test_dtypes():
    """A gradient has the dtype of its argument; a complex root the complex derivative."""
    for solve in (
        lambda c: ours.brentq(lambda x: x**3 - c, 0.0, 3.0),
        lambda c: ours.minimize(lambda x: np.sum(np.exp(x) - c * x), [0.0], tol=1e-10).x[0],
        lambda c: ours.least_squares(lambda x: np.exp(x) - c, [0.0]).x[0],
    ):
        assert al.grad(solve)(np.float32(2.0)).dtype == np.float32
    root = lambda c: ours.newton(lambda z: z**3 - c, 1.0 + 1.0j, tol=1e-14)
    c = np.array(2.0 + 1.0j)
    J = al.jacobian(root)(c)
    np.testing.assert_allclose(J, 1 / (3 * root(c) ** 2), rtol=1e-8)


def test_solvers_in_loops_and_in_solvers():
    def inner(c):
        return ours.brentq(lambda x: x**3 + x - c, -9.0, 9.0)

    def outer(c):
        return ours.root(lambda y: y + 0.1 * inner(y[0] * c) - 1.0, [0.5], tol=1e-12).x[0]

    def in_a_loop(c):
        return al.scan(lambda a, x: (inner(a + x), a), c, np.array([0.3, 0.7]))[0]

    for f, h in ((outer, 1e-5), (in_a_loop, 1e-5)):
        slope, g = al.grad(f), al.grad(al.grad(f))
        assert slope(1.2) == pytest.approx((f(1.2 + h) - f(1.2 - h)) / (2 * h), rel=1e-6)
        assert g(1.2) == pytest.approx((slope(1.2 + h) - slope(1.2 - h)) / (2 * h), rel=1e-5)
        for run in (al.trace(slope, 1.0), al.compile(slope)):
            assert run(1.2) == pytest.approx(slope(1.2), rel=1e-10)


def test_readers():
    """The step has the solver's name, and formulas have the Jacobian without its check."""
    c = np.array([2.0, 3.0])
    f = lambda c: np.sum(ours.root(lambda x: x**3 + np.sin(x) - c, [1.0, 1.0]).x ** 2)
    program, gradient = al.trace(f, c), al.trace(al.grad(f), c)
    assert "{root}(c" in program.latex() and "checked" not in gradient.latex()
    assert "root" in str(al.explain(f, c)) and "root" in str(gradient.graph().source)
    assert "def fun(x):" in gradient.source() and "solver='root'" in gradient.source()
    with al.debug():
        assert same_trees(al.grad(f)(c), gradient(c))


# ---- what is no solution ----


def test_no_derivative_of_what_did_not_converge():
    """The flag is SciPy's and so is the value; the derivative is refused, and the remedy works."""

    def flagged(c, maxiter):
        f = lambda x: x**3 - c
        return ours.brentq(f, 0.0, 9.0, maxiter=maxiter, full_output=True, disp=False)

    assert not flagged(8.0, 3)[1].converged
    slope = al.grad(lambda c: flagged(c, 3)[0])
    for run in (slope, al.compile(slope)):
        with pytest.raises(RuntimeError, match=r"brentq returned no solution.*more iterations"):
            run(8.0)
    assert al.grad(lambda c: flagged(c, 30)[0])(8.0) == pytest.approx(1 / 12)
    with pytest.raises(RuntimeError, match="Failed to converge"):
        al.grad(lambda c: ours.brentq(lambda x: x**3 - c, 0.0, 9.0, maxiter=3))(8.0)

    def lazy(c, maxiter):
        options = {"maxiter": maxiter}
        f = lambda x: np.sum(np.exp(x) - c * x)
        return ours.minimize(f, np.zeros(2), method="BFGS", options=options).x[0]

    with pytest.raises(RuntimeError, match="Maximum number of iterations"):
        al.grad(lazy)(9.0, 2)
    assert al.grad(lazy)(9.0, 50) == pytest.approx(1 / 9, rel=1e-4)
    coarse = lambda c, tol: ours.minimize(
        lambda x: np.sum((x - c) ** 4), [0.0], method="Nelder-Mead", tol=tol
    ).x[0]
    with pytest.raises((RuntimeError, np.linalg.LinAlgError), match=r"no (solution|derivative)"):
        al.grad(coarse)(3.0, 0.5)


def test_a_flag_that_is_asked_for_is_a_guard_of_the_program():
    def f(c):
        result = ours.root_scalar(lambda x: np.exp(x) - c, method="newton", x0=0.0,
                                  fprime=np.exp, maxiter=6)  # fmt: skip
        if not result.converged:
            raise ValueError("my own error")
        return result.root

    program = al.trace(f, 1.2)
    assert program(1.1) == f(1.1)
    with pytest.raises(ValueError, match="trace it again"):
        program(700.0)
    with pytest.raises(ValueError, match="my own error"):
        f(700.0)


def test_a_kink_is_named():
    """Its slope is constant, so that nothing would seem to vary: the derivative was 0."""
    f = lambda c: ours.minimize(lambda x: np.sum(np.abs(x - c)), np.array([1.0, 2.0])).x
    g = lambda c: ours.minimize_scalar(lambda x: np.abs(x - c), bracket=(1.0, 1.5)).x
    for run in (lambda c: al.grad(lambda c: np.sum(f(c)))(np.array([1.0, 2.0])), al.grad(g)):
        with pytest.raises(np.linalg.LinAlgError, match="singular"):
            run(1.5)
    added = lambda c: ours.minimize(lambda x: np.sum((x - 1) ** 2) + c, [0.0])
    assert al.grad(lambda c: added(c).x[0])(2.0) == 0
    assert al.grad(lambda c: added(c).fun)(2.0) == 1


def test_a_double_root_is_named():
    f = lambda c: ours.newton(lambda x: c * (x - 1) ** 2, 1.0, fprime=lambda x: 2 * c * (x - 1))
    with pytest.raises(np.linalg.LinAlgError, match=r"newton: the Jacobian .* singular"):
        al.grad(f)(2.0)


def test_constraints_are_refused_and_the_remedy_works():
    """min Σ (x − c)² on a line: x = c − mean(c) + ½, by the conditions with a multiplier."""
    on_a_line = {"type": "eq", "fun": lambda x: np.sum(x) - 1.0}
    f = lambda c: lambda x: np.sum((x - c) ** 2)

    def refused(c):
        return ours.minimize(f(c), np.zeros(2), constraints=on_a_line).x

    def conditions(x, c):
        multiplier = al.grad(f(c))(x)[0]
        return np.stack([al.grad(f(c))(x)[1] - multiplier, np.sum(x) - 1.0])

    c = np.array([1.0, 3.0])
    for run in (al.jacobian(refused), lambda c: al.trace(al.jacobian(refused), c)):
        with pytest.raises(TypeError, match=r"constraints= has no derivative.*al\.implicit"):
            run(c)
    remedy = al.implicit(conditions)(refused)
    expected = [[0.5, -0.5], [-0.5, 0.5]]
    np.testing.assert_allclose(al.jacobian(remedy)(c), expected, atol=1e-6)


def test_linear_programs_are_refused_and_the_remedy_works():
    A, b, cost = np.array([[-1.0, -2.0], [-3.0, -1.0]]), np.array([-4.0, -6.0]), [1.0, 1.0]
    refused = lambda b: ours.linprog(cost, A_ub=A, b_ub=b).x
    with pytest.raises(TypeError, match=r"np\.linalg\.solve\(A\[held\], b\[held\]\)"):
        al.jacobian(refused)(b)

    def remedy(b):
        x = ours.linprog(cost, A_ub=A, b_ub=al.stop_gradient(b)).x
        held = np.isclose(A @ x, al.stop_gradient(b))
        return np.linalg.solve(A[held], b[held])

    np.testing.assert_allclose(remedy(b), refused(b))
    np.testing.assert_allclose(al.jacobian(remedy)(b), np.linalg.inv(A))


def test_what_is_not_a_number_is_left_out_before():
    t, nothing = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 0.0, np.nan, 0.0])
    refused = lambda y: ours.curve_fit(line, t, y + nothing, nan_policy="omit")[0]
    y = np.array(Y)
    assert np.isfinite(refused(y)).all()
    with pytest.raises(TypeError, match=r"keep = ~np\.isnan\(ydata\)"):
        al.jacobian(refused)(y)
    keep = ~np.isnan(nothing)
    remedy = lambda y: ours.curve_fit(line, t[keep], y[keep])[0]
    np.testing.assert_allclose(remedy(y), refused(y), rtol=1e-6)
    assert (al.jacobian(remedy)(y)[:, 2] == 0).all()


def test_assignments_are_picked_by_plain_values():
    cost = np.array([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]])

    def least(cost):
        rows, columns = ours.linear_sum_assignment(cost)
        assert getattr(rows, "dtype", None) is not None
        return np.sum(cost[rows, columns] ** 2)

    picked = theirs.linear_sum_assignment(cost)
    expected = np.zeros((3, 3))
    expected[picked] = 2 * cost[picked]
    gradient = al.grad(least)
    for run in (gradient, al.trace(gradient, cost[::-1]), al.compile(gradient)):
        np.testing.assert_array_equal(run(cost), expected)


def test_errors_of_scipys_own_know_every_counterpart():
    from autograd_lite.core.advice.scipys import REMEDIES

    remedies = {name: REMEDIES.get(f"scipy.optimize.{name}", "") for name in ours.__all__}
    told = {name for name, text in remedies.items() if "autograd_lite.scipy.optimize" in text}
    assert told == {*ours.__all__} - {"linprog"}


def test_curve_fit_has_the_exact_jacobian_wherever_it_begins():
    """No warning, for a list, an array, one number, and integers."""
    model = lambda t, a: np.exp(a * t)
    t = np.linspace(0, 1, 5)
    for p0 in ([1.0], np.array([1.0]), 1.0, [1], None):
        found, _ = ours.curve_fit(model, t, model(t, 0.7), p0=p0)
        np.testing.assert_allclose(found, [0.7], rtol=1e-9)
