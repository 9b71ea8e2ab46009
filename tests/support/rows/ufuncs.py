"""The methods of ufuncs."""

import numpy as np

from tests.support.rows.row import AXIS, FLAG, MASK, OMITTED, Row


def method(ufunc, name, domain, **options):
    """A row for a method of a ufunc."""
    return Row(
        getattr(ufunc, name), domain, call=lambda a, **o: getattr(ufunc, name)(a, **o), **options
    )


ROWS = [
    method(np.add, "reduce", "real", axis=AXIS, keepdims=FLAG, dims=1),
    method(np.multiply, "reduce", "nonzero", axis=AXIS, dims=1),
    method(np.maximum, "reduce", "separated", axis=AXIS, dims=1, side=1, step=False),
    method(np.minimum, "reduce", "separated", axis=AXIS, dims=1, side=1, step=False),
    method(np.logaddexp, "reduce", "real", axis=AXIS, keepdims=FLAG, dims=1, side=1, step=False),
    Row(np.logaddexp.reduce, "real", shapes=[(2, 3)], where=[MASK], initial=[0.5], step=False),
    method(np.add, "accumulate", "real", axis=[OMITTED, -1], dims=1),
    method(np.multiply, "accumulate", "nonzero", axis=[OMITTED, -1], dims=1),
    method(np.maximum, "accumulate", "separated", axis=[OMITTED, -1], dims=1, step=False),
    method(np.minimum, "accumulate", "separated", axis=[OMITTED, -1], dims=1, step=False),
    method(np.logaddexp, "accumulate", "real", axis=[OMITTED, -1], dims=1, step=False),
    *[
        Row(u.outer, "positive", "positive", complex=False)
        for u in (np.add, np.subtract, np.multiply, np.divide, np.power, np.float_power)
    ],
    *[
        Row(u.outer, "separated", "separated", step=False)
        for u in (np.maximum, np.minimum, np.fmax, np.fmin)
    ],
    Row(np.remainder.outer, "separated", "above one", step=False),
    *[
        Row(u.outer, "real", "positive", step=False)
        for u in (np.hypot, np.arctan2, np.logaddexp, np.logaddexp2)
    ],
    Row(
        np.add.reduceat,
        "real",
        shapes=[(4, 5), (4, 4)],
        indices=[[0, 2], [1, 0, 3, 3], [2]],
        axis=[OMITTED, 0, 1, -1],
    ),
]
