"""Layers: against gradients derived by hand, at second order, in training and evaluation."""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.testing import assert_same_bits, check_grads
from tests.support.derivatives import gradients
from tests.support.drawn import SEEDS, numbers
from tests.support.equality import assert_close
from tests.support.reference import attention as attention_by_hand
from tests.support.reference import recurrent

# ---- masked linear: only the entries of the pattern are parameters ----


@given(SEEDS)
def test_masked_linear_is_exact_in_fractions(rng):
    mask = rng.integers(2, size=(3, 4)).astype(bool)
    layer = nn.MaskedLinear(mask, rng=rng)
    layer.weight, layer.bias = numbers("fraction", rng, mask.sum()), numbers("fraction", rng, 3)
    W = np.full((3, 4), Fraction(0))
    W[mask] = layer.weight
    x, delta = numbers("fraction", rng, 2, 4), numbers("fraction", rng, 2, 3)
    y, dx, dw, db = gradients(layer, x, delta)
    assert np.all(y == x @ W.T + layer.bias) and np.all(dx == delta @ W)
    assert np.all(dw == (delta.T @ x)[mask]) and np.all(db == delta.sum(axis=0))


def test_masked_linear_has_only_its_parameters(rng):
    mask = np.tri(4, 3, dtype=bool)
    layer = nn.MaskedLinear(mask, rng=rng, dtype=np.float32)
    assert [w.shape for w in al.tree_leaves(layer)] == [(9,), (4,)]
    assert layer.matrix.dtype == np.float32 and np.all((layer.matrix != 0) == mask)
    check_grads(
        lambda layer, x: np.sin(layer(x)), (nn.MaskedLinear(mask, rng=rng), np.ones((2, 3)))
    )
    with pytest.raises(TypeError, match="use W != 0"):
        nn.MaskedLinear(np.eye(3), rng=rng)


# ---- dropout ----


@given(SEEDS)
def test_dropout_is_exact_in_fractions(rng):
    x, delta = numbers("fraction", rng, 3, 4), numbers("fraction", rng, 3, 4)
    kept = rng.integers(2, size=(3, 4)).astype(bool)
    y, pullback = al.vjp(lambda x: nn.dropout(x, kept, Fraction(1, 3)), x)
    scale = np.where(kept, Fraction(3, 2), Fraction(0))
    assert np.all(y == scale * x) and np.all(pullback(delta)[0] == scale * delta)


def test_dropout_in_training_and_evaluation():
    layer, x = nn.Dropout(0.25), np.ones(10_000, np.float32)
    assert layer(x) is x
    y = layer(x, training=True, rng=np.random.default_rng(0))
    assert y.dtype == np.float32 and set(np.unique(y)) == {0, np.float32(1) / np.float32(0.75)}
    assert abs(np.mean(y) - 1) < 4 * np.sqrt(1 / 3 / 10_000)  # four standard deviations
    again = nn.Sequential([nn.tanh, layer])(x, training=True, rng=np.random.default_rng(0))
    assert np.all((again != 0) == (y != 0))
    with pytest.raises(TypeError, match=r"rng=np\.random\.default_rng"):
        layer(x, training=True)
    single = nn.Dropout(np.float64(0.25))(x, training=True, rng=np.random.default_rng(0))
    assert single.dtype == np.float32 and np.all(single == y)
    with pytest.raises(ValueError, match=r"rate = .* in \[0, 1\)"):
        nn.Dropout(1.0)
    with pytest.raises(ValueError, match=r"rng\.random\(x\.shape\)"):
        nn.dropout(x, np.ones(3, bool), 0.5)


# ---- embedding ----


