"""When training stops, and with which model: early stopping, the best model, NaN and infinity."""

import dataclasses
import re
import warnings

import numpy as np
import pytest

import nn
from nn.training import strides
from nn.training.checks import name_of
from nn.training.stopping import direction
from tests.support.equality import same_trees
from tests.support.trainings import OPTIMIZERS, as_batches, as_list, data, net


def loss(m, x, y):
    return nn.squared_error(m(x), y)


def stopped_at(stop, values, name="loss", **rest):
    """The number of the report at which a training with these values stops, or None."""
    for n in range(1, len(values) + 1):
        series = {"losses": values[:n]} if name == "loss" else {"validation": {name: values[:n]}}
        history = nn.History(steps=[*range(1, n + 1)], **series)
        if stop(nn.Training(n, None, None, history, **rest)):
            return n
    return None


# ---- the direction ----

LESS = (
    "loss",
    "error",
    "validation loss",
    "val_loss",
    "valLoss",
    "log loss",
    "RMSE",
    "top-1 error",
    "negative log-likelihood",
    "perplexity",
    "F1 loss",
    "accuracy error",
)
MORE = ("accuracy", "val_accuracy", "valAcc", "top-5 accuracy", "AUC", "R2", "R²", "F1", "IoU")


@pytest.mark.parametrize("name, mode", [(n, "min") for n in LESS] + [(n, "max") for n in MORE])
def test_the_name_says_the_direction(name, mode):
    assert direction(name) == mode
    values = [0.5, 0.6, 0.7, 0.7, 0.65, 0.7]
    by_name, as_said = nn.early_stopping(2, name), nn.early_stopping(2, name, mode)
    stops = [stopped_at(stop, values, name) for stop in (by_name, as_said)]
    assert stops == [3 if mode == "min" else 5] * 2


@pytest.mark.parametrize("mode, at", [("min", 3), ("max", 5)])
def test_a_name_without_direction_is_refused_with_what_works(mode, at):
    with pytest.raises(ValueError, match=r"'size'.*mode='min' or mode='max'"):
        nn.early_stopping(2, of="size")
    stop = nn.early_stopping(2, of="size", mode=mode)
    assert stopped_at(stop, [0.5, 0.6, 0.7, 0.7, 0.65, 0.7], "size") == at


def test_the_direction_that_is_said_goes_before_the_name():
    assert stopped_at(nn.early_stopping(2, "accuracy", "min"), [0.5, 0.6, 0.7], "accuracy") == 3


# ---- patience ----


