"""Layers against PyTorch's, where it is installed: values and gradients, with its weights.

Both round, in another order: double precision, compared to 1e-12 of the largest number.
"""

import numpy as np
import pytest

import autograd_lite as al
import nn

torch = pytest.importorskip("torch")


def array(tensor):
    return tensor.detach().numpy().copy()


def assert_agree(ours, tensors, theirs):
    """``ours(*arrays)`` and ``theirs(*tensors)``: the value, and gradients for one cotangent."""
    tensors = [t.detach().clone().requires_grad_() for t in tensors]
    expected = theirs(*tensors)
    value, pullback = al.vjp(ours, *map(array, tensors))
    delta = np.random.default_rng(1).standard_normal(value.shape)
    slopes = torch.autograd.grad(expected, tensors, torch.tensor(delta))
    for a, b in zip((value, *pullback(delta)), map(array, (expected, *slopes)), strict=True):
        assert a.shape == b.shape and np.all(abs(a - b) <= 1e-12 * max(1, np.max(abs(b))))


def random(*shape):
    return torch.tensor(np.random.default_rng(0).standard_normal(shape))


def parameters(module, inputs, *args):
    """PyTorch's function of its inputs and its parameters."""
    names = [name for name, _ in module.named_parameters()]

    def call(*tensors):
        given = dict(zip(names, tensors[inputs:]))
        y = torch.func.functional_call(module, given, (*tensors[:inputs], *args))
        return y[0] if isinstance(y, tuple) else y

    return call


GEOMETRIES = [
    {},
    {"stride": 2},
    {"padding": (2, 1)},
    {"dilation": 2},
    {"groups": 2},
    {"stride": (1, 3), "padding": 2, "dilation": (2, 1), "groups": 4},
]


