"""Derivatives of discrete Fourier transforms: all linear, and the VJP of each is another of them.

The matrix of ``fft`` is symmetric.  Under df = Re(Σ g dz), which conjugates nothing, ``fft`` is its
own transpose, whatever its ``norm``.  The transforms of real signals keep that half of a spectrum
which determines the rest: there a frequency stands for itself and for its mirror image.  In
several dimensions a transform is one transform after the other, in NumPy's order.

Sources: Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier
series"; Sorensen et al. 1987, "Real-valued fast Fourier transform algorithms", for half spectra.
"""

import numpy as np

from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.indexing import scatter

# ---- along one axis ----


def fit(x, shape):
    """``x`` cropped, or filled up with zeros, to ``shape``: the VJP of the option ``n``."""
    part = tuple([slice(min(sizes)) for sizes in zip(x.shape, shape)])
    x = x[part]
    return x if x.shape == shape else scatter(x, part, shape)


def stands_for(half, axis, n):
    """How many of ``n`` frequencies each in a half spectrum stands for: one at the ends, else 2."""
    k = np.arange(half.shape[axis])
    count = 1 + ((k > 0) & (2 * k < n)).astype("i1")
    return count.reshape([-1 if i == axis % half.ndim else 1 for i in range(half.ndim)])


def from_half(transform, g, shape, n, axis, norm):
    """The VJP of a transform to a half spectrum; ``transform`` comes from one."""
    n = shape[axis] if n is None else n
    return fit(transform(g / stands_for(g, axis, n), n, axis, norm), shape)


def to_half(transform, g, shape, axis, norm):
    """The VJP of a transform from a half spectrum; ``transform`` goes to one."""
    half = transform(g, None, axis, norm)
    return fit(half * stands_for(half, axis, g.shape[axis]), shape)


rule(np.fft.fft, a=lambda g, shape, n, axis, norm: fit(np.fft.fft(g, None, axis, norm), shape))
rule(np.fft.ifft, a=lambda g, shape, n, axis, norm: fit(np.fft.ifft(g, None, axis, norm), shape))
rule(
    np.fft.rfft,
    a=lambda g, shape, n, axis, norm: from_half(np.fft.hfft, g, shape, n, axis, norm),
)
rule(
    np.fft.ihfft,
    a=lambda g, shape, n, axis, norm: from_half(np.fft.irfft, g, shape, n, axis, norm),
)
rule(np.fft.irfft, a=lambda g, shape, n, axis, norm: to_half(np.fft.ihfft, g, shape, axis, norm))
rule(np.fft.hfft, a=lambda g, shape, n, axis, norm: to_half(np.fft.rfft, g, shape, axis, norm))

# ---- along several axes ----


def lengths(a, s, axes):
    """The length of the transform along each axis, and the axes."""
    if axes is None:
        axes = range(-(a.ndim if s is None else len(s)), 0)
    s = [-1] * len(axes) if s is None else s
    if len(s) != len(axes):
        raise ValueError(f"fft: {len(s)} lengths in s={s} for {len(axes)} axes")
    return [a.shape[i] if n == -1 else n for n, i in zip(s, axes)], list(axes)


def successive(first, then):
    """``first`` along the last axis, and ``then`` along the others."""

    def transform(a, s=None, axes=None, norm=None):
        s, axes = lengths(a, s, axes)
        if first is not then and not axes:
            raise IndexError("fft: a real transform needs one axis at least")
        for i in reversed(range(len(axes))):
            a = (first if i == len(axes) - 1 else then)(a, s[i], axes[i], norm)
        return a

    return transform


def irfftn(a, s=None, axes=None, norm=None):
    """``ifft`` along all axes but the last, and then ``irfft`` along that."""
    n, axes = lengths(a, s, axes)
    for i in range(len(axes) - 1):
        a = np.fft.ifft(a, n[i], axes[i], norm)
    return np.fft.irfft(a, None if s is None else n[-1], axes[-1], norm)


def of_two_axes(transform):
    return lambda a, s=None, axes=(-2, -1), norm=None: transform(a, s, axes, norm)


for of_all, of_two, transform in (
    (np.fft.fftn, np.fft.fft2, successive(np.fft.fft, np.fft.fft)),
    (np.fft.ifftn, np.fft.ifft2, successive(np.fft.ifft, np.fft.ifft)),
    (np.fft.rfftn, np.fft.rfft2, successive(np.fft.rfft, np.fft.fft)),
    (np.fft.irfftn, np.fft.irfft2, irfftn),
):
    composed(of_all, transform)
    composed(of_two, of_two_axes(transform))

# ---- order of frequencies ----

rule(np.fft.fftshift, x=lambda g, axes: np.fft.ifftshift(g, axes))
rule(np.fft.ifftshift, x=lambda g, axes: np.fft.fftshift(g, axes))
