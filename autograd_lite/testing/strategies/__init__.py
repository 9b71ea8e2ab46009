"""Hypothesis strategies for tests of derivatives: arrays, keys, networks, programs, loops.

Use ``deadline=None`` in settings, for the first run of a function may be slow.  Small sides, the
default, find what large ones would.  Subnormal numbers are left out.
"""

from autograd_lite.testing.strategies.array import LAYOUTS, arrays, broadcastable
from autograd_lite.testing.strategies.domains import DOMAINS, MARGIN
from autograd_lite.testing.strategies.indexing import (
    advanced_indices,
    axes,
    axis,
    basic_indices,
    indices,
    keepdims,
    masks,
    reductions,
    repeated_indices,
)
from autograd_lite.testing.strategies.loop import RandomLoop, loops
from autograd_lite.testing.strategies.network import Network, networks
from autograd_lite.testing.strategies.program import RandomProgram, programs

__all__ = [
    "DOMAINS",
    "LAYOUTS",
    "MARGIN",
    "Network",
    "RandomLoop",
    "RandomProgram",
    "advanced_indices",
    "arrays",
    "axes",
    "axis",
    "basic_indices",
    "broadcastable",
    "indices",
    "keepdims",
    "loops",
    "masks",
    "networks",
    "programs",
    "reductions",
    "repeated_indices",
]


def __dir__() -> list[str]:
    return [*__all__]
