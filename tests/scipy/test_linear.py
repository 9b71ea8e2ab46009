"""Transforms, convolutions, filters and spectra: SciPy's values, and transposes, over options.

A linear map A and the pullback Aᵀ of it satisfy ⟨A x, u⟩ = ⟨x, Aᵀ u⟩, whatever the options are.
"""

import warnings
from importlib import import_module
from itertools import product

import numpy as np
import pytest

import autograd_lite as al

pytest.importorskip("scipy")

RNG = np.random.default_rng(0)
VECTOR, MATRIX = RNG.normal(size=40), RNG.normal(size=(4, 5))
PAIR, STACK = RNG.normal(size=(2, 40)), RNG.normal(size=(3, 4, 2))
B, A = np.array([0.3, 0.2, 0.4]), np.array([1.7, 0.5, -0.3])
SECTIONS = np.array([[0.3, 0.2, 0.4, 1.0, 0.5, -0.3], [0.5, 0.2, 0.0, 1.0, -0.2, 0.0]])
KERNELS = [((5,), (3,)), ((2,), (5,)), ((4, 5), (3, 2)), ((3, 2), (4, 5)), ((1, 3), (2, 2))]
MODES = ("full", "same", "valid")


def options(**choices):
    """All choices of options."""
    return [dict(zip(choices, chosen)) for chosen in product(*choices.values())]


def waves():
    for name in ("dct", "idct", "dst", "idst"):
        for given in options(
            type=(1, 2, 3, 4),
            norm=(None, "ortho", "forward"),
            orthogonalize=(None, True, False),
            n=(None, 3, 6),
            axis=(0, -1),
        ):
            yield f"fft.{name}", (MATRIX,), given
        yield f"fft.{name}n", (MATRIX,), {"s": (3, 6)}
        yield f"fft.{name}n", (MATRIX,), {"axes": 1, "s": 3, "norm": "ortho"}


def fourier():
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
        for given in options(n=(None, 3, 6), axis=(0, -1), norm=(None, "ortho")):
            yield f"fft.{name}", (MATRIX,), given
    for name in ("fftn", "ifftn", "rfftn", "irfftn", "fft2", "rfft2", "ifft2", "irfft2"):
        for given in ({}, {"s": (3, 6)}, {"axes": (0,)}):
            yield f"fft.{name}", (MATRIX,), given
    for name in ("fftshift", "ifftshift"):
        yield f"fft.{name}", (MATRIX,), {"axes": 0}


def convolutions():
    for a, v in KERNELS:
        both = RNG.normal(size=a), RNG.normal(size=v)
        for name in ("convolve", "correlate"):
            for given in options(mode=MODES, method=("auto", "direct", "fft")):
                yield f"signal.{name}", both, given
        for name in ("fftconvolve", "oaconvolve"):
            for given in options(mode=MODES):
                yield f"signal.{name}", both, given
        if len(a) == 2:
            for given in options(mode=MODES, boundary=("fill", "wrap", "symm")):
                yield "signal.convolve2d", both, given
                yield "signal.correlate2d", both, given
            for mode in MODES:
                yield "signal.fftconvolve", (both[0], both[1][:1]), {"mode": mode, "axes": [1]}


def filters():
    for axis, x in ((-1, PAIR), (0, PAIR.T)):
        yield "signal.lfilter", (B, A, x), {"axis": axis}
        yield "signal.sosfilt", (SECTIONS, x), {"axis": axis}
        yield "signal.hilbert", (x,), {"axis": axis}
        for given in ({}, {"type": "constant"}, {"bp": [5, 11]}):
            yield "signal.detrend", (x,), {"axis": axis, **given}
        for given in options(padtype=("odd", "even", "constant", None), padlen=(None, 0, 4)):
            yield "signal.filtfilt", (B, A, x), {"axis": axis, **given}
            yield "signal.sosfiltfilt", (SECTIONS, x), {"axis": axis, **given}
    for b, a in ((B, A), (B, A[:1]), (B[:1], A)):
        order = max(len(a), len(b)) - 1
        for n in (1, 40):
            zi = RNG.normal(size=(2, order))
            yield "signal.lfilter", (b, a, PAIR[:, :n]), {"zi": zi}
        yield "signal.lfilter_zi", (b, a), {}
    yield "signal.sosfilt_zi", (SECTIONS,), {}
    yield "signal.sosfilt", (SECTIONS, PAIR), {"zi": RNG.normal(size=(2, 2, 2))}


