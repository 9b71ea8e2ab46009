"""Spectra of signals by windowed segments, trends, and the analytic signal: made of NumPy's rules.

Signatures and defaults are those of the SciPy that is installed, which changes them at times.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import scipy.fft
import scipy.signal as theirs

from autograd_lite.rules.indexing import scatter
from autograd_lite.scipy.signal.filters import array, extended
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any


def like(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Under the name and signature of a function of SciPy's, which takes plain arrays itself."""
    own: Callable[..., Any] = getattr(theirs, name)
    declared = signature(own)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            if not is_tracked([*args, *options.values()]):
                return own(*args, **options)
            given = declared.bind(*args, **options)
            given.apply_defaults()
            return function(**given.arguments)

        call.__signature__ = declared  # type: ignore[attr-defined]
        return call

    return decorate


@like("detrend")
def detrend(data: Any, axis: int, type: str, bp: Any, overwrite_data: bool = False) -> Array:
    """A signal without its mean, or without a straight line between breakpoints.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: signal.detrend(x, type="constant")[0])(np.ones(4))
    array([ 0.75, -0.25, -0.25, -0.25])
    """
    x = array(data)
    x = x.astype(np.float64) if x.dtype == np.float16 and type[0] == "l" else x  # as SciPy does
    if type in ("constant", "c"):
        return x - np.mean(x, axis, keepdims=True)
    if type not in ("linear", "l"):
        raise ValueError(f"detrend: type={type!r}; give 'linear' or 'constant'")
    x = np.moveaxis(x, axis, -1)
    n = np.shape(x)[-1]
    cuts = np.unique([0, *np.ravel(bp), n]).astype(int)
    if cuts[-1] > n:
        raise ValueError(f"detrend: breakpoints up to {cuts[-1]} for {n} samples")
    parts = []
    for start, stop in pairwise(cuts):
        part, ramp = x[..., start:stop], np.arange(1.0, stop - start + 1) / (stop - start)
        lines, _ = np.linalg.qr(np.stack([np.ones_like(ramp), ramp], axis=1))
        lines = lines[:, : stop - start].astype(np.result_type(x).char.lower())
        parts.append(part - (part @ lines) @ lines.T)
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, axis)


