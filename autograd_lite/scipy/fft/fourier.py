"""Fourier transforms by NumPy's functions, which have rules, where something varies."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.fft as theirs

from autograd_lite.scipy.fft.waves import documented
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any


def one_axis(name: str) -> Callable[..., Any]:
    """A transform along one axis."""
    own, ruled = getattr(theirs, name), getattr(np.fft, name)

    def transform(
        x: Array,
        n: int | None = None,
        axis: int = -1,
        norm: str | None = None,
        overwrite_x: bool = False,
        workers: int | None = None,
        *,
        plan: Any = None,
    ) -> Array:
        if not is_tracked(x):
            return own(x, n, axis, norm, overwrite_x, workers, plan=plan)
        return ruled(x, n, axis, norm)

    return documented(transform, name)


def several_axes(name: str, default: Any = None) -> Callable[..., Any]:
    """A transform along several axes, which are ``default`` if they are not given."""
    own, ruled = getattr(theirs, name), getattr(np.fft, name)

    def transform(
        x: Array,
        s: Any = None,
        axes: Any = default,
        norm: str | None = None,
        overwrite_x: bool = False,
        workers: int | None = None,
        *,
        plan: Any = None,
    ) -> Array:
        if not is_tracked(x):
            return own(x, s, axes, norm, overwrite_x, workers, plan=plan)
        axes = [axes] if isinstance(axes, int) else axes
        s = [s] if isinstance(s, int) else s
        return ruled(x, s, axes, norm)

    return documented(transform, name)


def shift(name: str) -> Callable[..., Any]:
    """A change of the order of frequencies."""
    own, ruled = getattr(theirs, name), getattr(np.fft, name)

    def shifted(x: Array, axes: Any = None) -> Array:
        return (ruled if is_tracked(x) else own)(x, axes)

    return documented(shifted, name)


fft, ifft, rfft, irfft, hfft, ihfft = map(
    one_axis, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
)
fftn, ifftn, rfftn, irfftn = map(several_axes, ("fftn", "ifftn", "rfftn", "irfftn"))
fft2, ifft2, rfft2, irfft2 = (
    several_axes(name, (-2, -1)) for name in ("fft2", "ifft2", "rfft2", "irfft2")
)
fftshift, ifftshift = map(shift, ("fftshift", "ifftshift"))
