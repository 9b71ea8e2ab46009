"""Images between their samples, by B-splines: by the image and by where it is looked at.

An image is the sum of its coefficients times B-splines around the samples.  The coefficients are a
linear map of the image along each axis, the weights of the splines polynomials in the coordinates.
At a knot of order 1 the slope by a coordinate is that to the right; of order 0 it is 0.

Source: Unser 1999, "Splines: a perfect fit for signal and image processing".
"""

from itertools import product
from typing import Any

import numpy as np
import scipy.ndimage as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import strip
from autograd_lite.scipy.ndimage.windows import continued, each, no_output
from autograd_lite.scipy.signal.filters import array
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

#: How many samples SciPy adds at both ends, for modes for which it has no exact coefficients.
MARGIN = 12


@primitive
def coefficients(x: Array, order: int, axis: int, mode: str, flipped: bool = False) -> Array:
    """The coefficients of B-splines along an axis; by the transposed map, if it is ``flipped``."""
    x = np.asarray(x)
    if not flipped:
        return theirs.spline_filter1d(x, order, axis, mode=mode)
    matrix = theirs.spline_filter1d(np.eye(x.shape[axis]), order, 0, mode=mode)
    return np.moveaxis(np.moveaxis(x, axis, -1) @ matrix, -1, axis)


rule(
    coefficients,
    x=lambda g, order, axis, mode, flipped: coefficients(
        g, order=order, axis=axis, mode=mode, flipped=not flipped
    ),
)


def splines(u: Array, order: int) -> list[Array]:
    """The weights of the neighbours of a place that is ``u`` into its interval (de Boor)."""
    weights = [1.0 + 0 * u]
    for d in range(1, order + 1):
        saved, further = 0 * u, []
        for r, w in enumerate(weights):
            further.append(saved + (r + 1 - u) * w / d)
            saved = (u + d - 1 - r) * w / d
        weights = [*further, saved]
    return weights


def within(c: Array, n: int, mode: str) -> Array:
    """Coordinates mapped into an axis of length ``n``, by the continuation of the image there."""
    if mode in ("mirror", "reflect", "grid-mirror"):
        if n == 1 and mode == "mirror":
            return 0 * c
        half, shift = (n - 1, 0.0) if mode == "mirror" else (n, 0.5)
        c = c + shift
        c = c - 2 * half * np.floor(c / (2 * half))
        return np.where(c > half, 2 * half - c, c) - shift
    period = {"wrap": n - 1, "grid-wrap": n}.get(mode, 0)
    if mode == "wrap" and n == 1:
        return 0 * c
    if period:
        turns = np.floor(c / period)
        stays = (c >= 0) & (c <= n - 1)
        return np.where(stays, c, c - period * turns)
    return c


def neighbour(i: Array, n: int, mode: str) -> Array:
    """Whole numbers mapped likewise."""
    if mode in ("constant", "wrap"):
        mode = "mirror"
    if mode == "mirror":
        i = i % max(2 * n - 2, 1)
        return np.where(i > n - 1, 2 * n - 2 - i, i)
    if mode in ("reflect", "grid-mirror"):
        i = i % (2 * n)
        return np.where(i > n - 1, 2 * n - 1 - i, i)
    return i % n if mode == "grid-wrap" else np.clip(i, 0, n - 1)


