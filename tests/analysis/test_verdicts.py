"""Verdicts that one can trust: within measured rounding, at drawn arguments too, in plain words."""

import cProfile
import sys
import warnings
from fractions import Fraction

import numpy as np
import pytest

import autograd_lite as al
import nn
from autograd_lite.analysis.by_hand.mistakes import search


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def naive(w, X, y):
    a = sigmoid(X @ w)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def by_hand(w, X, y):
    return (X.T @ (sigmoid(X @ w) - y) / len(X),)


def separable(scale, rng):
    return rng.normal(size=3) * scale, rng.normal(size=(20, 3)), (rng.random(20) > 0.5) * 1.0


# ---- right is never called wrong ----


@pytest.mark.parametrize("scale", [1, 3, 5, 8, 15])
def test_a_minus_y_against_the_naive_cross_entropy(scale, rng):
    """Where the engine's derivative of the loss as it is written is the less exact one."""
    for _ in range(8):
        args = separable(scale, rng)
        assert al.compare(by_hand, naive, *args)
        assert not al.compare(lambda *a: (-by_hand(*a)[0],), naive, *args)


def test_amplified_rounding_is_said_with_the_digits_that_agree(rng):
    w, X, y = np.array([12.0, 0.0, 0.0]), rng.uniform(-2, 2, size=(20, 3)), np.zeros(20)
    report = al.compare(by_hand, naive, w, X, y)
    assert report and "equal within amplified rounding, " in report["dw"].text
    assert "digits agree" in report.summary


def test_where_the_engine_is_not_finite():
    w, X, y = np.array([50.0]), np.array([[1.0], [-1.0]]), np.array([1.0, 0.0])
    report = al.compare(by_hand, naive, w, X, y)
    assert report and "the engine's own is not finite" in report["dw"].text
    assert not al.compare(lambda *a: (-by_hand(*a)[0],), naive, w, X, y)
    assert not al.compare(lambda *a: (np.nan * by_hand(*a)[0],), naive, 0 * w + 1, X, y)


def test_least_squares_at_its_minimum(rng):
    """Where every number of the gradient is rounding."""
    X = rng.normal(size=(50, 4))
    y = X @ rng.normal(size=4) + 0.1 * rng.normal(size=50)
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    loss = lambda w, X, y: np.sum((X @ w - y) ** 2)
    assert al.compare(lambda w, X, y: 2 * np.einsum("ni,n->i", X, X @ w - y), loss, w, X, y)
    assert not al.compare(lambda w, X, y: 2 * np.abs(X).T @ (X @ w - y), loss, w, X, y)


@pytest.mark.parametrize("mean", [0, 1e3, 1e5])
def test_batch_norm_far_from_zero(mean, rng):
    def loss(x, t):
        d = x - x.mean(axis=0)
        return np.sum((d / np.sqrt((d**2).mean(axis=0) + 1e-5) - t) ** 2)

    def hand(x, t):
        s = 1 / np.sqrt(x.var(axis=0) + 1e-5)
        y = (x - x.mean(axis=0)) * s
        g = 2 * (y - t)
        return s / len(x) * (len(x) * g - g.sum(axis=0) - y * np.sum(g * y, axis=0))

    assert al.compare(hand, loss, mean + rng.normal(size=(40, 3)), rng.normal(size=(40, 3)))


def test_the_hand_version_may_be_the_less_exact_one():
    """1 - q cancels where the engine has no difference."""
    z = np.linspace(20, 30, 5)
    hand = lambda z: sigmoid(z) * (1 - sigmoid(z))
    report = al.compare(hand, lambda z: np.sum(1 / (1 + np.exp(-z))), z)
    assert report and "the rounding of the hand version" in report["delta"].text


KINKS = {
    "relu at 0": (lambda x: np.sum(np.maximum(x, 0)), lambda x: (x >= 0) * 1.0, [0.0, 1.0, -1.0]),
    "abs at 0": (lambda x: np.sum(abs(x)), lambda x: np.where(x >= 0, 1.0, -1.0), [0.0, 2.0]),
    "first of equals": (np.max, lambda x: np.eye(len(x))[np.argmax(x)], [1.0, 3.0, 3.0]),
    "a share each": (np.max, lambda x: (x == x.max()) / np.sum(x == x.max()), [3.0, 3.0, 1.0]),
}


@pytest.mark.parametrize("kink", KINKS)
def test_kinks(kink):
    loss, hand, x = KINKS[kink]
    assert al.compare(hand, loss, np.array(x))
    assert not al.compare(lambda x: 2 * hand(x), loss, np.array(x))


