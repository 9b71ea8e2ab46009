"""Differential equations and integrals: against SciPy, differences, unrolled steps, programs."""

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.integrate")

from autograd_lite.scipy import integrate  # noqa: E402  (it needs SciPy)
from autograd_lite.scipy.integrate import collocation, runge_kutta  # noqa: E402

EXPLICIT = ["RK23", "RK45", "DOP853"]
IMPLICIT = ["Radau", "BDF", "LSODA"]
EVERY = pytest.mark.parametrize("method", EXPLICIT + IMPLICIT)
P = np.array([1.2, 2.0, 0.1, 0.0, 0.6])
ASKED = np.array([0.1, 0.3, 0.6])


def oscillator(t, y, mu):
    return [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0] + 0.1 * t]


def solved(p, method, asked=None, lib=integrate, tol=1e-7, **options):
    """By a parameter, the state, both ends; the right-hand side reads the parameter outside."""
    f = lambda t, y: oscillator(t, y, p[0])
    settings = {"method": method, "rtol": tol, "atol": tol, "t_eval": asked, **options}
    return lib.solve_ivp(f, (p[3], p[4]), p[1:3], **settings)


def loss(p, method, asked=None, **options):
    y = solved(p, method, asked, **options).y
    return np.sum(y[:, -1] ** 2) + y[0, -2]


def by_differences(f, p, h=1e-5):
    return np.array([(f(p + h * e) - f(p - h * e)) / (2 * h) for e in np.eye(len(p))])


@EVERY
@pytest.mark.parametrize("asked", [None, ASKED], ids=["steps", "t_eval"])
def test_values_are_those_of_scipy(method, asked):
    """To the bit: on plain arrays, and on Tensors; implicit methods with SciPy's differences."""
    jac = {"jac": "2-point"} if method in IMPLICIT else {}
    expected = solved(P, method, asked, theirs)
    for p in (P, al.Tensor(P)):
        found = solved(p, method, asked, **jac)
        assert type(found) is type(expected) and found.keys() == expected.keys()
        for name in ("t", "y"):
            x = getattr(found, name)
            np.testing.assert_array_equal(getattr(x, "data", x), expected[name], strict=True)
        assert (found.nfev, found.njev, found.status) == (
            *(expected.nfev, expected.njev),
            expected.status,
        )


@EVERY
def test_gradients_are_those_of_the_solution(method):
    """By parameter and state: within hundred times the tolerance, measured; 20 is usual."""
    f = lambda p: np.sum(solved(np.append(p, [0.0, 0.6]), method, ASKED).y ** 2)
    exact = lambda p: np.sum(
        solved(np.append(p, [0.0, 0.6]), "DOP853", ASKED, theirs, tol=1e-13).y ** 2
    )
    np.testing.assert_allclose(al.grad(f)(P[:3]), by_differences(exact, P[:3]), atol=1e-5)


@EVERY
def test_gradients_by_times(method):
    """At the ends the solution moves by its slope; what is asked for in between, too."""
    y = solved(P, method).y[:, -1]
    slope = oscillator(P[4], y, P[0])
    by_end = al.jacobian(lambda b: solved(np.stack([*P[:4], b]), method).y[:, -1])(P[4])
    np.testing.assert_allclose(by_end, slope, rtol=1e-4)
    by_asked = al.jacobian(lambda t: solved(P, method, t).y[:, 1])(ASKED)
    slope = oscillator(0.3, solved(P, method, ASKED).y[:, 1], P[0])
    np.testing.assert_allclose(by_asked[:, 1], slope, rtol=1e-3)
    assert not by_asked[:, [0, 2]].any()
    f = lambda d: solved(np.stack([*P[:3], P[3] + d, P[4] + d]), method).t[-1]
    assert al.grad(f)(0.0) == 1.0


@EVERY
def test_second_derivatives(method):
    """They are those of the first, whose steps stay as they are."""
    p = P[:3]
    f = lambda p, tol: np.sum(solved(np.append(p, [0.0, 0.6]), method, ASKED, tol=tol).y ** 2)
    hessian = al.hessian(lambda p: f(p, 1e-7))(p)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-12)
    expected = by_differences(al.grad(lambda p: f(p, 1e-9)), p, 1e-4)
    np.testing.assert_allclose(hessian, expected, atol=2e-4)


