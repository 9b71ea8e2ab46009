"""Functions that act on each element by itself."""

import numpy as np

from tests.support.rows.row import OMITTED, Row, since

ROWS = [
    # ---- arithmetic ----
    Row(np.add, "real", "real"),
    Row(np.subtract, "real", "real"),
    Row(np.multiply, "real", "real"),
    Row(np.divide, "real", "nonzero"),
    Row(np.remainder, "separated", "above one", step=False),
    Row(np.negative, "real"),
    Row(np.positive, "real"),
    Row(np.reciprocal, "nonzero"),
    # ---- powers ----
    Row(np.power, "positive", "real"),
    Row(np.power, "nonzero", "integers", call=lambda x, n: np.power(x, 1.0 * n)),
    Row(np.power, "real", call=lambda x: x**3),
    Row(np.power, "real", call=lambda x: x**1.0),
    Row(np.power, "real", call=lambda x: x**0),
    Row(np.power, "real", call=lambda x: 2.5**x),
    Row(np.square, "real"),
    Row(np.square, "real", call=lambda x: x**2),
    Row(np.sqrt, "positive"),
    # ---- exponentials and logarithms ----
    Row(np.exp, "real"),
    Row(np.expm1, "real"),
    Row(np.log, "positive"),
    Row(np.log1p, "positive"),
    # ---- trigonometric and hyperbolic ----
    Row(np.sin, "real"),
    Row(np.cos, "real"),
    Row(np.tan, "within one"),
    Row(np.arctan, "within one"),
    Row(np.tanh, "real"),
    # ---- kinks ----
    Row(np.absolute, "nonzero", step=False, complex=True),
    Row(np.maximum, "separated", "separated", complex=False),
    Row(np.minimum, "separated", "separated", complex=False),
    Row(np.clip, "separated", call=lambda a: np.clip(a, -0.6, 0.4), complex=False),
    Row(np.clip, "separated", a_min=[None, -0.6], a_max=[0.4], complex=False),
    *since("2.1", "clip", "separated", min=[OMITTED, -0.6], max=[OMITTED, 0.4], complex=False),
    Row(np.clip, "separated", call=lambda a: np.clip(a, -0.6, None), complex=False),
    Row(np.clip, "separated", "separated", "separated", complex=False),
    # ---- choices ----
    Row(np.where, "flags", "real", "real"),
    Row(np.where, "flags", "real", call=lambda mask, x: np.where(mask, x, 0.0)),
    Row(np.where, "flags", "real", call=lambda mask, y: np.where(mask, 1, y)),
]