def test_a_tie_that_counts_twice():
    x = np.array([1.0, 3.0, 3.0])
    report = al.compare(lambda x: (x == x.max()) * 1.0, np.max, x)
    assert "every tied element got the whole gradient" in report["da"].text


# ---- wrong is never right by luck ----


def layer(W, V, X, t):
    h = np.maximum(X @ W, 0)
    return np.sum((h @ V - t) ** 2)


def layer_by_hand(W, V, X, t, V_back=None, mask=True):
    h = np.maximum(X @ W, 0)
    e = 2 * (h @ V - t)
    d = e @ (V.T if V_back is None else V_back)
    return X.T @ (d * (h > 0) if mask else d), h.T @ e


def test_zero_identity_and_dead(rng):
    """A mistake that does not show at the given numbers is found at others, and why is said."""
    W, X, t = rng.normal(size=(3, 3)), rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    not_transposed = lambda W, V, X, t: layer_by_hand(W, V, X, t, V_back=V)
    no_mask = lambda W, V, X, t: layer_by_hand(W, V, X, t, mask=False)
    for hand, args, why in (
        (not_transposed, (W, np.eye(3), X, t), "V is the identity"),
        (not_transposed, (W, np.zeros((3, 3)), X, t), "V is all zeros"),
        (not_transposed, (W, np.ones((3, 3)), X, t), "all numbers in V are 1"),
        (not_transposed, (-abs(W), np.diag([1.0, 2, 3]), abs(X), t), "V is diagonal"),
        (no_mask, (abs(W), W, abs(X), t), None),
    ):
        report = al.compare(hand, layer, *args)
        assert not report
        assert "right for these arguments, but not for others" in report["dW"].text
        assert why is None or any(why in note for note in report.notes)
        assert al.compare(layer_by_hand, layer, *args)


def test_dead_units_are_told(rng):
    args = -np.ones((3, 3)), rng.normal(size=(3, 3)), rng.random((6, 3)), np.zeros((6, 3))
    report = al.compare(layer_by_hand, layer, *args)
    assert report and "no unit of h is active" in report.notes[-1]
    assert "all gradients are 0" in report.notes[-1]


def test_what_the_arguments_mean_is_kept(rng):
    """Right for arguments of their kind: symmetric, positive, in order, with a column of ones."""
    S = np.cov(rng.normal(size=(3, 20)))
    inverse = np.linalg.inv
    volume = lambda S: np.linalg.slogdet(S)[1]
    assert al.compare(lambda S: inverse(S), volume, S)  # and not its transpose
    assert al.compare(lambda s: 1 / s, lambda s: np.sum(np.log(s)), np.array([0.5, 2.0, 9.0]))
    t = np.array([0.0, 0.5, 1.5, 4.0])
    gaps = lambda t: np.sum(np.sqrt(np.diff(t)))
    slopes = lambda t: np.diff(0.5 / np.sqrt(np.diff(t)), prepend=0, append=0) * -1.0
    assert al.compare(slopes, gaps, t)
    X = np.column_stack([np.ones(6), rng.normal(size=6)])
    w = rng.normal(size=2)
    with_ones = lambda w, X: np.array([np.sum(2 * (X @ w)), X[:, 1] @ (2 * (X @ w))])
    assert al.compare(with_ones, lambda w, X: np.sum((X @ w) ** 2), w, X)


def test_soft_labels_stay_probabilities(rng):
    """p - y is right where each row of y sums to 1, zeros in it or not."""
    W, X = rng.normal(size=(3, 3)), rng.normal(size=(5, 3))

    def loss(W, X, Y):
        z = X @ W
        return np.sum(Y * (np.log(np.sum(np.exp(z), axis=1, keepdims=True)) - z))

    def hand(W, X, Y):
        e = np.exp(X @ W)
        return X.T @ (e / e.sum(axis=1, keepdims=True) - Y)

    for row in ([0.0, 0.25, 0.75], [0.1, 0.1, 0.8], [0.0, 0.0, 1.0]):
        Y = np.array([rng.permutation(row) for _ in range(5)])
        assert al.compare(hand, loss, W, X, Y)
        assert not al.compare(lambda W, X, Y: hand(W, X, Y / 2), loss, W, X, Y)


