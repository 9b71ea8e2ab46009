"""The gradient checker: right gradients pass, planted errors are found, and named.

The first part holds the failures of checkers that people have met; see `docs/how-to/testing.md`.
"""

import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as al
import autograd_lite.testing
from autograd_lite.testing import (
    adapters,
    assert_exact,
    assert_same_bits,
    check_grads,
    ulp_distance,
)
from autograd_lite.testing.checking.exact import ulps_of_largest
from autograd_lite.testing.checking.patterns import factors, of_shape, patterns, worded
from tests.support.effort import examples

by_hand = adapters.by_hand
FLOATS = [np.float16, np.float32, np.float64]
COMPLEX = [np.complex64, np.complex128]


def drawn(*shape, seed=0, dtype=float):
    x = np.random.default_rng(seed).normal(size=shape)
    return np.asarray(x + 1j * x[::-1] if np.dtype(dtype).kind == "c" else x, dtype)


def found(f, args, backward, **options):
    """The report on a planted error."""
    with pytest.raises(AssertionError) as caught:
        check_grads(f, args, vjp=by_hand(backward), **options)
    return str(caught.value)


#: As Hypothesis draws them by default: with exact zeros, ties and magnitudes of all sizes.
ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32]),
    hnp.array_shapes(max_dims=2, max_side=5),
    elements=st.floats(-100, 100, width=32, allow_subnormal=False),
)


# ---- what other checkers get wrong ----


@settings(max_examples=examples(10))
@given(ARRAYS)
def test_a_correct_relu_passes(x):
    for slope in (0.0, 0.5, 1.0):  # every subgradient at 0 is right
        backward = by_hand(lambda x, g, s=slope: g * np.where(x == 0, s, x > 0).astype(x.dtype))
        check_grads(lambda x: x * (x > 0), (x,), vjp=backward)
    check_grads(lambda x: np.maximum(x, 0), (x,))


@settings(max_examples=examples(10))
@given(ARRAYS)
def test_a_correct_maximum_passes(x):
    def first(x, g):
        d = np.zeros_like(x)
        d.flat[np.argmax(x)] = g
        return d

    check_grads(np.max, (x,), vjp=by_hand(first))
    check_grads(
        np.max,
        (x,),
        vjp=by_hand(lambda x, g: g * (x == x.max()) / np.sum(x == x.max(), dtype=x.dtype)),
    )
    check_grads(np.max, (x,))


@given(ARRAYS.filter(lambda x: np.sum(x == x.max()) > 1))
def test_a_maximum_that_counts_ties_twice_is_found(x):
    assert "tie" in found(np.max, (x,), lambda x, g: g * (x == x.max()))


@given(ARRAYS, ARRAYS)
def test_smooth_functions_pass(x, y):
    check_grads(lambda x: np.sin(x) * x, (x,))
    check_grads(lambda x, y: np.sum(np.arctan(x)) * np.mean(1 / (1 + y * y)), (x, y))


@pytest.mark.parametrize("seed", range(50))
def test_small_results_are_compared_relatively(seed):
    def f(x):
        return 1e-7 * np.sin(x)

    x = drawn(5, seed=seed)
    assert "factor 1.5" in found(f, (x,), lambda x, g: 1.5e-7 * g * np.cos(x))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("dtype", FLOATS)
def test_a_correct_gradient_passes_in_every_precision(seed, dtype):
    x = drawn(20, seed=seed, dtype=dtype)
    check_grads(lambda x: x * np.tanh(x), (x,))
    check_grads(lambda x: x - np.mean(x), (x,))
    check_grads(np.sin, (x,), vjp=by_hand(lambda x, g: g * np.cos(x)))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bad", range(0, 1000, 97))
def test_one_bad_element_of_a_thousand_is_found(bad, dtype):
    def backward(x, g):
        d = g * np.exp(x)
        d[bad] *= 1.0005
        return d

    text = found(np.exp, (drawn(1000, dtype=dtype),), backward)
    assert f"index ({bad},)" in text
    assert "a single element is off by the factor 1.0005" in text


