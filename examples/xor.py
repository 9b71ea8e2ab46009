"""Exclusive or: two ReLU units solve it exactly, a single perceptron cannot.

The weights of the notes (Lindholm et al.) are W¹ = [[1, 1], [1, 1]], b¹ = (0, −1), W² = (1, −2),
b² = 0.  Then the same network is trained from random starts, until one succeeds, and a perceptron,
which a convex problem leaves at p = ½ for every point.
"""

from __future__ import annotations

import sys
from functools import partial
from itertools import count, repeat

import numpy as np

import nn
from examples import command

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0, 1, 1, 0])
STEPS = 500


def given():
    hidden = nn.Linear.of(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    return nn.Sequential([hidden, nn.relu, nn.Linear.of(np.array([[1.0, -2.0]]), np.zeros(1))])


def loss(net):
    """Of a model whose output is a logit."""
    return nn.binary_cross_entropy(net(X)[:, 0], Y.astype(float))


def classify(net, x):
    return net(x)[:, 0] > 0


def train(net, steps):
    return nn.fit(net, loss, repeat(()), nn.Adam(0.05), steps=steps, progress=False)[0]


def trained(seed, steps=STEPS, starts=100):
    """Two ReLU units from the first random start that leads to a solution, and its number."""
    rng = np.random.default_rng(seed)
    for start in count(1):
        net = train(nn.MLP([2, 2, 1], rng=rng), steps)
        if np.array_equal(classify(net, X), Y) or start == starts:
            return net, start


def perceptron(seed, steps=STEPS):
    return train(nn.MLP([2, 1], rng=np.random.default_rng(seed)), steps)


def outcome(seed=0, steps=STEPS):
    """The outputs of the given weights; how many of four points the others get right."""
    net, starts = trained(seed, steps)
    alone = perceptron(seed, steps)
    return {
        "given": given()(X)[:, 0].tolist(),
        "trained": int(np.sum(classify(net, X) == Y)),
        "starts": starts,
        "perceptron": int(np.sum(classify(alone, X) == Y)),
        "perceptron cost": float(loss(alone)),
    }


def picture(nets):
    new, grid = nn.plots.figure((9, 4), ncols=2)
    limits = ((-0.5, 1.5), (-0.5, 1.5))
    for axes, (name, net) in zip(grid, nets.items()):
        nn.plots.decision_regions(partial(classify, net), X, Y, axes, limits=limits)
        axes.set_title(name)
    return new


def main(arguments=None):
    parser = command.parser("xor", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 500")
    options = command.parse(parser, arguments)
    found = outcome(options.seed, options.steps)
    print(f"the given weights map (0,0), (0,1), (1,0), (1,1) to {found['given']}")
    print(f"two ReLU units, trained: {found['trained']} of 4 right, after {found['starts']} starts")
    print(
        f"a single perceptron: {found['perceptron']} of 4 right, cost "
        f"{found['perceptron cost']:.6f}; ln 2 = {np.log(2):.6f} is its minimum"
    )
    nets = {
        "two ReLU units, trained": trained(options.seed, options.steps)[0],
        "a single perceptron": perceptron(options.seed, options.steps),
    }
    command.save(picture(nets), options.out / "xor.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
