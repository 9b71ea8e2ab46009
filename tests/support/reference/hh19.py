"""The classification example of HH19 that BU and OV follow: ten points, a 2-2-3-2 network."""

import numpy as np

from tests.support.reference.activations import Array

X: Array = np.array(
    [
        [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7],
        [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6],
    ]
).T
"""One point per row."""

Y: Array = np.array([[1.0, 0.0]] * 5 + [[0.0, 1.0]] * 5)
"""Category A is (1, 0), the first five points; category B is (0, 1)."""

ELEVENTH_X: Array = np.array([0.3, 0.7])
"""The point added for figure 2.5 of HH19."""

ELEVENTH_Y: Array = np.array([0.0, 1.0])
"""It is of category B."""

WEIGHT_SHAPES = [(2, 2), (3, 2), (2, 3)]
"""Shapes of W2, W3, W4; a bias has one entry per row of its weight."""

PARAMETERS = 23
"""6 + 9 + 8.  OV, figure 2.3."""


def initial(rng: np.random.Generator) -> tuple[list[Array], list[Array]]:
    """Weights and biases 0.5 N(0, 1), drawn in the order W2, W3, W4, b2, b3, b4.  HH19, netbp.m."""
    W = [0.5 * rng.standard_normal(shape) for shape in WEIGHT_SHAPES]
    b = [0.5 * rng.standard_normal(rows) for rows, _ in WEIGHT_SHAPES]
    return W, b
