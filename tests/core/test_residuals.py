"""What a function computes on its way and its rule needs: kept where possible, never wrong."""

from importlib.util import find_spec
from itertools import product

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

import autograd_lite as al
import nn
from autograd_lite.core.registry import PRIMITIVES, known
from autograd_lite.testing import check_grads
from nn.losses.classification import _cost_and_excess, excess


def softplus_family(scale=1.0):
    """ln(1 + eˣ) summed, its derivative computed beside it, and how often each part was called."""
    calls = []

    @al.primitive
    def total(x, w):
        calls.append("function")
        return np.sum(w * np.logaddexp(0.0, x))

    def residuals(x):
        calls.append("residuals")
        return 1 / (1 + np.exp(-x))

    def forward(x, w):
        calls.append("forward")
        slope = 1 / (1 + np.exp(-x))
        return np.sum(w * np.logaddexp(0.0, x)), scale * slope

    al.rule(
        total,
        x=lambda g, w, residuals: g * (w * residuals),
        w=lambda g, x: g * np.logaddexp(0.0, x),
        residuals=residuals,
        forward=forward,
    )
    return total, calls


X, W = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, 3.0])


def test_the_fused_function_runs_alone_on_arrays():
    total, calls = softplus_family()
    gradient = al.grad(total)(X, W)
    assert calls == ["forward"]
    assert (gradient == W * (1 / (1 + np.exp(-X)))).all()


def test_without_a_derivative_nothing_is_computed_aside():
    total, calls = softplus_family()
    total(X, W)
    assert calls == ["function"]


def test_the_argument_of_the_aside_is_not_kept_beside_it():
    total, _ = softplus_family()
    x = al.Tensor(X)
    y = total(x, W)
    assert not hasattr(x.node, "value")
    assert (y.node.residuals == 1 / (1 + np.exp(-X))).all()


def test_what_another_rule_asks_for_is_kept():
    total, _ = softplus_family()
    x, w = al.Tensor(X), al.Tensor(W)
    total(x, w).backward()
    assert (x.node.value == X).all()
    assert (w.grad == np.logaddexp(0.0, X)).all()


def test_a_rule_that_reads_the_result_gets_the_result():
    """The cost goes on into a step that keeps it: it is another value than the residuals."""
    total, _ = softplus_family()
    got = al.grad(lambda x: np.exp(total(x, W)))(X)
    np.testing.assert_allclose(got, np.exp(total(X, W)) * W / (1 + np.exp(-X)), rtol=1e-15)


def test_derivatives_of_derivatives_go_through_the_aside():
    total, calls = softplus_family()
    slope = 1 / (1 + np.exp(-X))
    hessian = al.hessian(total)(X, W)
    np.testing.assert_allclose(np.diag(hessian), W * slope * (1 - slope), rtol=1e-14)
    assert "residuals" in calls
    check_grads(total, (X, W), order=3)


def test_a_trace_has_the_bits_of_what_is_fused():
    total, _ = softplus_family()
    program = al.trace(al.value_and_grad(total), X, W)
    value, gradient = program(X, W)
    expected = al.value_and_grad(total)(X, W)
    assert value == expected[0] and (gradient == expected[1]).all()


def test_checkpoints_and_backward_passes_that_are_repeated():
    total, _ = softplus_family()
    expected = al.grad(total)(X, W)
    assert (al.grad(al.checkpoint(total))(X, W) == expected).all()
    pullback = al.vjp(total, X, W)[1]
    assert (pullback(1.0)[0] == expected).all() and (pullback(1.0)[0] == expected).all()


def test_the_aside_may_be_computed_from_the_result():
    @al.primitive
    def root(x):
        return np.sqrt(x)

    al.rule(
        root,
        x=lambda g, residuals: g / residuals,
        residuals=lambda y: 2 * y,
        forward=lambda x: (np.sqrt(x), 2 * np.sqrt(x)),
    )
    x = np.array([0.25, 4.0])
    assert (al.grad(lambda x: np.sum(root(x)))(x) == [1.0, 0.25]).all()
    check_grads(root, (x,), order=3)
    program = al.trace(al.grad(lambda x: np.sum(root(x))), x)
    assert (program(4 * x) == [0.5, 0.125]).all()


