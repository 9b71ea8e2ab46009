"""Training with ``compile=True``: the numbers of every way to train, to the bit."""

import signal
import warnings
from dataclasses import dataclass
from itertools import count

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.equality import same_trees
from tests.support.trainings import (
    OPTIMIZERS,
    as_batches,
    as_list,
    assert_same_training,
    data,
    net,
    trained,
)


def whole(y):
    return (y[:, 0] > 0).astype(int)


LOSSES = {
    "squares": (nn.squared_error, lambda y: y),
    "absolute": (nn.absolute_error, lambda y: y),
    "half squares": (nn.half_squared_error, lambda y: y),
    "Huber": (nn.huber, lambda y: y),
    "classes": (nn.cross_entropy, whole),
    "one class": (lambda z, t: nn.binary_cross_entropy(z[:, 0], t), whole),
    "hinge": (lambda z, t: nn.hinge(z[:, 0], 2 * t - 1), whole),
}


def as_samples(x, y):
    return nn.samples(x, y, np.random.default_rng(3))


def both(loss, optimizer, batches, **options):
    """A training with and without ``compile``, which are the same; the batches afterwards too."""
    streams = batches(), batches()
    runs = [trained(flag, loss, optimizer, s, **options) for flag, s in zip((True, False), streams)]
    assert_same_training(*runs)
    if isinstance(streams[0], nn.Batches):
        states = [stream.rng.bit_generator.state for stream in streams]
        assert states[0] == states[1]
    return runs[0]


# ---- the same bits ----


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", LOSSES)
def test_every_optimizer_with_every_loss(name, optimizer):
    loss, target = LOSSES[name]
    x, y = data()
    make = lambda: as_batches(x, target(y))
    both(lambda m, x, y: loss(m(x), y), OPTIMIZERS[optimizer], make)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stream", [as_batches, as_list, as_samples])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_stream_of_batches(stream, optimizer, dtype):
    both(
        *(lambda m, x, y: nn.squared_error(m(x), y), OPTIMIZERS[optimizer]),
        *(lambda: stream(*data(dtype)),),
        model=net(dtype),
    )


@pytest.mark.parametrize(
    "layers",
    [
        lambda rng: [nn.RNN(3, 3, rng=rng), nn.GRU(3, 2, rng=rng)],
        lambda rng: [nn.LSTM(3, 2, rng=rng), nn.LayerNorm(2)],
        lambda rng: [nn.Linear(3, 2, rng=rng), nn.BatchNorm(5), nn.gelu],
    ],
)
def test_layers_with_loops_and_buffers(layers):
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(12, 5, 3)), rng.normal(size=(12, 5, 2))
    model = nn.Sequential(layers(rng))
    loss = lambda m, x, y: nn.squared_error(m(x, training=True), y)
    both(loss, nn.AdamW(0.01), lambda: as_batches(x, y), model=model)


def test_a_model_of_numbers_and_dicts():
    line = lambda p, x, y: nn.squared_error(p["a"] * x + p["more"][0], y)
    x = np.linspace(-1, 1, 12)[:, None]
    both(line, nn.Adam(0.1), lambda: as_batches(x, 3 * x), model={"a": 0.5, "more": (1.0,)})


# ---- what is not frozen ----


def test_a_schedule_is_asked_at_each_step():
    asked = []

    def rate(t):
        asked.append(t)
        return 0.1 / (1 + t)

    loss = lambda m, x, y: nn.squared_error(m(x), y)
    trained(True, loss, nn.Clipped(nn.SGD(rate), 1.0), as_batches(*data()))
    assert asked == [*range(9)] and {type(t) for t in asked} == {int}


def test_what_the_loss_reads_from_outside_is_read_at_each_step():
    scale, seen = np.ones(1), []

    def loss(m, x, y):
        return nn.squared_error(m(x) * scale, y)

    def change(training):
        scale[:] = 1 / training.step
        seen.append(training.model)

    def run(compile):
        scale[:], seen[:] = 1.0, []
        options = {"steps": 6, "every": 1, "progress": False}
        nn.fit(net(), loss, as_batches(*data()), nn.SGD(0.1), callbacks=[change], compile=compile,
               **options)  # fmt: skip
        return [*seen]

    assert same_trees(run(True), run(False))


@dataclass(frozen=True)
class Signs:
    """An optimiser of one's own, without a schedule, whose state is what it likes."""

    rate: float = 0.1

    def start(self, model):
        return {"last": model}

    def __call__(self, model, gradient, state):
        new = al.tree_map(lambda p, g: p - self.rate * np.sign(g), model, gradient)
        return new, {"last": model}