def sampled(x: Array, places: list[Array], order: int, mode: str, cval: float) -> Array:
    """The spline with coefficients ``x`` at places, one array of coordinates for each axis."""
    shape, outside, near, weights = np.shape(x), False, [], []
    for c, n in zip(places, shape):
        if mode == "constant":
            outside = outside | (c < 0) | (c > n - 1)
        c = np.clip(within(c, n, mode), -order - 1, n + order)  # beyond, nothing changes any more
        shift = 0.5 if order % 2 == 0 else 0.0
        knots = np.arange(-order - 1, n + order + 2)
        below = np.searchsorted(knots, strip(c) + shift, side="right") - order - 2
        weights.append(splines(c + shift - below, order))
        near.append([below - order // 2 + k for k in range(order + 1)])
    flat: Array = np.ravel(x)
    total: Array = 0.0
    steps = [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]
    for chosen in product(range(order + 1), repeat=len(shape)):
        weight: Array = 1.0
        index, beyond = 0, False
        for i, k in enumerate(chosen):
            weight = weight * weights[i][k]
            index = index + steps[i] * neighbour(near[i][k], shape[i], mode)
            if mode == "grid-constant":
                beyond = beyond | (near[i][k] < 0) | (near[i][k] > shape[i] - 1)
        value = np.take(flat, index)
        value = np.where(beyond, cval, value) if mode == "grid-constant" else value
        total = total + weight * value
    return np.where(outside, cval, total) if mode == "constant" else total


def prepared(x: Array, order: int, mode: str, cval: float, prefilter: bool) -> tuple[Array, int]:
    """The coefficients of an image, and by how much it was extended."""
    if order not in range(6):
        raise ValueError(f"order={order}; give 0 to 5")
    if not prefilter or order < 2:
        return x, 0
    margin = MARGIN if mode in ("nearest", "grid-constant") else 0
    for axis in range(np.ndim(x)):
        x = continued(x, axis, margin, margin, mode, cval)
    for axis in range(np.ndim(x)):
        if np.shape(x)[axis] > 1:
            x = coefficients(x, order, axis, mode)
    return x, margin


def map_coordinates(
    input: Any,
    coordinates: Any,
    output: Any = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> Array:
    """An image at coordinates between its samples, by both.

    ``coordinates`` has one array for each axis of the image.  TypeError for complex images.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> x = np.array([0.0, 1.0, 4.0, 9.0, 16.0])
    >>> f = lambda c: ndimage.map_coordinates(x, [[c]], order=1)[0]
    >>> float(al.grad(f)(1.5))
    3.0
    """
    if not is_tracked([input, coordinates]):
        return theirs.map_coordinates(input, coordinates, output, order, mode, cval, prefilter)
    no_output("map_coordinates", output)
    x, places = array(input), array(stacked(coordinates))
    if np.shape(places)[0] != np.ndim(x):
        raise ValueError(
            f"map_coordinates: coordinates of shape {np.shape(places)} for an image with "
            f"{np.ndim(x)} axes; give one array for each"
        )
    return at([places[i] for i in range(np.ndim(x))], x, order, mode, cval, prefilter)


def stacked(x: Any) -> Any:
    """Nested lists of Tensors as one."""
    if isinstance(x, (list, tuple)) and is_tracked(x):
        return np.stack([array(stacked(part)) for part in x])
    return x


def at(places: list[Array], x: Array, order: int, mode: str, cval: float, prefilter: bool) -> Array:
    """An image at places, in its own dtype."""
    if x.dtype.kind == "c":
        raise TypeError("a spline of a complex image; take np.real(x) and np.imag(x) apart")
    found, margin = prepared(x, order, mode, cval, prefilter)
    places = [c + margin for c in places] if margin else places
    y = sampled(found, places, order, mode, cval)
    return y if y.dtype == x.dtype else y.astype(x.dtype)


def affine_transform(
    input: Any,
    matrix: Any,
    offset: Any = 0.0,
    output_shape: Any = None,
    output: Any = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> Array:
    """The image whose sample ``o`` is that of ``input`` at ``matrix @ o + offset``, by all three.

    The matrix is d × d, or has its diagonal alone, or is homogeneous and has the offset in it.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> x = np.array([0.0, 1.0, 4.0, 9.0])
    >>> f = lambda s: ndimage.affine_transform(x, [1.0], s, order=1)[1]
    >>> float(al.grad(f)(0.5))
    3.0
    """
    settings = (order, mode, cval, prefilter)
    if not is_tracked([input, matrix, offset]):
        shape = output_shape
        return theirs.affine_transform(input, matrix, offset, shape, output, *settings)
    no_output("affine_transform", output)
    x, matrix = array(input), array(stacked(matrix))
    d = np.ndim(x)
    if np.ndim(matrix) == 2 and np.shape(matrix)[1] == d + 1:
        matrix, offset = matrix[:d, :d], matrix[:d, d]
    if np.shape(matrix) not in ((d,), (d, d)):
        raise ValueError(f"affine_transform: a matrix of shape {np.shape(matrix)} for {d} axes")
    grid = np.indices(np.shape(x) if output_shape is None else tuple(output_shape), float)
    offsets = each(array(stacked(offset)), d, "offset")
    if np.ndim(matrix) == 1:
        places = [matrix[i] * grid[i] + offsets[i] for i in range(d)]
    else:
        turned = np.reshape(matrix @ np.reshape(grid, (d, -1)), np.shape(grid))
        places = [turned[i] + offsets[i] for i in range(d)]
    return at(places, x, *settings)


def shift(
    input: Any,
    shift: Any,
    output: Any = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> Array:
    """An image moved by ``shift``, by both.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> x = np.array([0.0, 1.0, 4.0, 9.0])
    >>> float(al.grad(lambda s: ndimage.shift(x, s, order=1)[2])(0.5))
    -3.0
    """
    if not is_tracked([input, shift]):
        return theirs.shift(input, shift, output, order, mode, cval, prefilter)
    x = array(input)
    offset = -array(stacked(shift))
    ones = np.ones(np.ndim(x))
    return affine_transform(x, ones, offset, None, output, order, mode, cval, prefilter)
