"""Losses and activations of arrays in chunks: graphs, with the derivatives of plain arrays."""

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.chunks import gradient_of, small

dask = pytest.importorskip("dask")

SIGNS = np.where(np.arange(16).reshape(8, 2) % 3, 1, -1)
ONE_HOT = np.eye(2)[np.arange(8) % 2]

#: Losses and activations of x, of shape (8, 2), in (0.5, 1.5).
LOSSES = {
    "half_squared_error": lambda x: nn.half_squared_error(x, SIGNS),
    "absolute_error": lambda x: nn.absolute_error(x, SIGNS),
    "huber": lambda x: nn.huber(x, SIGNS),
    "cross_entropy": lambda x: nn.cross_entropy(x, ONE_HOT),
    "binary_cross_entropy": lambda x: nn.binary_cross_entropy(x, ONE_HOT),
    "hinge": lambda x: nn.hinge(x, SIGNS),
    "margin_ranking": lambda x: nn.margin_ranking(x, x * x, SIGNS),
    "cosine": lambda x: nn.cosine(x, SIGNS),
    "poisson": lambda x: nn.poisson_negative_log_likelihood(x, ONE_HOT),
    "gaussian": lambda x: nn.gaussian_negative_log_likelihood(x, SIGNS, 2.0),
    **{
        f.__name__: lambda x, f=f: np.sum(f(x) ** 2)
        for f in (nn.sigmoid, nn.tanh, nn.relu, nn.gelu, nn.silu, nn.softplus, nn.softmax, nn.elu)
    },
}


@pytest.mark.parametrize("name", LOSSES)
def test_nothing_is_computed_to_build_the_graph(name):
    x, lazy = small(2)
    found = gradient_of(LOSSES[name], lazy)
    assert found.chunks == lazy.chunks
    found = found.compute(scheduler="synchronous")
    np.testing.assert_allclose(found, al.grad(LOSSES[name])(x), rtol=1e-12, atol=1e-15)


def test_classes_by_their_number_are_refused_with_what_to_do():
    x, lazy = small(2)
    labels = np.arange(8) % 2
    with pytest.raises(TypeError, match=r"al.mean_over\(loss, al.blocks.*np.eye\(2\)\[labels\]"):
        gradient_of(lambda x: nn.cross_entropy(x, labels), lazy)
    expected = al.grad(lambda w: nn.cross_entropy(x * w, labels))(2.0)
    with dask.config.set(scheduler="synchronous"):
        one_hot = al.grad(lambda w: nn.cross_entropy(lazy * w, np.eye(2)[labels]))(2.0)
        total = al.mean_over(
            lambda w, x, labels: nn.cross_entropy(x * w, labels), al.blocks(lazy, labels, rows=4)
        )
        found = [float(one_hot), al.grad(total)(2.0)]
    np.testing.assert_allclose(found, [expected, expected], rtol=1e-12)
