"""A layered net with a fixed sparsity pattern: only the nonzero entries of W are parameters.

After the notes on layered nets.  Each of eight inputs reaches three neighbouring hidden units; the
net learns the second difference of a signal, squared and summed, which needs no more than that.
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from examples import command

SIZE, SAMPLES, STEPS = 8, 256, 3000
BAND = np.abs(np.subtract.outer(np.arange(SIZE), np.arange(SIZE))) <= 1


def data(rng):
    """Signals, and the sum of their squared second differences."""
    x = rng.standard_normal((SAMPLES, SIZE))
    around = np.pad(x, ((0, 0), (1, 1)))
    difference = around[:, :-2] - 2 * around[:, 1:-1] + around[:, 2:]
    return x, np.sum(difference**2, axis=1, keepdims=True) / SIZE


def start(rng):
    return nn.Sequential(
        [nn.MaskedLinear(BAND, rng=rng), np.square, nn.Linear(SIZE, 1, rng=rng)],
    )


def loss(net, x, y):
    return nn.squared_error(net(x), y)


def train(seed, steps=STEPS):
    rng = np.random.default_rng(seed)
    x, y = data(rng)
    net = start(rng)
    batches = nn.Batches(x, y, size=32, rng=rng)
    return nn.fit(
        net,
        loss,
        batches,
        nn.Adam(nn.cosine_decay(0.05, steps)),
        steps=steps,
        measure=lambda net: loss(net, x, y),
        progress=False,
    )


def outside(net):
    """The largest entry of W where the pattern has none."""
    return float(np.max(np.abs(net.layers[0].matrix[~BAND])))


def outcome(seed=0, steps=STEPS):
    """How many numbers are parameters, here and without the pattern; the loss; W outside of it."""
    net, history = train(seed, steps)
    full = SIZE * SIZE + SIZE + SIZE + 1
    return {
        "parameters": sum(np.size(w) for w in al.tree_leaves(net)),
        "without the pattern": full,
        "loss": history.losses[-1],
        "outside": outside(net),
    }


def picture(net, history):
    new, (left, right) = nn.plots.figure((9, 4), ncols=2)
    nn.plots.history(history, left)
    left.set_title("Training")
    W = net.layers[0].matrix
    limit = np.max(np.abs(W))
    shown = right.imshow(W, cmap="RdBu", vmin=-limit, vmax=limit)
    right.set(title="W of the first layer", xlabel="input", ylabel="hidden unit")
    new.colorbar(shown)
    return new


def main(arguments=None):
    parser = command.parser("sparse_net", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 3000")
    options = command.parse(parser, arguments)
    net, history = train(options.seed, options.steps)
    parameters = sum(np.size(w) for w in al.tree_leaves(net))
    full = SIZE * SIZE + 2 * SIZE + 1
    print(f"{parameters} parameters, {full} without the pattern")
    print(f"loss {history.losses[-1]:.2e}, largest weight outside the pattern {outside(net):g}")
    command.save(picture(net, history), options.out / "sparse_net.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
