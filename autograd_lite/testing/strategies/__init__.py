"""Hypothesis strategies for tests of derivatives: arrays, keys, networks, whole programs.

Advice for settings: ``deadline=None``, for the first run of a function may be slow; small sides,
the default, find what large ones would; no subnormal numbers, as here, unless they are your topic.
"""

from autograd_lite.testing.strategies.arrays import LAYOUTS, arrays, broadcastable
from autograd_lite.testing.strategies.domains import DOMAINS, MARGIN
from autograd_lite.testing.strategies.indices import (
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
from autograd_lite.testing.strategies.networks import Network, networks
from autograd_lite.testing.strategies.programs import RandomProgram, programs

__all__ = [
    "DOMAINS",
    "LAYOUTS",
    "MARGIN",
    "Network",
    "RandomProgram",
    "advanced_indices",
    "arrays",
    "axes",
    "axis",
    "basic_indices",
    "broadcastable",
    "indices",
    "keepdims",
    "masks",
    "networks",
    "programs",
    "reductions",
    "repeated_indices",
]