def test_embedding_sums_over_the_uses_of_a_row(rng):
    layer = nn.Embedding(4, 2, rng=rng)
    ids, delta = np.array([[1, 3, 1], [1, 0, 0]]), rng.standard_normal((2, 3, 2))
    (g,) = al.vjp(lambda layer: layer(ids), layer)[1](delta)
    onehot = (ids[..., None] == np.arange(4)).astype(float)
    assert_close([g.weight], [np.einsum("abk,abd->kd", onehot, delta)], 4)
    check_grads(lambda layer: layer(ids) ** 2, (layer,))
    with pytest.raises(TypeError, match=r"astype\(int\)"):
        layer(np.array([1.0]))
    for worst in (4, -1):
        with pytest.raises(ValueError, match=rf"id {worst} is not in 0 … 3"):
            layer(np.array([0, worst]))


# ---- recurrence ----


@given(SEEDS, st.integers(1, 4))
def test_lstm_by_hand(rng, time):
    """Sums over time and gates in another order: measured 2.9; stated 8."""
    layer = nn.LSTM(3, 2, rng=rng, bias=nn.normal(1.0))
    x, delta = rng.standard_normal((1, time, 3)), rng.standard_normal((1, time, 2))
    W, U, b = (w.reshape(4, 2, *w.shape[1:]) for w in al.tree_leaves(layer))
    y, dx, *others = recurrent.lstm(x[0], W, U, b, delta[0])
    whole = [np.concatenate(parts) for parts in others]
    assert_close(gradients(layer, x, delta), [y[None], dx[None], *whole], 8)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_recurrent_layers(kind, rng):
    layer, x = kind(2, 3, rng=rng, bias=nn.normal(0.5)), rng.standard_normal((2, 4, 2))
    check_grads(lambda layer, x: layer(x), (layer, x))
    y, state = layer.run(x)
    first, between = layer.run(x[:, :3])
    assert_close([y[:, :3], y[:, 3:]], [first, layer(x[:, 3:], between)], 4)
    assert np.all(state[0] == y[:, -1])
    single = kind(2, 3, rng=rng, dtype=np.float32)
    assert single(x.astype(np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match=r"\(samples, time, 2\).*x\[None\]"):
        layer(x[0])


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_recurrent_layer_is_one_loop(kind, rng):
    """A program has it in one step, and its gradient in another, whatever the time."""
    layer = kind(2, 3, rng=rng, bias=nn.normal(0.5))
    loss, sizes = lambda layer, x: np.sum(layer(x) ** 2), set()
    for time in (1, 5):
        x = rng.standard_normal((2, time, 2))
        for f, loops in ((layer, 1), (lambda x: al.grad(loss)(layer, x), 2)):
            program = al.trace(f, x)
            names = [step.name for step in program.steps]
            assert names.count("scan") == loops
            sizes.add((loops, len(names)))
            assert_same_bits(program(-x), f(-x))
    assert len(sizes) == 2


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_a_recurrent_layer_is_its_steps(kind, rng):
    """As a loop over single times, from state to state; so is its gradient."""
    layer, x = kind(2, 3, rng=rng, bias=nn.normal(0.5)), rng.standard_normal((2, 4, 2))

    def one_by_one(layer, x):
        state, outputs = None, []
        for t in range(4):
            y, state = layer.run(x[:, t : t + 1], state)
            outputs.append(y[:, 0])
        return np.stack(outputs, axis=1)

    assert_close([layer(x)], [one_by_one(layer, x)], 2)
    ours, theirs = (
        al.tree_leaves(al.grad(lambda layer, x, f=f: np.sum(f(layer, x) ** 2), (0, 1))(layer, x))
        for f in (lambda layer, x: layer(x), one_by_one)
    )
    assert_close(ours, theirs, 8)


# ---- attention ----


@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
def test_attention_by_hand(rng, m, n):
    """Measured 3.5 units; stated 8."""
    Q, K = rng.standard_normal((m, 3)), rng.standard_normal((n, 3))
    V, delta = rng.standard_normal((n, 2)), rng.standard_normal((m, 2))
    seen = rng.integers(2, size=(m, n)).astype(bool)
    seen[:, 0] = True
    y, pullback = al.vjp(lambda *qkv: nn.attention(*qkv, seen), Q, K, V)
    theirs = attention_by_hand.attention(Q, K, V, seen, delta)
    assert_close((y, *pullback(delta)), theirs, 8)


def test_multi_head_attention(rng):
    layer = nn.MultiHeadAttention(4, heads=2, rng=rng, bias=nn.normal(0.5))
    x, context = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 5, 4))
    check_grads(lambda layer, x, context: layer(x, context), (layer, x, context))
    future = x + np.array([0, 0, 1])[None, :, None]
    causal = np.tri(3, dtype=bool)
    assert_close([layer(x, mask=causal)[:, :2]], [layer(future, mask=causal)[:, :2]], 4)
    assert np.max(abs(layer(x) - layer(future))[:, :2]) > 1e-3
    single = nn.MultiHeadAttention(4, heads=2, rng=rng, dtype=np.float32)
    assert single(x.astype(np.float32), mask=causal).dtype == np.float32
    with pytest.raises(ValueError, match=r"x\[None\]"):
        layer(x[0])
    with pytest.raises(ValueError, match="3 heads do not divide"):
        nn.MultiHeadAttention(4, heads=3, rng=rng)


