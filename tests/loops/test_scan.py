"""What a scan takes, refuses and keeps, and what may happen in a step."""

import gc
import threading
import tracemalloc
from collections import namedtuple
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.loops import sections
from tests.support.compiled import LAYOUTS, check_compiled, laid_out
from tests.support.equality import same, same_trees
from tests.support.errors import raises
from tests.support.loops import python_loop, reverse_scan

rng = np.random.default_rng(0)
W, B, H = rng.standard_normal((3, 3)) / 2, rng.standard_normal(3), rng.standard_normal(3)
X = rng.standard_normal((5, 3))

State = namedtuple("State", ["h", "c"])


@dataclass
class Pair:
    first: Any
    second: Any


def step_of(W, b):
    def step(h, x):
        h = np.tanh(W @ h + x * b + np.sin(W) @ h)
        return h, np.sum(h * h)

    return step


def last_and_sum(W, b, h, X):
    h, ys = al.scan(step_of(W, b), h, X)
    return np.sum(h) + np.sum(ys)


# ---- trees ----


@pytest.mark.parametrize("reverse", [False, True])
def test_trees(reverse):
    def step(state, x):
        h = np.tanh(W @ state["s"].h + x.first)
        c = state["s"].c + x.second["k"]
        return {"s": State(h, c)}, Pair((h, None), {"c": c})

    def run(carry, xs, loop=al.scan):
        return loop(step, carry, xs, reverse=reverse)

    carry = {"s": State(H, np.float64(2.0))}
    xs = Pair(X, {"k": X[:, 0]})
    value = run(carry, xs)
    assert type(value[0]["s"]) is State and type(value[1]) is Pair and value[1].first[1] is None
    assert same_trees(value, run(carry, xs, python_loop))
    number = lambda carry, xs: sum(np.sum(np.sin(y)) for y in al.tree_leaves(run(carry, xs)))
    gradient = al.grad(number, (0, 1))
    assert type(gradient(carry, xs)[1]) is Pair
    assert same_trees(al.trace(gradient, carry, xs)(carry, xs), gradient(carry, xs))
    check_compiled(gradient, (carry, xs))


def test_nothing_is_returned_or_carried():
    assert al.scan(lambda h, x: (h + x, None), 0.0, np.ones(3)) == (3.0, None)
    assert same(al.map(lambda x, y: x @ y, X, X), np.array([x @ x for x in X]))
    assert al.scan(lambda _, x: (None, x), None, np.arange(2))[0] is None


@pytest.mark.parametrize("n", [0, 1])
def test_few_turns(n):
    carry, ys = al.scan(step_of(W, B), H, X[:n])
    assert ys.shape == (n,) and carry.shape == (3,)
    gradients = al.grad(last_and_sum, (0, 1, 2, 3))(W, B, H, X[:n])
    assert [g.shape for g in gradients] == [(3, 3), (3,), (3,), (n, 3)]
    if n == 0:
        assert same(carry, H) and same(gradients[2], np.ones(3))


def test_a_length_in_place_of_xs():
    double = lambda x: al.scan(lambda c, _: (c * x, c), 1.0, length=3)
    assert same_trees(double(2.0), (8.0, np.array([1.0, 2.0, 4.0])))
    assert al.grad(lambda x: double(x)[0])(2.0) == 12


# ---- numbers of any kind, lying in memory in any way ----


def test_fractions_are_exact():
    """c_T = x₁ … x_T c, so that ∂c_T/∂c is the product, and ∂c_T/∂x_t that of all the others."""
    x = np.array([Fraction(1, 3), Fraction(2, 5), Fraction(-3, 7)])
    f = lambda c, x: al.scan(lambda c, x: (c * x, None), c, x)[0]
    c, product = Fraction(1, 2), Fraction(-2, 35)
    gradient = al.grad(f, (0, 1))(c, x)
    assert gradient[0] == product
    assert gradient[1].tolist() == [c * product / part for part in x]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    xs = laid_out(X, layout)
    f = al.value_and_grad(last_and_sum, (0, 1, 2, 3))
    check_compiled(f, (W, B, H, xs))
    assert same_trees(al.trace(f, W, B, H, xs)(W, B, H, xs), f(W, B, H, xs))
    found = al.vjp(lambda xs: al.scan(step_of(W, B), H, xs), xs)[1]((H, X[:, 0]))[0]
    assert same(found, reverse_scan(step_of, (W, B), H, xs, H, X[:, 0])[2])


