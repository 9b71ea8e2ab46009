"""Running sums and products, and differences."""

import numpy as np

from tests.support.rows.row import AXIS, BY_DIFFERENCES, FLAG, OMITTED, ONE_AXIS, Row, since

RUNNING = {"dims": 1, "axis": ONE_AXIS, "include_initial": FLAG}

ROWS = [
    Row(np.cumsum, "real", axis=AXIS),
    Row(np.nancumsum, "real", axis=AXIS),
    Row(np.cumprod, "nonzero", axis=AXIS),
    Row(np.cumprod, "some zeros", axis=AXIS, **BY_DIFFERENCES),
    Row(np.nancumprod, "some zeros", axis=AXIS, **BY_DIFFERENCES),
    *since("2.1", "cumulative_sum", "real", **RUNNING),
    *since("2.1", "cumulative_sum", "real", shapes=[(), (3,)]),
    *since("2.1", "cumulative_prod", "some zeros", **BY_DIFFERENCES, **RUNNING),
    Row(np.diff, "real", axis=ONE_AXIS, n=[OMITTED, 0, 1, 2], dims=1),
    Row(
        np.diff,
        "real",
        "real",
        "real",
        shapes=[((2, 3), (2, 1), ())],
        call=lambda a, p, q: np.diff(a, prepend=p, append=q),
    ),
    Row(np.ediff1d, "real"),
    Row(np.ediff1d, "real", "real", "real", shapes=[((2, 2), (2,), ())]),
    Row(np.unwrap, "real", axis=[OMITTED, 0], dims=1, side=1, step=False),
    Row(np.unwrap, "real", discont=[1.0], period=[3.0], dims=1, side=1, step=False),
]
