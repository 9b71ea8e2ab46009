"""Images between their samples."""

import numpy as np

from autograd_lite.scipy import ndimage
from autograd_lite.scipy.ndimage.splines import coefficients
from tests.support.rows.row import FLAG, OMITTED, Row

LOOSE = {"step": False, "bits": False}
MODES = ["constant", "nearest", "mirror", "reflect", "grid-wrap"]


def inside(x, places, **options):
    """An image at places that are no knots, from -0.65 to 2.65."""
    return ndimage.map_coordinates(x, 1 + 0.15 * places + np.floor(places), **options)


ROWS = [
    Row(
        coefficients,
        "real",
        shapes=[(4, 3)],
        order=[2, 3],
        axis=[0, -1],
        mode=["mirror", "reflect", "grid-wrap"],
        flipped=FLAG,
        step=False,
    ),
    Row(
        ndimage.map_coordinates,
        *("real", "unit"),
        shapes=[((3, 4), (2, 2)), ((4,), (1, 2))],
        call=inside,
        order=[1, 2, 3],
        mode=MODES,
        **LOOSE,
    ),
    Row(
        ndimage.affine_transform,
        *("real", "unit", "unit"),
        shapes=[((3, 3), (2, 2), (2,))],
        call=lambda x, m, s, **options: ndimage.affine_transform(
            x, 0.7 * np.eye(2) + 0.1 * m, 0.3 + 0.05 * s, **options
        ),
        mode=["mirror", "grid-wrap"],
        slow=True,
        **LOOSE,
    ),
    Row(
        ndimage.shift,
        *("real", "unit"),
        shapes=[((3, 3), (2,)), ((4,), (1,))],
        mode=["mirror", "nearest"],
        order=[OMITTED, 1],
        slow=True,
        **LOOSE,
    ),
]
