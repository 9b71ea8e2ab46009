"""The verdicts of check_grads: right code passes, mistakes do not, what nobody knows is said."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from autograd_lite.testing import adapters, check_grads, gradient_property
from tests.support import verdicts
from tests.support.effort import examples

by_hand = adapters.by_hand

# ---- right ones pass, wrong ones do not ----


@pytest.mark.parametrize("start", range(0, 180, 18))
def test_right_gradients_pass_at_hard_points(start):
    """A share of the 2,000 points of ``python -m tests.support.verdicts``, always the same."""
    assert not [text for text in map(verdicts.false_alarm, range(start, start + 18)) if text]


def test_planted_mistakes_do_not_pass():
    assert not [text for text in map(verdicts.missed, range(48)) if text]


@pytest.mark.slow
def test_hard_points_and_mistakes_in_numbers():
    sound, wrong = min(620, examples(15)), min(152, examples(4))
    assert not [text for text in map(verdicts.false_alarm, range(180, 180 + sound)) if text]
    assert not [text for text in map(verdicts.missed, range(48, 48 + wrong)) if text]


@pytest.mark.parametrize("scale", [1.0, 5.0, 10.0, 20.0, 300.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturation_is_rounding(scale, dtype):
    """1 - y² of a tanh cancels: its gradient is known up to the rounding of y."""
    rng = np.random.default_rng(0)
    W, x = (rng.normal(size=shape).astype(dtype) for shape in [(3, 4), (4, 2)])

    def backward(W, x, g):
        dz = g * (1 - np.tanh(W @ x) ** 2)
        return dz @ x.T, W.T @ dz

    for weights in (W * dtype(scale), np.abs(W) * dtype(scale)):
        check_grads(verdicts.saturated, (weights, x))
        check_grads(verdicts.saturated, (weights, x), vjp=by_hand(backward))


def test_saturation_beside_a_number_that_is_no_argument():
    for shift in (5.0, 10.0, 18.0, 18.5, 40.0):
        check_grads(lambda x, shift=shift: np.tanh(x + shift), (np.array([0.3, -0.2, 0.1]),))


def test_a_mistake_within_saturation_is_found():
    x = np.array([3.0, 4.0, -5.0])
    with pytest.raises(AssertionError, match="a factor 2 too much"):
        check_grads(np.tanh, (x,), vjp=by_hand(lambda x, g: 2 * g * (1 - np.tanh(x) ** 2)))


@pytest.mark.parametrize("n", [2, 3, 4, 7])
@pytest.mark.parametrize("f", [np.sort, np.median, np.max, lambda x: np.sort(x)[: len(x) // 2]])
def test_ties_of_several(f, n):
    """Each tied element may have the slope of any place among them."""
    for x in (np.ones(n), np.concatenate([np.full(n, 0.5), [2.0, -1.0]])):
        for turned in (x, x[::-1].copy(), np.float32(x)):
            check_grads(f, (turned,))


def test_a_tie_that_nobody_could_have_is_wrong():
    with pytest.raises(AssertionError):
        check_grads(np.sort, (np.ones(3),), vjp=by_hand(lambda x, g: 2 * g))
    with pytest.raises(AssertionError):
        check_grads(np.median, (np.ones(5),), vjp=by_hand(lambda x, g: g * np.ones(5)))


@pytest.mark.parametrize("near", [0.0, -1.2e-38, -1e-12, 1e-10])
def test_a_kink_nearer_than_any_step_is_a_tie(near):
    twice = by_hand(lambda x, g: g * (x == x.max()))
    x = np.array([-abs(near), 0.0, 0.0])
    check_grads(np.max, (x,))
    with pytest.raises(AssertionError, match="tie"):
        check_grads(np.max, (x,), vjp=twice)


# ---- what cannot be checked is refused ----


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"order": 0}, ValueError, "give 1 or more"),
        ({"order": -1}, ValueError, "give 1 or more"),
        ({"order": True}, TypeError, "a whole number"),
        ({"order": 1.5}, TypeError, "a whole number"),
        ({"rng": 0}, TypeError, r"np\.random\.default_rng\(0\)"),
        ({"rtol": 0}, ValueError, "between 0 and 1"),
        ({"rtol": np.nan}, ValueError, "between 0 and 1"),
        ({"kinks": "ties"}, TypeError, "give numbers"),
        ({"vjp": "torch"}, TypeError, r"vjp = 'torch'; it must be .*, as in vjp=adapters\.torch"),
        ({"oracle": "guess"}, ValueError, "give one of"),
        (
            {"tolerance": 1e-3},
            TypeError,
            r"has no argument tolerance=; .*it takes f=.*rtol=",
        ),
    ],
)
def test_options_that_are_not_possible(options, error, message):
    wrong = by_hand(lambda x, g: (g * 99.0,))
    with pytest.raises(error, match=message):
        check_grads(np.sin, (np.ones(2),), **{"vjp": wrong, **options})


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"order": 0}, ValueError, "give 1 or more"),
        ({"order": -1}, ValueError, "give 1 or more"),
        ({"atol": 1e-3}, TypeError, "no option 'atol'"),
        ({"args": verdicts.TUPLES, "shapes": [(2,)]}, TypeError, "leave shapes out"),
        ({"args": verdicts.TUPLES, "domain": "positive"}, TypeError, "leave domain out"),
        ({"args": verdicts.TUPLES, "max_side": 2}, TypeError, "leave max_side out"),
    ],
)
def test_options_of_a_property_that_are_not_possible(options, error, message):
    with pytest.raises(error, match=message):
        gradient_property(np.sin, **options)


def test_the_remedy_for_a_strategy_of_all_arguments():
    gradient_property(np.sin, args=verdicts.TUPLES, max_examples=2)()
    each = {"x": verdicts.TUPLES.map(lambda drawn: drawn[0])}
    gradient_property(lambda x, y: x * y, args=each, domain={"y": "positive"}, max_examples=2)()


# ---- nothing learned ----

HIDDEN = np.array([[-1.0, -2.0], [-3.0, -4.0]])


@pytest.mark.parametrize(
    "f, x, why",
    [
        (np.log, np.array([-1.0, -2.0]), "not finite, or not defined"),
        (np.sqrt, np.array([np.nan, 1.0])[:1], "not finite, or not defined"),
        (lambda x: np.log(x) * 0, np.array([0.0]), "not finite, or not defined"),
        (lambda x: np.maximum(x @ HIDDEN, 0), np.array([1.0, 2.0]), "its gradient is 0"),
        (lambda x: np.zeros((2, 2)) @ np.tanh(x), np.array([1.0, 2.0]), "its gradient is 0"),
        (np.floor, np.array([0.5]), "its gradient is 0"),
        (np.sin, np.zeros((0, 3)), "no elements"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:divide by zero")
def test_nothing_learned_is_not_passed(f, x, why):
    report = check_grads(f, (x,))
    text = str(report)
    assert not report.ok and not report.learned and not report.failures
    assert "nothing was learned" in text and why in text and "passed" not in text


def test_of_which_argument_nothing_was_learned():
    W, x = np.zeros((2, 3)), np.ones(3)
    report = check_grads(lambda W, x: np.tanh(W @ x), (W, x))
    assert report.ok and list(report.unlearned) == ["x"]
    assert "passed, but nothing was learned of x" in str(report)


def test_numbers_that_are_not_finite_are_left_out():
    """The others are judged."""
    x = np.array([-1.0, 2.0])
    with np.errstate(invalid="ignore"):
        assert check_grads(np.log, (x,)).ok
        with pytest.raises(AssertionError, match=r"index \(1,\)"):
            check_grads(np.log, (x,), vjp=by_hand(lambda x, g: 2 * g / x))


def test_a_property_of_which_nothing_was_learned_fails():
    dead = gradient_property(lambda x: np.maximum(x - 100, 0), max_examples=5)
    with pytest.raises(AssertionError, match="nothing was learned of <lambda> at any of"):
        dead()
    gradient_property(lambda x: np.maximum(x, 0), kinks=0, max_examples=20)()


# ---- backward passes by hand ----


def affine(*args):
    x, w, b = args
    return x @ w + b


AFFINE = np.arange(6.0).reshape(2, 3), np.ones((3, 2)), np.array([0.5, -0.5])


def test_a_backward_pass_of_any_number_of_arguments():
    def backward(*args):
        x, w, _, g = args
        return g @ w.T, x.T @ g, g.sum(0)

    report = check_grads(affine, AFFINE, vjp=by_hand(backward))
    assert report.ok and len(report.oracles) == 3 and not report.unlearned
    wrong = by_hand(lambda *args: (*backward(*args)[:2], args[-1].mean(0)))
    with pytest.raises(AssertionError, match="argument 2"):
        check_grads(affine, AFFINE, vjp=wrong)


@pytest.mark.parametrize("several", [tuple, list])
def test_gradients_of_the_first_arguments_only(several):
    def f(x, w, b):
        return x @ w + b

    report = check_grads(f, AFFINE, vjp=by_hand(lambda x, w, b, g: several([g @ w.T, x.T @ g])))
    assert report.ok and [*report.oracles] == ["x", "w"]
    assert "passed, but nothing was learned of b" in str(report)
    assert "<lambda> returned no gradient" in str(report)
    with pytest.raises(AssertionError, match="argument w"):
        check_grads(f, AFFINE, vjp=by_hand(lambda x, w, b, g: (g @ w.T, 2 * x.T @ g)))
    report = check_grads(f, AFFINE, vjp=by_hand(lambda x, w, b, g: (None, x.T @ g, g.sum(0))))
    assert report.ok and [*report.oracles] == ["w", "b"] and [*report.unlearned] == ["x"]
    report = check_grads(f, AFFINE, vjp=by_hand(lambda x, w, b, g: (None, None, None)))
    assert not report.ok and "nothing was learned" in str(report)


def test_a_backward_pass_is_told_what_it_needs():
    with pytest.raises(TypeError, match=r"must take the 3 arguments .* the incoming gradient g"):
        check_grads(affine, AFFINE, vjp=by_hand(lambda g: g))
    with pytest.raises(TypeError, match="returned 4 gradients for 3 arguments"):
        check_grads(affine, AFFINE, vjp=by_hand(lambda *args: args))


# ---- what pytest shows ----

FAILING = """
    import numpy as np
    from autograd_lite.testing import adapters, check_grads, gradient_property

    wrong = adapters.by_hand(lambda x, g: 2 * g * x * x)
    test_lambda = gradient_property(lambda x: x * x * x, vjp=wrong)

    @gradient_property(vjp=wrong)
    def test_decorated(x):
        return x * x * x

    def test_direct():
        check_grads(lambda x: x * x * x, (np.ones(2),), vjp=wrong)
"""


def test_pytest_shows_the_report_and_nothing_else(tmp_path):
    (tmp_path / "test_it.py").write_text(textwrap.dedent(FAILING), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rN", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding="utf-8",
    )
    assert "3 failed" in run.stdout, run.stdout
    assert run.stdout.count("a constant factor 0.666667") == 3
    assert run.stdout.count("the derivatives of <lambda> are wrong at") >= 1
    assert "check_grads(lambda x: x * x * x, (np.ones(2),), vjp=wrong)" in run.stdout
    for inside in ("checking/check.py", "properties.py", "hypothesis/", "Failing test case"):
        assert inside not in run.stdout
