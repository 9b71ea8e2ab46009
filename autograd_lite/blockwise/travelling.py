"""What goes to another process: a loss and its parameters, as bytes."""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import Any

from autograd_lite.blockwise.work import Work

#: A loss may carry so many bytes to other processes; what is more is data, and belongs in blocks.
CARRIED = 10_000_000


def packed(what: Any) -> bytes:
    """``what`` as bytes for another process; functions of a script or notebook by cloudpickle.

    Raises TypeError for what cannot travel, and ValueError for what is too large to.
    """
    try:
        import cloudpickle as by
    except ModuleNotFoundError:
        by = pickle
    try:
        data: bytes = by.dumps(what)
    except Exception as error:
        raise TypeError(
            f"the loss cannot go to another process: {error}; define it by def at the top of a "
            f"module, or pip install cloudpickle, or give on=ThreadPoolExecutor()"
        ) from error
    if isinstance(what, Work) and len(data) > CARRIED:
        raise ValueError(
            f"the loss carries {len(data) / 1e6:.0f} MB of what it reads from outside, at each "
            f"evaluation to each task; what belongs to the data goes into the blocks, and what is "
            f"fitted into its first argument"
        )
    return data


@lru_cache(maxsize=8)
def unpacked(work: bytes) -> Work:
    """The same object for the same bytes, so that a process compiles a loss once."""
    found: Work = pickle.loads(work)
    return found
