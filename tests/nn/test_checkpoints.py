"""Trainings in files: going on is as if nothing had been, even after kill -9."""

import json
import os
import random
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from time import sleep
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as al
import nn
from nn.training.codec import decode, encode
from tests.support.equality import same_trees
from tests.support.saved import Odd, handmade, net, odd

ROOT = Path(__file__).parents[2]

# ---- trees of any form ----


class Pair(NamedTuple):
    first: Any
    second: Any


numbers = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
anything = numbers | hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.bool_]), hnp.array_shapes(min_dims=0)
)
trees = st.recursive(
    anything | st.builds(np.float32, st.floats(width=32)) | st.just(nn.relu),
    lambda t: (
        st.lists(t, max_size=3)
        | st.lists(t, max_size=3).map(tuple)
        | st.dictionaries(st.integers(0, 9), t, max_size=3)
        | st.builds(Pair, t, t)
        | st.builds(Odd, t, t)
    ),
    max_leaves=6,
)


@given(trees)
@example((np.float32(1), np.array(1, np.float32), 1.0, True, [], {}, (), {3: None}))
def test_a_tree_comes_back_through_json(tree):
    arrays = {}
    written = json.loads(json.dumps(encode(tree, "t", arrays)))
    read = {name: np.array(array) for name, array in arrays.items()}  # a file knows no scalars
    back = decode(written, read, tree, None)
    assert repr(back) == repr(tree)  # types, structure, numbers
    again = {}
    encode(back, "t", again)
    assert same_trees([*again.values()], [*arrays.values()])


def test_a_list_may_have_grown_with_records_like_the_model():
    model = odd(1.0)
    arrays = {}
    written = encode({"past": [model, model]}, "state", arrays)
    found = decode(written, arrays, {"past": []}, model)
    assert same_trees(found["past"][1], model) and found["past"][1].name == "odd"


def test_trees_that_cannot_be_written():
    with pytest.raises(ValueError, match="state is a Fraction"):
        encode(Fraction(1, 2), "state", {})
    with pytest.raises(ValueError, match=r"key \(1, 2\)"):
        encode({(1, 2): 3.0}, "state", {})
    with pytest.raises(ValueError, match="the same text"):
        encode({0: 1.0, "0": 2.0}, "state", {})


# ---- going on ----


class Remember:
    """An optimiser with a state of every form: it adds the past to the step, and lists grow."""

    def start(self, model):
        return {"t": 0, "none": None, "past": [], "pair": Pair(np.float32(0.5), model)}

    def __call__(self, model, gradient, state):
        new = al.tree_map(
            lambda p, g, q: p - state["pair"].first * g + np.float32(0.1) * (p - q),
            *(model, gradient, state["pair"].second),
        )
        past = [*state["past"], gradient][-3:]
        pair = Pair(state["pair"].first * np.float32(0.9), model)
        return new, {"t": state["t"] + 1, "none": None, "past": past, "pair": pair}


OPTIMIZERS = {
    "every form": Remember(),
    "SGD": nn.SGD(0.1),
    "HeavyBall": nn.HeavyBall(0.1),
    "Nesterov": nn.Nesterov(0.1),
    "RMSprop": nn.RMSprop(0.01),
    "Adam": nn.Adam(0.01),
    "Barzilai-Borwein": nn.BarzilaiBorwein(0.01),
    "AdamW": nn.AdamW(0.01),
}


