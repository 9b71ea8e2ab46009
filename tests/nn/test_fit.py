"""The training loop: how long it runs, what it keeps, when it stops, and how it goes on."""

import signal
import sys
from itertools import count

import numpy as np
import pytest

import autograd_lite as al
import nn


def loss(w, x, y):
    return nn.squared_error(w * x, y)


def line(n=12):
    x = np.linspace(-1, 1, n)[:, None]
    return x, 3 * x


def fit(batches, w=None, optimizer=None, **options):
    optimizer = optimizer or nn.SGD(0.1)
    options = {"progress": False, **options}
    return nn.fit(np.zeros(1) if w is None else w, loss, batches, optimizer, **options)


def by_hand(batches, w, rate):
    for x, y in batches:
        w = w - rate * np.sum(2 * (w * x - y) * x) / len(x)
    return w


def test_epochs_are_as_many_steps_as_they_have_batches():
    w, history = fit(nn.Batches(*line(), size=5), epochs=4, every=1)
    assert history.steps == [*range(1, 13)]
    assert np.allclose(w, by_hand(nn.Batches(*line(), size=5, epochs=4), np.zeros(1), 0.1))


def test_a_list_of_batches_is_gone_through_again():
    batches = [*nn.Batches(*line(), size=5, epochs=1)]
    assert fit(batches, epochs=4)[0] == fit(nn.Batches(*line(), size=5), epochs=4)[0]


@pytest.mark.parametrize("options", [{}, {"steps": 3, "epochs": 3}])
def test_either_steps_or_epochs(options):
    with pytest.raises(TypeError, match="either steps= or epochs="):
        fit(nn.Batches(*line(), size=5), **options)


def test_epochs_need_a_length():
    with pytest.raises(TypeError, match="Samples has none; give steps="):
        fit(nn.samples(*line(), np.random.default_rng(0)), epochs=3)


def test_when_batches_run_out_it_says_so():
    with pytest.warns(UserWarning, match="ran out after 3 of 10 steps"):
        _, history = fit(nn.Batches(*line(), size=5, epochs=1), steps=10)
    assert history.stopped == "the batches ran out after 3 of 10 steps"
    assert history.steps == [1, 2, 3]


def test_a_training_to_the_end_did_not_stop():
    _, history = fit(nn.Batches(*line(), size=5), steps=7, every=3)
    assert history.stopped == "" and history.steps == [3, 6, 7]


def test_validation_keeps_floats_by_name():
    seen = []

    def validate(w):
        seen.append(w)
        return {"error": np.float32(abs(w[0] - 3)), "norm": abs(w[0])}

    w, history = fit(nn.Batches(*line(), size=5), steps=4, every=2, validate=validate)
    assert history.series("error") == [float(np.float32(abs(v[0] - 3))) for v in seen]
    assert {type(v) for v in history.series("error") + history.series("norm")} == {float}
    assert len(seen) == 2 and seen[-1] is w
    with pytest.raises(KeyError, match=r"'accuracy'.*loss, error, norm"):
        history.series("accuracy")


@pytest.mark.parametrize("form", [tuple, list])
@pytest.mark.parametrize("given", [np.asarray, lambda a: a.tolist()])
def test_data_for_validation_give_a_validation_loss(form, given):
    """It is the loss itself, for all of the data, and what callbacks look at."""
    x, y = line(7)
    options = {"steps": 6, "every": 2, "validate": form((given(x + 1), given(y)))}
    seen = []
    _, history = fit(nn.Batches(*line(), size=5), callbacks=[seen.append], **options)
    assert history.series("validation loss") == [float(loss(t.model, x + 1, y)) for t in seen]
    stop = nn.early_stopping(1, of="validation loss", restore_best=True)
    options["validate"] = (x, -y)  # which becomes worse and worse
    w, history = fit(nn.Batches(*line(), size=5), callbacks=[stop], **options)
    assert history.best == 2 and history.steps == [2, 4] and w == seen[0].model


def test_progress_tells_what_was_measured(capsys):
    options = {"validate": lambda w: {"error": 0.25}, "progress": True}
    fit(nn.Batches(*line(), size=5), steps=4, every=2, **options)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and "error 0.25 " in said[1] and "step         4" in said[1]


# ---- stopping ----


def test_callbacks_see_each_report_and_can_end_it(capsys):
    seen = []

    def watch(training):
        seen.append((training.step, training.model, training.state))

    batches = nn.Batches(*line(), size=5)
    stop = lambda training: training.step == 4
    w, history = fit(batches, steps=9, every=2, callbacks=[stop, watch], progress=True)
    assert [step for step, *_ in seen] == [2, 4] and seen[-1][1] is w
    assert history.stopped == "by a callback after 4 of 9 steps"
    assert "stopped: by a callback" in capsys.readouterr().out


def test_early_stopping_waits_for_a_new_minimum():
    errors = iter([5, 4, 4, 3, 3.5, 3, 9, 1])
    _, history = fit(
        nn.Batches(*line(), size=5),
        steps=8,
        every=1,
        validate=lambda w: {"error": next(errors)},
        callbacks=[nn.early_stopping(3, of="error")],
    )
    assert history.series("error") == [5, 4, 4, 3, 3.5, 3, 9]
    with pytest.raises(ValueError, match=r"patience = 0; .* at least 1"):
        nn.early_stopping(0)
    with pytest.raises(KeyError, match="accuracy"):
        nn.early_stopping(1, of="accuracy")(nn.Training(0, None, None, nn.History()))


