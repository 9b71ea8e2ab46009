"""np.pad."""

import numpy as np

from tests.support.rows.row import OMITTED, of_one

ROWS = [
    *[
        of_one(np.pad, (3,), (2, 3), (1, 2, 2), pad_width=[1, (0, 2), ((1, 0),), 3], mode=[m])
        for m in (OMITTED, "edge", "wrap", "reflect", "symmetric", "mean", "linear_ramp")
    ],
    of_one(np.pad, (3,), (2, 3), pad_width=[1], constant_values=[3.0, (1, 2)]),
    of_one(np.pad, (3,), (2, 3), pad_width=[1, (0, 2)], mode=["linear_ramp"], end_values=[1.0]),
    *[
        of_one(
            np.pad,
            (3,),
            (1, 3),
            domain="separated",
            pad_width=[1, (0, 2)],
            mode=[m],
            stat_length=[OMITTED, 2, (1, 2)],
            step=False,
        )
        for m in ("maximum", "minimum", "median", "mean")
    ],
]
