"""Ramps and polynomials."""

import numpy as np

from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row, of_one

ROWS = [
    Row(np.linspace, "real", "real", num=[OMITTED, 4, 1, 0], endpoint=FLAG),
    Row(np.linspace, "real", "real", num=[3, 2], retstep=[True], endpoint=FLAG),
    Row(np.linspace, "real", "real", shapes=[((2,), (3, 1))], num=[4], axis=[1, -1]),
    Row(np.logspace, "real", "real", num=[3, 1], endpoint=FLAG, base=[OMITTED, 2.0]),
    Row(
        np.logspace,
        "real",
        "real",
        "positive",
        shapes=[((2,), (), (2,)), ((), (), (3,))],
        num=[3],
        call=lambda a, b, c, **o: np.logspace(a, b, base=c, **o),
        axis=[OMITTED, -1],
    ),
    Row(np.geomspace, "positive", "positive", num=[3, 1, 0], endpoint=FLAG, **BY_DIFFERENCES),
    Row(
        np.geomspace,
        "positive",
        "positive",
        call=lambda a, b, **o: np.geomspace(-a, -b, **o),
        shapes=[((2,), (3, 1))],
        num=[4],
        axis=[-1],
        step=False,
    ),
    of_one(np.vander, (3,), (0,), (1,), N=[OMITTED, None, 0, 1, 4], increasing=FLAG),
    Row(np.polyval, "real", "real", shapes=[((3,), ()), ((3,), (2, 2)), ((1,), (2,))]),
]