def run(steps, optimizer, callbacks=(), path=None, kind=np.random.PCG64):
    """A training with dropout, from one generator for the order and another for the masks."""
    data = np.random.default_rng(0)
    x = data.standard_normal((11, 3)).astype(np.float32)
    y = data.integers(2, size=11)
    rng = np.random.Generator(kind(7))
    batches = nn.Batches(x, y, size=3, rng=np.random.Generator(kind(1)))

    def loss(net, x, y):
        return nn.cross_entropy(net(x * (rng.random(x.shape) < 0.8)), y)

    def keep(training):
        if training.step == 5 and path:
            nn.save_checkpoint(path, training, batches=batches, rng=rng)

    resume = None
    if path and path.exists():
        resume = nn.load_checkpoint(path, net(3), optimizer, batches=batches, rng=rng)
    kept = []
    nn.fit(
        net(),
        loss,
        batches,
        optimizer,
        steps=steps,
        every=1,
        validate=lambda net: {"norm": np.sum(net.layers[0].weight)},
        callbacks=[keep, kept.append],
        resume=resume,
        progress=False,
    )
    return kept[-1], batches.position, rng.bit_generator.state


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937])
def test_five_steps_and_five_are_ten_bit_for_bit(tmp_path, optimizer, kind):
    path = tmp_path / "run"
    whole, position, generator = run(10, optimizer, kind=kind)
    run(5, optimizer, path=path, kind=kind)
    resumed, there, state = run(10, optimizer, path=path, kind=kind)
    assert resumed.step == 10
    assert same_trees(resumed.model, whole.model) and same_trees(resumed.state, whole.state)
    assert repr((there, state)) == repr((position, generator))
    assert resumed.history.losses == whole.history.losses
    assert resumed.history.steps == whole.history.steps
    assert resumed.history.validation == whole.history.validation


def test_what_was_saved_must_be_asked_for(tmp_path):
    training = nn.Training(3, net(), 3, nn.History())
    rng = np.random.default_rng(0)
    nn.save_checkpoint(tmp_path / "a", training)
    nn.save_checkpoint(tmp_path / "b", training, rng=rng)
    with pytest.raises(ValueError, match="a: has no rng: call load_checkpoint without rng="):
        nn.load_checkpoint(tmp_path / "a", net(), nn.SGD(0.1), rng=rng)
    with pytest.raises(ValueError, match="b: has rng: call load_checkpoint with rng="):
        nn.load_checkpoint(tmp_path / "b", net(), nn.SGD(0.1))
    with pytest.raises(ValueError, match=r"a: not the model's .*layers\.0\.weight is float32"):
        nn.load_checkpoint(tmp_path / "a", net(dtype=float), nn.SGD(0.1))
    with pytest.raises(ValueError, match=r"a: .*use nn\.load_checkpoint"):
        nn.load(tmp_path / "a", like=net())
    batches = nn.Batches(np.arange(9), size=2)
    nn.save_checkpoint(tmp_path / "c", training, batches=batches)
    with pytest.raises(ValueError, match=r"c: .*'size': 2.*'size': 3"):
        other = nn.Batches(np.arange(9), size=3)
        nn.load_checkpoint(tmp_path / "c", net(), nn.SGD(0.1), batches=other)


@pytest.mark.parametrize(
    "optimizer, other, told",
    [
        (nn.SGD(0.1), nn.Adam(0.1), "with SGD, and the optimizer is Adam"),
        (nn.Adam(0.1), nn.SGD(0.1), "with Adam, and the optimizer is SGD"),
        (nn.HeavyBall(0.1), nn.Nesterov(0.1), "with HeavyBall, and the optimizer is Nesterov"),
        (
            nn.Clipped(nn.Nesterov(0.1), 1.0),
            nn.Clipped(nn.HeavyBall(0.1), 1.0),
            r"with Clipped\(Nesterov\), and the optimizer is Clipped\(HeavyBall\)",
        ),
    ],
)
def test_another_optimizer_cannot_go_on(tmp_path, optimizer, other, told):
    keep = lambda training: nn.save_checkpoint(tmp_path / "run", training)
    batches, loss = [(np.ones(1),)], lambda w, x: np.sum(w * x)
    nn.fit(np.ones(1), loss, batches, optimizer, steps=1, callbacks=[keep], progress=False)
    with pytest.raises(ValueError, match=f"run: .*{told}"):
        nn.load_checkpoint(tmp_path / "run", np.ones(1), other)
    again = nn.load_checkpoint(tmp_path / "run", np.ones(1), optimizer)
    nn.save_checkpoint(tmp_path / "run", again)
    with pytest.raises(ValueError, match=f"run: .*{told}"):
        nn.load_checkpoint(tmp_path / "run", np.ones(1), other)


