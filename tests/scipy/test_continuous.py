"""Continuous distributions: tails against numbers of high precision, edges, frozen, refused."""

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.stats")

from autograd_lite.scipy import stats  # noqa: E402
from tests.support.rows.continuous import PLACES, ROWS  # noqa: E402  (they need SciPy)

#: Shapes of every distribution, and numbers on both sides of its support's ends.
SHAPES = {"lognorm": (0.7,), "gamma": (2.5,), "chi2": (3.0,), "beta": (1.6, 2.4), "t": (3.3,)}
X = np.array([-np.inf, -1e3, -1.0, 0.0, 0.3, 1.0, 4.0, 1e3, np.inf])

#: x, shapes, loc, scale | the slopes of ln f by x, shapes and scale; mpmath with 60 digits.
TAILS = """
norm 1e8 0.5 2.0 | -24999999.875 1.2499999875e+15
norm -3e4 0.0 0.001 | 30000000000.0 8.99999999999999e+17
lognorm 1e-200 0.7 0.0 1.0 | 9.38830650201651e+202 618295.727169493 -939.830650201651
lognorm 1e200 0.7 0.0 3.0 | -9.3858858430641e-198 615349.218823761 312.529528102137
expon 1e9 0.5 2.0 | -0.5 249999999.375
gamma 1e9 2.5 0.0 3.0 | -0.333333331833333 18.9214969076331 111111110.277778
gamma 1e-200 2.5 0.0 3.0 | 1.5e+200 -462.318787528122 -0.833333333333333
gamma 5.0 1e8 0.0 3.0 | 19999999.4666667 -17.9098551151864 -33333332.7777778
chi2 1e9 3.0 0.0 1.0 | -0.4999999995 9.99681434120394 499999998.5
chi2 1e-100 0.5 0.0 2.0 | -7.5e+99 -113.708675063574 -0.125
beta 1e-200 2.5 3.5 0.0 1.0 | 1.5e+200 -459.514057571023 0.602961027786557 -2.5
beta 0.25 1e9 2e9 0.0 1.0 | 1333333330.66667 -0.287682072118448 0.117783035739717 -333333333.666667
t 1e100 3.0 0.0 1.0 | -4.0e-100 -229.016055974511 3.0
t 1.5 1e6 0.5 2.0 | -0.250000187499953 3.59374973958215e-13 -0.374999906250023
t 0.3 100.0 0.0 1.0 | -0.302727545209312 2.92924466458148e-5 -0.909181736437207
t -1e6 0.1 0.0 1.0 | 1.09999999999989e-6 -5.08586023413305 0.09999999999989
cauchy 1e150 0.0 1.0 | -2.0e-150 1.0
cauchy -1e10 3.0 2.0 | 1.9999999994e-10 0.5
laplace 1e9 0.0 2.0 | -0.5 249999999.5
laplace -1e300 0.0 2.0 | 0.5 2.5e+299
logistic 1e9 0.5 2.0 | -0.5 249999999.375
logistic -800.0 0.0 1.0 | 1.0 799.0
uniform 0.3 0.0 2.0 | 0.0 -0.5
""".strip().splitlines()


def each_method(distributions=stats.__all__):
    return [
        pytest.param(name, method, id=f"{name}-{method}")
        for name in distributions
        for method in getattr(getattr(stats, name), "methods", ())
        if getattr(stats, name) in PLACES
    ]


EACH = pytest.mark.parametrize("name, method", each_method())


@pytest.mark.parametrize("line", TAILS, ids=lambda line: line.partition("|")[0].strip())
def test_tails(line):
    call, _, expected = line.partition("|")
    name, *values = call.split()
    values = [float(v) for v in values]
    found = al.grad(getattr(stats, name).logpdf, tuple(range(len(values))))(*values)
    by_x, *by_shapes, by_loc, by_scale = map(float, found)
    np.testing.assert_allclose([by_x, *by_shapes, by_scale], [*map(float, expected.split())], 1e-9)
    assert by_loc == -by_x


