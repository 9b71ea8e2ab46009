"""``scipy.fft`` with derivatives; frequencies and lengths are SciPy's.

>>> import numpy as np, autograd_lite as al
>>> from autograd_lite.scipy import fft
>>> al.grad(lambda x: fft.dct(x, norm="ortho")[0])(np.ones(4))
array([0.5, 0.5, 0.5, 0.5])
"""

from typing import Any

import scipy.fft as _theirs

from autograd_lite.scipy.fft.fourier import (
    fft,
    fft2,
    fftn,
    fftshift,
    hfft,
    ifft,
    ifft2,
    ifftn,
    ifftshift,
    ihfft,
    irfft,
    irfft2,
    irfftn,
    rfft,
    rfft2,
    rfftn,
)
from autograd_lite.scipy.fft.waves import dct, dctn, dst, dstn, idct, idctn, idst, idstn

__all__ = [
    "dct",
    "dctn",
    "dst",
    "dstn",
    "fft",
    "fft2",
    "fftn",
    "fftshift",
    "hfft",
    "idct",
    "idctn",
    "idst",
    "idstn",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftn",
]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What takes plain numbers alone."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
