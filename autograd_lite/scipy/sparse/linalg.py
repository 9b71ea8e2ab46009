"""``scipy.sparse.linalg``: solutions of sparse systems, with derivatives; all else is SciPy's."""

from typing import Any

import scipy.sparse.linalg as _theirs

from autograd_lite.scipy.sparse.direct import factorized, spilu, splu, spsolve
from autograd_lite.scipy.sparse.iterative import (
    bicg,
    bicgstab,
    cg,
    cgs,
    gcrotmk,
    gmres,
    lgmres,
    minres,
    qmr,
    tfqmr,
)

__all__ = [
    "bicg",
    "bicgstab",
    "cg",
    "cgs",
    "factorized",
    "gcrotmk",
    "gmres",
    "lgmres",
    "minres",
    "qmr",
    "spilu",
    "splu",
    "spsolve",
    "tfqmr",
]


def __getattr__(name: str) -> Any:
    """What takes plain numbers alone."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