def test_every_argument_is_checked():
    text = found(lambda x, b: x + b, (drawn(3, 4), drawn(4)), lambda x, b, g: (g, g))
    assert "argument b has shape (4,)" in text
    assert "missing sum over the broadcast axis 0" in text


def test_peers_checker_is_fooled():
    """The checker of HIPS autograd passes what ours finds, and fails what is right."""
    anp = pytest.importorskip("autograd.numpy")
    extend = pytest.importorskip("autograd.extend")
    theirs = pytest.importorskip("autograd.test_util").check_grads

    @extend.primitive
    def f(x):
        return 1e-7 * np.sin(x)

    extend.defvjp(f, lambda ans, x: lambda g: 1.5e-7 * g * anp.cos(x))
    theirs(f, modes=["rev"], order=1)(drawn(5))
    with pytest.raises(AssertionError, match=r"factor 1\.5"):
        check_grads(f, (drawn(5),), vjp=adapters.autograd)
    with pytest.raises(AssertionError):
        theirs(anp.sin, modes=["rev"], order=1)(drawn(5, dtype=np.float32))
    check_grads(anp.sin, (drawn(5, dtype=np.float32),), vjp=adapters.autograd)


# ---- every planted error gets its diagnosis ----

X, SQUARE = drawn(3, 4), drawn(3, 3, seed=1)


def wrote(x, g):
    g *= np.cos(x)
    return g


def wrote_argument(x, g):
    x += 1
    return g * np.cos(x - 1)


