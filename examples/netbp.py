"""Train the network of Higham & Higham (2019) from scratch: netbp, ten points in two categories.

A 2-2-3-2 sigmoid network, cost ½ ‖y − F(x)‖² averaged over the points, one million steps of the
stochastic gradient method with one sample each and learning rate 0.05.  Writes the decay of the
cost and the region where F₁ > F₂ as pictures; and, of the program that one step runs, its graph,
its source, its formulas and a page to explore it.

The steps are compiled; the first of them are made once more eagerly, to compare every bit.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al
import nn
from examples.command import parse, parser, positive, save

POINTS = np.array(
    [
        [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7],
        [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6],
    ]
).T
A, B = [1.0, 0.0], [0.0, 1.0]
COMPARED = 20_000  # steps that are made eagerly too
ELEVENTH = [0.3, 0.7]  # of category B, in figure 2.5 of HH19


class Parameters(NamedTuple):
    """Weights and biases: 23 numbers."""

    W2: Any
    W3: Any
    W4: Any
    b2: Any
    b3: Any
    b4: Any


def data(points=10):
    """Points as rows, and their categories: five of A, then those of B."""
    x = np.ascontiguousarray(POINTS) if points == 10 else np.vstack([POINTS, ELEVENTH])
    return x, np.array([A] * 5 + [B] * (len(x) - 5))


def start(rng):
    """Weights and biases, 0.5 · standard normal."""
    shapes = [(2, 2), (3, 2), (2, 3), (2,), (3,), (2,)]
    return Parameters(*[0.5 * rng.standard_normal(shape) for shape in shapes])


def network(p, x):
    """F(x) = a⁽⁴⁾, where a⁽ˡ⁾ = σ(W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾)."""
    z2 = al.named("z2", p.W2 @ x + p.b2)
    a2 = al.named("a2", nn.sigmoid(z2))
    z3 = al.named("z3", p.W3 @ a2 + p.b3)
    a3 = al.named("a3", nn.sigmoid(z3))
    z4 = al.named("z4", p.W4 @ a3 + p.b4)
    return al.named("a4", nn.sigmoid(z4))


def loss(p, x, y):
    return nn.half_squared_error(network(p, x), y)


def cost(p, x, y):
    return sum(loss(p, *sample) for sample in zip(x, y)) / len(x)


def train(steps, seed, points=10, progress=True, compile=False):
    rng = np.random.default_rng(seed)
    x, y = data(points)
    return nn.fit(
        start(rng),
        loss,
        nn.samples(x, y, rng),
        nn.SGD(0.05),
        steps=steps,
        every=max(1, steps // 500),
        measure=lambda p: cost(p, x, y),
        progress=progress,
        compile=compile,
    )


def classified(p, points=10):
    """How many of the points get the larger output in their own category."""
    return sum(int(np.argmax(network(p, x)) == np.argmax(y)) for x, y in zip(*data(points)))


def outcome(steps=1_000_000, seed=0, points=10):
    """What comes out: the cost, and how many points are classified."""
    p, history = train(steps, seed, points, progress=False, compile=True)
    return {"cost": history.losses[-1], "classified": classified(p, points), "of": points}


def by_least_squares(seed=0, points=10):
    """The same network by nonlinear least squares, as HH19 made its figures 2.4 and 2.5."""
    x, y = data(points)

    def residuals(p):
        errors = [network(p, sample) - target for sample, target in zip(x, y)]
        return np.concatenate(errors) / np.sqrt(len(x))

    p, solution = nn.least_squares(residuals, start(np.random.default_rng(seed)), method="trf")
    return {"cost": solution.losses[-1], "classified": classified(p, points), "of": points}


def program(p):
    """The program of one step's value and gradient."""
    x, y = data()
    return al.trace(al.value_and_grad(loss), p, x[0], y[0])


def compare(steps, seed, points, per_step):
    """Make some steps compiled and eagerly, and say whether all bits are the same."""
    (p, history), (q, other) = [
        train(steps, seed, points, progress=False, compile=flag) for flag in (True, False)
    ]
    same = all(a.tobytes() == b.tobytes() for a, b in zip(p, q)) and history.losses == other.losses
    print(
        f"{steps:,} steps made eagerly too: the parameters are "
        f"{'equal in every bit' if same else 'NOT the same'}; the compiled steps were "
        f"{other.seconds[-1] / steps / per_step:.0f} times as fast"
    )
    return same


# ---- pictures ----


def plot_cost(history):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    axes.semilogy(history.steps, history.losses)
    axes.set(xlabel="step of the stochastic gradient method", ylabel="cost", title="Cost decay")
    nn.plots.count_steps(axes)
    axes.grid(alpha=0.3)
    return figure


def plot_region(p, points=10):
    import matplotlib.pyplot as plt

    side = np.linspace(0, 1, 401)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    outputs = np.array([network(p, x) for x in grid.reshape(-1, 2)]).reshape(401, 401, 2)
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.contourf(side, side, outputs[..., 0] > outputs[..., 1], [0.5, 1.5], colors=["0.8"])
    x, y = data(points)
    for category, marker, name in ((0, "o", "category A"), (1, "x", "category B")):
        chosen = x[y[:, category] == 1]
        axes.plot(*chosen.T, marker, ms=10, mew=2.5, mfc="none", ls="", label=name)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    axes.set_title("Shaded: where $F_1 > F_2$")
    axes.legend(loc="upper right", framealpha=1)
    return figure


def write_program(p, out):
    """The graph, the source, the formulas and the page of the program of one step."""
    step = program(p)
    texts = {"netbp-step.py": step.source(), "netbp-step.tex": step.latex()}
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
        print(f"wrote {out / name}")
    try:
        al.draw(step, out / "netbp-graph.svg", mode="both")
    except ModuleNotFoundError as error:  # neither Graphviz nor the extra that stands in for it
        print(f"no graph: {error}")
    else:
        print(f"wrote {out / 'netbp-graph.svg'}")
    step.explorer(out / "netbp-explorer.html")
    print(f"wrote {out / 'netbp-explorer.html'}")


def main(arguments=None):
    command = parser("netbp", __doc__)
    command.add_argument("--steps", type=positive, default=1_000_000, help="default: %(default)s")
    command.add_argument("--points", type=int, choices=(10, 11), default=10, help="10 or 11")
    command.add_argument("--eager", action="store_true", help="compile nothing")
    options = parse(command, arguments)
    steps, seed, points = options.steps, options.seed, options.points

    compile, same = not options.eager, True
    print(f"HH19: 23 parameters, {points} points, {steps:,} steps, seed {seed}")
    if compile and al.compile(loss).backend != "native":
        print("without llvmlite (pip install 'autograd_lite[native]') the steps run by NumPy")
    p, history = train(steps, seed, points, compile=compile)
    seconds = history.seconds[-1]
    print(f"cost {history.losses[-1]:.3e} after {steps:,} steps in {seconds:.1f} s")
    print(f"{classified(p, points)} of {points} points classified")
    if compile and not history.stopped:
        same = compare(min(steps, COMPARED), seed, points, seconds / steps)
    save(plot_cost(history), options.out / "netbp-cost.png")
    save(plot_region(p, points), options.out / "netbp-decision.png")
    write_program(p, options.out)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
