"""Classify the handwritten digits of MNIST: logistic regression, and 200 hidden units beside it.

Example 6.2 of Lindholm et al.: softmax and cross-entropy, γ = 0.5, mini-batches of 100, 15 epochs.
About 8 % of the validation images are misclassified by the first, about 2 % by the second.  Writes
the curves of figures 6.7 and 6.8, and digits that the second gets wrong.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from time import perf_counter

import numpy as np

import nn
from examples import command

MODELS = {"logistic regression": [784, 10], "784-200-10": [784, 200, 10]}
RATE, SIZE, EPOCHS = 0.5, 100, 15


def flat(images):
    return images.reshape(len(images), -1)


def loss(net, x, y):
    return nn.cross_entropy(net(x), y)


def error(logits, y):
    """The part of the samples whose largest logit is not that of their class."""
    return float(np.mean(logits.argmax(axis=1) != y))


def train(data, sizes, seed, epochs=EPOCHS, progress=True):
    rng = np.random.default_rng(seed)
    x, xv = flat(data.x), flat(data.x_validation)
    net = nn.MLP(sizes, rng=rng, dtype=np.float32)
    batches = nn.Batches(x, data.y, size=SIZE, rng=rng)
    others = np.random.default_rng(seed)  # its draws leave the training as it would be without

    def validate(net):
        logits, some = net(xv), others.integers(len(x), size=SIZE)
        return {
            "validation loss": nn.cross_entropy(logits, data.y_validation),
            "validation error": error(logits, data.y_validation),
            "batch error": error(net(x[some]), data.y[some]),
        }

    return nn.fit(
        net,
        loss,
        batches,
        nn.SGD(RATE),
        epochs=epochs,
        every=min(100, len(batches)),
        validate=validate,
        progress=progress,
    )


def misclassified(history):
    """The part of the validation images, averaged over the six reports of the last epoch."""
    return float(np.mean(history.series("validation error")[-6:]))


def outcome(data, seed=0):
    """What the notes report: the parts of the validation images that are misclassified."""
    return {
        name: misclassified(train(data, sizes, seed, progress=False)[1])
        for name, sizes in MODELS.items()
    }


def curves(histories):
    """Figures 6.7 and 6.8: cost on the left, misclassification on the right; validation in red."""
    import matplotlib.pyplot as plt

    shape = {"nrows": len(histories), "ncols": 2, "squeeze": False}
    figure, grid = plt.subplots(**shape, figsize=(9, 6), sharex=True, layout="constrained")
    for (name, history), (left, right) in zip(histories.items(), grid):
        for axes, kind, batch in ((left, "loss", "loss"), (right, "error", "batch error")):
            percent = 100 if kind == "error" else 1
            for label, color, key in (
                ("100 training images", "C0", batch),
                ("validation images", "C3", f"validation {kind}"),
            ):
                series = percent * np.array(history.series(key))
                axes.plot(history.steps, series, color, label=label, lw=1)
            axes.grid(alpha=0.3)
            axes.set_ylim(bottom=0)
            nn.plots.count_steps(axes)
        left.set(title=f"{name}: cost", ylabel="cross-entropy")
        right.set(title=f"{name}: misclassified", ylabel="%")
        right.legend()
    for axes in grid[-1]:
        axes.set_xlabel("iteration")
    return figure


def mistakes(net, data, path, n=24):
    """Validation images that the network gets wrong, the surest first."""
    p = nn.softmax(net(flat(data.x_validation)))
    said = p.argmax(axis=1)
    wrong = np.flatnonzero(said != data.y_validation)
    surest = wrong[np.argsort(-p[wrong, said[wrong]])][:n]
    nn.plots.digits(data.x_validation[surest], said[surest], data.y_validation[surest], path)
    print(f"wrote {path}")


def main(arguments=None):
    parser = command.parser("mnist", __doc__)
    command.add_data(parser)
    parser.add_argument("--epochs", type=command.positive, default=EPOCHS, help="default: 15")
    options = command.parse(parser, arguments)
    data = command.mnist(parser, options)

    histories = {}
    for name, sizes in MODELS.items():
        parameters = sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
        print(f"{name}: {parameters:,} parameters, {len(data.x):,} images, seed {options.seed}")
        began = perf_counter()
        net, histories[name] = train(data, sizes, options.seed, options.epochs)
        wrong = misclassified(histories[name])
        print(f"{wrong:.2%} misclassified, {perf_counter() - began:.1f} s")
    command.save(curves(histories), options.out / "mnist-curves.png")
    mistakes(net, data, options.out / "mnist-mistakes.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
