"""Draw figure 6.6 of Lindholm et al.: forward propagation above, backward propagation below.

Nothing is drawn by hand: the graph is that of a traced gradient, of two layers for regression with
one sample (LI 6.24, 6.26, 6.27).  Writes it as SVG.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import autograd_lite as al
import nn


def loss(p, x, y):
    """J = (y − z²)², z² = W² q¹ + b², q¹ = σ(z¹), z¹ = W¹ x + b¹."""
    z1 = al.named("z1", p["W1"] @ x + p["b1"])
    q1 = al.named("q1", nn.sigmoid(z1))
    z2 = al.named("z2", p["W2"] @ q1 + p["b2"])
    return al.named("J", nn.squared_error(z2, y))


def backpropagation():
    """The program of the loss and its gradient, for two inputs, three hidden units, one output."""
    p = {"W1": np.eye(3, 2), "b1": np.zeros(3), "W2": np.ones((1, 3)), "b2": np.zeros(1)}
    return al.trace(al.value_and_grad(loss), p, np.array([1.0, 2.0]), np.array([1.0]))


def main(arguments=None):
    parser = argparse.ArgumentParser(
        "python -m examples.figures", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures")
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    path = out / "backpropagation.svg"
    al.draw(backpropagation(), path, "both")
    print(f"figure 6.6 is in {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
