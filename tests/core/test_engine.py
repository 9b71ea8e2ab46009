"""The engine: cost, memory, accumulation, nesting, and the functional interface."""

import gc
import sys
import tracemalloc
import weakref
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autograd_lite as al
from autograd_lite.core.tape import tape
from autograd_lite.transforms.levels import Level

NUMBERS = st.floats(-2, 2, allow_subnormal=False)
VECTORS = arrays(float, st.integers(1, 4), elements=NUMBERS)


def smooth(x):
    return np.sum(np.sin(x) * np.exp(x * x[::-1]))


# ---- cost: linear in the number of steps ----


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


# ---- memory: freed by reference counting, values kept by need ----


class Watched(np.ndarray):
    """An array that can be watched dying."""


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


def test_values_are_freed_on_the_way_back(no_collector):
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


# ---- gradients are the caller's own ----


@al.primitive
def same(x):
    return x.copy()


al.rule(same, x=lambda g: g)

ALIASING = {
    "add": lambda x, y: x + y,
    "own rule": lambda x, y: same(x) + same(y),
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


def test_used_twice():
    assert al.grad(lambda x: x * x + x)(3.0) == 7
    assert al.grad(lambda x, y: x * y, (0, 1))(2.0, 3.0) == (3, 2)
    assert al.grad(lambda x: np.sum(np.stack([x, x, x])))(np.ones(2)).tolist() == [3, 3]


def test_a_branch_that_is_not_used():
    assert al.grad(lambda x: (np.exp(x), x * 2.0)[1])(1.0) == 2


# ---- the functional interface ----


def test_unused_arguments_have_zero_gradients():
    x, y = np.ones(2, "f4"), {"a": np.ones((2, 1)), "b": 3.0}
    gx, gy = al.grad(lambda x, y: np.sum(x), (0, 1))(x, y)
    assert gx.dtype == "f4" and gx.tolist() == [1, 1]
    assert gy["a"].tolist() == [[0], [0]] and gy["b"] == 0
    assert al.grad(lambda x: 5.0)(x).tolist() == [0, 0]
    assert al.value_and_grad(lambda x: 5.0)(2.0) == (5, 0)


def test_argnums():
    f = lambda a, b, c: a * b * b * c * c * c
    args = 2.0, 3.0, 5.0
    slopes = (9 * 125.0, 2 * 2 * 3 * 125.0, 2 * 9 * 3 * 25.0)
    assert al.grad(f)(*args) == slopes[0]
    assert al.grad(f, 1)(*args) == slopes[1]
    assert al.grad(f, -1)(*args) == slopes[2]
    assert al.grad(f, (0, 2))(*args) == (slopes[0], slopes[2])
    assert al.grad(f, [2, 0])(*args) == (slopes[2], slopes[0])
    assert al.grad(f, (-1, -3))(*args) == (slopes[2], slopes[0])
    assert al.grad(f, ())(*args) == ()
    assert al.grad(f, (1,))(*args) == (slopes[1],)
    assert al.value_and_grad(f, 1)(*args) == (f(*args), slopes[1])
    for wrong in (3, -4, (0, 3)):
        with pytest.raises(TypeError, match="argnums"):
            al.grad(f, wrong)(*args)


def test_the_same_argument_twice():
    with pytest.raises(TypeError, match="names an argument twice"):
        al.grad(lambda a, b: a * a + b, (0, 0))(3.0, 1.0)


def test_one_array_as_two_arguments():
    x = np.ones(2)
    assert [g.tolist() for g in al.grad(lambda a, b: np.sum(2 * a + 3 * b), (0, 1))(x, x)] == [
        [2, 2],
        [3, 3],
    ]


def test_keywords_are_passed_on():
    f = lambda x, *, scale=1.0, **options: x * scale * options.get("more", 1.0)
    assert al.grad(f)(2.0, scale=3.0, more=5.0) == 15
    assert al.value_and_grad(f)(2.0, scale=3.0) == (6, 3)
    assert al.jacobian(f)(2.0, scale=3.0) == 3
    assert al.hessian(lambda x, *, n: n * x * x)(2.0, n=4.0) == 8


def test_names_are_kept():
    def loss(x):
        """The loss."""

    for derivative in (al.grad, al.value_and_grad, al.jacobian, al.hessian):
        assert derivative(loss).__name__ == "loss"
        assert derivative(loss).__doc__ == "The loss."


def test_plain_inputs_and_outputs():
    """Numbers, lists inside, scalars and arrays are taken; arrays or NumPy scalars come back."""
    assert al.grad(lambda x: x * x)(3.0) == 6
    assert al.grad(lambda x: x * x)(np.float32(3)).dtype == np.float32
    value, gradient = al.value_and_grad(lambda x: np.sum(x * x))(np.ones(2))
    assert not isinstance(value, al.Tensor) and type(gradient) is np.ndarray
    assert al.grad(lambda xs: xs[0] * xs[1])([2.0, 3.0]) == [3, 2]
    assert type(al.vjp(np.sin, np.ones(2))[0]) is np.ndarray


def test_scalar_results_of_any_kind():
    for f in (np.sum, lambda x: np.reshape(np.sum(x), ()), lambda x: x[0] + x[1]):
        assert al.grad(f)(np.ones(2)).tolist() == [1, 1]


def test_has_no_state():
    """A Tensor of one call has no meaning in another, and no effect on it."""
    leaked = []
    al.grad(lambda x: leaked.append(x) or x * x)(3.0)
    (old,) = leaked
    assert al.grad(lambda x: x * al.stop_gradient(old))(2.0) == 3


# ---- nesting ----


def test_perturbation_confusion():
    grad = al.grad
    assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(1.0) == 1
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6
    assert grad(lambda x: grad(lambda y: y * y * x)(x))(3.0) == 12
    assert grad(lambda x: grad(lambda x: x * x)(x) * x)(3.0) == 12
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z * z)(y))(x))(2.0) == 16
    assert grad(lambda x: x * grad(lambda y: y * grad(lambda z: x + y + z)(x))(x))(2.0) == 1


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_three_levels(abc):
    a, b, c = abc
    grad = al.grad

    def f(x):
        inner = lambda y: grad(lambda z: np.sin(x * y) * z * z * y + x * z)(y) * x
        return grad(inner)(c * x) + b * x

    # z ↦ sin(xy) z² y + x z has slope 2 z y sin(xy) + x; at z = y: 2 y² sin(xy) + x
    # times x, by y: 4 x y sin(xy) + 2 x² y² cos(xy); at y = c x, by x:
    s, k = np.sin(c * a * a), np.cos(c * a * a)
    slope = 8 * c * a * s + 4 * c * a * a * k * 2 * c * a
    slope += 8 * c * c * a**3 * k - 2 * c * c * a**4 * s * 2 * c * a
    np.testing.assert_allclose(grad(f)(a), slope + b, rtol=1e-10, atol=1e-10)