ERRORS = {
    "sign": (np.sin, (X,), lambda x, g: -g * np.cos(x), "the sign is wrong: ratio −1"),
    "twice": (np.sin, (X,), lambda x, g: 2 * g * np.cos(x), "factor 2 too much"),
    "half": (np.square, (X,), lambda x, g: g * x, "a factor 2 is missing: ratio 1/2"),
    "mean": (np.sin, (X,), lambda x, g: g * np.cos(x) / X.size, "factor 1/N too much, N = 12"),
    "sum": (np.mean, (X,), lambda x, g: g * np.ones_like(x), "factor 1/N is missing, N = 12"),
    "axis": (
        lambda x: np.mean(x, 0),
        (X,),
        lambda x, g: g * np.ones_like(x),
        "N = 3 (axis 0 of the argument)",
    ),
    "transposed": (lambda w: w @ SQUARE, (SQUARE,), lambda w, g: (g @ SQUARE.T).T, "is transposed"),
    "jacobian": (
        lambda w: w @ SQUARE,
        (SQUARE,),
        lambda w, g: g @ SQUARE,
        "the Jacobian is transposed",
    ),
    "shape": (lambda w: X @ w, (drawn(4, 2),), lambda w, g: (X.T @ g).T, "is transposed"),
    "reshape": (np.ravel, (X,), lambda x, g: g, "missing reshape"),
    "stretched": (lambda x: np.sum(x, 0), (X,), lambda x, g: g, "missing broadcast"),
    "zero": (np.sin, (X,), lambda x, g: 0 * g, "the gradient is zero"),
    "not zero": (
        np.clip,
        (X, -9.0, 9.0),
        lambda x, a, b, g: (g, np.sum(g), 0 * b),
        "should be zero",
    ),
    "order": (lambda x: x[::-1], (drawn(9),), lambda x, g: g, "the wrong order"),
    "dtype": (np.sin, (X,), lambda x, g: (g * np.cos(x)).astype("f4"), "wrong dtype"),
    "noise": (np.sin, (X,), lambda x, g: g * np.cos(x.astype("f4")), "float32 noise"),
    "nan": (np.sin, (X,), lambda x, g: g * np.log(x), "not finite"),
    "conjugate": (np.sin, (X + 1j * X,), lambda x, g: np.conj(g * np.cos(x)), "complex conjugate"),
    "kink": (np.abs, (np.zeros(1),), lambda x, g: 1.5 * g, "this is a kink"),
    "written": (np.sin, (X,), wrote, "modified input"),
    "argument": (np.sin, (X,), wrote_argument, "modified input"),
    "linear": (np.sin, (X,), lambda x, g: abs(g) * np.cos(x), "not linear in g"),
    "structure": (
        lambda p: p["a"] * 1.0,
        ({"a": X},),
        lambda p, g: {"b": g},
        "different structure",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_cause_is_named(name):
    f, args, backward, cause = ERRORS[name]
    assert cause in found(f, args, backward)


LARGE = drawn(20, 30)
FEW = np.reshape(np.isin(np.arange(LARGE.size), (1, 5, 7)), LARGE.shape)


@pytest.mark.parametrize(
    "x, mistake, cause",
    [
        (LARGE, lambda d: d + FEW * 0.3 * np.cos(LARGE), "no simple pattern"),
        (LARGE, lambda d: np.reshape(d.T, d.shape), "transposed, then reshaped"),
        (LARGE + 1j * LARGE, lambda d: -d, "the sign is wrong"),
        (LARGE + 1j * LARGE, lambda d: d * (1 + FEW), "factor 2 too much: ratio 2, in 6 of 1200"),
        (X + 1j * X[::-1], lambda d: np.reshape(d.T, d.shape), "transposed, then reshaped"),
        (X, lambda d: -12 * d, "the sign is wrong, and a factor 1/N is missing, N = 12"),
    ],
)
def test_large_and_complex_arguments_have_causes(x, mistake, cause):
    assert cause in found(np.sin, (x,), lambda x, g: mistake(g * np.cos(x)), order=1)


def test_a_report_to_act_on():
    text = found(
        lambda p: p["w"][0] ** 2.0,
        ({"w": [np.array([1.0, 3.0])]},),
        lambda p, g: {"w": [g * p["w"][0]]},
    )
    lines = text.splitlines()
    assert lines[0] == "check_grads(<lambda>): FAILED, 1 found wrong"
    assert "argument p['w'][0] at index (1,): got " in lines[1]
    assert ", ratio 0.5" in lines[1]
    assert "likely cause" in lines[2]
    assert lines[3].split()[0] == "got" and lines[4].split()[0] == "expected"
    assert "oracle for p['w'][0]: complex step" in text


def test_state_is_found():
    last = {}

    def overwritten(f, x):
        last["x"] = x
        return f(x), lambda g: (g * np.cos(last["x"]),)

    with pytest.raises(AssertionError, match="a later forward pass has overwritten"):
        check_grads(np.sin, (X,), vjp=overwritten)

    def summed(f, x):
        total = np.zeros_like(x)

        def pullback(g):
            np.add(total, g * np.cos(x), out=total)
            return (total.copy(),)

        return f(x), pullback

    with pytest.raises(AssertionError, match="a sum never reset"):
        check_grads(np.sin, (X,), vjp=summed)


def test_a_changed_value_is_found():
    def vjp(f, x):
        return 1.1 * f(x), lambda g: (g * np.cos(x),)

    with pytest.raises(AssertionError, match="the value under differentiation"):
        check_grads(np.sin, (X,), vjp=vjp)


def test_a_wrong_second_derivative_is_found():
    @al.primitive
    def cube(x):
        return x * x * x

    al.rule(cube, x=lambda g, x: g * (3 * al.stop_gradient(x) * x))
    assert check_grads(cube, (X,), order=1).order == 1
    with pytest.raises(AssertionError, match=r"order 2: argument x .*ratio 0\.5"):
        check_grads(cube, (X,))


# ---- patterns, as data ----


@pytest.mark.parametrize(
    "mistake, kind",
    [
        (lambda d: -d, "sign"),
        (lambda d: 2 * d, "twice"),
        (lambda d: 4 * d, "sum"),
        (lambda d: d / 4, "mean"),
        (lambda d: 1.5 * d, "factor"),
        (lambda d: 0 * d, "zero"),
        (lambda d: d * np.nan, "not finite"),
        (lambda d: d.T, "transposed"),
        (lambda d: d.ravel(), "reshaped"),
        (lambda d: np.stack([0.3 * d, 0.7 * d]), "unsummed"),
        (lambda d: np.stack([0.5 * d, 1.5 * d]), "unaveraged"),
        (lambda d: d[0], "reduced"),
        (lambda d: np.ones(5), "foreign"),
        (lambda d: d[::-1], "order"),
        (lambda d: 0 * d + d.sum(), "collapsed"),
    ],
)
def test_patterns(mistake, kind):
    got = mistake(X)
    pattern = next(patterns(got, X, lambda a, b: a.shape == b.shape and np.allclose(a, b), [4]))
    assert pattern.kind == kind
    if kind in ("sum", "mean"):
        assert pattern.size == 4
    if kind in {p.kind for p in factors([4])} | {"factor"}:
        assert np.allclose(got, pattern.factor * X)


def test_patterns_of_shapes():
    def kinds(got, shape):
        return [pattern.kind for pattern in of_shape(got, shape)]

    assert [p.axes for p in of_shape((5, 3, 4), (3, 1)) if p.kind == "unsummed"] == [(0, 2)]
    assert kinds((1, 3), (3,)) == ["reshaped", "reduced", "foreign"]
    assert kinds((3,), (3, 4)) == ["reduced", "foreign"]
    assert kinds((5,), (3, 4)) == ["foreign"]


def test_a_pattern_is_worded_by_its_caller():
    pattern = factors([8])[3]
    assert worded(pattern, {"sum": "{size} times too much, {place}"}, place="here") == (
        "8 times too much, here"
    )


# ---- oracles ----


@pytest.mark.parametrize(
    "f, oracle",
    [
        (np.sin, "complex step"),
        (lambda x: np.exp(x) / np.sum(np.exp(x)), "complex step"),
        (np.abs, "differences"),
        (lambda x: np.abs(x) * x, "differences"),  # complex, but not analytic
        (lambda x: x * np.conj(x), "differences"),
        (lambda x: np.sqrt(np.sum(np.real(x) ** 2)), "differences"),
        (np.sinc, "complex step"),
    ],
)
def test_the_complex_step_is_used_where_it_is_valid(f, oracle):
    assert check_grads(f, (X,)).oracles == {"x": oracle}


def test_fractions_are_compared_exactly():
    x = np.array([Fraction(1, 3), Fraction(-2, 7)])

    def f(x):
        return x**3 / (1 + x * x)

    for report in (check_grads(f, (x,)), check_grads(f, (drawn(3),), oracle="exact")):
        assert report.ok and report.order == 2
        assert set(report.oracles.values()) == {"exact, in Fractions"}
    wrong = by_hand(lambda x, g: g * (2 * x + Fraction(1, 10**30)))
    with pytest.raises(AssertionError):
        check_grads(lambda x: x * x, (x,), vjp=wrong)


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.3, 1.0, 1.1])
def test_a_kink_accepts_what_lies_between(slope):
    def f(x):
        return np.maximum(x, 0)

    for near in (0.0, 1e-9, -1e-9):
        backward = by_hand(lambda x, g: g * np.where(abs(x) < 1e-6, slope, x > 0))
        args = (np.array([near, 1.0, -1.0]),)
        right = {0.0: 0 <= slope <= 1, 1e-9: slope == 1, -1e-9: slope == 0}[near]
        options = {"vjp": backward}
        if near:
            options["oracle"] = "complex step"
        if right:
            check_grads(f, args, **options)
        else:
            with pytest.raises(AssertionError):
                check_grads(f, args, **options)


