"""Derivatives of discrete Fourier transforms: all linear, and each the way back of another.

The matrix of ``fft`` is symmetric, so under df = Re(Σ g dz), which conjugates nothing, ``fft`` is
its own way back, whatever its ``norm``.  The transforms of real signals keep that half of a
spectrum which determines the rest: there a frequency stands for itself and for its mirror image.
In several dimensions a transform is one transform after the other, in NumPy's order.

Sources: Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier
series"; Sorensen et al. 1987, "Real-valued fast Fourier transform algorithms", for half spectra.
"""

import numpy as np

from autograd_lite.core.registry import composed, rule
from autograd_lite.rules.indexing import scatter

# ---- helpers ----


def fit(x, shape):
    """Cropped, or filled up with zeros, to ``shape``: the way back of the option ``n``."""
    kept = tuple([slice(min(sizes)) for sizes in zip(x.shape, shape)])
    x = x[kept]
    return x if x.shape == shape else scatter(x, kept, shape)


def stands_for(half, axis, n):
    """How many of ``n`` frequencies each in a half spectrum stands for: one at the ends, else 2."""
    k = np.arange(half.shape[axis])
    count = 1 + ((k > 0) & (2 * k < n)).astype("i1")
    return count.reshape([-1 if i == axis % half.ndim else 1 for i in range(half.ndim)])


def shared(half, axis, n):
    return half / stands_for(half, axis, n)


def doubled(half, axis, n):
    return half * stands_for(half, axis, n)


# ---- along one axis ----


def rfft_back(g, shape, n, axis, norm):
    n = shape[axis] if n is None else n
    return fit(np.fft.hfft(shared(g, axis, n), n, axis, norm), shape)


def ihfft_back(g, shape, n, axis, norm):
    n = shape[axis] if n is None else n
    return fit(np.fft.irfft(shared(g, axis, n), n, axis, norm), shape)


def irfft_back(g, shape, n, axis, norm):
    return fit(doubled(np.fft.ihfft(g, None, axis, norm), axis, g.shape[axis]), shape)


def hfft_back(g, shape, n, axis, norm):
    return fit(doubled(np.fft.rfft(g, None, axis, norm), axis, g.shape[axis]), shape)


rule(np.fft.fft, a=lambda g, shape, n, axis, norm: fit(np.fft.fft(g, None, axis, norm), shape))
rule(np.fft.ifft, a=lambda g, shape, n, axis, norm: fit(np.fft.ifft(g, None, axis, norm), shape))
rule(np.fft.rfft, a=rfft_back)
rule(np.fft.irfft, a=irfft_back)
rule(np.fft.hfft, a=hfft_back)
rule(np.fft.ihfft, a=ihfft_back)

# ---- along several axes ----


def lengths(a, s, axes):
    """The length of the transform along each axis, and the axes."""
    if axes is None:
        axes = range(-(a.ndim if s is None else len(s)), 0)
    s = [-1] * len(axes) if s is None else s
    if len(s) != len(axes):
        raise ValueError(f"fft: {len(s)} lengths in s={s} for {len(axes)} axes")
    return [a.shape[i] if n == -1 else n for n, i in zip(s, axes)], list(axes)


def forward(first, then, axes):
    """``first`` along the last axis, and ``then`` along the others."""

    def transform(a, s=None, axes=axes, norm=None):
        s, axes = lengths(a, s, axes)
        for i in reversed(range(len(axes))):
            a = (first if i == len(axes) - 1 else then)(a, s[i], axes[i], norm)
        return a

    return transform


def to_real(axes):
    """``ifft`` along all axes but the last, and then ``irfft`` along that."""

    def transform(a, s=None, axes=axes, norm=None):
        n, axes = lengths(a, s, axes)
        for i in range(len(axes) - 1):
            a = np.fft.ifft(a, n[i], axes[i], norm)
        return np.fft.irfft(a, None if s is None else n[-1], axes[-1], norm)

    return transform


composed(np.fft.fft2, forward(np.fft.fft, np.fft.fft, (-2, -1)))
composed(np.fft.fftn, forward(np.fft.fft, np.fft.fft, None))
composed(np.fft.ifft2, forward(np.fft.ifft, np.fft.ifft, (-2, -1)))
composed(np.fft.ifftn, forward(np.fft.ifft, np.fft.ifft, None))
composed(np.fft.rfft2, forward(np.fft.rfft, np.fft.fft, (-2, -1)))
composed(np.fft.rfftn, forward(np.fft.rfft, np.fft.fft, None))
composed(np.fft.irfft2, to_real((-2, -1)))
composed(np.fft.irfftn, to_real(None))

# ---- order of frequencies ----

rule(np.fft.fftshift, x=lambda g, axes: np.fft.ifftshift(g, axes))
rule(np.fft.ifftshift, x=lambda g, axes: np.fft.fftshift(g, axes))