def test_closures_over_tensors():
    outer = al.Tensor(3.0)
    y = al.grad(lambda x: x * x * outer)(2.0)
    assert isinstance(y, al.Tensor)
    y.backward()
    assert outer.grad == 4
    value, gradient = al.value_and_grad(lambda x: x * outer)(2.0)
    (value * gradient).backward()
    assert outer.grad == 2 * 2 * 3


def test_gradient_at_a_tensor():
    t = al.Tensor([1.0, 2.0])
    np.sum(al.grad(lambda x: np.sum(x * x * x))(t)).backward()
    assert t.grad.tolist() == [6, 12]


def test_a_new_tensor_inside():
    def f(x):
        inner = al.Tensor(2.0)
        (inner * inner).backward()
        return x * inner.grad

    assert al.grad(f)(3.0) == 4


def test_stop_gradient_at_every_level():
    assert al.grad(lambda x: x * al.stop_gradient(x))(3.0) == 3
    assert al.grad(al.grad(lambda x: x * x * al.stop_gradient(x)))(3.0) == 6
    inside = al.stop_gradient({"a": [al.Tensor(1.0)]})
    assert inside == {"a": [1.0]} and type(inside["a"][0]) is not al.Tensor


@given(VECTORS)
def test_orders(x):
    n = len(x)
    f = lambda x: np.sum(x**5) + np.prod(x)
    d = al.grad(lambda x: np.sum(al.grad(lambda x: np.sum(al.grad(lambda x: np.sum(x**5))(x)))(x)))
    np.testing.assert_allclose(d(x), 60 * x**2)
    assert al.hessian(f)(x).shape == (n, n)


