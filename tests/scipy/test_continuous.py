"""Continuous distributions: tails against numbers of high precision, edges, frozen, refused."""

import warnings
from itertools import product

import numpy as np
import pytest

import autograd_lite as al

scipy = pytest.importorskip("scipy")

import scipy.stats as theirs  # noqa: E402

from autograd_lite.scipy import stats  # noqa: E402
from autograd_lite.scipy.stats.continuous import distribution  # noqa: E402
from autograd_lite.scipy.stats.distribution import CONTINUOUS  # noqa: E402
from autograd_lite.scipy.stats.drift import tail_integral  # noqa: E402
from tests.support.distributions import SHAPES  # noqa: E402
from tests.support.rows.continuous import PLACES, ROWS  # noqa: E402  (they need SciPy)

#: Numbers on both sides of every support's ends.
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
        for method in CONTINUOUS
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
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # SciPy's own, far away
def test_values_are_those_of_scipy(name, method):
    """To the bit, whatever the dtype: SciPy makes float64 of float32."""
    shapes = SHAPES.get(name, ())
    points = [[0.3, 0.6, 0.9], [0.3, np.nan], [1.4, np.inf], [-np.inf, 0.3], [0.1, 2.1], [[2.0]]]
    for x in (X, np.float32(0.3), 1, [0.5, 1.0], 0.45, np.zeros(0), *map(np.array, points)):
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
    if method in ("ppf", "isf"):
        return
    shapes, dist = SHAPES.get(name, ()), getattr(theirs, name)
    values = [getattr(dist, m) for m in (method, "pdf", "logpdf")]
    x = np.array([x for x in X if not any(warns(f, x, *shapes) for f in values)])

    def f(x, loc, scale):
        y = getattr(getattr(stats, name), method)(x, *shapes, loc, scale)
        return np.sum(np.where(np.isinf(y), 0, y))

    first = al.grad(f, (0, 1, 2))(x, 0.0, 1.0)
    second = al.hessian(lambda p: f(x, p[0], p[1]))(np.array([0.0, 1.0]))
    assert np.isfinite(second).all() and all(np.isfinite(g).all() for g in first)
    low, high = getattr(theirs, name).support(*shapes)
    far = np.isinf(x) | (x < low) | (x > high)
    assert not first[0][far].any()


