"""Fit sin(πx) with 100 hidden units and the summed absolute error, by momentum descent.

The toy example of Calder's lecture 22, figure 3: two layers, evenly spaced points from −1 to 1.
"""

from __future__ import annotations

import sys
from itertools import repeat

import numpy as np

import nn
from examples import command

X = np.linspace(-1, 1, 101)[:, None]
Y = np.sin(np.pi * X)
STEPS = 5000


def loss(net):
    return nn.absolute_error(net(X), Y)


def train(steps, seed):
    rng = np.random.default_rng(seed)
    net = nn.MLP([1, 100, 1], rng=rng, bias=nn.uniform(1.0))
    # |·| has no curvature that would make steps shorter near the end: the rate must.
    method = nn.HeavyBall(nn.cosine_decay(2e-4, steps), momentum=0.9)
    every = max(1, steps // 500)
    options = {"every": every, "progress": False, "compile": True}  # which changes no bit
    return nn.fit(net, loss, repeat(()), method, steps=steps, **options)


def outcome(seed=0, steps=STEPS):
    """The loss, a sum over 101 points, at the end, and the largest error."""
    net, _ = train(steps, seed)
    return {"loss": float(loss(net)), "largest error": float(np.max(np.abs(net(X) - Y)))}


def picture(net, history):
    new, (left, right) = nn.plots.figure((9, 4), ncols=2)
    nn.plots.history(history, left)
    left.set(ylabel=r"$\sum_i |f(x_i) - \sin(\pi x_i)|$", title="Training")
    nn.plots.fitted_curve(X[::2, 0], Y[::2, 0], X[:, 0], net(X)[:, 0], right)
    right.set_title(r"Network and $\sin(\pi x)$")
    right.legend()
    return new


def main(arguments=None):
    parser = command.parser("sine", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 5000")
    options = command.parse(parser, arguments)
    net, history = train(options.steps, options.seed)
    largest = np.max(np.abs(net(X) - Y))
    print(f"loss {loss(net):.4f} over {len(X)} points, largest error {largest:.4f}")
    command.save(picture(net, history), options.out / "sine.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
