"""Functions that move elements about."""

import numpy as np

from tests.support.rows.row import (
    AXES,
    AXIS,
    FLAG,
    NEW_AXIS,
    OMITTED,
    ONE_AXIS,
    ORDER_OF_AXES,
    Row,
    of_one,
)

view = np.lib.stride_tricks.sliding_window_view
ORDER = [OMITTED, "C", "F"]


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
    Row(np.astype, "real", call=lambda x: np.astype(x, np.result_type(x), copy=False)),
    *[
        of_one(f, (), (3,), (2, 3), (2, 1, 3), (1, 2, 1, 2))
        for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d)
    ],
    Row(np.atleast_2d, "real", "real", shapes=[((), (3,))]),
    # ---- axes in another order ----
    Row(np.rollaxis, "real", axis=ONE_AXIS, dims=1),
    Row(np.rollaxis, "real", dims=3, axis=[0, 1, 2, -1], start=[0, 1, 2, 3, -1]),
    Row(np.matrix_transpose, "real", dims=2),
    Row(np.transpose, "real", axes=ORDER_OF_AXES),
    Row(np.swapaxes, "real", axis1=ONE_AXIS, axis2=ONE_AXIS, dims=1),
    Row(np.moveaxis, "real", source=ONE_AXIS, destination=ONE_AXIS, dims=1),
    Row(np.moveaxis, "real", source=[(0, 2)], destination=[(-1, 0), (2, 1)], dims=3),
    Row(np.flip, "real", axis=AXES),
    Row(np.fliplr, "real", dims=2),
    Row(np.flipud, "real", dims=1),
    Row(np.rot90, "real", dims=2),
    Row(np.rot90, "real", dims=3, k=[0, 1, 2, -1, 5], axes=[(0, 1), (2, 0), (-1, 1)]),
    Row(np.roll, "real", shift=[1, -2, 5], axis=AXIS),
    Row(np.roll, "real", dims=2, shift=[(1, 2), (3, -1)], axis=[(0, 1), (1, 1)]),
    # ---- stretched ----
    Row(np.broadcast_to, "real", shapes=[(), (3,), (1, 3), (2, 1)], shape=[(2, 3), (4, 2, 3)]),
    Row(np.broadcast_to, "real", shapes=[(), (1,)], shape=[0, (2, 0), ()]),
    Row(np.broadcast_arrays, "real", "real"),
    Row(
        np.meshgrid,
        "real",
        "real",
        shapes=[((2,), (3,)), ((), (2,))],
        indexing=[OMITTED, "ij"],
        sparse=FLAG,
    ),
    Row(
        np.meshgrid,
        *("real", "real"),
        shapes=[((2,), (3,)), ((), (2,))],
        sparse=FLAG,
        copy=[False],
        call=lambda *xi, **options: tuple(np.meshgrid(*xi, **options)),  # a list before NumPy 2.5
    ),
    Row(np.meshgrid, "real", "real", "real", shapes=[((2,), (3,), (1,))]),
    Row(np.tile, "real", reps=[2, (2,), (2, 1, 3), (), 0, np.int64(2)]),
    Row(np.repeat, "real", repeats=[0, 2], axis=AXIS),
    of_one(np.repeat, (3,), (2, 3), repeats=[[1, 0, 2]], axis=[-1]),
    of_one(view, (4,), (3, 4), window_shape=[2, 1], axis=[-1]),
    of_one(view, (3, 3), window_shape=[(2, 2), (3, 1)], axis=[OMITTED, (1, 0)]),
    of_one(np.resize, (3,), (2, 2), new_shape=[(2, 3), 2, (0, 2), 7]),
    Row(
        np.apply_over_axes,
        "real",
        call=lambda a, axes: np.apply_over_axes(np.sum, a, axes),
        shapes=[(2, 3, 2)],
        axes=[0, [0, -1], [1, 2]],
        slow=True,
    ),
]
