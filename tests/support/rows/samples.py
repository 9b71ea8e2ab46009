"""Integrals of samples, by values, places and widths."""

import numpy as np

from autograd_lite.scipy import integrate
from tests.support.rows.row import Row


def beside(f):
    """The function of values, and of widths between places."""
    return lambda y, h, **options: f(y, x=np.cumsum(h), **options)


def wide(f):
    return lambda y, h: f(y, dx=h)


SHAPES = {
    integrate.trapezoid: (2, 3, 4),
    integrate.simpson: (2, 3, 4, 6),
    integrate.cumulative_trapezoid: (2, 3),
    integrate.cumulative_simpson: (2, 3, 4),
}

ROWS = [
    Row(
        f,
        *("real", "positive"),
        shapes=[((n,), (n,)) for n in ns] + [((2, ns[-1]), (ns[-1],))],
        call=beside(f),
        step=False,
        slow=f is not integrate.simpson,
        bits=f is not integrate.simpson,  # which SciPy computes in several precisions
    )
    for f, ns in SHAPES.items()
]
ROWS += [
    Row(
        f,
        *("real", "positive"),
        shapes=[((5,), ()), ((2, 3), ())],
        call=wide(f),
        step=False,
        slow=True,
    )
    for f in (*SHAPES, integrate.romb)
]
