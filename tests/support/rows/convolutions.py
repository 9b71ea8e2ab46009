"""Convolutions and correlations of SciPy's."""

from autograd_lite.scipy import signal
from autograd_lite.scipy.signal.convolutions import convolved
from tests.support.rows.row import OMITTED, Row

MODES = ["full", "same", "valid"]
PAIRS = [((4,), (2,)), ((2,), (3,)), ((3, 4), (2, 2))]
MATRICES = [((3, 4), (2, 2))]


def of(function, shapes=PAIRS, **settings):
    settings = {"step": False, "complex": True, "bits": False, **settings}
    return Row(function, "real", "real", shapes=shapes, mode=MODES, **settings)


ROWS = [
    of(convolved, method=["direct", "fft"]),
    of(signal.convolve, method=[OMITTED, "direct", "fft"]),
    of(signal.correlate, method=[OMITTED, "direct", "fft"], slow=True),
    of(signal.fftconvolve, MATRICES, axes=[OMITTED, (0, 1)], slow=True),
    of(signal.oaconvolve, slow=True),
    of(signal.convolve2d, MATRICES, boundary=["fill", "wrap", "symm"], slow=True),
    of(signal.correlate2d, MATRICES, boundary=["fill", "wrap", "symm"], slow=True),
]
