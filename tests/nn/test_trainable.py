"""Freezing and sharing: what is frozen does not move by a bit, and what is one stays one."""

import re
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.equality import same_trees
from tests.support.trainings import (
    OPTIMIZERS,
    as_batches,
    assert_same_training,
    data,
    trained,
)


def loss(m, x, y):
    return nn.squared_error(m(x), y)


def network(dtype=float):
    """Two layers of one shape, a normalisation, and an output."""
    rng = np.random.default_rng(1)
    layers = [nn.Linear(3, 3, rng=rng, dtype=dtype), nn.tanh, nn.BatchNorm(3, dtype=dtype)]
    layers += [nn.Linear(3, 3, rng=rng, dtype=dtype), nn.Linear(3, 2, rng=rng, dtype=dtype)]
    return nn.Sequential(layers)


def penalized(m, x, y):
    return nn.squared_error(m(x, training=True), y) + 0.1 * nn.l2_penalty(m)


CHOICES = {
    "a path": ("layers.4", ["layers.4.weight", "layers.4.bias"]),
    "a list": (["layers.0.weight", "layers.4.bias"], ["layers.0.weight", "layers.4.bias"]),
    "a predicate": (
        lambda path: path.endswith("bias"),
        [f"layers.{i}.bias" for i in (0, 2, 3, 4)],
    ),
    "a pattern": ("*.bias", [f"layers.{i}.bias" for i in (0, 2, 3, 4)]),
    "no statistics": ("layers.2", ["layers.2.weight", "layers.2.bias"]),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_what_is_trained_is_what_was_said(choice):
    trainable, names = CHOICES[choice]
    model = network()
    part, whole = nn.partition(model, trainable)
    assert [*part] == names
    leaves = nn.named_leaves(whole({name: w + 1 for name, w in part.items()}))
    for name, leaf in nn.named_leaves(model).items():
        assert np.array_equal(leaves[name], leaf + 1) if name in names else leaves[name] is leaf


#: Each optimiser, with one choice after the other: what is compiled takes much longer.
IN_TURN = [*zip(OPTIMIZERS, cycle(CHOICES))]

#: What a layer that is trained measures.
MEASURED = ("layers.2.mean", "layers.2.variance")


def frozen_run(compile, name, choice):
    """A training of what was chosen, after which all else is the very array that it was."""
    (trainable, names), start = CHOICES[choice], network()
    run = trained(
        *(compile, penalized, OPTIMIZERS[name], as_batches(*data()), start), trainable=trainable
    )
    measures = any(path.startswith("layers.2.") for path in names)
    moved = {*names, *(MEASURED if measures else ())}
    after = nn.named_leaves(run[0])
    for path, leaf in nn.named_leaves(start).items():
        if path in moved:
            assert np.any(after[path] != leaf), path
        else:
            assert after[path] is leaf, path
    return run


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_frozen_array_does_not_move_by_a_bit(name, choice):
    """It is the very array, under every optimiser, decay, penalty and clipping."""
    frozen_run(False, name, choice)


@pytest.mark.parametrize("name, choice", IN_TURN)
def test_nor_where_it_is_compiled(name, choice):
    assert_same_training(frozen_run(True, name, choice), frozen_run(False, name, choice))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_of_all_paths_is_training(name):
    """The same numbers as without ``trainable``, in the same order."""
    plain = trained(False, loss, OPTIMIZERS[name], as_batches(*data()), network())
    every = lambda path: True
    said = trained(False, loss, OPTIMIZERS[name], as_batches(*data()), network(), trainable=every)
    assert same_trees(plain[0], said[0]) and plain[2] == said[2]


@pytest.mark.parametrize("limit", [1e-3, 1e3])
def test_clipping_takes_the_length_of_what_is_trained(limit):
    """The step is that of a training in which the frozen arrays are constants."""
    model, (x, y) = network(), data()
    optimizer = nn.Clipped(nn.SGD(1.0), limit)
    after, _ = nn.fit(
        model, loss, [(x, y)], optimizer, steps=1, progress=False, trainable="layers.4"
    )
    layer = model.layers[4]
    gradient = al.grad(lambda layer: loss(replaced(model, 4, layer), x, y))(layer)
    assert same_trees(after.layers[4], optimizer(layer, gradient, optimizer.start(layer))[0])


def replaced(model, i, layer):
    return nn.Sequential([*model.layers[:i], layer, *model.layers[i + 1 :]])


@pytest.mark.parametrize("penalty", [nn.l1_penalty, nn.l2_penalty])
@pytest.mark.parametrize("choice", CHOICES)
def test_penalties_take_the_same_word(penalty, choice):
    trainable, names = CHOICES[choice]
    leaves = nn.named_leaves(network())
    assert penalty(network(), trainable) == penalty([leaves[name] for name in names])


@pytest.mark.parametrize(
    "trainable, message",
    [
        ("layers.9", r"'layers\.9' names nothing.*write 'layers"),
        (["layer.4"], r"'layer\.4' names nothing.*layers\.4"),
        (lambda path: False, r"nothing .* is trained; .*trainable='layers\.4\.bias'"),
        ([], "nothing in the model is trained"),
        ("layers.2.mean", "nothing in the model is trained"),
    ],
)
def test_words_that_name_nothing_are_refused(trainable, message):
    with pytest.raises(ValueError, match=message):
        nn.partition(network(), trainable)
    nn.partition(network(), "layers.4.bias")


@pytest.mark.parametrize("word", ["head", "layers[4]", "layers.-1", "backbone", "4", "net.4.bias"])
def test_a_word_that_names_nothing_is_answered_by_some_that_do(word):
    with pytest.raises(ValueError, match="names nothing") as error:
        nn.partition(network(), word)
    answers = re.findall(r"'([\w.]+)'", str(error.value).partition("write ")[2])
    assert answers and all(nn.partition(network(), answer)[0] for answer in answers)


@pytest.mark.parametrize("layer", [network()[0], network()[2], nn.Dropout(0.5), network()])
def test_a_layer_is_no_choice(layer):
    with pytest.raises(TypeError, match=r'trainable = a \w+; .* as in trainable=\["layers'):
        nn.partition(network(), layer)


@pytest.mark.parametrize("flag", ["trainable", "requires_grad", "frozen"])
@pytest.mark.parametrize("path", ["layers.3.", ""])
def test_nobody_reads_a_flag_on_a_layer_so_it_is_refused(flag, path):
    model = network()
    flagged = model[3] if path else model
    setattr(flagged, flag, False)
    with pytest.raises(ValueError, match=f"fit: {path}{flag} was set.* trainable=") as error:
        trained(False, loss, nn.SGD(0.1), as_batches(*data()), model)
    delattr(flagged, flag)  # the remedy
    choice = re.search(r"(trainable=\[.*\])", str(error.value))[1].replace("layers.2", "layers.3")
    assert {*eval(f"nn.partition(model, {choice})")[0]} == {"layers.3.weight", "layers.3.bias"}


@dataclass
class Flagged:
    """A layer that has such a field reads it itself."""

    weight: Any
    trainable: bool = field(default=True, metadata={"static": True})


def test_a_field_of_that_name_is_the_layers_own():
    assert [*nn.partition([Flagged(np.ones(2))])[0]] == ["0.weight"]


# ---- one layer in two places ----


@dataclass
class Tied:
    """A model whose output has the weights of its embedding."""

    embedding: Any
    output: Any

    def __call__(self, words):
        return self.output(nn.tanh(self.embedding(words)))


def tied():
    rng = np.random.default_rng(1)
    embedding, output = nn.Embedding(6, 4, rng=rng), nn.Linear(4, 6, rng=rng)
    output.weight = embedding.weight
    return Tied(embedding, output)


def twice():
    rng = np.random.default_rng(1)
    inner = nn.Linear(3, 3, rng=rng)
    return nn.Sequential([inner, nn.tanh, inner, nn.Linear(3, 2, rng=rng)])


def words(n=12):
    rng = np.random.default_rng(2)
    return rng.integers(0, 6, n), rng.integers(0, 6, n)


def next_word(m, x, y):
    return nn.cross_entropy(m(x), y) + 0.01 * nn.l2_penalty(m)


def plainly_penalized(m, x, y):
    return nn.squared_error(m(x), y) + 0.1 * nn.l2_penalty(m)


SHARED = {
    "tied embeddings": (tied, next_word, words, ("embedding.weight", "output.weight")),
    "a layer twice": (twice, plainly_penalized, data, ("layers.0.weight", "layers.2.weight")),
}


def shared_run(compile, kind, name):
    """A training of a model, in which what was one array has moved, and is one."""
    make, loss, samples, (first, second) = SHARED[kind]
    run = trained(compile, loss, OPTIMIZERS[name], as_batches(*samples()), make())
    leaves = nn.named_leaves(run[0])
    assert leaves[first] is leaves[second]
    assert np.any(leaves[first] != nn.named_leaves(make())[first])
    return run


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("kind", SHARED)
def test_what_is_one_stays_one(kind, name):
    """The training is that of a model of the parts, written out, to the bit."""
    make, loss, samples, _ = SHARED[kind]
    run = shared_run(False, kind, name)
    by_hand = trained(
        *(False, lambda p, x, y: loss(written_out(kind, p), x, y), OPTIMIZERS[name]),
        *(as_batches(*samples()), parts_of(kind, make())),
    )
    assert same_trees(written_out(kind, by_hand[0]), run[0]) and by_hand[2] == run[2]


@pytest.mark.parametrize("name, kind", [*zip(OPTIMIZERS, cycle(SHARED))])
def test_and_where_it_is_compiled(name, kind):
    assert_same_training(shared_run(True, kind, name), shared_run(False, kind, name))


def parts_of(kind, model):
    """What is trained, in the order of its first place."""
    if kind == "tied embeddings":
        return [model.embedding.weight, model.output.bias]
    inner, output = model.layers[0], model.layers[3]
    return [inner.weight, inner.bias, output.weight, output.bias]


def written_out(kind, p):
    if kind == "tied embeddings":
        embedding = replace_in(tied().embedding, weight=p[0])
        return Tied(embedding, nn.Linear.of(p[0], p[1]))
    inner, output = nn.Linear.of(p[0], p[1]), nn.Linear.of(p[2], p[3])
    return nn.Sequential([inner, nn.tanh, inner, output])


def replace_in(layer, **fields):
    for name, value in fields.items():
        setattr(layer, name, value)
    return layer


@pytest.mark.parametrize("make", [tied, twice])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_that_would_make_two_of_one_is_refused(optimizer, make):
    with pytest.raises(ValueError, match=r"is the same array as .*nn\.fit.*nn\.partition\(model"):
        OPTIMIZERS[optimizer].start(make())
    part, whole = nn.partition(make())
    OPTIMIZERS[optimizer].start(part)
    assert same_trees(whole(part), make())


def test_searches_refuse_it_too_and_the_remedy_works():
    pytest.importorskip("scipy")
    x, y = data()
    model = twice()
    search = lambda model, loss: nn.minimize(loss, model, "BFGS", tolerance=1e-2)
    with pytest.raises(ValueError, match=r"minimize: layers\.2\.weight is the same array as"):
        search(model, lambda m: loss(m, x, y))
    part, whole = nn.partition(model)
    found, _ = search(part, lambda part: loss(whole(part), x, y) + 0.1 * nn.l2_penalty(part))
    assert loss(whole(found), x, y) < loss(model, x, y)


def test_equal_numbers_are_not_one():
    model = {"a": 1.0, "b": 1.0}
    nn.SGD(0.1).start(model)
    assert [*nn.partition(model)[0]] == ["a", "b"]
    assert nn.l2_penalty(model) == 2.0


# ---- files ----


@pytest.mark.parametrize("make", [tied, twice])
def test_what_is_one_is_one_after_a_file(make, tmp_path):
    model = make()
    nn.save(tmp_path / "net", model)
    again = nn.load(tmp_path / "net", like=make())
    assert same_trees(again, model)
    assert len({*map(id, al.tree_leaves(again))}) == len({*map(id, al.tree_leaves(model))})


def test_two_arrays_do_not_become_one(tmp_path):
    two = twice()
    two.layers[2] = nn.Linear(3, 3, rng=np.random.default_rng(9))
    nn.save(tmp_path / "net", two)
    with pytest.raises(ValueError, match=r"net: layers\.2\.weight and layers\.0\.weight differ"):
        nn.load(tmp_path / "net", like=twice())
    assert same_trees(nn.load(tmp_path / "net", like=two), two)


@pytest.mark.parametrize(
    "name, what, before",
    [*zip(OPTIMIZERS, cycle(["frozen", "frozen", "shared", "shared"]), cycle([True, False]))],
)
def test_going_on_from_a_file(what, name, before, tmp_path):
    """From compiled steps to eager ones, and from eager to compiled ones."""
    optimizer = OPTIMIZERS[name]
    make, options = (
        (network, {"trainable": ["layers.0", "*.bias"]})
        if what == "frozen"
        else (
            twice,
            {},
        )
    )
    whole = trained(False, loss, optimizer, as_batches(*data()), make(), **options)
    stream, kept = as_batches(*data()), []
    nn.fit(
        *(make(), loss, stream, optimizer),
        **{"steps": 9, "every": 1, "progress": False, "compile": before, **options},
        callbacks=[kept.append, lambda training: training.step == 5],
    )
    nn.save_checkpoint(tmp_path / "run", kept[-1], batches=stream)
    again = as_batches(*data())
    resumed = nn.load_checkpoint(tmp_path / "run", make(), optimizer, batches=again)
    ours = trained(not before, loss, optimizer, again, make(), resume=resumed, **options)
    assert same_trees(ours[0], whole[0]) and ours[2] == whole[2]


def test_going_on_with_other_arrays_is_refused():
    kept = []
    options = {"steps": 9, "every": 1, "progress": False}
    go = lambda **more: nn.fit(network(), loss, as_batches(*data()), nn.Adam(0.1), **options | more)
    go(steps=3, trainable="layers.4", callbacks=[kept.append])
    with pytest.raises(ValueError, match=r"give trainable=\['layers\.4\.weight', 'layers\.4\.bia"):
        go(resume=kept[-1])
    go(resume=kept[-1], trainable=["layers.4.weight", "layers.4.bias"])
    with pytest.raises(ValueError, match=r"all of the model.* give trainable=None"):
        go(resume=replace(kept[-1], trainable=None), trainable="layers.4")


def test_what_was_frozen_is_trained_later():
    """By a training that begins with the model, as the error of one that goes on says."""
    kept, batches = [], as_batches(*data())
    go = lambda model, **more: nn.fit(
        model, loss, batches, nn.Adam(0.1), steps=9, progress=False, **more
    )
    tuned, _ = go(network(), trainable="layers.4", callbacks=[kept.append])
    with pytest.raises(ValueError, match=r"begin anew .*: fit\(resume\.model, \.\.\.\) without"):
        go(network(), resume=kept[-1])
    whole, _ = go(kept[-1].model)
    assert np.all(tuned[0].weight == network()[0].weight)
    assert np.all(whole[0].weight != tuned[0].weight)


@pytest.mark.parametrize("compile", [True, False])
def test_the_loops_of_a_small_model_keep_to_it(compile, monkeypatch):
    """Between two reports there are many steps: one loop, where it is compiled."""
    options = {"steps": 120, "every": 40, "trainable": "layers.4"}
    run = lambda flag: trained(flag, loss, nn.Adam(0.01), as_batches(*data()), network(), **options)
    assert_same_training(run(compile), run(False))