@pytest.mark.parametrize("optimizer", [Signs(), nn.Clipped(Signs(), 0.5)])
def test_an_optimizer_of_ones_own(optimizer):
    both(lambda m, x, y: nn.squared_error(m(x), y), optimizer, lambda: as_batches(*data()))


def test_a_step_is_traced_once_for_each_shape():
    runs = count()

    def loss(m, x, y):
        next(runs)
        return nn.squared_error(m(x), y)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained(True, loss, nn.Adam(0.01), as_list(*data()))
    assert next(runs) == 2 * 3  # two shapes, each traced twice and run once, to compare
    trained(False, loss, nn.Adam(0.01), as_list(*data()))
    assert next(runs) == 2 * 3 + 1 + 9


# ---- reports, stops and going on ----


def test_reports_are_the_same(capsys):
    loss = lambda m, x, y: nn.squared_error(m(x), y)
    options = {
        "validate": lambda m: {"size": float(np.sum(m.layers[0].weight ** 2))},
        "measure": lambda m: float(loss(m, *data())),
        "every": 2,
        "progress": True,
    }
    both(loss, nn.Adam(0.01), lambda: as_batches(*data()), **options)
    said = capsys.readouterr().out.splitlines()
    shown = [line.split("loss")[1].split("  ")[0] for line in said if "loss" in line]
    assert shown and shown[: len(shown) // 2] == shown[len(shown) // 2 :]


def test_early_stopping_stops_at_the_same_step():
    loss = lambda m, x, y: nn.squared_error(m(x), y)

    def run(compile):
        stop = nn.early_stopping(2)
        return nn.fit(
            *(net(), loss, as_batches(*data()), nn.SGD(0.9)),
            steps=60,
            every=1,
            callbacks=[stop],
            progress=False,
            compile=compile,
        )

    (model, history), (other, its) = run(True), run(False)
    assert same_trees(model, other)
    assert history.stopped == its.stopped != ""


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("inside", ["batches", "measure", "callback", "schedule"])
def test_ctrl_c_returns_what_there_is(inside):
    """What is returned is the model after the last whole step, as without ``compile``."""
    calls = {name: count(1) for name in ("batches", "measure", "callback", "schedule")}
    loss = lambda m, x, y: nn.squared_error(m(x), y)
    batches = as_list(*data())

    def maybe(name):
        if name == inside and next(calls[name]) == 4:
            signal.raise_signal(signal.SIGINT)

    def stream():
        for batch in batches:
            maybe("batches")
            yield batch

    def rate(t):
        maybe("schedule")
        return 0.1

    def measure(w):
        maybe("measure")
        return 1.0

    model, history = nn.fit(
        *(net(), loss, stream(), nn.SGD(rate)),
        steps=9,
        every=1,
        measure=measure,
        progress=False,
        callbacks=[lambda training: maybe("callback")],
        compile=True,
    )
    done = 3 if inside in ("batches", "schedule") else 4
    assert history.stopped == f"interrupted after {done} of 9 steps"
    assert same_trees(model, trained(False, loss, nn.SGD(0.1), batches, steps=done)[0])


@pytest.mark.parametrize("before, after", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_going_on_from_a_file(optimizer, before, after, tmp_path):
    """A training that is saved and goes on is one that never stopped, compiled or not."""
    optimizer = OPTIMIZERS[optimizer]
    loss = lambda m, x, y: nn.squared_error(m(x), y)
    whole = trained(False, loss, optimizer, as_batches(*data()))
    path, stream, kept = tmp_path / "training", as_batches(*data()), []
    nn.fit(
        *(net(), loss, stream, optimizer),
        steps=9,
        every=1,
        progress=False,
        compile=before,
        callbacks=[kept.append, lambda training: training.step == 5],
    )
    nn.save_checkpoint(path, kept[-1], batches=stream)
    again = as_batches(*data())
    resumed = nn.load_checkpoint(path, net(), optimizer, batches=again)
    model, _, (steps, losses, *_) = trained(after, loss, optimizer, again, resume=resumed)
    assert same_trees(model, whole[0])
    assert (steps, losses) == whole[2][:2]


# ---- what cannot be compiled ----


def test_a_loss_that_draws_says_so():
    rng = np.random.default_rng(0)
    model = nn.Sequential([nn.Dropout(0.5), nn.Linear(3, 2, rng=rng)])
    loss = lambda m, x, y: nn.squared_error(m(x, training=True, rng=rng), y)
    with pytest.raises(TypeError, match="random"):
        trained(True, loss, nn.SGD(0.1), as_batches(*data()), model=model)


def test_a_loss_that_branches_names_the_line():
    def loss(m, x, y):
        value = nn.squared_error(m(x), y)
        return value if value > 0 else -value

    with pytest.raises(TypeError, match="test_compiled_training"):
        trained(True, loss, nn.SGD(0.1), as_batches(*data()))
