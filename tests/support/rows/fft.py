"""numpy.fft."""

from numpy import fft

from tests.support.rows.row import BY_DIFFERENCES, OMITTED, Row, numpy_is

NORM = [OMITTED, None, "backward", "ortho", "forward"]
LENGTH = [OMITTED, None, 1, 2, 3, 4, 5]
SIGNALS = [(2,), (3,), (4,), (5,), (2, 3), (3, 2), (2, 0, 3)]


def along_one(function, **settings):
    return Row(
        function, "real", shapes=SIGNALS, n=LENGTH, norm=NORM, axis=[OMITTED, 0, -1], **settings
    )


def along_several(function, **settings):
    shapes = [(2, 3), (3, 4), (2, 2, 3)]
    axes = [OMITTED, (0, 1), (-1, 0), (1,)]
    return [
        Row(function, "real", shapes=shapes, norm=NORM, axes=axes, **settings),
        Row(
            function,
            "real",
            shapes=shapes,
            norm=NORM,
            s=[(3, 2), (-1, 4)],
            axes=[(0, -1)],
            **settings,
        ),
    ]


ROWS = [
    along_one(fft.fft, **BY_DIFFERENCES),
    along_one(fft.ifft, **BY_DIFFERENCES),
    along_one(fft.irfft, **BY_DIFFERENCES),
    along_one(fft.hfft, **BY_DIFFERENCES),
    along_one(fft.rfft, step=False),
    along_one(fft.ihfft, step=False),
    *along_several(fft.fft2, **BY_DIFFERENCES),
    *along_several(fft.fftn, **BY_DIFFERENCES),
    *along_several(fft.ifft2, **BY_DIFFERENCES),
    *along_several(fft.ifftn, **BY_DIFFERENCES),
    *along_several(fft.irfft2, **BY_DIFFERENCES),
    *along_several(fft.irfftn, **BY_DIFFERENCES),
    *along_several(fft.rfft2, step=False),
    *along_several(fft.rfftn, bits=numpy_is("2.1"), step=False),  # which before had another order
    Row(fft.fftshift, "real", dims=1, axes=[OMITTED, None, 0, -1, (0,)]),
    Row(fft.ifftshift, "real", dims=1, axes=[OMITTED, None, 0, -1, (0,)]),
]
