"""Convolutions and correlations of arrays with any number of axes, by both arguments.

Every mode is a part of the full convolution.  The slope by one argument is the convolution of g, at
its place in the full one, with the other argument reversed.
"""

from typing import Any

import numpy as np
import scipy.signal as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.indexing import scatter
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

#: Where a mode begins in the full convolution, by the lengths along an axis.
STARTS = {
    "full": lambda n, m: 0,
    "same": lambda n, m: (m - 1) // 2,
    "valid": lambda n, m: min(n, m) - 1,
}


@primitive
def convolved(a: Array, v: Array, mode: str = "full", method: str = "auto") -> Array:
    """The convolution of two arrays with as many axes each."""
    return theirs.convolve(np.asarray(a), np.asarray(v), mode, method)


def in_full(g: Array, a: Array, v: Array, mode: str) -> Array:
    """``g`` at its place in the full convolution of ``a`` and ``v``."""
    if mode == "full":
        return g
    lengths = [*zip(np.shape(a), np.shape(v))]
    starts = [STARTS[mode](n, m) for n, m in lengths]
    key = tuple(slice(s, s + k) for s, k in zip(starts, np.shape(g)))
    return scatter(g, key, tuple(n + m - 1 for n, m in lengths))


def convolved_by_a(g: Array, a: Array, v: Array, mode: str, method: str) -> Array:
    return convolved(in_full(g, a, v, mode), np.flip(v), mode="valid", method=method)


def convolved_by_v(g: Array, a: Array, v: Array, mode: str, method: str) -> Array:
    return convolved(in_full(g, a, v, mode), np.flip(a), mode="valid", method=method)


rule(convolved, a=convolved_by_a, v=convolved_by_v)


def both(
    name: str, in1: Any, in2: Any, mode: str, two: bool = False, axes: Any = None
) -> tuple[Array, Array]:
    """Both arguments as arrays that have as many axes, and fit together in a mode."""
    arrays = [np.stack(x) if type(x) in (list, tuple) else x for x in (in1, in2)]
    a, v = (x if hasattr(x, "dtype") else np.asarray(x) for x in arrays)
    if np.ndim(a) != np.ndim(v) or (two and np.ndim(a) != 2):
        wanted = "two axes each" if two else "as many axes each"
        raise ValueError(f"{name}: arrays of shapes {np.shape(a)} and {np.shape(v)}; give {wanted}")
    if mode not in STARTS:
        raise ValueError(f"{name}: mode={mode!r} is none of {', '.join(map(repr, STARTS))}")
    pairs = [*zip(np.shape(a), np.shape(v))]
    pairs = pairs if axes is None else [pairs[i] for i in np.array(axes, int).flat]
    if mode == "valid" and any(n < m for n, m in pairs) and any(n > m for n, m in pairs):
        raise ValueError(
            f"{name}: for mode='valid' one array is as large as the other along every axis, and "
            f"these have shapes {np.shape(a)} and {np.shape(v)}"
        )
    return a, v


def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Array:
    """The convolution of two arrays, in SciPy's modes and by its methods.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: signal.convolve(x, [1.0, 2.0])[1])(np.ones(3))
    array([2., 1., 0.])
    """
    if not is_tracked([in1, in2]):
        return theirs.convolve(in1, in2, mode, method)
    a, v = both("convolve", in1, in2, mode)
    if np.ndim(a) == 0:
        return a * v
    return convolved(a, v, mode, method)


def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Array:
    """The correlation of two arrays: a convolution with the second reversed and conjugated.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: signal.correlate(x, [1.0, 2.0])[1])(np.ones(3))
    array([1., 2., 0.])
    """
    if not is_tracked([in1, in2]):
        return theirs.correlate(in1, in2, mode, method)
    a, v = both("correlate", in1, in2, mode)
    if np.ndim(a) == 0:
        return a * np.conj(v)
    return convolved(a, np.conj(np.flip(v)), mode, method)


