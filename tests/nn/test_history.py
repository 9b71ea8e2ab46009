"""What a training was: as a table, as columns, as curves, and while it runs."""

import io
import re
import sys

import numpy as np
import pytest

import nn
from tests.support.png import png_size


def run(n=3, **validation):
    losses = [0.5**k for k in range(n)]
    return nn.History([*range(10, 10 * n + 1, 10)], losses, [0.1 * k for k in range(n)], validation)


# ---- as a table ----


def test_a_table_has_all_series():
    history = run(error=[0.3, 0.2, 0.1], accuracy=[0.7, float("nan"), 0.9])
    assert str(history).splitlines() == [
        "step  loss  error  accuracy  seconds",
        "  10     1    0.3       0.7        0",
        "  20   0.5    0.2       nan      0.1",
        "  30  0.25    0.1       0.9      0.2",
    ]
    html = history._repr_html_()
    assert html.count("<tr>") == 4 and "<td>0.25</td>" in html and "<th>accuracy</th>" in html


@pytest.mark.parametrize("n", [0, 1, 19, 20, 21, 100, 1234])
def test_a_long_table_shows_some_reports(n):
    history = run(n)
    history.stopped, history.best = "by a callback", 10 * (n // 3 + 1) if n else None
    head, *lines, foot = str(history).splitlines()
    steps = [int(line.split()[0].replace(",", "")) for line in lines]
    assert head.split() == ["step", "loss", "seconds"] and steps == sorted({*steps})
    assert min(n, 20) <= len(steps) <= 21 and {*steps} <= {*history.steps}
    if n:
        assert {10, 10 * n, history.best} <= {*steps}
        shown = f"{len(steps)} of {n:,} reports shown; " if len(steps) < n else ""
        best = f"the best report is that of step {history.best:,}"
        assert foot == f"{shown}{best}; stopped: by a callback"
    else:
        assert foot == "stopped: by a callback"


def test_columns_are_what_a_data_frame_takes():
    history = run(error=[0.3, 0.2, 0.1])
    assert history.columns == {
        "step": [10, 20, 30],
        "loss": [1, 0.5, 0.25],
        "error": [0.3, 0.2, 0.1],
        "seconds": [0.0, 0.1, 0.2],
    }
    frame = pytest.importorskip("pandas").DataFrame(history.columns)
    assert frame["error"].tolist() == [0.3, 0.2, 0.1]


def test_a_history_without_times_has_a_table():
    """As one that was made by hand."""
    assert str(nn.History([1, 2], [0.5, 0.25])).splitlines()[0].split() == ["step", "loss"]


def test_a_solution_is_a_history():
    pytest.importorskip("scipy")
    _, solution = nn.minimize(lambda w: (w - 3) ** 2, 1.0)
    assert str(solution).startswith("step")


# ---- while it runs ----


def fit(steps=None, epochs=None, **options):
    x = np.linspace(-1, 1, 12)[:, None]
    return nn.fit(
        np.zeros(1),
        lambda w, x, y: nn.squared_error(w * x, y),
        nn.Batches(x, 3 * x, size=4),
        nn.SGD(0.1),
        **{"steps": steps, "epochs": epochs, "every": 2, **options},
    )


@pytest.mark.parametrize(
    "length, last",
    [({"epochs": 4}, 4), ({"steps": 12}, 4), ({"steps": 10}, 4), ({"epochs": 12}, 12)],
)
def test_lines_say_the_epoch_and_all_that_is_measured(length, last, capsys):
    fit(**length, validate=lambda w: {"error": 0.25, "accuracy": 0.5})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 5
    for line in lines:
        step, epoch = re.match(r"step +(\d+)   epoch +(\d+)/(\d+)   loss \d", line).groups()[:2]
        assert int(epoch) == -(-int(step) // 3) and f"/{last} " in line
        assert re.search("error 0.25 +accuracy 0.5 ", line)


def test_streams_without_a_length_have_no_epochs(capsys):
    x = np.ones((3, 1))
    stream = nn.samples(x, x, np.random.default_rng(0))
    loss = lambda w, x, y: nn.squared_error(w * x, y)
    nn.fit(np.zeros(1), loss, stream, nn.SGD(0.1), steps=4)
    assert "epoch" not in capsys.readouterr().out


def test_the_bar_says_the_epoch_and_all_that_is_measured(monkeypatch):
    pytest.importorskip("tqdm")
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    fit(epochs=4, validate=lambda w: {"error": 0.25})
    shown = terminal.getvalue()
    assert "epoch 4/4" in shown and "error 0.25 " in shown and "12.0/12.0" in shown


# ---- as curves ----


def drawn(histories, **options):
    pytest.importorskip("matplotlib")
    new, axes = nn.plots.figure()
    nn.plots.history(histories, axes, **options)
    others = [other for other in new.axes if other is not axes]
    return axes, others[0] if others else None


def curves(axes):
    return {
        curve.get_label(): curve.get_xydata().tolist()
        for curve in (axes.lines if axes else ())
        if not curve.get_label().startswith("_")
    }


def test_all_series_are_drawn_each_where_it_belongs():
    shares, shifts = [0.0, 0.5, 1.0], [-1, 0, 1]
    history = run(**{"validation loss": [3, 2, 1], "accuracy": shares, "shift": shifts})
    axes, right = drawn(history)
    assert axes.get_yscale() == "log" and right.get_yscale() == "linear"
    assert curves(axes) == {
        "loss": [[10, 1], [20, 0.5], [30, 0.25]],
        "validation loss": [[10, 3], [20, 2], [30, 1]],
    }
    assert curves(right) == {
        "accuracy": [[10, 0], [20, 0.5], [30, 1]],
        "shift": [[10, -1], [20, 0], [30, 1]],
    }
    assert right.get_ylabel() == "accuracy, shift"
    legend = [text.get_text() for text in right.get_legend().get_texts()]
    assert legend == ["loss", "validation loss", "accuracy", "shift"]
    colours = [line.get_color() for line in (*axes.lines, *right.lines)]
    assert len({*colours}) == 4


def test_several_runs_are_told_apart():
    runs = {"Adam": run(error=[3, 2, 1]), "SGD": run(error=[4, 3, 2])}
    axes, right = drawn(runs, x="seconds")
    assert right is None
    assert [*curves(axes)] == ["Adam: loss", "Adam: error", "SGD: loss", "SGD: error"]
    assert curves(axes)["SGD: error"] == [[0.0, 4], [0.1, 3], [0.2, 2]]


def test_the_best_report_is_a_dot_on_each_curve():
    history = run(accuracy=[0.5, 0.9, 0.8])
    history.best = 20
    axes, right = drawn(history)
    dots = [one.get_xydata().tolist() for a in (axes, right) for one in a.lines[1:]]
    assert dots == [[[20, 0.5]], [[20, 0.9]]]


def test_many_runs_have_other_lines_where_colours_come_again():
    axes, _ = drawn({f"run {i}": run() for i in range(13)})
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 13


def test_a_file(tmp_path):
    pytest.importorskip("matplotlib")
    nn.plots.history(run(accuracy=[0.5, 0.9, 0.8]), tmp_path / "history.png")
    assert png_size(tmp_path / "history.png") > (0, 0)


def test_without_a_place_the_figure_shows_itself():
    x, labels = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1])
    figures = [
        nn.plots.history(run()),
        nn.plots.decision_regions(lambda p: p[:, 0] > 0.5, x, labels, side=11),
        nn.plots.fitted_curve(x[:, 0], x[:, 1], x[:, 0], x[:, 1]),
        nn.plots.digits(np.zeros((2, 4, 4)), [0, 1], [0, 1]),
    ]
    for figure in figures:
        assert figure._repr_png_()[1:4] == b"PNG"