def test_a_list_is_left_to_the_function_itself():
    total, calls = softplus_family()
    al.grad(total)(X, [1.0, 2.0, 3.0])
    assert calls == ["function", "residuals"]


def test_a_fused_function_that_disagrees_is_found():
    total, _ = softplus_family(scale=1.001)
    with pytest.raises(AssertionError):
        check_grads(total, (X, W), order=1)


def test_of_several_results():
    @al.primitive
    def both(x, mask=None):
        m = 1.0 if mask is None else mask
        return np.sum(m * np.exp(x)), np.sum(m * x)

    def slopes(x, mask):
        m = np.ones_like(x) if mask is None else mask
        return m * np.exp(x), m

    al.rule(
        both,
        x=lambda g, residuals: g[0] * residuals[0] + g[1] * residuals[1],
        mask=None,
        residuals=slopes,
        forward=lambda x, mask=None: (both.__wrapped__(x, mask), slopes(x, mask)),
    )
    mask = np.array([1.0, 0.0, 1.0])
    gradient = al.grad(lambda x: sum(both(x, mask)))(X)
    assert (gradient == mask * np.exp(X) + mask).all()


def test_only_what_some_rule_will_read_is_computed_aside():
    total, calls = softplus_family()
    w = al.Tensor(W)
    assert not hasattr(total(X, w).node, "residuals") and calls == ["function"]
    assert not hasattr(
        nn.cross_entropy(np.zeros((2, 3)), al.Tensor(np.eye(3)[:2])).node, "residuals"
    )


def test_debug_sees_what_was_born_where_less_would_be_kept():
    with al.debug(), pytest.raises(FloatingPointError, match="inf born in cross_entropy"):
        al.grad(nn.cross_entropy)(np.array([[1e308, -1e308]]), np.array([1]))


# ---- statements that are refused ----


@al.primitive
def double(x):
    return 2 * x


@pytest.mark.parametrize(
    "statement, message",
    [
        ({"x": lambda g, residuals: g * residuals}, "asks for 'residuals'"),
        ({"x": lambda g: 2 * g, "residuals": lambda x: x}, "no rule asks for 'residuals'"),
        (
            {"x": lambda g, residuals: g, "residuals": lambda g, x: x},
            "asks for 'g', .* arguments of double",
        ),
        (
            {"x": lambda g, residuals: g, "residuals": lambda residuals: residuals},
            "asks for 'residuals'",
        ),
        ({"x": lambda g: 2 * g, "forward": lambda x: (2 * x, None)}, "forward.*needs residuals"),
    ],
)
def test_refused(statement, message):
    with pytest.raises(TypeError, match=message):
        al.rule(double, **statement)


def test_a_statement_that_is_refused_changes_nothing():
    total, _ = softplus_family()
    expected = al.grad(total)(X, W)
    with pytest.raises(TypeError, match="'typo'"):
        al.rule(
            total,
            x=lambda g, residuals, typo: g * residuals,
            residuals=lambda x: 2 * x,
            forward=lambda x, w: (np.sum(x), 2 * x),
        )
    assert (al.grad(total)(X, W) == expected).all()
    check_grads(total, (X, W))


def test_arguments_that_are_called_like_a_setting():
    @al.primitive
    def scaled(x, residuals):
        return x * residuals

    with pytest.raises(TypeError, match="rename the argument"):
        al.rule(scaled, x=lambda g: g, residuals=lambda g, x: g * x)