# ---- jvp, vjp, jacobian, hessian and hvp agree ----


@given(VECTORS, st.integers(0, 100))
def test_derivatives_agree(x, seed):
    rng = np.random.default_rng(seed)
    f = lambda x: np.exp(x) * np.sum(np.sin(x)) + x[0]
    v, u = rng.normal(size=x.shape), rng.normal(size=x.shape)
    J = al.jacobian(f)(x)
    value, tangent = al.jvp(f, (x,), (v,))
    close = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    assert np.array_equal(value, f(x))
    close(tangent, J @ v)
    close(al.vjp(f, x)[1](u)[0], u @ J)
    H = al.hessian(smooth)(x)
    close(H, H.T)
    close(al.hvp(smooth, x, v), H @ v)
    close(al.hvp(smooth, (x,), (v,))[0], H @ v)
    close(al.jacobian(al.grad(smooth))(x), H)
    close(al.jvp(al.grad(smooth), (x,), (v,))[1], H @ v)


def test_derivatives_by_two_arguments():
    f = lambda x, y: np.outer(x, y * y)
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])
    Jx, Jy = al.jacobian(f, (0, 1))(x, y)
    assert Jx.shape == (2, 3, 2) and Jy.shape == (2, 3, 3)
    assert Jx[1].tolist() == [[0, 9], [0, 16], [0, 25]]
    assert Jy[1].tolist() == np.diag(2 * 2 * y).tolist()
    _, tangent = al.jvp(f, (x, y), (np.ones(2), np.ones(3)))
    np.testing.assert_allclose(tangent, Jx.sum(-1) + Jy.sum(-1))
    a, b = al.hvp(lambda x, y: np.sum(f(x, y)), (x, y), (np.ones(2), np.zeros(3)))
    assert a.tolist() == [0, 0] and b.tolist() == (4 * y).tolist()


def test_hessian_by_two_arguments():
    (xx, xy), (yx, yy) = al.hessian(lambda x, y: x * x * y, (0, 1))(2.0, 3.0)
    assert (xx, xy, yx, yy) == (6, 4, 4, 0)