def warns(f, *args):
    """Whether SciPy itself says that it has no number there."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return bool(np.isnan(f(*args)))
        except RuntimeWarning:
            return True


@pytest.mark.parametrize("name", [n for n in stats.__all__ if getattr(stats, n) in PLACES])
def test_quantiles_at_their_ends(name):
    """At 0 and 1, and beyond, the derivatives count as 0 where the density is 0 or infinite."""
    q, shapes = np.array([-0.5, 0.0, 0.3, 1.0, 1.5]), SHAPES.get(name, ())
    for method in ("ppf", "isf"):
        f = getattr(getattr(stats, name), method)
        value = getattr(getattr(theirs, name), method)(q, *shapes, 0.5, 2.0)
        np.testing.assert_array_equal(f(al.Tensor(q), *shapes, 0.5, 2.0).data, value)
        slopes = np.diagonal(al.jacobian(lambda q, f=f: f(q, *shapes, 0.5, 2.0))(q))
        with np.errstate(all="ignore"):
            f_at = getattr(theirs, name).pdf(value, *shapes, 0.5, 2.0)
        smooth = (f_at > 0) & np.isfinite(f_at) & np.isfinite(value)
        sign = 1 if method == "ppf" else -1
        np.testing.assert_allclose(slopes[smooth], sign / f_at[smooth], rtol=1e-13)
        assert not slopes[~smooth].any()


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
    with pytest.raises(TypeError, match=r"norm\.median .*write norm\.ppf\(0\.5, …\)"):
        stats.norm(al.Tensor(1.0)).median()
    assert stats.norm.ppf(0.5, al.Tensor(1.0)).item() == 1.0
    with pytest.raises(TypeError, match=r"norm\.expect .*stop_gradient"):
        stats.norm.expect(loc=al.Tensor(1.0))
    with pytest.raises(TypeError, match=r"skewnorm\.entropy .*stop_gradient"):
        stats.skewnorm.entropy(al.Tensor(1.0))
    assert al.grad(lambda s: stats.norm(1.0, s).entropy())(2.0) == 0.5
    assert al.grad(lambda m: stats.norm(m, 2.0).mean())(1.0) == 1.0
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
        scope = {
            "np": np,
            "al": al,
            "scipy": scipy,
            "rng": rng,
            "size": 4000,
            "loc": loc,
            "scale": scale,
        }
        return eval(form, scope | names)

    assert (
        theirs.kstest(drawn(0.5, 2.0), getattr(theirs, name).cdf, (*shapes, 0.5, 2.0)).pvalue > 1e-3
    )
    np.testing.assert_allclose(al.grad(lambda m: np.mean(drawn(m, 1.0)))(0.0), 1.0, rtol=1e-12)


#: x, shapes | the slopes of F by the shapes; mpmath with 40 digits.
BY_SHAPES = """
gamma 0.01 0.1 | -2.77616081242542
gamma 30.0 2.5 | -3.3204679676861e-11
gamma 150.0 100.0 | -2.53894669726114e-6
chi2 0.01 0.4 | -0.945269736792043
chi2 50.0 3.0 | -1.28689800269334e-10
invgamma 0.02 2.0 | 3.45189878788578e-20
invgamma 1000.0 2.0 | 3.91271613004098e-6
beta 1e-05 0.2 0.3 | -0.850967141625922 0.0993107066930005
beta 0.999 0.3 0.2 | -0.249459280081814 1.39116744413075
beta 0.9 1.6 2.4 | -0.00906976910356253 0.0182060732193994
t -10000.0 1.1 | -0.000116042323816187
t 2.0 0.2 | 0.516941425670112
t 8.0 100.0 | 6.1543590971261e-14
f 0.001 0.5 0.5 | -0.366573943889868 0.0606171728764962
f 1000.0 2.0 1.0 | -0.00127188070944409 0.073793063250675
gennorm -1.0 1.4 | -0.107953028590875
gennorm 3.0 1.4 | 0.0156484594454849
gennorm 1.2 8.0 | 0.000230590670843692
"""


def test_by_shapes_in_the_tails():
    """∂F by shapes, in both tails, against mpmath."""
    for line in BY_SHAPES.strip().splitlines():
        call, _, expected = line.partition("|")
        name, x, *shapes = call.split()
        values = [float(x), *map(float, shapes)]
        found = al.grad(getattr(stats, name).cdf, tuple(range(1, len(values))))(*values)
        np.testing.assert_allclose(found, [*map(float, expected.split())], rtol=1e-11)


KNOWN = [n for n in SHAPES if getattr(stats, n).family.moves]


@pytest.mark.parametrize("name", KNOWN)
def test_the_integral_finds_what_is_known(name):
    """What is known in closed form is found by the integral, too."""
    dist = getattr(stats, name)
    family, shapes, q = dist.family, SHAPES[name], np.array([0.01, 0.3, 0.6, 0.99])
    if any(map(callable, family.ends)) or name in ("triang", "invgauss"):
        return  # ends that move; a kink; SciPy's quantile fails far out
    z, f = dist.ppf(q, *shapes), dist.pdf(dist.ppf(q, *shapes), *shapes)
    steps = {m: getattr(f, "__wrapped__", f) for m, f in dist.methods.items()}
    for shape, move in family.moves.items():
        found = tail_integral(steps, family.shapes[shape], family, z, shapes)
        np.testing.assert_allclose(found, -f * move(z, *shapes), rtol=1e-10, atol=1e-13)


def check_slopes(dist):
    """Every method by every argument, against differences of SciPy's values."""
    name = dist.name
    shapes, q, h = SHAPES.get(name, ()), np.array([0.07, 0.35, 0.8]), 1e-4
    for method, f in dist.methods.items():
        first = {"ppf": [q], "isf": [q], "mean": [], "var": [], "entropy": []}.get(
            method, [dist.theirs.ppf(q, *shapes) * 1.7 + 0.3]
        )
        args = [*first, *shapes, 0.3, 1.7]
        for i, x in enumerate(args):
            by_one = lambda g, i=i, args=args: lambda v: g(*args[:i], v, *args[i + 1 :])
            at = by_one(getattr(dist.theirs, method))
            with np.errstate(all="ignore"):
                near, far = (at(x + k * h) - at(x - k * h) for k in (1, 2))
                expected = (8 * near - far) / (12 * h)
            if not np.all(np.isfinite(expected)):  # a moment that does not exist
                continue
            found = al.jacobian(by_one(f))(np.asarray(x))
            found = np.diagonal(found) if i == 0 and first else found
            np.testing.assert_allclose(found, expected, 1e-6, 1e-8, err_msg=f"{method} by {i}")


