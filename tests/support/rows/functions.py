"""Functions of matrices by SciPy, also where eigenvalues coincide; polar decompositions."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.functions import (
    exponential_direction,
    logarithm,
    logarithm_direction,
    root,
    tall_polar,
)
from tests.support.rows.matrices import APART, TALL, TURNING, WIDE, near
from tests.support.rows.row import BY_DIFFERENCES, Row

EQUAL = 2 * np.eye(3)
DEFECTIVE = EQUAL + np.eye(3, k=1)
SMALL = APART / 6


def directed(function, matrix, call=None, **settings):
    """A row for a function of a matrix near to this one, and of a direction."""
    call = call or function

    def nearby(x, e, **options):
        return call(matrix + x / 20, e, **options)

    shapes = [(matrix.shape, matrix.shape), ((2, *matrix.shape),) * 2]
    return Row(function, "real", "real", shapes=shapes, call=nearby, **settings)


def polar(x, **options):
    """SciPy has a list for several matrices."""
    return tuple(linalg.polar(x, **options))


OF_TWO = [linalg.coshm, linalg.sinhm, linalg.cosm, linalg.sinm, linalg.tanm, linalg.tanhm]

ROWS = [
    # ---- exponential, logarithm, square root ----
    Row(linalg.expm, "real", shapes=[(1, 1), (2, 2), (2, 3, 3)]),
    *[near(m, linalg.expm, linalg.expm, slow=True) for m in (EQUAL, DEFECTIVE)],
    directed(linalg.expm_frechet, SMALL, lambda a, e: tuple(linalg.expm_frechet(a, e)), bits=False),
    directed(linalg.expm_frechet, DEFECTIVE, compute_expm=[False]),
    directed(exponential_direction, SMALL, slow=True),
    near(APART[:2, :2], linalg.logm, linalg.logm, **BY_DIFFERENCES),
    *[near(m, linalg.logm, linalg.logm, slow=True, **BY_DIFFERENCES) for m in (APART, TURNING)],
    *[near(m, linalg.logm, linalg.logm, slow=True, **BY_DIFFERENCES) for m in (EQUAL, DEFECTIVE)],
    near(APART, logarithm, logarithm, slow=True, **BY_DIFFERENCES),
    directed(logarithm_direction, APART, slow=True, **BY_DIFFERENCES),
    *[near(m, linalg.sqrtm, linalg.sqrtm, **BY_DIFFERENCES) for m in (APART, TURNING)],
    *[near(m, linalg.sqrtm, linalg.sqrtm, slow=True, **BY_DIFFERENCES) for m in (EQUAL, DEFECTIVE)],
    near(APART, root, root, slow=True, **BY_DIFFERENCES),
    # ---- circular and hyperbolic ----
    *[near(SMALL, f, f, **BY_DIFFERENCES) for f in OF_TWO],
    # ---- the polar decomposition ----
    *[
        near(m, linalg.polar, polar, side=["left", "right"], bits=False, **BY_DIFFERENCES)
        for m in (TALL, WIDE, APART, EQUAL)
    ],
    near(TALL, tall_polar, lambda x: tuple(tall_polar(x)), slow=True, **BY_DIFFERENCES),
]
