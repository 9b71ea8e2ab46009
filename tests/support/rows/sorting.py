"""Order statistics."""

import numpy as np

from tests.support.rows.row import AXES, AXIS, FLAG, SLOW, Row

#: Shapes of which no slice is without numbers.
GAPS = {"shapes": [(3,), (2, 3)], **SLOW}


def with_a_gap(f):
    """NaN in place of the last element, which is not alone in its slice."""

    def call(a, **options):
        last = np.arange(a.size).reshape(a.shape) == a.size - 1
        return f(np.where(last, np.nan, a), **options)

    return call


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
    *[
        Row(
            f,
            "separated",
            q=[q, [q, 2 * q]],
            side=1,
            shapes=[(3,), (2, 3)],
            axis=[-1],
            method=["inverted_cdf"],
            weights=[np.array([1.0, 3.0, 2.0])],
            keepdims=FLAG,
            **SLOW,
        )
        for f, q in ((np.quantile, 0.3), (np.percentile, 30.0))
    ],
    Row(np.sort_complex, "separated", shapes=[(3,), (2, 2)], **SLOW),
    # ---- NaN counts for nothing ----
    Row(np.nanmedian, "separated", call=with_a_gap(np.nanmedian), axis=AXES, keepdims=FLAG, **GAPS),
    *[
        Row(f, "separated", call=with_a_gap(f), q=q, axis=AXES, keepdims=FLAG, **GAPS)
        for f, q in ((np.nanquantile, [0.3, [0.1, 0.5]]), (np.nanpercentile, [30, [10.0, 50.0]]))
    ],
    *[
        Row(f, "separated", call=with_a_gap(f), q=[q], method=["lower", "hazen"], **GAPS)
        for f, q in ((np.nanquantile, 0.3), (np.nanpercentile, 30))
    ],
]
