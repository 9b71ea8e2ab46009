"""Where a formula is 0 / 0, or loses its digits: another one there, or the mean over a circle."""

import numpy as np
import scipy.special as sp

from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.tracked import branch

NUMBERS = frozenset({int, float, np.float64})


def either(where, x, there, elsewhere, harmless):
    """``there(x)`` where the condition holds, else ``elsewhere(x)``.

    In place of the points of the other formula, each gets the number ``harmless``, or its part of
    a pair of them: a NaN there would reach the derivatives.
    """
    inside, outside = harmless if type(harmless) is tuple else (harmless, harmless)
    if not branch(np.any(where)):
        return elsewhere(x)
    return np.where(
        where,
        there(np.where(where, x, inside)),
        elsewhere(np.where(where, outside, x)),
    )


def off_edge(x1, x2, zero=0, one=1):
    """``x2``, but ``one`` where it is ``zero`` and ``x1`` is 0."""
    if (type(x1) in NUMBERS and x1 != 0) or (type(x2) in NUMBERS and x2 != zero):
        return x2
    both = (x1 == 0) & (x2 == zero)
    return np.where(both, one, x2) if branch(np.any(both)) else x2


#: Points on the unit circle.
CIRCLE = tuple(complex(z) for z in np.exp(2j * np.pi * (np.arange(24) + 0.5) / 24))


def mean_around(f, x, radius, real):
    """``f(x)`` as its mean over a circle, on which f loses no digits as it does near x.

    ``f`` is analytic but for removable points, takes complex numbers, and may be ``real`` for x.
    """
    mean = sum(f(x + radius * z) for z in CIRCLE) / len(CIRCLE)
    return np.real(mean) if real else mean


def hypergeometric(a, b, c, x):
    """F(a, b; c; x) for numbers, which SciPy takes in float64 unless all have the dtype of x."""
    zero = stop_gradient(0 * np.real(x))
    return sp.hyp2f1(a + zero, b + zero, c + zero, x)
