"""Transforms of SciPy's by cosines, by sines and of Fourier's."""

from autograd_lite.scipy import fft
from autograd_lite.scipy.fft.waves import wave_transform
from tests.support.rows.row import OMITTED, Row

NORMS = [OMITTED, "ortho", "forward"]
REAL = {"step": False, "complex": True}


def one(name, **settings):
    return Row(
        getattr(fft, name),
        "real",
        shapes=[(4,), (3, 4)],
        n=[OMITTED, 3, 5],
        axis=[OMITTED, 0],
        norm=NORMS,
        **settings,
    )


def several(name, side=2, **settings):
    return Row(
        getattr(fft, name), "real", shapes=[(3, 4)], axes=[OMITTED, (0,)], norm=NORMS, **settings
    )


def wave(name, **settings):
    return Row(
        getattr(fft, name),
        "real",
        shapes=[(3, 4)],
        type=[OMITTED, 1, 3, 4],
        norm=NORMS,
        **settings,
    )


FOURIER = {"step": False, "bits": False, "slow": True}

ROWS = [
    Row(
        wave_transform,
        "real",
        shapes=[(3, 4)],
        kind=["dct", "dst"],
        type=[1, 2, 3, 4],
        axis=[0, -1],
        norm=[None, "ortho", "forward"],
        orthogonalize=[None, True, False],
        **REAL,
    ),
    *[wave(name, **REAL) for name in ("dct", "dst", "idct", "idst")],
    *[wave(name, bits=False, slow=True, **REAL) for name in ("dctn", "dstn", "idctn", "idstn")],
    *[one(name, complex=True, **FOURIER) for name in ("fft", "ifft", "irfft", "hfft")],
    *[one(name, **FOURIER) for name in ("rfft", "ihfft")],
    *[several(name, complex=True, **FOURIER) for name in ("fftn", "ifftn", "irfftn", "irfft2")],
    *[several(name, **FOURIER) for name in ("rfftn", "fft2", "ifft2", "rfft2")],
    *[
        Row(getattr(fft, name), "real", shapes=[(3,), (2, 3)], axes=[OMITTED, 0], slow=True)
        for name in ("fftshift", "ifftshift")
    ],
]
