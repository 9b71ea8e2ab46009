"""Four functions fitted by three tanh units: x², sin x, |x| and the Heaviside step.

Figure 5.3 of Bishop (2006), in the notes of Lindholm et al.: 50 points drawn uniformly from
(−1, 1), a two-layer network with three tanh units and a linear output, least squares by
Levenberg-Marquardt from a few random starts.  The hidden units are drawn dashed.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np

import nn
from examples import command

CURVES = {
    "x²": np.square,
    "sin x": np.sin,
    "|x|": np.abs,
    "Heaviside": lambda x: np.heaviside(x, 0.5),
}
STEPS, STARTS = 300, 5
LINE = np.linspace(-1, 1, 401)


def data(f, seed):
    x = np.random.default_rng(seed).uniform(-1, 1, 50)
    return x, f(x)


def fit(x, y, seed, steps=STEPS):
    """The best of a few starts."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(STARTS):
        net = nn.MLP([1, 3, 1], nn.tanh, rng=rng, weight=nn.normal(1.0), bias=nn.normal(1.0))
        with warnings.catch_warnings():  # a step has no best fit: the slope grows without end
            warnings.simplefilter("ignore", RuntimeWarning)
            found.append(nn.least_squares(lambda net: net(x[:, None])[:, 0] - y, net, steps=steps))
    return min(found, key=lambda pair: pair[1].losses[-1])[0]


def error(net, x, y):
    """The root of the mean squared error."""
    return float(np.sqrt(np.mean((net(x[:, None])[:, 0] - y) ** 2)))


def outcome(seed=0, steps=STEPS):
    """The root mean squared error at the 50 points, for each of the four functions."""
    found = {}
    for name, f in CURVES.items():
        x, y = data(f, seed)
        found[name] = error(fit(x, y, seed, steps), x, y)
    return found


def main(arguments=None):
    parser = command.parser("four_curves", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 300")
    options = command.parse(parser, arguments)
    new, grid = nn.plots.figure((9, 7), nrows=2, ncols=2)
    for axes, (name, f) in zip(grid.flat, CURVES.items()):
        x, y = data(f, options.seed)
        net = fit(x, y, options.seed, options.steps)
        print(f"{name:12s} root mean squared error {error(net, x, y):.2e}")
        hidden = nn.Sequential(net.layers[:2])(LINE[:, None])
        fitted = net(LINE[:, None])[:, 0]
        nn.plots.fitted_curve(x, y, LINE, fitted, axes, hidden=hidden, title=name)
        axes.set_ylim(-1.3, 1.3)
    handles, labels = axes.get_legend_handles_labels()
    new.legend(handles, labels, loc="outside lower center", ncols=3)
    command.save(new, options.out / "four_curves.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
