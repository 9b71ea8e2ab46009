"""Functions that choose, or have a kink: they are tested where nothing ties."""

import numpy as np

from tests.support.rows.row import BY_DIFFERENCES, OMITTED, Row, since

ROWS = [
    # ---- kinks ----
    Row(np.absolute, "nonzero", **BY_DIFFERENCES),
    Row(np.fabs, "nonzero", step=False),
    Row(np.copysign, "nonzero", "nonzero", step=False),
    Row(np.heaviside, "flags", "real", step=False),
    # ---- remainders ----
    Row(np.remainder, "separated", "above one", step=False),
    Row(np.fmod, "separated", "above one", step=False),
    Row(np.modf, "separated", step=False),
    Row(np.divmod, "separated", "above one", call=lambda x, y: np.divmod(x, y)[1], step=False),
    # ---- the larger, the smaller, what is between ----
    Row(np.maximum, "separated", "separated", complex=False),
    Row(np.minimum, "separated", "separated", complex=False),
    Row(np.fmax, "separated", "separated", step=False),
    Row(np.fmin, "separated", "separated", step=False),
    Row(np.clip, "separated", call=lambda a: np.clip(a, -0.6, 0.4), complex=False),
    Row(np.clip, "separated", a_min=[None, -0.6], a_max=[0.4], complex=False),
    *since("2.1", "clip", "separated", min=[OMITTED, -0.6], max=[OMITTED, 0.4], complex=False),
    Row(np.clip, "separated", call=lambda a: np.clip(a, -0.6, None), complex=False),
    Row(np.clip, "separated", "separated", "separated", complex=False),
    # ---- choices ----
    Row(np.where, "flags", "real", "real"),
    Row(np.where, "flags", "real", call=lambda mask, x: np.where(mask, x, 0.0)),
    Row(np.where, "flags", "real", call=lambda mask, y: np.where(mask, 1, y)),
    Row(np.nan_to_num, "real", **BY_DIFFERENCES),
    Row(np.nan_to_num, "real", nan=[1.0], posinf=[2.0], neginf=[-3.0], **BY_DIFFERENCES),
]