def test_jvp_of_trees():
    f = lambda p: {"out": p["a"] * p["b"], "sum": p["a"] + p["b"]}
    value, tangent = al.jvp(f, ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": 10.0},))
    assert value == {"out": 6, "sum": 5}
    assert tangent == {"out": 23, "sum": 11}


def test_jacobian_of_trees():
    J = al.jacobian(lambda p: {"y": p["a"] * p["b"]})({"a": np.array([2.0, 3.0]), "b": 5.0})
    assert J["y"]["a"].tolist() == [[5, 0], [0, 5]]
    assert J["y"]["b"].tolist() == [2, 3]


def test_jacobian_of_nothing():
    assert al.jacobian(lambda x: x * x)(np.zeros(0)).shape == (0, 0)
    assert al.jacobian(lambda x: x[:0])(np.ones(3)).shape == (0, 3)
    assert al.jacobian(np.sum)(np.zeros(0)).shape == (0,)
    assert al.jacobian(lambda x: x[:0])(np.ones(3, "f4")).dtype == "f4"


def test_jacobian_of_a_constant():
    assert al.jacobian(lambda x: np.ones(2))(np.ones(3)).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_vjp_of_several_results():
    value, pullback = al.vjp(lambda x: (x * 2.0, [x * x, x], 5.0), np.array([1.0, 2.0]))
    assert value[2] == 5
    u = np.array([1.0, 10.0])
    assert pullback((u, [u, u], 0.0))[0].tolist() == [2 + 2 + 1, 20 + 40 + 10]


def test_jvp_of_a_constant_is_zero():
    assert al.jvp(lambda x: 5.0, (1.0,), (1.0,)) == (5, 0)
    _, tangent = al.jvp(lambda x: (x, np.ones(2)), (1.0,), (3.0,))
    assert tangent[0] == 3 and tangent[1].tolist() == [0, 0]


# ---- numbers of every kind ----


def test_complex_convention():
    """df = Re(Σ g dz)."""
    z, c = np.array([1 + 2j, -0.5j]), np.array([2 - 1j, 3j])
    assert al.grad(lambda z: np.sum(c * z).real)(z).tolist() == c.tolist()
    square = al.grad(lambda z: np.sum(np.real(z * np.conj(z))))(z)
    np.testing.assert_allclose(square, 2 * z.conj())
    imag = al.grad(lambda z: np.sum(np.imag(z)))(z)
    np.testing.assert_allclose(imag, [-1j, -1j])
    x = np.array([1.0, 2.0])
    gradient = al.grad(lambda x: np.sum(np.real(np.exp(1j * x))))(x)
    assert gradient.dtype == float
    np.testing.assert_allclose(gradient, -np.sin(x))


def test_complex_jacobian_is_the_derivative():
    z = np.array([0.3 + 0.4j, 1 - 1j])
    np.testing.assert_allclose(al.jacobian(np.exp)(z), np.diag(np.exp(z)))
    np.testing.assert_allclose(
        al.jacobian(lambda x: np.exp(1j * x))(z.real), np.diag(1j * np.exp(1j * z.real))
    )


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "F", "D", "G"])
def test_dtypes(dtype):
    x = np.array([0.5, 1.5], dtype)
    f = lambda x: np.sum(np.tanh(x * 2.0) * x + x / 3.0) + x[0]
    value, pullback = al.vjp(f, x)
    assert value.dtype == dtype
    (g,) = pullback(np.ones((), dtype))
    assert g.dtype == dtype and np.isfinite(g).all()
    assert al.jvp(f, (x,), (x,))[1].dtype == dtype
    if x.dtype.kind == "f":
        assert al.grad(f)(x).dtype == dtype
        assert al.hessian(f)(x).dtype == dtype


def test_float32_stays_float32_inside():
    """No cotangent on the way is float64."""
    seen = []

    @al.primitive
    def spy(x):
        return x.copy()

    al.rule(spy, x=lambda g: seen.append(g.dtype) or g)
    x = np.ones((3, 2), "f4")
    f = lambda x: np.mean(spy(np.std(spy(np.exp(spy(x @ x.T))), axis=0, ddof=-1)) * 2.0)
    al.grad(f)(x + np.arange(2, dtype="f4") / 4 + np.arange(3, dtype="f4")[:, None])
    assert {d.str for d in seen} == {"<f4"} and len(seen) == 3


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


def test_mixed_precision():
    half, double = np.ones(2, "f2"), np.full(2, 3.0)
    a, b = al.grad(lambda a, b: np.sum(a * b), (0, 1))(half, double)
    assert (a.dtype, b.dtype) == ("f2", "f8")


FRACTIONS = st.fractions(-5, 5, max_denominator=9)