def test_patience_of_epochs_does_not_depend_on_reports():
    stop = nn.early_stopping(2, unit="epochs")
    values = [3.0, 1.0, *[2.0] * 20]
    assert stopped_at(stop, values, per_epoch=4) == 2 + 2 * 4
    assert stopped_at(stop, [np.nan] * 20, per_epoch=4) == 8
    for every in (1, 2, 3):
        x, y = data()
        _, history = nn.fit(
            *(net(), lambda m, x, y: 0 * loss(m, x, y), as_batches(x, y), nn.SGD(0.1)),
            epochs=9,
            every=every,
            progress=False,
            callbacks=[stop],
        )
        assert history.steps[-1] == -(-(every + 2 * 3) // every) * every


def test_epochs_need_batches_with_a_length():
    stop = nn.early_stopping(2, unit="epochs")
    with pytest.raises(ValueError, match=r"no length; give nn\.Batches, or unit='reports'"):
        stop(nn.Training(1, None, None, nn.History([1], [1.0], [0.1])))
    nn.early_stopping(2, unit="reports")(nn.Training(1, None, None, nn.History([1], [1.0])))


# ---- the best model ----


def scored(m):
    """A score that grows at first and falls later."""
    return {"score": -abs(float(np.sum(m.layers[0].weight ** 2)) - SOMEWHERE)}


SOMEWHERE = 11.0


def best_of(optimizer, compile, batches=None, resume=None, steps=12, keep=None, **options):
    stop = nn.early_stopping(20, of="score", restore_best=True)
    kept = [] if keep is None else keep
    model, history = nn.fit(
        *(net(), loss, batches or as_batches(*data()), optimizer),
        steps=steps,
        every=1,
        progress=False,
        validate=scored,
        resume=resume,
        callbacks=[kept.append, stop],
        compile=compile,
        **options,
    )
    return model, history, kept


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fit_returns_the_best_model(name):
    runs = [best_of(OPTIMIZERS[name], compile) for compile in (True, False)]
    for model, history, kept in runs:
        scores = history.series("score")
        best = int(np.argmax(scores))
        assert history.best == history.steps[best] and history.stopped == ""
        assert model is kept[best].model
        assert [k.best is kept[int(np.argmax(scores[: i + 1]))].model for i, k in enumerate(kept)]
    assert same_trees(runs[0][0], runs[1][0]) and runs[0][1].best == runs[1][1].best


@pytest.mark.parametrize("at", [2, 5, 9])
@pytest.mark.parametrize("before, after", [(True, False), (False, True), (False, False)])
def test_the_best_model_goes_through_files(before, after, at, tmp_path):
    """The training that goes on knows the best model of before, which it has not made."""
    optimizer = OPTIMIZERS["heavy ball"]
    whole, history, _ = best_of(optimizer, False)
    stream, kept = as_batches(*data()), []
    stop = nn.early_stopping(20, of="score", restore_best=True)
    nn.fit(
        *(net(), loss, stream, optimizer),
        steps=12,
        every=1,
        progress=False,
        validate=scored,
        compile=before,
        callbacks=[kept.append, lambda training: training.step == at, stop],
    )
    nn.save_checkpoint(tmp_path / "run", kept[-1], batches=stream)
    again = as_batches(*data())
    resumed = nn.load_checkpoint(tmp_path / "run", net(), optimizer, batches=again)
    assert same_trees(resumed.best, kept[-1].best)
    model, its, _ = best_of(optimizer, after, again, resumed)
    assert same_trees(model, whole)
    assert (its.best, its.losses) == (history.best, history.losses)


def test_a_best_model_that_was_not_kept_is_not_made_up():
    kept = []
    options = {"steps": 6, "every": 1, "progress": False}
    falls = lambda m: {"score": -float(kept[-1].step if kept else 0)}
    nn.fit(
        *(net(), loss, as_list(*data()), nn.SGD(0.1)),
        **options,
        callbacks=[kept.append],
        validate=falls,
    )
    stop = nn.early_stopping(9, of="score", restore_best=True)
    go_on = lambda resume: nn.fit(
        *(net(), loss, as_list(*data()), nn.SGD(0.1)),
        **options | {"steps": 9},
        callbacks=[stop],
        validate=lambda m: {"score": 0.0},
        resume=resume,
    )
    with pytest.raises(ValueError, match=r"no model of step 1, .* dataclasses\.replace\("):
        go_on(kept[-1])
    assert go_on(dataclasses.replace(kept[-1], history=nn.History()))[1].best == 7


def test_a_series_of_nan_has_no_best_model():
    stop = nn.early_stopping(9, of="score", restore_best=True)
    options = {"steps": 6, "every": 1, "progress": False}
    train = lambda **more: nn.fit(net(), loss, as_list(*data()), nn.SGD(0.1), **options, **more)
    model, history = train(validate=lambda m: {"score": np.nan}, callbacks=[stop])
    assert history.best is None and same_trees(model, train()[0])


def test_two_judges_are_refused():
    with pytest.raises(ValueError, match="all but one"):
        fit_with = [nn.early_stopping(2, restore_best=True)] * 2
        nn.fit(net(), loss, as_list(*data()), nn.SGD(0.1), steps=2, callbacks=fit_with)


# ---- NaN and infinity ----


BAD = 41  # steps before that of the bad row
ORDER = np.random.default_rng(5).permutation(64)


def large(m, x, i):
    """Infinite at the bad row."""
    return np.mean(np.square(m["w"] * np.exp(1000 * (x < 0))))


def rooted(m, x, i):
    """The square root of 0 at the bad row, whose derivative is infinite."""
    return np.mean(np.sqrt(np.abs(m["w"] * np.maximum(x, 0))))


def once(m, x, i):
    """The same for what other rows do not read, so that no loss soon shows it."""
    return rooted({"w": m["v"][i]}, x, i) + np.mean(np.square(m["w"] * x))


STEP_42 = "the (loss was nan at step 43|model was not finite after step 42) of 90; .* after step 41"
KINDS = {
    "the loss is infinite": (large, "the loss was inf at step 42 of 90; .* after step 41"),
    "the gradient is NaN": (rooted, STEP_42),
    "nobody reads it": (once, f"{STEP_42}|the model was not finite after step 80 .* after step 40"),
}


def rows():
    """Rows of which one, in the order of the batches, has numbers below 0."""
    x = np.linspace(0.5, 1, 128).reshape(64, 2)
    x[ORDER[BAD]] = -1
    return x, np.arange(64)


def run(kind, compile, every, optimizer=None, steps=90, callbacks=(), **options):
    """A training with a bad row in the middle of a stride and of an epoch."""
    batches = nn.Batches(*rows(), size=1, rng=np.random.default_rng(5))
    start, kept = {"w": np.array([0.5, 0.25]), "v": np.ones((64, 2))}, []
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model, history = nn.fit(
            *(start, KINDS[kind][0], batches, optimizer or nn.SGD(0.01)),
            **{"steps": steps, "every": every, "progress": False, "compile": compile, **options},
            callbacks=[*callbacks, kept.append],
        )
    return model, history, kept, batches, [str(w.message) for w in said]


@pytest.mark.parametrize("every", [7, 40])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "optimizer", [nn.SGD(0.01), nn.Adam(0.001), nn.Clipped(nn.HeavyBall(0.01), 1.0)], ids=name_of
)
def test_training_stops_before_the_first_bad_number(kind, every, optimizer, monkeypatch):
    """The same step, model, history and generator in every way to train."""
    runs = [run(kind, compile, every, optimizer) for compile in (False, True)]
    monkeypatch.setattr(strides, "LEAST", 1)  # loops between few reports too
    monkeypatch.setattr(strides, "FIRST", 4)
    runs.append(run(kind, True, every, optimizer))
    model, history, kept, batches, said = runs[0]
    assert np.all(np.isfinite(nn.ravel(model)))
    assert re.match(KINDS[kind][1], history.stopped) and f"fit: {history.stopped}" in said[-1]
    assert np.all(np.isfinite(history.losses)) and len(history.steps) == len(kept) > 0
    for other, its, _, others, _ in runs[1:]:
        assert same_trees(model, other)
        assert (its.steps, its.losses, its.stopped) == (
            *(history.steps, history.losses, history.stopped),
        )
        assert others.position == batches.position


