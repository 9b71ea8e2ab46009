"""Recursive filters: by coefficients, signals and states."""

import numpy as np

from autograd_lite.scipy import signal
from autograd_lite.scipy.signal.filters import filtered
from tests.support.rows.row import Row

A = np.array([1.5, 0.0])  # what is added to denominators, to make filters that do not grow
SECTION = np.array([[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
SMALL = np.array([0.5, 0.5, 0.5, 0.0, 0.2, 0.2])
LOOSE = {"bits": False, "complex": True, "step": False}


def with_state(b, a, x, zi):
    y, last = signal.lfilter(b, A + 0.2 * a, x, zi=zi)
    return np.concatenate([y, last], axis=-1)


ROWS = [
    Row(
        filtered,
        *("real", "within one", "real"),
        shapes=[((3,), (2,), (5,)), ((2,), (1,), (3, 3)), ((1,), (2,), (1, 2))],
        call=lambda b, tail, x, axis: filtered(b, 0.3 * tail, x, axis),
        axis=[0, -1],
        step=False,
        complex=True,
    ),
    Row(
        signal.lfilter,
        *("real", "real", "real", "real"),
        shapes=[((2,), (2,), (4,), (1,)), ((3,), (2,), (2, 4), (2, 2)), ((3,), (2,), (1,), (2,))],
        call=with_state,
        **LOOSE,
    ),
    Row(
        signal.lfilter_zi,
        *("real", "real"),
        shapes=[((2,), (2,)), ((3,), (2,))],
        call=lambda b, a: signal.lfilter_zi(b, A + 0.2 * a),
        slow=True,
        **LOOSE,
    ),
    Row(
        signal.filtfilt,
        *("real", "real", "real"),
        shapes=[((2,), (2,), (9,))],
        call=lambda b, a, x, **options: signal.filtfilt(b, A + 0.2 * a, x, **options),
        padtype=["odd", "even", "constant", None],
        slow=True,
        **LOOSE,
    ),
    Row(
        signal.sosfilt,
        *("real", "real"),
        shapes=[((2, 6), (4,))],
        call=lambda sos, x: signal.sosfilt(SECTION + SMALL * sos, x),
        slow=True,
        **LOOSE,
    ),
    Row(
        signal.sosfilt_zi,
        "real",
        shapes=[(2, 6)],
        call=lambda sos: signal.sosfilt_zi(SECTION + SMALL * sos),
        slow=True,
        **LOOSE,
    ),
    Row(
        signal.sosfiltfilt,
        *("real", "real"),
        shapes=[((1, 6), (12,))],
        call=lambda sos, x: signal.sosfiltfilt(SECTION + SMALL * sos, x),
        slow=True,
        **LOOSE,
    ),
]
