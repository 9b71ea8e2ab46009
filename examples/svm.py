"""A linear support vector machine: hinge loss, and the widest margin that fits between two classes.

½ λ ‖w‖² + mean max(0, 1 − y (w·x + b)) with a small λ on separable data, by gradient descent with
the rate 1 / (λ t) (Shalev-Shwartz et al. 2011, "Pegasos").  The widest margin is known here: the
classes are moved apart along a direction, and two points of each lie on the edges.
"""

from __future__ import annotations

import sys
from itertools import repeat

import numpy as np

import nn
from examples import command

LAMBDA, STEPS, HALF_WIDTH = 0.02, 20_000, 0.5
NORMAL = np.array([np.cos(0.6), np.sin(0.6)])
ALONG = np.array([-NORMAL[1], NORMAL[0]])


def data(seed, n=40):
    """Points with labels ±1, at least HALF_WIDTH from the line NORMAL·x = 0, some exactly there."""
    rng = np.random.default_rng(seed)
    y = np.resize([1, -1], n)
    distance = HALF_WIDTH + rng.exponential(0.6, n)
    distance[:4] = HALF_WIDTH
    place = rng.uniform(-2, 2, n)
    place[:4] = [-1.5, -1.5, 1.5, 1.5]
    return np.outer(y * distance, NORMAL) + np.outer(place, ALONG), y


def train(seed, steps=STEPS):
    x, y = data(seed)

    def loss(machine):
        penalty = LAMBDA / 2 * np.sum(machine.weight**2)
        return nn.hinge(machine(x)[:, 0], y) + penalty

    start = nn.Linear(2, 1, rng=np.random.default_rng(seed))
    method = nn.SGD(nn.inverse_decay(1.0, half_life=1 / LAMBDA))  # 1 / (1 + λ t)
    options = {"progress": False, "compile": True}  # which changes no bit
    machine, _ = nn.fit(start, loss, repeat(()), method, steps=steps, **options)
    return machine


def geometry(machine):
    """Half the width of the margin, and the angle to the known line in degrees."""
    w = machine.weight[0]
    cosine = np.clip(w @ NORMAL / np.linalg.norm(w), -1, 1)
    return float(1 / np.linalg.norm(w)), float(np.degrees(np.arccos(cosine)))


def outcome(seed=0, steps=STEPS):
    """Half the width of the margin, which is 0.5 at best, the angle off, how many are wrong."""
    machine, (x, y) = train(seed, steps), data(seed)
    half_width, angle = geometry(machine)
    wrong = int(np.sum(np.sign(machine(x)[:, 0]) != y))
    return {"half width": half_width, "angle": angle, "misclassified": wrong}


def picture(machine, x, y):
    new, axes = nn.plots.figure((6, 5.5))
    reach = 1.1 * np.max(np.abs(x))
    limits = ((-reach, reach), (-reach, reach))
    nn.plots.decision_regions(lambda p: machine(p)[:, 0] > 0, x, y > 0, axes, limits=limits)
    side = np.linspace(-reach, reach, 101)
    scores = machine(np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)).reshape(101, 101)
    axes.contour(side, side, scores, [-1, 0, 1], colors="0.3", linestyles=["--", "-", "--"])
    support = y * machine(x)[:, 0] < 1 + 1e-2
    axes.plot(*x[support].T, "o", ms=13, mfc="none", color="0.3", label="support vectors")
    axes.legend(loc="best", framealpha=1)
    axes.set_aspect("equal")
    return new


def main(arguments=None):
    parser = command.parser("svm", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 20000")
    options = command.parse(parser, arguments)
    machine, (x, y) = train(options.seed, options.steps), data(options.seed)
    half_width, angle = geometry(machine)
    print(f"half width of the margin {half_width:.4f}, at best {HALF_WIDTH}; {angle:.2f}° off")
    print(f"{int(np.sum(np.sign(machine(x)[:, 0]) != y))} of {len(x)} points misclassified")
    command.save(picture(machine, x, y), options.out / "svm.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