@like("hilbert")
def hilbert(x: Any, N: int | None, axis: int) -> Array:
    """The analytic signal, which has no negative frequencies.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: np.sum(np.abs(signal.hilbert(x)) ** 2))(np.array([1.0, -1.0, 1.0, -1.0]))
    array([ 2., -2.,  2., -2.])
    """
    x = array(x)
    if np.iscomplexobj(x):
        raise ValueError("hilbert: x must be real")
    n = np.shape(x)[axis] if N is None else N
    if n <= 0:
        raise ValueError(f"hilbert: N={n}; give a positive number")
    weights = np.zeros(n, np.result_type(x))
    weights[0] = 1
    weights[1 : (n + 1) // 2] = 2
    weights[n // 2] = 1 if n % 2 == 0 else weights[n // 2]
    spectrum = np.moveaxis(np.fft.fft(x, n, axis), axis, -1) * weights
    return np.moveaxis(np.fft.ifft(spectrum), -1, axis)


def whole_floats(x: Array) -> Array:
    """Half floats as floats, since SciPy has no transforms of them."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


# ---- segments ----


class Segments(NamedTuple):
    """How a signal is cut: the window, its overlap, the length of the transform."""

    window: Array
    overlap: int
    length: int

    @property
    def step(self) -> int:
        return len(self.window) - self.overlap

    def of(self, x: Array, trend: Any) -> Array:
        """The windowed segments of a signal along its last axis, without their trends."""
        size, n = len(self.window), np.shape(x)[-1]
        starts = np.arange(0, n - size + 1, self.step)
        parts = np.take(x, starts[:, None] + np.arange(size), axis=-1)
        if trend is not False:
            parts = trend(parts) if callable(trend) else detrend(parts, type=trend)
        return parts * self.window

    def spectrum(self, x: Array, trend: Any, onesided: bool) -> Array:
        """Their transforms: the segments in the last axis but one."""
        transform = np.fft.rfft if onesided else np.fft.fft
        return transform(self.of(x, trend), self.length)

    def frequencies(self, fs: float, onesided: bool) -> Array:
        f = scipy.fft.rfftfreq if onesided else scipy.fft.fftfreq
        return f(self.length, 1 / fs)


def segments(
    name: str, window: Any, nperseg: Any, noverlap: Any, nfft: Any, n: int, dtype: Any
) -> Segments:
    """The segments that these arguments of SciPy's describe, of a signal of ``n`` samples."""
    if isinstance(window, (str, tuple)):
        size = min(256 if nperseg is None else int(nperseg), n)
        window = theirs.get_window(window, size)
    window = np.asarray(window)
    size = len(window)
    if window.ndim != 1 or size > n or (nperseg is not None and min(int(nperseg), n) != size):
        raise ValueError(f"{name}: a window of shape {window.shape} for {n} samples")
    overlap = size // 2 if noverlap is None else int(noverlap)
    length = size if nfft is None else int(nfft)
    if overlap >= size or length < size:
        raise ValueError(
            f"{name}: noverlap={overlap} and nfft={length} for segments of {size} samples; "
            f"noverlap is less, nfft is not"
        )
    return Segments(window.astype(np.result_type(dtype, np.float32).char.lower()), overlap, length)


def scale_of(window: Array, fs: float, scaling: str) -> Any:
    """The factor of a power spectrum, or of its density."""
    if scaling not in ("density", "spectrum"):
        raise ValueError(f"scaling={scaling!r}; give 'density' or 'spectrum'")
    power = fs * np.sum(window * window) if scaling == "density" else np.sum(window) ** 2
    return window.dtype.type(1 / power)


def powers(name: str, x: Any, y: Any, given: dict[str, Any]) -> tuple[Array, Array, Segments]:
    """The cross spectrum of each segment, in the last axis but one, and the frequencies."""
    axis, fs, trend = given["axis"], given["fs"], given["detrend"]
    x, same = np.moveaxis(array(x), axis, -1), y is None
    y = x if same else np.moveaxis(array(y), axis, -1)
    n = max(np.shape(x)[-1], np.shape(y)[-1])
    x, y = filled(x, n), filled(y, n)
    wanted = (given["window"], given["nperseg"], given["noverlap"], given["nfft"])
    cut = segments(name, *wanted, n, np.result_type(x, y))
    onesided = given["return_onesided"] and not (np.iscomplexobj(x) or np.iscomplexobj(y))
    first = cut.spectrum(x, trend, onesided)
    second = first if same else cut.spectrum(y, trend, onesided)
    power = np.conj(first) * second * scale_of(cut.window, fs, given["scaling"])
    if same:
        power = np.real(power)
    if onesided:
        twice = np.full(np.shape(power)[-1], 2, cut.window.dtype)
        twice[0] = 1
        twice[-1] = 2 if cut.length % 2 else 1
        power = power * twice
    return cut.frequencies(fs, onesided), power, cut


def filled(x: Array, n: int) -> Array:
    """``x`` with zeros after it, up to ``n`` samples."""
    more = n - np.shape(x)[-1]
    return np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(0, more)]) if more > 0 else x