@pytest.mark.parametrize("method", EXPLICIT)
def test_explicit_methods_equal_their_unrolled_steps(method):
    """The gradient is that of the very steps, written out in Python."""
    kind = getattr(theirs, method)
    times = solved(P, method, tol=1e-4).t

    def unrolled(p):
        y = p[1:3]
        for t, h in zip(times[:-1], np.diff(times)):
            stages = []
            for a, c in zip(kind.A, kind.C):
                inner = sum((h * w * k for w, k in zip(a, stages)), y)
                stages.append(np.stack(oscillator(t + c * h, inner, p[0])))
            y = y + sum(h * w * k for w, k in zip(kind.B, stages))
        return np.sum(y**2)

    f = lambda p: np.sum(solved(np.append(p, [0.0, 0.6]), method, tol=1e-4).y[:, -1] ** 2)
    assert len(times) > 3
    np.testing.assert_allclose(al.grad(f)(P[:3]), al.grad(unrolled)(P[:3]), rtol=1e-12)
    np.testing.assert_allclose(al.hessian(f)(P[:3]), al.hessian(unrolled)(P[:3]), atol=1e-12)


@pytest.mark.parametrize("method", IMPLICIT)
def test_stiff_equations(method):
    """The decay of a fast state: only steps that are implicit get its slow manifold right."""

    def f(k):
        right = lambda t, y: [-k[0] * (y[0] - np.cos(y[1])), -k[1] * y[1]]
        found = integrate.solve_ivp(right, (0, 2), [2.0, 1.0], method, rtol=1e-7, atol=1e-9)
        return found.y[0, -1] + found.y[1, -1]

    slow = np.exp(-2.0)
    expected = [0.0, -2 * slow * (1 - np.sin(slow))]
    np.testing.assert_allclose(al.grad(f)(np.array([1e5, 1.0])), expected, atol=1e-5)


@pytest.mark.parametrize("method", ["RK45", "DOP853", "BDF"])
def test_programs(method):
    """One step whose source runs, with the bits of the run; so is the gradient."""
    f = lambda p: loss(p, method, ASKED)
    q = P * [1.01, 1.0, 1.0, 1.0, 1.0]
    program = al.trace(f, P)
    assert program(q) == f(q)
    assert sum(step.name == "solve_ivp" for step in program.steps) == 1
    scope = {}
    exec(program.source(), scope)
    assert scope[program.name](q) == f(q)
    gradient = al.trace(al.grad(f), P)
    np.testing.assert_array_equal(gradient(P), al.grad(f)(P))
    np.testing.assert_allclose(al.grad(program)(P), al.grad(f)(P), rtol=1e-12)
    np.testing.assert_allclose(al.jacobian(gradient)(P), al.hessian(f)(P), atol=1e-10)


def test_compiled():
    f = al.grad(lambda p: loss(p, "RK45", ASKED))
    compiled = al.compile(f)
    for p in (P, P * [1.5, 1.1, 1.0, 1.0, 1.0], P):
        np.testing.assert_array_equal(compiled(p), f(p))


def test_dense_output():
    times = np.array([0.5, 0.0, 0.123])
    for method in EXPLICIT:
        expected = solved(P, method, lib=theirs, dense_output=True).sol
        sol = solved(al.Tensor(P), method, dense_output=True).sol
        np.testing.assert_array_equal(sol(times).data, expected(times))
        np.testing.assert_array_equal(sol(0.2).data, expected(0.2))
        sol_at = lambda t, p, method: solved(p, method, dense_output=True).sol(t)
        g = al.jacobian(sol_at)(0.2, al.Tensor(P), method).data
        np.testing.assert_allclose(g, oscillator(0.2, expected(0.2), P[0]), rtol=1e-3)


def test_refused():
    event = lambda t, y: y[0] - 1.99
    with pytest.raises(TypeError, match="Newton step"):
        solved(al.Tensor(P), "RK45", events=event)
    with pytest.raises(TypeError, match="t_eval"):
        solved(al.Tensor(P), "BDF", dense_output=True)
    with pytest.raises(TypeError, match="t_eval"):
        al.trace(lambda p: loss(p, "RK45", dense_output=True), P)
    told = pytest.warns(UserWarning, match="complex")
    with told, pytest.raises(TypeError, match="real and imaginary"):
        integrate.solve_ivp(lambda t, y: 1j * y, (0, al.Tensor(1.0)), [1j], "BDF")
    with pytest.raises(ValueError, match="2-point"):
        solved(P, "BDF", jac="3-point")
    assert len(solved(P, "RK45", events=event).t_events) == 1


