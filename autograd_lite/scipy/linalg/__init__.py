"""``scipy.linalg`` with derivatives, under SciPy's names and signatures.

What has no derivative here is SciPy's, and takes plain arrays alone.  `funmh` is ours.
"""

from typing import Any

import scipy.linalg as _theirs

from autograd_lite.scipy.linalg.banded import solve_banded, solve_toeplitz, solveh_banded
from autograd_lite.scipy.linalg.calling import plainly as _plainly
from autograd_lite.scipy.linalg.divided import funm, funmh
from autograd_lite.scipy.linalg.factors import (
    cho_factor,
    cho_solve,
    cholesky,
    lu,
    lu_factor,
    lu_solve,
    qr,
)
from autograd_lite.scipy.linalg.functions import (
    coshm,
    cosm,
    expm,
    expm_frechet,
    logm,
    polar,
    sinhm,
    sinm,
    sqrtm,
    tanhm,
    tanm,
)
from autograd_lite.scipy.linalg.least_squares import lstsq, pinv, pinvh
from autograd_lite.scipy.linalg.matrix_equations import (
    solve_continuous_are,
    solve_continuous_lyapunov,
    solve_discrete_are,
    solve_discrete_lyapunov,
    solve_lyapunov,
    solve_sylvester,
)
from autograd_lite.scipy.linalg.measures import det, norm
from autograd_lite.scipy.linalg.patterns import block_diag, circulant, hankel, toeplitz
from autograd_lite.scipy.linalg.spectra import eig, eigh, eigvals, eigvalsh, svd, svdvals
from autograd_lite.scipy.linalg.systems import inv, solve, solve_triangular

__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "circulant",
    "coshm",
    "cosm",
    "det",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "expm",
    "expm_frechet",
    "funm",
    "funmh",
    "hankel",
    "inv",
    "logm",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_solve",
    "norm",
    "pinv",
    "pinvh",
    "polar",
    "qr",
    "sinhm",
    "sinm",
    "solve",
    "solve_banded",
    "solve_continuous_are",
    "solve_continuous_lyapunov",
    "solve_discrete_are",
    "solve_discrete_lyapunov",
    "solve_lyapunov",
    "solve_sylvester",
    "solve_toeplitz",
    "solve_triangular",
    "solveh_banded",
    "sqrtm",
    "svd",
    "svdvals",
    "tanhm",
    "tanm",
    "toeplitz",
]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What has no derivative, by SciPy's name."""
    if name.startswith("_") or not hasattr(_theirs, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(_theirs, name)
    return _plainly(name) if callable(found) and not isinstance(found, type) else found