@pytest.mark.parametrize("compile", [True, False])
def test_the_model_is_that_of_the_last_good_step(compile):
    """It is the model of a training with so many steps, and goes on from there to the same end."""
    model, history, *_ = run("the gradient is NaN", compile, 7)
    whole, *_ = run("the gradient is NaN", compile, 7, steps=BAD)
    assert same_trees(model, whole) and history.steps[-1] == 35


@pytest.mark.parametrize("compile", [True, False])
def test_what_is_said_to_do_is_done(compile):
    with pytest.raises(FloatingPointError, match=r"fit: the loss was nan at step 43 of 90; .*"):
        run("the gradient is NaN", compile, 40, on_nan="raise")
    model, history, _, _, said = run("the gradient is NaN", compile, 40, on_nan="ignore")
    assert history.steps[-1] == 90 and np.isnan(model["w"]).any() and history.stopped == ""
    assert not any("fit" in text for text in said)


def test_a_model_that_is_bad_from_the_start_comes_back():
    broken = {"w": np.array([np.nan, 1.0])}
    with pytest.warns(UserWarning, match="nan at step 1 of 9; the model is that after step 0"):
        model, history = nn.fit(
            *(broken, lambda m, x: np.sum(m["w"] * x), [(np.ones(2),)], nn.SGD(0.1)),
            epochs=9,
            progress=False,
        )
    assert model is broken and history.steps == []


@pytest.mark.parametrize("compile", [True, False])
def test_the_best_model_is_returned_after_nan_too(compile):
    stop = nn.early_stopping(50, restore_best=True)
    model, history, kept, _, said = run("the loss is infinite", compile, 2, callbacks=[stop])
    assert "the loss was inf" in said[-1]
    assert model is kept[history.steps.index(history.best)].model


@pytest.mark.parametrize("others, ended", [(0, ""), (1, " and a callback")])
def test_who_has_ended_a_training_is_said(others, ended):
    stop, data = nn.early_stopping(2, of="accuracy"), [(np.ones(1), np.ones(1))]
    _, history = nn.fit(
        np.zeros(1),
        lambda w, x, y: nn.squared_error(w * x, y),
        data,
        nn.SGD(0.1),
        epochs=9,
        validate=lambda w: {"accuracy": 0.5},
        callbacks=[stop, *others * [lambda training: training.step == 3]],
        progress=False,
    )
    assert history.stopped == f"by early_stopping(2, of='accuracy'){ended} after 3 of 9 steps"
