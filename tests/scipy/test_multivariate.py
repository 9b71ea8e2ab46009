"""The multivariate normal distribution: SciPy's values and forms, gradients, what is refused."""

import numpy as np
import pytest

import autograd_lite as al

scipy_stats = pytest.importorskip("scipy.stats")
theirs = scipy_stats.multivariate_normal

from autograd_lite.scipy import stats  # noqa: E402
from tests.support.rows.multivariate import ROWS  # noqa: E402  (they need SciPy)

ours = stats.multivariate_normal
DISTRIBUTED = [n for n in stats.__all__ if hasattr(getattr(stats, n), "methods")]
COV = np.array([[2.0, 0.3], [0.3, 0.5]])
MEAN = np.array([0.1, -0.2])


@pytest.mark.parametrize(
    "x, options",
    [
        (0.3, {}),
        (np.array([0.3, 0.4, 0.5]), {}),
        (np.array([0.3, 0.4]), {"mean": MEAN}),
        (np.array([0.3, 0.4]), {"mean": MEAN, "cov": 2.0}),
        (np.ones((4, 3, 2)), {"mean": MEAN, "cov": [0.5, 2.0]}),
        (np.ones((4, 1, 2)), {"mean": MEAN, "cov": COV}),
        (np.ones(3), {"mean": 0.5, "cov": 2.0}),
        (np.ones((4, 2)), {"cov": COV}),
        (np.ones((3, 1)), {"mean": [0.5], "cov": [[2.0]]}),
    ],
)
def test_forms_of_scipy(x, options):
    """Every form of the arguments has SciPy's value and shape, on Tensors too."""
    for method in ("logpdf", "pdf"):
        expected = getattr(theirs, method)(x, **options)
        f = getattr(ours, method)
        np.testing.assert_array_equal(f(x, **options), expected)
        np.testing.assert_array_equal(getattr(ours(**options), method)(x), expected)
        found = f(al.Tensor(np.asarray(x)), **options)
        assert found.shape == np.shape(expected)
        np.testing.assert_allclose(found.data, expected, rtol=1e-13)


def test_gradients_in_closed_form():
    x = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]])
    f = lambda x, mean, cov: np.sum(ours(mean, cov).logpdf(x))
    by_x, by_mean, by_cov = al.grad(f, (0, 1, 2))(x, MEAN, COV)
    precision = np.linalg.inv(COV)
    alpha = (x - MEAN) @ precision
    np.testing.assert_allclose(by_x, -alpha, rtol=1e-12)
    np.testing.assert_allclose(by_mean, alpha.sum(0), rtol=1e-12)
    np.testing.assert_allclose(by_cov, (alpha.T @ alpha - 3 * precision) / 2, rtol=1e-12)


def test_far_away():
    """The density is no number there, its logarithm and the slopes are."""
    g = al.grad(lambda x: ours.logpdf(x, MEAN, COV))(np.array([1e8, -1e8]))
    np.testing.assert_allclose(g, -np.linalg.solve(COV, [1e8, -1e8] - MEAN), rtol=1e-12)


def test_draws():
    with pytest.raises(TypeError, match="leave the tape; write") as caught:
        ours.rvs(al.Tensor(MEAN), COV)
    form = str(caught.value).partition("; write ")[2].partition(", with rng = ")[0]

    def drawn(mean, cov):
        rng = np.random.default_rng(0)
        return eval(form, {"np": np, "rng": rng, "size": 4000, "mean": mean, "cov": cov})

    np.testing.assert_allclose(np.cov(drawn(MEAN, COV).T), COV, atol=0.1)
    by_mean = al.grad(lambda m: np.sum(np.mean(drawn(m, COV), 0)))(MEAN)
    np.testing.assert_allclose(by_mean, 1, rtol=1e-12)


def test_refused():
    t = al.Tensor(COV)
    with pytest.raises(np.linalg.LinAlgError):
        ours.logpdf(MEAN, MEAN, -t)
    with pytest.raises(TypeError, match=r"1e-6 \* np\.eye"):
        ours.logpdf(MEAN, MEAN, t, allow_singular=True)
    singular = al.Tensor(np.ones((2, 2)))
    assert np.isfinite(ours.logpdf(MEAN, MEAN, singular + 1e-6 * np.eye(2)).data)
    for x, mean in ((np.ones(3), MEAN), (MEAN, 0.5)):
        with pytest.raises(ValueError, match="do not fit together"):
            ours.logpdf(x, mean, t)
        with pytest.raises(ValueError):
            theirs.logpdf(x, mean, COV)
    with pytest.raises(TypeError, match=r"multivariate_normal\.cdf .*stop_gradient"):
        ours.cdf(MEAN, MEAN, t)


def test_every_method_has_a_row():
    tested = {row.function for row in ROWS}
    for dist in (stats.wishart, stats.invwishart, stats.dirichlet, stats.multinomial, ours):
        assert {*dist.methods.values()} < tested


def test_estimates_from_data():
    """The mode and ranks are refused, weights too; what is plain is SciPy's."""
    x = np.array([3.0, 1.0, 1.0])
    assert stats.mode(x) == scipy_stats.mode(x)
    np.testing.assert_array_equal(stats.rankdata(x), scipy_stats.rankdata(x))
    for f in (stats.mode, stats.rankdata):
        with pytest.raises(TypeError, match=r"of Tensors has no derivative: .*stop_gradient"):
            f(al.Tensor(x))
        f(al.stop_gradient(al.Tensor(x)))
    with pytest.raises(TypeError, match=r"weights.*stop_gradient"):
        stats.gaussian_kde(x, weights=al.Tensor(x))
    np.testing.assert_array_equal(stats.gaussian_kde(x)(x), scipy_stats.gaussian_kde(x)(x))
    assert stats.gaussian_kde(x).n == 3


def test_the_last_probability_is_what_the_others_leave():
    g = al.grad(lambda p: stats.multinomial.logpmf([1, 2, 3], 6, p))(np.array([0.2, 0.3, 0.5]))
    np.testing.assert_allclose(g, [1 / 0.2 - 6, 2 / 0.3 - 6, 0], rtol=1e-12)


def test_every_name_of_the_namespace_has_rows():
    from tests.support.rows import continuous, discrete

    tested = {row.function for row in (*continuous.ROWS, *discrete.ROWS, *ROWS)}
    for name in DISTRIBUTED:
        methods = {getattr(f, "__wrapped__", f) for f in getattr(stats, name).methods.values()}
        unknown = {"betabinom": 4}.get(name, 0)  # probabilities by shapes are refused
        assert len(methods - tested) == unknown, name


def test_errors_of_scipy_name_every_counterpart():
    """What the advice lists is what there is."""
    from autograd_lite.core.advice.scipys import DISTRIBUTIONS

    listed = {
        (name, method)
        for names, methods in DISTRIBUTIONS.items()
        for name in names.split()
        for method in methods.split()
    }
    assert listed == {(name, m) for name in DISTRIBUTED for m in getattr(stats, name).methods}
