"""Reductions."""

import numpy as np

from tests.support.rows.row import AXES, BY_DIFFERENCES, FLAG, MASK, OMITTED, Row

#: What the standard deviation needs so as not to be zero; it takes |x|², so no complex step.
SPREAD = {"dims": 2, "side": 2, **BY_DIFFERENCES}

ROWS = [
    # ---- sums and means ----
    Row(np.sum, "real", axis=AXES, keepdims=FLAG),
    Row(np.sum, "real", call=lambda a: np.sum(a, 0), dims=1),
    Row(np.mean, "real", axis=AXES, keepdims=FLAG, side=1),
    Row(np.sum, "real", shapes=[(2, 3)], axis=[0, 1, None], where=[MASK, MASK[:1]], initial=[2.0]),
    Row(np.mean, "real", shapes=[(2, 3)], axis=[1, None], where=[MASK, MASK[1:]]),
    Row(np.nansum, "real", axis=AXES, keepdims=FLAG),
    Row(np.nansum, "real", shapes=[(2, 3)], axis=[0, None], where=[MASK], initial=[OMITTED, 2.0]),
    Row(np.nanmean, "real", axis=AXES, keepdims=FLAG, side=1),
    Row(np.nanmean, "real", shapes=[(2, 3)], axis=[1, None], where=[MASK]),
    # ---- variances ----
    Row(np.var, "real", axis=AXES, keepdims=FLAG, side=1, **BY_DIFFERENCES),
    Row(np.var, "real", axis=AXES, ddof=[0, 0.5], side=1, **BY_DIFFERENCES),
    Row(np.var, "real", axis=AXES, correction=[0, 0.5], side=1, **BY_DIFFERENCES),
    Row(np.std, "separated", axis=[OMITTED, 0, -1, (0, -1)], keepdims=FLAG, **SPREAD),
    Row(np.std, "separated", axis=[0, None], ddof=[0, 0.5], **SPREAD),
    Row(np.std, "separated", axis=[0, None], correction=[0, 0.5], **SPREAD),
    *[
        Row(
            f,
            "separated",
            shapes=[(3, 3)],
            axis=[0, 1, None],
            where=[MASK[:1], MASK[1:]],
            step=False,
        )
        for f in (np.var, np.std, np.nanvar, np.nanstd)
    ],
    *[
        Row(
            f,
            *("separated", "real"),
            shapes=[((2, 3), (1, 3)), ((2, 3), (1, 1))],
            call=lambda a, m, f=f, **o: f(a, axis=0 if m.size > 1 else None, mean=m, **o),
            ddof=[OMITTED, 0.5],
            **BY_DIFFERENCES,
        )
        for f in (np.var, np.std)
    ],
    *[
        Row(
            f,
            "separated",
            shapes=[(2, 3)],
            call=lambda a, f=f, **o: f(a, axis=0, mean=np.sin(a[:1]), **o),
            correction=[0.5],
            **BY_DIFFERENCES,
        )
        for f in (np.nanvar, np.nanstd)
    ],
    Row(np.nanvar, "real", axis=AXES, keepdims=FLAG, side=1, **BY_DIFFERENCES),
    Row(np.nanvar, "real", axis=AXES, ddof=[0, 0.5], side=1, **BY_DIFFERENCES),
    Row(np.nanstd, "separated", axis=[OMITTED, 0, (0, -1)], keepdims=FLAG, **SPREAD),
    Row(np.nanstd, "separated", axis=[0, None], ddof=[0, 0.5], **SPREAD),
    Row(np.nanstd, "separated", axis=[0, None], correction=[0, 0.5], **SPREAD),
    # ---- products ----
    Row(np.prod, "nonzero", axis=AXES, keepdims=FLAG),
    Row(np.prod, "some zeros", axis=AXES, keepdims=FLAG, **BY_DIFFERENCES),
    Row(np.prod, "nonzero", shapes=[(2, 3)], axis=[0, None], where=[MASK], initial=[OMITTED, 2.0]),
    Row(
        np.prod,
        "some zeros",
        shapes=[(2, 3)],
        axis=[1, None],
        where=[MASK],
        initial=[2.0],
        **BY_DIFFERENCES,
    ),
    Row(np.nanprod, "nonzero", axis=AXES, keepdims=FLAG),
    Row(np.nanprod, "some zeros", axis=AXES, keepdims=FLAG, **BY_DIFFERENCES),
    Row(np.nanprod, "nonzero", shapes=[(2, 3)], axis=[0], where=[MASK], initial=[OMITTED, 2.0]),
    # ---- the largest, the smallest ----
    Row(np.max, "separated", axis=AXES, keepdims=FLAG, side=1, complex=False),
    Row(np.min, "separated", axis=AXES, keepdims=FLAG, side=1, complex=False),
    *[
        Row(f, "separated", axis=AXES, keepdims=FLAG, side=1, step=False)
        for f in (np.amax, np.amin, np.nanmax, np.nanmin, np.ptp)
    ],
    *[
        Row(
            f, "separated", shapes=[(2, 3)], axis=[0, None], where=[MASK], initial=[0.2], step=False
        )
        for f in (np.max, np.min, np.nanmax, np.nanmin)
    ],
]