def test_a_state_is_a_tuple_of_the_right_shapes(rng):
    x, h = np.ones((2, 4, 3)), np.zeros((2, 2))
    for layer, wrong in [
        (nn.RNN(3, 2, rng=rng), h),
        (nn.LSTM(3, 2, rng=rng), h),  # its two rows would pass for h and c
        (nn.LSTM(3, 2, rng=rng), (h,)),
        (nn.GRU(3, 2, rng=rng), (np.zeros(2),)),  # which would broadcast
        (nn.GRU(3, 2, rng=rng), (h[:1],)),
    ]:
        with pytest.raises(ValueError, match=r"tuple of \d of shape \(samples, size\) = \(2, 2\)"):
            layer(x, wrong)


def test_a_mask_says_what_it_means(rng):
    q, future = rng.standard_normal((3, 2)), np.tri(3, dtype=bool)
    added = np.where(future, 0.0, -np.inf)
    for mask in (added, future.astype(int)):
        with pytest.raises(TypeError, match=r"needs booleans.*mask > -np\.inf.*mask == 1"):
            nn.attention(q, q, q, mask)
    assert_same_bits(nn.attention(q, q, q, added > -np.inf), nn.attention(q, q, q, future))
    for blind in (np.array([[True], [False], [True]]), np.array(False)):
        with pytest.raises(ValueError, match="a query may see no key"):
            nn.attention(q, q, q, blind)
    layer, x = nn.MultiHeadAttention(4, heads=2, rng=rng), rng.standard_normal((2, 3, 4))
    each = np.stack([future, np.ones((3, 3), bool)])
    with pytest.raises(ValueError, match=r"mask has shape \(2, 3, 3\).*use mask\[:, None\]"):
        layer(x, mask=each)
    y = layer(x, mask=each[:, None])
    assert_close([y[:1], y[1:]], [layer(x[:1], mask=future), layer(x[1:])], 4)
    program = al.trace(lambda x, mask: layer(x, mask=mask), x, future)
    assert_same_bits(program(x, future.T), layer(x, mask=future.T))
    with pytest.raises(ValueError, match="a query may see no key"):
        program(x, np.zeros((3, 3), bool))


# ---- without a bias ----