def test_declared_kinks():
    """At a declared kink the slope of a jump is not compared with anything."""
    step = by_hand(lambda x, g: 0 * g)
    for kinks in ((0.0,), lambda x: x == 0):
        check_grads(lambda x: np.heaviside(x, 0.5), (np.array([0.0, 1.0]),), vjp=step, kinks=kinks)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0, 1e6, 1e12])
@pytest.mark.parametrize("oracle", ["complex step", "differences"])
def test_arguments_of_every_size(scale, oracle):
    x = abs(drawn(4)) * scale + scale
    for f in (np.log, np.sqrt, lambda x: x * x, lambda x: 1 / x):
        check_grads(f, (x,), oracle=oracle)
        with pytest.raises(AssertionError):
            backward = by_hand(lambda x, g, f=f: 1.01 * al.vjp(f, x)[1](g)[0])
            check_grads(f, (x,), vjp=backward, oracle=oracle)


# ---- arguments of every kind ----


@pytest.mark.parametrize("dtype", COMPLEX)
def test_complex_arguments(dtype):
    z, w = drawn(3, dtype=dtype), drawn(3, seed=1, dtype=dtype)
    check_grads(lambda z, w: z * w + np.exp(z), (z, w))
    check_grads(lambda z: np.real(z) * np.abs(z), (z,))
    check_grads(lambda x: x * (1 + 2j), (np.real(z),))