def test_weak_numbers_become_what_a_turn_makes_of_them():
    ones = np.ones(3, np.float32)
    total, _ = al.scan(lambda c, x: (c + x, c), 0, ones)
    assert total.dtype == np.float32 and total == 3
    f = lambda x: al.scan(lambda c, x: (c + x * x, None), 0, x)[0]
    assert same(al.grad(f)(ones), 2 * ones)
    assert same(al.trace(al.grad(f), ones)(ones), 2 * ones)


# ---- closures, nests and orders ----


def test_tensors_of_several_levels():
    """The step reads values of an outer derivative and of an inner one."""

    def inner(b, W):
        return last_and_sum(W, b, H, X)

    def outer(W):
        return np.sum(al.grad(inner)(B, W) ** 2)

    def unrolled(W):
        f = lambda b: (lambda h, ys: np.sum(h) + np.sum(ys))(*python_loop(step_of(W, b), H, X))
        return np.sum(al.grad(f)(B) ** 2)

    assert np.allclose(al.grad(outer)(W), al.grad(unrolled)(W), rtol=1e-12)
    assert same(al.trace(al.grad(outer), W)(W), al.grad(outer)(W))


def test_nested_scans():
    def f(W, h, loop=al.scan):
        def step(h, x):
            inner = lambda k, z: (np.tanh(W @ k + z * x), np.sum(k * x))
            k, ys = loop(inner, h, np.outer(x, h), reverse=True)
            return k, np.sum(ys) * h

        h, ys = loop(step, h, X)
        return np.sum(h) + np.sum(ys * ys)

    assert np.allclose(f(W, H), f(W, H, python_loop), rtol=1e-14)
    for order in (al.grad(f, (0, 1)), lambda W, h: al.hvp(f, (W, h), (W, h))):
        assert same_trees(al.trace(order, W, H)(W, H), order(W, H))
        check_compiled(order, (W, H))
    found, expected = al.grad(f)(W, H), al.grad(lambda W: f(W, H, python_loop))(W)
    assert np.allclose(found, expected, rtol=1e-12)


def test_all_transforms():
    f = lambda h: al.scan(step_of(W, B), h, X)[0]
    g = lambda h: python_loop(step_of(W, B), h, X)[0]
    assert np.allclose(al.jacobian(f)(H), al.jacobian(g)(H), rtol=1e-12)
    assert np.allclose(al.jvp(f, (H,), (B,))[1], al.jacobian(g)(H) @ B, rtol=1e-12)
    number = lambda f: lambda h: np.sum(np.sin(f(h)))
    hessians = [al.hessian(number(f))(H) for f in (f, g)]
    assert np.allclose(*hessians, rtol=1e-10, atol=1e-13)


def test_backward():
    t = al.Tensor(W)
    last_and_sum(t, B, H, X).backward()
    assert same(t.grad, al.grad(last_and_sum)(W, B, H, X))


def test_gradients_of_samples():
    loss = lambda W, x: np.sum(np.tanh(W @ x))
    each = np.stack([al.grad(loss)(W, x) for x in X])
    f = lambda W, X: al.map(lambda x: al.grad(loss)(W, x), X)
    assert same(f(W, X), each)
    check_compiled(f, (W, X))


def test_hypergradient_through_a_training():
    def trained(rate, loop=al.scan):
        descend = lambda w, _: (w - rate * al.grad(lambda w: np.sum((w * w - 1) ** 2))(w), None)
        return np.sum(loop(descend, np.array([0.3, 2.0]), None, length=20)[0] ** 2)

    assert np.allclose(al.grad(trained)(0.01), al.grad(lambda r: trained(r, python_loop))(0.01))
    check_compiled(al.grad(trained), (0.01,))


# ---- what may happen in a step ----


@al.primitive
def cubed(x, *, scale=1.0):
    return scale * x**3


al.rule(cubed, x=lambda g, x, scale: g * scale * 3 * x**2)


def with_primitive(h, x):
    return cubed(np.tanh(h + x), scale=2.0), np.sum(h)


def with_checkpoint(h, x):
    return al.checkpoint(lambda h, x: np.tanh(W @ h) * x)(h, x), h


@pytest.mark.parametrize("step", [with_primitive, with_checkpoint])
def test_steps_with_steps_of_ones_own(step):
    f = lambda h: sum(np.sum(y) for y in al.tree_leaves(al.scan(step, h, X)))
    g = lambda h: sum(np.sum(y) for y in al.tree_leaves(python_loop(step, h, X)))
    assert np.allclose(al.grad(f)(H), al.grad(g)(H), rtol=1e-13)
    assert same(al.trace(al.grad(f), H)(H), al.grad(f)(H))
    assert np.allclose(al.hessian(f)(H), al.hessian(g)(H), rtol=1e-10, atol=1e-12)


