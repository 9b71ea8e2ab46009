"""Functions that are sampled: interpolated, integrated, differentiated."""

import numpy as np

from tests.support.rows.row import OMITTED, ONE_AXIS, Row

ROWS = [
    Row(
        np.interp,
        "separated",
        "positive",
        "real",
        shapes=[((3,), (4,), (4,)), ((), (2,), (2,)), ((2, 2), (1,), (1,))],
        call=lambda x, xp, fp, **o: np.interp(x, np.cumsum(xp) - 1.55, fp, **o),
        left=[OMITTED, 1.0],
        right=[OMITTED, 2.0],
        step=False,
    ),
    Row(
        np.interp,
        "separated",
        "separated",
        "real",
        shapes=[((3,), (4,), (4,))],
        period=[0.9, -3.0],
        step=False,
    ),
    Row(np.trapezoid, "real", dims=1, axis=ONE_AXIS, dx=[OMITTED, 0.3]),
    Row(
        np.trapezoid,
        "real",
        "real",
        shapes=[((2, 3), (3,)), ((2, 3), (2, 3)), ((3,), (3,))],
        call=lambda y, x: np.trapezoid(y, x),
    ),
    Row(
        np.trapezoid,
        "real",
        "real",
        shapes=[((3, 2), (3,)), ((3, 2), (3, 2))],
        axis=[0],
        call=lambda y, x, axis: np.trapezoid(y, x, axis=axis),
    ),
    Row(np.gradient, "real", shapes=[(3,), (4, 3), (3, 3, 3)], edge_order=[OMITTED, 1, 2]),
    Row(np.gradient, "real", shapes=[(4, 3)], axis=[0, -1, (1, 0)], edge_order=[1, 2]),
    Row(np.gradient, "real", "positive", shapes=[((4, 3), ()), ((3,), ())], edge_order=[1, 2]),
    Row(
        np.gradient,
        "real",
        "positive",
        shapes=[((2, 4), (4,)), ((3,), (3,))],
        edge_order=[1, 2],
        call=lambda f, x, **o: np.gradient(f, np.cumsum(x), axis=-1, **o),
    ),
]
