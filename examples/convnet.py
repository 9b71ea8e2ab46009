"""Classify the handwritten digits of MNIST with a convolutional network.

Two layers of 5×5 convolutions with ReLU, each followed by max-pooling, and one linear layer; Adam
with a rate that decays to zero.  At least 98.5 % of the validation images are classified after five
epochs.  Writes the curves and what the first layer looks for.
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np

import nn
from examples import command

SIZE, EPOCHS, RATE = 50, 5, 3e-3
BLOCK = 1000  # images evaluated at a time


def network(rng):
    """28×28 → 8 of 24×24 → 12×12 → 16 of 8×8 → 4×4 → 10 logits."""
    dtype = np.float32
    return nn.Sequential(
        [
            nn.Conv2d(1, 8, 5, rng=rng, dtype=dtype),
            nn.relu,
            nn.MaxPool(2),
            nn.Conv2d(8, 16, 5, rng=rng, dtype=dtype),
            nn.relu,
            nn.MaxPool(2),
            nn.Flatten(),
            nn.Linear(16 * 4 * 4, 10, rng=rng, dtype=dtype),
        ]
    )


def loss(net, x, y):
    return nn.cross_entropy(net(x), y)


def accuracy(net, images, labels):
    blocks = nn.Batches(images[:, None], labels, size=BLOCK, epochs=1)
    right = sum(int(np.sum(net(x).argmax(axis=1) == y)) for x, y in blocks)
    return right / len(labels)


def train(data, seed, epochs=EPOCHS, progress=True):
    rng = np.random.default_rng(seed)
    batches = nn.Batches(data.x[:, None], data.y, size=SIZE, rng=rng)
    return nn.fit(
        network(rng),
        loss,
        batches,
        nn.Adam(nn.cosine_decay(RATE, epochs * len(batches))),
        epochs=epochs,
        every=max(1, len(batches) // 4),
        validate=lambda net: {"accuracy": accuracy(net, data.x_validation, data.y_validation)},
        progress=progress,
    )


def outcome(data, seed=0):
    """The part of the validation images that is classified correctly."""
    _, history = train(data, seed, progress=False)
    return {"accuracy": history.series("accuracy")[-1]}


def picture(net, history):
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subfigures(1, 2)
    axes = left.subplots()
    axes.plot(history.steps, 100 * np.array(history.series("accuracy")), "C3")
    axes.set(xlabel="step", ylabel="%", title="Validation images classified")
    nn.plots.count_steps(axes)
    axes.grid(alpha=0.3)
    right.suptitle("Weights of the first layer", fontsize="large")
    weight = net.layers[0].weight[:, 0]
    bound = np.abs(weight).max()
    for axes, kernel in zip(right.subplots(2, 4).flat, weight):
        axes.imshow(kernel, cmap="RdBu", vmin=-bound, vmax=bound)
        axes.axis("off")
    return figure


def main(arguments=None):
    parser = command.parser("convnet", __doc__)
    command.add_data(parser)
    parser.add_argument("--epochs", type=command.positive, default=EPOCHS, help="default: 5")
    options = command.parse(parser, arguments)
    data = command.mnist(parser, options)
    began = perf_counter()
    net, history = train(data, options.seed, options.epochs)
    seconds = perf_counter() - began
    print(f"{history.series('accuracy')[-1]:.2%} classified after {seconds:.1f} s")
    command.save(picture(net, history), options.out / "convnet.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