def test_a_checkpoint_in_a_traced_step_reads_nothing_of_the_turn():
    """Its backward pass is another loop's, with other values: these are arguments, as above."""
    reads = lambda h, x: (al.checkpoint(lambda h: np.tanh(W @ h) * x)(h), None)
    f = lambda h: np.sum(al.scan(reads, h, X)[0])
    assert same(al.grad(f)(H), al.grad(lambda h: np.sum(al.scan(with_checkpoint, h, X)[0]))(H))
    with raises(TypeError, "belongs to another trace", "pass it as an argument"):
        al.trace(al.grad(f), H)


def test_a_step_branches_on_numbers():
    def step(h, x):
        return (h * x if h[0] > 0 else h - x), None

    f = lambda h: np.sum(al.scan(step, h, X)[0])
    assert np.allclose(al.grad(f)(H), al.grad(lambda h: np.sum(python_loop(step, h, X)[0]))(H))
    with raises(TypeError, "branch on the truth", "np.where"):
        al.trace(f, H)
    chosen = lambda h, x: (np.where(h[0] > 0, h * x, h - x), None)
    f = lambda h: np.sum(al.scan(chosen, h, X)[0])
    assert same(al.trace(al.grad(f), H)(H), al.grad(f)(H))


def test_a_step_draws_random_numbers():
    def f(h, loop=al.scan):
        draw = np.random.default_rng(3)
        return np.sum(loop(lambda h, x: (h * x + draw.normal(size=3) * h, None), h, X)[0])

    assert f(H) == f(H, python_loop)
    assert np.allclose(al.grad(f)(H), al.grad(lambda h: f(h, python_loop))(H), rtol=1e-13)


def test_debug():
    with al.debug():
        assert same(al.grad(last_and_sum)(W, B, H, X), al.grad(last_and_sum)(W, B, H, X))


def test_threads():
    expected = al.grad(last_and_sum, (0, 1, 2, 3))(W, B, H, X)
    found = []
    run = lambda: found.append(al.grad(last_and_sum, (0, 1, 2, 3))(W, B, H, X))
    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(same_trees(g, expected) for g in found)


# ---- what is kept ----


def kept_bytes(loop, **options):
    """The bytes that live as long as the pullback of a loop does."""
    xs = np.ones((200, 128))
    weights = np.eye(128)
    step = lambda h, x: (np.tanh(weights @ h + x * np.sin(h)), np.sum(h * h))
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = al.vjp(lambda h: loop(step, h, xs, **options), np.ones(128))
        assert kept
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_kept_bytes():
    unrolled = kept_bytes(python_loop)
    assert kept_bytes(al.scan) <= 1.2 * unrolled
    assert kept_bytes(al.scan, checkpoint=20) <= 0.5 * unrolled


# ---- what is refused, and remedies that work ----


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda h, x: h, ["step returned an array of shape (3,)", "a pair: carry, y"]),
        (lambda h, x: (h[:2], 1), ["h of shape (3,)", "shape (2,)", "keep the shape (3,)"]),
        (lambda h, x: ({"a": h}, 1), ["an array of shape (3,)", "dict", "structure"]),
        (lambda h, x: (h.astype("f4"), 1), ["h of", "float32", "h.astype('float64')"]),
    ],
)
def test_what_is_carried_keeps_its_kind(step, words):
    for run in (
        lambda h: al.scan(step, h, X),
        al.grad(lambda h: np.sum(al.scan(step, h, X)[0])),
        lambda h: al.trace(lambda h: al.scan(step, h, X), h),
    ):
        with raises(TypeError, *words):
            run(H)


def test_remedies_for_what_is_carried():
    assert al.scan(lambda h, x: (h[:3] * x, 1), H, X)[0].shape == (3,)
    single = lambda h, x: (h.astype("f4").astype("float64"), 1)
    assert al.scan(single, H, X)[0].dtype == np.float64
    assert al.scan(lambda h, x: (h.astype("f4"), 1), H.astype("f4"), X)[0].dtype == np.float32


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: al.scan(step_of(W, B), H), TypeError, ["number of turns", "length="]),
        (lambda: al.scan(step_of(W, B), H, X, length=4), ValueError, ["xs has 5", "length=4"]),
        (lambda: al.scan(step_of(W, B), H, [X, X[1:]]), ValueError, ["xs[0] has 5", "xs[1] has 4"]),
        (lambda: al.scan(step_of(W, B), H, 3.0), ValueError, ["xs is a single number", "np.array"]),
        (
            lambda: al.scan(step_of(W, B), H, length=2.5),
            TypeError,
            ["length = 2.5", "a whole number"],
        ),
        (lambda: al.scan(step_of(W, B), H, length=-1), ValueError, ["length = -1", "at least 0"]),
    ],
)
def test_lengths(call, kind, words):
    with raises(kind, *words):
        call()


