"""Spectra, trends and analytic signals."""

import numpy as np

from autograd_lite.scipy import signal
from tests.support.rows.row import OMITTED, Row

LOOSE = {"step": False, "bits": False, "slow": True}
BACK = np.arange(15.0).reshape(3, 5)


def of_one(name, part=-1, shape=(10,), **settings):
    """A row for one result of a function of a signal."""
    function = getattr(signal, name)
    settings = {"window": ["hann", ("kaiser", 2.0)], **settings}
    return Row(
        function,
        "real",
        shapes=[shape],
        call=lambda x, **options: np.abs(function(x, **options)[part]) ** 2,
        **settings,
        **LOOSE,
    )


ROWS = [
    Row(
        signal.detrend,
        "real",
        shapes=[(5,), (2, 4)],
        call=lambda x, **options: x + signal.detrend(x, **options),  # which may be nearly 0
        type=[OMITTED, "constant"],
        step=False,
        complex=True,
        bits=False,
    ),
    Row(signal.hilbert, "real", shapes=[(4,), (2, 5)], N=[OMITTED, 3], **LOOSE),
    of_one("welch", nperseg=[4, 5], detrend=["constant", "linear", False]),
    of_one("periodogram", nfft=[OMITTED, 12, 8]),
    of_one("spectrogram", nperseg=[4], noverlap=[OMITTED, 2]),
    of_one("stft", nperseg=[4], boundary=["zeros", "even", None]),
    Row(
        signal.istft,
        "real",
        shapes=[(3, 5)],
        call=lambda z, **options: signal.istft(z * (1 + 1j * BACK), **options)[1],
        scaling=["spectrum", "psd"],
        **LOOSE,
    ),
    *[
        Row(
            function,
            *("real", "real"),
            shapes=[((10,), (10,))],
            call=lambda x, y, f=function: np.abs(f(x, y, nperseg=4)[1]) ** 2,
            **LOOSE,
        )
        for function in (signal.csd, signal.coherence)
    ],
]
