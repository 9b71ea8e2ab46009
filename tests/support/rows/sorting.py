"""Order statistics."""

import numpy as np

from tests.support.rows.row import AXES, AXIS, FLAG, Row

ROWS = [
    Row(np.sort, "separated", axis=AXIS, step=False),
    Row(np.sort, "separated", kind=["stable", "heapsort"], side=1, dims=1, step=False),
    Row(np.sort, "separated", stable=[True], side=1, dims=1, step=False),
    Row(np.partition, "separated", kth=[0, -1, [0, -1]], axis=AXIS, side=1, dims=1, step=False),
    Row(np.partition, "separated", kth=[0], kind=["introselect"], side=1, dims=1, step=False),
    Row(np.median, "separated", axis=AXES, keepdims=FLAG, side=1, step=False),
    *[
        row
        for f, q in (
            (np.quantile, [0, 0.3, 1, [0.1, 0.5], [[0.2], [0.9]]]),
            (np.percentile, [0, 30, 100, [10.0, 50]]),
        )
        for row in (
            Row(f, "separated", q=q, axis=AXES, keepdims=FLAG, side=1, step=False),
            Row(
                f,
                "separated",
                q=q,
                side=1,
                step=False,
                method=[
                    "inverted_cdf",
                    "averaged_inverted_cdf",
                    "closest_observation",
                    "interpolated_inverted_cdf",
                    "hazen",
                    "weibull",
                    "linear",
                    "median_unbiased",
                    "normal_unbiased",
                    "lower",
                    "higher",
                    "midpoint",
                    "nearest",
                ],
            ),
        )
    ],
]