def test_a_value_of_a_step_stays_in_it():
    leak = []

    def step(h, x):
        leak.append(np.tanh(W @ h + x))
        return leak[-1], 2 * leak[-1]

    with raises(TypeError, "made inside of a scan's step", "return it from step"):
        al.grad(lambda h: np.sum(al.scan(step, h, X)[0]) + np.sum(leak[-1] * 2))(H)
    assert al.grad(lambda h: np.sum(al.scan(step, h, X)[1][-1]))(H).shape == (3,)  # the remedy


def test_a_value_of_an_earlier_turn_is_carried():
    earlier = [H]

    def step(h, x):
        earlier.append(np.tanh(W @ h + x) * 2)
        return earlier[-1] + earlier[-2], None

    with raises(TypeError, "an earlier turn made", "carry it"):
        al.grad(lambda h: np.sum(al.scan(step, h, X)[0]))(H)

    def carried(pair, x):
        h, before = pair
        now = np.tanh(W @ h + x) * 2
        return (now + before, now), None

    assert al.grad(lambda h: np.sum(al.scan(carried, (h, H), X)[0][0]))(H).shape == (3,)


def test_a_checkpointed_step_is_pure():
    draw = np.random.default_rng(0)

    def impure(h, x):
        return np.tanh(h * x + draw.normal(size=3)), None

    with raises(RuntimeError, "checkpoint=", "not pure", "pass these as xs"):
        al.grad(lambda h: np.sum(al.scan(impure, h, X, checkpoint=2)[0]))(H)
    noise = draw.normal(size=X.shape)
    pure = lambda h, x: (np.tanh(h * x[0] + x[1]), None)
    f = lambda h, k: np.sum(al.scan(pure, h, (X, noise), checkpoint=k)[0])
    assert same(al.grad(f)(H, 2), al.grad(f)(H, None))


# ---- mistakes that these tests are to find ----


def gradients_agree():
    w = (H, X[:, 0])
    f = lambda p, h, xs: al.scan(step_of(*p), h, xs)
    found = al.vjp(f, (W, B), H, X)[1](w)
    return same_trees(found, reverse_scan(step_of, (W, B), H, X, *w))


def swapped(total, c):
    return c + (total * 2 - total) * (1 + 2**-50)


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("added", swapped),  # the sum rounds otherwise
        ("added", lambda total, c: total),  # the gradient of what is read from outside is lost
        ("of", lambda leaf, found: 0 * found.pop(leaf, 0) + np.zeros(leaf.shape)),
        ("zero", None),
    ],
)
def test_planted_mistakes_are_found(monkeypatch, name, mistake):
    assert gradients_agree()
    if mistake is None:  # the wrong part of xs
        monkeypatch.setattr(sections.Loop, "order", property(lambda loop: range(loop.length)))
    else:
        monkeypatch.setattr(sections, name, mistake)
    assert not gradients_agree()


def test_a_loop_may_begin_with_infinity():
    """Its text names no `inf` that nobody defined."""
    f = lambda x: al.scan(lambda c, a: (np.minimum(c, a), c), np.inf, x)
    x = np.array([3.0, 2.0])
    assert same_trees(al.compile(f)(x), f(x))
    assert same_trees(al.trace(f, x).compile()(x), f(x))


def third(f, v):
    """The gradient of what the gradient of what the gradient along ``v`` is along ``v`` is."""
    along = lambda f: lambda w: np.sum(v * al.grad(f)(w))
    return al.grad(along(along(f)))


@pytest.mark.parametrize("loop", [False, True])
def test_third_derivatives_of_programs(loop, rng):
    """To the bit without a loop; with one, gradients may be added in another order."""
    w, v = rng.normal(size=(2, 3, 3))
    h, xs = rng.normal(size=3), rng.normal(size=(4, 3))

    def f(w):
        turn = lambda h, x: (np.tanh(np.sin(w[0]) * h + w @ x), None)
        if loop:
            return np.sum(al.scan(turn, h, xs)[0] ** 2)
        return np.sum(turn(turn(h, xs[0])[0], xs[1])[0] ** 2)

    expected, found = third(f, v)(w), al.trace(third(f, v), w)(w)
    if loop:
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)
    else:
        assert np.array_equal(found, expected)
