"""What a step reads from outside, be it another value in each turn."""

from itertools import count

import numpy as np
import pytest

import autograd_lite as al

W = [np.array(w) for w in ([0.3, -0.2], [0.5, 0.1], [-0.4, 0.7])]
X = np.array([[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6], [0.7, 0.8]])


def cell(W, b, h, x, t):
    """Each turn reads another of the arrays, and the last one a bias that no other reads."""
    h = np.tanh(W[t % 3] * h + x)
    return h + b if t == 3 else h


def unrolled(W, b, X):
    h, total = np.ones(2), 0.0
    for t, x in enumerate(X):
        h = cell(W, b, h, x, t)
        total = total + np.sum(h**2)
    return total


def scanned(W, b, X, scan=al.scan):
    turn = count()

    def step(h, x):
        h = cell(W, b, h, x, next(turn))
        return h, np.sum(h**2)

    return np.sum(scan(step, np.ones(2), X)[1])


def nested(W, b, X):
    """The same in a loop of one turn, which reads what the inner one reads."""
    return np.sum(al.scan(lambda c, _: (c, scanned(W, b, X)), 0.0, length=1)[1])


def assert_close(ours, theirs):
    for x, y in zip(al.tree_leaves(ours), al.tree_leaves(theirs), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("loop", [scanned, nested])
def test_gradients_reach_what_a_later_turn_reads(loop):
    args = (W, np.array([0.2, -0.1]), X)
    assert_close(al.grad(loop, (0, 1, 2))(*args), al.grad(unrolled, (0, 1, 2))(*args))


@pytest.mark.parametrize("loop", [scanned, nested])
def test_so_do_those_of_gradients(loop):
    args, v = (W, np.array([0.2, -0.1]), X), (W, np.array([1.0, 2.0]), X[::-1])
    assert_close(al.hvp(loop, args, v), al.hvp(unrolled, args, v))


@pytest.mark.parametrize("loop", [scanned, nested])
def test_a_pullback_is_linear_and_has_a_derivative(loop):
    """It is recorded by its cotangent, while nothing that the turns kept is."""

    def pulled(f):
        _, pullback = al.vjp(f, W, np.array([0.2, -0.1]), X)
        return lambda g: sum(np.sum(c * c) for c in al.tree_leaves(pullback(g)))

    assert_close(al.grad(pulled(loop))(2.0), al.grad(pulled(unrolled))(2.0))
    assert_close(al.grad(al.grad(pulled(loop)))(2.0), al.grad(al.grad(pulled(unrolled)))(2.0))


def test_a_pullback_may_be_called_again():
    args = (W, np.array([0.2, -0.1]), X)
    pullback, other = al.vjp(scanned, *args)[1], al.vjp(unrolled, *args)[1]
    for g in (1.0, -3.0):
        assert_close(pullback(g), other(g))


def test_leaves_of_ones_own_are_reached_too():
    tensors = [al.Tensor(w) for w in W]
    scanned(tensors, al.Tensor(np.zeros(2)), X).backward()
    assert_close([t.grad for t in tensors], al.grad(unrolled)(W, np.zeros(2), X))


def test_with_checkpoints():
    args = (W, np.zeros(2), X)

    def step(h, x):  # of the turn only by its xs, since turns run again
        x, t = x
        h = np.tanh(np.sum(np.stack(W_now) * (t == np.arange(3))[:, None], axis=0) * h + x)
        return h, np.sum(h**2)

    def loss(W, X, checkpoint):
        W_now[:] = W
        turns = np.arange(4) % 3
        return np.sum(al.scan(step, np.ones(2), (X, turns), checkpoint=checkpoint)[1])

    W_now = []
    ours = al.grad(loss, (0, 1))(W, X, 2)
    assert_close(ours, al.grad(unrolled, (0, 2))(*args))


def test_what_an_earlier_turn_made_is_refused():
    def loss(h):
        made = [h]

        def step(h, x):
            h = np.tanh(h * x) + made[-1]
            made.append(2 * h)
            return h, None

        return np.sum(al.scan(step, h, X)[0])

    for gradient in (al.grad(loss), al.grad(lambda h: np.sum(al.grad(loss)(h)))):
        with pytest.raises(TypeError, match=r"an earlier turn made.*carry it"):
            gradient(np.ones(2))
