"""Averages and correlations."""

import numpy as np

from tests.support.rows.row import AXES, FLAG, OMITTED, Row

ROWS = [
    Row(np.average, "real", axis=AXES, keepdims=FLAG, side=1),
    Row(
        np.average,
        "real",
        "positive",
        shapes=[((2, 3), (2, 3))],
        axis=[OMITTED, 0, (0, 1)],
        call=lambda a, w, **o: np.average(a, weights=w, **o),
        keepdims=FLAG,
        returned=FLAG,
    ),
    Row(
        np.average,
        "real",
        "positive",
        shapes=[((2, 3), (3,)), ((3,), (3,))],
        axis=[-1],
        call=lambda a, w, **o: np.average(a, weights=w, **o),
        returned=FLAG,
    ),
    Row(
        np.cov,
        "real",
        shapes=[(3,), (2, 3), (3, 3)],
        rowvar=FLAG,
        bias=FLAG,
        complex=True,
        step=False,
    ),
    Row(
        np.cov,
        "real",
        "real",
        shapes=[((2, 3), (2, 3)), ((3,), (3,))],
        ddof=[OMITTED, 0, 1],
        complex=True,
        step=False,
    ),
    Row(
        np.cov,
        "real",
        "positive",
        shapes=[((2, 3), (3,))],
        ddof=[OMITTED, 0, 1],
        call=lambda m, w, **o: np.cov(m, aweights=w, **o),
        fweights=[OMITTED, np.array([1, 2, 1])],
        step=False,
    ),
    Row(np.corrcoef, "real", shapes=[(4, 4), (2, 5)], rowvar=[OMITTED, True], step=False),
    Row(np.corrcoef, "real", "real", shapes=[((2, 4), (1, 4)), ((3,), (3,))], step=False),
    Row(
        np.histogram,
        "real",
        call=lambda a: a * np.histogram(a, [-3.0, 3.0])[0],
        shapes=[(3,), ()],
        step=False,
    ),
    Row(
        np.histogram,
        "real",
        call=lambda w, **options: np.histogram([0.3, 1.0, -0.5], weights=w, **options)[0],
        shapes=[(3,)],
        bins=[2, [-1.0, 0.5, 1.0], [0.0, 0.4, 0.6]],
        density=[OMITTED, False],
        range=[OMITTED, (-0.6, 0.9)],
    ),
    Row(
        np.histogram,
        "positive",
        call=lambda w: np.histogram([0.3, 1.0, -0.5], 2, weights=w, density=True)[0],
        shapes=[(3,)],
        slow=True,
    ),
]
