"""al.debug() names the line where a NaN was born, and the array that was changed too early."""

import inspect
import re

import numpy as np
import pytest

import autograd_lite as al
import nn

HERE = __file__.rpartition("/")[2]


def line(of):
    """The line number of the one line of this test that contains some text."""
    frame = inspect.currentframe().f_back
    source, first = inspect.getsourcelines(frame.f_code)
    (number,) = [i for i, text in enumerate(source, first) if of in text and "line(" not in text]
    return f"{HERE}:{number}"


def raised(kind, f, *args):
    with al.debug(), pytest.raises(kind) as caught:
        f(*args)
    return str(caught.value)


# ---- numbers that are not finite ----


def test_nothing_wrong_nothing_said():
    x = np.array([1.0, -2.0, 3.0])

    def f(x):
        return np.sum(np.where(x > 0, x, 0) ** 3)

    with al.debug():
        assert np.array_equal(al.grad(f)(x), [3.0, 0.0, 27.0])
        assert al.hessian(f)(x)[2, 2] == 18.0
        t = al.Tensor(x)
        np.prod(t).backward()
    assert t.grad.tolist() == [-6.0, 3.0, -2.0]
    assert type(al.Tensor(x)) is al.Tensor


def test_born_forward():
    def f(x):
        y = x * 2
        z = np.log(y)
        return np.sum(z * z)

    said = raised(FloatingPointError, al.grad(f), np.array([1.0, 3.0, 0.0]))
    assert said.startswith("-inf born in log, ") and line("np.log(y)") in said
    assert "node #2" in said and "index (2,)" in said and "operand 0.0" in said


def test_born_backward():
    def f(x):
        return np.sum(np.sqrt(x))

    said = raised(FloatingPointError, al.grad(f), np.array([[4.0, 0.0]]))
    assert said.startswith("inf born in the backward pass of sqrt") and line("np.sqrt(x)") in said
    assert "index (0, 1)" in said and "operand 0.0" in said and "g 1.0" in said


@pytest.mark.parametrize("point", [0.0, -4.0])
def test_a_where_that_hides_a_bad_branch(point):
    def f(x):
        root = np.sqrt(x)
        return np.sum(np.where(x > 0, root, 0))

    said = raised(FloatingPointError, al.grad(f), np.array([4.0, point]))
    assert "nan born in the backward pass of sqrt" in said and line("root = np.sqrt(x)") in said
    assert f"np.where at {__file__.rpartition('/')[0]}" in said and line("np.where(x > 0") in said
    assert "use np.where on the input too" in said


def test_a_bad_branch_that_is_picked():
    def f(x):
        return np.sum(np.where(x < 0, np.sqrt(x), 0))

    assert "nan born in sqrt" in raised(FloatingPointError, al.grad(f), np.array([-4.0]))


def test_an_argument_that_is_nan():
    said = raised(FloatingPointError, al.grad(np.sum), np.array([1.0, np.nan]))
    assert "nan given as an argument" in said and "index (1,)" in said


def test_infinite_arguments_are_allowed():
    with al.debug():
        assert al.grad(lambda x: np.sum(np.exp(-x)))(np.array([np.inf]))[0] == 0


def test_inside_nested_levels():
    def f(x):
        return np.sum(np.log(x))

    def outer(x):
        return np.sum(al.grad(f)(x))

    assert "born in" in raised(FloatingPointError, al.grad(outer), np.array([0.0]))


# ---- arrays that are changed ----


def test_a_constant_changed_before_the_next_step():
    def f(x):
        c = np.array([1.0, 2.0])
        y = x * c
        c[0] = 7.0
        z = y + 1
        return np.sum(z)

    said = raised(RuntimeError, al.grad(f), np.ones(2))
    assert "multiply" in said and "it was 1.0 and is 7.0" in said and "index (0,)" in said
    assert said.count(line("y = x * c")) == 2 and line("z = y + 1") in said


def test_an_array_changed_after_the_last_step():
    x, c = np.ones(2), np.array([1.0, 2.0])
    with al.debug():
        _, pullback = al.vjp(lambda x: x * c, x)
        c[:] = 0
        with pytest.raises(RuntimeError, match="changed before the backward pass"):
            pullback(np.ones(2))


def test_an_argument_changed():
    x = np.ones(2)
    with al.debug():
        _, pullback = al.vjp(lambda x: x * x, x)
        x += 1
        with pytest.raises(RuntimeError, match="an array that an argument recorded"):
            pullback(np.ones(2))