@pytest.mark.parametrize("name", [n for n in stats.__all__ if getattr(stats, n) in PLACES])
def test_slopes(name):
    check_slopes(getattr(stats, name))


def planted(family):
    """The same distribution with one of its formulas wrong, for each."""
    wrong = lambda f: (lambda *a: 1.001 * f(*a) + 1e-4) if callable(f) else 1.001 * f + 1e-4
    for field in ("z", "scale", "mean", "var", "entropy"):
        if getattr(family, field) is not None:
            yield field, family._replace(**{field: wrong(getattr(family, field))})
    for field in ("shapes", "moves"):
        for shape, formula in getattr(family, field).items():
            yield (
                f"{field} {shape}",
                family._replace(**{field: getattr(family, field) | {shape: wrong(formula)}}),
            )
    for i, formula in enumerate(family.hazards):
        hazards = [*family.hazards]
        hazards[i] = wrong(formula)
        yield f"hazards {i}", family._replace(hazards=tuple(hazards))


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in stats.__all__ if getattr(stats, n) in PLACES])
def test_a_wrong_formula_is_found(name):
    for what, family in planted(getattr(stats, name).family):
        dist = distribution(name, family, "", {"__name__": "elsewhere"})
        if what in ("mean", "var", "entropy"):  # the value itself
            f, args = dist.methods[what], (*SHAPES.get(name, ()), 0.3, 1.7)
            value = f(*map(al.Tensor, args)).data
            assert not np.allclose(value, getattr(dist.theirs, what)(*args), 1e-6), what
            continue
        with pytest.raises(AssertionError):
            check_slopes(dist)


@pytest.mark.parametrize("name", [n for n in stats.__all__ if getattr(stats, n) in PLACES])
def test_moments_and_entropies_are_those_of_scipy(name):
    args = (*SHAPES.get(name, ()), 0.3, 1.7)
    for method in {"mean", "var", "entropy"} & {*getattr(stats, name).methods}:
        f, expected = getattr(stats, name).methods[method], getattr(getattr(theirs, name), method)
        assert f(*args) == expected(*args)
        np.testing.assert_allclose(f(*map(al.Tensor, args)).data, expected(*args), rtol=1e-13)


def test_every_method_has_a_row():
    tested = {row.function for row in ROWS}
    assert all(
        getattr(f, "__wrapped__", f) in tested for dist in PLACES for f in dist.methods.values()
    )


def test_a_program():
    f = lambda x, a: np.sum(stats.gamma.logpdf(x, a))
    x = np.array([0.5, 1.5])
    program = al.trace(al.grad(f, 1), x, 2.0)
    np.testing.assert_array_equal(program(x, 2.5), al.grad(f, 1)(x, 2.5))
    compiled = al.compile(al.grad(f))
    np.testing.assert_array_equal(compiled(x, 2.5), al.grad(f)(x, 2.5))


def test_values_have_the_shape_of_all_arguments():
    """Shapes of one element with more dimensions than the points widen these, too."""
    ones = [(), (1,), (1, 1), (3, 1)]
    for shapes in product(ones, repeat=3):
        x, c, scale = (np.full(shape, 1.5) for shape in shapes)
        for m in ("logpdf", "pdf", "cdf", "ppf"):
            at = x / 2 if m == "ppf" else x
            ours, of_scipy = getattr(stats.weibull_min, m), getattr(theirs.weibull_min, m)
            value, _ = al.vjp(lambda x, c, s, f=ours: f(x, c, 0, s), at, c, scale)
            expected = of_scipy(at, c, 0, scale)
            assert (np.shape(value), np.asarray(value).tolist()) == (
                np.shape(expected),
                np.asarray(expected).tolist(),
            )