CUTS = (
    {"nperseg": 8},
    {"nperseg": 9, "noverlap": 3},
    {"nperseg": 8, "nfft": 11, "detrend": "linear"},
    {"nperseg": 7, "window": np.hanning(7), "return_onesided": False},
    {"nperseg": 8, "window": ("kaiser", 3.0), "detrend": False},
)


def spectra():
    for cut in CUTS:
        for scaling, average in product(("density", "spectrum"), ("mean", "median")):
            given = {**cut, "scaling": scaling, "average": average, "fs": 2.0}
            yield "signal.welch", (PAIR,), given
            yield "signal.csd", (PAIR, PAIR[:, ::-1][:, :30]), given
        yield "signal.spectrogram", (PAIR,), cut
        yield "signal.periodogram", (VECTOR,), {"nfft": cut.get("nfft"), "window": "hann"}
        for given in options(
            boundary=("zeros", "even", "odd", "constant", None),
            padded=(True, False),
            scaling=("spectrum", "psd"),
        ):
            yield "signal.stft", (PAIR,), {**cut, **given}
        if cut.get("return_onesided", True):
            given = {name: cut[name] for name in ("nperseg", "noverlap", "nfft") if name in cut}
            z = RNG.normal(size=(2, cut.get("nfft", cut["nperseg"]) // 2 + 1, 5)) * (1 + 1j)
            yield "signal.istft", (z,), {**given, "scaling": "psd"}
            yield "signal.istft", (z,), {**given, "boundary": False}
    yield "signal.coherence", (PAIR, PAIR[:, ::-1]), {"nperseg": 8}
    yield "signal.welch", (VECTOR + 1j,), {"nperseg": 8, "return_onesided": False}
    yield "signal.stft", (VECTOR + 1j,), {"nperseg": 8, "return_onesided": False}


IMAGE = RNG.normal(size=(5, 6))
BEYOND = ("reflect", "grid-mirror", "constant", "grid-constant", "nearest", "mirror", "wrap")
BEYOND += ("grid-wrap",)


def windows():
    for mode, x in product(BEYOND, (IMAGE, VECTOR[:7])):
        given = {"mode": mode, "cval": 1.5}
        for size, origin in product(((3, 3), (2, 4), (1, 5)), (0, -1, 1)):
            weights = RNG.normal(size=size[: x.ndim])
            for name in ("correlate", "convolve"):
                yield f"ndimage.{name}", (x, weights), {**given, "origin": origin}
        for size in (2, 3, 9, 13):
            weights = RNG.normal(size=size)
            yield "ndimage.correlate1d", (x, weights), {**given, "axis": 0}
            yield "ndimage.convolve1d", (x, weights), {**given, "origin": -1}
            yield "ndimage.uniform_filter", (x,), {**given, "size": size}
            yield "ndimage.uniform_filter1d", (x,), {**given, "size": size}
        for sigma, order in product((0.4, 2.0), (0, 1, 2)):
            yield "ndimage.gaussian_filter", (x,), {**given, "sigma": sigma, "order": order}
        yield "ndimage.gaussian_filter", (x,), {**given, "sigma": 1.0, "radius": 2}
        for name in ("sobel", "prewitt", "laplace"):
            yield f"ndimage.{name}", (x,), given
    yield "ndimage.gaussian_filter", (IMAGE,), {"sigma": 1.0, "axes": (1,)}


TURNED = np.array([[0.91, 0.23], [-0.13, 1.1]])


def splines():
    for mode, order in product(BEYOND, range(6)):
        given = {"mode": mode, "order": order, "cval": 1.5}
        for low, high in ((0, 4.9), (-3, 9), (-20, 30)):
            places = RNG.uniform(low, high, size=(2, 9))
            yield "ndimage.map_coordinates", (IMAGE, places), given
            yield (
                "ndimage.map_coordinates",
                (VECTOR[:7], places[:1].reshape(1, 3, 3)),
                {**given, "prefilter": False},
            )
        corners = np.array([[0.0, 4.0, 2.0, -1.0, 3.5], [0.0, 5.0, 3.0, 6.0, 4.5]])
        yield "ndimage.map_coordinates", (IMAGE, corners), given
        yield "ndimage.affine_transform", (IMAGE, TURNED, np.array([0.31, -0.22])), given
        yield "ndimage.affine_transform", (IMAGE, np.array([0.9, 1.2])), {"output_shape": (3, 4)}
        yield "ndimage.affine_transform", (IMAGE, np.column_stack([TURNED, [0.3, 0.2]])), given
        yield "ndimage.shift", (IMAGE, np.array([0.3, -1.2])), given


#: Of these all is linear; of others the coefficients are not, or squares are taken.
LINEAR = ("fft.", "signal.conv", "signal.corr", "signal.fftc", "signal.oa", "signal.hil")
LINEAR += ("signal.det", "signal.stft", "signal.istft")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "calls",
    [waves, fourier, convolutions, filters, spectra, windows, splines],
    ids=lambda calls: calls.__name__,
)
def test_values_and_transposes(calls):
    """Plain arrays get SciPy's own result, Tensors the same numbers and pullbacks that fit."""
    checked = 0
    for name, arrays, given in calls():
        module, _, short = name.partition(".")
        ours = getattr(import_module(f"autograd_lite.scipy.{module}"), short)
        theirs = getattr(import_module(f"scipy.{module}"), short)
        try:
            expected = theirs(*arrays, **given)
        except ValueError:
            with pytest.raises(ValueError):
                ours(*map(al.Tensor, arrays), **given)
            continue
        told = f"{name} of {[np.shape(x) for x in arrays]}, {given}"
        several = isinstance(expected, tuple)
        parts = expected if several else (expected,)
        again = ours(*arrays, **given)
        for a, b in zip(again if several else (again,), parts, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=told)
        found = ours(*map(al.Tensor, arrays), **given)
        for a, b in zip(found if several else (found,), parts, strict=True):
            a = al.stop_gradient(a)
            assert a.dtype == b.dtype, told
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10, err_msg=told)
        if name.startswith(LINEAR):
            for i, x in enumerate(arrays):
                transposed(ours, arrays, i, given, x, several, told)
        checked += 1
    assert checked > 50


