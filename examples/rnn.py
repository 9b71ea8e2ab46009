"""Add two numbers that stand far apart in a sequence: a recurrent network has to remember.

The adding problem of Hochreiter & Schmidhuber (1997): at each time a number from [0, 1] and a mark;
the target is the sum of the two marked numbers.  To answer always 1 costs a squared error of 1/6.
Every batch is new, so that nothing can be learnt by heart.  Writes the curves of a plain recurrent
layer and of an LSTM.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

import nn
from examples import command

TIME, HIDDEN, SIZE, STEPS = 20, 32, 50, 3000
ALWAYS_ONE = 1 / 6
LAYERS = {"RNN": nn.RNN, "LSTM": nn.LSTM}


@dataclass
class Reader:
    """A recurrent layer that reads the sequence, and a linear one that answers at its end."""

    layer: Any
    answer: nn.Linear

    def __call__(self, x):
        return self.answer(self.layer(x)[:, -1])


def problems(rng, n):
    """``n`` sequences of pairs (number, mark), one mark in each half, and the sums."""
    numbers, marks = rng.random((n, TIME)), np.zeros((n, TIME))
    rows, half = np.arange(n), TIME // 2
    for first, last in ((0, half), (half, TIME)):
        marks[rows, rng.integers(first, last, size=n)] = 1
    x = np.stack([numbers, marks], axis=2).astype(np.float32)
    return x, (x[..., 0] * x[..., 1]).sum(axis=1, keepdims=True)


def stream(rng):
    while True:
        yield problems(rng, SIZE)


def loss(net, x, y):
    return nn.squared_error(net(x), y)


def train(layer, seed, steps=STEPS, progress=True):
    rng = np.random.default_rng(seed)
    dtype = np.float32
    net = Reader(layer(2, HIDDEN, rng=rng, dtype=dtype), nn.Linear(HIDDEN, 1, rng=rng, dtype=dtype))
    x, y = problems(rng, 1000)
    optimizer = nn.Clipped(nn.Adam(nn.cosine_decay(5e-3, steps)), 1.0)
    return nn.fit(
        net,
        loss,
        stream(rng),
        optimizer,
        steps=steps,
        every=max(1, steps // 60),
        measure=lambda net: loss(net, x, y),
        progress=progress,
        compile=True,  # which changes no bit
    )


def outcome(seed=0):
    """The squared error on sequences that were not trained on, by kind of layer."""
    return {
        name: train(layer, seed, progress=False)[1].losses[-1] for name, layer in LAYERS.items()
    }


def picture(histories):
    figure, axes = nn.plots.figure((6, 4))
    nn.plots.history(histories, axes)
    axes.axhline(ALWAYS_ONE, color="0.5", ls="--", label="always 1")
    axes.set(ylabel="squared error", title=f"Adding two of {TIME} numbers")
    axes.legend()
    return figure


def main(arguments=None):
    parser = command.parser("rnn", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 3000")
    options = command.parse(parser, arguments)
    histories = {}
    for name, layer in LAYERS.items():
        print(f"{name}: {options.steps:,} steps, seed {options.seed}")
        _, histories[name] = train(layer, options.seed, options.steps)
        print(f"squared error {histories[name].losses[-1]:.5f}, and {ALWAYS_ONE:.5f} for always 1")
    command.save(picture(histories), options.out / "rnn.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