@pytest.mark.parametrize(
    "f, x, expected",
    [  # the slopes of ln F by x: f / F, where F itself is less than the least number
        (stats.norm.logcdf, -1e8, 1e8),
        (stats.norm.logsf, 1e8, -1e8),
        (stats.norm.logsf, -1e8, 0.0),
        (stats.laplace.logcdf, -800.0, 1.0),
        (stats.laplace.logsf, 800.0, -1.0),
        (stats.logistic.logcdf, -1e9, 1.0),
        (stats.logistic.logsf, 1e9, -1.0),
        (stats.expon.logsf, 1e9, -1.0),
        (stats.cauchy.logcdf, -1e9, 1e-9),
        (lambda x: stats.lognorm.logsf(x, 0.5), 1e100, -4 * np.log(1e100) * 1e-100),
    ],
)
def test_tails_of_probabilities(f, x, expected):
    np.testing.assert_allclose(al.grad(f)(x), expected, rtol=2e-5)


@EACH
@pytest.mark.filterwarnings("ignore:invalid:RuntimeWarning")  # SciPy's own at infinity
def test_values_are_those_of_scipy(name, method):
    """To the bit, whatever the dtype: SciPy makes float64 of float32."""
    shapes = SHAPES.get(name, ())
    for x in (X, np.float32(0.3), 1, [0.5, 1.0]):
        expected = getattr(getattr(theirs, name), method)(x, *shapes, loc=0.1, scale=2.0)
        for found in (
            getattr(getattr(stats, name), method)(x, *shapes, 0.1, scale=2.0),
            getattr(getattr(stats, name)(*shapes, 0.1, 2.0), method)(x),
            getattr(getattr(stats, name), method)(x, *shapes, al.Tensor(0.1), 2.0).data,
        ):
            assert type(found) is type(expected)
            np.testing.assert_array_equal(found, expected)


@EACH
def test_outside_the_support(name, method):
    """The derivatives are numbers everywhere, and 0 where the density is 0; of both orders."""
    shapes = SHAPES.get(name, ())
    x = X[np.isfinite(X)] if name in ("gamma", "chi2") else X  # SciPy's are NaN at infinity

    def f(x, loc, scale):
        y = getattr(getattr(stats, name), method)(x, *shapes, loc, scale)
        return np.sum(np.where(np.isinf(y), 0, y))

    first = al.grad(f, (0, 1, 2))(x, 0.0, 1.0)
    second = al.hessian(lambda p: f(x, p[0], p[1]))(np.array([0.0, 1.0]))
    assert np.isfinite(second).all() and all(np.isfinite(g).all() for g in first)
    low, high = getattr(theirs, name).support(*shapes)
    far = np.isinf(x) | (x < low) | (x > high)
    assert not first[0][far].any()


def test_edges_of_the_support():
    """The logarithm counts as 0 where its factor is 0, as in xlogy; infinite slopes count as 0."""
    assert al.grad(stats.gamma.logpdf, (0, 1))(0.0, 1.0) == (-1.0, np.euler_gamma)
    assert al.grad(stats.gamma.logpdf, (0, 1))(0.0, 0.5) == (0.0, 0.0)
    assert al.grad(stats.chi2.logpdf)(0.0, 2.0) == -0.5
    assert al.grad(stats.beta.logpdf)(1.0, 2.0, 1.0) == 1.0
    assert al.grad(stats.expon.logpdf)(0.0) == -1.0
    assert al.grad(stats.uniform.logpdf, 2)(1.0, 0.0, 1.0) == -1.0


def test_gradients_keep_the_dtype_of_the_arguments():
    x, a = np.float32([0.5, 1.5]), np.float32(2.0)
    by_x, by_a = al.grad(lambda x, a: np.sum(stats.gamma.logpdf(x, a)), (0, 1))(x, a)
    assert by_x.dtype == by_a.dtype == np.float32


# ---- frozen, refused, missing ----


