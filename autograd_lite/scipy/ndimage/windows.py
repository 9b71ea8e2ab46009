"""Filters of images by a window of weights, which see beyond the boundary in every mode of SciPy's.

Each is one convolution of the image, continued beyond its boundary, so that it has derivatives by
the image and by the weights.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.ndimage as theirs

from autograd_lite.scipy.signal.convolutions import convolved
from autograd_lite.scipy.signal.filters import array
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

#: What NumPy calls the ways on which SciPy continues an image.
MODES = {
    "reflect": "symmetric",
    "grid-mirror": "symmetric",
    "constant": "constant",
    "grid-constant": "constant",
    "nearest": "edge",
    "mirror": "reflect",
    "wrap": "wrap",
    "grid-wrap": "wrap",
}


def continued(x: Array, axis: int, before: int, after: int, mode: str, cval: float) -> Array:
    """An image with more beyond both ends of an axis."""
    if mode not in MODES:
        raise ValueError(f"mode={mode!r} is none of {', '.join(map(repr, MODES))}")
    margins = [(0, 0)] * np.ndim(x)
    margins[axis] = (before, after)
    name: Any = MODES[mode]
    given: Any = {"constant_values": cval} if name == "constant" else {}
    return np.pad(x, margins, name, **given)


def each(value: Any, count: int, name: str) -> list[Any]:
    """One value for each axis."""
    if np.ndim(value) == 0:
        return [value] * count
    if len(value) != count:
        raise ValueError(f"{name} has {len(value)} elements for {count} axes")
    return list(value)


def no_output(name: str, output: Any) -> None:
    if output is not None:
        raise TypeError(f"{name}: output= would be written to; leave it out, and use the result")


def chosen(x: Array, axes: Any) -> list[int]:
    """Axes, counted from the first."""
    given = range(np.ndim(x)) if axes is None else [axes] if np.ndim(axes) == 0 else axes
    return [axis % np.ndim(x) for axis in given]


def windowed(
    x: Array, weights: Array, axes: Sequence[int], mode: Any, cval: float, origin: Any
) -> Array:
    """The sums of an image under a window of weights, at every place."""
    sizes = np.shape(weights)
    if len(sizes) != len(axes):
        raise ValueError(f"weights of shape {sizes} for {len(axes)} axes")
    whole = [1] * np.ndim(x)
    settings = zip(axes, sizes, each(mode, len(axes), "mode"), each(origin, len(axes), "origin"))
    for axis, size, how, shift in settings:
        whole[axis], before = size, size // 2 + shift
        if not 0 <= before < size:
            raise ValueError(f"origin={shift} for weights of length {size} is out of the window")
        x = continued(x, axis, before, size - 1 - before, how, cval)
    order = tuple(sorted(range(len(axes)), key=list(axes).__getitem__))
    window = np.reshape(np.transpose(weights, order), whole)
    return convolved(x, np.flip(window), "valid", "direct")


def correlate(
    input: Any,
    weights: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Array:
    """The correlation of an image with weights, by both.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> al.grad(lambda x: ndimage.correlate(x, [1.0, 2.0, 4.0])[0])(np.ones(4))
    array([3., 4., 0., 0.])
    """
    if not is_tracked([input, weights]):
        extra = {} if axes is None else {"axes": axes}  # which older SciPy does not know
        return theirs.correlate(input, weights, output, mode, cval, origin, **extra)
    no_output("correlate", output)
    x = array(input)
    return windowed(x, array(weights), chosen(x, axes), mode, cval, origin)


def convolve(
    input: Any,
    weights: Any,
    output: Any = None,
    mode: Any = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Array:
    """The convolution of an image with weights, by both.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> al.grad(lambda x: ndimage.convolve(x, [1.0, 2.0, 4.0])[0])(np.ones(4))
    array([6., 1., 0., 0.])
    """
    if not is_tracked([input, weights]):
        extra = {} if axes is None else {"axes": axes}
        return theirs.convolve(input, weights, output, mode, cval, origin, **extra)
    no_output("convolve", output)
    x, weights = array(input), array(weights)
    axes = chosen(x, axes)
    shifts = [turned(o, n) for o, n in zip(each(origin, len(axes), "origin"), np.shape(weights))]
    return windowed(x, np.flip(weights), axes, mode, cval, shifts)


def turned(origin: int, size: int) -> int:
    """The origin of reversed weights: the middle of an even number is not in the middle."""
    return -origin - (size % 2 == 0)


def correlate1d(
    input: Any,
    weights: Any,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> Array:
    """The correlation with weights along one axis, by both.

    >>> from autograd_lite.scipy import ndimage
    >>> ndimage.correlate1d([1.0, 2.0, 4.0], [1.0, 0.0, -1.0])
    array([-1., -3., -2.])
    """
    if not is_tracked([input, weights]):
        return theirs.correlate1d(input, weights, axis, output, mode, cval, origin)
    no_output("correlate1d", output)
    x = array(input)
    return windowed(x, array(weights), chosen(x, axis), mode, cval, origin)


def convolve1d(
    input: Any,
    weights: Any,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> Array:
    """The convolution with weights along one axis, by both.

    >>> from autograd_lite.scipy import ndimage
    >>> ndimage.convolve1d([1.0, 2.0, 4.0], [1.0, 0.0, -1.0])
    array([1., 3., 2.])
    """
    if not is_tracked([input, weights]):
        return theirs.convolve1d(input, weights, axis, output, mode, cval, origin)
    no_output("convolve1d", output)
    x, weights = array(input), array(weights)
    shift = turned(origin, np.shape(weights)[0])
    return windowed(x, np.flip(weights), chosen(x, axis), mode, cval, shift)


# ---- means, and smooth ones ----


def uniform_filter1d(
    input: Any,
    size: int,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    origin: int = 0,
) -> Array:
    """The mean over a window along one axis.

    >>> from autograd_lite.scipy import ndimage
    >>> ndimage.uniform_filter1d([0.0, 3.0, 6.0], 3)
    array([1., 3., 5.])
    """
    if not is_tracked(input):
        return theirs.uniform_filter1d(input, size, axis, output, mode, cval, origin)
    no_output("uniform_filter1d", output)
    x = array(input)
    weights = np.full(size, 1 / size, x.dtype)
    return windowed(x, weights, chosen(x, axis), mode, cval, origin)


def uniform_filter(
    input: Any,
    size: Any = 3,
    output: Any = None,
    mode: Any = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Array:
    """The mean over a window along all axes, or some.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> al.grad(lambda x: ndimage.uniform_filter(x, 2)[1])(np.ones(3))
    array([0.5, 0.5, 0. ])
    """
    if not is_tracked(input):
        return theirs.uniform_filter(input, size, output, mode, cval, origin, axes=axes)
    no_output("uniform_filter", output)
    x = array(input)
    axes = chosen(x, axes)
    settings = (each(v, len(axes), n) for v, n in ((size, "size"), (mode, "mode"), (origin, "o")))
    for axis, n, how, shift in zip(axes, *settings):
        x = uniform_filter1d(x, n, axis, None, how, cval, shift)
    return x


def gaussian_filter1d(
    input: Any,
    sigma: float,
    axis: int = -1,
    order: int = 0,
    output: Any = None,
    mode: str = "reflect",
    cval: float = 0.0,
    truncate: float = 4.0,
    *,
    radius: int | None = None,
) -> Array:
    """The mean with weights of a Gaussian, or of a derivative of one, along one axis.

    TypeError for a ``sigma`` that varies, since how far the window goes depends on it.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> al.grad(lambda x: ndimage.gaussian_filter1d(x, 0.5)[1])(np.ones(3)).round(3)
    array([0.107, 0.787, 0.107])
    """
    if is_tracked(sigma):
        raise TypeError(
            "gaussian_filter1d: sigma varies, and how far the window goes depends on it; write "
            "w = np.exp(-0.5 * (np.arange(-r, r + 1) / sigma) ** 2) for a whole number r, and "
            "correlate1d(x, w / np.sum(w))"
        )
    given = {"mode": mode, "cval": cval, "truncate": truncate, "radius": radius}
    if not is_tracked(input):
        return theirs.gaussian_filter1d(input, sigma, axis, order, output, **given)
    no_output("gaussian_filter1d", output)
    x = array(input)
    reach = int(truncate * float(sigma) + 0.5) if radius is None else radius
    pulse = np.zeros(2 * reach + 1)
    pulse[reach] = 1
    given |= {"mode": "constant", "cval": 0.0}
    weights = theirs.gaussian_filter1d(pulse, sigma, order=order, **given)
    return windowed(x, weights[::-1].astype(x.real.dtype), chosen(x, axis), mode, cval, 0)


def gaussian_filter(
    input: Any,
    sigma: Any,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: float = 0.0,
    truncate: float = 4.0,
    *,
    radius: Any = None,
    axes: Any = None,
) -> Array:
    """The mean with weights of a Gaussian along all axes, or some; see `gaussian_filter1d`.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import ndimage
    >>> f = lambda x: ndimage.gaussian_filter(x, 0.5)[1, 1]
    >>> al.grad(f)(np.ones((3, 3))).round(3)[1]
    array([0.084, 0.619, 0.084])
    """
    if not is_tracked([input, sigma]):
        given = {"radius": radius, "axes": axes}
        return theirs.gaussian_filter(input, sigma, order, output, mode, cval, truncate, **given)
    no_output("gaussian_filter", output)
    x = array(input)
    axes = chosen(x, axes)
    named = {"sigma": sigma, "order": order, "mode": mode, "radius": radius}
    settings = [each(value, len(axes), name) for name, value in named.items()]
    for axis, width, derivative, how, reach in zip(axes, *settings):
        if is_tracked(width) or width > 1e-15:
            given = {"mode": how, "cval": cval, "truncate": truncate, "radius": reach}
            x = gaussian_filter1d(x, width, axis, derivative, **given)
    return x


# ---- differences ----


def laplace(
    input: Any, output: Any = None, mode: Any = "reflect", cval: float = 0.0, *, axes: Any = None
) -> Array:
    """The sum of second differences along all axes, or some.

    >>> from autograd_lite.scipy import ndimage
    >>> ndimage.laplace([0.0, 1.0, 4.0])
    array([ 1.,  2., -3.])
    """
    if not is_tracked(input):
        extra = {} if axes is None else {"axes": axes}
        return theirs.laplace(input, output, mode, cval, **extra)
    no_output("laplace", output)
    x = array(input)
    axes = chosen(x, axes)
    modes = each(mode, len(axes), "mode")
    parts = [correlate1d(x, [1.0, -2.0, 1.0], a, None, how, cval) for a, how in zip(axes, modes)]
    return sum(parts[1:], parts[0])


def edges(x: Array, axis: int, mode: Any, cval: float, mean: Sequence[float]) -> Array:
    """Differences along one axis, summed along the others with weights."""
    modes = each(mode, np.ndim(x), "mode")
    axis %= np.ndim(x)
    y = correlate1d(x, [-1.0, 0.0, 1.0], axis, None, modes[axis], cval)
    for other in range(np.ndim(x)):
        if other != axis:
            y = correlate1d(y, mean, other, None, modes[other], cval)
    return y


def sobel(
    input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: float = 0.0
) -> Array:
    """Sobel's differences along an axis.

    >>> from autograd_lite.scipy import ndimage
    >>> ndimage.sobel([0.0, 1.0, 4.0])
    array([1., 4., 3.])
    """
    if not is_tracked(input):
        return theirs.sobel(input, axis, output, mode, cval)
    no_output("sobel", output)
    return edges(array(input), axis, mode, cval, [1.0, 2.0, 1.0])


def prewitt(
    input: Any, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: float = 0.0
) -> Array:
    """Prewitt's differences along an axis.

    >>> from autograd_lite.scipy import ndimage
    >>> ndimage.prewitt([0.0, 1.0, 4.0])
    array([1., 4., 3.])
    """
    if not is_tracked(input):
        return theirs.prewitt(input, axis, output, mode, cval)
    no_output("prewitt", output)
    return edges(array(input), axis, mode, cval, [1.0, 1.0, 1.0])