def averaged(name: str, power: Array, average: str) -> Array:
    """The mean over segments, or their median without its bias."""
    if average == "mean":
        return np.mean(power, axis=-2)
    if average != "median":
        raise ValueError(f"{name}: average={average!r}; give 'mean' or 'median'")
    k = 2 * np.arange(1.0, (np.shape(power)[-2] - 1) // 2 + 1)
    bias = float(1 + np.sum(1 / (k + 1) - 1 / k))
    if np.iscomplexobj(power):
        real, imag = (np.median(part(power), axis=-2) for part in (np.real, np.imag))
        return (real + 1j * imag) / bias
    return np.median(power, axis=-2) / bias


@like("welch")
def welch(x: Any, average: str, **given: Any) -> tuple[Array, Array]:
    """Frequencies, and the power spectrum of a signal by the mean over its segments (Welch 1967).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> f = lambda x: np.sum(signal.welch(x, nperseg=4, detrend=False, window="boxcar")[1])
    >>> al.grad(f)(np.ones(4))
    array([2., 2., 2., 2.])
    """
    frequencies, power, _ = powers("welch", x, None, given)
    return frequencies, np.moveaxis(averaged("welch", power, average), -1, given["axis"])


@like("csd")
def csd(x: Any, y: Any, average: str, **given: Any) -> tuple[Array, Array]:
    """Frequencies, and the cross spectrum of two signals; see `welch`.

    >>> import numpy as np
    >>> from autograd_lite.scipy import signal
    >>> signal.csd(np.ones(4), np.ones(4), nperseg=4, detrend=False, window="boxcar")[1].real
    array([4., 0., 0.])
    """
    frequencies, power, _ = powers("csd", x, y, given)
    return frequencies, np.moveaxis(averaged("csd", power, average), -1, given["axis"])


@like("coherence")
def coherence(x: Any, y: Any, **given: Any) -> tuple[Array, Array]:
    """Frequencies, and |Pxy|² / (Pxx Pyy) of two signals; see `welch`.

    >>> import numpy as np
    >>> from autograd_lite.scipy import signal
    >>> x = np.arange(8.0) ** 2
    >>> signal.coherence(x, 2 * x, nperseg=4)[1].round(9)
    array([1., 1., 1.])
    """
    given |= {"return_onesided": True, "scaling": "density"}
    power = lambda x, y: np.mean(powers("coherence", x, y, given)[1], axis=-2)
    frequencies, cross, _ = powers("coherence", x, y, given)
    cross = np.mean(cross, axis=-2)
    shared = np.real(cross) ** 2 + np.imag(cross) ** 2
    return frequencies, np.moveaxis(shared / power(x, None) / power(y, None), -1, given["axis"])


@like("periodogram")
def periodogram(x: Any, nfft: Any, **given: Any) -> tuple[Array, Array]:
    """Frequencies, and the power spectrum of a signal by one segment.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: signal.periodogram(x, detrend=False)[1][0])(np.ones(4))
    array([2., 2., 2., 2.])
    """
    x, axis = array(x), given["axis"]
    n = np.shape(x)[axis]
    if nfft is not None and nfft < n:
        x, n, nfft = np.moveaxis(np.moveaxis(x, axis, -1)[..., :nfft], -1, axis), nfft, None
    found: tuple[Array, Array] = welch(x, nperseg=n, noverlap=0, nfft=nfft, **given)
    return found


@like("spectrogram")
def spectrogram(x: Any, mode: str, noverlap: Any, nperseg: Any, **given: Any) -> Any:
    """Frequencies, times, and the power spectrum of each segment.  ``mode="psd"`` alone.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> f = lambda x: np.sum(signal.spectrogram(x, nperseg=4, detrend=False, window="boxcar")[2])
    >>> al.grad(f)(np.ones(4))
    array([2., 2., 2., 2.])
    """
    if mode != "psd":
        raise TypeError('spectrogram has derivatives by mode="psd" alone; use stft for the others')
    n, axis = np.shape(x)[given["axis"]], given["axis"]
    if noverlap is None:
        window = given["window"]
        size = len(window) if not isinstance(window, (str, tuple)) else min(nperseg or 256, n)
        noverlap = size // 8
    given |= {"noverlap": noverlap, "nperseg": nperseg}
    frequencies, power, cut = powers("spectrogram", x, None, given)
    size = len(cut.window)
    times = np.arange(size / 2, n - size / 2 + 1, cut.step) / given["fs"]
    axis = axis - 1 if axis < 0 else axis
    return frequencies, times, np.moveaxis(np.swapaxes(power, -1, -2), -2, axis)


# ---- short transforms, and back ----


@like("stft")
def stft(
    x: Any, boundary: str | None, padded: bool, scaling: str, **given: Any
) -> tuple[Array, Array, Array]:
    """Frequencies, times, and the transforms of windowed segments.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> f = lambda x: np.sum(np.abs(signal.stft(x, nperseg=2, window="boxcar")[2]) ** 2)
    >>> al.grad(f)(np.ones(4))
    array([2., 2., 2., 2.])
    """
    axis, fs = given["axis"], given["fs"]
    x = np.moveaxis(array(x), axis, -1)
    wanted = (given["window"], given["nperseg"], given["noverlap"], given["nfft"])
    cut = segments("stft", *wanted, np.shape(x)[-1], np.result_type(x))
    size = len(cut.window)
    kinds = {"even": "even", "odd": "odd", "constant": "constant", "zeros": None, None: None}
    if boundary not in kinds:
        raise ValueError(f"stft: boundary={boundary!r} is none of {', '.join(map(repr, kinds))}")
    x = extended(x, size // 2, kinds[boundary])
    if boundary == "zeros":
        x = np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(size // 2, size // 2)])
    if padded:
        n = np.shape(x)[-1]
        x = filled(x, n + (-(n - size) % cut.step) % size)
    scale = np.sqrt(scale_of(cut.window, fs, {"psd": "density"}.get(scaling, scaling)))
    onesided = given["return_onesided"] and not np.iscomplexobj(x)
    result = cut.spectrum(x, given["detrend"], onesided) * scale
    times = np.arange(size / 2, np.shape(x)[-1] - size / 2 + 1, cut.step) / float(fs)
    times = times if boundary is None else times - size / 2 / fs
    axis = axis - 1 if axis < 0 else axis
    whole = np.moveaxis(np.swapaxes(result, -1, -2), -2, axis)
    return cut.frequencies(fs, onesided), times, whole


@like("istft")
def istft(
    Zxx: Any,
    fs: float,
    window: Any,
    nperseg: Any,
    noverlap: Any,
    nfft: Any,
    input_onesided: bool,
    boundary: bool,
    time_axis: int,
    freq_axis: int,
    scaling: str,
) -> tuple[Array, Array]:
    """Times, and the signal that has these short transforms, where segments overlap enough.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> z = signal.stft(np.ones(4), nperseg=2)[2]
    >>> al.grad(lambda s: np.sum(signal.istft(s * z, nperseg=2)[1]))(1.0).round(6).item()
    4.0
    """
    z = np.moveaxis(whole_floats(array(Zxx)), (freq_axis, time_axis), (-2, -1))
    rows, count = np.shape(z)[-2:]
    default = 2 * (rows - 1) if input_onesided else rows
    size = default if nperseg is None else int(nperseg)
    if nfft is None:
        nfft = size if input_onesided and size == default + 1 else default
    if isinstance(window, (str, tuple)):
        window = theirs.get_window(window, size)
    kind = np.result_type(z, np.complex64).char.lower()
    window = np.asarray(window, kind)
    step = size - (size // 2 if noverlap is None else int(noverlap))
    if step <= 0 or nfft < size or np.shape(window) != (size,):
        raise ValueError(f"istft: segments of {size} samples, nfft={nfft}, noverlap={size - step}")
    parts = (np.fft.irfft if input_onesided else np.fft.ifft)(z, nfft, -2)[..., :size, :]
    total = np.sum(window) if scaling == "spectrum" else np.sqrt(fs * np.sum(window**2))
    parts = parts * (window * total)[:, None]
    length = size + (count - 1) * step
    places = (np.arange(count) * step)[None, :] + np.arange(size)[:, None]
    x = scatter(parts, (..., places), (*np.shape(parts)[:-2], length))
    norm = np.zeros(length, window.dtype)
    np.add.at(norm, places, np.broadcast_to((window**2)[:, None], places.shape))
    if boundary:
        inner = slice(size // 2, length - size // 2)
        x, norm = x[..., inner], norm[inner]
    x = x / np.where(norm > 1e-10, norm, 1)
    time_axis = time_axis % np.ndim(z)
    freq_axis = freq_axis % np.ndim(z)
    x = np.moveaxis(x, -1, time_axis - (freq_axis < time_axis))
    return np.arange(np.shape(x)[0]) / float(fs), x