def test_remedy_of_events():
    """The time at which a ball lands, √(2 h / g), by its height."""
    fall = lambda t, y: [y[1], -9.81]

    def landing(height):
        low = lambda t, y: y[0]
        low.terminal = True
        plain = al.stop_gradient(height)
        t1 = theirs.solve_ivp(fall, (0, 10), [plain, 0.0], events=low, rtol=1e-9).t[-1]
        y = integrate.solve_ivp(fall, (0, t1), [height, 0.0], rtol=1e-9).y[:, -1]
        return t1 - y[0] / al.stop_gradient(y[1])

    np.testing.assert_allclose(al.grad(landing)(2.0), 1 / np.sqrt(2 * 2.0 * 9.81), rtol=1e-6)


def test_a_run_that_failed_has_no_gradient():
    f = lambda a: integrate.solve_ivp(lambda t, y: a * y**2, (0, 2), [1.0])
    assert not f(al.Tensor(1.0)).success and f(1.0).status == -1
    with pytest.raises(RuntimeError, match=r"no gradient.*spacing"):
        al.grad(lambda a: f(a).y[0, -1])(1.0)
    with pytest.raises(RuntimeError, match="failed"):
        al.trace(lambda a: f(a).y[0, -1], 1.0)


@pytest.mark.parametrize("method", ["RK45", "BDF"])
def test_corners(method):
    """No time passes; time goes back; trees of arguments; a complex state; a state of float32."""
    grow = lambda t, y, p: p["rate"] * y
    f = lambda rate, span: integrate.solve_ivp(
        grow, span, np.float32([1.0]), method, args=({"rate": rate},), rtol=1e-8, atol=1e-10
    ).y[0, -1]
    assert al.grad(f)(2.0, (1.0, 1.0)) == 0
    np.testing.assert_allclose(al.grad(f)(2.0, (1.0, 0.0)), -np.exp(-2.0), rtol=1e-5)
    if method == "RK45":
        turn = lambda w: integrate.solve_ivp(lambda t, y: 1j * w * y, (0, 1), [1 + 0j], rtol=1e-9)
        g = al.grad(lambda w: np.real(turn(w).y[0, -1]))(2.0)
        np.testing.assert_allclose(g, -np.sin(2.0), rtol=1e-6)


def test_functions_that_take_no_tensors_are_solved_by_scipys_differences():
    import math

    def f(t, y):
        return [-math.exp(y[0])]

    for method in IMPLICIT:
        expected = theirs.solve_ivp(f, (0, 1), [0.0], method).y
        with pytest.warns(UserWarning, match=r"(?s)solve_ivp: .*use np.exp.*jac='2-point'") as told:
            found = integrate.solve_ivp(f, (0, 1), [0.0], method)
        assert told[0].filename == __file__
        for y in (found.y, integrate.solve_ivp(f, (0, 1), [0.0], method, jac="2-point").y):
            np.testing.assert_array_equal(y, expected)
    swap = lambda y, t: f(t, y)
    with pytest.warns(UserWarning, match=r"(?s)odeint: .*use np.exp.*Dfun='2-point'"):
        found = integrate.odeint(swap, 0.0, [0.0, 1.0])
    for y in (found, integrate.odeint(swap, 0.0, [0.0, 1.0], Dfun="2-point")):
        np.testing.assert_array_equal(y, theirs.odeint(swap, 0.0, [0.0, 1.0]))