def transposed(f, arrays, i, given, x, several, told):
    """Compare ⟨A x, u⟩ and ⟨x, Aᵀ u⟩ for one argument; df = Re(Σ g dz)."""

    def only(t):
        y = f(*arrays[:i], t, *arrays[i + 1 :], **given)
        return y[-1] if several else y

    y, pullback = al.vjp(only, x)
    u = np.random.default_rng(1).normal(size=np.shape(y))
    u = u * (1 - 2j) if np.iscomplexobj(y) else u
    (g,) = pullback(u)
    np.testing.assert_allclose(np.sum(y * u).real, np.sum(g * x).real, rtol=1e-9, err_msg=told)


def test_a_wrong_transpose_is_found(monkeypatch):
    from autograd_lite.scipy.signal import convolutions as module

    monkeypatch.setitem(module.STARTS, "same", lambda n, m: m // 2)
    with pytest.raises(AssertionError):
        test_values_and_transposes(convolutions)


def test_refused():
    from autograd_lite.scipy import signal

    t = al.Tensor(VECTOR)
    with pytest.raises(TypeError, match="plain arrays"):
        signal.filtfilt(B, A, t, method="gust")
    with pytest.raises(TypeError, match="use stft"):
        signal.spectrogram(t, mode="magnitude", nperseg=8)
    for f in (
        lambda: signal.convolve(t, MATRIX),
        lambda: signal.convolve(t, t, mode="middle"),
        lambda: signal.convolve2d(t, t),
        lambda: signal.convolve2d(al.Tensor(MATRIX), MATRIX, boundary="none"),
        lambda: signal.lfilter(B, A, t, zi=np.ones(3)),
        lambda: signal.sosfilt(SECTIONS[:, :5], t),
        lambda: signal.filtfilt(B, A, t[:5]),
        lambda: signal.filtfilt(B, A, t, padtype="none"),
        lambda: signal.welch(t, nperseg=8, average="mode"),
        lambda: signal.welch(t, nperseg=8, noverlap=8),
        lambda: signal.welch(t, nperseg=8, scaling="none"),
        lambda: signal.stft(t, nperseg=8, boundary="none"),
        lambda: signal.detrend(t, type="none"),
        lambda: signal.detrend(t, bp=50),
        lambda: signal.hilbert(1j * t),
        lambda: signal.hilbert(t, N=0),
    ):
        with pytest.raises(ValueError):
            f()


def test_refused_of_images():
    from autograd_lite.scipy import ndimage

    t, sigma = al.Tensor(IMAGE), al.Tensor(0.8)
    with pytest.raises(TypeError, match="write w = ") as caught:
        ndimage.gaussian_filter(t, sigma)
    text = str(caught.value)
    line = text.partition("write w = ")[2].partition(" for a whole")[0]
    w = eval(line, {"np": np, "r": 3, "sigma": sigma})
    y = ndimage.correlate1d(t, w / np.sum(w))
    plain = ndimage.gaussian_filter1d(IMAGE, 0.8)
    np.testing.assert_allclose(y.data, plain, rtol=1e-12)
    for f in (
        lambda: ndimage.correlate(t, TURNED, output=np.empty((5, 6))),
        lambda: ndimage.map_coordinates(1j * t, IMAGE[:2]),
    ):
        with pytest.raises(TypeError):
            f()
    for f in (
        lambda: ndimage.correlate(t, TURNED, mode="none"),
        lambda: ndimage.correlate(t, TURNED, origin=2),
        lambda: ndimage.correlate(t, TURNED[0]),
        lambda: ndimage.gaussian_filter(t, [1.0, 1.0, 1.0]),
        lambda: ndimage.map_coordinates(t, IMAGE),
        lambda: ndimage.map_coordinates(t, IMAGE[:2], order=6),
        lambda: ndimage.affine_transform(t, IMAGE),
    ):
        with pytest.raises(ValueError):
            f()


def test_every_name_has_a_row():
    from tests.support.rows import (
        convolutions,
        distance,
        filters,
        segments,
        splines,
        waves,
        windows,
    )

    tables = (convolutions, distance, filters, segments, splines, waves, windows)
    tested = {row.function for table in tables for row in table.ROWS}
    for name in ("fft", "signal", "ndimage", "spatial.distance"):
        module = import_module(f"autograd_lite.scipy.{name}")
        assert {getattr(module, name) for name in module.__all__} <= tested


def test_all_else_is_that_of_scipy():
    for name in ("fft", "signal", "sparse", "sparse.linalg", "ndimage", "spatial.distance"):
        ours, theirs = (import_module(f"{p}.{name}") for p in ("autograd_lite.scipy", "scipy"))
        others = [n for n in theirs.__all__ if n not in ours.__all__ and not n.startswith("_")]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert all(getattr(ours, n) is getattr(theirs, n) for n in others[:9])
        with pytest.raises(AttributeError, match="nothing"):
            ours.nothing  # noqa: B018


def test_errors_of_scipy_name_what_there_is():
    from autograd_lite.core.advice.scipys import COUNTERPARTS

    for module, names in COUNTERPARTS.items():
        ours = {*import_module(f"autograd_lite.{module}").__all__}
        assert {*names.split()} <= ours
        if module in ("scipy.signal", "scipy.ndimage", "scipy.sparse", "scipy.spatial.distance"):
            assert ours - {"linalg"} == {*names.split()}
