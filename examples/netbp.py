"""Train the network of Higham & Higham (2019) from scratch: netbp, ten points in two categories.

A 2-2-3-2 sigmoid network, cost ½ ‖y − F(x)‖² averaged over the points, one million steps of the
stochastic gradient method with one sample each and learning rate 0.05.  Writes the decay of the
cost and the region where F₁ > F₂ as pictures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

import nn

X = np.array(
    [
        [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7],
        [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6],
    ]
).T
Y = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)  # five of category A, five of category B


def start(rng):
    """Weights and biases, 0.5 · standard normal: 23 numbers."""
    shapes = [(2, 2), (3, 2), (2, 3), (2,), (3,), (2,)]
    return [0.5 * rng.standard_normal(shape) for shape in shapes]


def network(p, x):
    """F(x) = a⁽⁴⁾, where a⁽ˡ⁾ = σ(W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾)."""
    W2, W3, W4, b2, b3, b4 = p
    a2 = nn.sigmoid(W2 @ x + b2)
    a3 = nn.sigmoid(W3 @ a2 + b3)
    return nn.sigmoid(W4 @ a3 + b4)


def loss(p, x, y):
    return nn.half_squared_error(network(p, x), y)


def cost(p):
    return sum(loss(p, x, y) for x, y in zip(X, Y)) / len(X)


def train(steps, seed, progress=True):
    rng = np.random.default_rng(seed)
    return nn.fit(
        start(rng),
        loss,
        nn.samples(X, Y, rng),
        nn.SGD(0.05),
        steps=steps,
        every=max(1, steps // 500),
        measure=cost,
        progress=progress,
    )


def classified(p):
    """How many of the points get the larger output in their own category."""
    return sum(int(np.argmax(network(p, x)) == np.argmax(y)) for x, y in zip(X, Y))


def plot_cost(history, path):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    axes.semilogy(history.steps, history.losses)
    axes.set(xlabel="step of the stochastic gradient method", ylabel="cost", title="Cost decay")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def plot_region(p, path):
    import matplotlib.pyplot as plt

    side = np.linspace(0, 1, 401)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    outputs = np.array([network(p, x) for x in grid.reshape(-1, 2)]).reshape(401, 401, 2)
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.contourf(side, side, outputs[..., 0] > outputs[..., 1], [0.5, 1.5], colors=["0.8"])
    for category, marker, name in ((0, "o", "category A"), (1, "x", "category B")):
        chosen = X[Y[:, category] == 1]
        axes.plot(*chosen.T, marker, ms=10, mew=2.5, mfc="none", ls="", label=name)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    axes.set_title("Shaded: where $F_1 > F_2$")
    axes.legend(loc="upper right", framealpha=1)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def main(arguments=None):
    parser = argparse.ArgumentParser("python -m examples.netbp", description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=positive, default=1_000_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error(f"--seed {options.seed}: a seed is not negative")
    try:
        import matplotlib

        matplotlib.use("agg")
        options.out.mkdir(parents=True, exist_ok=True)
    except ModuleNotFoundError:
        parser.error("the pictures need matplotlib: pip install 'autograd_lite[plot]'")
    except OSError as error:
        parser.error(f"--out {options.out}: {error.strerror}")

    print(f"HH19: 23 parameters, 10 points, {options.steps:,} steps, seed {options.seed}")
    began = perf_counter()
    p, history = train(options.steps, options.seed)
    seconds = perf_counter() - began
    print(f"cost {history.losses[-1]:.3e} after {options.steps:,} steps in {seconds:.1f} s")
    print(f"{classified(p)} of {len(X)} points classified")
    for name, plot, what in (("cost", plot_cost, history), ("decision", plot_region, p)):
        path = options.out / f"netbp-{name}.png"
        plot(what, path)
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
