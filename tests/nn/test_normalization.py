"""Normalisation: against the published chain of gradients, in training and evaluation."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given

import autograd_lite as al
import nn
from autograd_lite.testing import assert_same_bits
from tests.support.derivatives import gradients
from tests.support.drawn import SEEDS
from tests.support.equality import assert_close
from tests.support.reference import normalization


def normalized_case(rng, layer):
    layer.weight, layer.bias = rng.standard_normal((2, 3))
    return layer, rng.standard_normal((4, 3)), rng.standard_normal((4, 3))


@given(SEEDS)
def test_layer_norm_by_hand(rng):
    """The published chain subtracts terms that the closed form cancels: measured 5; stated 16."""
    layer, x, delta = normalized_case(rng, nn.LayerNorm(3, epsilon=0.1))
    theirs = normalization.layer_norm(x, layer.weight, layer.bias, 0.1, delta)
    assert_close(gradients(layer, x, delta), theirs, 16)


@given(SEEDS)
def test_batch_norm_by_hand(rng):
    """As above, measured 9, stated 16; mean and variance of the layer get no gradient."""
    layer, x, delta = normalized_case(rng, nn.BatchNorm(3, epsilon=0.1))
    y, *ours, dmean, dvariance = gradients(layer, x, delta, training=True)
    theirs = normalization.batch_norm(x, layer.weight, layer.bias, 0.1, delta)
    assert_close([y, *ours], theirs, 16)
    assert not np.any(dmean) and not np.any(dvariance)


def test_batch_norm_of_images_takes_each_channel(rng):
    layer, x = nn.BatchNorm(3), rng.standard_normal((5, 3, 4, 2))
    rows = np.moveaxis(x, 1, -1).reshape(-1, 3)
    y = np.moveaxis(layer(x, training=True), 1, -1).reshape(-1, 3)
    assert_close([y], [layer(rows, training=True)], 8)
    assert np.allclose(np.mean(y, axis=0), 0, atol=1e-15) and np.allclose(
        np.var(y, axis=0), 1, 1e-4
    )


def test_update_statistics_is_a_function_of_its_own(rng):
    inner = nn.Sequential([nn.BatchNorm(2), nn.Dropout(0.5)])
    net, x = nn.Sequential([nn.Linear(3, 2, rng=rng), inner]), rng.standard_normal((6, 3))
    new = nn.update_statistics(net, x, rng=rng)
    z, norm = net.layers[0](x), new.layers[1].layers[0]
    assert np.all(norm.mean == z.mean(axis=0)) and np.all(norm.variance == z.var(axis=0, ddof=1))
    assert np.all(inner.layers[0].mean == 0) and new.layers[0] is net.layers[0]
    running = nn.update_statistics(net, x, momentum=0.25, rng=rng).layers[1].layers[0]
    assert np.all(running.variance == 0.75 + 0.25 * norm.variance)
    assert np.allclose(new(x), (z - norm.mean) / np.sqrt(norm.variance + 1e-5), rtol=1e-14)
    g = al.grad(lambda net: np.sum(net(x) ** 2))(new).layers[1].layers[0]  # in evaluation
    assert np.any(g.weight) and not np.any(g.mean) and not np.any(g.variance)
    with pytest.raises(ValueError, match="one number per channel"):
        norm.updated(x[:1, :2], 1.0)


def test_normalisation_keeps_float32_and_refuses_other_sizes(rng):
    x = rng.standard_normal((4, 3)).astype(np.float32)
    norm = nn.BatchNorm(3, dtype=np.float32)
    for y in (nn.LayerNorm(3, dtype=np.float32)(x), norm(x), norm(x, training=True)):
        assert y.dtype == np.float32
    assert norm.updated(x, 0.1).variance.dtype == np.float32
    with pytest.raises(ValueError, match=r"BatchNorm: x has shape \(3,\)"):
        norm(x[0])
    with pytest.raises(ValueError, match=r"LayerNorm: .* 3 numbers along axis -1"):
        nn.LayerNorm(3)(x.T)


# ---- statistics: measured, not trained ----


@dataclass
class Residual:
    """A user's own block, which tells its parts of training."""

    norm: nn.BatchNorm
    inner: dict

    def __call__(self, x, *, training=False):
        return x + self.inner["second"](np.tanh(self.norm(x, training=training)), training=training)


def measured_model(rng, dtype=float):
    norms = [nn.BatchNorm(3, dtype=dtype) for _ in range(2)]
    for norm in norms:
        norm.mean, norm.variance = (1 + rng.random((2, 3))).astype(dtype)
    return nn.Sequential(
        [nn.Linear(2, 3, rng=rng, dtype=dtype), Residual(norms[0], {"second": norms[1]})]
    )


