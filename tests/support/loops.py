"""What a loop must be: the loop that one would write, and the reverse scan of its docstring."""

import numpy as np

import autograd_lite as al


def order(n, reverse):
    return range(n)[::-1] if reverse else range(n)


def rows(xs, t):
    return al.tree_map(lambda x: x[t], xs)


def stacked(ys):
    return al.tree_map(lambda *row: np.stack(row), *ys)


def python_loop(step, carry, xs, *, reverse=False, length=None):
    """The loop that one would write in place of a scan of one turn at least."""
    n = len(al.tree_leaves(xs)[0]) if length is None else length
    ys = []
    for t in order(n, reverse):
        carry, y = step(carry, rows(xs, t))
        ys.append(y)
    return carry, stacked(ys[::-1] if reverse else ys)


def reverse_scan(step, outside, carry, xs, g_carry, g_ys, *, reverse=False):
    """The gradients of what is read from outside, of the first carry, and of ``xs``.

    ``step(*outside)`` is the step of the loop, and the g are the cotangents of its results.  The
    gradient of ``outside`` is summed within each turn, then over the turns, the last first.
    """
    pulls = []
    turns = [*order(len(al.tree_leaves(xs)[0]), reverse)]
    for t in turns:
        f = lambda outside, carry, x: step(*outside)(carry, x)
        (carry, _), pull = al.vjp(f, outside, carry, rows(xs, t))
        pulls.append(pull)
    total, g_xs = None, [None] * len(turns)
    for t, pull in zip(turns[::-1], pulls[::-1]):
        g_outside, g_carry, g_xs[t] = pull((g_carry, rows(g_ys, t)))
        total = g_outside if total is None else al.tree_map(np.add, total, g_outside)
    return total, g_carry, stacked(g_xs)


def summed(tree, weights):
    """One number that depends on all leaves, each with weights of its own."""
    pairs = zip(al.tree_leaves(tree), al.tree_leaves(weights), strict=True)
    return sum([np.sum(w * x) for x, w in pairs])
