"""Derivatives for tests: held to an oracle, or pulled back from a random cotangent."""

import numpy as np

import autograd_lite as al
from autograd_lite.core.trees import rebuild
from autograd_lite.testing import check_grads
from autograd_lite.testing.checking.vectors import random_like as direction

__all__ = ["check_derivatives", "direction", "gradients", "pulled", "smooth", "unflat"]


def smooth(x):
    """A number all of whose derivatives by ``x`` vary."""
    return np.sum(np.sin(x) * np.exp(x * x[::-1]))


def check_derivatives(f, args, *, order=2, step=True, rng=None):
    """Raise AssertionError unless the derivatives of ``f`` at ``args`` are right, up to ``order``.

    ``step`` says that a complex step through ``f`` is valid.
    """
    args = tuple(map(np.asarray, args))
    if args:
        oracle = "complex step" if step else "differences"
        check_grads(f, args, order=order, rng=rng, oracle=oracle)


def unflat(value, leaves):
    """``leaves`` in the structure of ``value``."""
    left = iter(leaves)
    return rebuild(value, lambda _: next(left))


def pulled(f, args, rng):
    """The gradients of ⟨u, f⟩ for a random u that cannot be written to."""
    value, pullback = al.vjp(f, *args)
    u = [direction(y, rng) for y in al.tree_leaves(value)]
    for c in u:
        c.flags.writeable = False
    return pullback(unflat(value, u))


def gradients(layer, x, delta, **options):
    """The result, and the gradients by x and by the arrays of the layer, for a cotangent."""
    y, pullback = al.vjp(lambda layer, x: layer(x, **options), layer, x)
    by_layer, by_x = pullback(delta)
    return y, by_x, *al.tree_leaves(by_layer)
