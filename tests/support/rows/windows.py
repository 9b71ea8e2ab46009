"""Filters of images by a window of weights."""

from autograd_lite.scipy import ndimage
from tests.support.rows.row import OMITTED, Row

MODES = ["reflect", "constant", "nearest", "mirror", "wrap"]
LOOSE = {"step": False, "bits": False}


def of_one(name, **options):
    """A row for a filter by its name, without weights."""
    function = getattr(ndimage, name)
    return Row(function, "real", shapes=[(4, 3)], mode=MODES, slow=True, **options, **LOOSE)


def of_weights(name, *shapes, **options):
    """A row for a filter with weights."""
    function = getattr(ndimage, name)
    return Row(function, "real", "real", shapes=[*shapes], mode=MODES, **options, **LOOSE)


ROWS = [
    of_weights("correlate", ((4, 3), (3, 2)), ((4,), (3,)), origin=[OMITTED, -1]),
    of_weights("convolve", ((4, 3), (3, 2)), ((4,), (3,)), origin=[OMITTED, -1], slow=True),
    of_weights("correlate1d", ((4, 3), (3,)), axis=[OMITTED, 0], slow=True),
    of_weights("convolve1d", ((4, 3), (2,)), axis=[OMITTED, 0], slow=True),
    of_one("uniform_filter1d", size=[2, 3]),
    of_one("uniform_filter", size=[OMITTED, (1, 2)]),
    of_one("gaussian_filter1d", sigma=[0.6], order=[0, 1]),
    of_one("gaussian_filter", sigma=[0.6, (0.5, 0.4)]),
    of_one("laplace"),
    of_one("sobel", axis=[OMITTED, 0]),
    of_one("prewitt", axis=[OMITTED, 0]),
]