def test_frozen():
    x, p = np.array([0.3, 1.2]), np.array([0.1, 2.0])
    loss = lambda p: np.sum(stats.norm(p[0], scale=p[1]).logpdf(x))
    expected = al.grad(lambda p: np.sum(stats.norm.logpdf(x, p[0], p[1])))(p)
    np.testing.assert_array_equal(al.grad(loss)(p), expected)
    assert stats.norm(1.0, 2.0).ppf(0.3) == theirs.norm(1.0, 2.0).ppf(0.3)
    assert stats.norm.ppf(0.3) == theirs.norm.ppf(0.3) and stats.norm.a == theirs.norm.a
    with pytest.raises(TypeError, match="missing"):
        stats.gamma()
    with pytest.raises(TypeError, match=r"norm\.ppf .*stop_gradient"):
        stats.norm(al.Tensor(1.0)).ppf(0.3)
    with pytest.raises(TypeError, match=r"norm\.mean .*stop_gradient"):
        stats.norm.mean(al.Tensor(1.0))
    with pytest.raises(AttributeError):
        getattr(stats.norm, "nothing")  # noqa: B009


def test_a_shape_is_missing():
    for x in (1.0, al.Tensor(1.0)):
        with pytest.raises(TypeError, match="missing"):
            stats.gamma.logpdf(x)
        with pytest.raises(TypeError, match="missing"):
            stats.gamma.logpdf(x, scale=2.0)


@pytest.mark.parametrize("name", [n for n in stats.__all__ if getattr(stats, n) in PLACES])
def test_draws(name):
    """They are refused, and what is to be written instead has SciPy's mean and follows ``loc``."""
    shapes, dist = SHAPES.get(name, ()), getattr(stats, name)
    assert dist.rvs(*shapes, random_state=0) == getattr(theirs, name).rvs(*shapes, random_state=0)
    with pytest.raises(TypeError, match="leave the tape; write") as caught:
        dist.rvs(*shapes, loc=al.Tensor(1.0))
    with pytest.raises(TypeError, match="leave the tape; write"):
        dist(*shapes, loc=al.Tensor(1.0)).rvs(size=3)
    form = str(caught.value).partition("; write ")[2].partition(", with rng = ")[0]
    names = dict(zip(list(dist.methods["pdf"].__signature__.parameters)[1:], shapes))

    def drawn(loc, scale):
        rng = np.random.default_rng(0)
        scope = {"np": np, "al": al, "rng": rng, "size": 4000, "loc": loc, "scale": scale}
        return eval(form, scope | names)

    assert theirs.kstest(drawn(0.5, 2.0), name, (*shapes, 0.5, 2.0)).pvalue > 1e-3
    np.testing.assert_allclose(al.grad(lambda m: np.mean(drawn(m, 1.0)))(0.0), 1.0, rtol=1e-12)


@pytest.mark.parametrize(
    "name, shape", [("gamma", "a"), ("chi2", "df"), ("beta", "b"), ("t", "df")]
)
def test_a_probability_by_a_shape_is_refused(name, shape):
    shapes = dict(zip(list(getattr(stats, name).cdf.__signature__.parameters)[1:], SHAPES[name]))
    for method in ("cdf", "sf", "logcdf", "logsf"):
        f = getattr(getattr(stats, name), method)
        with pytest.raises(TypeError, match=f"{name}_{method} .*'{shape}'.*stop_gradient"):
            f(0.5, **shapes | {shape: al.Tensor(1.5)})


def test_every_method_has_a_row():
    tested = {row.function for row in ROWS}
    assert all(f in tested for dist in PLACES for f in dist.methods.values())


def test_a_program():
    f = lambda x, a: np.sum(stats.gamma.logpdf(x, a))
    x = np.array([0.5, 1.5])
    program = al.trace(al.grad(f, 1), x, 2.0)
    np.testing.assert_array_equal(program(x, 2.5), al.grad(f, 1)(x, 2.5))
    compiled = al.compile(al.grad(f))
    np.testing.assert_array_equal(compiled(x, 2.5), al.grad(f)(x, 2.5))
