"""Run every experiment of the lecture notes, and hold what comes out against what was published.

Prints a table and writes it to a folder.  Trainings of small networks are compiled, which changes
no bit.  The notes are: BU, Bueler's talk on Higham & Higham 2019
(HH19); OV, Overton's lecture 14; LI, Lindholm et al., chapter 6; LN, layered networks as learning
algorithms; CA, Calder's lecture 22.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
import nn
from examples import (
    autoencoder,
    command,
    convnet,
    four_curves,
    mnist,
    netbp,
    optimisers,
    rnn,
    sine,
    svm,
    two_classes,
    worked_example,
    xor,
)


class Result(NamedTuple):
    """What came out, as text, and whether it is what was expected; None if nothing was."""

    obtained: str
    right: bool | None


class Experiment(NamedTuple):
    """A line of the table; ``run(data)`` gives the results of what is expected, one by one."""

    name: str
    source: str
    expected: list[str]
    run: Callable[[Any], Iterator[Result]]
    needs_data: bool = False


def between(value: float, low: float, high: float, text: str) -> Result:
    return Result(text.format(value), low <= value <= high)


def size(tree: Any) -> int:
    return sum(w.size for w in al.tree_leaves(tree))


def hh19(points: int, seed: int) -> Callable[[Any], Iterator[Result]]:
    def run(data):
        found = netbp.outcome(points=points, seed=seed)
        right = found["classified"] == points
        text = f"{found['classified']} of {points}, cost {found['cost']:.2e} (seed {seed})"
        yield Result(text, right)

    return run


def eleven_points(data):
    """As HH19 made its figure, by least squares; then by netbp, which is stuck from some starts."""
    found = netbp.by_least_squares(points=11)
    right = found["classified"] == 11
    yield Result(f"least squares: {found['classified']} of 11, cost {found['cost']:.1e}", right)
    yield from hh19(11, seed=1)(data)


def least_squares(data):
    found = optimisers.outcome()
    for name in optimisers.LEAST_SQUARES:
        best, reached = found[name]["best"], found[name]["reached"]
        yield Result(f"{name}: best {best:.1e}, {reached} of 20 below 1e-6", best < 1e-6)


def parameter_counts(data):
    rng = np.random.default_rng(0)
    nets = netbp.start(rng), nn.MLP([784, 10], rng=rng), nn.MLP([784, 200, 10], rng=rng)
    counts = [size(net) for net in nets]
    yield Result(", ".join(f"{n:,}" for n in counts), counts == [23, 7850, 159010])


def digits(data):
    found = mnist.outcome(data)
    yield between(100 * found["logistic regression"], 7.5, 8.5, "{:.2f} %")
    yield between(100 * found["784-200-10"], 1.6, 2.4, "{:.2f} %")


def convolution(data):
    yield between(100 * convnet.outcome(data)["accuracy"], 98.5, 100, "{:.2f} %")


def coding(data):
    found = autoencoder.outcome(data)
    net, linear = found["autoencoder"], found["principal components"]
    yield Result(f"{net:.4f} against {linear:.4f}", net < linear)


def exclusive_or(data):
    found = xor.outcome()
    yield Result(str(found["given"]), found["given"] == [0, 1, 1, 0])
    yield Result(f"{found['trained']} of 4", found["trained"] == 4)
    yield Result(f"{found['perceptron']} of 4", found["perceptron"] < 4)


def worked(data):
    found = worked_example.outcome()
    yield Result(str(found["hidden"]), found["hidden"] == [1, 6, 0])
    yield between(found["output"], 1.665e-5, 1.675e-5, "{:.3e}")


def curves(data):
    for error in four_curves.outcome().values():
        yield Result(f"root mean square {error:.1e}", error < 0.03)


def classes(data):
    found = two_classes.outcome()
    near = found["network"] < found["optimal"] + 0.01
    yield Result(f"{100 * found['network']:.2f} against {100 * found['optimal']:.2f} %", near)


def fitted_sine(data):
    found = sine.outcome()
    yield Result(
        f"sum {found['loss']:.3f}, largest error {found['largest error']:.3f}",
        found["largest error"] < 0.05,
    )


def machine(data):
    yield between(svm.outcome()["half width"], 0.495, 0.505, "{:.4f}")


def sequences(data):
    for name, error in rnn.outcome().items():
        yield Result(f"{name}: {error:.4f}", error < rnn.ALWAYS_ONE / 2)


EXPERIMENTS = [
    Experiment("HH19 netbp, 10⁶ steps", "BU, OV", ["10 of 10 points"], hh19(10, seed=0)),
    Experiment(
        "HH19 with an eleventh point", "OV, fig. 2.5", ["11 of 11 points"] * 2, eleven_points
    ),
    Experiment(
        *("HH19 by least squares", "BU, OV", ["cost below 1e-6 from some of 20 starts"] * 2),
        least_squares,
    ),
    Experiment(
        *("Parameters", "OV; LI ex. 6.2", ["23, 7,850, 159,010"]),
        parameter_counts,
    ),
    Experiment(
        "XOR, given weights",
        "LI, BU",
        ["0 1 1 0", "trained: 4 of 4", "perceptron: no"],
        exclusive_or,
    ),
    Experiment("Worked number", "LN", ["hidden units 1 6 0", "output σ(−11) ≈ 1.67e-5"], worked),
    Experiment("Four curves", "LI, Bishop 5.3", ["fits x²", "sin x", "abs x", "Heaviside"], curves),
    Experiment("Two classes", "LI, Bishop 5.4", ["near the optimal line's error"], classes),
    Experiment("sin(πx), absolute error", "CA, fig. 3", ["fits"], fitted_sine),
    Experiment("Linear SVM", "BU, next topics", ["half the margin 0.5"], machine),
    Experiment("Adding problem", "BU, next topics", ["less than half of 1/6"] * 2, sequences),
    Experiment(
        *("MNIST", "LI ex. 6.2", ["logistic regression 8 ± 0.5 %", "784-200-10: 2 ± 0.4 %"]),
        *(digits, True),
    ),
    Experiment("MNIST convnet, 5 epochs", "BU, next topics", ["≥ 98.5 %"], convolution, True),
    Experiment(
        *("MNIST autoencoder", "BU, next topics", ["better than principal components"]),
        *(coding, True),
    ),
]
SIGNS = {True: "✓", False: "✗", None: ""}


def rows(experiment: Experiment, data: Any) -> Iterator[tuple[str, ...]]:
    """The lines of one experiment: name, source, expected, obtained, verdict, seconds."""
    began = perf_counter()
    results = list(experiment.run(data))
    seconds = f"{perf_counter() - began:.0f}"
    for i, (wanted, result) in enumerate(zip(experiment.expected, results, strict=True)):
        head = (experiment.name, experiment.source) if i == 0 else ("", "")
        sign = SIGNS[result.right]
        yield *head, wanted, result.obtained, sign, seconds if i == 0 else ""


def line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        "python -m examples.experiments", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the table")
    parser.add_argument("--only", default="", help="experiments whose name contains this")
    command.add_data(parser)
    options = parser.parse_args(arguments)
    chosen = [e for e in EXPERIMENTS if options.only.lower() in e.name.lower()]
    if not chosen:
        parser.error(f"--only {options.only}: no experiment's name contains this")
    data = None
    if any(e.needs_data for e in chosen):
        data = command.mnist(parser, options)
    header = ("Experiment", "Source", "Expected", "Obtained", "", "Seconds")
    lines = [line(header), line(("---",) * len(header))]
    print("\n".join(lines), flush=True)
    wrong = 0
    for experiment in chosen:
        for row in rows(experiment, data):
            lines.append(line(row))
            wrong += row[4] == SIGNS[False]
            print(lines[-1], flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "experiments.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {path}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
