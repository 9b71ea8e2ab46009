"""Convolution, correlation and sinc."""

import numpy as np

from tests.support.rows.row import BY_DIFFERENCES, OMITTED, Row

ROWS = [
    Row(np.sinc, "real", **BY_DIFFERENCES),
    Row(
        np.convolve,
        "real",
        "real",
        shapes=[((4,), (3,)), ((2,), (5,)), ((3,), ()), ((2,), (4,))],
        mode=[OMITTED, "full", "same", "valid"],
    ),
    Row(
        np.correlate,
        "real",
        "real",
        shapes=[((4,), (3,)), ((2,), (5,)), ((2,), (4,)), ((4,), (2,))],
        mode=[OMITTED, "full", "same", "valid"],
        **BY_DIFFERENCES,
    ),
]