def statistics(net):
    block = net.layers[1]
    return [a for norm in (block.norm, block.inner["second"]) for a in (norm.mean, norm.variance)]


@pytest.mark.parametrize(
    "optimizer",
    [nn.SGD(0.1), nn.HeavyBall(0.1), nn.Nesterov(0.1), nn.RMSprop(), nn.Adam(), nn.AdamW()],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_optimizers_leave_statistics_to_the_bit(optimizer, rng):
    net, x, before = measured_model(rng), rng.standard_normal((6, 2)), None
    state = optimizer.start(net)
    for _ in range(4):
        net = nn.update_statistics(net, x, momentum=0.1)  # which momentum would carry on
        before, weight = statistics(net), net.layers[1].norm.weight
        g = al.grad(lambda net: np.sum(net(x, training=True)) + nn.l2_penalty(net))(net)
        net, state = optimizer(net, g, state)
        assert_same_bits(statistics(net), before)
        assert np.any(net.layers[1].norm.weight != weight)


def test_barzilai_borwein_weighs_no_statistics(rng):
    """How far they moved says nothing of the curvature: the rate is that of fixed statistics."""
    net, x = measured_model(rng), rng.standard_normal((6, 2))
    optimizer = nn.BarzilaiBorwein(0.1)
    slope = al.grad(lambda net: np.sum(net(x, training=True) ** 2))

    def two_steps(momentum):
        model, state = net, optimizer.start(net)
        for _ in range(2):
            model = nn.update_statistics(model, x, momentum=momentum)
            model, state = optimizer(model, slope(model), state)
        return model.layers[0]

    assert_same_bits(two_steps(0.0), two_steps(0.9))


def test_penalties_pass_statistics_over(rng):
    net = measured_model(rng)
    arrays = [net.layers[0].weight, net.layers[0].bias]
    block = net.layers[1]
    arrays += [a for norm in (block.norm, block.inner["second"]) for a in (norm.weight, norm.bias)]
    for penalty, by_hand in ((nn.l2_penalty, np.square), (nn.l1_penalty, abs)):
        value, g = al.value_and_grad(penalty)(net)
        assert value == sum(np.sum(by_hand(a)) for a in arrays)
        assert not np.any(statistics(g)) and np.any(g.layers[0].weight)


def test_statistics_are_saved_with_the_model(rng):
    assert (
        sum(name.endswith(("mean", "variance")) for name in nn.named_leaves(measured_model(rng)))
        == 4
    )


def test_statistics_are_measured_in_any_model(rng):
    net, x = measured_model(rng), rng.standard_normal((6, 2))
    new, z = nn.update_statistics(net, x), net.layers[0](x)
    block = net.layers[1]
    inner = np.tanh(block.norm(z, training=True))
    expected = [
        z.mean(axis=0),
        z.var(axis=0, ddof=1),
        inner.mean(axis=0),
        inner.var(axis=0, ddof=1),
    ]
    assert_same_bits(statistics(new), expected)
    assert type(new.layers[1].norm) is nn.BatchNorm and new.layers[0] is net.layers[0]
    alone = nn.update_statistics(nn.BatchNorm(2), x)
    assert np.all(alone.mean == x.mean(axis=0))


def test_statistics_that_nothing_reaches():
    @dataclass
    class Unused:
        parts: tuple

        def __call__(self, x):
            return self.parts[0](x)

    x = np.array([[1.0], [3.0]])
    with pytest.raises(ValueError, match=r"nothing reached model\.parts\[1\]"):
        nn.update_statistics(Unused((np.tanh, nn.BatchNorm(1))), x)
    used = nn.update_statistics(Unused((nn.BatchNorm(1), np.tanh)), x)  # not told of training
    assert used.parts[0].mean == [2]
    with pytest.raises(TypeError, match=r"a dict cannot be called; make the model an nn\.Seq"):
        nn.update_statistics({"norm": nn.BatchNorm(1)}, x)


def test_numpy_numbers_keep_float32(rng):
    x, eps = rng.standard_normal((4, 3)).astype(np.float32), np.float64(1e-3)
    norm = nn.BatchNorm(3, epsilon=eps, dtype=np.float32)
    for y in (norm(x), norm(x, training=True), nn.LayerNorm(3, epsilon=eps, dtype=np.float32)(x)):
        assert y.dtype == np.float32
    assert nn.standardize(x, epsilon=eps).dtype == np.float32
    for batch in (x, x.astype(float)):
        new = norm.updated(batch, np.float64(0.5))
        assert new.mean.dtype == new.variance.dtype == np.float32
