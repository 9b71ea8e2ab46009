"""Squeeze the handwritten digits of MNIST through a few numbers, and draw them again.

A 784-128-16-128-784 network is trained to return its input, so that 16 numbers must tell all there
is to tell of an image; principal components, the best linear map through as many, stand beside it.
Writes images of both, and the curve of the error.
"""

from __future__ import annotations

import sys

import numpy as np

import nn
from examples import command

CODE, HIDDEN = 16, 128
SIZE, EPOCHS, RATE = 100, 5, 2e-3


def flat(images):
    return images.reshape(len(images), -1)


def network(rng, pixels):
    return nn.MLP([pixels, HIDDEN, CODE, HIDDEN, pixels], rng=rng, dtype=np.float32)


def loss(net, x):
    """The binary cross-entropy of each pixel: it takes intensities for probabilities of white."""
    return nn.binary_cross_entropy(net(x), x)


def drawn(net, x):
    return nn.sigmoid(net(x))


def error(drawn, x):
    """The mean squared error of a pixel."""
    return float(np.mean((drawn - x) ** 2))


def principal_components(x, others, size=CODE):
    """``others`` projected on the mean of ``x`` and its directions of largest variance."""
    mean = x.mean(axis=0)
    _, directions = np.linalg.eigh((x - mean).T @ (x - mean))
    best = directions[:, -size:]
    return mean + (others - mean) @ best @ best.T


def train(data, seed, epochs=EPOCHS, progress=True):
    rng = np.random.default_rng(seed)
    x, xv = flat(data.x), flat(data.x_validation)
    batches = nn.Batches(x, size=SIZE, rng=rng)
    return nn.fit(
        network(rng, x.shape[1]),
        loss,
        batches,
        nn.Adam(nn.cosine_decay(RATE, epochs * len(batches))),
        epochs=epochs,
        every=min(100, len(batches)),
        validate=lambda net: {"error": error(drawn(net, xv), xv)},
        progress=progress,
    )


def outcome(data, seed=0):
    """Mean squared errors of a pixel of the validation images, through 16 numbers."""
    xv = flat(data.x_validation)
    _, history = train(data, seed, progress=False)
    linear = principal_components(flat(data.x), xv)
    return {"autoencoder": history.series("error")[-1], "principal components": error(linear, xv)}


def picture(net, history, data, linear):
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(10, 3), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(2, 3))
    xv = flat(data.x_validation)
    axes = left.subplots()
    axes.semilogy(history.steps, history.series("error"), "C3", label="autoencoder")
    axes.axhline(error(linear, xv), color="C0", ls="--", label="principal components")
    axes.set(xlabel="step", title=f"Error through {CODE} numbers", ylabel="mean squared error")
    nn.plots.count_steps(axes)
    axes.yaxis.set_minor_formatter("{x:.2f}")
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    shape = data.x_validation.shape[1:]
    rows = {"given": xv, "network": drawn(net, xv[:10]), "linear": linear}
    grid = right.subplots(3, 10, squeeze=False)
    for line, (name, images) in zip(grid, rows.items()):
        for axes in line:
            axes.axis("off")
        for axes, image in zip(line, images):
            axes.imshow(image.reshape(shape), cmap="gray", vmin=0, vmax=1)
        line[0].set_title(name, loc="left", fontsize=10)
    return figure


def main(arguments=None):
    parser = command.parser("autoencoder", __doc__)
    command.add_data(parser)
    parser.add_argument("--epochs", type=command.positive, default=EPOCHS, help="default: 5")
    options = command.parse(parser, arguments)
    data = command.mnist(parser, options)
    net, history = train(data, options.seed, options.epochs)
    xv = flat(data.x_validation)
    linear = principal_components(flat(data.x), xv)
    print(
        f"mean squared error of a pixel: {history.series('error')[-1]:.5f} through {CODE} numbers"
    )
    print(f"{error(linear, xv):.5f} with as many principal components")
    command.save(picture(net, history, data, linear), options.out / "autoencoder.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
