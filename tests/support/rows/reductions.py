"""Reductions and running sums."""

import numpy as np

from tests.support.rows.row import AXES, AXIS, FLAG, OMITTED, Row

#: What the standard deviation needs so as not to be zero; it takes |x|², so no complex step.
SPREAD = {"dims": 2, "side": 2, "step": False, "complex": True}

ROWS = [
    Row(np.sum, "real", axis=AXES, keepdims=FLAG),
    Row(np.sum, "real", call=lambda a: np.sum(a, 0), dims=1),
    Row(np.mean, "real", axis=AXES, keepdims=FLAG, side=1),
    Row(np.var, "real", axis=AXES, keepdims=FLAG, side=1, step=False, complex=True),
    Row(np.var, "real", axis=AXES, ddof=[0, 0.5], side=1, step=False, complex=True),
    Row(np.var, "real", axis=AXES, correction=[0, 0.5], side=1, step=False, complex=True),
    Row(np.std, "separated", axis=[OMITTED, 0, -1, (0, -1)], keepdims=FLAG, **SPREAD),
    Row(np.std, "separated", axis=[0, None], ddof=[0, 0.5], **SPREAD),
    Row(np.std, "separated", axis=[0, None], correction=[0, 0.5], **SPREAD),
    Row(np.prod, "nonzero", axis=AXES, keepdims=FLAG),
    Row(np.prod, "some zeros", axis=AXES, keepdims=FLAG, step=False, complex=True),
    Row(np.max, "separated", axis=AXES, keepdims=FLAG, side=1, complex=False),
    Row(np.min, "separated", axis=AXES, keepdims=FLAG, side=1, complex=False),
    Row(np.cumsum, "real", axis=AXIS),
]
