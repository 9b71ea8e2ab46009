"""``scipy.linalg`` with derivatives, under SciPy's names and signatures.

What has no derivative here is SciPy's, and takes plain arrays alone.
"""

from typing import Any

import scipy.linalg as _theirs

from autograd_lite.scipy.linalg.calling import plainly as _plainly
from autograd_lite.scipy.linalg.factors import (
    cho_factor,
    cho_solve,
    cholesky,
    lu,
    lu_factor,
    lu_solve,
    qr,
)
from autograd_lite.scipy.linalg.least_squares import lstsq, pinv, pinvh
from autograd_lite.scipy.linalg.measures import det, norm
from autograd_lite.scipy.linalg.spectra import eig, eigh, eigvals, eigvalsh, svd, svdvals
from autograd_lite.scipy.linalg.systems import inv, solve, solve_triangular

__all__ = [
    "cho_factor",
    "cho_solve",
    "cholesky",
    "det",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_solve",
    "norm",
    "pinv",
    "pinvh",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
]


def __getattr__(name: str) -> Any:
    """What has no derivative, by SciPy's name."""
    if name.startswith("_") or not hasattr(_theirs, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(_theirs, name)
    return _plainly(name) if callable(found) and not isinstance(found, type) else found
