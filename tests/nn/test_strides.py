"""Steps between reports as one loop: the numbers, generators and reports of one by one."""

import signal
from itertools import count

import numpy as np
import pytest

import nn
from nn.training import strides
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


def loss(m, x, y):
    return nn.squared_error(m(x), y)


STREAMS = {
    "samples": lambda rng, x, y: nn.samples(x, y, rng),
    "samples that end": lambda rng, x, y: nn.samples(x, y, rng, steps=90),
    "epochs": lambda rng, x, y: nn.Batches(x, y, size=4, rng=rng),
    "a smaller one": lambda rng, x, y: nn.Batches(x, y, size=5, rng=rng),
    "replaced": lambda rng, x, y: nn.Batches(x, y, size=3, rng=rng, replace=True),
    "dropped": lambda rng, x, y: nn.Batches(x, y, size=5, rng=rng, drop_last=True),
    "too large": lambda rng, x, y: nn.Batches(x, y, size=20, rng=rng),
    "epochs that end": lambda rng, x, y: nn.Batches(x, y, size=4, rng=rng, epochs=30),
}


@pytest.fixture
def loops(monkeypatch):
    """How many steps each loop made."""
    made = []
    original = strides.compiled_loop

    def counting(*args):
        loop = original(*args)

        def counted(model, state, stacked):
            result = loop(model, state, stacked)
            made.append(len(stacked[0]))
            return result

        return counted

    monkeypatch.setattr(strides, "compiled_loop", counting)
    monkeypatch.setattr(strides, "FIRST", 16)
    return made


def both(stream, optimizer, dtype=float, **options):
    """A training with and without ``compile``; they and their generators are the same."""
    runs, states = [], []
    for flag in (True, False):
        rng = np.random.default_rng(3)
        with np.errstate(all="ignore"):
            runs.append(
                trained(flag, loss, optimizer, stream(rng, *data(dtype)), net(dtype), **options)
            )
        states.append(rng.bit_generator.state)
    assert_same_training(*runs)
    assert states[0] == states[1]
    return runs[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("stream", ["samples", "epochs"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_optimizer(stream, name, dtype, loops):
    optimizer = nn.HeavyBall(0.01) if name == "heavy ball" else OPTIMIZERS[name]
    both(STREAMS[stream], optimizer, dtype, steps=80, every=27)
    assert sum(loops) >= 70


@pytest.mark.filterwarnings("ignore:fit. the batches ran out")
@pytest.mark.parametrize("every", [16, 23, 100, 200])
@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_and_report(stream, every, loops):
    both(STREAMS[stream], nn.SGD(nn.inverse_decay(0.05, 9)), steps=150, every=every)
    assert (sum(loops) > 50) == (stream != "too large")


def test_many_samples_move_the_generator_as_one_by_one(loops):
    both(STREAMS["samples"], nn.SGD(0.01), steps=5000, every=2500)
    assert sum(loops) > 4900


def test_rows_in_another_order_in_memory_are_given_one_by_one(loops):
    stream = lambda rng, x, y: nn.samples(np.asfortranarray(x), y, rng)
    both(stream, nn.SGD(0.05), steps=40, every=20)
    assert not loops


def test_lists_and_large_models_go_one_by_one(loops):
    trained(True, loss, nn.SGD(0.05), as_list(*data()) * 4, steps=32, every=16)
    large = nn.MLP([3, 4000, 2], rng=np.random.default_rng(1))
    trained(True, loss, nn.SGD(0.001), as_batches(*data()), large, steps=17, every=16)
    assert not loops


def test_what_is_no_loop_goes_one_by_one(loops):
    """The rates are of other types, so what is carried would change its dtype."""

    class Plain(nn.SGD):
        def __call__(self, model, gradient, state):
            return nn.SGD(self.rate)(model, gradient, state)

    def stubborn(m, x, y):
        return loss(m, x, y) * (1.0 if len(x.shape) == 1 else 2.0)

    both(STREAMS["samples"], Plain(0.05), steps=40, every=20)
    stream = lambda: nn.samples(*data(), np.random.default_rng(3))
    runs = [trained(c, stubborn, nn.SGD(0.05), stream(), steps=40, every=20) for c in (True, False)]
    assert_same_training(*runs)


def test_an_error_of_the_loss_is_its_own():
    def branches(m, x, y):
        value = loss(m, x, y)
        return value if value > 0 else -value

    with pytest.raises(TypeError, match="test_strides"):
        trained(True, branches, nn.SGD(0.1), as_batches(*data()), steps=100, every=50)


@pytest.mark.parametrize("before, after", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("name", ["SGD", "Adam", "clipped by norm", "warm"])
def test_going_on_from_a_file(name, before, after, tmp_path, loops):
    optimizer = OPTIMIZERS[name]
    whole = trained(False, loss, optimizer, as_batches(*data()), steps=100, every=20)
    path, stream, kept = tmp_path / "training", as_batches(*data()), []
    nn.fit(
        *(net(), loss, stream, optimizer),
        steps=100,
        every=20,
        progress=False,
        compile=before,
        callbacks=[kept.append, lambda training: training.step == 60],
    )
    nn.save_checkpoint(path, kept[-1], batches=stream)
    again = as_batches(*data())
    resumed = nn.load_checkpoint(path, net(), optimizer, batches=again)
    model, _, (steps, losses, *_) = trained(
        *(after, loss, optimizer, again), resume=resumed, steps=100, every=20
    )
    assert same_trees(model, whole[0])
    assert (steps, losses) == whole[2][:2]
    assert loops


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("at", [3, 40, 60])
def test_ctrl_c_returns_the_model_before_the_loop(at, loops):
    calls = count()

    def rate(t):
        if next(calls) == at:
            signal.raise_signal(signal.SIGINT)
        return 0.05

    stream = lambda: nn.samples(*data(), np.random.default_rng(3))
    model, history = nn.fit(
        *(net(), loss, stream(), nn.SGD(rate)),
        steps=100,
        every=50,
        progress=False,
        compile=True,
    )
    done = int(history.stopped.split()[2])
    assert history.stopped == f"interrupted after {done} of 100 steps"
    assert at - 33 <= done <= at
    assert same_trees(model, trained(False, loss, nn.SGD(0.05), stream(), steps=done)[0])


def test_a_loop_is_traced_once_whatever_its_length(loops):
    runs = count()

    def counted(m, x, y):
        next(runs)
        return loss(m, x, y)

    stream = nn.samples(*data(), np.random.default_rng(3))
    trained(True, counted, nn.Adam(0.01), stream, steps=1000, every=77)
    assert len({*loops}) > 3 and next(runs) < 20