@pytest.mark.parametrize("dtype", FLOATS + COMPLEX)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (2, 3)])
def test_shapes_and_dtypes(shape, dtype):
    check_grads(lambda x: x * x + 1, (np.full(shape, 1.5, dtype),))
    check_grads(lambda x: np.sum(x * x), (np.full(shape, 1.5, dtype),))


def test_python_numbers_and_trees():
    report = check_grads(
        lambda x, p, n: np.sin(x) * p["a"] ** n + p["b"][0], (1.5, {"a": X, "b": (2.0,)}, 3)
    )
    assert [*report.oracles] == ["x", "p['a']", "p['b'][0]"]
    assert check_grads(np.sin, 0.5).ok


def test_argnums():
    def f(x, y):
        return x * al.stop_gradient(y)

    assert [*check_grads(f, (X, X), argnums=0).oracles] == ["x"]
    with pytest.raises(AssertionError, match="argument y"):
        check_grads(f, (X, X))
    with pytest.raises(TypeError, match=r"use 2\.0 for 2"):
        check_grads(np.sin, (3,))


def test_several_results():
    check_grads(lambda x: {"s": np.sin(x), "c": (np.cos(x), np.sum(x))}, (X,))
    report = check_grads(lambda x: (x * x, np.argmax(x)), (X,))
    assert report.order == 1 and "some results are integers" in str(report)


def test_labels_reach_a_backward_pass_by_hand():
    def loss(logits, labels):
        shifted = logits - np.max(logits, 1, keepdims=True)
        return -np.mean(
            (shifted - np.log(np.sum(np.exp(shifted), 1, keepdims=True)))[np.arange(3), labels]
        )

    def delta(logits, labels):
        p = np.exp(logits) / np.sum(np.exp(logits), 1, keepdims=True)
        p[np.arange(3), labels] -= 1
        return p / len(labels)

    labels = np.array([0, 3, 1])
    report = check_grads(loss, (X, labels), vjp=by_hand(delta))
    assert report.order == 1 and "gives first derivatives" in report.notes[0]
    wrong = by_hand(lambda logits, labels: 3 * delta(logits, labels))
    with pytest.raises(AssertionError, match="N = 3"):
        check_grads(loss, (X, labels), vjp=wrong)


# ---- orders and adapters ----


def test_a_vjp_that_does_not_nest_is_checked_as_far_as_it_goes():
    assert check_grads(np.sin, (X,), order=3).order == 3

    def fails(f, x):
        if x.dtype != float or f is not np.sin:
            raise TypeError("not twice")
        return f(x), lambda g: (g * np.cos(x),)

    report = check_grads(np.sin, (X,), vjp=fails)
    assert report.order == 1 and "cannot be differentiated" in report.notes[0]