@given(SEEDS)
def test_no_bias_is_a_bias_of_zero(rng):
    x = rng.standard_normal((2, 4, 3))
    seed = int(rng.integers(2**32))
    for make in (
        lambda **options: nn.Linear(3, 2, **options),
        lambda **options: nn.MLP([3, 4, 2], **options),
        lambda **options: nn.MaskedLinear(np.tri(2, 3, dtype=bool), **options),
        lambda **options: nn.LSTM(3, 2, **options),
        lambda **options: nn.GRU(3, 2, **options),
        lambda **options: nn.MultiHeadAttention(3, 3, **options),
    ):
        zero = make(rng=np.random.default_rng(seed))
        none = make(rng=np.random.default_rng(seed), bias=None)
        assert_close([none(x)], [zero(x)], 4)
        g = al.tree_leaves(al.grad(lambda layer: np.sum(np.sin(layer(x))))(none))
        of_zero = al.tree_leaves(al.grad(lambda layer: np.sum(np.sin(layer(x))))(zero))
        weights = [dw for dw, w in zip(of_zero, al.tree_leaves(zero)) if np.any(w)]
        assert_close(g, weights, 16)
    assert_close([nn.linear(x[0, 0], np.eye(3))], [x[0, 0]], 0)


# ---- refused ----


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda r: nn.MLP([5], rng=r), ValueError, r"MLP: sizes \[5\] are no layer"),
        (lambda r: nn.MLP([], rng=r), ValueError, r"MLP: sizes \[\] are no layer"),
        (
            lambda r: nn.Linear(3, 2, rng=r)(np.ones((4, 5))),
            ValueError,
            r"x has shape \(4, 5\).*weight of shape \(2, 3\) has 3 inputs",
        ),
        (lambda r: nn.Linear(3, 2, rng=r)(np.ones(5)), ValueError, "has 3 inputs"),
        (lambda r: nn.Linear(3, 2, rng=r)(np.ones(())), ValueError, "has 3 inputs"),
        (
            lambda r: al.grad(lambda net: np.sum(net(np.ones((4, 5)))))(nn.MLP([3, 2], rng=r)),
            ValueError,
            "has 3 inputs",
        ),
        (lambda r: nn.Linear(3, 2, bias=None, rng=r)(np.ones((4, 5))), ValueError, "has 3 inputs"),
        (lambda r: nn.Linear(3, 2, rng=r)([1.0, 2.0, 3.0]), TypeError, "x is a list; give an arr"),
        (lambda r: nn.Linear(3, 2, rng=r)(1.0), TypeError, "x is a float; give an array"),
        (
            lambda r: nn.MultiHeadAttention(4, 2, rng=r)(np.ones((1, 3, 5))),
            ValueError,
            r"x has shape \(1, 3, 5\), and needs \(samples, time, 4\)",
        ),
        (
            lambda r: nn.Linear(3, 2, rng=0),
            TypeError,
            r"Linear: rng = 0; .*np\.random\.default_rng\(0\)",
        ),
        (lambda r: nn.RNN(3, 2, rng=0), TypeError, r"np\.random\.default_rng\(0\)"),
        (lambda r: nn.orthogonal(0, (3, 2), float), TypeError, r"np\.random\.default_rng\(0\)"),
        (
            lambda r: nn.Dropout(0.5)(np.ones(3), training=True, rng=0),
            TypeError,
            r"np\.random\.default_rng\(0\)",
        ),
    ],
)
def test_errors_say_what_to_do(call, error, message, rng):
    with pytest.raises(error, match=message):
        call(rng)


def test_an_error_of_the_weights_is_not_blamed_on_x():
    with pytest.raises(ValueError, match="broadcast"):
        nn.linear(np.ones((4, 3)), np.ones((2, 3)), np.ones(5))


# ---- all of them ----