@given(st.lists(FRACTIONS, min_size=1, max_size=4))
def test_fractions_are_exact(values):
    x = np.array(values, object)
    gradient = al.grad(lambda x: np.sum(x * x * x) + x[0] / 3 - 2 * np.sum(x))(x)
    expected = 3 * x * x - 2
    expected[0] += Fraction(1, 3)
    assert gradient.dtype == object
    assert all(type(g) is Fraction for g in gradient)
    assert gradient.tolist() == expected.tolist()
    H = al.hessian(lambda x: np.sum(x * x * x))(x)
    assert H.tolist() == np.diag(6 * x).tolist()


def test_bare_fractions():
    third = Fraction(1, 3)
    assert al.grad(lambda x: x * x)(third) == Fraction(2, 3)
    assert al.grad(al.grad(lambda x: x**3))(third) == 2
    assert al.grad(lambda x: (x + 1) / (x - 1))(third) == Fraction(-9, 2)
    assert al.grad(lambda x, y: x @ y)(np.array([third, 2]), np.array([3, third])).tolist() == [
        3,
        third,
    ]


def test_decimals():
    x = np.array([Decimal("0.1"), Decimal("0.3")])
    gradient = al.grad(lambda x: np.sum(x * x))(x)
    assert gradient.tolist() == [Decimal("0.2"), Decimal("0.6")]


# ---- threads ----


def test_threads():
    x = np.linspace(-1, 1, 50)

    def work(seed):
        t = al.Tensor(x)
        smooth(t).backward()
        return al.grad(smooth)(x), al.hvp(smooth, x, x), t.grad

    expected = work(0)
    with ThreadPoolExecutor(8) as pool:
        for results in pool.map(work, range(80)):
            for a, b in zip(results, expected):
                assert a.tobytes() == b.tobytes()


# ---- kinks: what the slope is where there is none ----


