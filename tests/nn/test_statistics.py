"""What batch normalisation measures while `fit` trains: running means, eager and compiled alike."""

import numpy as np
import pytest

import nn
from tests.support.equality import same, same_trees
from tests.support.trainings import OPTIMIZERS, as_batches, assert_same_training, data, trained


def network(momentum=0.1):
    rng = np.random.default_rng(1)
    layers = [nn.Linear(3, 4, rng=rng), nn.BatchNorm(4, momentum=momentum), nn.tanh]
    inner = nn.Sequential(nn.Linear(4, 4, rng=rng), nn.BatchNorm(4))
    return nn.Sequential(*layers, inner, nn.Linear(4, 2, rng=rng))


def loss(m, x, y):
    return 0.1 * nn.squared_error(m(x, training=True), y)  # bounded at all the rates


def statistics(model):
    return {
        name: leaf
        for name, leaf in nn.named_leaves(model).items()
        if name.endswith(("mean", "variance"))
    }


def by_hand(model, optimizer, batches, steps):
    """The same by the parts: each step measures what the model before it has seen."""
    import autograd_lite as al

    state = optimizer.start(model)
    for _, (x, y) in zip(range(steps), batches):
        measured = nn.update_statistics(model, x, momentum=0.1)
        model, state = optimizer(model, al.grad(loss)(model, x, y), state)
        for new, now in zip(norms(model), norms(measured)):
            new.mean, new.variance = now.mean, now.variance
    return model


def norms(model):
    return model[1], model[3][1]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_they_are_running_means_of_what_reached_the_layers(name):
    whole = data()
    ours, *_ = trained(False, loss, OPTIMIZERS[name], as_batches(*whole), network())
    theirs = by_hand(network(), OPTIMIZERS[name], as_batches(*whole), 9)
    assert same_trees(ours, theirs)
    assert not any(same(a, b) for a, b in zip(*(statistics(m).values() for m in (ours, network()))))


@pytest.mark.parametrize("every", [1, 30])
@pytest.mark.parametrize("name", ["SGD", "AdamW", "cosine"])
def test_compiled_steps_and_loops_measure_the_same(name, every):
    options = {"steps": 60, "every": every}
    runs = [
        trained(compile, loss, OPTIMIZERS[name], as_batches(*data()), network(), **options)
        for compile in (True, False)
    ]
    assert_same_training(*runs)


def test_the_momentum_is_that_of_the_layer():
    x, y = data()
    layer = network(momentum=1.0)
    model, _ = nn.fit(layer, loss, [(x, y)], nn.SGD(0.1), steps=1, progress=False)
    seen = layer[0](x)
    assert same(model[1].mean, seen.mean(axis=0))
    assert same(model[1].variance, seen.var(axis=0, ddof=1))
    assert nn.BatchNorm(2).momentum == 0.1


def test_a_loss_in_evaluation_measures_nothing():
    quiet = lambda m, x, y: nn.squared_error(m(x), y)
    model, *_ = trained(False, quiet, nn.Adam(0.1), as_batches(*data()), network())
    assert same_trees(statistics(model), statistics(network()))


def test_one_sample_has_no_variance_and_changes_nothing():
    x, y = data()
    options = {"steps": 1, "progress": False}
    model, _ = nn.fit(network(), loss, [(x[:1], y[:1])], nn.SGD(0.1), **options)
    assert same_trees(statistics(model), statistics(network()))


def test_training_leaves_a_model_that_evaluates_as_it_trains():
    """Without another word: the statistics are those of the data."""
    rng = np.random.default_rng(0)
    x = 5 + 3 * rng.normal(size=(200, 2))
    y = (x[:, 0] > x[:, 1]).astype(int)
    net = nn.Sequential(
        nn.BatchNorm(2),
        nn.Linear(2, 8, rng=rng),
        nn.BatchNorm(8),
        nn.relu,
        nn.Linear(8, 2, rng=rng),
    )
    net, _ = nn.fit(
        net,
        lambda m, x, y: nn.cross_entropy(m(x, training=True), y),
        nn.Batches(x, y, size=50, rng=rng),
        nn.Adam(0.05),
        epochs=20,
        progress=False,
    )
    assert np.mean(net(x).argmax(axis=1) == y) > 0.95
    assert np.allclose(net[0].mean, 5, atol=0.6) and np.allclose(net[0].variance, 9, rtol=0.3)


# ---- frozen and shared ----


def test_a_frozen_layer_keeps_its_statistics_and_uses_them():
    """As in evaluation: what is frozen is a function that does not change."""
    start = network()
    start[1].mean, start[1].variance = np.full(4, 0.5), np.full(4, 2.0)
    options = {"trainable": ["layers.3", "layers.4"]}
    model, *_ = trained(False, loss, nn.Adam(0.1), as_batches(*data()), start, **options)
    assert model[1].mean is start[1].mean and model[1].variance is start[1].variance
    assert not same(model[3][1].mean, start[3][1].mean)

    def still(m, x, y):
        hidden = m[2](m[1](m[0](x)))
        return 0.1 * nn.squared_error(m[3:](hidden, training=True), y)

    theirs, *_ = trained(False, still, nn.Adam(0.1), as_batches(*data()), start, **options)
    assert same_trees(model, theirs)
    runs = [
        trained(compile, loss, nn.Adam(0.1), as_batches(*data()), start, **options)
        for compile in (True, False)
    ]
    assert_same_training(*runs)


def test_a_layer_in_two_places_is_measured_at_both():
    rng = np.random.default_rng(1)
    norm = nn.BatchNorm(3)
    make = lambda: nn.Sequential(norm, nn.tanh, norm, nn.Linear(3, 2, rng=np.random.default_rng(1)))
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    model, _ = nn.fit(make(), loss, [(x, y)], nn.SGD(0.1), steps=1, progress=False)
    first = nn.BatchNorm(3).updated(x, 0.1)
    second = first.updated(np.tanh(norm(x, training=True)), 0.1)
    assert same(model[0].mean, second.mean) and same(model[0].variance, second.variance)
    assert model[0].mean is model[2].mean and model[0].weight is model[2].weight


# ---- files ----


@pytest.mark.parametrize("before, after", [(False, True), (True, False)])
@pytest.mark.parametrize("trainable", [None, ["layers.3", "layers.4"]])
def test_going_on_from_a_file(trainable, before, after, tmp_path):
    optimizer, options = nn.Adam(0.01), {"trainable": trainable}
    whole = trained(False, loss, optimizer, as_batches(*data()), network(), **options)
    stream, kept = as_batches(*data()), []
    nn.fit(
        *(network(), loss, stream, optimizer),
        **{"steps": 9, "every": 1, "progress": False, "compile": before, **options},
        callbacks=[kept.append, lambda training: training.step == 5],
    )
    nn.save_checkpoint(tmp_path / "run", kept[-1], batches=stream)
    again = as_batches(*data())
    resumed = nn.load_checkpoint(tmp_path / "run", network(), optimizer, batches=again)
    ours = trained(after, loss, optimizer, again, network(), resume=resumed, **options)
    assert same_trees(ours[0], whole[0]) and ours[2] == whole[2]


def test_models_of_reports_have_them():
    seen = []
    trained(
        *(False, loss, nn.SGD(0.1), as_batches(*data()), network()),
        validate=lambda m: {"mean": float(seen.append(m) or m[1].mean[0])},
    )
    assert len({m[1].mean[0] for m in seen}) == 9 and type(seen[0][1]) is nn.BatchNorm
