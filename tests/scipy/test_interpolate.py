"""Interpolation: values to the bit, derivatives against differences, at both orders."""

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.interpolate")

from autograd_lite.scipy import interpolate  # noqa: E402  (it needs SciPy)
from autograd_lite.scipy.interpolate import cubic, piecewise, recursion  # noqa: E402

X = np.array([0.0, 0.7, 1.5, 2.9, 3.6, 5.0])
Y = np.array([0.3, 1.4, 1.1, -0.4, 0.2, 0.9])
Q = np.array([-0.4, 0.1, 1.5, 2.2, 3.7, 4.9, 5.6])
RISING = np.cumsum(np.abs(Y))

#: For each: what makes it of places and values, with the names of the two.
MAKERS = {
    "not-a-knot": lambda lib, x, y: lib.CubicSpline(x, y),
    "natural": lambda lib, x, y: lib.CubicSpline(x, y, bc_type="natural"),
    "clamped": lambda lib, x, y: lib.CubicSpline(x, y, bc_type="clamped"),
    "given": lambda lib, x, y: lib.CubicSpline(x, y, bc_type=((1, 0.4), (2, -0.3))),
    "periodic": lambda lib, x, y: lib.CubicSpline(x, closed(y), bc_type="periodic"),
    "pchip": lambda lib, x, y: lib.PchipInterpolator(x, y),
    "akima": lambda lib, x, y: lib.Akima1DInterpolator(x, y),
    "hermite": lambda lib, x, y: lib.CubicHermiteSpline(x, y, np.sin(y)),
}
if "method" in theirs.Akima1DInterpolator.__init__.__kwdefaults__ or {}:
    MAKERS["makima"] = lambda lib, x, y: lib.Akima1DInterpolator(
        x, y, method="makima", extrapolate=True
    )
EVERY = pytest.mark.parametrize("name", MAKERS)


def closed(y):
    return np.concatenate([y[:-1], y[:1]])


def by_differences(f, p, h=1e-5):
    return np.array([(f(p + h * e) - f(p - h * e)) / (2 * h) for e in np.eye(len(p))])


def same(found, expected):
    np.testing.assert_array_equal(getattr(found, "data", found), expected)


@EVERY
def test_values_are_those_of_scipy(name):
    make = MAKERS[name]
    expected, plain = make(theirs, X, Y), make(interpolate, X, Y)
    assert isinstance(plain, type(expected))
    for spline in (plain, make(interpolate, X, al.Tensor(Y)), make(interpolate, al.Tensor(X), Y)):
        for q in (Q, 2.2, Q.reshape(1, 7)):
            same(spline(q), expected(q))
            same(spline(al.Tensor(q)), expected(q))
            same(spline(q, 1), expected(q, 1))
        slope, area = expected.derivative(), expected.antiderivative()
        np.testing.assert_allclose(al.stop_gradient(spline.derivative()(Q)), slope(Q), atol=1e-13)
        np.testing.assert_allclose(
            al.stop_gradient(spline.antiderivative(2)(Q)), area.antiderivative()(Q), atol=1e-12
        )
        if name != "periodic":
            found = al.stop_gradient(spline.integrate(0.3, 4.0))
            np.testing.assert_allclose(found, expected.integrate(0.3, 4.0), rtol=1e-12)


@EVERY
def test_derivatives(name):
    """By values, places and points, of the value and its slope: of orders 1 and 2."""
    make, q = MAKERS[name], Q[1:-1] + 0.05

    def f(p, nu=0):
        spline = make(interpolate, p[:6], p[6:12])
        return np.sum(np.cos(np.arange(5)) * spline(p[12:], nu)) + spline.derivative()(0.4)

    p = np.concatenate([X, RISING if name == "pchip" else Y, q])
    for nu in (0, 1):
        g = al.grad(f)
        plain = lambda p, nu=nu: float(al.stop_gradient(f(p, nu)))
        np.testing.assert_allclose(g(p, nu), by_differences(plain, p), atol=1e-7, rtol=1e-6)
    hessian = al.hessian(f)(p)
    np.testing.assert_allclose(hessian, by_differences(g, p), atol=1e-5, rtol=1e-5)


@EVERY
def test_programs(name):
    f = lambda p: np.sum(MAKERS[name](interpolate, X, p)(Q[1:-1]) ** 2)
    program, gradient = al.trace(f, Y), al.trace(al.grad(f), Y)
    assert program(Y * 1.1) == f(Y * 1.1)
    np.testing.assert_array_equal(gradient(Y * 1.1), al.grad(f)(Y * 1.1))
    scope = {}
    exec(program.source(), scope)
    assert scope[program.name](Y * 1.1) == f(Y * 1.1)