def test_a_hand_version_that_does_not_read_its_arguments():
    x = np.array([1.0, 2.0])
    report = al.compare(lambda _: np.array([2.0, 4.0]), lambda x: np.sum(x * x), x)
    assert report and "the same numbers for other arguments" in report.notes[0]


def test_other_arguments_may_be_impossible(rng):
    """Where the loss is defined next to the given numbers only, or the hand version refuses."""

    def hand(x):
        assert x[0] == 0.5
        return 2 * x

    report = al.compare(hand, lambda x: np.sum(x * x), np.array([0.5, 1.0]))
    assert report and "there was AssertionError" in report.notes[0]
    x = np.array([100.0, 100.5])
    near = al.compare(lambda x: 0.5 / np.sqrt(x - 99.9), lambda x: np.sum(np.sqrt(x - 99.9)), x)
    assert near


# ---- what is said ----


def test_it_can_be_asserted():
    x = np.array([1.0, 2.0])
    assert al.compare(lambda x: 2 * x, lambda x: np.sum(x * x), x)
    with pytest.raises(AssertionError):
        assert al.compare(lambda x: 3 * x, lambda x: np.sum(x * x), x)


def test_names_and_lines_are_the_authors(rng):
    def forward(hidden, X):
        scores = X @ hidden
        return sigmoid(scores)

    def loss(hidden, X, wanted):
        guess = forward(hidden, X)
        return np.sum((guess - wanted) ** 2)

    def hand(hidden, X, wanted):
        return X.T @ (2 * (sigmoid(X @ hidden) - wanted))

    args = rng.normal(size=(3, 2)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    verdict = al.compare(hand, loss, *args)["d_hidden"]
    text = "in the gradient of scores, the factor guess * (1 - guess) is missing"
    assert (verdict.text, verdict.line) == (text, "guess = forward(hidden, X)")


def test_no_warning_leaks(rng):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        al.compare(by_hand, naive, *separable(60, rng))
        al.compare(lambda x: 1 / (0 * x), lambda x: np.sum(np.log(x)), np.zeros(2))


def test_the_profiler_of_the_caller_is_left_as_it_was():
    calls = []
    compare = lambda: al.compare(lambda x: 2 * x, lambda x: np.sum(x * x), np.ones(2))
    before = sys.getprofile()
    sys.setprofile(lambda *event: calls.append(event))
    try:
        mine = sys.getprofile()
        compare()
        assert sys.getprofile() is mine
    finally:
        sys.setprofile(before)
    profiler = cProfile.Profile()
    assert profiler.runcall(compare)
    assert any(entry.callcount for entry in profiler.getstats())


def test_a_search_that_runs_out_of_its_budget_says_so(rng, monkeypatch):
    args = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=(6, 3))
    loss = lambda W, V, X: np.sum(np.tanh(np.tanh(X @ W) @ V))
    hand = lambda W, V, X: (np.cos(W),)
    assert "budget" not in str(al.compare(hand, loss, *args))
    monkeypatch.setattr(search, "EFFORT", 1e5)
    assert "the search ran out of its budget" in str(al.compare(hand, loss, *args))


def test_keys(rng):
    """Of the arguments, of their gradients, or of the dict that is an argument."""
    p = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    X = rng.normal(size=(5, 3))
    flat = lambda W, b, X: np.sum((X @ W + b) ** 2)
    nested = lambda p, X: flat(p["W"], p["b"], X)
    dW, db = 2 * X.T @ (X @ p["W"] + p["b"]), 2 * np.sum(X @ p["W"] + p["b"], axis=0)
    for start in ("", "d", "d_", "grad_"):
        given = {f"{start}W": dW, f"{start}b": db}
        assert al.compare(lambda *_, g=given: g, flat, p["W"], p["b"], X)
        assert al.compare(lambda *_, g=given: g, nested, p, X)
        assert not al.compare(lambda *_, g=given: {k: -x for k, x in g.items()}, nested, p, X)
        assert al.compare(lambda *_, g=given: dict([g.popitem()]), nested, p, X)
    with pytest.raises(TypeError, match="by the names c, and the arguments are p, X, the keys of"):
        al.compare(lambda *_: {"c": db}, nested, p, X)


def test_shapes(rng):
    W, X = rng.normal(size=(3, 2)), rng.normal(size=(5, 3))
    loss = lambda W, X: np.sum((X @ W) ** 2)
    right = lambda W, X: 2 * X.T @ (X @ W)
    said = lambda hand: al.compare(hand, loss, W, X)["dW"].text
    assert said(lambda W, X: right(W, X).T) == "is the transpose: shape (2, 3) for (3, 2)"
    text = said(lambda W, X: np.cos(right(W, X).T))
    assert text.startswith("has the shape of the transpose, and its numbers are wrong too")
    with pytest.raises(ValueError, match=r"the gradient of W has shape \(5, 5\), and W has shape"):
        al.compare(lambda W, X: X @ X.T, loss, W, X)