def test_without_debug_a_changed_constant_is_not_noticed():
    """What it is for: outside debug nothing is copied, so nobody can know."""
    c = np.array([1.0, 2.0])
    _, pullback = al.vjp(lambda x: x * c, np.ones(2))
    c[:] = 0
    assert pullback(np.ones(2))[0].tolist() == [0.0, 0.0]


def test_debug_with_several_results_and_masks():
    with al.debug():
        g = al.grad(lambda x: np.linalg.slogdet(x)[1])(np.eye(2))
        mask = np.array([0.0, -np.inf])
        h = al.grad(lambda x: np.sum(np.exp(x + mask)))(np.zeros(2))
    assert np.array_equal(g, np.eye(2))
    assert h.tolist() == [1.0, 0.0]


# ---- loops ----


def turned(scanned):
    """A loop whose second turn takes the logarithm of a negative number, by scan or by hand."""

    def f(w):
        def step(h, x):
            h = np.log(h - x)  # here
            return h, h

        h, xs = 3.0 * w, np.arange(4.0)
        if scanned:
            return np.sum(al.scan(step, h, xs)[1])
        hs = []
        for x in xs:
            h, y = step(h, x)
            hs.append(y)
        return np.sum(np.stack(hs))

    return f


def in_turns(w):
    def outer(c, _):
        return al.scan(lambda h, y: (np.sqrt(h * y), None), c, np.array([1.0, -1.0]))[0], None

    return al.scan(outer, 3.0 * w, length=2)[0]


@pytest.mark.parametrize("transform", [al.grad, al.hessian, lambda f: lambda w: f(al.Tensor(w))])
def test_what_is_born_in_a_turn_is_told_as_in_the_loop_by_hand(transform):
    said = []
    for scanned in (True, False):
        with al.debug(), np.errstate(all="ignore"), pytest.raises(FloatingPointError) as error:
            transform(turned(scanned))(1.0)
        said.append(re.sub(r" \(node #\d+\)", "", str(error.value)))
    assert said[0] == said[1] and "nan born in log" in said[0]
    with al.debug(), np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="in sqrt"):
        transform(in_turns)(1.0)


def test_what_is_born_in_the_backward_pass_of_a_turn():
    def f(w):
        return np.sum(al.scan(lambda h, x: (h * x, np.sqrt(h * x)), w, np.array([1.0, 0.0]))[1])

    with al.debug(), pytest.raises(FloatingPointError, match="born in the backward pass of sqrt"):
        al.grad(f)(2.0)


# ---- what to write instead ----


def softmax_loss(z, labels):
    e = np.exp(z)
    return -np.mean(np.log((e / np.sum(e, axis=-1, keepdims=True))[np.arange(len(z)), labels]))


def naive_softplus(z):
    return np.sum(np.log(1 + np.exp(z)))


LARGE, LABELS = np.array([[1000.0, 0.0, -1000.0], [0.0, 1.0, 2.0]]), np.array([2, 0])


def test_remedies_of_an_overflow_work():
    for f in (lambda z: softmax_loss(z, LABELS), naive_softplus):
        said = told(lambda f=f: al.grad(f)(LARGE))
        assert "inf born in exp" in said
        assert "np.exp(z - np.max(z, axis=-1, keepdims=True))" in said
        assert "np.logaddexp(0, z) for np.log(1 + np.exp(z))" in said
    with al.debug():
        e = lambda z: np.exp(z - np.max(z, axis=-1, keepdims=True))
        al.grad(lambda z: np.sum(e(z) / np.sum(e(z), axis=-1, keepdims=True)))(LARGE)
        slope = al.grad(lambda z: np.sum(np.logaddexp(0, z)))(LARGE)
    assert np.array_equal(slope[0], [1, 0.5, 0])


def test_remedies_of_a_log_of_zero_work():
    def loss(z):
        return softmax_loss(z - np.max(z, axis=-1, keepdims=True), LABELS)

    said = told(lambda: al.grad(loss)(LARGE))
    assert "-inf born in log" in said and "nn.cross_entropy(z, labels)" in said
    assert "z - al.special.logsumexp(z, axis=-1, keepdims=True)" in said
    with al.debug():
        expected = al.grad(lambda z: nn.cross_entropy(z, LABELS))(LARGE)
        logs = lambda z: z - al.special.logsumexp(z, axis=-1, keepdims=True)
        got = al.grad(lambda z: -np.mean(logs(z)[np.arange(2), LABELS]))(LARGE)
    assert np.allclose(got, expected) and np.isfinite(got).all()


def told(f):
    with al.debug(), pytest.raises(FloatingPointError) as caught:
        f()
    return str(caught.value)
