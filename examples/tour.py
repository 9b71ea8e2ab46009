"""A tour of autograd_lite and nn in ten minutes: what docs/tutorial/tour.md shows, run and drawn.

Each function below is a stop of the tour, and the code in it is that of the page.
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from examples import command


def gradients():
    """Gradients of plain NumPy."""

    def f(x):
        return np.sum(np.sin(x) * x)

    x = np.array([0.0, 1.0, 2.0])
    value, gradient = al.value_and_grad(f)(x)
    assert np.allclose(gradient, np.cos(x) * x + np.sin(x))
    print(f"f(x) = {value:.4f}, ∇f = {gradient}")


def every_order():
    """Derivatives of derivatives."""
    curvature = al.grad(al.grad(np.sin))
    assert curvature(1.0) == -np.sin(1.0)
    print(f"sin″(1) = {curvature(1.0):.4f} = −sin(1)")


def exactness():
    """Fractions are exact."""
    from fractions import Fraction

    halves = np.array([Fraction(1, 2), Fraction(1, 3)], dtype=object)
    gradient = al.grad(lambda x: np.sum(x * x * x))(halves)
    assert list(gradient) == [Fraction(3, 4), Fraction(1, 3)]
    print(f"∇ Σ x³ at (1/2, 1/3): {', '.join(map(str, gradient))}")


def networks(seed):
    """A network, trained; its history."""
    rng = np.random.default_rng(seed)
    net = nn.MLP([2, 8, 1], nn.tanh, rng=rng)
    X = rng.standard_normal((64, 2))
    Y = X[:, :1] * X[:, 1:]

    def error(net, x, y):
        return nn.squared_error(net(x), y)

    batches = nn.Batches(X, Y, size=16, rng=rng)
    net, history = nn.fit(net, error, batches, nn.Adam(0.01), epochs=200, progress=False)
    print(f"x₁x₂ learned: squared error {error(net, X, Y):.4f}")
    return net, history


def programs(net):
    """The program of a gradient: NumPy, formulas, a page."""

    def loss(net, x, y):
        return nn.squared_error(net(x), y)

    x, y = np.array([0.5, -1.0]), np.array([-0.5])
    program = al.trace(al.value_and_grad(loss), net, x, y)
    print(program.source())
    return program


def main(arguments=None):
    parser = command.parser("tour", __doc__)
    options = command.parse(parser, arguments)
    gradients()
    every_order()
    exactness()
    net, history = networks(options.seed)
    program = programs(net)
    new, axes = nn.plots.figure((6, 4))
    nn.plots.history(history, axes)
    command.save(new, options.out / "tour.png")
    page = options.out / "tour.html"
    program.explorer(page)
    print(f"wrote {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
