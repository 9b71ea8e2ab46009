"""Gradients add up, of whatever uses a value, and each is an array of the caller's own."""

from fractions import Fraction

import numpy as np
import pytest

import autograd_lite as al

# ---- contributions add up ----


def test_used_twice():
    assert al.grad(lambda x: x * x + x)(3.0) == 7
    assert al.grad(lambda x, y: x * y, (0, 1))(2.0, 3.0) == (3, 2)
    assert al.grad(lambda x: np.sum(np.stack([x, x, x])))(np.ones(2)).tolist() == [3, 3]


def test_a_branch_that_is_not_used():
    assert al.grad(lambda x: (np.exp(x), x * 2.0)[1])(1.0) == 2


def test_plain_and_tracked_cotangents_add_up():
    """In a nested derivative, some contributions to a cotangent vary and others do not."""
    x = np.array([1.0, 2.0])
    for f in (
        lambda x: np.sum(x * x * x + x + x + x),
        lambda x: np.sum(x + x + x + x * x * x),
        lambda x: np.sum(x + x + x * x * x + x + x),
        lambda x: np.sum(x) + x[0] + x[1] + np.sum(x * x * x) + x[0] + x[1],
        lambda x: np.sum(x * x * x) + x[0] + x[1] + x[[0, 0]][0] + x[0],
    ):
        assert al.hessian(f)(x).tolist() == [[6, 0], [0, 12]]


def test_unbroadcasting_fractions_to_a_single_one():
    one, row = np.array(Fraction(1)), np.array([Fraction(1), Fraction(2)])
    _, pullback = al.vjp(lambda x, y: x * y, one, row)
    by_one, by_row = pullback(row)
    assert by_one == 5 and list(by_row) == [1, 2]


# ---- gradients are the caller's own ----


@al.primitive
def copied(x):
    return x.copy()


al.rule(copied, x=lambda g: g)


ALIASING = {
    "add": lambda x, y: x + y,
    "own rule": lambda x, y: copied(x) + copied(y),
    "reshape": lambda x, y: np.reshape(x, (3, 1)) + np.reshape(y, (3, 1)),
    "transpose": lambda x, y: np.transpose(x) + y,
    "flip": lambda x, y: x[::-1] + y[::-1],
    "stack": lambda x, y: np.stack([x, y]),
    "concatenate": lambda x, y: np.concatenate([x, y]),
    "broadcast": lambda x, y: np.broadcast_to(x, (2, 3)) + y,
    "sum": lambda x, y: np.sum(x) + np.sum(y),
    "the same twice": lambda x, y: x + x + y,
    "pass on": lambda x, y: x,
    "pair": lambda x, y: (x, y),
    "pair of one": lambda x, y: (x, x),
    "unused": lambda x, y: x * 2.0,
}


@pytest.mark.parametrize("name", ALIASING)
def test_gradients_alias_nothing(name):
    x, y = np.arange(3.0), np.arange(3.0) + 5
    value, pullback = al.vjp(ALIASING[name], x, y)
    seed = al.tree_map(lambda v: np.full(np.shape(v), 2.0), value)
    gradients = pullback(seed)
    others = [x, y, *al.tree_leaves(seed), *al.tree_leaves(value)]
    for i, g in enumerate(gradients):
        assert g.flags.writeable
        for other in [*others, *gradients[:i]]:
            assert not np.shares_memory(g, other) or (name, other is value) == ("pass on", False)
    for g in gradients:
        g[...] = np.nan
    again = pullback(seed)
    assert not any(np.isnan(g).any() for g in again)
    assert not any(np.isnan(o).any() for o in others)


def test_tensor_gradients_alias_nothing():
    x, y = al.Tensor(np.arange(3.0)), al.Tensor(np.arange(3.0))
    seed = np.ones(3)
    (x + y).backward(seed)
    assert not np.shares_memory(x.grad, y.grad)
    assert not np.shares_memory(x.grad, seed)
    assert x.grad.flags.writeable and y.grad.flags.writeable


def test_gradients_of_leaves_are_writeable():
    x = al.Tensor(np.arange(3.0))
    np.sum(x).backward()
    gradient = x.grad
    gradient += 1
    assert gradient.tolist() == [2, 2, 2]


def test_no_cotangent_is_changed():
    """A rule may return its own g, or keep it: nobody adds to what somebody can see."""
    seen = []

    @al.primitive
    def spy(x):
        return x.copy()

    def back(g):
        seen.append((g, g.copy()))
        return g

    al.rule(spy, x=back)

    def f(x):
        a = spy(x)
        return spy(a) + spy(x) * x + a + a * a + x[0]

    _, pullback = al.vjp(f, np.arange(3.0))
    seed = np.array([1.0, 2.0, 3.0])
    pullback(seed)
    assert seed.tolist() == [1, 2, 3]
    assert len(seen) == 3
    assert all(np.array_equal(g, copy) for g, copy in seen)


def test_a_rule_may_return_a_constant():
    """The same array every time, and one that cannot be written to."""
    fixed = np.ones(3)
    fixed.flags.writeable = False

    @al.primitive
    def odd(x):
        return x.copy()

    al.rule(odd, x=lambda g: fixed)
    gradient = al.grad(lambda x: np.sum(odd(x) + odd(x) + odd(x) + x))(np.zeros(3))
    assert gradient.tolist() == [4, 4, 4]
    assert fixed.tolist() == [1, 1, 1]


@pytest.mark.parametrize("order", ["index first", "index last"])
def test_indexing_adds_to_nothing_visible(order):
    seed = np.ones(3)

    def f(x):
        return (x[::-1] + x[[0, 0, 1]] + x) if order == "index first" else (x + x[[0, 0, 1]])

    _, pullback = al.vjp(f, np.arange(3.0))
    first = pullback(seed)[0].tolist()
    assert seed.tolist() == [1, 1, 1]
    assert pullback(seed)[0].tolist() == first == ([4, 3, 2] if "first" in order else [3, 2, 1])


# ---- backward, twice and shared ----


def test_backward_again_gives_the_same():
    x = al.Tensor([1.0, 2.0])
    y = np.sum(np.exp(x) * x)
    y.backward()
    first = x.grad
    y.backward()
    assert np.array_equal(x.grad, first)


def test_two_outputs_of_one_tape():
    x = al.Tensor(3.0)
    a = x * x
    b, c = a * 2.0, a + x
    b.backward()
    assert x.grad == 12
    c.backward()
    assert x.grad == 7


def test_backward_from_inside():
    x = al.Tensor(3.0)
    y = x * x
    (y * y).backward()
    assert x.grad == 108
    y.backward()
    assert x.grad == 6


def test_pullback_again_and_linear():
    x = np.array([0.5, 1.5])
    _, pullback = al.vjp(lambda x: np.exp(x) * x, x)
    u, v = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    assert np.array_equal(pullback(u)[0], pullback(u)[0])
    np.testing.assert_allclose(pullback(u + 2 * v)[0], pullback(u)[0] + 2 * pullback(v)[0])
