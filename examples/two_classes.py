"""Two classes of synthetic data, and the decision line of a small network beside the optimal one.

After figure 5.4 of Bishop (2006), in the notes of Lindholm et al.: two inputs, two tanh units, one
sigmoid output, trained with binary cross-entropy.  The first class has two clusters, the second
lies between them; all are normal, so the optimal line is known.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial

import numpy as np

import nn
from examples import command

CLUSTERS = {0: [(-1.2, -0.6), (1.2, 0.9)], 1: [(0.2, 0.0)]}  # the means; deviation 0.5
DEVIATION, STEPS, DECAY = 0.5, 300, 1e-3
LIMITS = ((-3.0, 3.0), (-2.5, 3.0))


def data(n, rng):
    """n samples of each class, by turns from its clusters."""
    means = np.concatenate([np.resize(np.array(CLUSTERS[k]), (n, 2)) for k in (0, 1)])
    return means + DEVIATION * rng.standard_normal((2 * n, 2)), np.repeat([0, 1], n)


def density(x, k):
    """Of class k, up to a factor that both classes share."""
    each = [np.exp(-np.sum((x - m) ** 2, axis=-1) / (2 * DEVIATION**2)) for m in CLUSTERS[k]]
    return np.mean(each, axis=0)


def optimal(x):
    """The class which is more likely at x."""
    return density(x, 1) > density(x, 0)


def train(x, y, rng, steps=STEPS, starts=5):
    """The best of a few starts, by BFGS."""

    def loss(net):
        weights = [layer.weight for layer in net.layers[::2]]
        return nn.binary_cross_entropy(net(x)[:, 0], y.astype(float)) + DECAY * nn.l2_penalty(
            weights
        )

    found = []
    for _ in range(starts):
        start = nn.MLP([2, 2, 1], nn.tanh, rng=rng, bias=nn.normal(0.5))
        with warnings.catch_warnings():  # fewer steps than convergence takes will do
            warnings.simplefilter("ignore", RuntimeWarning)
            found.append(nn.minimize(loss, start, steps=steps))
    return min(found, key=lambda pair: pair[1].losses[-1])[0]


def classify(net, x):
    return net(x)[:, 0] > 0


def outcome(seed=0, steps=STEPS):
    """The parts of 20 000 fresh samples that the network and the optimal line get wrong."""
    rng = np.random.default_rng(seed)
    x, y = data(100, rng)
    net = train(x, y, rng, steps)
    fresh, truth = data(10_000, rng)
    return {
        "network": float(np.mean(classify(net, fresh) != truth)),
        "optimal": float(np.mean(optimal(fresh) != truth)),
        "training": float(np.mean(classify(net, x) != y)),
    }


def picture(net, x, y):
    new, axes = nn.plots.figure((6, 5.5))
    nn.plots.decision_regions(partial(classify, net), x, y, axes, limits=LIMITS)
    h, v = (np.linspace(*ends, 301) for ends in LIMITS)
    points = np.stack(np.meshgrid(h, v), axis=-1)
    rows = points.reshape(-1, 2)
    hidden = nn.Sequential(net.layers[:2])(rows).reshape(301, 301, 2)
    lines = [
        ("network", net(rows).reshape(301, 301), "C3", "-"),
        ("optimal", density(points, 1) - density(points, 0), "C2", "-"),
        ("hidden units", hidden[..., 0], "0.4", "--"),
        (None, hidden[..., 1], "0.4", "--"),
    ]
    for name, height, color, style in lines:
        axes.contour(h, v, height, [0], colors=[color], linestyles=[style], linewidths=2)
        axes.plot([], [], style, color=color, label=name)  # contours have no entry of their own
    axes.legend(loc="upper left", framealpha=1)
    return new


def main(arguments=None):
    parser = command.parser("two_classes", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 300")
    options = command.parse(parser, arguments)
    for name, part in outcome(options.seed, options.steps).items():
        print(f"misclassified, {name}: {part:.2%}")
    rng = np.random.default_rng(options.seed)
    x, y = data(100, rng)
    command.save(picture(train(x, y, rng, options.steps), x, y), options.out / "two_classes.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
