"""Tell apart the digits 5 to 9 by three images of each, with layers that have learnt 0 to 4.

A convolutional network learns the digits 0 to 4 of MNIST.  Then its last layer is made anew and
trained on a few of the others, while the layers before are frozen: what batch normalisation has
measured stays, too.  The same network that starts from nothing is the comparison.  Writes the
curves.  After 200 steps some 77 % of the new digits are classified, and some 70 % from nothing.
(Yosinski et al. 2014)
"""

from __future__ import annotations

import sys

import numpy as np

import nn
from examples import command

SIZE, EPOCHS, EACH, STEPS = 50, 2, 3, 200
CLASSES = 5  # known at first, and as many new ones
SHOWN = 2000  # images for validation


def network(rng):
    """28×28 → 8 of 24×24 → 12×12 → 16 of 8×8 → 4×4 → 5 logits."""
    dtype = np.float32
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, rng=rng, dtype=dtype),
        nn.BatchNorm(8, dtype=dtype),
        nn.relu,
        nn.MaxPool(2),
        nn.Conv2d(8, 16, 5, rng=rng, dtype=dtype),
        nn.BatchNorm(16, dtype=dtype),
        nn.relu,
        nn.MaxPool(2),
        nn.Flatten(),
        head(rng),
    )


def head(rng):
    return nn.Linear(16 * 4 * 4, CLASSES, rng=rng, dtype=np.float32)


def loss(net, x, y):
    return nn.cross_entropy(net(x, training=True), y)


def accuracy(net, x, y):
    return np.mean(net(x).argmax(axis=1) == y)


def digits(images, labels, new):
    """The images of the digits from 5 on, or of those before, and their classes from 0 on."""
    chosen = (labels >= CLASSES) == new
    return images[chosen][:, None], labels[chosen].astype(int) - CLASSES * new


def few(x, y, rng):
    """As many images of each class, drawn at random."""
    rows = [rng.choice(np.flatnonzero(y == k), EACH, replace=False) for k in range(CLASSES)]
    return x[np.concatenate(rows)], y[np.concatenate(rows)]


def backbone(data, seed, epochs=EPOCHS, progress=True):
    """A network that knows the digits 0 to 4."""
    rng = np.random.default_rng(seed)
    batches = nn.Batches(*digits(data.x, data.y, new=False), size=SIZE, rng=rng)
    shown = digits(data.x_validation[:SHOWN], data.y_validation[:SHOWN], new=False)
    return nn.fit(
        network(rng),
        loss,
        batches,
        nn.Adam(nn.cosine_decay(3e-3, epochs * len(batches))),
        epochs=epochs,
        every=max(1, len(batches) // 4),
        validate=lambda net: {"accuracy": accuracy(net, *shown)},
        progress=progress,
    )


def tune(data, net, seed, steps=STEPS, trainable=None, progress=True):
    """The network and its history, trained on a few images of the digits 5 to 9."""
    rng = np.random.default_rng(seed)
    batches = nn.Batches(*few(*digits(data.x, data.y, new=True), rng), size=SIZE, rng=rng)
    shown = digits(data.x_validation[:SHOWN], data.y_validation[:SHOWN], new=True)
    return nn.fit(
        net,
        loss,
        batches,
        nn.Adam(3e-3),
        steps=steps,
        every=max(1, steps // 20),
        validate=lambda net: {"accuracy": accuracy(net, *shown)},
        trainable=trainable,
        progress=progress,
    )


def both(data, seed, epochs=EPOCHS, steps=STEPS, progress=True):
    """The histories of the frozen layers with a new head, and of a network from nothing."""
    rng = np.random.default_rng(seed)
    known, _ = backbone(data, seed, epochs, progress)
    ready = nn.Sequential(*known[:-1], head(rng))
    last = f"layers.{len(ready) - 1}"
    net, tuned = tune(data, ready, seed, steps, trainable=last, progress=progress)
    frozen = [path for path in nn.named_leaves(net) if not path.startswith(last)]
    before, after = nn.named_leaves(known), nn.named_leaves(net)
    assert all(after[path] is before[path] for path in frozen)  # not a bit has moved
    _, bare = tune(data, network(rng), seed, steps, progress=progress)
    return {"frozen layers": tuned, "from nothing": bare}


def outcome(data, seed=0):
    """The part of the validation images of new digits that is classified, by kind of training."""
    histories = both(data, seed, progress=False)
    return {name: one.series("accuracy")[-1] for name, one in histories.items()}


def picture(histories):
    figure, axes = nn.plots.figure((6, 4))
    for name, history in histories.items():
        axes.plot(history.steps, 100 * np.array(history.series("accuracy")), label=name)
    title = f"Digits 5 to 9, by {EACH} images of each"
    axes.set(xlabel="step", ylabel="% of the validation images", title=title)
    nn.plots.count_steps(axes)
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def main(arguments=None):
    parser = command.parser("fine_tuning", __doc__)
    command.add_data(parser)
    parser.add_argument("--epochs", type=command.positive, default=EPOCHS, help="default: 2")
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 200")
    options = command.parse(parser, arguments)
    data = command.mnist(parser, options)
    histories = both(data, options.seed, options.epochs, options.steps)
    for name, history in histories.items():
        print(f"{name}: {history.series('accuracy')[-1]:.1%} of the new digits classified")
    command.save(picture(histories), options.out / "fine-tuning.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
