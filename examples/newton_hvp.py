"""Newton's method by conjugate gradients on exact Hessian-vector products: quadratic convergence.

Softmax regression with weight decay.  The Hessian is never formed: each step solves H d = −∇C to a
relative accuracy of min(½, ‖∇C‖), which keeps the order 2 (Dembo, Eisenstat & Steihaug 1982).
Far from the minimum steps are shortened until the cost falls.  Gradient descent from the same start
is drawn beside it.
"""

from __future__ import annotations

import sys
from functools import partial

import numpy as np

import autograd_lite as al
import nn
from examples import command

SAMPLES, FEATURES, CLASSES, DECAY, STEPS = 120, 4, 3, 1e-2, 12


def problem(seed):
    """The cost as a function of the parameter vector, and a start."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(CLASSES, size=SAMPLES)
    x = rng.standard_normal((CLASSES, FEATURES))[labels] + rng.standard_normal((SAMPLES, FEATURES))
    net = nn.Linear(FEATURES, CLASSES, rng=rng)

    def cost(p):
        return nn.cross_entropy(nn.unravel(p, net)(x), labels) + DECAY / 2 * np.sum(p * p)

    return cost, nn.ravel(net)


def conjugate_gradients(product, b, accuracy):
    """H d = b for a positive definite H, given v ↦ H v; and how many products it took."""
    d, r = np.zeros_like(b), b
    direction, count = r, 0
    while np.linalg.norm(r) > accuracy * np.linalg.norm(b) and count < 10 * b.size:
        Hv = product(direction)
        step = (r @ r) / (direction @ Hv)
        d, new = d + step * direction, r - step * Hv
        direction = new + (new @ new) / (r @ r) * direction
        r, count = new, count + 1
    return d, count


def downhill(cost, p, d, slope):
    """The first of 1, ½, ¼, … with which the cost falls as it should (Armijo's condition)."""
    value, t = cost(p), 1.0
    while cost(p + t * d) > value + 1e-4 * t * slope + 1e-15 * abs(value) and t > 1e-6:
        t /= 2
    return t


def newton(seed, steps=STEPS, enough=1e-14):
    """The norm of the gradient before each step and after the last, and products for each step."""
    cost, p = problem(seed)
    gradient_of = al.grad(cost)
    g = gradient_of(p)
    norms, products = [float(np.linalg.norm(g))], []
    while norms[-1] > enough and len(products) < steps:
        d, count = conjugate_gradients(partial(al.hvp, cost, p), -g, min(0.5, norms[-1]))
        p = p + downhill(cost, p, d, g @ d) * d
        g = gradient_of(p)
        norms.append(float(np.linalg.norm(g)))
        products.append(count)
    return norms, products


def descent(seed, steps, rate=0.5):
    cost, p = problem(seed)
    gradient_of, norms = al.grad(cost), []
    for _ in range(steps):
        g = gradient_of(p)
        norms.append(float(np.linalg.norm(g)))
        p = p - rate * g
    return norms


def orders(norms):
    """The order q with ‖g⁺⁺‖ / ‖g⁺‖ = (‖g⁺‖ / ‖g‖)^q, as long as rounding is far away."""
    logs = np.log([n for n in norms if n > 1e-13])
    return (np.diff(logs)[1:] / np.diff(logs)[:-1]).tolist()


def outcome(seed=0, steps=STEPS):
    """How small the gradient became, in how many steps, and the last order of convergence."""
    norms, products = newton(seed, steps)
    return {"norm": norms[-1], "steps": len(products), "order": (orders(norms) or [np.nan])[-1]}


def main(arguments=None):
    parser = command.parser("newton_hvp", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 12")
    options = command.parse(parser, arguments)
    norms, products = newton(options.seed, options.steps)
    print("step   norm of the gradient   Hessian-vector products")
    for k, norm in enumerate(norms):
        print(f"{k:4d}   {norm:20.3e}   {products[k] if k < len(products) else '':>23}")
    new, axes = nn.plots.figure((6, 4))
    axes.semilogy(norms, "o-", label="Newton with conjugate gradients")
    axes.semilogy(descent(options.seed, 4 * len(norms)), "-", label="gradient descent")
    axes.set(xlabel="step", ylabel=r"$\|\nabla C\|$", title="Quadratic convergence")
    axes.grid(alpha=0.3)
    axes.legend()
    command.save(new, options.out / "newton_hvp.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
