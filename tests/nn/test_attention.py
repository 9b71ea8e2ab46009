"""Attention: who sees whom, and where things stand: masks, the past alone, positions."""

import re

import numpy as np
import pytest

import autograd_lite as al
import nn
from autograd_lite.testing import check_grads
from tests.support.equality import assert_close, same


def layer(**options):
    rng = np.random.default_rng(0)
    return nn.MultiHeadAttention(4, heads=2, rng=rng, bias=nn.normal(0.5), **options)


def inputs(time=3, samples=2):
    return np.random.default_rng(1).normal(size=(samples, time, 4))


# ---- the past alone ----


@pytest.mark.parametrize("time", [1, 2, 5])
def test_causal_is_the_mask_of_the_past(time):
    x, past = inputs(time), np.tri(time, dtype=bool)
    assert same(nn.attention(x, x, x, causal=True), nn.attention(x, x, x, past))
    assert same(layer(causal=True)(x), layer()(x, mask=past))


@pytest.mark.parametrize("time", [2, 3, 6])
@pytest.mark.parametrize("dtype", [float, np.float32])
def test_nothing_of_the_future_is_seen(time, dtype):
    """Neither in the value nor in the gradient, to the bit; and all of the past is."""
    causal, x = layer(causal=True, dtype=dtype), inputs(time).astype(dtype)
    for t in range(time):
        jacobian = al.jacobian(lambda x, t=t: np.sum(causal(x)[:, t], axis=0))(x)
        assert jacobian.dtype == dtype and not np.any(jacobian[..., t + 1 :, :])
        assert np.all(np.any(jacobian[..., : t + 1, :], axis=(0, 1, 3)))


def test_causal_and_a_mask_are_both_in_force():
    x, shown = inputs(), np.array([True, False, True])
    both = np.tri(3, dtype=bool) & shown
    assert same(layer(causal=True)(x, mask=shown[None]), layer()(x, mask=both))
    with pytest.raises(ValueError, match="a query may see no key"):
        layer(causal=True)(x, mask=~shown[None])
    with pytest.raises(TypeError, match="needs booleans"):
        layer(causal=True)(x, mask=np.ones((3, 3)))


def test_causal_needs_a_key_for_each_query_and_the_remedy_works():
    query, keys = inputs(2), inputs(3)
    with pytest.raises(ValueError, match="2 queries and 3 keys") as caught:
        nn.attention(query, keys, keys, causal=True)
    mask = eval(re.search(r"np\.tri\(.*\)", str(caught.value))[0])
    assert same(
        nn.attention(query, keys, keys, mask)[:, -1], nn.attention(query, keys, keys)[:, -1]
    )
    assert mask.tolist() == [[True, True, False], [True, True, True]]


def test_causal_has_derivatives_and_programs():
    x, causal = inputs(), layer(causal=True)
    check_grads(lambda layer, x: layer(x), (causal, x))
    program = al.trace(lambda x: causal(x), x)
    assert same(program(x), causal(x))
    assert same(al.compile(lambda x: causal(x))(x), causal(x))


# ---- masks ----


@pytest.mark.parametrize("samples", [2, 5])
def test_samples_of_several_lengths(samples):
    """A mask for each sample hides what fills it up: the rest is as without it."""
    x, lengths = inputs(5, samples), np.arange(samples) % 4 + 1
    seen = np.arange(5) < lengths[:, None]
    for causal in (False, True):
        y = layer(causal=causal)(x, mask=seen[:, None, None])
        for one, found, n in zip(x, y, lengths):
            alone = layer(causal=causal)(one[None, :n])[0]
            assert_close([found[:n]], [alone], 16)


@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 5), (2, 2, 3, 4), (4, 5), (1,), (3, 1, 3, 5)])
def test_masks_of_other_shapes_are_refused_and_the_remedy_works(shape):
    """There are 2 samples, 3 times and a context of 5."""
    x, context, mask = inputs(), inputs(5), np.ones(shape, bool)
    with pytest.raises(ValueError, match=r"needs \(time, n\) = \(3, 5\)") as caught:
        layer()(x, context, mask=mask)
    if remedy := re.search(r"use (mask\[.*?\])", str(caught.value)):
        assert same(layer()(x, context, mask=eval(remedy[1])), layer()(x, context))
    else:
        assert shape not in [(2, 5), (2, 3, 5)]


# ---- positions ----


def test_positions_are_those_of_the_article():
    """PE(t, 2i) = sin(t / 10000^(2i/d)), PE(t, 2i + 1) = cos(the same)."""
    for size in (1, 4, 7):
        found = nn.positional_encoding(6, size)
        for t in range(6):
            for j in range(size):
                angle = t / 10000 ** (2 * (j // 2) / size)
                wanted = np.cos(angle) if j % 2 else np.sin(angle)
                assert abs(found[t, j] - wanted) < 4e-16 * max(1, t)


def test_a_shift_turns_each_pair_by_one_angle():
    table = nn.positional_encoding(40, 6)
    pairs = table[:, ::2] + 1j * table[:, 1::2]
    turns = pairs[7:] / pairs[:-7]
    assert np.allclose(turns, turns[0], atol=1e-12) and np.allclose(abs(turns), 1)


def test_layers_of_positions():
    rng = np.random.default_rng(0)
    x = inputs(5)
    assert same(nn.PositionalEncoding()(x), x + nn.positional_encoding(5, 4))
    assert nn.PositionalEncoding()(x.astype(np.float32)).dtype == np.float32
    learnt = nn.PositionalEmbedding(8, 4, rng=rng)
    assert same(learnt(x), x + learnt.weight[:5])
    check_grads(lambda layer, x: np.sin(layer(x)), (learnt, x))
    gradient = al.grad(lambda layer: np.sum(layer(x)))(learnt).weight
    assert gradient.tolist() == [[2.0] * 4] * 5 + [[0.0] * 4] * 3
    with pytest.raises(ValueError, match="with a time of at most 4") as caught:
        nn.PositionalEmbedding(4, 4, rng=rng)(x)
    made = re.search(r"PositionalEmbedding\((\d+), (\d+)\)", str(caught.value)).groups()
    assert nn.PositionalEmbedding(*map(int, made), rng=rng)(x).shape == (2, 5, 4)
    assert nn.PositionalEmbedding(4, 4, rng=rng)(x[..., -4:, :]).shape == (2, 4, 4)
    for each in (nn.PositionalEncoding(), learnt):
        with pytest.raises(ValueError, match=r"use x\[None\] for one time"):
            each(x[0, 0])


def test_without_positions_the_order_does_not_matter():
    x = inputs(5)
    order = [3, 0, 4, 1, 2]
    assert_close([layer()(x[:, order])], [layer()(x)[:, order]], 16)
    there = nn.Sequential(nn.PositionalEncoding(), layer())
    assert np.max(abs(there(x[:, order]) - there(x)[:, order])) > 1e-2
