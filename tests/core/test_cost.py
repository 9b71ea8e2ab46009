"""What a derivative costs: time in proportion to the steps, memory as the rules need it."""

import gc
import sys
import tracemalloc
import weakref

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.tape import tape
from tests.support.derivatives import smooth

# ---- time: linear in the number of steps ----


@pytest.fixture
def shallow():
    """Little room for recursion."""
    depth, frame = 0, sys._getframe()
    while frame:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 60)
    yield
    sys.setrecursionlimit(limit)


def test_long_chain(shallow):
    def f(x):
        for _ in range(100_000):
            x = x + 1.0
        return x

    assert al.grad(f)(0.0) == 1
    t = al.Tensor(0.0)
    y = f(t)
    y.backward()
    assert t.grad == 1
    del y


def test_diamonds(shallow):
    def f(x):
        for _ in range(60):
            x = x + x
        return x

    assert al.grad(f)(1.0) == 2.0**60
    assert al.hvp(lambda x: f(x * x), 1.0, 1.0) == 2.0**61


def test_ladder(shallow):
    """Every step uses the two before it: paths are as many as the Fibonacci numbers."""

    def f(x):
        a, b = x, x
        for _ in range(80):
            a, b = b, a + b
        return b

    assert al.grad(f)(1.0) == f(1.0)


def test_many_indexings():
    """No dense array of zeros per index: neither all at once nor one after the other."""
    n = 10_000
    x = np.arange(n) / n
    dense = []

    def f(x):
        total = 0.0
        for i in range(n):
            total = total + x[i] * x[i]
        return total

    def counted(*args, **options):
        dense.append(args)
        return zeros_like(*args, **options)

    zeros_like = np.zeros_like
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "zeros_like", counted)
        gradient = al.grad(f)(x)
    assert np.array_equal(gradient, 2 * x)
    assert len(dense) < 10


def test_memory_of_indexing():
    n = 100_000
    x = np.ones(n)
    f = lambda x: sum((x[i] for i in range(100)), 0.0)
    al.grad(f)(x)
    tracemalloc.start()
    al.grad(f)(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * x.nbytes


# ---- memory: freed by reference counting ----


def test_freed_without_the_collector(no_collector):
    x = np.ones(5)
    seen = []

    @al.primitive
    def double(x):
        y = 2 * x
        seen.append(weakref.ref(y))
        return y

    al.rule(double, x=lambda g, y: 2 * g + 0 * y)
    al.grad(lambda x: np.sum(double(double(x))))(x)
    assert [r() is None for r in seen] == [True, True]
    t = al.Tensor(x)
    loss = np.sum(double(t))
    loss.backward()
    assert seen[-1]() is not None
    del loss
    assert seen[-1]() is None


def test_nodes_are_freed(no_collector):
    """Also after an error, and with tapes within tapes."""

    def count():
        return sum(type(o).__name__ in ("Node", "Tensor", "Level") for o in gc.get_objects())

    def broken(x):
        np.sum(x * x)
        raise KeyError

    x = np.ones(3)
    before = count()
    al.hessian(smooth)(x)
    al.jvp(smooth, (x,), (x,))
    al.value_and_grad(smooth)(x)
    with pytest.raises(KeyError):
        al.grad(broken)(x)
    assert count() == before


def test_values_are_freed_in_the_backward_pass(no_collector):
    """While the tape runs backward, what a step kept goes before the next step is reached."""
    alive, values = [], []

    @al.primitive
    def watched(x):
        y = x + 1
        values.append(weakref.ref(y))
        return y

    def back(g, y):
        alive.append(sum(r() is not None for r in values))
        return g + 0 * y

    al.rule(watched, x=back)
    al.grad(lambda x: np.sum(watched(watched(watched(watched(x))))))(np.ones(3))
    assert alive == sorted(alive, reverse=True)
    assert alive[-1] <= 2


# ---- memory: values are kept by need ----


@pytest.mark.parametrize(
    "f, kept",
    [
        (lambda x, y: x + y, (False, False, False)),
        (lambda x, y: x - y, (False, False, False)),
        (lambda x, y: x * y, (True, True, False)),
        (lambda x, y: x / y, (False, True, True)),
        (lambda x, y: x @ y, (True, True, False)),
        (lambda x, y: np.exp(x), (False, None, True)),
        (lambda x, y: np.tanh(x), (False, None, True)),
        (lambda x, y: np.sin(x), (True, None, False)),
        (lambda x, y: np.maximum(x, 0.0), (True, None, False)),
        (lambda x, y: np.maximum(x, y), (True, True, False)),
        (lambda x, y: np.sum(x), (False, None, False)),
        (lambda x, y: np.reshape(x, (1, -1)), (False, None, False)),
        (lambda x, y: x[0], (False, None, False)),
        (lambda x, y: np.concatenate([x, x]), (False, None, False)),
        (lambda x, y: x * 2.0, (False, None, False)),
        (lambda x, y: np.square(x), (True, None, False)),
    ],
)
def test_values_are_kept_by_need(f, kept):
    x, y = al.Tensor(np.ones((2, 2))), al.Tensor(np.full((2, 2), 2.0))
    result = f(x, y)
    assert hasattr(x.node, "value") == kept[0]
    assert hasattr(y.node, "value") == bool(kept[1])
    assert hasattr(result.node, "value") == kept[2]


def test_constants_are_kept_by_need():
    c = np.ones(3)
    t = al.Tensor(c)
    assert (t + c).node.second is None
    assert (t * c).node.second is c
    assert (c - t).node.first is None


def test_untracked_arguments_keep_nothing():
    x, c = al.Tensor(np.ones(3)), np.ones(3)
    y = x * c
    assert not hasattr(x.node, "value")
    assert y.node.first is x.node


# ---- the tape: small nodes, in order ----


def test_the_nodes_of_a_chain_refer_to_little():
    """The collector looks at all of it, several times: 96 bytes a step, whose shape is shared."""
    x = al.Tensor(np.ones(3))
    nodes = tape([(np.tanh(x * 2.0) + x).node])
    assert [n.primitive.name for n in nodes] == ["multiply", "tanh", "add"]
    assert all(n.shape is x.node.shape and n.more is x.node.more for n in nodes)
    assert all(object.__sizeof__(n) <= 96 for n in nodes)  # that of the collector not counted
    assert (np.ones((2, 3)) + x).node.shape == (2, 3)


def test_what_few_nodes_have():
    x = al.Tensor(np.ones((2, 2)))
    y = np.sum(x, axis=0)
    assert (y.node.options, y.node.rest, x.node.options) == ({"axis": 0}, (), {})
    assert not hasattr(y.node, "grad") and x.grad is None
    y.node.note = "seen"
    assert (y.node.note, y.node.options) == ("seen", {"axis": 0})
    assert not x.node.more  # and what all share is still empty


def test_the_tape_is_in_order():
    x = al.Tensor(1.0)
    y = np.exp(x) * x + x
    nodes = tape([y.node])
    assert [n.number for n in nodes] == sorted(n.number for n in nodes)
    assert [n.primitive.name for n in nodes] == ["exp", "multiply", "add"]
    assert nodes[0].first is x.node and nodes[-1] is y.node