AT_POINTS = MAKERS | {
    "B-spline": lambda lib, x, y: lib.make_interp_spline(x, y),
    "line": lambda lib, x, y: lib.interp1d(x, y),
    "table": lambda lib, x, y: lambda q: lib.RegularGridInterpolator((x,), y)(np.stack([q], 1)),
}


@pytest.mark.parametrize("name", AT_POINTS)
def test_programs_of_points(name):
    """The spline is of plain numbers, and its points are traced."""
    f = lambda q: np.sum(AT_POINTS[name](interpolate, X, Y)(q) ** 2)
    q, others = Q[1:-1], 0.9 * Q[1:-1] + 0.2
    for run in (f, al.grad(f)):
        for fast in (al.trace(run, q), al.compile(run)):
            np.testing.assert_array_equal(fast(others), run(others))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_axes(axis):
    rows = np.stack([Y, Y**2, np.exp(Y)])
    x, y = (X, rows.T) if axis == 0 else (X, rows)
    for maker in ("CubicSpline", "PchipInterpolator", "make_interp_spline", "interp1d"):
        q = Q[1:-1]
        expected = getattr(theirs, maker)(x, y, axis=axis)
        spline = getattr(interpolate, maker)(x, al.Tensor(y), axis=axis)
        same(spline(q), expected(q))
        same(getattr(interpolate, maker)(x, y, axis=axis)(al.Tensor(q)), expected(q))
        weights = np.sin(expected(q))

        def f(v, maker=maker, q=q, weights=weights):
            return np.sum(getattr(interpolate, maker)(x, v, axis=axis)(q) * weights)

        g, d = al.grad(f)(y), np.cos(np.arange(y.size)).reshape(y.shape)
        slope = (f(y + 1e-5 * d) - f(y - 1e-5 * d)) / 2e-5
        np.testing.assert_allclose(np.sum(g * d), slope, rtol=1e-7)


def test_few_places():
    for n in (2, 3):
        for bc in ("not-a-knot", "natural", "clamped", "periodic"):
            f = lambda y, n=n, bc=bc: interpolate.CubicSpline(X[:n], y, bc_type=bc)(0.3)
            y = closed(Y[:n]) if bc == "periodic" else Y[:n]
            same(f(al.Tensor(y)), theirs.CubicSpline(X[:n], y, bc_type=bc)(0.3))
            if bc != "periodic":
                np.testing.assert_allclose(al.grad(f)(y), by_differences(f, y), atol=1e-9)
        for kind in (interpolate.PchipInterpolator, interpolate.Akima1DInterpolator):
            f = lambda y, kind=kind, n=n: kind(X[:n], y)(0.3)
            np.testing.assert_allclose(
                al.grad(f)(RISING[:n]), by_differences(f, RISING[:n]), atol=1e-9
            )


def test_splines():
    """By knots, coefficients and points."""
    t, k = np.array([0.0, 0, 0, 0, 1.2, 2.0, 3.1, 5, 5, 5, 5]), 3
    c, q = np.sin(np.arange(7.0)), Q[1:-1]
    expected = theirs.BSpline(t, c, k)
    for spline in (interpolate.BSpline(t, al.Tensor(c), k), interpolate.BSpline(t, c, k)):
        for nu in (0, 1, 3):
            same(spline(al.Tensor(Q), nu), expected(Q, nu))
        np.testing.assert_allclose(
            spline.derivative()(al.Tensor(q)).data, expected(q, 1), rtol=1e-12
        )
        whole = spline.integrate(0.2, al.Tensor(4.0)).data
        np.testing.assert_allclose(whole, expected.integrate(0.2, 4.0), rtol=1e-12)

    def f(p):
        knots = np.concatenate([t[:4], p[7:10], t[7:]])
        return np.sum(np.cos(q) * interpolate.BSpline(knots, p[:7], k)(p[10:]))

    p = np.concatenate([c, t[4:7], q + 0.01])
    g = al.grad(f)
    np.testing.assert_allclose(g(p), by_differences(f, p), atol=1e-8)
    np.testing.assert_allclose(al.hessian(f)(p), by_differences(g, p), atol=1e-6)


