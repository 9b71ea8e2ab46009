"""Functions that move elements about."""

import numpy as np

from tests.support.rows.row import (
    AXES,
    NEW_AXIS,
    OMITTED,
    ONE_AXIS,
    ORDER_OF_AXES,
    Row,
)

ORDER = [OMITTED, "C", "F"]


def joined(function, *shapes, **options):
    """A row for a function of a list of arrays."""
    return Row(
        function,
        *["real"] * len(shapes[0]),
        shapes=[s if len(s) > 1 else s[0] for s in shapes],
        call=lambda *arrays, **options: function(arrays, **options),
        **options,
    )


def reshaped(shapes, **options):
    """A row for ``np.reshape``, whose second argument has another name before NumPy 2.1."""
    return Row(
        *(np.reshape, "real"),
        shapes=shapes,
        call=lambda a, shape, **options: np.reshape(a, shape, **options),
        **options,
    )


ROWS = [
    # ---- the same elements in another shape ----
    reshaped([(2, 3), (6,), (3, 1, 2)], shape=[(3, 2), -1, (2, -1)], order=ORDER),
    reshaped([(), (1,)], shape=[(), (1, 1)]),
    Row(np.ravel, "real", order=ORDER),
    Row(np.expand_dims, "real", axis=NEW_AXIS),
    Row(np.squeeze, "real", shapes=[(), (1,), (1, 2, 1), (1, 1), (2, 3)]),
    Row(np.squeeze, "real", shapes=[(1, 2, 1)], axis=[0, -1, (0, 2), None, ()]),
    Row(np.copy, "real", order=[OMITTED, "C", "F", "A", "K"]),
    Row(np.astype, "real", call=lambda x: np.astype(x, np.result_type(x))),
    Row(np.astype, "real", call=lambda x: np.astype(x, np.longdouble), step=False),
    # ---- axes in another order ----
    Row(np.transpose, "real", axes=ORDER_OF_AXES),
    Row(np.swapaxes, "real", axis1=ONE_AXIS, axis2=ONE_AXIS, dims=1),
    Row(np.moveaxis, "real", source=ONE_AXIS, destination=ONE_AXIS, dims=1),
    Row(np.moveaxis, "real", source=[(0, 2)], destination=[(-1, 0), (2, 1)], dims=3),
    Row(np.flip, "real", axis=AXES),
    # ---- stretched ----
    Row(np.broadcast_to, "real", shapes=[(), (3,), (1, 3), (2, 1)], shape=[(2, 3), (4, 2, 3)]),
    Row(np.broadcast_to, "real", shapes=[(), (1,)], shape=[0, (2, 0), ()]),
    # ---- joined and cut ----
    joined(np.concatenate, ((2, 3),), ((3,),)),
    joined(np.concatenate, ((2, 3), (1, 3)), ((3,), (2,)), ((0, 2), (2, 2)), axis=[OMITTED, 0]),
    joined(np.concatenate, ((2, 3), (2, 1), (2, 0)), ((1, 0), (1, 0), (1, 2)), axis=[1, -1]),
    joined(np.concatenate, ((2, 3), (1,), ()), axis=[None]),
    joined(np.stack, ((2, 3), (2, 3)), ((3,), (3,)), axis=[OMITTED, 0, -1, 1]),
    joined(np.stack, ((), ()), ((0,), (0,)), axis=[OMITTED, 0, -1]),
    Row(
        np.split, "real", shapes=[(4,), (4, 2)], indices_or_sections=[1, 2, 4, [1], [1, 1, 3], [5]]
    ),
    Row(np.split, "real", shapes=[(2, 4), (4, 4)], indices_or_sections=[2, [3]], axis=[1, -1]),
]
