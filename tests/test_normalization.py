"""Normalisation: against the published chain of gradients, in training and evaluation."""

import numpy as np
import pytest
from hypothesis import given

import autograd_lite as al
import nn
from tests.layers import SEEDS, assert_close, gradients
from tests.reference import normalization


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
