"""Discrete distributions: SciPy's values, edges, counts outside the support."""

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.stats")

from autograd_lite.scipy import stats  # noqa: E402
from autograd_lite.scipy.stats.distribution import DISCRETE  # noqa: E402
from tests.support.rows.discrete import ROWS  # noqa: E402  (they need SciPy)

COUNTS = np.array([-1.0, 0.0, 0.5, 1.0, 3.0, 5.0, 8.0, 1e3])
BEFORE = {"poisson": (), "binom": (5,), "bernoulli": (), "geom": (), "nbinom": (2.5,)}
EACH = pytest.mark.parametrize("name, method", [(n, m) for n in BEFORE for m in DISCRETE])


@EACH
def test_values_are_those_of_scipy(name, method):
    before = BEFORE[name]
    expected = getattr(getattr(theirs, name), method)(COUNTS, *before, 0.4, loc=1)
    for found in (
        getattr(getattr(stats, name), method)(COUNTS, *before, 0.4, 1),
        getattr(getattr(stats, name)(*before, 0.4, loc=1), method)(COUNTS),
        getattr(getattr(stats, name), method)(COUNTS, *before, al.Tensor(0.4), 1).data,
    ):
        np.testing.assert_array_equal(found, expected)


@EACH
def test_outside_the_support(name, method):
    """No count below 0 or far above the mean has a derivative; those of order 2 are numbers."""

    def f(p):
        y = getattr(getattr(stats, name), method)(COUNTS, *BEFORE[name], p)
        return np.where(np.isinf(y), 0, y)

    slopes = al.jacobian(f)(np.array(0.4))
    assert np.isfinite(slopes).all() and slopes[0] == 0
    assert name in ("poisson", "geom", "nbinom") or slopes[-1] == 0
    assert np.isfinite(al.jacobian(al.jacobian(f))(np.array(0.4))).all()


@EACH
def test_differences(name, method):
    """Both orders at every count, against central differences of SciPy's function and of ours."""
    f = getattr(getattr(theirs, name), method)
    ours = getattr(getattr(stats, name), method)
    counts, before, h = np.array([0.0, 0.5, 1.0, 3.0, 4.0]), BEFORE[name], 1e-5
    counts = counts[np.isfinite(f(counts, *before, 0.4))]
    slopes = al.jacobian(lambda p: ours(counts, *before, p))
    first = (f(counts, *before, 0.4 + h) - f(counts, *before, 0.4 - h)) / (2 * h)
    np.testing.assert_allclose(slopes(0.4), first, rtol=1e-6, atol=1e-8)
    second = al.jacobian(lambda p: al.jacobian(lambda p: ours(counts, *before, p))(p))(
        np.array(0.4)
    )
    expected = (slopes(0.4 + h) - slopes(0.4 - h)) / (2 * h)
    np.testing.assert_allclose(second, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    "f, p, expected",
    [
        (lambda mu: stats.poisson.logpmf(0, mu), 0.0, -1.0),
        (lambda mu: stats.poisson.logpmf(1, mu), 0.0, 0.0),  # the value is -∞
        (lambda mu: stats.poisson.logpmf(10**9, mu), 1e-9, 1e18),
        (lambda mu: stats.poisson.logsf(10, mu), 1e-20, 11e20),
        (lambda mu: stats.poisson.logcdf(2, mu), 500.0, -125000 / 125501),
        (lambda p: stats.binom.logpmf(0, 5, p), 0.0, -5.0),
        (lambda p: stats.binom.logpmf(5, 5, p), 1.0, 5.0),
        (lambda p: stats.binom.cdf(2, 0, p), 0.3, 0.0),
        (lambda p: stats.binom.cdf(4, 5, p), 1.0, -5.0),
        (lambda p: stats.bernoulli.logpmf(1, p), 1.0, 1.0),
        (lambda p: stats.bernoulli.logpmf(0, p), 1e-20, -1.0),
        (lambda p: stats.bernoulli.cdf(0, p), 0.3, -1.0),
        (lambda p: stats.bernoulli.sf(0.5, p), 0.3, 1.0),
    ],
)
def test_edges_and_tails(f, p, expected):
    np.testing.assert_allclose(al.grad(f)(p), expected, rtol=1e-8)


def test_what_is_an_integer_is_constant():
    found = al.grad(lambda k, n, loc: stats.binom.logpmf(k, n, 0.4, loc), (0, 1, 2))(2.0, 5.0, 1.0)
    assert found == (0, 0, 0)


def test_an_impossible_parameter_is_nan():
    for x in (-0.5, al.Tensor(-0.5)):
        assert np.isnan(al.stop_gradient(stats.poisson.logpmf(1, x)))


@pytest.mark.parametrize("name", BEFORE)
def test_draws(name):
    """What the error names is an estimate of the derivative of a mean."""
    before = BEFORE[name]
    with pytest.raises(TypeError, match="leave the tape; write") as caught:
        getattr(stats, name).rvs(*before, al.Tensor(0.4))
    form = str(caught.value).partition("; write ")[2].partition(", with rng = ")[0]
    log_mass, _, drawn = form.partition(" times what follows of k = ")

    def estimate(p):
        rng = np.random.default_rng(0)
        scope = {
            "al": al,
            "rng": rng,
            "size": 20000,
            "n": before[0] if before else 0,
            "p": p,
            "mu": p,
            **vars(stats),
        }
        scope["k"] = eval(drawn, scope)
        return np.mean(eval(log_mass, scope) * scope["k"])

    slope = {"binom": 5.0, "geom": -6.25, "nbinom": -15.625}.get(name, 1.0)  # of the mean of k
    np.testing.assert_allclose(al.grad(estimate)(0.4), slope, rtol=0.2)


def test_every_method_has_a_row():
    tested = {row.function for row in ROWS}
    for name in BEFORE:
        assert all(getattr(stats, name).methods[m].__wrapped__ in tested for m in DISCRETE)


def test_the_beta_binomial_one():
    """Its mass by both shapes, against differences; its probability by a shape is refused."""
    k, a, b, h = np.arange(6), 1.5, 2.5, 1e-5
    for method in ("logpmf", "pmf"):
        f, value = getattr(stats.betabinom, method), getattr(theirs.betabinom, method)
        by_a, by_b = (al.jacobian(lambda a, b, f=f: f(k, 5, a, b), i)(a, b) for i in (0, 1))
        expected = (value(k, 5, a + h, b) - value(k, 5, a - h, b)) / (2 * h)
        np.testing.assert_allclose(by_a, expected, rtol=1e-6, atol=1e-9)
        expected = (value(k, 5, a, b + h) - value(k, 5, a, b - h)) / (2 * h)
        np.testing.assert_allclose(by_b, expected, rtol=1e-6, atol=1e-9)
    with pytest.raises(TypeError, match=r"betabinom_cdf .*'a'.*stop_gradient"):
        stats.betabinom.cdf(2, 5, al.Tensor(a), b)
    with pytest.raises(TypeError, match=r"nbinom_sf .*'n'.*stop_gradient"):
        stats.nbinom.sf(2, al.Tensor(a), 0.3)