# ---- what is no checkpoint ----


@pytest.mark.parametrize(
    "training, message",
    [
        ("{", "damaged: its JSON cannot be read"),
        ("[" * 100_000, "damaged: its JSON cannot be read"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ('{"format": 3}', "of format 3, and this version reads 1 and 2; read it with the version"),
        ('{"format": true}', "of format True"),
        ('{"format": 2}', "damaged: it has no checksums"),
        ('{"format": 1, "format": 1}', "damaged: .*'format' stands twice"),
        ('{"format": 1}', "does not fit"),
        ('{"format": 1, "state": {"array": "m"}}', "does not fit"),
        ('{"format": 1, "state": {"spell": "m"}}', "does not fit"),
        ('{"format": 1, "state": 1, "history": null}', "does not fit"),
        ('{"format": 1, "state": ' + "[" * 900 + "]" * 900 + "}", "does not fit"),
    ],
)
def test_what_a_checkpoint_may_pretend(tmp_path, training, message):
    path = handmade(tmp_path / "bad", {"__metadata__": {"training": training}})
    with pytest.raises(ValueError, match=f"bad: .*{message}"):
        nn.load_checkpoint(path, {}, nn.SGD(0.1))


def test_a_model_is_no_training(tmp_path):
    nn.save(tmp_path / "w", net())
    with pytest.raises(ValueError, match=r"holds no training; .* use nn\.load"):
        nn.load_checkpoint(tmp_path / "w", net(), nn.SGD(0.1))


# ---- kill -9 ----

WRITER = """
import os
import signal
import sys
from itertools import count
from fractions import Fraction
from pathlib import Path
import numpy as np
import nn
from nn.training import atomic

path, moment = sys.argv[1:]


def die(*anything):
    os.kill(os.getpid(), signal.SIGKILL)


def half(path, parts):
    def torn():
        for part in parts:
            if len(part) > 200_000:
                yield part[:100_000]
                die()
            yield part
    whole(path, torn())


if moment == "write":
    whole, atomic.replace = atomic.replace, half
elif moment in ("fsync", "replace"):
    setattr(os, moment, die)

for step in count(2):
    model = {"w": np.full(200_000, step, np.float32)}
    training = nn.Training(step, model, [step, np.full(9, step)], nn.History())
    nn.save_checkpoint(path, training)
    if moment == "end":
        die()
    print(step, flush=True)
"""


def killed(path, moment, after=None):
    """A program that writes checkpoints is killed; what then is in the file."""
    command = [sys.executable, "-c", WRITER, str(path), moment]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        if after is not None:
            sleep(after)
            writer.kill()
    assert writer.returncode == -signal.SIGKILL
    found = nn.load_checkpoint(path, {"w": np.zeros(200_000, np.float32)}, nn.SGD(0.1))
    assert np.all(found.model["w"] == found.step) and found.state[0] == found.step
    assert np.all(found.state[1] == found.step)
    assert all(name == "run" or name.endswith(".part") for name in os.listdir(path.parent))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is of POSIX")
def test_a_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path):
    path = tmp_path / "run"
    model = {"w": np.ones(200_000, np.float32)}
    first = nn.Training(1, model, [1, np.ones(9)], nn.History())
    nn.save_checkpoint(path, first)
    for moment, step in (("write", 1), ("fsync", 1), ("replace", 1), ("end", 2)):
        assert killed(path, moment).step == step
    moments = random.Random(0)
    for _ in range(3):
        assert killed(path, "any", after=moments.uniform(0, 0.05)).step >= 2
    nn.save_checkpoint(path, first)  # what the last one left does not stand in the way
    assert os.listdir(tmp_path) == ["run"]