@pytest.mark.parametrize(
    "name, module", [("autograd", "autograd.numpy"), ("jax", "jax.numpy"), ("torch", "torch")]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_adapters(name, module, dtype):
    package = pytest.importorskip(module)
    adapter = getattr(adapters, name)
    args = drawn(3, 4, dtype=dtype), drawn(4, 2, seed=1, dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = check_grads(lambda x, w: package.tanh(x @ w), args, vjp=adapter)
        tree = {"w": args[0], "b": [args[0] + 1]}
        assert check_grads(lambda p: p["w"] * p["b"][0], (tree,), vjp=adapter).order == 2
    assert report.order == 2 and [*report.oracles] == ["x", "w"]


def test_a_package_that_is_missing_is_named(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name.partition(".")[0])

    monkeypatch.setattr(adapters, "import_module", missing)
    with pytest.raises(ImportError, match="pip install torch"):
        check_grads(np.sin, (X,), vjp=adapters.torch)


def test_the_same_report_every_time():
    f, args = lambda x: np.abs(x) * np.max(x), (X,)
    assert str(check_grads(f, args)) == str(check_grads(f, args))
    backward = ERRORS["jacobian"][2]
    f, args = ERRORS["jacobian"][:2]
    assert found(f, args, backward) == found(f, args, backward)


# ---- equality without tolerance ----


def test_ulp_distance():
    one, eps = np.float32(1), np.finfo(np.float32).eps
    assert ulp_distance(one, one + 3 * eps) == 3
    assert ulp_distance(0.0, -0.0) == 0
    assert ulp_distance(5e-324, -5e-324) == 2
    assert ulp_distance(np.nan, np.nan) == 0 and ulp_distance(np.nan, 1.0) > 2**62
    assert ulp_distance(-np.inf, np.inf) == np.iinfo(np.int64).max
    assert ulp_distance(1j, np.complex128(1j * (1 + 2.0**-52))) == 1
    with pytest.raises(TypeError, match="dtypes"):
        ulp_distance(one, 1.0)


@given(hnp.arrays(np.float64, 3), st.integers(0, 50))
def test_ulp_distance_counts(x, n):
    x = np.where(np.isfinite(x) & (abs(x) < 1e300), x, 0.0)
    y = x
    for _ in range(n):
        y = np.nextafter(y, np.inf)
    assert np.all(ulp_distance(x, y) == n)


def test_ulps_of_the_largest_number():
    assert ulps_of_largest(np.array([1e-20, 1.0]), np.array([0.0, 1.0 + 2.0**-52])) == 1
    assert ulps_of_largest(np.array([0.0, np.nan]), np.array([-0.0, np.nan])) == 0
    assert ulps_of_largest(np.float32(1) + np.finfo("f4").eps, 1.0) == 1  # the coarser dtype counts
    assert ulps_of_largest([Fraction(1, 3)], np.array([Fraction(2, 6)])) == 0
    for a, b in [(1.0, 1.001), (np.inf, 1.0), (X, X.T), ([Fraction(1, 3)], [Fraction(1, 2)])]:
        assert ulps_of_largest(a, b) is None


def test_same_bits_and_exact():
    assert_same_bits({"a": [X]}, {"a": [X.copy()]})
    assert_exact(0.0, -0.0)
    assert_exact(np.array([Fraction(1, 3)]), np.array([Fraction(2, 6)]))
    assert_exact(1.0, 1.0 + 2.0**-52, ulps=1)
    for got, expected, message in [
        (0.0, -0.0, "not the same bits"),
        (X, X.astype("f4"), "dtype float64, expected float32"),
        (X, X.T, "shape"),
        ([X], (X,), "structure"),
        ({"w": 1.0}, {"w": 1.0 + 2.0**-52}, r"at \['w'\].* 1 ulp apart"),
    ]:
        with pytest.raises(AssertionError, match=message):
            assert_same_bits(got, expected)
    with pytest.raises(AssertionError, match="1 ulp apart; 1 of 1"):
        assert_exact(1.0, 1.0 + 2.0**-52)


# ---- the package ----


def test_hypothesis_is_not_needed(monkeypatch):
    def without(name):
        raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")

    monkeypatch.setattr(autograd_lite.testing, "import_module", without)
    monkeypatch.delitem(vars(autograd_lite.testing), "gradient_property", raising=False)
    with pytest.raises(ImportError, match=r"pip install autograd_lite\[testing\]"):
        _ = autograd_lite.testing.gradient_property
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = autograd_lite.testing.nothing
