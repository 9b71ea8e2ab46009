"""The benchmarks run, and what they count, which no other program on the machine can disturb."""

import dataclasses
import importlib

import numpy as np
import pytest

import autograd_lite as al
from benchmarks import densities, densities_by_hand, hh19, memory, mnist
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.contestants import HAND, OURS
from benchmarks.table import Table

pytestmark = pytest.mark.slow

QUICK = ["--quick", "--peers", "none"]


# ---- they run ----


@pytest.mark.parametrize("name", list(BENCHMARKS))
def test_runs(name, capsys):
    main([*QUICK, "--only", name])
    printed = capsys.readouterr().out
    assert HAND in printed and OURS in printed


def test_markdown(tmp_path, capsys):
    path = tmp_path / "new" / "results.md"
    main([*QUICK, "--only", "hh19,debug", "--markdown", str(path)])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks\n") and text.count("\n## ") == 2
    assert f"| {HAND} " in text


def test_an_unknown_benchmark_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "mnist,cifar"])
    assert "'cifar' is none of hh19, everyday, mnist" in capsys.readouterr().err


def test_a_table_is_aligned():
    table = Table("Times", ["who", "µs"], notes=["Best of two."])
    table.add("tortoise", 10)
    table.add("hare", 9.5)
    assert table.text().splitlines() == [
        "Times",
        "",
        "who        µs",
        "-------------",
        "tortoise   10",
        "hare      9.5",
        "Best of two.",
    ]
    assert table.markdown().splitlines()[2:4] == ["| who      |  µs |", "| -------- | --: |"]


def test_a_wrong_gradient_is_caught():
    right = hh19.problem()

    def wrong(p, x, t):
        return [g * (1 + 1e-15) for g in right.by_hand(p, x, t)]

    with pytest.raises(AssertionError, match="differs from the gradient by hand"):
        dataclasses.replace(right, by_hand=wrong).contestants(())


# ---- what they count ----


@pytest.mark.parametrize(
    "module, by_hand",
    [(hh19, (2 + 3 + 2) * 8), (mnist, 100 * (200 + 10) * 4)],  # activations; and logits
    ids=["hh19", "mnist"],
)
def test_ours_keeps_no_more_than_by_hand(module, by_hand):
    problem = module.problem()
    assert memory.kept_by_hand(module, problem) == by_hand
    assert memory.kept_by_ours(problem) <= by_hand


@pytest.mark.parametrize(
    "module, leaves, steps",
    # HH19: matmul, add, sigmoid in each of three layers, and the error;
    # MNIST: transpose, matmul, add in each of two, the ReLU and the cross-entropy.
    [(hh19, 6, 3 * 3 + 1), (mnist, 4, 2 * 3 + 2)],
    ids=["hh19", "mnist"],
)
def test_a_node_for_each_step_and_no_more(module, leaves, steps):
    found = memory.nodes(memory.recorded(module.problem()))
    assert sum(node.primitive is None for node in found) == leaves
    assert len(found) == leaves + steps


def test_nodes_of_a_diamond_are_found_once():
    x = al.Tensor(2.0)
    y = x * x
    assert len(memory.nodes(y * y + y)) == 4


def test_bytes_count_an_array_once_whatever_views_there_are():
    a = np.zeros((4, 5))
    assert memory.size([a, a.T, a[1:], np.zeros(3), None, 7], without=[]) == 160 + 24
    assert memory.size([a.T, np.zeros(3)], without=[a]) == 24


def test_training_leaves_nothing_behind():
    _, ours, *_ = hh19.problem().contestants(())
    assert memory.traced_growth(ours.step, 1000) < 1000  # less than a byte per step


def test_the_peak_of_a_deep_chain_is_that_by_hand():
    W, x = np.eye(100), np.ones((100, 100))
    by_hand = memory.peak(memory.matmuls_by_hand, x, W, 20)
    assert memory.peak(al.grad(memory.matmuls, (0, 1)), x, W, 20) <= by_hand + 2 * W.nbytes


# ---- what is written by hand is the same ----


def test_log_densities_by_hand():
    pytest.importorskip("scipy")
    stats = importlib.import_module("autograd_lite.scipy.stats")
    cases = []
    for f, shapes in densities_by_hand.DENSITIES.items():
        x = densities.FROM_ONE if f.__name__ == "pareto" else densities.X
        cases.append((f, getattr(stats, f.__name__).logpdf, x, shapes, 0))
    for name, (f, parameters) in densities_by_hand.BY_PARAMETERS.items():
        all_of_them = (*range(1, len(parameters) + 1),)
        cases.append((f, getattr(stats, name).logpdf, densities.X, parameters, all_of_them))
    for f, parameters in densities_by_hand.MASSES.items():
        logpmf = getattr(stats, f.__name__).logpmf
        cases.append((f, logpmf, densities.COUNTS, parameters, len(parameters)))
    for by_hand, ours, x, values, numbers in cases:
        total = lambda *args, f=ours: np.sum(f(*args))
        expected = al.value_and_grad(total, numbers)(x, *values)
        for a, b in zip(by_hand(x, *values), expected):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10, err_msg=by_hand.__name__)