def test_kinks():
    assert al.grad(abs)(0.0) == 0
    assert al.grad(np.maximum, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    assert al.grad(np.minimum, (0, 1))(1.0, 1.0) == (0.5, 0.5)
    assert al.grad(lambda x: np.maximum(x, 0.0))(0.0) == 0.5
    assert al.grad(np.max)(np.array([1.0, 3.0, 3.0])).tolist() == [0, 0.5, 0.5]
    assert al.grad(np.min)(np.array([1.0, 1.0, 3.0])).tolist() == [0.5, 0.5, 0]
    assert [al.grad(lambda x: np.clip(x, 0.0, 1.0))(x) for x in (-0.5, 0.0, 0.5, 1.0, 1.5)] == [
        *(0, 1, 1, 1, 0)
    ]


def test_powers_at_zero():
    assert al.grad(lambda x: x**2)(0.0) == 0
    assert al.grad(lambda x: x**2.0)(0.0) == 0
    assert al.grad(lambda x: x**1)(0.0) == 1
    assert al.grad(lambda x: x**0)(0.0) == 0
    assert al.grad(lambda y: 0.0**y)(2.0) == 0
    assert al.grad(al.grad(lambda x: x**2.0))(0.0) == 2
    assert al.grad(al.grad(lambda x: x**1.0))(0.0) == 0


def test_products_with_zeros():
    assert al.grad(np.prod)(np.array([2.0, 0.0, 3.0])).tolist() == [0, 6, 0]
    assert al.grad(np.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [0, 0, 0]
    assert al.hessian(np.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [
        [0, 3, 0],
        [3, 0, 0],
        [0, 0, 0],
    ]


# ---- a user's own functions ----


def test_own_function():
    @al.primitive
    def scale(x, factor=2.0, *, power=1):
        return x * factor**power

    al.rule(scale, x=lambda g, factor, power: g * factor**power)
    x = np.ones(3)
    assert scale(x).tolist() == [2, 2, 2]
    assert al.grad(lambda x: np.sum(scale(x)))(x).tolist() == [2, 2, 2]
    assert al.grad(lambda x: np.sum(scale(x, 3.0)))(x).tolist() == [3, 3, 3]
    assert al.grad(lambda x: np.sum(scale(x, factor=3.0, power=2)))(x).tolist() == [9, 9, 9]
    assert al.grad(lambda x: np.sum(scale(x=x)))(x).tolist() == [2, 2, 2]


def test_own_function_of_two_results():
    @al.primitive
    def parts(x):
        return x * 2.0, x * x

    al.rule(parts, x=lambda g, x: 2 * g[0] + 2 * x * g[1])
    f = lambda x: np.sum(parts(x)[0] * 3.0 + parts(x)[1])
    assert al.grad(f)(np.array([1.0, 2.0])).tolist() == [8, 10]
    assert al.grad(lambda x: np.sum(parts(x)[1]))(np.array([1.0, 2.0])).tolist() == [2, 4]
    assert al.hvp(f, np.array([1.0, 2.0]), np.ones(2)).tolist() == [2, 2]


def test_a_rule_for_a_function_of_numpy(monkeypatch):
    from autograd_lite.core.registry import PRIMITIVES

    monkeypatch.delitem(PRIMITIVES, np.spacing, raising=False)
    al.rule(np.spacing, x=lambda g: 0 * g)
    assert al.grad(np.spacing)(1.0) == 0
    monkeypatch.delitem(PRIMITIVES, np.spacing, raising=False)


def test_the_latest_rule_counts():
    @al.primitive
    def f(x):
        return x * 1.0

    al.rule(f, x=lambda g: g)
    assert al.grad(f)(1.0) == 1
    al.rule(f, x=lambda g, y: g * 5 * y)
    assert al.grad(f)(1.0) == 5


def test_constants_in_any_place():
    @al.primitive
    def madd(a, b, c):
        return a * b + c

    al.rule(
        madd,
        broadcasts=True,
        a=lambda g, b: g * b,
        b=lambda g, a: g * a,
        c=lambda g: g,
    )
    x = np.array([2.0, 3.0])
    assert al.grad(lambda b: np.sum(madd(x, b, 1.0)))(x).tolist() == [2, 3]
    assert al.grad(lambda c: np.sum(madd(x, x, c)))(1.0) == 2
    assert al.grad(lambda a: np.sum(madd(a, a, a)))(x).tolist() == [5, 7]
    assert [np.sum(g) for g in al.grad(lambda *t: np.sum(madd(*t)), (0, 1, 2))(1.0, x, x)] == [
        *(5, 2, 2)
    ]


def test_the_tape_is_in_order():
    x = al.Tensor(1.0)
    y = np.exp(x) * x + x
    nodes = tape([y.node])
    assert [n.number for n in nodes] == sorted(n.number for n in nodes)
    assert [n.primitive.name for n in nodes] == ["exp", "multiply", "add"]
    assert nodes[0].first is x.node and nodes[-1] is y.node


def test_levels_rise():
    outer, inner = Level((1.0,), (0,)), Level((1.0,), (0,))
    assert inner.number > outer.number > 0


def test_unbroadcasting_fractions_to_a_single_one():
    one, row = np.array(Fraction(1)), np.array([Fraction(1), Fraction(2)])
    _, pullback = al.vjp(lambda x, y: x * y, one, row)
    by_one, by_row = pullback(row)
    assert by_one == 5 and list(by_row) == [1, 2]


def test_mixed_derivatives_of_a_power_at_exponent_zero():
    by_both = al.grad(lambda y: al.grad(lambda x: x**y)(0.5))
    assert by_both(0.0) == 2.0  # d/dy (y x^(y−1)) = 1/x at y = 0
    assert al.grad(lambda x: x**0.0)(0.0) == 0.0


def test_second_derivatives_of_a_single_fraction():
    f = al.grad(al.grad(lambda x: np.stack([x, x])[0] * x))
    assert f(np.array(Fraction(1))) == 2