def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Array:
    """The convolution by Fourier transforms, along all axes or some.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: signal.fftconvolve(x, [1.0, 2.0])[1])(np.ones(3)).round(9) + 0.0
    array([2., 1., 0.])
    """
    if not is_tracked([in1, in2]):
        return theirs.fftconvolve(in1, in2, mode, axes)
    a, v = both("fftconvolve", in1, in2, "full")
    if axes is None and mode == "valid":  # an axis of length 1 is stretched, as SciPy does
        axes = [i for i, pair in enumerate(zip(np.shape(a), np.shape(v))) if 1 not in pair]
    both("fftconvolve", a, v, mode, axes=axes)
    a, v = (x.astype(np.float32) if x.dtype == np.float16 else x for x in (a, v))
    if axes is None:
        return convolved(a, v, mode, "fft") if np.ndim(a) else a * v
    if np.size(axes) == 0:
        return a * v
    axes = sorted({i % np.ndim(a) for i in ([axes] if np.ndim(axes) == 0 else axes)})
    lengths = [(np.shape(a)[i], np.shape(v)[i]) for i in axes]
    s = [n + m - 1 for n, m in lengths]
    real = not (np.iscomplexobj(a) or np.iscomplexobj(v))
    there, back = (np.fft.rfftn, np.fft.irfftn) if real else (np.fft.fftn, np.fft.ifftn)
    whole = back(there(a, s, axes) * there(v, s, axes), s, axes)
    if mode == "full":
        return whole
    sizes = list(np.shape(a if mode == "same" else whole))
    if mode == "valid":
        for i, (n, m) in zip(axes, lengths):
            sizes[i] = abs(n - m) + 1
    starts = [(n - size) // 2 for n, size in zip(np.shape(whole), sizes)]
    return whole[tuple(slice(s, s + n) for s, n in zip(starts, sizes))]


def oaconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Array:
    """The convolution by overlapping parts; where it varies, by `fftconvolve`.

    >>> from autograd_lite.scipy import signal
    >>> signal.oaconvolve([1.0, 1.0], [1.0, 2.0])
    array([1., 3., 2.])
    """
    if not is_tracked([in1, in2]):
        return theirs.oaconvolve(in1, in2, mode, axes)
    return fftconvolve(in1, in2, mode, axes)


#: What NumPy calls the boundaries of SciPy.
BOUNDARIES: Any = {"wrap": "wrap", "symm": "symmetric", "fill": "constant"}


def convolve2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: float = 0
) -> Array:
    """The convolution of two matrices, of which the first goes on beyond its boundary.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> f = lambda x: np.sum(signal.convolve2d(x, np.ones((2, 2)), "same", "wrap"))
    >>> al.grad(f)(np.ones((2, 2)))
    array([[4., 4.],
           [4., 4.]])
    """
    if not is_tracked([in1, in2]):
        return theirs.convolve2d(in1, in2, mode, boundary, fillvalue)
    a, v = both("convolve2d", in1, in2, mode, two=True)
    if mode == "valid" or (boundary == "fill" and fillvalue == 0):
        return convolved(a, v, mode, "direct")
    if boundary not in BOUNDARIES:
        raise ValueError(f"convolve2d: boundary={boundary!r} is none of {', '.join(BOUNDARIES)}")
    given: Any = {"constant_values": fillvalue} if boundary == "fill" else {}
    margins = [(m - 1, m - 1) for m in np.shape(v)]
    whole = convolved(np.pad(a, margins, BOUNDARIES[boundary], **given), v, "valid", "direct")
    return same_part(whole, a, v, 0) if mode == "same" else whole


def same_part(whole: Array, a: Array, v: Array, later: int) -> Array:
    """The part of a full convolution that is as large as ``a``."""
    starts = [(m - 1 + later) // 2 for m in np.shape(v)]
    return whole[tuple(slice(s, s + n) for s, n in zip(starts, np.shape(a)))]


def correlate2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: float = 0
) -> Array:
    """The correlation of two matrices; see `convolve2d`.

    >>> import numpy as np
    >>> from autograd_lite.scipy import signal
    >>> signal.correlate2d(np.eye(2), [[0.0, 1.0]])
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """
    if not is_tracked([in1, in2]):
        return theirs.correlate2d(in1, in2, mode, boundary, fillvalue)
    a, v = both("correlate2d", in1, in2, mode, two=True)
    turned = np.conj(np.flip(v))
    if mode == "same":  # whose middle is another one than that of a convolution
        return same_part(convolve2d(a, turned, "full", boundary, fillvalue), a, v, 1)
    y = convolve2d(a, turned, mode, boundary, fillvalue)
    exchanged = mode == "valid" and any(n < m for n, m in zip(np.shape(a), np.shape(v)))
    return np.conj(y) if exchanged else y  # SciPy conjugates the first one then