@pytest.mark.parametrize("k, bc", [(1, None), (3, None), (3, "natural"), (5, None)])
def test_splines_through_values(k, bc):
    f = lambda y: np.sum(np.cos(Q) * interpolate.make_interp_spline(X, y, k, bc_type=bc)(Q) ** 2)
    expected = theirs.make_interp_spline(X, Y, k, bc_type=bc)
    same(interpolate.make_interp_spline(X, al.Tensor(Y), k, bc_type=bc)(Q), expected(Q))
    g = al.grad(f)
    np.testing.assert_allclose(g(Y), by_differences(f, Y), atol=1e-8)
    np.testing.assert_allclose(al.hessian(f)(Y), by_differences(g, Y), atol=1e-6)
    with pytest.raises(TypeError, match="CubicSpline"):
        interpolate.make_interp_spline(al.Tensor(X), Y)


@pytest.mark.parametrize("method", ["linear", "nearest"])
def test_tables(method):
    grid = X[:3], X[:4]
    table, q = np.sin(np.arange(12.0)).reshape(3, 4), np.array([[0.2, 0.9], [1.4, 2.8]])
    expected = theirs.RegularGridInterpolator(grid, table, method)
    make = lambda v: interpolate.RegularGridInterpolator(grid, v, method)
    same(make(table)(q), expected(q))
    same(make(al.Tensor(table))(q), expected(q))
    same(make(table)(al.Tensor(q)), expected(q))

    def f(p):
        return np.sum(make(np.reshape(p[:12], (3, 4)))(np.reshape(p[12:], (2, 2))) ** 2)

    p = np.concatenate([table.ravel(), q.ravel()])
    g = al.grad(f)
    np.testing.assert_allclose(g(p), by_differences(f, p), atol=1e-8)
    np.testing.assert_allclose(al.hessian(f)(p), by_differences(g, p), atol=1e-7)
    with pytest.raises(TypeError, match="CubicSpline"):
        interpolate.RegularGridInterpolator(grid, al.Tensor(table), "cubic")(q)
    with pytest.raises(TypeError, match="stop_gradient"):
        interpolate.RegularGridInterpolator((al.Tensor(X[:3]), X[:4]), table)
    same(interpolate.RegularGridInterpolator((X, X), np.outer(Y, Y), "cubic")(q),
         theirs.RegularGridInterpolator((X, X), np.outer(Y, Y), "cubic")(q))  # fmt: skip


def test_lines():
    expected = theirs.interp1d(X, Y, fill_value="extrapolate")
    f = lambda p: np.sum(
        np.cos(Q) * interpolate.interp1d(p[:6], p[6:12], fill_value="extrapolate")(p[12:]) ** 2
    )
    same(interpolate.interp1d(X, al.Tensor(Y), fill_value="extrapolate")(Q), expected(Q))
    same(interpolate.interp1d(X, Y, fill_value="extrapolate")(al.Tensor(Q)), expected(Q))
    p = np.concatenate([X, Y, Q + 0.03])
    np.testing.assert_allclose(al.grad(f)(p), by_differences(f, p), atol=1e-7)
    with pytest.raises(TypeError, match="CubicSpline"):
        interpolate.interp1d(X, al.Tensor(Y), "cubic")


def test_roots_are_refused():
    spline = interpolate.CubicSpline(X, al.Tensor(Y))
    with pytest.raises(TypeError, match="Newton step"):
        spline.roots()

    def root(y):
        r = theirs.CubicSpline(X, al.stop_gradient(y)).roots(extrapolate=False)[0]
        s = interpolate.CubicSpline(X, y)
        return r - s(r) / al.stop_gradient(s(r, 1))

    expected = by_differences(lambda y: theirs.CubicSpline(X, y).roots(extrapolate=False)[0], Y)
    np.testing.assert_allclose(al.grad(root)(Y), expected, atol=1e-7)


@pytest.mark.parametrize(
    "place, wrong, name",
    [
        ((piecewise, "derived"), lambda c, nu: c, "natural"),
        ((cubic, "edge_slope"), lambda h0, h1, m0, m1: m0, "pchip"),
        ((cubic, "periodic_slopes"), lambda dx, m, n: np.concatenate([m, m[:1]]), "periodic"),
        ((recursion, "lowered"), lambda t, c, k: (t[1:-1], np.diff(c, axis=0), k - 1), ""),
    ],
    ids=["derivative", "edge", "periodic", "spline"],
)
def test_planted_mistakes_are_found(monkeypatch, place, wrong, name):
    monkeypatch.setattr(*place, wrong)
    with pytest.raises(AssertionError):
        test_derivatives(name) if name else test_splines()
