"""A function of your own on the tape: its rule, its check, and a network that trains with it.

The activation is the Gaussian bump e^(−z²), whose rule is −2 z y.  `check_grads` finds the rule
right, and a wrong one wrong; then a network of such bumps fits a curve.
"""

from __future__ import annotations

import sys
from itertools import repeat

import numpy as np

import autograd_lite as al
import nn
from autograd_lite.testing import check_grads
from examples import command

STEPS, UNITS = 2000, 12
X = np.linspace(-1, 1, 81)[:, None]
Y = np.sin(5 * X) * np.exp(-X)


@al.primitive
def bump(z):
    return np.exp(-z * z)


al.rule(bump, z=lambda g, y, z: g * (-2 * z * y))


@al.primitive
def wrong_bump(z):
    return np.exp(-z * z)


al.rule(wrong_bump, z=lambda g, y, z: g * (-z * y))  # the 2 is forgotten


def is_right(function, seed=0):
    z = np.random.default_rng(seed).standard_normal((3, 4))
    try:
        check_grads(function, (z,), order=2)
    except AssertionError:
        return False
    return True


def train(seed, steps=STEPS):
    rng = np.random.default_rng(seed)
    wide = nn.normal(4.0)
    net = nn.Sequential(
        [
            nn.Linear(1, UNITS, rng=rng, weight=wide, bias=nn.normal(2.0)),
            bump,
            nn.Linear(UNITS, 1, rng=rng),
        ]
    )
    method = nn.Adam(nn.cosine_decay(0.02, steps))
    loss = lambda net: nn.squared_error(net(X), Y)
    return nn.fit(net, loss, repeat(()), method, steps=steps, progress=False)


def outcome(seed=0, steps=STEPS):
    """What `check_grads` says of both rules, and the loss of the network in the end."""
    return {
        "right": is_right(bump, seed),
        "wrong": is_right(wrong_bump, seed),
        "loss": train(seed, steps)[1].losses[-1],
    }


def main(arguments=None):
    parser = command.parser("custom_rule", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 2000")
    options = command.parse(parser, arguments)
    for function in (bump, wrong_bump):
        said = "passes" if is_right(function, options.seed) else "fails"
        print(f"check_grads: {function.__name__} {said}")
    net, history = train(options.seed, options.steps)
    print(f"loss of the network {history.losses[-1]:.2e}")
    new, (left, right) = nn.plots.figure((9, 4), ncols=2)
    nn.plots.history(history, left)
    left.set_title("Training")
    hidden = nn.Sequential(net.layers[:2])(X)
    nn.plots.fitted_curve(X[:, 0], Y[:, 0], X[:, 0], net(X)[:, 0], right, hidden=hidden)
    right.set_title("A sum of Gaussian bumps")
    right.legend()
    command.save(new, options.out / "custom_rule.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
