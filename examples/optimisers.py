"""Optimisers side by side on the classification problem of Higham & Higham (2019).

The 2-2-3-2 sigmoid network on ten points, 23 parameters, cost ½ ‖y − F(x)‖² averaged over the
points.  Nonlinear least squares begin at 20 random starts, 0.5 · standard normal; the others, which
take longer, at every fourth of these.  The table tells from how many the cost fell below 1e−6; the
picture shows the ways from the first.
"""

from __future__ import annotations

import sys
import warnings
from itertools import repeat

import numpy as np

import nn
from examples import command
from examples.netbp import data

STEPS, STARTS, GOAL = 2000, 20, 1e-6
FIRST_ORDER = {
    "gradient descent": nn.SGD(2.0),
    "momentum": nn.HeavyBall(2.0, 0.9),
    "Adam": nn.Adam(0.05),
    "Barzilai-Borwein": nn.BarzilaiBorwein(1.0, largest=20.0),
}
SGD = nn.SGD(1.0)
X, Y = data()
EVERY = 4
FAST = {"progress": False, "compile": True}  # compiled steps have the same bits
CLASSICAL = ("BFGS", "L-BFGS-B", "Newton-CG", "trust-ncg")
LEAST_SQUARES = {"Levenberg-Marquardt": "lm", "trust region (trf)": "trf"}


def start(seed):
    rng, half = np.random.default_rng(seed), nn.normal(0.5)
    return nn.MLP([2, 2, 3, 2], nn.sigmoid, nn.sigmoid, rng=rng, weight=half, bias=half)


def cost(net):
    return nn.half_squared_error(net(X), Y)


def residuals(net):
    """r with ½ Σ r² = cost: nonlinear least squares."""
    return (net(X) - Y) / np.sqrt(len(X))


def first_order(optimizer, net, steps):
    return nn.fit(net, cost, repeat(()), optimizer, steps=steps, every=5, **FAST)[1]


def stochastic(net, steps, seed):
    """As many samples, one a step."""
    stream = nn.samples(X, Y, np.random.default_rng(seed))
    loss = lambda net, x, y: nn.half_squared_error(net(x), y)
    return nn.fit(net, loss, stream, SGD, steps=steps, every=50, measure=cost, **FAST)[1]


def by_gradients(seed, steps):
    """The way of every method but least squares from one start."""
    net, found = start(seed), {}
    for name, optimizer in FIRST_ORDER.items():
        found[name] = first_order(optimizer, net, steps)
    found["SGD, one sample"] = stochastic(net, steps, seed)
    for method in CLASSICAL:
        found[method] = nn.minimize(cost, net, method, steps=steps, tolerance=1e-9)[1]
    return found


def by_least_squares(seed, steps):
    net, steps = start(seed), min(steps, 300)
    return {
        name: nn.least_squares(residuals, net, method, steps=steps)[1]
        for name, method in LEAST_SQUARES.items()
    }


def compare(seed, steps=STEPS, starts=STARTS):
    """For each method its histories, one from each of its starts."""
    found = {}
    with warnings.catch_warnings():  # the table tells what did not converge
        warnings.simplefilter("ignore", RuntimeWarning)
        for k in range(starts):
            ways = by_least_squares(seed + k, steps)
            if k % EVERY == 0:
                ways = by_gradients(seed + k, steps) | ways
            for name, way in ways.items():
                found.setdefault(name, []).append(way)
    return found


def row(ways):
    """Lowest and median cost at the end, how many below the goal, evaluations and seconds each."""
    last = [way.losses[-1] for way in ways]
    return {
        "best": float(np.min(last)),
        "median": float(np.median(last)),
        "reached": int(np.sum(np.array(last) < GOAL)),
        "evaluations": float(np.mean([way.steps[-1] for way in ways])),
        "seconds": float(np.mean([way.seconds[-1] for way in ways])),
    }


def outcome(seed=0, steps=STEPS, starts=STARTS):
    """The row of each method; the notes want a best cost below 1e−6 by least squares."""
    return {name: row(ways) for name, ways in compare(seed, steps, starts).items()}


def picture(found):
    new, axes = nn.plots.figure((8, 5))
    nn.plots.history({name: ways[0] for name, ways in found.items()}, axes)
    axes.set(xscale="log", ylim=(1e-14, 1), xlabel="evaluations of the cost")
    axes.axhline(GOAL, color="0.5", ls=":")
    axes.legend(loc="lower left", fontsize=8)
    return new


def main(arguments=None):
    parser = command.parser("optimisers", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 2000")
    parser.add_argument("--starts", type=command.positive, default=STARTS, help="default: 20")
    options = command.parse(parser, arguments)
    found = compare(options.seed, options.steps, options.starts)
    print(f"{'':20s} best cost   median   < {GOAL:g}   evaluations   seconds")
    for name, ways in found.items():
        r = row(ways)
        print(
            f"{name:20s} {r['best']:9.1e} {r['median']:9.1e} {r['reached']:4d}/{len(ways):<3d} "
            f"{r['evaluations']:12,.0f} {r['seconds']:9.3f}"
        )
    command.save(picture(found), options.out / "optimisers.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