def test_complex_numbers_and_fractions():
    z = np.array([1 + 2j, 3.0])
    loss = lambda z: np.sum(np.real(z * np.conj(z)))
    assert al.compare(lambda z: 2 * np.conj(z), loss, z)
    wrong = al.compare(lambda z: 2 * z, loss, z)
    assert "is the complex conjugate" in wrong.verdicts[0].text
    x = np.array([Fraction(1, 2), Fraction(3)], object)
    square = lambda x: np.sum(x * x)
    assert al.compare(lambda x: 2 * x, square, x)
    assert not al.compare(lambda x: 3 * x, square, x)


def test_columns_against_rows(rng):
    """(N, 1) against (N,): in a gradient, and in a loss, where it makes a square."""
    w, X, t = rng.normal(size=(3, 1)), rng.normal(size=(5, 3)), rng.normal(size=5)

    def loss(w, X, t):
        guess = X @ w
        return np.mean((guess - t) ** 2)

    report = al.compare(lambda w, X, t: al.grad(loss)(w, X, t), loss, w, X, t)
    assert "guess of shape (5, 1) against t of shape (5,) makes (5, 5)" in report.notes[0]
    assert "at return np.mean((guess - t) ** 2): reshape one of them" in report.notes[0]
    column = al.compare(lambda x: 2 * x[:, None], lambda x: np.sum(x * x), t)["dx"].text
    assert column == "has to be reshaped: shape (5, 1) for (5,)"


# ---- what is recognised between names ----


def named_net(W, V, X, Y):
    z1 = al.named("z1", X @ W)
    a1 = al.named("a1", 1 / (1 + np.exp(-z1)))
    z2 = al.named("z2", a1 @ V)
    e = np.exp(z2 - np.max(z2, axis=1, keepdims=True))
    p = al.named("p", e / np.sum(e, axis=1, keepdims=True))
    return -np.sum(Y * np.log(p)) / len(X)


def named_by_hand(W, V, X, Y, mistake=""):
    a1 = sigmoid(X @ W)
    e = np.exp(a1 @ V)
    p = e / e.sum(axis=1, keepdims=True)
    dp = -Y / p / len(X)
    inner = np.sum(dp * p, axis=1, keepdims=True)
    delta2 = p * (dp - (dp * p if mistake == "diagonal" else inner))
    da = delta2 @ V.T
    delta1 = da * (a1 if mistake == "half a slope" else a1 * (1 - a1))
    between = {"p": dp, "delta2": delta2, "a1": da, "delta1": delta1}
    return (X.T @ delta1, a1.T @ delta2), between


def test_activations_between_names(rng):
    """Intermediates on both sides of what is spelt out; the mistake is where it was made."""
    args = (rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=(5, 3)),
            np.eye(2)[rng.integers(0, 2, 5)])  # fmt: skip
    assert al.compare(named_by_hand, named_net, *args)
    for mistake, where, what in (
        ("diagonal", "delta2", "only the diagonal of the slope of softmax is there, p * (1 - p)"),
        ("half a slope", "delta1", "the factor 1 - a1 of the slope a1 * (1 - a1) is missing"),
    ):
        report = al.compare(lambda *a, m=mistake: named_by_hand(*a, mistake=m), named_net, *args)
        assert report.first_wrong == where and what in report[where].text, report
        later = [v for v in report.verdicts if not v.right and v.name != where]
        assert all(v.follows for v in later), report


def test_a_model_of_nn(rng):
    """A tree of arrays as an argument: its gradient has the structure of it."""
    net = nn.MLP([3, 4, 2], nn.tanh, rng=rng)
    X, Y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    loss = lambda net, X, Y: nn.squared_error(net(X), Y)
    gradient = lambda net, X, Y: al.grad(loss)(net, X, Y)
    assert al.compare(gradient, loss, net, X, Y)
    twice = al.compare(lambda *a: al.tree_map(lambda g: 2 * g, gradient(*a)), loss, net, X, Y)
    firsts = [v.text for v in twice.verdicts if not v.right and not v.follows]
    assert len(firsts) == 1 and "a factor 2 too much" in firsts[0]