def test_a_complex_state_is_solved_as_by_scipy(method="BDF"):
    turn = lambda t, y: 1j * y
    expected = theirs.solve_ivp(turn, (0, 1), [1j], method)
    with pytest.warns(UserWarning, match="solve_ivp: .*complex; write real and imaginary parts"):
        found = integrate.solve_ivp(turn, (0, 1), [1j], method)
    np.testing.assert_array_equal(found.y, expected.y)
    parts = lambda t, y: np.stack([-y[1], y[0]])
    real = integrate.solve_ivp(parts, (0, 1), [0.0, 1.0], method, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(real.y[:, -1] @ [1, 1j], 1j * np.exp(1j), rtol=1e-6)


# ---- odeint ----


def pendulum(y, t, b, c):
    return [y[1], -b * y[1] - c * np.sin(y[0])]


def swung(p, lib=integrate, **options):
    times = np.append(p[4], [1.0, 2.0])
    return lib.odeint(pendulum, p[2:4], times, args=(p[0], p[1]), **options)


Q = np.array([0.25, 2.0, 1.0, 0.5, 0.0])


def test_odeint():
    np.testing.assert_array_equal(swung(Q, theirs), swung(Q, Dfun="2-point"))
    y, info = swung(al.Tensor(Q), Dfun="2-point", full_output=True)
    np.testing.assert_array_equal(y.data, swung(Q, theirs))
    assert info["message"] == "Integration successful."
    f = lambda p: np.sum(swung(p) ** 2)
    exact = lambda p: np.sum(swung(p, theirs, rtol=1e-12, atol=1e-12) ** 2)
    g = al.grad(f)
    np.testing.assert_allclose(g(Q), by_differences(exact, Q), atol=1e-5)
    np.testing.assert_allclose(al.hessian(f)(Q), by_differences(g, Q, 1e-4), atol=1e-4)
    program = al.trace(g, Q)
    np.testing.assert_array_equal(program(Q), g(Q))
    np.testing.assert_allclose(al.grad(al.trace(f, Q))(Q), g(Q), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:Excess work")
def test_odeint_that_failed():
    f = lambda a: integrate.odeint(lambda y, t: a * y**2, 1.0, [0.0, 2.0])[-1, 0]
    with pytest.raises(RuntimeError, match="no gradient"):
        al.grad(f)(1.0)


# ---- integrals ----


def area(p):
    return integrate.quad(lambda x: np.exp(-p[0] * x**2) * p[1], p[2], np.inf)[0]


R = np.array([1.0, 2.0, 0.3])


def test_quad():
    expected = theirs.quad(lambda x: np.exp(-R[0] * x**2) * R[1], R[2], np.inf)
    assert integrate.quad(lambda x: np.exp(-R[0] * x**2) * R[1], R[2], np.inf) == expected
    assert area(al.Tensor(R)).data == expected[0]
    g = al.grad(area)
    np.testing.assert_allclose(g(R), by_differences(area, R), atol=1e-8)
    np.testing.assert_allclose(al.hessian(area)(R), by_differences(g, R), atol=1e-7)


def test_quad_in_programs():
    program, gradient = al.trace(area, R), al.trace(al.grad(area), R)
    assert program(R * 1.1) == area(R * 1.1)
    np.testing.assert_array_equal(gradient(R * 1.1), al.grad(area)(R * 1.1))
    np.testing.assert_array_equal(al.compile(al.grad(area))(R), al.grad(area)(R))
    np.testing.assert_allclose(al.hessian(program)(R), al.hessian(area)(R), rtol=1e-12)
    np.testing.assert_allclose(al.jacobian(gradient)(R), al.hessian(area)(R), rtol=1e-12)
    scope = {}
    exec(gradient.source(), scope)
    np.testing.assert_array_equal(scope[gradient.name](R), gradient(R))


def test_quad_within_quad():
    f = lambda p: integrate.quad(
        lambda y: integrate.quad(lambda x: np.exp(-p * x * y), 0, 1)[0], 0, p
    )[0]
    np.testing.assert_allclose(al.grad(f)(1.5), (f(1.5001) - f(1.4999)) / 2e-4, rtol=1e-6)


def test_quad_with_arguments_and_flipped_limits():
    f = lambda p, b: integrate.quad(lambda x, p: p * x**p, b, 0, args=(p,), full_output=1)[0]
    np.testing.assert_allclose(al.grad(f, (0, 1))(2.0, 1.0), (-1 / 9, -2.0), rtol=1e-8)


def test_quad_refused():
    for options in ({"weight": "cos", "wvar": 2.0}, {"complex_func": True}):
        with pytest.raises(TypeError, match="no derivative"):
            integrate.quad(lambda x: al.Tensor(1.0) * x, 0, 1, **options)
        assert integrate.quad(np.exp, 0, 1, **options) == theirs.quad(np.exp, 0, 1, **options)
    with pytest.raises(TypeError, match="one quad within the other"):
        integrate.dblquad(lambda y, x: al.Tensor(1.0) * x, 0, 1, 0, 1)
    twice = lambda lib: lib.dblquad(lambda y, x: x, 0, 1, 0, 1)
    assert twice(integrate) == twice(theirs)
    assert integrate.nquad(lambda y: y, [(0, 1)]) == theirs.nquad(lambda y: y, [(0, 1)])


# ---- planted mistakes ----


@pytest.mark.parametrize(
    "place, wrong",
    [
        ((runge_kutta, "of_dop853"), lambda f, m, t, h, y, after, stages: np.zeros((7, len(y)))),
        ((collocation, "system"), lambda h, slopes: np.eye(3 * np.shape(slopes)[-1])),
        ((collocation, "A"), np.array([[0.2, 0.0, 0.0], [0.4, 0.2, 0.0], [0.4, 0.5, 0.1]])),
    ],
    ids=["polynomial", "jacobian", "coefficients"],
)
def test_planted_mistakes_are_found(monkeypatch, place, wrong):
    method = "DOP853" if place[0] is runge_kutta else "Radau"
    monkeypatch.setattr(*place, wrong)
    with pytest.raises((AssertionError, RuntimeError)):
        test_gradients_are_those_of_the_solution(method)