def test_the_nearest_method_is_named():
    for given, near in (("LBFGS", "L-BFGS-B"), ("newton-cg", "Newton-CG"), ("gradient", "BFGS")):
        with pytest.raises(ValueError, match=f"as in method='{near}'"):
            nn.minimize(lambda p: p * p, 1.0, given)


def test_what_was_not_measured_is_said_with_how_it_is():
    with pytest.raises(KeyError, match=r"give validate=lambda model: \{'accuracy': "):
        fit(steps=4, callbacks=[nn.early_stopping(2, of="accuracy")])
    _, history = fit(steps=4, validate=lambda model: {"accuracy": 1.0})
    assert history.series("accuracy") == [1.0] * len(history.steps)


def test_data_and_layers_are_printed_by_their_sizes():
    x, y = np.zeros((2, 28, 28), np.float32), np.array([5, 0], np.uint8)
    assert str(nn.LabelledImages(x, y, x, y)).splitlines() == [
        "LabelledImages, 3,140 numbers",
        "              shape    dtype    value",
        "x             2×28×28  float32  from 0 to 0, mean 0",
        "y             2        uint8    [5, 0]",
        "x_validation  2×28×28  float32  from 0 to 0, mean 0",
        "y_validation  2        uint8    [5, 0]",
    ]
    head, *lines = str(nn.Batches(np.ones((400, 3)), size=100)).splitlines()
    assert head == "Batches, 4 in an epoch, 0 given of epoch 0"
    assert " ".join(lines[1].split()) == "arrays[0] 400×3 float64 from 1 to 1, mean 1"
    assert str(nn.Adam(0.1)) == repr(nn.Adam(0.1))
    shown = nn.LabelledImages([], [], [], [])
    assert repr(shown) == str(shown)
