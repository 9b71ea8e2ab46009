"""``scipy.signal``: convolutions, filters and spectra with derivatives; all else is SciPy's.

>>> import numpy as np, autograd_lite as al
>>> from autograd_lite.scipy import signal
>>> b, a = signal.butter(2, 0.5)
>>> al.grad(lambda x: signal.lfilter(b, a, x)[1])(np.zeros(2)).round(3)
array([0.586, 0.293])
"""

from typing import Any

import scipy.signal as _theirs

from autograd_lite.scipy.signal.convolutions import (
    convolve,
    convolve2d,
    correlate,
    correlate2d,
    fftconvolve,
    oaconvolve,
)
from autograd_lite.scipy.signal.filters import (
    filtfilt,
    lfilter,
    lfilter_zi,
    sosfilt,
    sosfilt_zi,
    sosfiltfilt,
)
from autograd_lite.scipy.signal.segments import (
    coherence,
    csd,
    detrend,
    hilbert,
    istft,
    periodogram,
    spectrogram,
    stft,
    welch,
)

__all__ = [
    "coherence",
    "convolve",
    "convolve2d",
    "correlate",
    "correlate2d",
    "csd",
    "detrend",
    "fftconvolve",
    "filtfilt",
    "hilbert",
    "istft",
    "lfilter",
    "lfilter_zi",
    "oaconvolve",
    "periodogram",
    "sosfilt",
    "sosfilt_zi",
    "sosfiltfilt",
    "spectrogram",
    "stft",
    "welch",
]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What takes plain numbers alone."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