@pytest.mark.parametrize("options", GEOMETRIES, ids=str)
def test_convolution(options):
    weight = random(8, 4 // options.get("groups", 1), 3, 2)
    assert_agree(
        lambda x, w: nn.convolution(x, w, **options),
        [random(2, 4, 9, 8), weight],
        lambda x, w: torch.nn.functional.conv2d(x, w, **options),
    )


def test_convolution_along_one_axis():
    options = {"stride": 2, "padding": 3, "dilation": 2, "groups": 2}
    assert_agree(
        lambda x, w: nn.convolution(x, w, **options),
        [random(2, 4, 9), random(6, 2, 3)],
        lambda x, w: torch.nn.functional.conv1d(x, w, **options),
    )


@pytest.mark.parametrize("options", [{}, {"stride": 1}, {"stride": (3, 2), "padding": 1}], ids=str)
def test_pooling(options):
    functional = torch.nn.functional
    for ours, theirs in (
        (nn.max_pool, functional.max_pool2d),
        (nn.average_pool, functional.avg_pool2d),
    ):
        assert_agree(
            lambda x, f=ours: f(x, (3, 2), **options),
            [random(2, 3, 8, 7)],
            lambda x, f=theirs: f(x, (3, 2), **options),
        )


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_recurrence(name):
    size = 4
    module = getattr(torch.nn, name)(3, size, batch_first=True, dtype=float)
    layer = getattr(nn, name)(3, size, rng=np.random.default_rng(0))

    def ours(x, w_in, w_state, b_in, b_state):
        layer.weight, layer.recurrent = w_in, w_state
        if name == "GRU":  # the bias of the state is inside the reset for the last gate alone
            last = np.arange(3 * size) >= 2 * size
            layer.bias, layer.inner = b_in + np.where(last, 0, b_state), b_state[2 * size :]
        else:
            layer.bias = b_in + b_state
        return layer(x)

    assert_agree(ours, [random(2, 5, 3), *module.parameters()], parameters(module, 1))


@pytest.mark.parametrize("causal", [False, True])
def test_attention(causal):
    module = torch.nn.MultiheadAttention(8, 2, batch_first=True, dtype=float)
    layer = nn.MultiHeadAttention(8, heads=2, rng=np.random.default_rng(0))
    seen = np.tri(3, 5, dtype=bool) if causal else None

    def ours(x, context, weights, biases, weight, bias):
        parts = (layer.query, layer.key, layer.value)
        for k, part in enumerate(parts):
            part.weight, part.bias = weights[8 * k : 8 * k + 8], biases[8 * k : 8 * k + 8]
        layer.output.weight, layer.output.bias = weight, bias
        return layer(x, context, mask=seen)

    def theirs(x, context, *tensors):
        names = [name for name, _ in module.named_parameters()]
        mask = None if seen is None else torch.tensor(~seen)
        arguments, options = (x, context, context), {"attn_mask": mask, "need_weights": False}
        return torch.func.functional_call(module, dict(zip(names, tensors)), arguments, options)[0]

    inputs = [random(2, 3, 8), random(2, 5, 8)]
    assert_agree(ours, [*inputs, *module.parameters()], theirs)


def test_batch_normalisation():
    module, x = torch.nn.BatchNorm2d(3, momentum=0.3, dtype=float), random(4, 3, 5, 2)
    layer = nn.BatchNorm(3)

    def ours(training):
        def call(x, weight, bias):
            layer.weight, layer.bias = weight, bias
            return layer(x, training=training)

        return call

    assert_agree(ours(True), [x, random(3), random(3)], parameters(module, 1))
    updated = nn.BatchNorm(3).updated(array(x), momentum=0.3)
    module.reset_running_stats()
    module(x)
    assert np.allclose(updated.mean, array(module.running_mean), rtol=1e-13, atol=1e-15)
    assert np.allclose(updated.variance, array(module.running_var), rtol=1e-13)
    layer.mean, layer.variance = updated.mean, updated.variance
    assert_agree(ours(False), [x, random(3), random(3)], parameters(module.eval(), 1))


def test_layer_normalisation_and_activations():
    functional = torch.nn.functional
    assert_agree(
        lambda x: nn.LayerNorm(5)(x), [random(2, 3, 5)], lambda x: functional.layer_norm(x, [5])
    )
    for name in ("gelu", "silu", "elu", "leaky_relu", "softplus"):
        assert_agree(getattr(nn, name), [3 * random(20)], getattr(functional, name))


@pytest.mark.parametrize("frozen", [False, True])
def test_training_with_batch_normalisation_and_frozen_layers(frozen):
    """Whole trainings from one start agree: weights and running statistics, step by step."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    net = nn.Sequential(
        *(nn.Linear(3, 4, rng=rng), nn.BatchNorm(4), nn.tanh, nn.Linear(4, 2, rng=rng))
    )
    module = torch.nn.Sequential(
        *(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    ).double()
    with torch.no_grad():
        for i in (0, 3):
            module[i].weight.copy_(torch.tensor(net[i].weight))
            module[i].bias.copy_(torch.tensor(net[i].bias))
    if frozen:
        module[:2].requires_grad_(False)
        module[1].eval()  # as ours is, where it is frozen
    trained = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.1)
    for rows in torch.arange(20).split(5) * 3:
        optimizer.zero_grad()
        error = module(torch.tensor(x[rows])) - torch.tensor(y[rows])
        (error**2).mean().backward()
        optimizer.step()
    ours, _ = nn.fit(
        net,
        lambda net, x, y: nn.squared_error(net(x, training=True), y) / 2,  # a mean over two
        nn.Batches(x, y, size=5),
        nn.SGD(0.1),
        epochs=3,
        trainable="layers.3" if frozen else None,
        progress=False,
    )
    pairs = [(ours[i].weight, module[i].weight) for i in (0, 1, 3)]
    pairs += [(ours[i].bias, module[i].bias) for i in (0, 1, 3)]
    pairs += [(ours[1].mean, module[1].running_mean), (ours[1].variance, module[1].running_var)]
    for a, b in pairs:
        assert np.allclose(a, array(b), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("given", [False, True])
def test_causal_attention_with_masks(given):
    """Causal alone, and with a mask for each sample, as scaled_dot_product_attention has them."""
    q, k, v = (random(2, 3, 5, 4) for _ in range(3))
    shown = np.arange(5) < np.array([5, 3])[:, None, None, None] if given else None
    seen = torch.ones(5, 5, dtype=torch.bool).tril()
    seen = seen & torch.tensor(shown) if given else seen
    theirs = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
    ours = nn.attention(array(q), array(k), array(v), shown, causal=True)
    assert np.allclose(ours, array(theirs), rtol=1e-12, atol=1e-14)
