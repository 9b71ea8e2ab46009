"""Matrix equations by SciPy."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.matrix_equations import (
    continuous_riccati,
    discrete,
    discrete_riccati,
)
from tests.support.rows.matrices import APART, hermitian
from tests.support.rows.row import BY_DIFFERENCES, OMITTED, Row

PAIR = [((3, 3), (3, 3)), ((2, 3, 3), (2, 3, 3))]
STABLE = np.array([[0.5, 0.2, 0.0], [-0.1, 0.3, 0.2], [0.0, 0.4, -0.6]])
OTHER = np.array([[4.0, 0.3], [0.2, 5.0]])
INPUTS = np.array([[1.0, 0.2], [0.0, 1.0], [0.5, -0.3]])
RICCATI = [((3, 3), (3, 2), (3, 3), (2, 2))]


def lyapunov(function, **settings):
    call = lambda x, q, **options: function(STABLE + x / 20, q, **options)
    return Row(function, "real", "real", shapes=PAIR, call=call, **BY_DIFFERENCES, **settings)


def riccati(function, rest=0, **settings):
    """A row for an equation of four matrices, and of as many as ``rest`` of e and s."""

    def nearby(a, b, q, r, *more, **options):
        e = np.eye(3) + more[0] / 20 if more else None
        s = more[1] / 20 if more else None
        q, r = hermitian(q / 20) + 3 * np.eye(3), hermitian(r / 20) + 2 * np.eye(2)
        options |= {"e": e, "s": s} if more else {}
        return function(STABLE + a / 20, INPUTS + b / 20, q, r, **options)

    shapes = [(*RICCATI[0], (3, 3), (3, 2))] if rest else RICCATI
    settings = BY_DIFFERENCES | settings
    return Row(function, *["real"] * len(shapes[0]), shapes=shapes, call=nearby, **settings)


ROWS = [
    Row(
        linalg.solve_sylvester,
        *("real", "real", "real"),
        shapes=[((3, 3), (2, 2), (3, 2)), ((2, 3, 3), (2, 2, 2), (2, 3, 2))],
        call=lambda a, b, q: linalg.solve_sylvester(APART + a / 20, OTHER + b / 20, q),
        **BY_DIFFERENCES,
    ),
    lyapunov(linalg.solve_continuous_lyapunov),
    lyapunov(linalg.solve_discrete_lyapunov, method=[OMITTED, None, "direct", "bilinear"]),
    lyapunov(discrete, method=[OMITTED, "bilinear"], slow=True),
    riccati(linalg.solve_continuous_are, slow=True),
    riccati(linalg.solve_continuous_are, 2, bits=False, slow=True),
    riccati(continuous_riccati, balanced=[OMITTED, False], slow=True),
    riccati(linalg.solve_discrete_are, slow=True),
    riccati(linalg.solve_discrete_are, 2, bits=False, slow=True),
    riccati(discrete_riccati, balanced=[OMITTED, False], slow=True),
]