LAYERS = {
    "Linear": lambda rng: nn.Linear(3, 2, rng=rng),
    "LayerNorm": lambda rng: nn.LayerNorm(3),
    "BatchNorm": lambda rng: nn.BatchNorm(3),
    "MLP": lambda rng: nn.MLP([3, 4, 2], nn.tanh, rng=rng),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("training", [False, True])
def test_derivatives(name, training, rng):
    net = nn.Sequential([LAYERS[name](rng), np.sin])
    args = (net, rng.standard_normal((4, 3)))
    trained = name != "BatchNorm" or training  # its statistics count, but get no gradient
    check_grads(
        lambda net, x: net(x, training=training), args, argnums=None if trained else 1, rng=rng
    )


def test_training_reaches_those_who_take_it(rng):
    told = []

    def both(x, *, training=False, rng=None):
        told.append((training, rng))
        return x

    def one(x, training=False):
        told.append(training)
        return x

    net = nn.Sequential([nn.Sequential([both]), one, nn.relu, np.sin, nn.Flatten()])
    net(np.ones((2, 2, 2)), training=True, rng=rng)
    net(np.ones((2, 2, 2)))
    assert told == [(True, rng), True, (False, None), False]


def test_training_reaches_methods_and_partial_functions(rng):
    told = []

    @dataclass
    class Block:  # not hashable
        def __call__(self, x, *, training=False, rng=None):
            told.append((training, rng))
            return x

        def other(self, x, training=False):
            told.append(training)
            return x

    block = Block()
    fixed = partial(block, training=False)
    layers = [block, block.other, partial(block.other), partial(block), fixed, partial(np.add, 1)]
    nn.Sequential(layers)(np.ones(2), training=True, rng=rng)
    assert told == [(True, rng), True, True, (True, rng), (False, rng)]


def test_initializers(rng):
    def start(kind, *shape):
        return kind(rng, shape, np.float32)

    assert abs(start(nn.uniform(0.5), 100, 100)).max() <= 0.5
    limit = np.sqrt(6 / (20 * 9 + 30 * 9))
    w = abs(start(nn.glorot, 30, 20, 3, 3))
    assert 0.99 * limit < w.max() <= limit and w.dtype == np.float32
    for shape in ((5, 3), (3, 5), (4, 2, 3), (4, 4)):
        q = start(nn.orthogonal, *shape).reshape(shape[0], -1)
        gram = q @ q.T if q.shape[0] <= q.shape[1] else q.T @ q
        assert q.dtype == np.float32 and np.allclose(gram, np.eye(len(gram)), atol=1e-6)
    diagonals = [np.diagonal(start(nn.orthogonal, 2, 2)) for _ in range(200)]
    assert abs(np.mean(diagonals)) < 0.15  # without the signs of R they would be negative


# ---- a training step is a program ----

IMAGES = [nn.MaxPool(2), nn.relu, nn.AveragePool((2, 1), stride=1), nn.Flatten(), nn.LayerNorm(8)]
ACTIVATIONS = [nn.gelu, nn.silu, nn.elu, nn.leaky_relu, nn.softplus, nn.sigmoid]
TRACED = {
    "images": ((2, 1, 8, 6), lambda rng: [nn.Conv2d(1, 2, 3, rng=rng), nn.BatchNorm(2), *IMAGES]),
    "rows": ((2, 3), lambda rng: [nn.MaskedLinear(np.eye(3, dtype=bool), rng=rng), *ACTIVATIONS]),
    "sequences": (
        (2, 4, 2),
        lambda rng: [
            nn.RNN(2, 2, rng=rng),
            nn.LSTM(2, 2, rng=rng),
            nn.GRU(2, 2, rng=rng),
            nn.MultiHeadAttention(2, 1, rng=rng),
            nn.Flatten(),
        ],
    ),
}


@pytest.mark.parametrize("name", TRACED)
def test_a_step_of_training_is_a_program(name, rng):
    """What was recorded with some numbers is right for others."""
    shape, layers = TRACED[name]
    net, labels = nn.Sequential(layers(rng)), np.array([0, 1])

    def step(net, x, labels):
        g = al.grad(lambda net: nn.cross_entropy(net(x, training=True), labels))(net)
        return al.tree_map(lambda p, dp: p - 0.1 * dp, net, g)

    program = al.trace(step, net, rng.standard_normal(shape), labels)
    x = rng.standard_normal(shape)
    assert_same_bits(program(net, x, 1 - labels), step(net, x, 1 - labels))