@pytest.mark.parametrize("returned", [1.0, (1.0, 2.0, 3.0)])
def test_a_fused_function_returns_two(returned):
    @al.primitive
    def one(x):
        return np.sum(x)

    al.rule(
        one,
        x=lambda g, residuals: g * residuals,
        residuals=lambda x: 1 + 0 * x,
        forward=lambda x: returned,
    )
    with pytest.raises(TypeError, match=r"forward function of one returned .*tuple of two"):
        al.grad(one)(X)


# ---- each forward function there is ----


@st.composite
def classified(draw):
    samples, classes = draw(st.integers(1, 6)), draw(st.integers(1, 12))
    dtype = draw(st.sampled_from([np.float64, np.float32, np.float16]))
    elements = st.floats(-20, 20, width=16)
    logits = draw(hnp.arrays(dtype, (samples, classes), elements=elements))
    labels = draw(hnp.arrays(np.int64, samples, elements=st.integers(0, classes - 1)))
    if draw(st.booleans()):
        labels = np.eye(classes, dtype=draw(st.sampled_from([float, np.float32, bool])))[labels]
    if draw(st.booleans()):
        return logits[0], labels[0]
    return np.asarray(logits, order=draw(st.sampled_from("CF"))), labels


@st.composite
def points(draw):
    """Points, a mean and a positive definite covariance."""
    lead, n = draw(hnp.array_shapes(min_dims=0, max_dims=2, max_side=3)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    half = rng.normal(size=(n, n))
    return rng.normal(size=(*lead, n)), rng.normal(size=n), half @ half.T + np.eye(n)


@st.composite
def places(draw, shapes):
    """Points inside the support and outside, shapes, location and scale."""
    x = draw(st.sampled_from([0.4, np.array([0.1, 1.2]), np.array([[0.3], [-9.0], [0.0]])]))
    loc, scale = draw(st.sampled_from([(0, 1), (-1.0, 2.0), (np.full(2, 0.05), 1)]))
    return x, *shapes, loc, scale


FORWARD = {nn.cross_entropy: (classified(), _cost_and_excess, excess)}
if find_spec("scipy"):
    from autograd_lite.scipy import stats
    from autograd_lite.scipy.stats import multivariate
    from autograd_lite.scipy.stats.distribution import step_of
    from tests.support.distributions import SHAPES

    FORWARD[multivariate.gaussian] = (points(), multivariate.forward, multivariate.residuals)
    for name, method in product(stats.__all__, ("logpdf", "pdf")):
        if getattr(getattr(stats, name), "family", None):
            density = step_of(getattr(getattr(stats, name), method))
            of_density = known(density)
            beside = lambda *args, f=density, p=of_density: p.residuals(f(*args), *args)
            FORWARD[density] = (places(SHAPES.get(name, ())), of_density.forward, beside)


def parts(beside):
    """The arrays of residuals, which may be in a tuple."""
    if isinstance(beside, tuple):
        return [part for b in beside if b is not None for part in parts(b)]
    return [np.asarray(beside)]


def test_every_fused_function_has_a_row_here():
    stated = {f for f in map(nn.__dict__.get, nn.__all__) if (p := known(f)) and p.forward}
    stated |= {p.function for p in PRIMITIVES.values() if p.forward}
    assert {f for f in stated if f.__module__.startswith(("nn", "autograd_lite"))} == {*FORWARD}


@pytest.mark.parametrize("function", FORWARD)
def test_fused_is_the_function_and_the_aside_bit_for_bit(function):
    cases, forward, residuals = FORWARD[function]

    @given(cases)
    def check(args):
        before = [np.copy(a) for a in args]
        value, beside = forward(*args)
        pairs = [
            (value, function(*args)),
            *zip(parts(beside), parts(residuals(*args)), strict=True),
        ]
        for got, expected in pairs:
            assert got.dtype == expected.dtype and np.array_equal(got, expected)
            layout = [(x.flags.c_contiguous, x.flags.f_contiguous) for x in (got, expected)]
            assert layout[0] == layout[1]  # sums depend on it
        assert all(np.array_equal(a, b) for a, b in zip(args, before))

    check()
