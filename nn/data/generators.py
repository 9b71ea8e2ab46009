"""Random generators: what is one, and the states to which one can be moved."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

#: Positions in buffers and flags, which NumPy believes without a look, and how far they go.
LARGEST = {"pos": 624, "buffer_pos": 4, "has_uint32": 1, "has_gauss": 1}


def check_state(rng: np.random.Generator, state: Any) -> None:
    """Raise ValueError unless ``rng`` can be moved to just this state; it is not moved.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> check_state(rng, rng.bit_generator.state)
    >>> check_state(rng, {**rng.bit_generator.state, "has_uint32": 7})
    Traceback (most recent call last):
    ValueError: no state of a PCG64: give a generator of the kind that was saved
    """
    trial = deepcopy(rng.bit_generator)
    kind = type(trial).__name__
    fault = f"no state of a {kind}: give a generator of the kind that was saved"
    try:
        for inner in (state, state["state"]):
            if any(not 0 <= inner.get(name, 0) <= most for name, most in LARGEST.items()):
                raise ValueError(fault)
        trial.state = state
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise ValueError(fault) from None
    if not _same(trial.state, state):
        raise ValueError(fault)


def _same(a: Any, b: Any) -> bool:
    """Whether two states are the same: dicts of numbers, texts and arrays."""
    if isinstance(a, dict):
        return (
            isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
        )
    return bool(np.shape(a) == np.shape(b) and np.all(a == b))
