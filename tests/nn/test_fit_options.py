"""Every option of `fit` through compile and resume: the same model and history, bit for bit."""

import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.equality import same_trees
from tests.support.trainings import data, net

STEPS, PAUSE = 12, 2


def loss(m, x, y):
    return nn.squared_error(m(x), y)


def in_training(m, x, y):
    return 0.1 * nn.squared_error(m(x, training=True), y) + 0.01 * nn.l2_penalty(m)


def with_statistics():
    rng = np.random.default_rng(1)
    hidden = [nn.Linear(3, 4, rng=rng), nn.BatchNorm(4), nn.tanh]
    return nn.Sequential(*hidden, nn.Linear(4, 2, rng=rng))


def shared():
    rng = np.random.default_rng(1)
    inner = nn.Linear(3, 3, rng=rng)
    return nn.Sequential(inner, nn.tanh, inner, nn.Linear(3, 2, rng=rng))


def single():
    return net(np.float32)


def batches(x, y):
    return nn.Batches(x, y, size=5, rng=np.random.default_rng(3))  # three in an epoch


def singles(x, y):
    return batches(x.astype(np.float32), y.astype(np.float32))


def broken(x, y):
    """The third batch of each epoch has a target that is NaN; pauses are before the second one."""
    y = np.where(np.arange(12)[:, None] == 11, np.nan, y)
    return nn.Batches(x, y, size=5)


def share(m):
    """A measurement that goes up and down."""
    return {"accuracy": float(np.round(np.abs(np.sin(1e3 * np.sum(nn.ravel(m)))), 3))}


def restore(**options):
    return lambda: {"callbacks": [nn.early_stopping(**options, restore_best=True)]}


class Case(NamedTuple):
    options: Any = dict
    model: Any = net
    loss: Any = loss
    optimizer: Any = nn.Adam(0.05)
    batches: Any = batches


BEST = {"of": "accuracy", "patience": 3}
CASES = {
    "nothing": Case(),
    "epochs": Case(lambda: {"steps": None, "epochs": 4}),
    "every": Case(lambda: {"every": 2}),
    "loops": Case(lambda: {"steps": 80, "every": 20}),
    "loops with statistics": Case(lambda: {"steps": 80, "every": 20}, with_statistics, in_training),
    "loops of a part": Case(lambda: {"steps": 80, "every": 20, "trainable": "*.bias"}),
    "measure": Case(lambda: {"measure": lambda m: np.sum(nn.ravel(m) ** 2)}),
    "validate": Case(lambda: {"validate": share}),
    "a path": Case(lambda: {"trainable": "layers.2"}),
    "a list": Case(lambda: {"trainable": ["*.bias", "layers.0"]}),
    "a function": Case(lambda: {"trainable": lambda path: path.endswith("weight")}),
    "stop": Case(lambda: {"callbacks": [nn.early_stopping(2)]}, optimizer=nn.SGD(0.6)),
    "best of losses": Case(restore(patience=20), optimizer=nn.SGD(0.6)),
    "best of accuracies": Case(lambda: {"validate": share, **restore(**BEST)()}),
    "worst of accuracies": Case(lambda: {"validate": share, **restore(**BEST, mode="min")()}),
    "epochs without a best": Case(
        lambda: {"validate": share, **restore(of="accuracy", patience=2, unit="epochs")()}
    ),
    "best of a part": Case(
        lambda: {"validate": share, "trainable": "layers.2", **restore(**BEST)()}
    ),
    "shared": Case(model=shared),
    "best of shared": Case(lambda: {"validate": share, **restore(**BEST)()}, model=shared),
    "statistics": Case(model=with_statistics, loss=in_training),
    "best with statistics": Case(
        lambda: {"validate": share, **restore(**BEST)()}, with_statistics, in_training
    ),
    "frozen statistics": Case(
        lambda: {"trainable": ["layers.0", "layers.3"]}, with_statistics, in_training
    ),
    "clipped": Case(optimizer=nn.Clipped(nn.HeavyBall(0.05), 0.5)),
    "schedule": Case(optimizer=nn.AdamW(nn.warmup(nn.cosine_decay(0.05, STEPS), 3))),
    "float32": Case(model=single, batches=singles),
    "NaN, stop": Case(lambda: {"on_nan": "stop"}, batches=broken),
    "NaN, stop with statistics": Case(
        lambda: {"on_nan": "stop"}, with_statistics, in_training, batches=broken
    ),
    "NaN, raise": Case(lambda: {"on_nan": "raise"}, batches=broken),
    "NaN, ignore": Case(lambda: {"on_nan": "ignore"}, batches=broken),
}


def trained(case, stream, compile, resume=None, pause=None):
    """The model and history, or the error; and what was kept at the pause."""
    kept = []

    def pausing(training):
        if training.step == pause:
            kept.append(training)
            return True

    options = {"steps": STEPS, "every": 1, "progress": False, **case.options()}
    options["callbacks"] = [*options.get("callbacks", ()), pausing]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NaN
        try:
            model, history = nn.fit(
                *(case.model(), case.loss, stream, case.optimizer),
                **{"compile": compile, "resume": resume, **options},
            )
        except FloatingPointError as error:
            return str(error), kept
    told = history.steps, history.losses, history.validation, history.stopped, history.best
    return (model, told), kept


def assert_same(ours, theirs):
    if isinstance(theirs, str):
        assert ours == theirs
        return
    (model, told), (other, wanted) = ours, theirs
    assert same_but_for_nan(model, other) and repr(told) == repr(wanted)


def same_but_for_nan(a, b):
    """To the bit; but which of the NaNs it is, is nobody's word."""
    quiet = lambda tree: al.tree_map(lambda w: np.where(np.isnan(w), 0.5, w), tree)
    nans = [al.tree_map(np.isnan, tree) for tree in (a, b)]
    return same_trees(quiet(a), quiet(b)) and same_trees(*nans)


@pytest.mark.parametrize("before, after", [(False, True), (True, False)])
@pytest.mark.parametrize("name", CASES)
def test_options_through_compile_and_a_file(name, before, after, tmp_path):
    """Whole and eager; paused, kept in a file and resumed, the one part compiled."""
    case = CASES[name]
    pause = max(PAUSE, case.options().get("every", 1))
    whole, _ = trained(case, case.batches(*data()), compile=False)
    stream = case.batches(*data())
    _, kept = trained(case, stream, compile=before, pause=pause)
    nn.save_checkpoint(tmp_path / "run", kept[-1], batches=stream)
    again = case.batches(*data())
    resume = nn.load_checkpoint(tmp_path / "run", case.model(), case.optimizer, batches=again)
    assert_same(trained(case, again, compile=after, resume=resume)[0], whole)


def test_the_cases_do_what_their_names_say():
    """None of them would pass as well without its option."""
    runs = {name: trained(case, case.batches(*data()), False)[0] for name, case in CASES.items()}
    ended = {name: run if isinstance(run, str) else run[1][3] for name, run in runs.items()}
    early = {name for name, words in ended.items() if words}
    assert {"stop", "NaN, stop", "NaN, raise", "epochs without a best"} <= early
    assert "NaN, ignore" not in early and "best of losses" not in early
    best = {name for name, run in runs.items() if not isinstance(run, str) and run[1][4]}
    assert best == {name for name in CASES if "best" in name or "worst" in name}
    assert runs["best of losses"][1][4] != STEPS
    assert runs["best of accuracies"][1][4] != runs["worst of accuracies"][1][4]