def test_early_stopping_passes_over_nan():
    """As a first loss it is no minimum that the others fail to reach."""
    stop, nan = nn.early_stopping(2), float("nan")
    told = lambda *losses: stop(nn.Training(0, None, None, nn.History(losses=[*losses])))
    assert [told(*[nan, 3, 2, 2, 2][: n + 1]) for n in range(5)] == [0, 0, 0, 0, 1]
    assert told(1, nan, nan) and not told(1, nan, 0.5) and told(nan, nan)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("inside", ["batches", "loss", "measure", "callback"])
def test_ctrl_c_returns_what_there_is(inside, capsys):
    """Wherever it comes: what is returned is the model after the last whole step."""
    batches = [*nn.Batches(*line(), size=5, epochs=3)]
    calls = {name: count(1) for name in ("batches", "loss", "measure", "callback")}

    def maybe(name, at=4):
        if name == inside and next(calls[name]) == at:
            signal.raise_signal(signal.SIGINT)

    def stream():
        for batch in batches:
            maybe("batches")
            yield batch

    def interrupted(w, x, y):
        maybe("loss")
        return loss(w, x, y)

    def measure(w):
        maybe("measure")
        return 1.0

    w, history = nn.fit(
        np.zeros(1),
        interrupted,
        stream(),
        nn.SGD(0.1),
        steps=9,
        every=1,
        measure=measure,
        callbacks=[lambda training: maybe("callback")],
    )
    done = 3 if inside in ("batches", "loss") else 4
    assert history.stopped == f"interrupted after {done} of 9 steps"
    assert np.array_equal(w, fit(batches, steps=done)[0])
    assert "stopped: interrupted" in capsys.readouterr().out


# ---- what is refused ----


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"steps": -1}, ValueError, "steps = -1; it must be .* at least 0"),
        ({"steps": 1e3}, TypeError, r"steps = 1000\.0; it must be a whole number"),
        ({"steps": 2.5}, TypeError, r"steps = 2\.5; it must be"),
        ({"epochs": -1, "steps": None}, ValueError, "epochs = -1"),
        ({"every": 0}, ValueError, "every = 0; it must be .* at least 1"),
        ({"every": -2}, ValueError, "every = -2"),
        ({"callbacks": nn.early_stopping(3)}, TypeError, r"callbacks is a list.*callbacks=\["),
        ({"validate": lambda w: 0.5}, TypeError, 'validate returned a float.*"error"'),
        ({"validate": lambda w: {"loss": 0.5}}, ValueError, 'validate returned "loss"'),
        ({"w": nn.MLP}, TypeError, r"model = the function MLP itself; .* call .*nn\.MLP\("),
        ({"w": nn.Linear}, TypeError, r"model = the class Linear itself; .* call .*\("),
        ({"optimizer": nn.Adam}, TypeError, r"optimizer = the class Adam itself; .*nn\.Adam\("),
        ({"batches": line()}, TypeError, r"batches gives .* nn\.Batches\(x, y"),
        ({"resume": nn.Training(9, 0, 0, nn.History())}, ValueError, "step 9, .* ends with 4"),
    ],
)
def test_arguments_that_cannot_be_are_named(options, error, message):
    options = {"batches": nn.Batches(*line(), size=5), "steps": 4, "every": 1, **options}
    with pytest.raises(error, match=message):
        fit(**options)


def test_reports_keep_their_names():
    names = iter(["error", "error", "norm"])
    with pytest.raises(ValueError, match=r"step 3 reports loss, norm, .* before loss, error"):
        fit(nn.Batches(*line(), size=5), steps=4, every=1, validate=lambda w: {next(names): 1.0})


# ---- going on ----


@pytest.mark.parametrize("as_list", [False, True])
def test_going_on_is_as_if_nothing_had_been(as_list):
    def batches():
        whole = nn.Batches(*line(), size=5, rng=np.random.default_rng(0))
        return [next(whole) for _ in range(3)] if as_list else whole

    options = {"every": 1, "validate": lambda w: {"norm": abs(w[0])}}
    if as_list:
        options["epochs"] = 4
    else:
        options["steps"] = 12
    w, whole = fit(batches(), **options)

    kept = []
    fit(batches(), **options, callbacks=[kept.append])
    for training in kept[4:6]:
        stream = batches()
        if not as_list:
            [next(stream) for _ in range(training.step)]
        again, history = fit(stream, **options, resume=training)
        assert np.array_equal(again, w)
        assert (history.steps, history.losses) == (whole.steps, whole.losses)
        assert history.validation == whole.validation
        assert history.seconds == sorted(history.seconds)


def test_nothing_is_left_to_do():
    kept = []
    w, _ = fit(nn.Batches(*line(), size=5), steps=3, callbacks=[kept.append])
    again, history = fit(nn.Batches(*line(), size=5), steps=3, resume=kept[-1])
    assert again is w and history.steps == [1, 2, 3] and history.stopped == ""


def test_a_step_calls_nothing_but_what_it_must(rng, no_collector):
    """A million steps are one loop: what advances, its step, and in it gradient and optimiser."""
    batches = [(np.ones(1), np.ones(1))]
    names = []

    def trace(frame, event, argument):
        if event == "call":
            names.append(frame.f_code.co_name)

    def called(steps):
        names.clear()
        sys.setprofile(trace)
        try:
            fit(iter(batches * steps), steps=steps, every=10**9)
        finally:
            sys.setprofile(None)
        return len(names)

    def step():
        gradient, optimizer = al.value_and_grad(loss), nn.SGD(0.1)
        names.clear()
        sys.setprofile(trace)
        try:
            optimizer(np.zeros(1), gradient(np.zeros(1), *batches[0])[1], 0)
        finally:
            sys.setprofile(None)
        return len(names)

    called(3)  # fills caches
    assert (called(30) - called(20)) / 10 <= 2 + step()
